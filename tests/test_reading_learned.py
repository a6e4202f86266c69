"""The reader's promise, third part: wordings that were once misread, as classes and in our own words."""

from functools import lru_cache

import pytest

from matcher.gold_form import gold_form
from matcher.reading import Reader, reader_of
from model.posting import Posting
from model.reading import Reading
from scheduler.configuration import load_taxonomy
from tests.conftest import ROOT


@lru_cache
def reader() -> Reader:
    return reader_of(load_taxonomy(ROOT / "config"))


def read(text: str, title: str = "", employer: str | None = None) -> Reading:
    return reader().read(Posting(source="test", id="1", title=title, description=text, employer=employer))


def asked(text: str, title: str) -> set[tuple[str, str, int | None]]:
    return {(ask.id, ask.modality, ask.within_months) for ask in read(text, title).credentials}


LADDERS = [
    ("Bachelor's degree, or high school diploma and four years of billing experience", 0, "hs"),
    ("Bachelor's degree and eight years of experience, an associate degree plus ten years of experience", 96, "associate"),
    ("Bachelor's or master's degree and two years of experience", 24, "bachelor"),
    ("High school diploma, or GED, and two years of billing experience", 24, "hs"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "months", "education"), LADDERS, ids=[text[:50] for text, _, _ in LADDERS])
def test_years_make_up_for_a_lower_degree(text: str, months: int, education: str) -> None:
    reading = read(f"Requirements\n- {text}")

    assert (reading.required_min_months, reading.education_required) == (months, education)


def test_another_way_may_stand_in_place_of_a_credential_by_its_name() -> None:
    reading = read(
        "Requirements\n- CPC required. In place of the CPC, an associate degree in health information is accepted."
    )

    assert reading.required_groups == (("aapc-cpc", "@education:associate"),)


def test_a_billing_certification_is_no_coding_certification_in_a_coders_posting() -> None:
    assert asked("Requirements\n- Medical billing certification required.", "Medical coder") == {
        ("any:billing", "required", None)
    }


def test_alternative_fields_are_not_narrowed_to_one() -> None:
    either = read("Requirements\n- One year of medical records or front desk experience").experience[0]
    one = read("Requirements\n- One year of medical records experience").experience[0]

    assert (either.area_id, one.area_id) == (None, "medical-records")


LATER = [
    ("Graduates may be appointed on a 120-day temporary appointment while they pursue licensure.", 4),
    ("New graduate nurses must pass the NCLEX within 90 days of hire.", 3),
    ("Required to obtain nursing license within 60 days of employment.", 2),
    ("Employment depends on passing the NCLEX exam within six months of the hire date.", 6),
    ("Active license, or Graduate Nurse eligible for licensure in this state.", None),
]


@pytest.mark.parametrize(("text", "months"), LATER, ids=[text[:50] for text, _ in LATER])
def test_a_nurses_licence_that_is_not_named_may_be_earned_later(text: str, months: int | None) -> None:
    reading = read(f"Requirements\n- RN license required\n- {text}", "Registered Nurse")

    assert {(ask.id, ask.modality, ask.within_months) for ask in reading.credentials} == {
        ("rn", "required", None),
        ("rn", "obtain", months),
    }
    assert reading.required_groups == (("rn",),)


@pytest.mark.parametrize(
    "text",
    [
        "If you move here from a compact state, you must obtain licensure within 60 days.",
        "We reimburse NCLEX fees and hold review classes.",
        "Help patients to obtain licensure of their service animals within 60 days.",
    ],
)
def test_licences_of_some_only_or_of_others_are_not_earned_later(text: str) -> None:
    title = "Billing clerk" if "patients" in text else "Registered Nurse"

    assert all(ask.modality != "obtain" for ask in read(f"RN license required\n{text}", title).credentials)


