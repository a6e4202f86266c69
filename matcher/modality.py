"""Modality: whether each thing that a sentence mentions is required, preferred, to be obtained after hire, accepted or not needed.

In: a sentence, its leaves and its time frames. Out: the leaves with `modality`, `within` and `direct` settled; what is not asked for is
dropped. Cues behind a thing beat cues before it, both beat the section, and a cue reaches past another thing only when the two are
joined ("CPC or CCS preferred"), never across a semicolon or a change of subject.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from matcher.experience import Frame
from matcher.leaves import Leaf, Sentence
from matcher.scanning import CUE, Token
from matcher.taxonomy import CUE_MODALITY
from model.reading import Modality

FARTHEST = 150
FARTHEST_CONDITION = 40
LATER_ON = 110
NEAR_WISH = 24
LEAST_APART = 3
MOST_TOKENS = 80
_BRINGS = {"obtain": " with ", "preferred": ", with "}
"""Words before what alone comes later ("BLS with ACLS to be obtained within a year") or is liked ("CPR, with ACLS preferred")."""
_JOINED = re.compile(r"\b(?:or|and)\b|[/&]")
_ASIDE = re.compile(r"\((?!or |and )(?:[\w/-]+,? ){2,}[^()]*$")
_LAST_OF_LIST = re.compile(r"(?:and|or|and/or)(?: [\w/&'()-]+){1,5}(?: is| are)?")
_OTHER_MATTER = (
    "experience", "year", "knowledge", "abilit", "skill", "degree", "diploma", "must", "month", "able", "proficien", "strong",
)  # fmt: skip
_GOES_ON = (
    "is ",
    "are ",
    "but ",
    "and is",
    "strongly",
    "preferably",
    "or ",
    "highly",
    "also ",
    "required",
    "preferred",
    "which ",
    "must ",
    "not ",
)


@dataclass(slots=True)
class Cue:
    """A modality's words; `after` cues speak of what stands before them."""

    start: int
    end: int
    word: str
    after: bool
    within: int | None = None
    weak: bool = False
    eligible: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the words around a leaf say of it; `direct` unless it is the section that speaks."""

    word: str
    within: int | None = None
    weak: bool = False
    also: tuple[str, int | None] | None = None
    eligible: bool = False


def cues_of(sentence: Sentence, leaves: list[Leaf], frames: list[Frame]) -> list[Cue]:
    """The sentence's cues in order, each on one side, with time frames taken in as cues of their own."""
    found: list[Cue] = []
    tokens = sentence.find(CUE)[:MOST_TOKENS]
    for token in tokens:
        if any(mask.start <= token.start < mask.end for mask in sentence.find("eligible-noise")):
            continue
        if found and token.start == found[-1].start and token.end == found[-1].end:
            _choose_side(found[-1], token, tokens, leaves)
            continue
        weak = any(one.end == token.end for one in sentence.tokens.within("weak-cues", token.start, token.start + 1))
        ahead = sentence.after(token.end, 2).lstrip(" ").startswith(":") and not any(
            leaf.start < token.start for leaf in leaves
        )
        eligible = bool(sentence.tokens.within("eligible-cues", token.start, token.end))
        after = token.kind == "after" and not ahead
        found.append(Cue(token.start, token.end, token.value, after, weak=weak, eligible=eligible))
    for frame in frames:
        _take_frame(found, frame, sentence)
    found.sort(key=lambda cue: cue.start)
    return found


def _choose_side(cue: Cue, token: Token, tokens: list[Token], leaves: list[Leaf]) -> None:
    """A word that can stand on both sides looks back when something stands before it, else ahead."""
    preceded = any(leaf.start < cue.start for leaf in leaves)
    both = [one for one in tokens if one.start == cue.start and one.end == cue.end]
    wanted = "after" if preceded else "before"
    chosen = next((one for one in both if one.kind == wanted), token)
    cue.word, cue.after = chosen.value, chosen.kind == "after"


def _take_frame(cues: list[Cue], frame: Frame, sentence: Sentence) -> None:
    """A time frame makes `obtain` of the cue just before it, or is one itself."""
    lower = sentence.page.lower
    for cue in reversed(cues):
        if cue.end <= frame.start and frame.start - cue.end <= 28 and cue.after:
            between = lower[cue.end : frame.start]
            if cue.word in ("required", "obtain") and not any(mark in between for mark in (";", ",")):
                cue.word, cue.end, cue.within = "obtain", frame.end, frame.months
                return
    cues.append(Cue(frame.start, frame.end, "obtain", after=True, within=frame.months))


