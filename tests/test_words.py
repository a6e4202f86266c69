"""What people are told: every message has its Spanish, keeps its fields, and is in plain words."""

import re
from dataclasses import replace
from datetime import date

import pytest

from digest.words import words_in
from matcher.taxonomy import Taxonomy
from model.said import Day, Said, joined, listed
from scheduler.configuration import SHIPPED, Resources
from store import yamlfile
from tests import messages
from tests.samples import seeker
from tests.test_digest import fitted, made, opening

FIELD = re.compile(r"\{(\w*)\}")


@pytest.fixture(scope="module")
def every(taxonomy: Taxonomy) -> list[str]:
    """Every message."""
    contacts = yamlfile.read(SHIPPED / "resources.yaml", Resources).contacts
    return messages.every(taxonomy, [one.says for one in contacts])


def test_every_message_is_collected(every: list[str]) -> None:
    for known in (
        "Asks for {wanted}.",
        "Stop these mails",
        "One step away",
        "part remote",
        "Assisted living / residential care",
        "Save",
    ):
        assert known in every
    assert len(every) > 400


def test_every_message_has_its_spanish_with_the_same_fields(every: list[str]) -> None:
    spanish = words_in("es").messages
    assert [text for text in every if text not in spanish] == []
    for text in every:
        assert sorted(set(FIELD.findall(spanish[text]))) == sorted(set(FIELD.findall(text))), text
        assert text[:1].isspace() == spanish[text][:1].isspace(), text


def test_the_catalogue_holds_nothing_that_nobody_says(every: list[str]) -> None:
    assert sorted(set(words_in("es").messages) - set(every)) == []


def test_a_sentence_is_said_again_from_its_parts() -> None:
    spanish = words_in("es")
    amount = Said("{number} months", number=18)
    says = joined(
        Said("Asks for {wanted}; you have {have}{why}.", wanted=amount, have="{x}", why=""),
        Said(" Your exam on {day} fits.", day=Day(date(2027, 3, 3))),
    )

    assert says == "Asks for 18 months; you have {x}. Your exam on 3 March 2027 fits."
    assert spanish.again(says) == "Pide 18 meses; usted tiene {x}. Su examen del 3 de marzo de 2027 llega a tiempo."
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert Said("a {brace} from a posting") == "a {brace} from a posting"
    assert spanish.again("Coder {x}") == "Coder {x}"


def test_a_digest_in_spanish_keeps_the_employers_own_words(taxonomy: Taxonomy) -> None:
    spanish = seeker(digest={"language": "es"})
    _, message = fitted(made(opening(1), opening(2, "close"), profile=spanish), taxonomy)

    assert message.subject == "1 empleo para el que califica, 1 a un paso"
    assert "EMPLEOS PARA LOS QUE CALIFICA" in message.text
    assert "$17.50 a $19.00 por hora" in message.text
    assert "Próximo correo: lunes, 30 de noviembre de 2026." in message.text
    assert 'lang="es"' in message.html
    assert "“No experience needed”" in message.html
    for english in ("Openings", "Posted", "Your step", "Next mail", "an hour", "Entry level"):
        assert english not in message.text.replace("Job digest", ""), english


def grade(text: str) -> float:
    """Flesch-Kincaid's grade (Kincaid et al., 1975), syllables counted by groups of vowels."""
    sentences = max(1, len(re.findall(r"[.!?:]+(?:\s|$)", text)))
    found = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59


def test_the_words_are_plain(every: list[str]) -> None:
    """What we say ourselves reads at grade 8 or below; a planted sentence of officialese does not."""
    ours = [FIELD.sub("CPC", text) for text in every if text.endswith((".", "!", "?"))]

    assert grade(" ".join(ours)) <= 8.0
    assert (
        grade(
            "Notwithstanding subsequent administrative determinations, eligibility necessitates verification of qualifications."
        )
        > 14
    )


def test_a_language_without_a_catalogue_is_english() -> None:
    assert words_in("xx").say("Stop these mails") == "Stop these mails"
    assert replace(words_in("es"), messages={}).say("Stop these mails") == "Stop these mails"
