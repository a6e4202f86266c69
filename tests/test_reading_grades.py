"""Grades of one job in one posting: the one that counts is the title's, else the lowest that is listed."""

import pytest

from tests.test_reading_learned import read

CASES = {
    "the lowest counts": ("Medical Coder", "- Coder I: 1 year of coding experience\n- Coder II: 3 years of coding experience", 12),
    "in whatever order": ("Medical Coder", "- Coder II: 3 years of coding experience\n- Coder I: 1 year of coding experience", 12),
    "the title's counts": ("Coder II", "- Coder I: 1 year of coding experience\n- Coder II: 3 years of coding experience", 36),
    "both in the title": ("Coder I/II", "- Coder I: 1 year of coding experience\n- Coder II: 3 years of coding experience", 12),
    "by levels": ("Coder", "- Level 1: no experience required\n- Level 2: two years of coding experience", 0),
    "by figures": ("Clerk", "- Grade 4: Six months of office experience\n- Grade 5: Two years of office experience", 6),
    "a figure that is no grade": ("Coder, shift 2, days", "- Level 1: 1 year of coding\n- Level 2: 3 years of coding", 12),
    "a figure that is one": ("Coder 2", "- Level 1: 1 year of coding\n- Level 2: 3 years of coding", 36),
    "behind a heading": (
        "Nurse I/II",
        "QUALIFICATIONS – LEVEL I: 6 months of nursing\n\nQUALIFICATIONS – LEVEL II: As above, plus two years of nursing",
        6,
    ),
    "in lines below": ("Biller", "Biller I:\n- 1 year of billing\nBiller II:\n- 4 years of billing\n\nAll:\n- Keyboard skills", 12),
    "a ladder bars nobody": ("Nurse", "- RN Level II: 1 year; clinical ladder entry\n- RN Level III: 3 years; clinical ladder project", None),
    "no grades": ("Coder", "- Part I: 1 year of coding experience\n- Part II: 3 years of coding experience", 36),
    "one grade alone": ("Coder", "- Coder II: 3 years of coding experience\n- High school diploma", 36),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_grade_that_counts(name: str) -> None:
    title, lines, months = CASES[name]

    assert read(f"Requirements\n{lines}", title).required_min_months == months


def test_a_credential_of_a_higher_grade_is_not_asked_of_all() -> None:
    reading = read("Requirements\n- Coder I: CPC-A\n- Coder II: CPC and two years of coding", "Medical Coder")

    assert [(one.id, one.modality) for one in reading.credentials] == [("aapc-cpc-a", "required")]


def test_what_stands_behind_the_grades_is_asked_of_all() -> None:
    lines = "Coder I:\n- 1 year of coding\nCoder II:\n- 3 years of coding\n\nRequirements\n- CPC required"
    reading = read(f"Requirements\n{lines}", "Medical Coder")

    assert [(one.id, one.modality) for one in reading.credentials] == [("aapc-cpc", "required")]
