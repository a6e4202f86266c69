"""Verdicts: three-valued, explained, and never harsher than what the posting says."""

from datetime import date
from typing import Any

import pytest

from matcher.comparing import Comparer
from matcher.ranking import why
from matcher.taxonomy import Taxonomy
from model.digest import Opening
from model.posting import Pay
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
)
from model.service import Ranking
from model.verdict import Verdict
from store.gazetteer import gazetteer
from tests.samples import NOON, posting, seeker

TODAY = date(2026, 11, 21)
SAID = Evidence(quote="as it stands there", start=0, end=18, rule="test")


def cred(key: str, modality: Any = "required", **more: Any) -> CredentialAsk:
    """A credential that is asked for."""
    return CredentialAsk(id=key, modality=modality, evidence=SAID, **more)


def months(count: int | None, area: str | None = None, **more: Any) -> ExperienceAsk:
    """Experience that is asked for, in one of our areas."""
    return ExperienceAsk(min_months=count, modality="required", area=area, area_id=area, evidence=SAID, **more)


def school(level: Any) -> EducationAsk:
    """Education that is asked for."""
    return EducationAsk(level=level, modality="required", evidence=SAID)


OTHER = OtherWay(says="or equivalent", evidence=SAID)
FRESH = seeker()
NOBODY = Profile(email="x@example.org")
BARE = seeker(credentials=[], experience=[], training=[], education="hs")
CODER = seeker(credentials=[{"id": "aapc-cpc"}], experience=[{"area": "medical-coding", "months": 30}])


def verdict(taxonomy: Taxonomy, profile: Profile, *children: Requirement, **fields: Any) -> Verdict:
    """The verdict on a posting that asks for all of `children`."""
    asked = [child for child in children if isinstance(child, CredentialAsk | ExperienceAsk | EducationAsk)]
    flat = {
        "credentials": tuple(one for one in asked if isinstance(one, CredentialAsk)),
        "experience": tuple(one for one in asked if isinstance(one, ExperienceAsk)),
        "education": tuple(one for one in asked if isinstance(one, EducationAsk)),
    }
    read = Reading(id="a1", read_with="t", requirements=AllOf(children=children), **{**flat, **fields})
    return Comparer(taxonomy, gazetteer()).compare(posting(), read, profile, today=TODAY)


CASES: list[tuple[str, Profile, list[Requirement], str, int]] = [
    ("holds it", CODER, [cred("aapc-cpc")], "qualifies", 0),
    ("a wildcard", CODER, [cred("any:coding")], "qualifies", 0),
    ("does not hold it", BARE, [cred("aapc-cpc")], "close", 1),
    ("nothing said about credentials", NOBODY, [cred("aapc-cpc")], "unclear", 0),
    ("the apprentice form, nothing said", FRESH, [cred("aapc-cpc")], "close", 1),
    ("the apprentice form accepted", FRESH, [cred("aapc-cpc", apprentice="accepted")], "qualifies", 0),
    ("the apprentice form excluded", FRESH, [cred("aapc-cpc", apprentice="excluded")], "close", 1),
    ("exam booked", FRESH, [cred("ahima-cca")], "close", 1),
    ("obtain after hire", BARE, [cred("aapc-cpc", "obtain", within_months=12)], "qualifies", 0),
    ("obtain after hire, empty profile", NOBODY, [cred("aapc-cpc", "obtain", within_months=12)], "qualifies", 0),
    ("any of two, one held", CODER, [AnyOf(children=(cred("ahima-ccs"), cred("aapc-cpc")))], "qualifies", 0),
    ("any of two, none held", BARE, [AnyOf(children=(cred("ahima-ccs"), cred("aapc-cpc")))], "close", 1),
    ("or equivalent", BARE, [AnyOf(children=(cred("aapc-cpc"), OTHER))], "unclear", 0),
    ("or equivalent, held", CODER, [AnyOf(children=(cred("aapc-cpc"), OTHER))], "qualifies", 0),
    ("two missing", BARE, [cred("aapc-cpc"), months(24, "medical-coding")], "short", 2),
    ("years in lieu of the credential", CODER, [AnyOf(children=(cred("ahima-ccs"), months(24, "medical-coding")))], "qualifies", 0),
    ("at least two of three", CODER, [AtLeast(n=2, children=(cred("aapc-cpc"), cred("aapc-crc"), cred("aapc-cpma")))], "close", 1),
    ("enough months", CODER, [months(24, "medical-coding")], "qualifies", 0),
    ("too few months", FRESH, [months(24, "medical-coding")], "close", 1),
    ("externship alone does not count", FRESH, [months(3, "medical-coding")], "close", 1),
    ("months of any kind", FRESH, [months(12)], "qualifies", 0),
    ("an area of another's words", FRESH, [ExperienceAsk(min_months=12, modality="required", area="Epic", evidence=SAID)], "unclear", 0),
    ("no months needed", NOBODY, [months(0)], "qualifies", 0),
    ("experience without a number", BARE, [months(None, "medical-billing")], "close", 1),
    ("experience, nothing said", NOBODY, [months(12, "medical-billing")], "unclear", 0),
    ("at most two years", CODER, [months(0, "medical-coding", max_months=24, ceiling=True)], "close", 1),
    ("a range's upper end bars nobody", CODER, [months(12, "medical-coding", max_months=24)], "qualifies", 0),
    ("the diploma", BARE, [school("hs")], "qualifies", 0),
    ("a degree that is not there", BARE, [school("associate")], "close", 1),
    ("training, by a finished course", seeker(education="hs"), [school("training")], "qualifies", 0),
    ("education, nothing said", NOBODY, [school("hs")], "unclear", 0),
    ("a driver's licence decides nothing", FRESH, [cred("driver-license"), school("hs")], "qualifies", 0),
    ("a licence is one thing short too", FRESH, [cred("lpn")], "close", 1),
    ("remote bar, on-site bar: the easier", FRESH, [When(workplace="remote", child=months(36, "medical-coding")), When(workplace="onsite", child=months(12, "front-desk"))], "qualifies", 0),
    ("expired", seeker(credentials=[{"id": "aapc-cpc", "state": "expired"}]), [cred("aapc-cpc")], "close", 1),
]  # fmt: skip