def test_a_residency_that_only_names_the_exam_asks_for_the_licence_later() -> None:
    reading = read("Requirements\n- Sit for the NCLEX exam within 90 days of hire", "Graduate Nurse Residency")

    assert [(ask.id, ask.modality, ask.within_months) for ask in reading.credentials] == [("rn", "obtain", 3)]
    assert reading.required_groups == (("rn",),)


WORKPLACES = [
    ("Revenue Specialist (On-site or Remote)", "You post payments.", "hybrid"),
    ("A/R Specialist", "Tuesday to Thursday in the Main Street office, Monday and Friday from your house.", "hybrid"),
    (
        "Medical Biller, Home Health",
        "We have: three office days and two home days, and somebody to sit beside.",
        "hybrid",
    ),
    ("HIM Director", "While the coders work from home, the Director's position is on site.", "onsite"),
    ("HIM Clerk", "You will share a bright room with four scanners.", "onsite"),
    ("CNA", "Ask whether the job is remote or on-site. Care for the guests of our house.", "onsite"),
    ("Medical Biller", "You post payments for three clinics.", "unknown"),
]


@pytest.mark.parametrize(("title", "text", "expected"), WORKPLACES, ids=[text[:40] for _, text, _ in WORKPLACES])
def test_where_the_work_is(title: str, text: str, expected: str) -> None:
    assert gold_form(read(text, title))["workplace"] == expected


def test_a_pledge_of_diversity_makes_no_opening_underserved() -> None:
    pledge = "We strive to be an inclusive employer and design programs for underserved populations."
    place = "Our clinic serves an underserved population in three counties."

    assert not read(pledge, "Nurse").underserved
    assert read(place, "Nurse").underserved


def test_aides_who_care_for_guests_work_in_a_nursing_facility() -> None:
    text = "Care for our guests by day and night. Bathe guests. Feed guests. Tell the nurse how guests are."

    assert [one.id for one in read(text, "CNA").care_settings] == ["nursing_facility"]
    assert not read(text, "Hotel clerk").care_settings


EDUCATION = [
    ("Graduate of an accredited nursing program. BSN required within 5 years of hire.", "training"),
    ("Associate degree; BSN required w/12 month enrollment and 24 month completion", "associate"),
    ("Master's degree, Doctor of Nursing Practice (DNP) or Doctor of Philosophy (PhD) required", "master"),
    ("Bachelor's, master's, or doctoral degree in nursing", "bachelor"),
    ("Bachelor's degree in health information, or equivalent clinical experience", "none"),
    ("Bachelor's degree required within 6 months of hire", "bachelor"),
]


@pytest.mark.parametrize(("text", "level"), EDUCATION, ids=[text[:50] for text, _ in EDUCATION])
def test_the_lowest_degree_of_a_list_and_degrees_that_may_come_later(text: str, level: str) -> None:
    assert read(f"Requirements\n- {text}").education_required == level


def test_a_certification_that_may_be_substituted_for_another_is_a_way_of_it() -> None:
    reading = read(
        "Requirements\n- PALS certification required; ENPC certification may be substituted for PALS certification"
    )

    assert reading.required_groups == (("other:PALS", "other:ENPC"),)


def test_what_may_be_required_or_is_encouraged_is_not_required() -> None:
    assert not read("Requirements\n- May require a valid driver's license").required_groups
    assert asked("Requirements\n- Specialty certification (i.e. CEN) encouraged", "") == {
        ("other:CEN", "preferred", None)
    }


def test_peoples_backgrounds_are_no_experience_asked_for() -> None:
    assert read("Requirements\n- Ability to work with people of diverse backgrounds and experience").experience == ()


def test_an_area_does_not_begin_with_the_word_that_joins_it() -> None:
    asks = read("Preferred\n- Nurse extern, nurse tech, or other healthcare experience").experience

    assert [ask.area for ask in asks] == ["healthcare"]


