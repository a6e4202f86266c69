"""The reader's promise, second part: soft headings, fragments, bars by workplace, counts, states, fields, and what gave nothing."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from matcher.gold_form import gold_form
from matcher.reading import Reader, reader_of
from model.posting import Posting
from model.reading import AllOf, AnyOf, AtLeast, CredentialAsk, ExperienceAsk, Reading, Requirement, When
from scheduler.configuration import load_taxonomy
from tests.conftest import ROOT


@lru_cache
def reader() -> Reader:
    return reader_of(load_taxonomy(ROOT / "config"))


def read(text: str, title: str = "") -> Reading:
    return reader().read(Posting(source="test", id="1", title=title, description=text))


def asks(text: str) -> dict[str, str]:
    return {ask.id: ask.modality for ask in read(text).credentials}


def leaves(node: Requirement) -> Iterator[Requirement]:
    if isinstance(node, AllOf | AnyOf | AtLeast):
        for child in node.children:
            yield from leaves(child)
    elif isinstance(node, When):
        yield from leaves(node.child)
    else:
        yield node


HEADINGS = [
    ("Must\nCPC", {"aapc-cpc": "required"}),
    ("You might have:\nCPC", {"aapc-cpc": "preferred"}),
    ("We would love\nCPC", {"aapc-cpc": "preferred"}),
    ("Not required but great: CPC", {"aapc-cpc": "preferred"}),
    ("Requirements for the role\nCPC", {"aapc-cpc": "required"}),
    ("<table><tr><td>Must have</td><td>CPC</td></tr><tr><td>Good to have</td><td>CCS</td></tr></table>", {"aapc-cpc": "required", "ahima-ccs": "preferred"}),
    ("<h3>The ticket in</h3><ul><li>CPC</li><li>High school diploma</li><li>A calm voice</li></ul>", {"aapc-cpc": "required"}),
    ("<h3>Preferred</h3><ul><li>RHIT</li><li>A calm voice</li></ul><p>Our company pays the dues of the AAPC for all who hold a CPC and it always has.</p>", {"ahima-rhit": "preferred"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), HEADINGS, ids=[text[:40] for text, _ in HEADINGS])
def test_soft_headings_and_lists_that_end(text: str, expected: dict[str, str]) -> None:
    assert asks(text) == expected


MONTHS = [
    ("A clinic in the hills. LPN license, Ohio. Three years in a clinic. CPR current.", 36),
    ("Requirements\nHigh school diploma and two years in a clinic; or associate degree and one year in a clinic or call center", 12),
    ("Requirements\nOne year as a biller, or a completed externship", 0),
    ("Requirements\nA year in an office", 12),
    ("Requirements\nTwo years in a clinic - or one year and a good teacher", 12),
    ("Requirements\nNo paid billing experience needed", 0),
    ("What you need: a diploma. What you don't need: experience.", 0),
    ("Requirements\nCertifications: none required\nExperience: one year", 12),
    ("Coders who keep reading \"two years required\" are welcome. CPC needed.", None),
    ("Requirements\nMust commit to the job for at least two years", None),
    ("Requirements\nIdeal candidate will have at least two years of billing experience", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MONTHS, ids=[text[:50] for text, _ in MONTHS])
def test_least_months(text: str, expected: int | None) -> None:
    assert read(text).required_min_months == expected


ASKS = [
    ("Requirements\nCPC, CCS or RHIT (RHIT eligible is fine)", {"aapc-cpc": "required", "ahima-ccs": "required", "ahima-rhit": "obtain"}),
    ("Requirements\nTwo years of billing (hospice preferred). CPB required", {"aapc-cpb": "required"}),
    ("Requirements\nCPC preferred at hire; it must be obtained within 18 months", {"aapc-cpc": "obtain"}),
    ("Requirements\nA CPC or CCS? That's a plus.", {"aapc-cpc": "preferred", "ahima-ccs": "preferred"}),
    ("Requirements\nBLS - 90 days", {"bls-cpr": "obtain"}),
    ("Preferred\nRHIT or RHIT eligible", {"ahima-rhit": "preferred"}),
    ("Duties\nAnswers the phone.\nCurrent Ohio RN license.", {"rn": "required"}),
    ("Duties\nTrains newly hired CNAs.\nMaintains current RN license.", {}),
    ("Requirements\nA valid driver's license is needed only for those who visit homes.", {}),
    ("Requirements\nRN license. CNA or coding background welcome.", {"rn": "required"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ASKS, ids=[text[:50] for text, _ in ASKS])
def test_reach_of_words(text: str, expected: dict[str, str]) -> None:
    assert asks(text) == expected


def test_a_dash_keeps_a_wish_from_what_stands_before_it() -> None:
    found = {(ask.id, ask.modality) for ask in read("Requirements\nCPC or CCS-P - COSC preferred").credentials}

    assert found == {("aapc-cpc", "required"), ("ahima-ccs-p", "required"), ("aapc-cosc", "preferred")}


def test_with_binds_closer_than_or_between_amounts() -> None:
    found = read("Requirements\nTwo years of billing, or one year with a CPB or CRCR")

    assert [set(group) for group in found.required_groups] == [{"@experience:24", "aapc-cpb", "hfma-crcr"}]


def test_what_an_accepted_credential_must_come_with_belongs_to_its_way() -> None:
    found = read(
        "Requirements: CPC or 3 years of coding. Apprentices (CPC-A) with one year of billing will be considered."
    )

    assert [set(group) for group in found.required_groups] == [{"aapc-cpc", "@experience:36", "aapc-cpc-a"}]
    assert found.required_min_months == 0


def test_a_list_with_or_is_one_choice_whatever_its_members() -> None:
    assert [set(group) for group in read("Requirements\nRN, RHIA or RHIT").required_groups] == [
        {"rn", "ahima-rhia", "ahima-rhit"}
    ]


def test_bars_by_workplace_are_kept_apart_and_the_least_decides() -> None:
    found = read("Requirements\nRemote coders need three years of coding experience; on-site, one year.")

    bars = {child.workplace: child.child for child in found.requirements.children if isinstance(child, When)}
    assert {way: bar.min_months for way, bar in bars.items() if isinstance(bar, ExperienceAsk)} == {
        "remote": 36,
        "onsite": 12,
    }
    assert found.required_min_months == 12


def test_one_way_of_working_alone_sets_no_bar() -> None:
    found = read("Requirements\nRemote candidates need three years of coding experience.")

    assert not any(isinstance(child, When) for child in found.requirements.children)
    assert found.required_min_months == 36


@pytest.mark.parametrize(
    "text",
    [
        "Requirements\nAt least two of: CPC, CCS, CRC",
        "Requirements\nTwo of the following certifications:\n- CPC\n- CCS\n- CRC",
    ],
)
def test_at_least_two_is_one_node_that_counts(text: str) -> None:
    (node,) = read(text).requirements.children

    assert isinstance(node, AtLeast)
    assert node.n == 2
    assert [leaf.id for leaf in node.children if isinstance(leaf, CredentialAsk)] == [
        "aapc-cpc",
        "ahima-ccs",
        "aapc-crc",
    ]


def test_licences_keep_the_states_that_are_named() -> None:
    states = [ask.states for ask in read("Requirements\nRN license in Ohio or Kentucky\nCPC").credentials]

    assert states == [("OH", "KY"), ()]


def test_apprentices_accepted_and_excluded_are_remembered() -> None:
    accepted = read("Requirements\nCPC required. CPC-A accepted.").credentials
    excluded = read("Requirements\nCPC required. No apprentices.").credentials

    assert {ask.id: ask.apprentice for ask in accepted}["aapc-cpc"] == "accepted"
    assert {ask.id: ask.apprentice for ask in excluded} == {"aapc-cpc": "excluded"}


def test_degrees_keep_their_field() -> None:
    (ask,) = read("Requirements\nAssociate degree in health information management required").education

    assert ask.field == "health information management"


def test_experience_keeps_ceiling_recency_and_what_is_part_of_it() -> None:
    capped = read("Requirements\nNo more than two years of coding experience").experience[0]
    recent = read("Requirements\nTwo years of coding experience within the last five years").experience[0]
    whole = read("Requirements\nThree years of coding experience, including one year of auditing")

    assert capped.ceiling
    assert recent.recency_months == 60
    assert [ask.part_of_previous for ask in whole.experience] == [False, True]
    assert [leaf.part_of_previous for leaf in leaves(whole.requirements) if isinstance(leaf, ExperienceAsk)] == [
        False,
        True,
    ]
    assert whole.required_min_months == 36


def test_only_the_lowest_of_several_levels_is_asked_of_all() -> None:
    found = read(
        "QUALIFICATIONS - LEVEL I: RN license. No experience is required.\n"
        "QUALIFICATIONS - LEVEL II: As above, plus two years of nursing and a bachelor's degree.\n"
        "BOTH LEVELS: CPR."
    )

    assert (found.required_min_months, found.education_required) == (0, None)
    assert {ask.id for ask in found.credentials} == {"rn", "bls-cpr"}


def test_evidence_shows_the_sentence_around_the_quote() -> None:
    text = "Requirements\nYou must hold a CPC. " + "You like puzzles and people. " * 20
    (ask,) = read(text).credentials

    assert ask.evidence.quote == "CPC"
    assert ask.evidence.sentence.startswith("You must hold a CPC.")
    assert len(ask.evidence.sentence) <= 240


def test_a_long_sentence_is_cut_at_words_around_the_quote() -> None:
    text = "Requirements\n" + "calm and kind " * 30 + "CPC required " + "and patient " * 30
    (ask,) = read(text).credentials

    assert "CPC" in ask.evidence.sentence
    assert len(ask.evidence.sentence) <= 240
    assert text.split("\n")[1].find(ask.evidence.sentence) >= 0


def test_lines_that_gave_nothing_are_listed() -> None:
    posting = Posting(
        source="test",
        id="1",
        title="",
        description="About us\nWe bake.\nRequirements\nCPC\nSteady hands\nTwo years of coding",
    )

    assert reader().unread(posting) == ("Steady hands",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two days in the office, three at home.", "hybrid"),
        ("Three days a week in the center, two at home.", "hybrid"),
        ("This is an on-site position. Our company also has remote and hybrid roles.", "onsite"),
        ("You greet patients and collect copays.", "onsite"),
    ],
)
def test_workplace_in_plain_words(text: str, expected: str) -> None:
    assert gold_form(read(text, "Scheduler"))["workplace"] == expected
