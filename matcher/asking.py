"""Asking: which of the things that a sentence mentions are asked of the applicant, and how.

In: a sentence. Out: its leaves with modality, in order, without those that belong to other people, to benefits, or to some only.
"""

import re
from copy import copy

from matcher.experience import SOUGHT, ExperienceFinder, Frame
from matcher.later import RULE as LICENCE_LATER
from matcher.leaves import Leaf, LeafFinder, Sentence
from matcher.modality import Cue, Ruling, cues_of, default_modality, modality_of, ruling_for
from matcher.scanning import CUE
from matcher.taxonomy import Taxonomy
from model.reading import Modality

SHORT = 14
PERSON_SOUGHT = "person-sought"
_OR_BEFORE = re.compile(r"\bor (?:an? )?$")
_ASIDE_OF_SOME = re.compile(
    r"\((?:employees|those|nurses|applicants|candidates|rns|individuals|associates|anyone) (?:with|who|holding|that)\b[^()]*\)?"
)
_GRADUATE = re.compile(
    r"(?:\W{0,3}\(?rn\)?)?\W{0,3}(?:licen[sc]e |licensure )?or (?:an? )?(?:graduate (?:nurse|rn)|gn\b|license[- ]pending)"
    r"|[^,.;]{0,60}\bor (?:be )?eligib(?:le|ility) (?:for|to obtain) (?:an? )?(?:rn |lpn |state )?licen[sc]"
)
_YEARS_TO = re.compile(r"\b(?:years?|months) to (?:complete|obtain|earn|finish|acquire)\b")
_OR_OBTAIN = re.compile(
    r"(?: licen[sc]e| licensure| certification| card)?,? or (?:be )?(?:the )?"
    r"(?:willing|able|willingness|ability|eligibility|eligible) to (?:obtain|get|earn)\b"
)
_OR_OBTAIN_BEFORE = re.compile(
    r"\bor (?:the )?(?:ability|willingness|able|willing) to (?:obtain|acquire|secure|get),? (?:[\w'/.,-]+ ){0,6}$"
    r"|\bor (?:be )?eligible (?:to be licensed|for licensure) as (?:an? )?$"
)
_BEFORE_HIRE = re.compile(
    r"[^.;]{0,60}\b(?:ability|able|eligible|eligibility|willing) to (?:obtain|get)\b[^.;]{0,40}"
    r"\b(?:prior to|before|by(?: the)?(?: date| day| time)? of) (?:the )?(?:employment|hire|hiring|start)"
)
_BY_THE_START = re.compile(
    r"[^.;]{0,50}\b(?:prior to|before)(?: the| your)?(?: date of| first day of)? (?:employment|hire|hiring|start)\b"
)
_WISHED_TOGETHER = re.compile(r"\b(?:preferred|desired|a plus),? and/or (?:an? )?(?:minimum (?:of )?|at least )?$")
_BY_MONTHS = re.compile(r"(?:(?! or )[^.;/,]){0,30}\b(?:w/|with|within) ?\d{1,2}[- ]months? (?:enrol|complet|of enrol)")
_A_PERSON = re.compile(r" (?:to hire )?(?:an?|our next|one|your) (?:(?!who\b|with\b|and\b|to\b)[\w,-]+ ){0,4}\(?")
_IN_A_SETTING = re.compile(
    r"[\W_]*(?:when |if )?(?:working )?in an? [\w -]{3,30} (?:setting|environment|department|unit),"
)
_HELD_NOW = ("current ", "active ", "valid ", "unrestricted ", "licensed ", "certified ", "license", "certification")
BARE = 6
LATER = 12
MOST_LEAVES = 24
MOST_CUES = 60


