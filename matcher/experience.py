"""Experience: amounts of work and mentions of it that a sentence makes, and which durations are something else.

In: a `Sentence` and the leaves already found in it. Out: experience leaves and time frames ("within 90 days"), told apart by what
stands around each duration: look-back windows, ages, contracts, benefits and the employer's own years are no experience.
"""

import re
from dataclasses import dataclass

from matcher.amounts import UNITS, Amount, amount_before, number_after
from matcher.bars import is_key
from matcher.leaves import Leaf, Sentence
from matcher.open_ways import refused_experience
from matcher.scanning import CUE, UNIT, WORK, Token
from matcher.taxonomy import Taxonomy

LONGEST_AREA = 120
MOST_AMOUNTS = 24
MOST_MONTHS = 180
LEADING, LEADING_WORDS = 60, 16
SOUGHT = "experience-sought"
_STOPS = (
    " required",
    " preferred",
    " is ",
    " are ",
    " or equivalent",
    ";",
    "(",
    " must",
    " desired",
    " a plus",
    ", ",
    ". ",
    " - ",
    " strongly",
)
_LEADS = (
    "of",
    "in",
    "as a",
    "as an",
    "as",
    "with",
    "working in",
    "working as",
    "working with",
    "working",
    "experience in",
    "experience as",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A time by which something is to be done: "within 90 days"."""

    start: int
    end: int
    months: int


class ExperienceFinder:
    """Finds experience leaves and time frames."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Keep the phrases that settle what a duration is."""
        self._frame = taxonomy.phrases("frame-before")
        self._recency = taxonomy.phrases("recency-before")
        self._noise_before = taxonomy.phrases("duration-noise-before")
        self._noise_after = taxonomy.phrases("duration-noise-after")

    def leaves(self, sentence: Sentence, taken: list[Leaf]) -> tuple[list[Leaf], list[Frame]]:
        """The sentence's experience leaves and its time frames."""
        if not sentence.has(UNIT) and not sentence.has(WORK):
            return _bare_years(sentence, []), []
        found: list[Leaf] = []
        frames: list[Frame] = []
        work = [
            token
            for token in sentence.find(WORK)[:MOST_AMOUNTS]
            if token.value == "experience" and not _masked(sentence, token)
        ]
        recency = None
        for amount in self._amounts(sentence, taken):
            role = self._role(sentence, amount, work, taken)
            if role == "frame" and amount.low is not None:
                frames.append(Frame(self._frame_start(sentence, amount), amount.end, max(1, amount.low)))
            elif role == "recency":
                recency = amount.low
            elif role in ("experience", "tentative"):
                role = "experience" if found and _or_so_much(sentence, found[-1], amount) else role
                found.append(_measured(sentence, amount, work, tentative=role == "tentative"))
        found += self._after_key(sentence, work, found)
        found += _bare_years(sentence, found)
        found += self._unmeasured(sentence, work, found, taken) or _sought(sentence, found)
        found.sort(key=lambda leaf: leaf.start)
        if recency and found:
            found[-1].recency = recency
        return found, frames

    def _amounts(self, sentence: Sentence, taken: list[Leaf]) -> list[Amount]:
        """The sentence's amounts outside other leaves; years and months that belong together are one."""
        found: list[Amount] = []
        floor = sentence.start
        for token in sentence.find(UNIT)[:MOST_AMOUNTS]:
            if any(leaf.start <= token.start < leaf.end for leaf in taken):
                continue
            amount = amount_before(sentence.page.lower, token.start, token.end, UNITS[token.value], floor)
            if amount is None:
                amount = _first_unit(sentence, token)
            if amount is None:
                continue
            floor = token.end
            last = found[-1] if found else None
            if last and last.unit == "year" and amount.unit == "month" and _joined(sentence, last, amount):
                found[-1] = Amount(last.start, amount.end, (last.low or 0) + (amount.low or 0), None, "month")
            else:
                found.append(amount)
        return found

    def _role(self, sentence: Sentence, amount: Amount, work: list[Token], taken: list[Leaf]) -> str:
        """Whether the amount is `experience`, a `frame`, a look-back (`recency`) or `noise`."""
        before = sentence.before(amount.start, 30).rstrip(" (~<>")
        after = _behind(sentence.after(amount.end, 40))
        if before.endswith(self._recency):
            return "recency"
        if amount.ceiling and _ends_word(before, ("if",)):
            return "noise"  # "a programme, if less than three years of experience": asked of some
        if before.endswith(self._frame) and not _is_experience(after):
            return "frame"
        if after.startswith(("of hire", "from hire", "of employment", "of start", "from date of hire")):
            return "frame" if "within" in before or "by" in before.split() else "noise"
        quoted = before.endswith('"') or after.startswith('"')
        if quoted or _ends_word(before, ("after",)) or "commit" in sentence.before(amount.start, 44):
            return "noise"
        if (_ends_word(before, self._noise_before) and not _is_experience(after)) or _starts_word(
            after, self._noise_after
        ):
            return "noise"
        return (
            "frame" if self._ends_ask(sentence, amount, after, taken) else self._accepted(sentence, amount, work, after)
        )

    def _accepted(self, sentence: Sentence, amount: Amount, work: list[Token], after: str) -> str:
        """An amount that nothing speaks against is experience where the section asks or the word stands near."""
        near = any(-60 <= token.start - amount.end <= 110 for token in work)
        if amount.unit in ("day", "week"):
            return "experience" if _is_experience(after) else "noise"
        if amount.unit == "hour":
            return "experience" if sentence.section.asks and near else "noise"
        if self._impossible(sentence, amount, after, near=near):
            return "noise"
        if sentence.section.asks:
            leads = amount.start - sentence.start < LEADING or len(sentence.lower.split()) <= LEADING_WORDS
            return "experience" if near or leads or sentence.item or _in_work(after) else "tentative"
        told = _in_work(after) or is_key(sentence.lower)
        if told and _opens(sentence, amount) and not sentence.has("benefit-words"):
            return "experience"
        if not near and len(after.strip(" .!")) < 4:
            return "noise"
        return "experience" if near else "tentative"

    def _ends_ask(self, sentence: Sentence, amount: Amount, after: str, taken: list[Leaf]) -> bool:
        """A bare time behind a credential is the time to earn it: "BLS - 90 Days"."""
        if after.strip(" .!)(") or amount.unit not in ("day", "month", "week") or not sentence.section.asks:
            return False
        before = [leaf for leaf in taken if leaf.kind == "credential" and leaf.end <= amount.start]
        return bool(before) and "experience" not in sentence.lower and not sentence.has(CUE)

    def _impossible(self, sentence: Sentence, amount: Amount, after: str, *, near: bool) -> bool:
        """Amounts that no applicant is asked for: in refusals, of other people, or beyond a working life's half."""
        vague = amount.article and not near and not (_in_work(after) and _opens(sentence, amount))
        if vague or (amount.low or 0) > MOST_MONTHS:
            return True
        if sentence.has("no-substitute") or sentence.has("ceiling-words"):
            return True
        if sentence.tokens.has("unless", sentence.start, amount.start):
            return True
        return sentence.has("people-out") and not (sentence.section.asks and near)

    def _frame_start(self, sentence: Sentence, amount: Amount) -> int:
        """Where the frame's own words begin."""
        before = sentence.before(amount.start, 40).rstrip(" (")
        phrase = max((one for one in self._frame if before.endswith(one)), key=len, default="")
        return amount.start - (len(sentence.before(amount.start, 40)) - len(before)) - len(phrase)

    def _after_key(self, sentence: Sentence, work: list[Token], found: list[Leaf]) -> list[Leaf]:
        """ "Years of experience: 3-5": the number stands behind the words."""
        for token in work:
            before = sentence.before(token.start, 24)
            if ("years" not in before and "yrs" not in before) or any(
                leaf.start < token.end <= leaf.end for leaf in found
            ):
                continue
            number = number_after(sentence.page.lower, token.end, sentence.end)
            if number and any(leaf.start < number[2] <= leaf.end for leaf in found):
                continue
            if number and sentence.page.lower[token.end : token.end + 3].lstrip().startswith(":"):
                start = max(sentence.start, token.start - len(before) + max(before.rfind("year"), before.rfind("yrs")))
                amount = Amount(start, number[2], number[0], number[1], "year")
                return [Leaf("experience", start, number[2], "", amount=amount, rule="amount-after-key")]
        return []

    def _unmeasured(self, sentence: Sentence, work: list[Token], found: list[Leaf], taken: list[Leaf]) -> list[Leaf]:
        """Experience that is asked for without a number."""
        if any(sentence.has(channel) for channel in ("skill-experience", "no-experience", "ceiling-words")):
            return []
        if _BARE_KEY.fullmatch(sentence.lower):
            return []
        leaves: list[Leaf] = []
        for token in work:
            if any(leaf.start <= token.start < leaf.end for leaf in (*found, *taken, *leaves)):
                continue
            if refused_experience(sentence):
                break
            if sentence.tokens.has("equivalent-experience", max(sentence.start, token.start - 60), token.start + 1):
                continue
            clause_start = max((leaf.end for leaf in found if leaf.end <= token.start), default=-1)
            if (
                clause_start >= 0
                and token.start - clause_start < 90
                and "preferably" not in sentence.page.lower[clause_start : token.start]
            ):
                continue
            if sentence.tokens.has("gained-through", max(sentence.start, token.start - 45), token.start):
                continue
            area = _area(sentence, token.start, token.end)
            if area and area[0] < token.start:
                cues = [
                    cue.end
                    for cue in sentence.tokens.within(CUE, area[0] - 8, token.start)
                    if cue.kind == "before" and cue.end > area[0]
                ]
                area = _trimmed(sentence.page.lower, cues[-1], token.start) if cues else area
                area = area if area[1] > area[0] else None
            leaves.append(
                Leaf(
                    "experience",
                    area[0] if area and area[0] < token.start else token.start,
                    token.end,
                    "",
                    area=area,
                    rule="experience-word",
                )
            )
            break
        return leaves


_SOUGHT = re.compile(
    r"\b(?:seeking|looking for|hiring|recruiting|in search of|in need of)(?: (?!who|to)[\w,-]+){0,4}? (experienced)\b"
    r"(?! (?:team|staff))"
)
_BARE_KEY = re.compile(r"[\W_]*(?:work |prior |previous |professional |relevant )?experience ?: *")
_IN_WORK = re.compile(
    r"(?:full[- ]time |hands[- ]on |recent |paid |prior |previous |relevant |related )*(?:of|in|as|at|with|on|doing|working)\s"
    r"|(?:[\w/-]+ ){1,3}work\b"
)
_BARE_YEARS = re.compile(r"(?<![\w$.])([1-9]|1\d)\+ (?!years?|yrs?|months?|hours?)(?:[a-z/-]+ ){1,5}experience\b")
_OPENS = re.compile(
    r"^[\s\W]*(?:(?:remote|hybrid|on-?site|in-office)\W{1,3})?"
    r"(?:(?:at least|minimum|a minimum|minimum of|a minimum of|with|must have|have|and|plus)\s?){0,3}\(?$"
)


def _sought(sentence: Sentence, found: list[Leaf]) -> list[Leaf]:
    """ "We are seeking an experienced nurse": experience without a number, asked for where the posting opens."""
    if found or sentence.section.kind not in ("start", "about") or "experienced" not in sentence.lower:
        return []
    said = _SOUGHT.search(sentence.lower)
    if said is None:
        return []
    start, end = sentence.start + said.start(1), sentence.start + said.end(1)
    return [Leaf("experience", start, end, "", rule=SOUGHT, confidence=0.7)]


def _bare_years(sentence: Sentence, found: list[Leaf]) -> list[Leaf]:
    """ "3+ nursing experience": years, though the word is not written."""
    if found or "+ " not in sentence.lower:
        return []
    number = _BARE_YEARS.search(sentence.lower)
    if number is None:
        return []
    start, end = sentence.start + number.start(), sentence.start + number.end()
    amount = Amount(start, end, 12 * int(number[1]), None, "year")
    return [Leaf("experience", start, end, "", amount=amount, rule="amount", confidence=0.8)]


def _behind(text: str) -> str:
    """The words behind an amount, without the marks and the plural that end it."""
    text = text.lstrip(" '+)-/")
    return text[1:].lstrip(" '+)-/") if text.startswith(("s ", "s'", "s)")) else text


def _in_work(after: str) -> bool:
    """Whether the words behind an amount say in what it was spent ("two years in a clinic")."""
    return bool(_IN_WORK.match(after))


def _opens(sentence: Sentence, amount: Amount) -> bool:
    """Whether the sentence begins with the amount."""
    return bool(_OPENS.match(sentence.page.lower[sentence.start : amount.start]))


def _or_so_much(sentence: Sentence, before: Leaf, amount: Amount) -> bool:
    """Whether an amount is the other way of one that has been asked for ("two years …, or one year and …")."""
    text = sentence.page.lower[before.end : amount.start]
    return before.rule == "amount" and len(text) < LONGEST_AREA and text.rstrip(" (").endswith(" or")


def _masked(sentence: Sentence, token: Token) -> bool:
    """Whether the word "experience" is part of a phrase that asks for none."""
    for mask in sentence.tokens.within("experience-noise", max(sentence.start, token.start - 50), token.end):
        if mask.start <= token.start and token.end <= mask.end:
            return True
    return False


def _first_unit(sentence: Sentence, token: Token) -> Amount | None:
    """ "Within the first year": one unit, though no number is written."""
    before = sentence.before(token.start, 16).rstrip()
    if before.endswith(("first", "within a", "within one")) and token.value in ("year", "month", "week"):
        months = 12 if token.value == "year" else 1
        return Amount(token.start, token.end, months, None, UNITS[token.value])
    return None


def _joined(sentence: Sentence, first: Amount, second: Amount) -> bool:
    return sentence.page.lower[first.end : second.start].strip(" ,'s") in ("", "and")


def _is_experience(after: str) -> bool:
    return any(word in after[:34] for word in ("experience", "exp.", "exp "))


def _ends_word(text: str, phrases: tuple[str, ...]) -> bool:
    if not text.endswith(phrases):
        return False
    return any(text.endswith(phrase) and not text[: -len(phrase)][-1:].isalpha() for phrase in phrases)


def _starts_word(text: str, phrases: tuple[str, ...]) -> bool:
    if not text.startswith(phrases):
        return False
    return any(text.startswith(phrase) and not text[len(phrase) : len(phrase) + 1].isalpha() for phrase in phrases)


def _measured(sentence: Sentence, amount: Amount, work: list[Token], *, tentative: bool) -> Leaf:
    """The leaf of an amount: it reaches to the word "experience" where that follows closely."""
    following = next((token for token in work if 0 <= token.start - amount.end <= 70), None)
    end = amount.end
    lower = sentence.page.lower
    marks = (";", " or ", ". ", "required", "preferred", ",")
    plain = following and not any(mark in lower[amount.end : following.start] for mark in marks)
    if following and plain and not sentence.tokens.has(UNIT, amount.end, following.start):
        end = following.end
    area = _area_of_amount(sentence, amount, end)
    return Leaf(
        "experience", amount.start, end, "", amount=amount, area=area, rule="amount-asked" if tentative else "amount"
    )


_SAYS_NOTHING = frozenset(
    {
        "related", "directly related", "similar", "applicable", "appropriate", "progressive", "progressively responsible", "recent",
        "verifiable", "documented", "paid", "full-time", "full time", "current", "demonstrated", "proven", "direct",
    }
)  # fmt: skip
"""Words before "experience" that leave the field to what stands behind it ("a year of related experience in billing")."""


def _area_of_amount(sentence: Sentence, amount: Amount, end: int) -> tuple[int, int] | None:
    """The words that say in what: between amount and "experience", else behind them, else before a colon."""
    lower = sentence.page.lower
    inner_end = end - len("experience") if lower[:end].endswith("experience") else end
    if inner_end > amount.end:
        start, stop = _trimmed(lower, amount.end, inner_end)
        if stop - start > 2 and lower[start:stop] not in ("previous", "prior", "relevant", "of", "related work"):
            said = _area(sentence, amount.start, end) if lower[start:stop] in _SAYS_NOTHING else None
            return said or (start, stop)
    behind = _area(sentence, amount.start, end)
    if behind:
        return behind
    colon = lower.rfind(":", sentence.start, amount.start)
    if colon > sentence.start and "experience" not in lower[sentence.start : colon] and amount.start - colon < 4:
        return _trimmed(lower, sentence.start, colon)
    return None


def _area(sentence: Sentence, start: int, end: int) -> tuple[int, int] | None:
    """The words behind a mention up to the next stop; for a bare "experience", the words before it."""
    lower = sentence.page.lower
    stop = min(sentence.end, end + LONGEST_AREA)
    for mark in _STOPS:
        position = lower.find(mark, end, stop)
        if 0 <= position < stop:
            stop = position
    first, last = _trimmed(lower, end, stop)
    lead = lower[end : end + 12].lstrip(" '+s)")
    if last - first > 1 and lead.startswith(_LEADS):
        return first, last
    if lower[start:end] == "experience":
        head = max(sentence.start, start - 50)
        cut = max((lower.rfind(mark, head, start) for mark in (",", ":", ";", "(", " or ", " and ")), default=-1)
        first, last = _trimmed(lower, cut + 1 if cut >= head else head, start)
        if last - first > 2:
            return first, last
    return None


def _trimmed(lower: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without the small words and marks at its edges."""
    while True:
        while start < end and not lower[start].isalnum():
            start += 1
        while end > start and not (lower[end - 1].isalnum() or lower[end - 1] == ")"):
            end -= 1
        for lead in (
            "of ",
            "in ",
            "as a ",
            "as an ",
            "with ",
            "working ",
            "years ",
            "year ",
            "s ",
            "experience ",
            "previous ",
            "prior ",
            "the ",
            "must have ",
        ):
            if lower.startswith(lead, start) and start + len(lead) < end:
                start += len(lead)
                break
        else:
            return start, end
