"""The reader's promise: each construct of the postings' language, in our own words, read as a careful person reads it."""

import json
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.gold_form import gold_form, line_of, posting_from_line
from matcher.reading import Reader, reader_of
from model.posting import Posting
from model.reading import AllOf, AnyOf, CredentialAsk, ExperienceAsk, Reading
from scheduler.configuration import load_taxonomy
from tests.conftest import ROOT

TEXTS = st.text(max_size=400) | st.lists(
    st.sampled_from(
        [
            "CPC",
            "or",
            "and",
            "RN",
            "required",
            "preferred",
            "2 years",
            "experience",
            "within 90 days",
            "(",
            ")",
            ";",
            "Requirements:",
            "\n",
            "Bachelor's degree",
            "<li>",
            "</p>",
            "&amp;",
            "$18 - $20 per hour",
            "no experience",
            "•",
            ":",
            "BLS",
            "â€™",
            "\u200b",
            "in lieu of",
        ]
    ),
    max_size=40,
).map(" ".join)


@lru_cache
def reader() -> Reader:
    return reader_of(load_taxonomy(ROOT / "config"))


def read(text: str, title: str = "", **fields: Any) -> Reading:
    return reader().read(Posting(source="test", id="1", title=title, description=text, **fields))


def asks(text: str, title: str = "") -> dict[str, tuple[str, int | None]]:
    return {ask.id: (ask.modality, ask.within_months) for ask in read(text, title).credentials}


def groups(text: str, title: str = "") -> list[set[str]]:
    return [set(group) for group in read(text, title).required_groups]


MONTHS = [
    ("Requirements\nTwo (2) years of claims work", 24, 24),
    ("Requirements\n- 3yrs of charge entry", 36, 36),
    ("Qualifications\nEighteen months in a busy clinic", 18, 18),
    ("Qualifications\nBetween one and three years of scheduling", 12, 12),
    ("Qualifications\nOne and a half years of denials work", 18, 18),
    ("Must have\nNo more than two years of coding experience", 0, 0),
    ("Requirements\n0-1 year of office experience", 0, 0),
    ("Requirements\nUp to six months of records experience", 0, 0),
    ("Requirements\nExperience: 2-4 years", 24, 24),
    ("Requirements\nYears of experience: 4", 48, 48),
    ("Requirements\nFour (3) years of billing", 36, 36),
    ("Requirements\nBilling experience required", None, None),
    ("Requirements\nNo experience needed, we teach you", 0, 0),
    ("Requirements\nHS diploma and one year of billing, or an associate degree", 0, 12),
    ("Requirements\nCPC, or four years of coding experience", 0, 0),
    ("Requirements\nBachelor's degree and two years, or associate degree and four years, of HIM work", 24, 24),
    ("Requirements\nThree years of coding, including one year of auditing", 36, 36),
    (
        "Requirements\nOne year of clerical work. College courses may take the place of up to six months of the experience.",
        6,
        12,
    ),
    ("Preferred\nTwo years of billing experience", None, None),
    ("Preferred skills\nAt least two years of billing experience", None, None),
    ("Requirements\nTwo years of billing experience preferred", None, None),
    ("Requirements\nMinimum 2 years of experience in a related field, preferred.", None, None),
    ("Requirements\nNew graduates are welcome. Two years of nursing preferred.", 0, 0),
    ("About us\nWe have served the valley for 30 years and our coders average ten years of experience.", None, None),
    ("Requirements\nMust be 21 years of age", None, None),
    ("Requirements\nTwo-year commitment", None, None),
    ("Benefits\n401(k) match after 1 year of service", None, None),
    ("Requirements\nNo convictions within the past 7 years", None, None),
    ("Duties\nFiles denials older than 6 months", None, None),
    ("Requirements\nGraduation within the last 12 months", None, None),
]


@pytest.mark.parametrize(
    ("text", "least", "headline"), MONTHS, ids=[text.replace("\n", " | ") for text, _, _ in MONTHS]
)
def test_months_of_experience(text: str, least: int | None, headline: int | None) -> None:
    found = read(text)

    assert (found.required_min_months, found.headline_months) == (least, headline)