def ruling_for(leaf: Leaf, leaves: list[Leaf], cues: list[Cue], sentence: Sentence) -> Ruling | None:
    """What the sentence's words say of the leaf, or None when they say nothing."""
    inside = [
        cue for cue in cues if leaf.start <= cue.start and cue.end <= leaf.end and cue.word in ("required", "preferred")
    ]
    if inside and leaf.kind == "education":
        return Ruling(inside[-1].word)
    behind = [cue for cue in cues if cue.after and leaf.end <= cue.start + 1 and cue.start - leaf.end <= FARTHEST]
    ahead = [cue for cue in cues if not cue.after and cue.end <= leaf.start and leaf.start - cue.end <= FARTHEST]
    near = [cue for cue in behind if not _between(leaf, cue, leaves) and not _breaks(sentence, leaf.end, cue.start)]
    if near:
        return _settled(near[0], behind, leaves, sentence, ahead)
    for number, cue in reversed(list(enumerate(ahead))):
        if _too_far(cue, leaf, sentence):
            continue
        if not _leaves_between(cue.end, leaf.start, leaves) and not _closed(sentence, cue.end, leaf.start):
            return _ahead(number, ahead, _deadline_behind(leaf, behind, leaves, sentence))
    chained = next((cue for cue in behind if _chained(leaf, cue, leaves, sentence)), None)
    if chained:
        return _settled(chained, [], leaves, sentence, [])
    for number, cue in reversed(list(enumerate(ahead))):
        if not _too_far(cue, leaf, sentence) and _all_joined(cue, leaf, cues, sentence):
            return _ahead(number, ahead, _deadline_behind(leaf, behind, leaves, sentence))
    return None


def _ahead(number: int, ahead: list[Cue], deadline: int | None) -> Ruling:
    """The ruling of a cue that stands before its thing."""
    cue = ahead[number]
    if _softened(ahead, number):
        return Ruling("preferred")
    return Ruling(cue.word, deadline if cue.word == "obtain" else None, cue.weak, eligible=cue.eligible)


def _too_far(cue: Cue, leaf: Leaf, sentence: Sentence) -> bool:
    """A condition ("if you have …") reaches only what stands right behind it."""
    return sentence.page.lower.startswith("if ", cue.start) and leaf.start - cue.end > FARTHEST_CONDITION


def _softened(ahead: list[Cue], number: int) -> bool:
    """ "Ideally, you have", "the ideal candidate will have at least": the wish before the plain words decides."""
    while number > 0 and ahead[number].start - ahead[number - 1].end <= NEAR_WISH:
        number -= 1
        if ahead[number].word == "preferred":
            return True
    return False


def _settled(first: Cue, behind: list[Cue], leaves: list[Leaf], sentence: Sentence, ahead: list[Cue]) -> Ruling:
    """The nearest cue decides, unless it goes on to say that the thing may be earned later or is not needed."""
    following = [cue for cue in behind if cue.start > first.end and not _leaves_between(first.end, cue.start, leaves)]
    obtain = next((cue for cue in following if cue.word == "obtain" and cue.start - first.end <= LATER_ON), None)
    if obtain and first.word in ("required", "obtain"):
        return Ruling("obtain", obtain.within or first.within, eligible=obtain.eligible or first.eligible)
    if obtain and first.word == "preferred" and obtain.within:
        return Ruling("preferred", also=("obtain", obtain.within))
    if (
        first.word == "obtain"
        and first.within is None
        and (later := next((cue for cue in following if cue.within), None))
    ):
        return Ruling("obtain", later.within)
    if _turns_to_wish(first, following) or (first.word == "required" and _wished_before(first, ahead, sentence)):
        return Ruling("preferred")
    if first.word == "obtain" and "prior to" in sentence.after(first.end, 14):
        return Ruling("required")
    return Ruling(first.word, first.within, eligible=first.eligible)


def _turns_to_wish(first: Cue, following: list[Cue]) -> bool:
    """ "Required / preferred", "not required, but highly preferred": the second word is the one that is meant."""
    reach = {"required": 4, "not_required": 24}.get(first.word)
    return bool(reach and following and following[0].word == "preferred" and following[0].start - first.end <= reach)


def _wished_before(first: Cue, ahead: list[Cue], sentence: Sentence) -> bool:
    """Whether a wish stands just before the plain word."""
    wish = next((cue for cue in reversed(ahead) if cue.word == "preferred"), None)
    return bool(wish and not _closed(sentence, wish.end, first.start) and first.start - wish.end < 20)


def _deadline_behind(leaf: Leaf, behind: list[Cue], leaves: list[Leaf], sentence: Sentence) -> int | None:
    """The deadline that follows something to be earned, also past others in its list."""
    for cue in behind:
        if cue.within and (not _between(leaf, cue, leaves) or _chained(leaf, cue, leaves, sentence)):
            return cue.within
    return None


