"""Random worlds for properties: people, and postings with requirement trees of every construct, all from small vocabularies so that they meet."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from model.posting import Pay, Place, Posting
from model.profile import Profile
from model.reading import (
    AllOf,
    AnyOf,
    AtLeast,
    CareSetting,
    CredentialAsk,
    EducationAsk,
    Evidence,
    ExperienceAsk,
    Note,
    OtherWay,
    Reading,
    Requirement,
    Underserved,
    When,
)  # fmt: skip

TODAY = date(2026, 11, 21)
CREDENTIALS = (
    "aapc-cpc", "aapc-cpc-a", "aapc-coc", "aapc-coc-a", "ahima-ccs", "ahima-cca", "ahima-rhit", "ahima-rhia", "nha-cbcs", "aapc-cpb",
    "ncra-ctr", "ncra-ods", "rn", "lpn", "cna", "driver-license",
)  # fmt: skip
ASKED = (*CREDENTIALS, "any:coding", "any:billing", "any:aapc", "other:Notary")
AREAS = (
    "front-desk",
    "medical-billing",
    "payment-posting",
    "medical-coding",
    "inpatient-coding",
    "outpatient-coding",
    "caregiving",
    "customer-service",
)
WORDS = (*AREAS, None, "healthcare", "billing or coding", "welding")
LEVELS = ("none", "hs", "training", "associate", "bachelor")
SETTINGS = ("assisted_living", "nursing_facility", "fqhc", "hospital")
PLACES = (
    ("62521", "Decatur", "IL"), ("62701", "Springfield", "IL"), ("61820", "Champaign", "IL"), ("61701", "Bloomington", "IL"),
    ("60601", "Chicago", "IL"), ("63101", "Saint Louis", "MO"), ("53202", "Milwaukee", "WI"),
)  # fmt: skip
WORKPLACES = ("onsite", "hybrid", "remote")
HOURS = ("FULL_TIME", "PART_TIME", "PER_DIEM")


def some(*values: Any) -> st.SearchStrategy[Any]:
    """One of the values."""
    return st.sampled_from(values)


@st.composite
def leaves(draw: st.DrawFn) -> Requirement:
    """One want of any kind, somewhere in the text."""
    place = draw(st.integers(0, 400))
    said = Evidence(quote="as it stands there", start=place, end=place + 18, rule="test")
    kind = draw(some("credential", "credential", "experience", "experience", "education", "other"))
    if kind == "credential":
        obtain = draw(st.booleans()) and draw(st.booleans())
        return CredentialAsk(
            id=draw(some(*ASKED)), modality="obtain" if obtain else "required", within_months=draw(some(None, 3, 12)) if obtain else None,
            eligible=obtain and draw(st.booleans()), apprentice=draw(some(None, None, None, "accepted", "excluded")),
            states=draw(some((), (), ("IL",), ("WI",))), evidence=said,
        )  # fmt: skip
    if kind == "experience":
        words = draw(some(*WORDS))
        known = words if words in AREAS else None
        return ExperienceAsk(
            min_months=draw(some(None, 0, 3, 12, 24, 36)), max_months=draw(some(None, 24)), modality="required", area=words, area_id=known,
            ceiling=draw(st.booleans()) and draw(st.booleans()), recency_months=draw(some(None, None, 36)),
            hours=draw(some(None, None, None, 500)), evidence=said,
        )  # fmt: skip
    if kind == "education":
        return EducationAsk(
            level=draw(some(*LEVELS)), modality="required", field=draw(some(None, None, "HIM")), evidence=said
        )
    return OtherWay(says="or equivalent", evidence=said)


@st.composite
def nodes(draw: st.DrawFn, depth: int = 2) -> Requirement:
    """A part of a tree."""
    kind = draw(some("leaf", "leaf", "any", "all", "at_least")) if depth else "leaf"
    if kind == "leaf":
        return draw(leaves())
    children = tuple(draw(st.lists(nodes(depth - 1), min_size=1, max_size=3)))
    if kind == "any":
        return AnyOf(children=children)
    return (
        AllOf(children=children) if kind == "all" else AtLeast(n=draw(st.integers(1, len(children))), children=children)
    )


@st.composite
def trees(draw: st.DrawFn) -> AllOf:
    """What a posting asks for; now and then with bars for one way of working."""
    children = draw(st.lists(nodes(), max_size=4))
    bars = draw(
        st.lists(
            st.builds(lambda workplace, child: When(workplace=workplace, child=child), some(*WORKPLACES), nodes(1)),
            max_size=2,
        )
    )
    return AllOf(children=(*children, *bars)) if draw(st.integers(0, 4)) == 0 else AllOf(children=tuple(children))


@st.composite
def openings(draw: st.DrawFn, number: int = 0) -> tuple[Posting, Reading]:
    """A posting with its reading."""
    places = draw(st.lists(some(*PLACES), max_size=2))
    pay = draw(st.none() | st.builds(lambda low, more, period: Pay(min=low, max=low + more if more else None, period=period),
                                     some(15.0, 17.5, 22.0, 45000.0), some(0, 3), some("hour", "year", None)))  # fmt: skip
    posting = Posting(
        source="world", id=f"p{number}-{draw(st.integers(0, 10**6))}", title="Clerk", description="", employer=draw(some("Mercy Care", "Acme", None)),
        locations=tuple(Place(text=f"{city}, {region}", city=city, region=region, postal_code=code) for code, city, region in places),
        workplace=draw(some(None, None, *WORKPLACES)), employment_type=tuple(draw(st.lists(some(*HOURS), max_size=2, unique=True))), pay=pay,
        date_posted=draw(st.none() | st.builds(lambda days: TODAY - timedelta(days=days), st.integers(0, 30))),
    )  # fmt: skip
    said = Evidence(quote="", start=0, end=0, rule="test")
    tree = draw(trees())
    reading = Reading(
        id=posting.id, read_with="t", requirements=tree, entry_level=draw(some("yes", "no", "unclear")), workplace=draw(some(None, *WORKPLACES)),
        workplace_states=draw(some((), (), ("IL",), ("WI", "MO"))), shift=tuple(draw(st.lists(some("day", "night"), max_size=1))),
        care_settings=tuple(CareSetting(id=one, evidence=said) for one in draw(st.lists(some(*SETTINGS), max_size=2, unique=True))),
        underserved=draw(some((), (Underserved(basis="rural", evidence=said),))), required_min_months=draw(some(None, 12)),
        thin=draw(some(None, None, None, None, None, Note(id="thin", says="it ends in the middle"))),
        suspicious=draw(some((), (), (), (Note(id="fee", says="asks for money"),))),
    )  # fmt: skip
    return posting, reading


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """A person; anything may be left unsaid."""
    facts: dict[str, Any] = {"email": "x@example.org"}
    if draw(st.integers(0, 6)):
        facts["credentials"] = draw(st.lists(held_credentials(), max_size=3))
    if draw(st.integers(0, 6)):
        facts["experience"] = draw(st.lists(experiences(), max_size=3))
    if draw(st.integers(0, 4)):
        facts["training"] = draw(
            st.lists(
                some(
                    {"kind": "rhit-programme", "completed": "2026-05"},
                    {"kind": "practicode"},
                    {"kind": "course", "hours": 80},
                ),
                max_size=2,
            )
        )
    if draw(st.integers(0, 5)):
        facts["education"] = draw(some(*LEVELS))
    if draw(st.integers(0, 3)):
        code, city, region = draw(some(*PLACES))
        home = draw(
            some({"zip": code}, {"zip": code, "region": region}, {"city": city, "region": region}, {"zip": "00000"})
        )
        facts["place"] = {**home, "radius_miles": draw(some(5, 40, 60, 200, 400))}
    if draw(st.booleans()):
        facts["workplace"] = draw(st.lists(some(*WORKPLACES), unique=True))
    if draw(st.booleans()):
        facts["pay_floor"] = draw(
            some({"amount": 17.5}, {"amount": 20, "period": "hour"}, {"amount": 45000, "period": "year"})
        )
    if draw(st.booleans()):
        facts["care_settings"] = {
            "prefer": draw(st.lists(some(*SETTINGS), max_size=2)),
            "avoid": draw(st.lists(some(*SETTINGS), max_size=1)),
        }
    if draw(st.integers(0, 3)) == 0:
        facts["employment_type"] = draw(st.lists(some("full-time", "PART_TIME"), min_size=1, unique=True))
        facts["shift"] = draw(st.lists(some("day", "night"), max_size=1))
        facts["avoid_employers"] = draw(st.lists(some("mercy", "acme"), max_size=1))
    return Profile.model_validate(facts)


@st.composite
def held_credentials(draw: st.DrawFn) -> dict[str, Any]:
    """A credential in one of its states."""
    held: dict[str, Any] = {
        "id": draw(some(*CREDENTIALS)),
        "state": draw(some("held", "held", "held", "expired", "enrolled", "booked")),
    }
    if held["state"] == "booked":
        held["on"] = draw(some("2027-02-10", "2026-10-01"))
    if held["state"] == "held":
        held["until"] = draw(some(None, None, "2026-11-20", "2027-06-30"))
    held["region"] = draw(some(None, None, "IL", "WI"))
    return held


@st.composite
def experiences(draw: st.DrawFn) -> dict[str, Any]:
    """Months in one area."""
    return {
        "area": draw(some(*AREAS)), "months": draw(st.integers(0, 60)), "kind": draw(some("paid", "paid", "externship", "volunteer", "military")),
        "until": draw(some(None, None, "2021-05", "2025-05")),
    }  # fmt: skip
