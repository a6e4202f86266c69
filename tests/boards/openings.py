"""Made-up openings of a made-up county: what the boards of our own making hold. Every text is ours."""

from dataclasses import dataclass
from datetime import date, timedelta

_TITLES = (
    "Medical Coder, Apprentice Welcome",
    "Patient Access Representative",
    "Billing Follow-up Specialist",
    "Medical Records Clerk",
    "Front Desk Coordinator",
    "Prior Authorization Assistant",
    "Payment Posting Clerk",
    "Release of Information Clerk",
)
_TOWNS = (
    ("Juniper Falls", "IL", "Illinois", "62599"),
    ("Cold Spring", "IL", "Illinois", "62571"),
    ("Winston-Ames", "IA", "Iowa", "50019"),
    ("St. Amand", "MO", "Missouri", "63199"),
)
_KINDS = ("Full Time", "Part Time", "PRN", "Temporary")


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening, in no board's shape."""

    number: int
    title: str
    city: str
    state: str
    state_name: str
    postal_code: str
    kind: str
    posted: date
    low: float
    high: float

    @property
    def uuid(self) -> str:
        """An id as boards with UUIDs have it."""
        return f"0c0ffee0-0000-4000-8000-{self.number:012d}"

    @property
    def place(self) -> str:
        """The place as text."""
        return f"{self.city}, {self.state}"

    @property
    def body(self) -> str:
        """The text, as HTML."""
        return (
            f"<p>Juniper County Care looks for help number {self.number} &amp; counting.</p>"
            "<ul><li>High school diploma or GED</li><li>CPC-A welcome; no experience needed</li></ul>"
        )


def openings(count: int = 46) -> list[Opening]:
    """So many openings, each different."""
    return [
        Opening(
            number=1001 + index,
            title=f"{_TITLES[index % len(_TITLES)]} {index + 1}",
            city=_TOWNS[index % 4][0],
            state=_TOWNS[index % 4][1],
            state_name=_TOWNS[index % 4][2],
            postal_code=_TOWNS[index % 4][3],
            kind=_KINDS[index % 4],
            posted=date(2026, 9, 1) + timedelta(days=index % 28),
            low=17 + index % 5,
            high=21 + index % 5,
        )
        for index in range(count)
    ]