ASKS: list[tuple[str, dict[str, tuple[str, int | None]]]] = [
    ("Requirements\nCPC required, CRC or CPMA preferred", {"aapc-cpc": ("required", None), "aapc-crc": ("preferred", None), "aapc-cpma": ("preferred", None)}),
    ("Requirements\nCurrent BLS, or obtained within 60 days of hire", {"bls-cpr": ("obtain", 2)}),
    ("Requirements\nCPR card required within one week of the start date", {"bls-cpr": ("obtain", 1)}),
    ("Requirements\nWilling to earn the CPC within a year of hire", {"aapc-cpc": ("obtain", 12)}),
    ("Requirements\nRHIA eligible", {"ahima-rhia": ("obtain", None)}),
    ("Requirements\nCPC preferred at hire; must be obtained within 18 months", {"aapc-cpc": ("obtain", 18)}),
    ("Preferred Qualifications\nCCS required", {"ahima-ccs": ("required", None)}),
    ("Requirements\nA CPC is not required", {}),
    ("Requirements\nA CPC is not required, but highly preferred", {"aapc-cpc": ("preferred", None)}),
    ("Ideally, you hold a CCS.", {"ahima-ccs": ("preferred", None)}),
    ("Benefits\nWe pay for the CPC exam.", {}),
    ("Responsibilities\nWorks under the supervision of a Registered Nurse (RN).", {}),
    ("About us\nOur team of 20 CPC-certified coders is growing.", {}),
    ("Requirements\nOne year of experience as an LPN", {}),
    ("Requirements\nOne year of RN experience", {}),
    ("Requirements\nC.P.C. or R.H.I.T.", {"aapc-cpc": ("required", None), "ahima-rhit": ("required", None)}),
    ("Requirements\nAssigns CPT and HCPCS codes", {}),
    ("Requirements\nODS-C (formerly CTR)", {"ncra-ods": ("required", None)}),
    ("Requirements\nCertified coder (CPC or CCS)", {"aapc-cpc": ("required", None), "ahima-ccs": ("required", None)}),
    ("State Specific Requirements\nOhio: STNA required", {}),
    ("Requirements\nACLS if required by unit. BLS required.", {"bls-cpr": ("required", None)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ASKS, ids=[text.replace("\n", " | ") for text, _ in ASKS])
def test_credentials_and_how_they_are_asked_for(text: str, expected: dict[str, tuple[str, int | None]]) -> None:
    found = {name: how for name, how in asks(text).items() if not name.startswith("other:")}

    assert all(found.get(name) == how for name, how in expected.items()), found
    assert set(found) == set(expected)


GROUPS = [
    ("Requirements\nCPC, COC or CCS", [{"aapc-cpc", "aapc-coc", "ahima-ccs"}]),
    ("Requirements\nCPC/CCS-P", [{"aapc-cpc", "ahima-ccs-p"}]),
    ("Requirements\nCPC and CPMA", [{"aapc-cpc"}, {"aapc-cpma"}]),
    ("Requirements\nCertifications: CPC, COC, CCS", [{"aapc-cpc", "aapc-coc", "ahima-ccs"}]),
    ("Requirements\nRN license, BLS", [{"rn"}, {"bls-cpr"}]),
    ("Requirements\nRN or LPN license and current CPR", [{"rn", "lpn"}, {"bls-cpr"}]),
    ("Requirements\nCRC and either a CPC or a CCS-P", [{"aapc-crc"}, {"aapc-cpc", "ahima-ccs-p"}]),
    ("Requirements\nCPC or equivalent", [{"aapc-cpc", "@other"}]),
    ("Requirements\nRHIT or three years of records work", [{"ahima-rhit", "@experience:36"}]),
    ("Requirements\nCBCS or a completed billing training program", [{"nha-cbcs", "@training"}]),
    ("Requirements\nLPN required or\nLVN required\nBLS required", [{"lpn"}, {"bls-cpr"}]),
    ("Requirements\nOne of the following:\n- CPC\n- CCS\n- RHIT", [{"aapc-cpc", "ahima-ccs", "ahima-rhit"}]),
    ("Requirements\nRHIA and three years, or RHIT and five years, of HIM work", [{"ahima-rhia", "ahima-rhit"}]),
    ("Requirements\nCPC (CPC-A accepted)", [{"aapc-cpc", "aapc-cpc-a"}]),
    (
        "Requirements\nCPC. If not certified, five years of coding will serve instead of the certificate.",
        [{"aapc-cpc", "@experience:60"}],
    ),
    ("Preferred\nCPC or CCS", []),
]


@pytest.mark.parametrize(("text", "expected"), GROUPS, ids=[text.replace("\n", " | ") for text, _ in GROUPS])
def test_what_hangs_together(text: str, expected: list[set[str]]) -> None:
    assert sorted(map(sorted, groups(text))) == sorted(map(sorted, expected))


def test_at_least_two_of_four_leaves_no_way_with_one() -> None:
    found = groups("Requirements\nAt least two of: CPC, CPMA, CRC, CEMC")

    assert len(found) == 4
    assert all(len(group) == 3 for group in found)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("LPN - Nights", "Join our family of caregivers.", [{"lpn"}]),
        ("RN / LPN", "Nights and weekends.", [{"rn", "lpn"}]),
        ("Caregiver/CNA", "Days.", [{"cna", "@other"}]),
        ("CNA Training Program", "Classes start in May.", []),
        ("RN", "Requirements\nRN or LPN license", [{"rn", "lpn"}]),
        ("Certified Medical Coder", "Days.", [{"any:coding"}]),
    ],
)
def test_titles_ask_for_what_they_name(title: str, text: str, expected: list[set[str]]) -> None:
    assert sorted(map(sorted, groups(text, title))) == sorted(map(sorted, expected))