class Asking:
    """Settles a sentence's leaves."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compile the finders."""
        self._leaves = LeafFinder(taxonomy)
        self._experience = ExperienceFinder(taxonomy)

    def leaves(self, sentence: Sentence) -> tuple[list[Leaf], list[Cue]]:
        """What the sentence asks for, in order of place, and the cues that it holds."""
        found = self._leaves.leaves(sentence)[:MOST_LEAVES]
        measured, frames = self._experience.leaves(sentence, found)
        if not found and not measured:
            return [], []
        leaves = sorted([*found, *measured], key=lambda leaf: leaf.start)[:MOST_LEAVES]
        cues = cues_of(sentence, leaves, frames)[:MOST_CUES]
        if aside := _of_some(sentence):
            leaves = [leaf for leaf in leaves if not aside[0] <= leaf.start < aside[1]]
            cues = [cue for cue in cues if not aside[0] <= cue.start < aside[1]]
        if _supposes(sentence):
            return [], cues
        kept: list[Leaf] = []
        for leaf in leaves:
            ruling = ruling_for(leaf, leaves, cues, sentence)
            if ruling and ruling.weak and kept and _wished_together(kept[-1], leaf, sentence):
                ruling = Ruling("preferred")
            ruling = _or_obtained(leaf, ruling, sentence)
            ruled = _ruled(leaf, ruling, sentence)
            if not ruled and ruling is None and kept and _another_way(kept[-1], leaf, sentence):
                leaf.modality = kept[-1].modality
                ruled = [leaf]
            kept += ruled
        return _with_apprentices(kept, sentence), cues

    def frames(self, sentence: Sentence) -> list[Frame]:
        """The time frames of a sentence that mentions nothing itself."""
        return self._experience.leaves(sentence, [])[1]


def _of_some(sentence: Sentence) -> tuple[int, int] | None:
    """A remark in parentheses that is about some only ("(Employees with a compact licence must …)")."""
    if "(" not in sentence.lower:
        return None
    found = _ASIDE_OF_SOME.search(sentence.lower)
    return (sentence.start + found.start(), sentence.start + found.end()) if found else None


def _or_obtained(leaf: Leaf, ruling: Ruling | None, sentence: Sentence) -> Ruling | None:
    """ "CPC, or willing to obtain it", "possession of, or ability to obtain, a licence"; what must be there at hire is required."""
    if leaf.kind != "credential" or (ruling and ruling.word == "preferred"):
        return ruling
    after = sentence.after(leaf.end, 130)
    if found := _OR_OBTAIN.match(after) or _OR_OBTAIN_BEFORE.search(sentence.before(leaf.start, 80)):
        ruling = Ruling("obtain", ruling.within if ruling else None, eligible="eligib" in found[0])
    later = ruling is not None and ruling.word == "obtain" and ruling.within is None
    if later and (_BEFORE_HIRE.match(after) or _BY_THE_START.match(after)):
        return Ruling("required")
    return ruling


def _another_way(before: Leaf, leaf: Leaf, sentence: Sentence) -> bool:
    """Whether "or" makes a bare mention the other way of what is asked just before it ("one year, or a completed externship")."""
    if leaf.kind in (before.kind, "credential") or leaf.rule == "amount-asked":
        return False
    text = sentence.page.lower[before.end : leaf.start]
    return len(text) < 60 and "." not in text and bool(_OR_BEFORE.search(text))


def _wished_together(before: Leaf, leaf: Leaf, sentence: Sentence) -> bool:
    """Whether "and/or" makes a thing part of the wish before it ("a degree is preferred, and/or a minimum of one year")."""
    text = sentence.page.lower[before.end : leaf.start]
    return before.modality == "preferred" and len(text) < 120 and bool(_WISHED_TOGETHER.search(text))


def _supposes(sentence: Sentence) -> bool:
    """Whether the sentence speaks of a case ("If a team member obtains …"), not of every applicant."""
    if _IN_A_SETTING.match(sentence.lower):
        return True
    words = sentence.lower.lstrip(" -•*·+(").split(maxsplit=4)
    if words and words[0] == "if" and ("tell us" in sentence.lower or "let us know" in sentence.lower):
        return True
    if len(words) > 2 and words[0] in ("will", "may", "would") and words[1] == "consider":
        return True
    if (
        len(words) > 2
        and words[0] == "any"
        and words[1].startswith(("candidate", "associate", "employee", "applicant"))
    ):
        return True
    return (
        len(words) > 3
        and words[0] == "if"
        and words[1] not in ("not", "less", "you", "you've", "you're")
        and words[2] != "less"
    )


