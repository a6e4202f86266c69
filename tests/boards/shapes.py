"""What the boards of our own making share: how they are entered, and an opening as schema.org markup."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.boards.openings import Opening
from tests.boards.server import Asked, Handler

EMPLOYER = "Juniper County Care"
GUID = "7d1c2f3a-1111-4222-8333-0123456789ab"


@dataclass(frozen=True)
class Made:
    """A board: the source's fields, and what the server answers. `environment`: keys that the format wants."""

    fields: Mapping[str, Any]
    handler: Handler
    environment: Mapping[str, str]
    listing: Callable[[Asked], bool]


BOARDS: dict[str, Callable[[Sequence[Opening]], Made]] = {}


def board(
    url: str, listing: str, environment: Mapping[str, str] | None = None, **fields: Any
) -> Callable[[Callable[[Sequence[Opening], Asked], Any]], None]:
    """Enter a board under its function's name. `listing`: a regular expression for the requests that ask for the list."""

    def enter(answer: Callable[[Sequence[Opening], Asked], Any]) -> None:
        kind = answer.__name__.rstrip("_")
        BOARDS[kind] = lambda openings: Made(
            fields={"kind": kind, "url": url, "employer": EMPLOYER, **fields},
            handler=lambda asked: None if asked.path == "/robots.txt" else answer(openings, asked),
            environment=environment or {},
            listing=lambda asked: bool(re.search(listing, asked.target)),
        )

    return enter


def only(openings: Sequence[Opening], text: str) -> Opening | None:
    """The opening whose number or UUID stands in a path."""
    return next((one for one in openings if str(one.number) in text or one.uuid in text), None)


def part(openings: Sequence[Opening], start: int, size: int) -> list[Opening]:
    """One page."""
    return list(openings[max(start, 0) : max(start, 0) + size])


def markup(one: Opening, **more: Any) -> dict[str, Any]:
    """An opening as schema.org JobPosting."""
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": one.title,
        "description": one.body,
        "datePosted": one.posted.isoformat(),
        "employmentType": one.kind.upper().replace(" ", "_"),
        "hiringOrganization": {"@type": "Organization", "name": EMPLOYER},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": one.city,
                "addressRegion": one.state,
                "postalCode": one.postal_code,
                "addressCountry": "US",
            },
        },
        **more,
    }


def page_of(one: Opening, **more: Any) -> str:
    """A posting's page with JSON-LD."""
    return f'<html><head><script type="application/ld+json">{json.dumps(markup(one, **more))}</script></head><body><h1>{one.title}</h1></body></html>'