EDUCATION = [
    ("Requirements\nHigh school diploma or GED; associate degree preferred", "hs", "associate"),
    ("Requirements\nBachelor's degree or equivalent experience", "none", None),
    ("Requirements\nA diploma is preferred, not required: High school diploma preferred, not required", "none", "hs"),
    ("Requirements\nGraduate of an accredited practical nursing program", "training", None),
    ("Requirements\nBachelor's degree; four more years of work may be substituted for the degree", "none", None),
    ("Requirements\nGraduate of an accredited nursing program (ADN or BSN)", "associate", None),
    ("Requirements\nGood humor", None, None),
]


@pytest.mark.parametrize(
    ("text", "required", "preferred"), EDUCATION, ids=[text.replace("\n", " | ") for text, _, _ in EDUCATION]
)
def test_education(text: str, required: str | None, preferred: str | None) -> None:
    found = read(text)

    assert (found.education_required, found.education_preferred) == (required, preferred)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Biller", "Requirements\nTwo years of billing", "no"),
        ("Biller", "Requirements\nBilling experience preferred", "yes"),
        ("Biller", "Requirements\nGood typing", "unclear"),
        ("Biller", "We will train the right person.", "yes"),
        ("Billing Supervisor", "We will train the right person.", "no"),
        ("RN Case Manager", "New grads welcome.", "yes"),
        ("Biller", "Requirements\nBilling experience required", "no"),
        ("Coder III", "Nice people.", "no"),
    ],
)
def test_entry_level(title: str, text: str, expected: str) -> None:
    assert read(text, title).entry_level == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Medical Coder", "This is a fully remote position.", "remote"),
        ("Medical Coder", "Hybrid schedule: two days a week in the office.", "hybrid"),
        ("Medical Coder", "The job board says remote, but this is not a remote position.", "onsite"),
        ("Registered Nurse", "Bedside care.", "onsite"),
        ("Medical Coder", "Assigns codes.", None),
    ],
)
def test_workplace(title: str, text: str, expected: str | None) -> None:
    assert read(text, title).workplace == expected


def test_tree_has_the_main_way_first_and_every_leaf_its_quote() -> None:
    found = read("Requirements\nCPC or CCS-P, and two years of surgical coding")
    choice, experience = found.requirements.children

    assert isinstance(choice, AnyOf)
    assert isinstance(choice.children[0], CredentialAsk)
    assert choice.children[0].id == "aapc-cpc"
    assert choice.children[0].evidence.quote == "CPC"
    assert experience.kind == "experience"
    assert found.experience[0].area_id == "medical-coding"


def test_a_misspelt_name_is_found_and_flagged_but_letters_never() -> None:
    found = read("Requirements\nCertifed Professional Coder or Certified Procurement Professional; CPD")

    assert [(ask.id, ask.fuzzy) for ask in found.credentials] == [("aapc-cpc", True)]


def test_an_advertisement_is_told_with_the_words_that_show_it() -> None:
    found = read(
        "Speak with an Admissions Advisor today. Tuition is $900. We do not guarantee it; seats in the next class are limited."
    )

    assert {note.says for note in found.suspicious} >= {"admissions advisor", "tuition is"}


