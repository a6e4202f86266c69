"""Where places are: built from the package once, kept in a file of this user's own, and the same either way."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.geography import Gazetteer
from store.gazetteer import gazetteer


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of the test's own; what other tests built is forgotten before and after."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gazetteer.cache_clear()
    yield
    gazetteer.cache_clear()


def again() -> Gazetteer:
    """What the next process gets."""
    gazetteer.cache_clear()
    return gazetteer()


def kept(tmp_path: Path) -> list[Path]:
    """The files that are kept."""
    return list(tmp_path.glob("firstrung-*/*"))


def test_it_is_built_once_and_the_same_from_its_file(tmp_path: Path) -> None:
    built = gazetteer()
    [file] = kept(tmp_path)
    written = file.stat().st_mtime_ns

    assert again() == built
    assert [(one, one.stat().st_mtime_ns) for one in kept(tmp_path)] == [(file, written)]
    assert isinstance(next(iter(again().zips.values())), tuple)


@pytest.mark.long
def test_a_damaged_file_is_built_anew(tmp_path: Path) -> None:
    built = gazetteer()
    [file] = kept(tmp_path)
    for damaged in (file.read_bytes()[:5000], b"", b"[]", b'{"zips": {}}'):
        file.write_bytes(damaged)
        assert again() == built
    assert len(kept(tmp_path)) == 1


def test_where_nothing_can_be_kept_it_is_built_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = gazetteer()
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "a file"))

    assert again() == built