@pytest.mark.parametrize(("what", "profile", "children", "answer", "gaps"), CASES, ids=[case[0] for case in CASES])
def test_the_answer(
    taxonomy: Taxonomy, what: str, profile: Profile, children: list[Requirement], answer: str, gaps: int
) -> None:
    found = verdict(taxonomy, profile, *children)

    assert (found.answer, len(found.gaps)) == (answer, gaps), what
    assert all(gap.want and gap.have and (gap.fix or "most" in gap.want) for gap in found.gaps)
    assert found.answer == "qualifies" or found.reasons


def test_the_apprentice_is_told_what_to_write(taxonomy: Taxonomy) -> None:
    (gap,) = verdict(taxonomy, FRESH, cred("aapc-cpc")).gaps

    assert (gap.want, gap.have) == ("CPC", "CPC-A")
    assert "You could write" in gap.fix


def test_an_exam_that_fits_the_deadline_is_said(taxonomy: Taxonomy) -> None:
    found = verdict(taxonomy, FRESH, cred("ahima-cca", "obtain", within_months=6))

    assert found.obtain_by == date(2027, 5, 21)
    assert "Your exam on 10 February 2027 fits." in found.reasons[0].says
    late = verdict(taxonomy, FRESH, cred("ahima-cca", "obtain", within_months=1))
    assert "would be too late" in late.reasons[0].says


def test_a_posting_that_says_nothing_is_unclear(taxonomy: Taxonomy) -> None:
    assert verdict(taxonomy, FRESH).answer == "unclear"
    assert verdict(taxonomy, FRESH, entry_level="yes").answer == "qualifies"
    assert verdict(taxonomy, FRESH, thin=Note(id="cut", says="it ends in the middle")).answer == "unclear"


def test_a_senior_title_without_years_is_unclear(taxonomy: Taxonomy) -> None:
    assert verdict(taxonomy, FRESH, school("hs"), entry_level="no").answer == "unclear"


def test_flags_carry_their_basis(taxonomy: Taxonomy) -> None:
    found = verdict(
        taxonomy, FRESH, months(0), entry_level="yes", underserved=(Underserved(basis="overlooked", evidence=SAID),)
    )

    assert (found.flags.entry_level, found.flags.underserved, found.flags.basis) == (True, True, ("overlooked",))