ONE_PARAGRAPH = (
    "The clinic on the hill looks after the people of three valleys and has done so since its doors first opened many years ago, with a "
    "team that knows its patients by name and stays with them from the first call to the last bill, whatever the weather and the roads "
    "are like. You will see patients in the morning, call them in the afternoon and write down what you have seen before you go. "
    "Qualifications : Diploma or degree in nursing Active Registered Nurse license in this state Physical Requirements: lifting up to fifty "
    "pounds Benefits: health, dental and vision plans, and a CPR class each spring that we pay for"
)  # fmt: skip


def test_headings_inside_one_long_paragraph_open_their_sections() -> None:
    reading = read(ONE_PARAGRAPH, "Clinic job")

    assert [(ask.id, ask.modality) for ask in reading.credentials] == [("rn", "required")]
    assert reading.credentials[0].evidence.quote == "Registered Nurse license"


def test_an_operating_room_that_is_a_hybrid_is_no_way_of_working() -> None:
    assert read("We have six rooms (one hybrid OR) and two teams.", "Registered Nurse").workplace == "onsite"


def test_a_nurse_practitioners_name_is_no_registered_nurse() -> None:
    asks = read("Requirements\n- Certified Registered Nurse Practitioner with a current license").credentials

    assert "rn" not in {ask.id for ask in asks}


def test_experience_as_a_verb_asks_for_nothing() -> None:
    assert read("Requirements\n- RN license\n- Experience steady earnings: we pay each week").experience == ()


def test_a_wish_does_not_reach_back_over_things_that_only_stand_side_by_side() -> None:
    text = "Requirements: Active RN license in the state of assignment Current BLS card CHPN certification preferred"

    assert asked(text, "Registered Nurse") >= {("rn", "required", None), ("other:CHPN", "preferred", None)}
    assert ("rn", "preferred", None) not in asked(text, "Registered Nurse")


OPEN_DOORS = [
    "- Memory care experience is a plus, but not required",
    "- Years of Experience: Entry Level",
    "- Ventilator and feeding tube experience, or willing to train",
    "- Must have attended a practical nursing program that included supervised clinical experience or have 300 hours of experience as an LPN",
]  # fmt: skip


@pytest.mark.parametrize("line", OPEN_DOORS, ids=[line[:40] for line in OPEN_DOORS])
def test_a_way_in_without_experience(line: str) -> None:
    reading = read(f"Qualifications\n- Current LPN license\n{line}", "LPN")

    assert (reading.required_min_months, reading.entry_level) == (0, "yes")


MONTHS = [
    ("- Not less than one-year of customer service experience", 12),
    ("- Internal applicants must have a minimum of 9 months experience in the first role", None),
    ("- An associate degree is strongly preferred, and/or a minimum of 1 year of related office experience", None),
    ("- Graduate of a nursing program if less than 3 years experience\n- 6 months of nursing experience", 6),
    ("- Five years' experience in management, preferable in a clinic with experience to include:\n- payroll", 60),
]


@pytest.mark.parametrize(("lines", "months"), MONTHS, ids=[lines[:40] for lines, _ in MONTHS])
def test_who_is_asked_for_how_much(lines: str, months: int | None) -> None:
    assert read(f"Minimum qualifications\n{lines}", "Clerk").required_min_months == months


def test_what_you_bring_to_the_role_is_asked_for() -> None:
    assert read("What You'll Bring to the Role:\n2 years relevant medical experience").required_min_months == 24


def test_an_experienced_worker_who_is_sought_is_asked_for_experience() -> None:
    assert read("We are seeking an experienced Nurse who loves to learn.", "Clinic Nurse").entry_level == "no"
    assert read("We are a team of experienced nurses, hiring a Nurse.", "Clinic Nurse").entry_level == "unclear"


def test_a_graduate_nurse_may_earn_the_licence_later() -> None:
    assert asked("Requirements\n- Registered Nurse License or Graduate Nurse in the state", "Nurse") == {
        ("rn", "required", None),
        ("rn", "obtain", None),
    }


def test_a_remark_on_holders_of_a_compact_licence_is_not_about_everyone() -> None:
    text = "Requirements\n- Current RN license (Employees with a compact license must obtain a Texas RN license within 90 days)"

    assert asked(text, "Registered Nurse") == {("rn", "required", None)}


