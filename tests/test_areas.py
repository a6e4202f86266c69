"""Importers on files in the published shapes with their traps: what is refused is listed, the rest is kept, and the words are true."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import firstrung
from matcher.designations import with_designations
from model.areas import AreaKind, Designations
from model.errors import ConfigError
from model.posting import Place
from model.reading import Reading
from store import area_files, areas
from store.database import Database
from tests.samples import posting

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HPSA = """HPSA Name,HPSA ID,Designation Type,HPSA Discipline Class,HPSA Score,HPSA Status,Common County Name,Common State Abbreviation,HPSA Postal Code,HPSA Component Type Description,Data Warehouse Record Create Date,
Prairie Clinic,117999,Rural Health Clinic,Primary Care," 6",Designated,Macon,IL,62521-1234,POINT,11/03/2026,
LI-Macon County,117001,HPSA Population,Primary Care,12,Designated,Macon County,IL,,Single County,11/03/2026,
LI-Macon County,117001,HPSA Population,Primary Care,12,Designated,Macon County,IL,,Single County,11/03/2026,
Old Clinic,117002,Other Facility,Primary Care,3,Withdrawn,Macon,IL,62521,POINT,11/03/2026,
Going Clinic,117003,Other Facility,Primary Care,3,Proposed For Withdrawal,Macon,IL,62522,POINT,11/03/2026,
Tract,117004,Geographic HPSA,Primary Care,9,Designated,Cook,IL,,Census Tract,11/03/2026,
Broken,117005,Other Facility,Primary Care,high,Designated,Macon,IL,62521,POINT,11/03/2026,
Lost,117006,Correctional Facility,Primary Care,3,Designated,Macon,IL,,POINT,11/03/2026,
"""
MUA = """MUA/P ID,MUA/P Area Code,MUA/P Service Area Name,MUA/P Status Code,Complete County Name,State Abbreviation,Census Tract,Data Warehouse Record Create Date,
00801,1,Macon Service Area,D,Macon County,IL,,2026/11/03,
00801,2,Piatt Service Area,D,Piatt County,IL,,2026/11/03,
00801,1,Macon Service Area,W,Macon County,IL,,2026/11/03,
00802,1,Tract Area,D,Cook County,IL,0101.00,2026/11/03,
"""
CENTERS = """Health Center Type,Health Center Number,BPHC Assigned Number,Site Name,Site Postal Code,Site Status Description,Health Center Name,
FQHC,H80CS1,BPS-1,Main Site,62521,Active,"Crossing Health, Inc.",
FQHC,H80CS1,BPS-2,Closed Site,62521,Inactive,"Crossing Health, Inc.",
FQHC,H80CS1,BPS-3,Nowhere,,Active,"Crossing Health, Inc.",
"""
RUCA = "2020 RUCA ZIP codes\nZIPCode,State,ZIPCodeType,POName,PrimaryRUCA,SecondaryRUCA\n1001,MA,S,Agawam,1,1\n4730,ME,S,Houlton,7,7\n99999,AK,S,None,99,99\n62521,IL,S,Decatur,x,1\n"
RURAL = "ZIP,STATE,Rural\n04730,ME,1\n62521,IL,0\n61701,IL,maybe\n"
HOMES = 'CMS Certification Number (CCN),Provider Name,ZIP Code,Processing Date\n15009,"CAFÉ MANOR & REHAB",62521,2026-11-01\n145123,,62521,2026-11-01\n'


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    """A file on disk."""
    path = folder / "file.csv"
    path.write_bytes(content.encode(encoding))
    return path


CASES: list[tuple[AreaKind, str, str, int, int, int, str]] = [
    ("hpsa", HPSA, "utf-8-sig", 3, 2, 3, "2026-11-03"),
    ("mua", MUA, "utf-8", 2, 0, 2, "2026-11-03"),
    ("health-centers", CENTERS, "utf-8", 1, 1, 1, ""),
    ("ruca", RUCA, "utf-8", 1, 1, 2, ""),
    ("rural-zip", RURAL, "utf-8", 1, 1, 1, ""),
    ("nursing-homes", HOMES, "cp1252", 1, 1, 0, "2026-11-01"),
]


@pytest.mark.parametrize(
    ("kind", "content", "encoding", "kept", "refused", "passed", "as_of"), CASES, ids=[case[0] for case in CASES]
)
def test_a_file_with_its_traps(
    tmp_path: Path, kind: AreaKind, content: str, encoding: str, kept: int, refused: int, passed: int, as_of: str
) -> None:
    found = area_files.read(kind, written(tmp_path, content, encoding))

    assert (len(found.areas), len(found.refused), found.passed, found.as_of) == (kept, refused, passed, as_of)
    assert all(one.says and one.line > 1 for one in found.refused)


def test_zips_get_their_zeros_back_and_padded_scores_are_numbers(tmp_path: Path) -> None:
    assert [area.postal_code for area in area_files.read("ruca", written(tmp_path, RUCA)).areas] == ["04730"]
    first = area_files.read("hpsa", written(tmp_path, HPSA)).areas[0]

    assert (first.postal_code, first.says) == (
        "62521",
        "federally designated shortage facility for primary care: Prairie Clinic, score 6",
    )


def test_one_id_is_used_for_several_areas(tmp_path: Path) -> None:
    assert [area.county for area in area_files.read("mua", written(tmp_path, MUA)).areas] == ["macon, IL", "piatt, IL"]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "PK\x03\x04"])
def test_another_file_is_refused_with_what_is_missing(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError):
        area_files.read("hpsa", written(tmp_path, content))


def known(database: Database, folder: Path, *kinds: tuple[AreaKind, str]) -> Designations:
    """Import some files and load what they say."""
    for kind, content in kinds:
        found = area_files.read(kind, written(folder, content))
        with database.write() as connection:
            areas.replace(connection, kind, found.areas, as_of=found.as_of or "2026-11-01", now=NOW)
    with database.read() as connection:
        return areas.load(connection)


def bases(found: Designations, employer: str, code: str) -> dict[str, str]:
    """What a posting of that employer at that ZIP is flagged with, and the words."""
    made = posting(employer=employer, locations=(Place(text="", postal_code=code),))
    reading = with_designations(made, Reading(id="a", read_with="t"), found)
    return {one.basis: one.evidence.quote for one in reading.underserved}


def test_the_flag_says_what_the_file_says_and_no_more(database: Database, tmp_path: Path) -> None:
    found = known(
        database, tmp_path, ("hpsa", HPSA), ("health-centers", CENTERS), ("ruca", RUCA), ("nursing-homes", HOMES)
    )

    assert "Prairie Clinic" in bases(found, "Prairie Clinic LLC", "62521")["designated"]
    assert "2026-11-03" in bases(found, "Anyone", "62521")["designated"]  # the county
    assert "health center" in bases(found, "Crossing Health", "62521")["designated"] or "county" not in bases(
        found, "Crossing Health", "62521"
    )
    assert bases(found, "Café Manor and Rehab", "62521")["overlooked"].startswith(
        "a nursing home, an overlooked setting (no designation)"
    )
    assert list(bases(found, "Anyone", "04730")) == ["rural"]
    assert bases(found, "Old Clinic", "60601") == {}


def test_a_new_import_takes_the_place_of_the_old(database: Database, tmp_path: Path) -> None:
    known(database, tmp_path, ("ruca", RUCA))
    again = known(database, tmp_path, ("ruca", RUCA.replace("4730", "4401")))

    assert list(again.zips) == ["04401"]
    assert again.as_of == {"ruca": "2026-11-01"}


def test_the_command_lists_what_it_refused_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    before: list[Any] = ["--config", str(tmp_path), "--database", f"sqlite:///{tmp_path / 'a.db'}", "areas"]
    run = CliRunner().invoke(firstrung, [*before, "import", "hpsa", str(written(tmp_path, HPSA))])

    assert run.exit_code == 1
    assert '"areas": 3, "passed_over": 3, "refused": 2' in run.stdout
    assert "line 8: score 'high' is no number" in run.stderr
    undated = CliRunner().invoke(firstrung, [*before, "import", "ruca", str(written(tmp_path, RUCA))])
    assert undated.exit_code == 2
    listed = CliRunner().invoke(firstrung, [*before, "list"])
    assert '"kind": "hpsa", "as_of": "2026-11-03"' in listed.stdout
