"""Care settings: the kind of place, and beside it whose place it is."""

import pytest

from matcher.reading import reader_of
from matcher.taxonomy import Taxonomy
from model.posting import Posting

UNIT = "About the job\nYou work on our telemetry unit and in the intensive care unit.\n"
PLACES = {
    "a chain's hospital": ("Novant Health", "Nurse, telemetry", UNIT, {"hospital", "health_system"}),
    "a chain's nursing home": (
        "Sanford Health",
        "CNA",
        "About us\nOur skilled nursing facility is home to 60.",
        {"nursing_facility", "health_system"},
    ),
    "a teaching hospital": (
        "Elm Medical Center",
        "Nurse",
        UNIT + "About us\nElm is a 300-bed teaching hospital.",
        {"hospital", "academic"},
    ),
    "an agency's nursing home": (
        "IntelyCare",
        "CNA",
        "About us\nOur shifts are at a skilled nursing facility.",
        {"nursing_facility", "staffing"},
    ),
    "an agency, residents": (
        "IntelyCare",
        "CNA",
        "You wash residents.\nYou feed residents.",
        {"nursing_facility", "staffing"},
    ),
    "a veterans' hospital": ("Elm VA Medical Center", "Nurse, intensive care", UNIT, {"va"}),
    "a maker of apps": ("Spring Bloom Health", "Clerk", "You answer the telephone.", set()),
    "a name that begins so": ("Mercyland Toys", "Clerk", "You sell toys.", set()),
}


@pytest.mark.parametrize("name", PLACES)
def test_whose_place_it_is_stands_beside_its_kind(name: str, taxonomy: Taxonomy) -> None:
    employer, title, text, kinds = PLACES[name]
    reading = reader_of(taxonomy).read(Posting(source="s", id="1", title=title, employer=employer, description=text))

    assert {one.id for one in reading.care_settings} == kinds


def test_a_rehabilitation_unit_of_a_big_hospital_does_not_hide_it(taxonomy: Taxonomy) -> None:
    text = "About us\n" + "Our intensive care unit, our emergency department and our operating room need you.\n" * 4
    text += "Our inpatient rehabilitation is next door."
    reading = reader_of(taxonomy).read(Posting(source="s", id="1", title="ICU nurse", description=text))

    assert reading.care_settings[0].id == "hospital"