def test_wishes_stand_beside_the_answer(taxonomy: Taxonomy) -> None:
    wishes = {
        "pay_floor": {"amount": 45000, "period": "year"},
        "workplace": ["remote"],
        "place": {"zip": "62701", "radius_miles": 20},
        "care_settings": {"avoid": ["assisted_living"]},
        "avoid_employers": ["mercy"],
        "employment_type": ["part-time"],
    }
    setting = (CareSetting(id="assisted_living", evidence=SAID),)
    found = verdict(
        taxonomy,
        seeker(**wishes),
        months(0),
        pay=Pay(min=17.5, max=19, period="hour"),
        workplace="onsite",
        care_settings=setting,
    )

    assert found.answer == "qualifies"
    assert {wish.wish: wish.met for wish in found.preferences} == dict.fromkeys(
        ("place", "workplace", "pay", "care setting", "employer", "employment type"), False
    )
    assert found.distance_miles == pytest.approx(37, abs=2)


def test_unknown_wishes_are_not_refusals(taxonomy: Taxonomy) -> None:
    found = verdict(taxonomy, seeker(pay_floor={"amount": 20}), months(0))

    assert not verdict(taxonomy, seeker(pay_floor={"amount": 20}), months(0), pay=Pay(min=22)).set_aside
    assert [wish.met for wish in found.preferences if wish.wish == "pay"] == [False]


@pytest.mark.parametrize(
    ("floor", "pay", "hours", "met", "says"),
    [
        ({"amount": 18}, Pay(min=17.5, max=19, period="hour"), ("FULL_TIME",), True, "it begins at $17.50"),
        ({"amount": 45000, "period": "year"}, Pay(min=22, period="hour"), ("FULL_TIME",), True, "up to $22.00 an hour"),
        ({"amount": 45000, "period": "year"}, Pay(min=22, period="hour"), ("PART_TIME",), None, "part-time"),
        ({"amount": 45000, "period": "year"}, Pay(min=18, period="hour"), ("PART_TIME",), False, "part-time"),
        ({"amount": 18}, Pay(min=30000, period="year"), ("PART_TIME",), None, "depends on the hours"),
        ({"amount": 18}, Pay(min=30000, period="year"), ("FULL_TIME",), False, "$30,000 a year"),
        ({"amount": 18}, Pay(min=22), ("FULL_TIME",), None, "not stated"),
    ],
)  # fmt: skip
def test_pay_is_compared_honestly(
    taxonomy: Taxonomy, floor: Any, pay: Pay, hours: Any, met: bool | None, says: str
) -> None:
    made = posting(pay=None, employment_type=hours)
    read = Reading(id="a1", read_with="t", pay=pay)
    found = Comparer(taxonomy).compare(made, read, seeker(pay_floor=floor), today=TODAY)
    (wish,) = [one for one in found.preferences if one.wish == "pay"]

    assert wish.met is met
    assert says in wish.says


@pytest.mark.parametrize(("zip_code", "states", "met"), [("62521", ("IL", "MO"), True), ("53202", ("IL",), False)])
def test_remote_is_only_where_it_is_allowed_and_the_zip_tells_the_state(
    taxonomy: Taxonomy, zip_code: str, states: tuple[str, ...], met: bool
) -> None:
    found = verdict(taxonomy, seeker(place={"zip": zip_code}), months(0), workplace="remote", workplace_states=states)

    assert [wish.met for wish in found.preferences if wish.wish == "place"] == [met]


def test_one_missing_thing_is_one_gap(taxonomy: Taxonomy) -> None:
    found = verdict(
        taxonomy,
        BARE,
        cred("any:coding"),
        cred("aapc-cpc"),
        AnyOf(children=(cred("aapc-cpc"), cred("ahima-ccs"))),
        school("hs"),
    )

    assert [gap.want for gap in found.gaps] == ["CPC"]


def test_the_cheapest_of_several_ways_is_named(taxonomy: Taxonomy) -> None:
    ways = AnyOf(
        children=(
            cred("ahima-rhit"),
            AllOf(children=(cred("nha-cbcs"), months(12, "medical-billing"))),
            cred("nha-cbcs", states=()),
        )
    )
    found = verdict(taxonomy, BARE, ways)

    assert [gap.want for gap in found.gaps] == ["CBCS"]
    assert "about 4 months" in found.gaps[0].fix
    assert "2026-11-21" in found.gaps[0].fix


def test_each_place_is_told_in_one_line(taxonomy: Taxonomy) -> None:
    read = Reading(id="a1", read_with="t", entry_level="yes", underserved=(Underserved(basis="rural", evidence=SAID),))
    made = posting()
    opening = Opening(
        number=1,
        posting=made,
        reading=read,
        verdict=Comparer(taxonomy, gazetteer()).compare(made, read, FRESH, today=TODAY),
    )

    assert (
        why(opening, FRESH, Ranking(), now=NOON)
        == "qualifies, 125 points: entry level in an underserved setting, 0 miles away, new"
    )