def test_what_is_secured_after_hire_or_asked_by_a_facility_only() -> None:
    text = "Certifications:\nBLS - may secure certification post-hire\nACLS or PALS as required by the facility"

    assert asked(text, "Registered Nurse") == {("bls-cpr", "obtain", None), ("rn", "required", None)}


def test_a_degree_that_is_required_is_no_heading_of_what_is_preferred() -> None:
    reading = read(
        "Qualifications\n- Bachelor's degree in nursing required: advanced degree preferred.", "Nurse manager"
    )

    assert (reading.education_required, reading.education_preferred) == ("bachelor", "master")


def test_a_hospital_is_known_by_its_name() -> None:
    text = "Cedar County Hospital is hiring. You will join the night team of Cedar County Hospital."

    assert [one.id for one in read(text, "Ward clerk").care_settings] == ["hospital"]


OR_OBTAIN = [
    "Have an active RN license or be willing to obtain a Registered Nurse license in Ohio",
    "Current RN license or eligible for an RN license by endorsement",
    "Registered Nurse license or eligibility to obtain an RN license",
]


@pytest.mark.parametrize("line", OR_OBTAIN, ids=[line[:40] for line in OR_OBTAIN])
def test_a_licence_that_may_be_obtained(line: str) -> None:
    assert ("rn", "obtain", None) in asked(f"Requirements\n- {line}", "Registered Nurse")


def test_help_with_a_certificate_after_hire_makes_it_one_to_obtain() -> None:
    text = "Requirements\n- Current CPR card\n- We can assist in obtaining this requirement after hire"

    assert ("bls-cpr", "obtain", None) in asked(text, "LPN")


def test_a_wish_for_more_does_not_reach_what_is_asked() -> None:
    assert read("Requirements:\n- 1 year of experience, 2 preferred").required_min_months == 12


def test_years_to_finish_a_degree_are_no_experience() -> None:
    text = "Education:\n- Graduate of a nursing school. Nurses hired with an associate degree have 2 years to complete the BSN degree."
    reading = read(f"{text}\nExperience:\n- One year of nursing", "Nurse")

    assert (reading.required_min_months, reading.education_required) == (12, "associate")


def test_a_title_that_names_new_graduates_opens_the_door() -> None:
    assert read("We are growing our team on the night shift.", "Graduate Nurse").entry_level == "yes"


GLUED = (
    "Certificates are obtained within 30 days of employmentAssociate degree in NursingRegistered Nurse license before the start dateNo "
    "previous experience neededSome travel between our clinics and the offices in the county may be needed for training and for meetings"
)


def test_a_text_that_has_lost_its_line_ends_is_parted_at_its_seams() -> None:
    reading = read(f"Qualifications\n{GLUED}", "Registered Nurse")

    assert (reading.education_required, reading.required_min_months) == ("associate", 0)


BROKEN = """Minimum qualifications
- Dependent on the house and its needs, this role may be one of our drivers requiring a
valid driver's license. Everybody else comes by the bus that we run for the people who work here, early and
late, and on all days of the week, so that nobody has to find a place for a car in the narrow streets of the
old town around our house.
"""


def test_lines_broken_at_a_fixed_width_belong_together() -> None:
    quoted = read(
        f"{BROKEN}- Two years of billing experience in an office of a doctor, of a clinic or of a\nhospital", "Biller"
    )

    assert quoted.experience[0].area == "billing"
    assert "in an office of a doctor, of a clinic or of a hospital" in quoted.experience[0].evidence.sentence


def test_a_street_and_a_number_are_a_place_of_work() -> None:
    assert (
        read("Primary Location\n: Ohio-Springfield - 100 Hancock Street\nJob", "Claims examiner").workplace == "onsite"
    )
    assert read("Our locations are many. Call 100 of them.", "Claims examiner").workplace is None