def _ruled(leaf: Leaf, ruling: Ruling | None, sentence: Sentence) -> list[Leaf]:
    """The leaf with its modality settled, twice where the sentence says two things of it, or nothing."""
    if ruling and ruling.word == "not_required":
        return _not_needed(leaf)
    if ruling is None or not _ruling_counts(leaf, ruling, sentence):
        modality = "required" if leaf.rule == SOUGHT else default_modality(sentence) or _evident(leaf, sentence)
        if leaf.rule == "amount-asked" or (leaf.kind == "credential" and _in_passing(leaf, sentence)):
            return []
        if modality is None:
            return []
        leaf.modality = modality
    else:
        leaf.direct = True
        _apply(leaf, ruling)
    if leaf.kind == "education" and leaf.modality == "required" and _studied_later(leaf, ruling, sentence):
        return []
    if leaf.modality is None or _not_the_applicants(leaf, sentence) or _idle_experience(leaf, sentence):
        return []
    result = [leaf]
    if leaf.kind == "education" and leaf.modality == "preferred" and "not required" in sentence.after(leaf.end, 70):
        result.append(
            Leaf("education", leaf.start, leaf.end, "none", "required", rule="preferred-not-required", direct=True)
        )
    if leaf.kind == "credential" and leaf.modality != "preferred" and _GRADUATE.match(sentence.after(leaf.end, 100)):
        ruling = Ruling("required", also=("obtain", leaf.within))
        leaf.modality, leaf.within, leaf.eligible = "required", None, False
    if ruling and ruling.also:
        second = copy(leaf)
        second.modality, second.within = "obtain", ruling.also[1]
        second.eligible = second.within is None
        second.rule = LICENCE_LATER if leaf.modality == "required" else leaf.rule
        result.append(second)
    return result


def _studied_later(leaf: Leaf, ruling: Ruling | None, sentence: Sentence) -> bool:
    """Whether a degree need only be begun or finished after hire ("must enroll in a BSN program within a year")."""
    if ruling and ruling.word == "obtain" and (ruling.within or 0) > LATER:
        return True
    if _BY_MONTHS.match(sentence.after(leaf.end, 70)):
        return True
    before = sentence.before(leaf.start, 60)
    if _YEARS_TO.search(before):
        return True
    begun = any(word in before for word in ("enroll", "pursu", "obtain", "attain", "complete", "earn "))
    return begun and "within" in sentence.after(leaf.end, 70)


def _in_passing(leaf: Leaf, sentence: Sentence) -> bool:
    """A bare mention deep in a long sentence, or in a list of key words, is none of the things that the section asks for."""
    if sentence.lower.count(",") >= 8:
        return True
    if sentence.short or sentence.item or leaf.start - sentence.start < 40:
        return False
    return not sentence.has("license-words") and not sentence.has(CUE)


def _idle_experience(leaf: Leaf, sentence: Sentence) -> bool:
    """Experience without a number that a sentence only mentions: in pay talk, in refusals, deep inside a paragraph."""
    if leaf.kind != "experience" or leaf.amount is not None or leaf.rule == SOUGHT:
        return False
    if sentence.has("no-substitute") or sentence.has("pay-words"):
        return True
    return not (leaf.direct or sentence.short or sentence.item or leaf.start - sentence.start < 48)


def _not_needed(leaf: Leaf) -> list[Leaf]:
    """A level of education that is said not to matter is a statement; everything else is nothing."""
    if leaf.kind != "education":
        return []
    leaf.value, leaf.modality, leaf.direct = "none", "required", True
    return [leaf]


def _apply(leaf: Leaf, ruling: Ruling) -> None:
    modality = modality_of(ruling.word)
    if leaf.kind == "education" and modality == "obtain" and (ruling.within or 0) > LATER:
        leaf.modality = None
        return
    if leaf.kind in ("experience", "education") and modality == "obtain":
        modality = "required"
    leaf.modality = modality
    if modality == "obtain":
        leaf.within, leaf.eligible = ruling.within, ruling.eligible and ruling.within is None


def _ruling_counts(leaf: Leaf, ruling: Ruling, sentence: Sentence) -> bool:
    """Whether the cue is worth more than the section: an `obtain` without deadline needs a credential beside it."""
    if ruling.word == "obtain" and leaf.kind != "credential":
        return False
    if (
        ruling.word == "obtain"
        and not sentence.section.asks
        and ruling.within is None
        and "eligib" not in sentence.lower
    ):
        return False
    if ruling.word == "obtain" and ruling.within is None and sentence.section.kind == "preferred":
        return False
    if ruling.word == "accepted":
        return leaf.kind == "credential" and sentence.section.kind != "preferred"
    if (
        sentence.section.kind == "duty"
        and leaf.kind == "credential"
        and ruling.word == "required"
        and not sentence.has("license-words")
    ):
        return False
    if ruling.weak and sentence.section.kind == "preferred":
        return False
    return sentence.section.kind not in ("benefit", "conditional")


