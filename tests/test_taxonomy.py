"""The taxonomy's promise: every entry does to its own examples what it says, and ids hold together."""

import re
from functools import lru_cache
from pathlib import Path

import pytest

from matcher.areas import AreaFinder
from matcher.reading import Reader
from matcher.sections import Headings
from matcher.taxonomy import AreasFile, CareSettingsFile, CredentialsFile, Taxonomy, WordingFile
from model.posting import Posting
from store import yamlfile

FOLDER = Path(__file__).parents[1] / "config" / "taxonomy"


@lru_cache
def taxonomy() -> Taxonomy:
    return Taxonomy(
        credentials=yamlfile.read(FOLDER / "credentials.yaml", CredentialsFile),
        care_settings=yamlfile.read(FOLDER / "care_settings.yaml", CareSettingsFile),
        areas=yamlfile.read(FOLDER / "areas.yaml", AreasFile),
        wording=yamlfile.read(FOLDER / "wording.yaml", WordingFile),
    )


@lru_cache
def reader() -> Reader:
    return Reader(taxonomy())


def asked(text: str) -> set[str]:
    posting = Posting(source="test", id="1", title="", description=text)
    return {ask.id for ask in reader().read(posting).credentials}


def has_phrase(text: str, phrases: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(phrase.lower())}(?!\w)", text.lower()) for phrase in phrases)


CREDENTIALS = [*taxonomy().credentials.credentials, *taxonomy().credentials.wildcards]


@pytest.mark.parametrize("entry", CREDENTIALS, ids=lambda entry: entry.id)
def test_credential_is_asked_for_in_its_yes_examples_and_not_in_its_no_examples(entry):  # type: ignore[no-untyped-def]
    for text in entry.examples.yes:
        assert entry.id in asked(text), text
    for text in entry.examples.no:
        assert entry.id not in asked(text), text


@pytest.mark.parametrize("entry", taxonomy().care_settings.care_settings, ids=lambda entry: entry.id)
def test_care_setting_shows_in_its_yes_examples_and_not_in_its_no_examples(entry):  # type: ignore[no-untyped-def]
    def settings(text: str) -> set[str]:
        posting = Posting(source="test", id="1", title="", description=text)
        return {setting.id for setting in reader().read(posting).care_settings}

    for text in entry.examples.yes:
        assert entry.id in settings(text), text
    for text in entry.examples.no:
        assert entry.id not in settings(text), text


@pytest.mark.parametrize("entry", taxonomy().areas.areas, ids=lambda entry: entry.id)
def test_area_is_named_in_its_yes_examples_and_not_in_its_no_examples(entry):  # type: ignore[no-untyped-def]
    finder = AreaFinder(taxonomy())

    for text in entry.examples.yes:
        assert finder.find(text) == entry.id, text
    for text in entry.examples.no:
        assert finder.find(text) != entry.id, text


@pytest.mark.parametrize("entry", taxonomy().wording.headings, ids=lambda entry: f"{entry.kind}-{entry.topic}")
def test_heading_opens_what_it_says(entry):  # type: ignore[no-untyped-def]
    headings = Headings(taxonomy())

    for text in entry.examples.yes:
        found = headings.meaning(text.rstrip(":"))
        assert found is not None, text
        assert found.kind == entry.kind or found.topic == entry.topic, text
    for text in entry.examples.no:
        found = headings.meaning(text.rstrip(":"))
        assert found is None or (found.kind, found.topic) != (entry.kind, entry.topic), text


WORDED = [
    *((f"{cue.modality}-{cue.side}", cue) for cue in taxonomy().wording.cues),
    *((group.id, group) for group in taxonomy().wording.groups),
    *((level.level, level) for level in taxonomy().wording.education),
]


@pytest.mark.parametrize(("name", "entry"), WORDED, ids=[name for name, _ in WORDED])
def test_phrases_stand_in_their_yes_examples_and_not_in_their_no_examples(name, entry):  # type: ignore[no-untyped-def]
    for text in entry.examples.yes:
        assert has_phrase(text, entry.phrases), text
    for text in entry.examples.no:
        assert not has_phrase(text, entry.phrases), text


def test_implication_is_closed_and_never_lifts_an_apprentice() -> None:
    known = taxonomy()

    assert {"ahima-rhia", "ahima-rhit", "any:him", "any:ahima"} <= known.holders_satisfy("ahima-rhia")
    assert "aapc-cpc-a" in known.holders_satisfy("aapc-cpc")
    assert "aapc-cpc" not in known.holders_satisfy("aapc-cpc-a")
    assert known.apprentice_form("aapc-cpc") == "aapc-cpc-a"
    assert known.holders_satisfy("other:ACLS") == {"other:ACLS"}


def test_narrower_work_counts_fully_towards_the_broader() -> None:
    counting = taxonomy().areas_counting_towards("medical-billing")

    assert counting["medical-billing"][0] == 1.0
    assert counting["payment-posting"][0] == 1.0
    assert 0 < counting["medical-coding"][0] < 1


def test_version_is_short_and_stable() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", taxonomy().version)
    assert taxonomy().version == taxonomy().version


def test_an_id_that_does_not_exist_is_refused() -> None:
    known = taxonomy()
    entry = known.credentials.credentials[0].model_copy(update={"satisfies": ("nobody",)})
    broken = known.credentials.model_copy(update={"credentials": (entry,)})

    with pytest.raises(ValueError, match="unknown id 'nobody'"):
        Taxonomy(credentials=broken, care_settings=known.care_settings, areas=known.areas, wording=known.wording)
