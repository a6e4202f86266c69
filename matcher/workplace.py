"""Workplace: where the work is done after training: on site, from home, or both.

In: title, page, the source's own word, place and settings. Out: the workplace with the stretch that shows it, and contradictions.
"""

import re
from dataclasses import dataclass

from matcher.page import Page
from matcher.scanning import Lexicon, Tokens
from matcher.sections import Placed, section_kind
from matcher.states import CODES
from model.posting import Workplace

_DAYS = re.compile(
    r"(?:days?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|times)\b[^.;\n]{0,60}\b(?:home|remote(?:ly)?|office|on[- ]site)"
    r"|\b(?:home|remote(?:ly)?|office|on[- ]site)\b[^.;\n]{0,40}\b(?:[1-4]|one|two|three|four) (?:other )?days"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri)days?"
_COUNT = r"(?:one|two|three|four|[1-4])(?: or (?:two|three|four|[2-4]))?"
_SHARED = re.compile(
    rf"\b{_COUNT} (?:home|remote|work-from-home) days?\b"
    rf"|\b{_COUNT} days?(?: (?:a|per|each) week)? (?:(?:working )?(?:from|at) home|remote)"
    rf"|\b{_COUNT} days?\b[^.;\n]{{0,60}}[,;] (?:and )?(?:the )?(?:{_COUNT}|rest|others?|remaining) (?:(?:from|at) home|remote)"
    rf"|\b(?:from|at) home (?:up to )?{_COUNT} days?\b"
    rf"|\b(?:in|at) (?:the|our|an?) [^.;\n]{{0,30}}\boffice\b[^.;\n]{{0,40}}\b{_DAY}[^.;\n]{{0,30}}"
    r"\bfrom (?:your (?:own )?)?(?:home|house)\b"
)
_SAID = re.compile(
    r"\b(?:this|the) (?:is|(?:[\w'-]+ ){0,2}(?:position|role|job|opportunity) is) (?:an? )?(?:fully |100% |full[- ]time |strictly )?"
    r"(on[- ]?site|remote|hybrid|in[- ]person|in[- ]office)\b(?! (?:monitor|patient|area|clinic|care))(?! (?:or|and|/) )"
)
_ADDRESS = re.compile(
    r"\b[Ll]ocations?\b[\s:]{1,3}[^\n]{0,70}\b\d{1,5} (?:[A-Z][\w.]+ ){1,3}"
    r"(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Drive|Dr|Lane|Way|Parkway|Pkwy|Highway|Court|Place|Plaza)\b"
)
WORDS: tuple[Workplace, ...] = ("hybrid", "remote", "onsite")
_OPERATING_ROOM = re.compile(r" ORs?\b| [Oo]perating [Rr]oom| suite")
_SAYING = ("this is ", "the is ", "position is ", "role is ", "job is ", "opportunity is ")
_SAID_WAYS = ("onsite", "on-site", "on site", "remote", "hybrid", "in-person", "in person", "in-office", "in office")
_AT_HOME = ("from home", "at home", "home day", "remote", "your house", "your own house")
_NOT = re.compile(r"(?:not|no|isn't|is not|never|non)\W+(?:\w+\W+){0,3}$")
_NOT_AFTER = re.compile(
    r"^[^.;\n]{0,40}\bnot (?:be )?(?:offered|available|authorized|permitted|allowed|an option|possible|eligible|considered|designated)"
    r"|^\W{0,4}no\b"
)
_STATE_LIST = re.compile(rf"\b(?:{'|'.join(CODES)})\b(?:\s?(?:,|/|or|and|&|, or|, and)\s?\b(?:{'|'.join(CODES)})\b)+")


@dataclass(frozen=True, slots=True)
class FoundWorkplace:
    """The workplace, the stretch that shows it (None: inferred), the states where remote work is allowed, and a contradiction."""

    workplace: Workplace | None
    place: tuple[int, int, str] | None = None
    states: tuple[str, ...] = ()
    contradiction: str | None = None


