"""Importers on files in the published shapes with their traps: what is refused is listed, the rest is kept, and the words are true."""

import re
import tracemalloc
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
PROVIDERS = (
    "CMS Certification Number (CCN),Provider Name,Provider Address,City/Town,State,ZIP Code,Telephone Number,Provider SSA County Code,"
    "County/Parish,Ownership Type,Number of Certified Beds,Provider Type,Provider Resides in Hospital,Legal Business Name,"
    "Affiliated Entity Name,Continuing Care Retirement Community,Latitude,Longitude,Processing Date\r\n"
    '015009,"BURNS NURSING HOME, INC.",701 MONROE STREET NW,RUSSELLVILLE,AL,35653,2563324110,290,Franklin,'
    'For profit - Corporation,57,Medicare and Medicaid,N,"BURNS NURSING HOME, INC.",,N,34.51,-87.73,2026-11-01\r\n'
    '05A123,"PEÑA MANOR\r\nAT THE LAKE",1 LAKE RD,CHICO,CA,95926,,,Butte,Non profit,20,Medicaid,N,X,,N,,,2026-11-01\r\n'
    "1.5E+04,ROUNDED HOME,1 A ST,OXFORD,AL,36203,,,,,,,,,,,,,2026-11-01\r\n"
    "015009,BURNS NURSING HOME,701 MONROE STREET NW,RUSSELLVILLE,AL,35653,,,,,,,,,,,,,2026-11-01\r\n"
    "015010,CUT OFF\r\n"
)
HOSPITALS = (
    "Facility ID,Facility Name,Address,City/Town,State,ZIP Code,County/Parish,Telephone Number,Hospital Type,Hospital Ownership,\n"
    "141300,PRAIRIE MEMORIAL HOSPITAL,1 A ST,DECATUR,IL,62521,MACON,,Critical Access Hospitals,Government - Hospital District,\n"
    "21301,NORTHERN HOSPITAL,1 B ST,FORT KENT,ME,4743,AROOSTOOK,,Critical Access Hospitals,Voluntary non-profit,\n"
    "140001,BIG CITY HOSPITAL,1 C ST,CHICAGO,IL,60601,COOK,,Acute Care Hospitals,Proprietary,\n"
    "141301,NO ZIP HOSPITAL,1 D ST,PANA,IL,,CHRISTIAN,,Critical Access Hospitals,Tribal,\n"
)


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
    ("nursing-homes", PROVIDERS, "cp1252", 2, 2, 1, "2026-11-01"),
    ("nursing-homes", PROVIDERS, "utf-8-sig", 2, 2, 1, "2026-11-01"),
    ("hospitals", HOSPITALS, "utf-8", 2, 1, 1, ""),
]


@pytest.mark.parametrize(
    ("kind", "content", "encoding", "kept", "refused", "passed", "as_of"),
    CASES,
    ids=[f"{case[0]} {case[2]}" for case in CASES],
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


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,b\n1,2\n", "no column 'HPSA ID'"),
        ("", "no column 'HPSA ID'"),
        ("PK\x03\x04", "open it and save the sheet as CSV"),
        ("PK\x05\x06", "unpack it first"),
        ("<!DOCTYPE html><title>Data</title>", "download the file itself"),
        (MUA, "this is the mua file: firstrung areas import mua "),
        (PROVIDERS, "firstrung areas import nursing-homes "),
        (HOSPITALS, "firstrung areas import hospitals "),
        (HPSA + 'Open,"' + "x\n" * 70_000, "is a quotation mark left open there?"),
    ],
)
def test_another_file_is_refused_with_what_to_do(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        area_files.read("hpsa", written(tmp_path, content))


def test_letters_numbers_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    homes = area_files.read("nursing-homes", written(tmp_path, PROVIDERS, "cp1252"))
    hospitals = area_files.read("hospitals", written(tmp_path, HOSPITALS))

    assert [(one.id, one.name) for one in homes.areas] == [
        ("015009", "BURNS NURSING HOME, INC."),
        ("05A123", "PEÑA MANOR AT THE LAKE"),
    ]
    assert [(one.line, one.says) for one in homes.refused] == [
        (5, "'1.5E+04' is no certification number"),
        (7, "the row breaks off"),
    ]
    assert [(one.id, one.postal_code, one.basis) for one in hospitals.areas] == [
        ("141300", "62521", "rural"),
        ("021301", "04743", "rural"),
    ]


@pytest.mark.long
def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    header, *rows = HPSA.splitlines(keepends=True)
    wide = rows[3].replace("Old Clinic", "Old Clinic " + "of the long road " * 30)
    path = written(tmp_path, header + "".join(rows) + wide * 40_000)
    tracemalloc.start()
    found = area_files.read("hpsa", path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (len(found.areas), found.passed) == (3, 40_003)
    assert path.stat().st_size > 20_000_000
    assert peak < 6_000_000


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
    hospitals = known(database, tmp_path, ("hospitals", HOSPITALS))
    assert "Medicare's certification" in bases(hospitals, "Prairie Memorial Hospital", "62521")["rural"]
    assert bases(hospitals, "Big City Hospital", "60601") == {}
    assert "rural" not in bases(hospitals, "Anyone", "62521")
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
