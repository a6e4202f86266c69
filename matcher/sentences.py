"""Sentences: the stretches in which one requirement is stated, cut from the lines of a page.

In: a stretch of text. Out: spans. Abbreviations and numbered lists do not end a sentence; table cells and glued capitals do.
"""

import re
from collections.abc import Iterator

_END = re.compile(
    r"[.!?\t|](?:(?<=[.!?])(?:[\"')*_]{0,3}\s+(?=[\"'(*_]{0,3}[A-Z0-9•])|(?<=[a-z)]{2}[.!?])(?=[A-Z][a-z]))|(?<=\t)\t*|(?<=\s\|)\s+)"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(/])(?:[A-Za-z]|yrs?|exp|cert|req|pref|st|dr|mr|mrs|ms|no|inc|min|max|vs|e\.g|i\.e|etc|u\.s|approx|dept|lic|hs|h\.s|b\.s|a\.s|"
    r"ed|lbs?|mos?|assoc|(?:[a-z]\.){1,7}[a-z])$",
    re.IGNORECASE,
)
MOST_SENTENCES = 400
MOST_SHOWN = 240
AROUND = 300


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` as spans of the text."""
    return list(_spans(text, start, end))


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The same one by one."""
    begin, count = start, 0
    for found in _END.finditer(text, start, end):
        stop = found.start()
        if text[stop : stop + 1] == "." and text[found.end() - 1 : found.end()] != "\t":
            before = text[max(begin, stop - 8) : stop]
            numbered = not before.lower().endswith(("no", "no'")) or text[found.end() : found.end() + 1].isdigit()
            if (_ABBREVIATION.search(before) and numbered) or before.strip().isdigit():
                continue
        if stop > begin:
            yield begin, min(stop + 1, end)
            begin, count = found.end(), count + 1
        if count >= MOST_SENTENCES:
            break
    if begin < end:
        yield begin, end


def shown_sentence(text: str, line: tuple[int, int], start: int, end: int) -> str:
    """The sentence of `text[line]` that holds the stretch, cut at words around it when it is long."""
    line = max(line[0], start - AROUND), min(line[1], max(end, start) + AROUND)
    first, last = next(
        ((begin, stop) for begin, stop in _spans(text, *line) if begin <= start < stop), (line[0], line[1])
    )
    last = max(last, min(end, line[1]))
    if last - first > MOST_SHOWN:
        spare = max(0, MOST_SHOWN - (end - start)) // 2
        if start - first > spare:
            cut = text.find(" ", start - spare, start)
            first = cut + 1 if cut >= 0 else start
        if last - first > MOST_SHOWN:
            cut = text.rfind(" ", first, first + MOST_SHOWN + 1)
            last = cut if cut >= min(end, first + MOST_SHOWN) else first + MOST_SHOWN
    return " ".join(text[first:last].split())


def clause_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence cut at its semicolons, except where "; or" goes on."""
    spans, begin = [], start
    position = text.find(";", start, end)
    while position >= 0:
        if not text[position + 1 : position + 5].lower().lstrip().startswith("or ") and position > begin:
            spans.append((begin, position))
            begin = position + 1
        position = text.find(";", position + 1, end)
    if begin < end:
        spans.append((begin, end))
    return spans
