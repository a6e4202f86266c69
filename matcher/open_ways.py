"""Open ways: where a sentence says that experience is not needed, is only liked, or that those without it may be taken.

In: a sentence. Out: where it says so, or None. How much experience is asked for is settled in `experience.py`.
"""

import re

from matcher.leaves import Sentence

_REFUSED = re.compile(
    r"\bno (?!substitut|more |less |later )(?:[\w/&'-]+,? ){0,5}experience(?: or (?:[\w/&'-]+ ){1,3})?"
    r"(?: is| are)?,? (?:at all )?(?:required|needed|necessary|expected|asked for)\b"
    r"|\bexperience\W{1,3}(?:is |are )?(?:not required|not needed|not necessary|none)\b"
)
_WISHED = re.compile(
    r"\bexperience\b[^.;]{0,60}?\b(?:preferred|a plus|helpful|desired|beneficial|an asset|welcome|an advantage)"
    r",? ?(?:but |though |although )?(?:it is |is |it's )?not (?:a )?(?:required|needed|necessary|requirement|must)\b"
)
_EXCEPTED = re.compile(
    r"\b(?:candidates|applicants|those|individuals|people|persons|nurses|coders|billers|graduates)"
    r" ?(?:without|with no|lacking|with less)\b"
    r" ?(?:(?:the|any|this|that|requisite|required|minimum|prior|previous|relevant|stated|amount of) ){0,3}experience"
    r" (?:may|will|can|are|is)(?: also)? ?(?:be ?)?(?:considered|encouraged|welcome|hired|trained|accepted|invited)\b"
)
_WITH_WORK = re.compile(
    r"[^.;]{0,30}?\bwith (?!no\b|less\b|little\b|or without\b)(?:[\w/-]+ ){0,4}experience\b|[^.;]{0,60}?, (?:some|prior|previous) "
    r"(?:[\w/-]+ ){0,4}experience (?:is )?(?:required|needed|necessary)"
)


def refused_experience(sentence: Sentence) -> tuple[int, int] | None:
    """Where the sentence says that experience, of whatever sort, is not needed."""
    if "experience" not in sentence.lower or "no" not in sentence.lower:
        return None
    found = _REFUSED.search(sentence.lower)
    return (sentence.start + found.start(), sentence.start + found.end()) if found else None


def wished_experience(sentence: Sentence) -> tuple[int, int] | None:
    """Where the sentence says that experience would be liked and is not needed, so that nobody needs any."""
    if "experience" not in sentence.lower or " not " not in sentence.lower:
        return None
    found = _WISHED.search(sentence.lower)
    return (sentence.start + found.start(), sentence.start + found.end()) if found else None


def excepted_experience(sentence: Sentence) -> tuple[int, int] | None:
    """Where the sentence says that people who lack the experience that is asked for may be taken."""
    if "experience" not in sentence.lower:
        return None
    found = _EXCEPTED.search(sentence.lower)
    return (sentence.start + found.start(), sentence.start + found.end()) if found else None


def wants_work(sentence: Sentence, end: int) -> bool:
    """Whether those who are welcome (named up to `end`) must have worked all the same ("new graduates with related experience")."""
    return bool(_WITH_WORK.match(sentence.page.lower, end, sentence.end))
