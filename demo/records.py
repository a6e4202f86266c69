"""The county's records on disk: employers in `board/employers.json`, one file a posting under `board/postings/`.

A posting's file is a few `key: value` lines, a line `---`, and the text as its employer typed it (HTML, or plain text).
In a text, a line `@@ Heading` opens a list of its own and a bare `@@` the closing part: boards such as Lever keep
them apart. `board/labels.jsonl` says what a careful reader finds in each posting.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

BOARD = Path(__file__).parent / "board"
_SEPARATOR = "\n---\n"
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """Who hires. `format` is how its openings are published, `token` its name on that board, `site` its public address."""

    key: str
    name: str
    format: str
    token: str
    site: str
    street: str
    city: str
    zip: str
    about: str = ""
    benefits: str = ""
    gone: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Pay as the board's own field gives it: dollars for one `period` (hour, week, year)."""

    low: float
    high: float
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One opening. Days are counted back from (or, for `closes_in`, on from) the day on which the board is shown."""

    id: str
    employer: str
    title: str
    body: str
    city: str
    zip: str
    days_ago: int = 1
    closes_in: int | None = None
    type: str = "FULL_TIME"
    workplace: str = ""
    department: str = ""
    pay: Pay | None = None
    shape: str = "plain"
    place: str = "object"
    salary: str = "range"

    def posted(self, today: date) -> date:
        """The day on which it went up, as seen from `today`."""
        return today - timedelta(days=self.days_ago)

    def closes(self, today: date) -> date | None:
        """The last day for applications, None when the employer names none."""
        return None if self.closes_in is None else today + timedelta(days=self.closes_in)


@dataclass(frozen=True, slots=True)
class Parts:
    """A text cut at its `@@` lines: the opening, lists of (heading, content), and what closes it."""

    opening: str
    lists: tuple[tuple[str, str], ...]
    closing: str


def parts(body: str) -> Parts:
    """Cut a text at its `@@` lines; a text without them is all opening."""
    opening, *rest = ("\n" + body).split("\n@@")
    lists, closing = [], ""
    for section in rest:
        heading, _, content = section.partition("\n")
        if heading.strip():
            lists.append((heading.strip(), content.strip()))
        else:
            closing = content.strip()
    return Parts(opening.strip(), tuple(lists), closing)


def whole(body: str) -> str:
    """The text in one piece, as a board without separate parts shows it."""
    cut = parts(body)
    lists = "".join(f"\n<h3>{heading}</h3>\n<ul>{content}</ul>" for heading, content in cut.lists)
    return f"{cut.opening}{lists}\n{cut.closing}".strip()


def plain(body: str) -> str:
    """The words that a reader of the text sees, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", whole(body))).split())


def read_pay(text: str) -> Pay:
    """`18.50-23.75 hour` as Pay; one figure stands for both ends. Raises ValueError for other words."""
    amounts, period = text.split()
    low, _, high = amounts.partition("-")
    return Pay(low=float(low), high=float(high or low), period=period)


def read_posting(name: str, text: str) -> Posting:
    """A posting from its file's stem and text. Raises ValueError or TypeError for a file that is not in form."""
    head, separator, body = text.partition(_SEPARATOR)
    if not separator:
        raise ValueError(f"no line '---' in {name}")
    fields: dict[str, Any] = {}
    for line in head.splitlines():
        key, _, value = line.partition(":")
        fields[key.strip()] = value.strip()
    for key in ("days_ago", "closes_in"):
        if key in fields:
            fields[key] = int(fields[key])
    if "pay" in fields:
        fields["pay"] = read_pay(fields["pay"])
    return Posting(id=name, body=body.strip(), **fields)


def postings(folder: Path = BOARD) -> Iterator[Posting]:
    """Every posting of the county, by id."""
    for path in sorted((folder / "postings").glob("*.txt")):
        yield read_posting(path.stem, path.read_text(encoding="utf-8"))


def reading_line(posting: Posting, employer: Employer) -> dict[str, Any]:
    """The posting as one line of input for `firstrung read`: what the labels were made from."""
    line: dict[str, Any] = {
        "id": posting.id,
        "title": posting.title,
        "company": employer.name,
        "location": f"{posting.city}, IL {posting.zip}",
        "employment_type": posting.type,
        "description": whole(posting.body),
    }
    if posting.pay:
        line["salary"] = f"${posting.pay.low:,.2f} - ${posting.pay.high:,.2f} per {posting.pay.period}"
    if posting.workplace:
        line["remote"] = posting.workplace == "remote"
    return line


def employers(folder: Path = BOARD) -> dict[str, Employer]:
    """Every employer by key."""
    rows = json.loads((folder / "employers.json").read_text(encoding="utf-8"))
    return {row["key"]: Employer(**row) for row in rows}


def labels(folder: Path = BOARD) -> dict[str, dict[str, Any]]:
    """What a careful reader finds in each posting, by id."""
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}
