"""Wordings that real postings taught after the first 390 labels, each said in our own words."""

import pytest

from tests.test_reading_learned import asked, read

CREDENTIALS = {
    "who is looked for": ("We seek to hire a registered nurse (RN) who will join us.", "Nurse", {("rn", "required", None)}),
    "and is named again below": (
        "We are seeking a certified medical coder (CPC).\n\nRequirements\n- CPC or CCS",
        "Coder",
        {("aapc-cpc", "required", None), ("ahima-ccs", "required", None)},
    ),
    "a card by its programme": ("Requirements\n- American Heart Association healthcare provider card", "Aide", {("bls-cpr", "required", None)}),
    "a heading of two words": (
        "About us\nWe care.\n\nCNA Qualifications\n- Active CPR card\n\nPreferred Attributes\n- CPC\n- CPB",
        "Aide",
        {("bls-cpr", "required", None), ("aapc-cpc", "preferred", None), ("aapc-cpb", "preferred", None)},
    ),
    "possession of, or": (
        "Requirements\n- Possession of, or ability to obtain, an appropriate, valid C.P.R. certificate",
        "Clerk",
        {("bls-cpr", "obtain", None)},
    ),
    "eligibility to obtain it": ("Requirements\n- Current CPR card or eligibility to obtain certification", "Clerk", {("bls-cpr", "obtain", None)}),
    "before the first day": (
        "Requirements\n- RN license issued by the state or ability to obtain a license prior to employment is required",
        "Nurse",
        {("rn", "required", None)},
    ),
    "before the start date": ("Requirements\n- Ability to obtain CPR certification before start date", "Clerk", {("bls-cpr", "required", None)}),
    "what you will need": ("What You Will Need:\n- CPR card or ability to obtain", "Clerk", {("bls-cpr", "obtain", None)}),
    "training is there": ("Requirements\n- CPR certification required (training available upon hire)", "Clerk", {("bls-cpr", "obtain", None)}),
    "in so many days": ("Requirements\n- Basic life support training should be completed in 90 days", "Clerk", {("bls-cpr", "obtain", 3)}),
    "the title's licence, later": (
        "About\nEmployees hired will be required to obtain their nursing license within 90 days of hire.",
        "New Graduate Registered Nurse",
        {("rn", "obtain", 3)},
    ),
    "a nurse's licence without a grade": ("Requirements\n- Current Ohio nursing license", "Staff Nurse", {("rn", "required", None)}),
    "and in a practical nurse's job": ("Requirements\n- Current Ohio nursing license", "LVN", {("lpn", "required", None)}),
    "and in a job for either": (
        "Requirements\n- Current Ohio nursing license",
        "RN/LPN",
        {("rn", "required", None), ("lpn", "required", None)},
    ),
    "a compact is no licence": ("Requirements\n- Privileges under the Nurse Licensure Compact", "Midwife", set()),
    "of two, the second later": (
        "Requirements\n- CPC certification with CPR certification to be obtained within one year",
        "Coder",
        {("aapc-cpc", "required", None), ("bls-cpr", "obtain", 12)},
    ),
    "from whom it must be": ("Requirements\n- CPR must be obtained through the Heart Association", "Clerk", {("bls-cpr", "required", None)}),
    "a deadline far behind": (
        "Requirements\n- CPR required, by a class with both a lecture and a skills check on a manikin, within 30 days of hire",
        "Clerk",
        {("bls-cpr", "obtain", 1)},
    ),
    "in some departments": ("Requirements\n- Depending on department, CPR certification", "Clerk", set()),
    "letters of another trade": ("Requirements\n- A license to practice as a CNA or equivalent", "Nurse Anesthetist (CRNA)", set()),
    "with a wish beside it": ("Requirements\n- CPR certification, with CPC preferred", "Clerk", {("bls-cpr", "required", None), ("aapc-cpc", "preferred", None)}),
    "eligible to be licensed": ("Requirements\n- Must be licensed or eligible to be licensed as an RN", "Nurse", {("rn", "obtain", None)}),
    "two courses in one name": ("Requirements\n- Basic and Advanced Cardiac Life Support certification required", "Clerk", {("bls-cpr", "required", None)}),
    "of some employees": ("Requirements\n- A driver's license is required for all employees in the day program", "Clerk", set()),
    "as the state requires": ("Requirements\n- Other certifications as required by licensing rules, such as CPR", "Clerk", set()),
    "in one kind of place": ("Requirements\n- In a home health setting, staff must have a valid driver's license", "Clerk", set()),
    "work beside a licence": ("Preferred\n- Experience as a registered nurse or nurse practitioner in clinics", "Clerk", set()),
    "what a holder must do": (
        "Requirements\n- RN license required\n- A Registered Nurse with an associate degree must complete a BSN within four years",
        "Nurse",
        {("rn", "required", None)},
    ),
    "a job and no certificate": ("Requirements\n- High school diploma", "Critical Care Registered Nurse", {("rn", "required", None)}),
}  # fmt: skip


@pytest.mark.parametrize("name", CREDENTIALS)
def test_what_is_asked(name: str) -> None:
    text, title, wanted = CREDENTIALS[name]
    known = {one for one in asked(text, title) if not one[0].startswith("other:")}

    assert known == wanted


MONTHS = {
    "an exception in brackets": (
        "- One year of coding required (Exception: applicants without the required experience may be considered)",
        0,
    ),
    "new graduates who have worked": (
        "- Two years as a biller\n- New graduates with related billing experience may be considered",
        24,
    ),
    "welcome, but some work is needed": ("- New graduates are welcome, some front desk experience is required", None),
    "a field of a form": ("- Years of Experience 0", 0),
    "a key with nothing behind it": ("- High school diploma. Experience:", None),
}


@pytest.mark.parametrize("name", MONTHS)
def test_how_much_is_asked(name: str) -> None:
    lines, months = MONTHS[name]

    assert read(f"Requirements\n{lines}", "Clerk").required_min_months == months


def test_a_list_of_choices_ends_where_an_item_is_required_for_itself() -> None:
    lines = "- Bachelor's degree or one of the following:\n- Associate degree\n- Diploma in nursing\n- RN license\n- BLS required\n- CPC required"
    groups = [set(group) for group in read(f"Requirements\n{lines}", "Nurse").required_groups]

    assert {"bls-cpr"} in groups
    assert {"aapc-cpc"} in groups


def test_choices_that_stand_in_the_line_itself_open_no_list_below() -> None:
    text = "Requirements\nGraduate of a school with one of the following: diploma, degree Licensure:\n\nCurrent RN license.\n\nBLS required."
    groups = [set(group) for group in read(text, "Nurse").required_groups]

    assert groups == [{"rn"}, {"bls-cpr"}]


def test_training_others_is_no_promise_to_train() -> None:
    assert read("We train more physicians than anyone.\n\nRequirements\n- CPC", "Coder").entry_level == "unclear"


@pytest.mark.parametrize("word", ["related", "progressive", "recent"])
def test_a_word_that_says_nothing_leaves_the_field_to_what_stands_behind(word: str) -> None:
    (one,) = read(f"Requirements\n- One year of {word} experience in medical billing", "Clerk").experience
    (alone,) = read(f"Requirements\n- One year of {word} experience", "Clerk").experience

    assert (one.area, one.area_id) == ("medical billing", "medical-billing")
    assert alone.area_id is None
