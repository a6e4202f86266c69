"""What one crawl of one source found: its postings with their payloads, and the report that says how far it got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from model.posting import Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a crawl failed: `kind` is one of model.errors.FAILURE_CLASSES, `says` the facts, `mend` the next step in plain words."""

    kind: str
    says: str
    mend: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """One posting with what the source itself gave (`payload`, compact) and the employer that the payload names, if any.

    `mark` is what its row of the board's list looked like, None where the list says too little. A later crawl that is given the marks
    of known postings does not fetch the pages of those whose mark is the same.
    """

    posting: Posting
    payload: bytes
    payload_kind: str = "json"
    employer_named: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page said about itself when it was fetched: its validators, what the sitemap said beside its address (`listed_as`, the
    `lastmod` as it is written), and the ids of the postings on it. A later crawl that is given it asks for the page only if it changed.

    `kind`: "page" holds postings of its own; "list" is one answer that holds the whole board, `told` its body's digest; "robots" is a
    host's robots.txt, `told` its text; "gone" is the page of a posting that the board lists and says to be gone, `told` the mark of its
    row in the list.
    """

    url: str
    kind: Literal["page", "list", "robots", "gone"] = "page"
    etag: str | None = None
    last_modified: str | None = None
    listed_as: str | None = None
    ids: tuple[str, ...] = ()
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """How one crawl went.

    `complete`: True: `seen` is the whole board; False: it is not (then `failure` says why); None: the format cannot know, or a
    sample cut the crawl short. None never closes anything. `advertised`: what the board says it holds, None if it says nothing.
    `seen`: distinct postings listed, those whose details turned out gone included. `gone`: ids that the board itself says are gone.
    `unchanged`: ids that were listed with the mark that they are known by, or whose page the board says is as it was.
    `answers`: how many of the requests were answered how, by class of status ("2xx", "4xx" …) or "none".
    `unknown_fields`: payload fields that this format has never seen, with how often. `warnings`: what the operator should know, too.
    """

    source: str
    complete: bool | None
    advertised: int | None = None
    seen: int = 0
    requests: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    failure: Failure | None = None
    gone: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    unknown_fields: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running crawl stands."""

    requests: int
    seen: int
    read: int
    answers: Mapping[str, int] = field(default_factory=dict)