def _between(leaf: Leaf, cue: Cue, leaves: list[Leaf]) -> bool:
    return _leaves_between(leaf.end, cue.start, leaves)


def _leaves_between(start: int, end: int, leaves: list[Leaf]) -> bool:
    return any(start <= other.start < end for other in leaves)


def _breaks(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the subject changes between a thing and a cue behind it."""
    text = sentence.page.lower[start:end]
    if ";" in text or " but " in text or "\t" in text or _ASIDE.search(text):
        return True
    comma = text.rfind(",")
    if comma < 0:
        return False
    rest = text[comma + 1 :].strip()
    if rest.rstrip("+").isdigit():  # "one year, two preferred": the wish is for more
        return True
    if _LAST_OF_LIST.fullmatch(rest) and not any(word in rest for word in _OTHER_MATTER):
        return False
    if not rest or rest.startswith(_GOES_ON) or rest in ("and", "or"):
        return False
    if " or " in f" {rest} " or text.count(",") > 2:
        return False
    words = len(rest.split())
    return words >= 2 or rest.startswith("and ")


def _closed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a cue's reach ahead has ended: a semicolon, or a comma with a new subject."""
    text = sentence.page.lower[start:end]
    return ";" in text or " but " in text or ". " in text


def _chained(leaf: Leaf, cue: Cue, leaves: list[Leaf], sentence: Sentence) -> bool:
    """Whether a cue behind other things reaches back to this one: all between are of its kind, or joined by and/or."""
    chain = [one for one in leaves if leaf.start <= one.start < cue.start]
    if _set_off(chain, cue, sentence):
        return False
    if (cue.word == "accepted" and not _comes_with(chain, sentence)) or (
        leaf.value.startswith("any:") and any(not one.value.startswith("any:") for one in chain[1:])
    ):
        return False
    if leaf.kind == "education" and len(chain) > 1 and sentence.page.lower[chain[-1].end : cue.start].strip() == "(":
        return False
    for first, second in pairwise(chain) if cue.word != "accepted" else ():
        if first.kind == "education" and not _JOINED.search(sentence.page.lower[first.end : second.start]):
            return False
        text = sentence.page.lower[first.end : second.start]
        if ";" in text or any(word in text for word in ("required", "preferred", "must", " plus,", "desired")):
            return False
        joined = any(word in f" {text} " for word in (" or ", " and ", "/", "&", " and/or "))
        apart = "," in text if first.kind != second.kind else first.kind == "credential" and _run_together(text)
        if apart or (first.kind != second.kind and not joined):
            return False
        if len(text) > 90:
            return False
    return not _breaks(sentence, chain[-1].end, cue.start)


def _run_together(text: str) -> bool:
    """Whether two things stand side by side with words but no mark between them, as in a text that has lost its line ends."""
    words = text.split()
    return (
        len(words) >= LEAST_APART and {"or", "and"}.isdisjoint(words) and not any(mark in text for mark in ",(:-+;|*/&")
    )


def _comes_with(chain: list[Leaf], sentence: Sentence) -> bool:
    """Whether the chain is one thing with what it must come with ("CPC-A with one year of billing")."""
    lower = sentence.page.lower
    return all(" with " in f"{lower[first.end : second.start]} " for first, second in pairwise(chain))


def _set_off(chain: list[Leaf], cue: Cue, sentence: Sentence) -> bool:
    """Whether the cue speaks only of the last things of the chain: behind a dash, with it inside a parenthesis, or come with later."""
    lower = sentence.page.lower
    for first, second in pairwise(chain):
        text = lower[first.end : second.start]
        if cue.word in _BRINGS and _BRINGS[cue.word] in text:
            return True
        if text.strip(" ,") in ("-", "--") or (" - " in text and not _JOINED.search(text)):
            return True
        if "(" in text and ")" not in text and ")" not in lower[second.end : cue.start]:
            return True
    return False


def _all_joined(cue: Cue, leaf: Leaf, cues: list[Cue], sentence: Sentence) -> bool:
    """Whether a cue ahead reaches past other things to this one: nothing in between has been settled by a cue of its own."""
    if _closed(sentence, cue.end, leaf.start):
        return False
    return not any(other.after and cue.end <= other.start < leaf.start and other.word != "accepted" for other in cues)


def default_modality(sentence: Sentence) -> Modality | None:
    """What the section says of a bare mention."""
    if sentence.section.kind == "preferred":
        return "preferred"
    return "required" if sentence.section.kind == "required" else None


def modality_of(word: str) -> Modality | None:
    """The leaf's modality for a cue's word; None when the thing is not needed."""
    return CUE_MODALITY[word]  # type: ignore[index]