def _evident(leaf: Leaf, sentence: Sentence) -> Modality | None:
    """Outside asking sections: a short line about a licence, or words that someone with it is sought."""
    if sentence.section.kind in ("benefit", "legal", "conditional", "duty"):
        held = sentence.section.kind == "duty" and leaf.kind == "credential" and _plainly_held(leaf, sentence)
        return "required" if held else None
    if sentence.has("substitute") or sentence.has("substituted-by"):
        return "required"
    if leaf.kind == "experience" and sentence.lower.lstrip(" -•*").startswith(
        ("experience in ", "experience with ", "prior ", "previous ")
    ):
        return "required"
    plain = "$" not in sentence.lower and not sentence.has("benefit-words")
    if leaf.kind == "credential":
        return _evident_credential(leaf, sentence, plain=plain and not sentence.has("other-people"))
    if (
        leaf.kind == "experience"
        and leaf.amount is not None
        and leaf.rule != "amount-asked"
        and (sentence.short or sentence.item)
    ):
        return "required"
    offered = sentence.lower.rstrip(" .)").endswith("program") and "accredited" not in sentence.lower
    if leaf.kind == "education" and sentence.short and plain and not offered:
        return "required"
    return None


def _evident_credential(leaf: Leaf, sentence: Sentence, *, plain: bool) -> Modality | None:
    bare = sentence.lower.endswith(".") and sentence.end - sentence.start <= leaf.end - leaf.start + BARE
    if plain and sentence.short and (bare or sentence.has("license-words") or sentence.item):
        return "required"
    if _sought(leaf, sentence):
        leaf.rule = PERSON_SOUGHT
        return "required"
    return None


def _sought(leaf: Leaf, sentence: Sentence) -> bool:
    """Whether someone who holds it is looked for, where the posting opens ("we seek to hire a registered nurse (RN)")."""
    if sentence.section.kind not in ("start", "about", "other"):
        return False
    calls = sentence.tokens.within("seeking", sentence.start, leaf.start)
    return bool(calls) and bool(_A_PERSON.fullmatch(sentence.page.lower[calls[-1].end : leaf.start]))


def _plainly_held(leaf: Leaf, sentence: Sentence) -> bool:
    """A note among duties that is none: "Current Ohio RN license", "BLS certification"."""
    if not sentence.short or not sentence.has("license-words") or sentence.has("other-people"):
        return False
    begins = sentence.lower.lstrip(" -•*·+")
    first = len(sentence.lower) - len(begins) == leaf.start - sentence.start
    return begins.startswith(_HELD_NOW) or (
        first and sentence.after(leaf.end, 14).startswith((" licens", " certif", " card"))
    )


def _not_the_applicants(leaf: Leaf, sentence: Sentence) -> bool:
    """Whether the thing belongs to other people, is a benefit, or is asked of some applicants only."""
    tokens = sentence.tokens
    if (
        sentence.after(leaf.end, 8).lstrip(" :)").startswith(("no.", "no\n"))
        or sentence.after(leaf.end, 8).strip(" )") == ": no"
    ):
        return True
    near = max(sentence.start, leaf.start - 70)
    if leaf.kind == "credential":
        people = tokens.within("other-people", near, leaf.start)
        if people and not _asked_between(sentence, people[-1].end, leaf.start):
            return True
        if not sentence.section.asks and tokens.has("after-people", leaf.end, leaf.end + 14):
            return True
    if tokens.has("benefit-words", sentence.start if not sentence.section.asks else near, leaf.start):
        return True
    if not sentence.section.asks and not leaf.direct and sentence.has("benefit-words"):
        return True
    return leaf.modality == "required" and leaf.kind != "education" and _conditional(leaf, sentence)


def _asked_between(sentence: Sentence, start: int, end: int) -> bool:
    return any(word in sentence.page.lower[start:end] for word in ("must", "require", "licens", ". ", ";"))


def _conditional(leaf: Leaf, sentence: Sentence) -> bool:
    """Whether the sentence says that the thing is asked of some only."""
    tokens = sentence.tokens.within(
        "conditional", max(sentence.start, leaf.start - 90), min(sentence.end, leaf.end + 90)
    )
    return any(token.start >= leaf.end or leaf.start - token.end < 60 for token in tokens)


def _with_apprentices(leaves: list[Leaf], sentence: Sentence) -> list[Leaf]:
    """Apprentice forms that the sentence excludes are no asks; the credential itself remembers it."""
    excluded = sentence.tokens.has("apprentice-excluded", sentence.start, sentence.end)
    if not excluded:
        return leaves
    kept = [leaf for leaf in leaves if not leaf.value.endswith("-a")]
    for leaf in kept:
        if leaf.kind == "credential":
            leaf.apprentice = "excluded"
    return kept
