"""Licensed professions: nobody is told that they qualify as a pharmacist because the posting forgot to ask for the licence."""

from datetime import date

import pytest

from matcher.comparing import Comparer
from matcher.reading import reader_of
from matcher.taxonomy import Taxonomy
from model.posting import Posting
from model.profile import Profile

TODAY = date(2026, 11, 22)
SAYS_NOTHING = (
    "About us\nWe care for people in three counties.\n\nWhat you need\n- Kindness.\n- Two years of experience preferred"
)
CODER = Profile.model_validate(
    {"email": "a@example.org", "credentials": [{"id": "aapc-cpc-a"}], "education": "associate", "experience": []}
)
NURSE = Profile.model_validate(
    {"email": "n@example.org", "credentials": [{"id": "rn"}], "education": "associate", "experience": []}
)
LICENSED = [
    "Pharmacist", "Dentist", "Family Physician", "Nurse Practitioner", "Physical Therapist (PRN)", "Dental Hygienist", "Staff Nurse",
    "RN - Night Shift", "LPN/RN, Pediatrics", "Radiologic Technologist", "Nurse Practitioner or Physician Assistant", "Graduate Nurse",
    "Clinic Nurse", "Occupational Therapist", "Respiratory Therapist - Telehealth", "Director of Nursing",
    "Senior Software Engineer", "Attorney", "Electrician II",
]  # fmt: skip
OPEN = [
    "Medical Records Clerk", "Physician Billing Specialist", "Nurse Recruiter", "Nurse Aide", "Physical Therapy Aide", "Dental Receptionist",
    "Pharmacy Technician", "Physician Office Secretary", "Nursing Home Receptionist", "Nurse Staffing Coordinator", "Student Nurse",
    "Coder (RN preferred)",
]  # fmt: skip


def answer(title: str, text: str, profile: Profile, taxonomy: Taxonomy) -> tuple[str, float]:
    posting = Posting(source="s", id="1", title=title, description=text)
    verdict = Comparer(taxonomy).compare(posting, reader_of(taxonomy).read(posting), profile, today=TODAY)
    return verdict.answer, verdict.months_to_mend


@pytest.mark.parametrize("title", LICENSED)
def test_a_job_s_name_presupposes_its_licence(title: str, taxonomy: Taxonomy) -> None:
    told, months = answer(title, SAYS_NOTHING, CODER, taxonomy)

    assert told == "close"
    assert months >= 12


@pytest.mark.parametrize("title", OPEN)
def test_jobs_beside_a_profession_are_open(title: str, taxonomy: Taxonomy) -> None:
    assert answer(title, SAYS_NOTHING, CODER, taxonomy)[0] == "qualifies"


def test_a_job_for_the_licensed_and_for_others_shuts_nobody_out(taxonomy: Taxonomy) -> None:
    assert answer("Medical Assistant or LPN", SAYS_NOTHING, CODER, taxonomy)[0] == "unclear"


def test_who_holds_the_licence_qualifies(taxonomy: Taxonomy) -> None:
    assert answer("Staff Nurse", SAYS_NOTHING, NURSE, taxonomy)[0] == "qualifies"
    assert answer("Registered Nurse", SAYS_NOTHING, NURSE, taxonomy)[0] == "qualifies"
    assert answer("LPN", SAYS_NOTHING, CODER, taxonomy)[0] == "close"


def test_what_the_text_asks_for_settles_it(taxonomy: Taxonomy) -> None:
    posting = Posting(source="s", id="1", title="Staff Nurse", description="Requirements\n- RN license required")
    reading = reader_of(taxonomy).read(posting)

    assert reading.profession == ()
    assert reading.required_groups == (("rn",),)


def test_a_licence_that_is_one_of_several_ways_does_not_settle_it(taxonomy: Taxonomy) -> None:
    posting = Posting(source="s", id="1", title="Registered Nurse", description="Requirements\n- RN or CPR required")

    assert [ask.id for ask in reader_of(taxonomy).read(posting).profession] == ["rn"]


def test_it_is_said_that_the_text_does_not_say_so(taxonomy: Taxonomy) -> None:
    posting = Posting(source="s", id="1", title="Pharmacist", description=SAYS_NOTHING)
    verdict = Comparer(taxonomy).compare(posting, reader_of(taxonomy).read(posting), CODER, today=TODAY)

    assert verdict.reasons[0].says.endswith("The text does not say so; the job's name does.")


def test_licences_that_the_text_asks_for_take_years_too(taxonomy: Taxonomy) -> None:
    assert answer("Therapist", "Requirements\n- PT license required", CODER, taxonomy) == ("close", 84)