class WorkplaceReader:
    """Settles the workplace."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the machine that scans titles."""
        self._lexicon = lexicon

    def read(
        self,
        title: str,
        page: Page,
        tokens: Tokens,
        placed: list[Placed],
        *,
        said: Workplace | None,
        place: str,
        hands_on: bool,
        hands_on_title: bool,
    ) -> FoundWorkplace:
        """What the text says, else what the source, the title and the kind of work say."""
        if (plain := _said_plainly(page.lower)) and plain[1] is not None:
            way = _said_way(plain[1])
            return FoundWorkplace(way, (*plain.span(1), "description"), _states(page) if way != "onsite" else ())
        head = self._of_names(title, place)
        remote, hybrid, onsite = (_first(page, tokens, placed, one) for one in ("remote", "hybrid", "onsite"))
        if remote and not hybrid and (days := _DAYS.search(page.lower, max(0, remote[0] - 160), remote[1] + 160)):
            hybrid = (days.start(), days.end())
        if not hybrid and not hands_on_title and (shared := _shared(page.lower)):
            hybrid = shared.span()
        if hybrid:
            return FoundWorkplace("hybrid", (*hybrid, "description"), _states(page))
        if _refused(page, tokens):
            against = "the source or title says remote, the text on site" if "remote" in (said, head) else None
            return FoundWorkplace("onsite", (*onsite, "description") if onsite else None, (), against)
        if head in {"remote", "hybrid"}:
            return FoundWorkplace(head, None, _states(page))
        if remote and not (hands_on and onsite):
            return FoundWorkplace("remote", (*remote, "description"), _states(page))
        if onsite:
            return FoundWorkplace("onsite", (*onsite, "description"))
        if said:
            return FoundWorkplace(said, None, _states(page))
        return FoundWorkplace("onsite") if hands_on else _at_an_address(page)

    def _of_names(self, title: str, place: str) -> Workplace | None:
        """What the title or the place says."""
        scanned = [self._lexicon.scan_name(text)[1] for text in (title, place)]
        named = [word for word in WORDS if any(_names(tokens, word) for tokens in scanned)]
        return "hybrid" if len(named) > 1 else named[0] if named else None


def _at_an_address(page: Page) -> FoundWorkplace:
    """On site where the text gives the work's location as a street and number, else not said."""
    found = _ADDRESS.search(page.text) if "ocation" in page.text else None
    return FoundWorkplace("onsite", (*found.span(), "description")) if found else FoundWorkplace(None)


def _names(tokens: Tokens, word: Workplace) -> bool:
    """Whether a name holds the word for a way of working, outside other phrases."""
    return any(not _masked(tokens, token.start, token.end) for token in tokens.all(word))


def _said_plainly(lower: str) -> re.Match[str] | None:
    """ "This position is remote"; the pattern is dear, so its words are looked for first."""
    if any(word in lower for word in _SAYING) and any(word in lower for word in _SAID_WAYS):
        return _SAID.search(lower)
    return None


def _shared(lower: str) -> re.Match[str] | None:
    """Days of the week that are parted between home and office."""
    return _SHARED.search(lower) if "day" in lower and any(word in lower for word in _AT_HOME) else None


def _said_way(word: str) -> Workplace:
    """The way of working that a word names."""
    return "remote" if word.startswith("remote") else "hybrid" if word.startswith("hybrid") else "onsite"


def _masked(tokens: Tokens, start: int, end: int) -> bool:
    return any(
        mask.start <= start and end <= mask.end for mask in tokens.within("workplace-noise", max(0, start - 30), end)
    )


def _first(page: Page, tokens: Tokens, placed: list[Placed], channel: str) -> tuple[int, int] | None:
    """The channel's first find that is meant: not refused, not part of another phrase, not in legal text."""
    for token in tokens.all(channel):
        if _masked(tokens, token.start, token.end):
            continue
        if channel == "hybrid" and _OPERATING_ROOM.match(page.text, token.end):
            continue
        before = page.lower[max(0, token.start - 30) : token.start]
        if channel != "onsite" and (_NOT.search(before) or _NOT_AFTER.search(page.lower[token.end : token.end + 70])):
            continue
        if channel != "remote" and section_kind(placed, token.start) == "legal":
            continue
        return token.start, token.end
    return None


def _refused(page: Page, tokens: Tokens) -> bool:
    """Whether the text says that the work is not remote."""
    for token in tokens.all("onsite"):
        phrase = page.lower[token.start : token.end]
        if phrase.startswith(("not ", "no ", "telework", "remote", "this job is in", "this is not")):
            return True
    return any(
        (
            _NOT.search(page.lower[max(0, token.start - 30) : token.start])
            or _NOT_AFTER.search(page.lower[token.end : token.end + 70])
        )
        and not _masked(tokens, token.start, token.end)
        for token in tokens.all("remote")
    )


def _states(page: Page) -> tuple[str, ...]:
    """The states that a remote posting lists."""
    found = _STATE_LIST.search(page.text)
    return tuple(dict.fromkeys(re.findall(r"[A-Z]{2}", found[0]))) if found else ()