def test_contradictions_are_said() -> None:
    found = read("Requirements\nThree years of billing", "Entry Level Biller")

    assert found.entry_level == "no"
    assert [note.id for note in found.contradictions] == ["entry_level"]


def test_nothing_said_is_nothing() -> None:
    found = read("")

    assert found.requirements == AllOf()
    assert found.required_min_months is None
    assert found.pay is None
    assert found.thin is not None


def test_evidence_in_markup_spans_the_markup_and_quotes_what_is_seen() -> None:
    raw = "<h2>Requirements</h2><ul><li>Active <b>CPC</b>&reg; or <i>C</i>CS</li><li>Two&nbsp;years of coding experience</li></ul>"

    found = read(raw)

    asked: list[CredentialAsk | ExperienceAsk] = [*found.credentials, *found.experience]
    for ask in asked:
        stretch = raw[ask.evidence.start : ask.evidence.end]
        assert ask.evidence.quote.split()[0][0] == stretch.replace("<i>", "")[0]
    assert found.credentials[0].evidence.quote == "CPC"
    assert raw[found.credentials[0].evidence.start : found.credentials[0].evidence.end] == "CPC"


def test_wrongly_decoded_text_is_read_and_quoted_from_where_it_stands() -> None:
    raw = "Requirements\nâ€¢ Valid driverâ€™s license\nâ€¢ 2 years of billing"

    found = read(raw)

    assert found.credentials[0].id == "driver-license"
    assert raw[found.credentials[0].evidence.start :].startswith("driver")
    assert found.required_min_months == 24


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_reading_never_raises_and_says_the_same_twice(text: str, title: str) -> None:
    posting = Posting(source="test", id="1", title=title, description=text)

    first = reader().read(posting)

    assert reader().read(posting) == first
    assert json.loads(line_of(gold_form(first)))["id"] == "1"


@given(TEXTS.filter(lambda text: "<" not in text and "&" not in text and "â" not in text and "Â" not in text))
@settings(max_examples=150, deadline=None)
def test_quotes_of_plain_text_are_exact(text: str) -> None:
    found = read(text)

    evidence = [ask.evidence for ask in found.credentials]
    evidence += [ask.evidence for ask in found.experience]
    evidence += [ask.evidence for ask in found.education]
    for one in evidence:
        assert text[one.start : one.end] == one.quote
        assert one.quote


def test_the_order_of_blocks_moves_no_quote_to_another_fact() -> None:
    blocks = ["Requirements\nActive CPC required.", "Preferred\nTwo years of denials work."]

    there, back = read("\n\n".join(blocks)), read("\n\n".join(reversed(blocks)))

    assert [ask.evidence.quote for ask in there.credentials] == [ask.evidence.quote for ask in back.credentials]
    assert there.preferred_min_months == back.preferred_min_months == 24


@pytest.mark.parametrize(
    ("record", "says"),
    [({"description": "x"}, "'id'"), ({"id": "a"}, "'description'"), ({"id": "a", "description": 3}, "'description'"), ({"id": True, "description": ""}, "'id'")],
)  # fmt: skip
def test_a_line_without_id_or_description_is_refused(record: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        posting_from_line(record)


def test_a_line_may_hold_lists_numbers_and_nothing() -> None:
    posting = posting_from_line(
        {"id": 7, "description": "x", "title": None, "company": ["A", "B"], "salary": 18.5, "employment_type": "Full", "remote": True, "location": ["X", None]}
    )  # fmt: skip

    assert (posting.id, posting.employer, posting.pay_text, posting.workplace) == ("7", "A, B", "18.5", "remote")
    assert posting.employment_type == ("Full",)
    assert posting.locations[0].text == "X"


def test_gold_form_has_the_fields_of_the_labels_in_their_order() -> None:
    form = gold_form(read("Requirements\nCPC or CCS. Two years of coding."))

    assert list(form) == [
        "id", "credentials", "required_groups", "experience", "education", "entry_level", "settings", "underserved", "workplace", "pay",
        "suspicious",
    ]  # fmt: skip
    assert list(form["credentials"][0]) == ["id", "modality", "within_months", "quote"]
    assert list(form["experience"]) == ["required_min_months", "headline_months", "preferred_min_months", "items"]
