"""What a format wishes to be fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One page that is wanted. `json`: a body, which makes it a POST unless `method` says otherwise.

    `ok`: statuses beside 200 that the format wants to look at itself. `max_bytes`: how large the answer may be.
    """

    url: str
    method: str | None = None
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = "application/json"
    ok: tuple[int, ...] = ()
    max_bytes: int = 8 * MEGABYTE

    @property
    def posts(self) -> bool:
        """Whether the wish carries a body."""
        return self.json is not None


JSON = "application/json"
HTML = "text/html,application/xhtml+xml"
XML = "application/xml,text/xml;q=0.9,*/*;q=0.5"
ANY = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"
