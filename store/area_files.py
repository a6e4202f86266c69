"""HRSA, CMS and USDA files as their publishers make them, line by line to `Area` values; what cannot be used is refused with a reason.

Known traps: byte order marks and Windows letters, headers and rows that end in a comma, padded numbers, one row for each component of
one designation, withdrawn rows, ids that are used again for other areas, ZIPs that lost their zeros in a spreadsheet.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from model.areas import Area, AreaKind, Refused, county_key
from model.errors import ConfigError, Fault

Row = Mapping[str, str]
Parsed = Area | Refused | None
LIVE = ("designated", "proposed for withdrawal")
RURAL_FROM, NOT_CODED = 4, 99


@dataclass(frozen=True, slots=True)
class Format:
    """The columns that a file must have and how a row becomes an area: None is a row that is rightly passed over."""

    needs: tuple[str, ...]
    parse: Callable[[int, Row], Parsed]


@dataclass(frozen=True, slots=True)
class AreaFile:
    """What one file gave: distinct areas, refused lines, rows passed over, and the day it was made ("" when it does not say)."""

    areas: tuple[Area, ...]
    refused: tuple[Refused, ...]
    passed: int
    as_of: str


def read(kind: AreaKind, path: Path) -> AreaFile:
    """Read a file. Raises ConfigError when it is not what was said."""
    rows = list(_rows(path))
    form = FORMATS[kind]
    found = set(rows[0][1]) if rows else set()
    missing = [name for name in form.needs if name not in found]
    if missing:
        mend = f"the {kind} file has them; is this another one, or an .xlsx that was renamed?"
        raise ConfigError(Fault(str(path), f"no column {', '.join(map(repr, missing))}", mend))
    areas: dict[str, Area] = {}
    refused: list[Refused] = []
    passed = 0
    for line, row in rows:
        parsed = form.parse(line, row)
        if isinstance(parsed, Refused):
            refused.append(parsed)
        elif parsed is None or parsed.id in areas:
            passed += 1
        else:
            areas[parsed.id] = parsed
    return AreaFile(tuple(areas.values()), tuple(refused), passed, _as_of(rows))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(Fault(str(path), "cannot be read", str(error.strerror))) from error
    if content[:2] == b"PK":
        raise ConfigError(Fault(str(path), "an .xlsx workbook", "open it and save the sheet as CSV"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Each row with its line; a title line above the header is passed over, and names and values are trimmed."""
    lines = _text(path).splitlines()
    begin = next(
        (
            number
            for number, line in enumerate(lines[:5])
            if line.count(",") >= 1 and re.search(r"[A-Za-z]", line.split(",")[1])
        ),
        0,
    )
    reader = csv.reader(lines[begin:])
    header = [name.strip() for name in next(reader, [])]
    for values in reader:
        if any(value.strip() for value in values):
            yield (
                begin + reader.line_num,
                {name: value.strip() for name, value in zip(header, values, strict=False) if name},
            )


def _as_of(rows: list[tuple[int, Row]]) -> str:
    """The newest day in the columns in which these files say when they were made, as YYYY-MM-DD."""
    days = [
        _day(row.get(name, ""))
        for _, row in rows[:2000]
        for name in ("Data Warehouse Record Create Date", "Processing Date")
    ]
    return max(days, default="")


def _day(text: str) -> str:
    if found := re.match(r"(\d{4})[-/](\d{2})[-/](\d{2})", text):
        return "-".join(found.groups())
    if found := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}"
    return ""


def zip_of(text: str) -> str:
    """Five digits, with the zeros that a spreadsheet took; "" when it is no ZIP."""
    digits = re.match(r"(\d{3,5})(?:\.0)?(?:-\d{4})?$", text.strip())
    return digits[1].zfill(5) if digits else ""


def _hpsa(line: int, row: Row) -> Parsed:
    if row["HPSA Status"].lower() not in LIVE:
        return None
    if not row["HPSA ID"]:
        return Refused(line=line, says="no HPSA ID")
    score = row.get("HPSA Score", "")
    if score and not score.isdigit():
        return Refused(line=line, says=f"score {score!r} is no number")
    kind, discipline = row["Designation Type"], row.get("HPSA Discipline Class", "").lower() or "health"
    says = f"federally designated shortage {{}} for {discipline}: {row['HPSA Name']}" + (
        f", score {score}" if score else ""
    )
    code = zip_of(row.get("HPSA Postal Code", "") or row.get("Common Postal Code", ""))
    if "hpsa" not in kind.lower():
        if not code:
            return Refused(line=line, says=f"facility {row['HPSA Name']!r} without a ZIP")
        return Area(
            kind="hpsa",
            id=row["HPSA ID"],
            basis="designated",
            says=says.format("facility"),
            name=row["HPSA Name"],
            postal_code=code,
        )
    if (
        "county" not in row.get("HPSA Component Type Description", "").lower()
        or "subdivision" in row["HPSA Component Type Description"].lower()
    ):
        return None  # a tract or a part of a county: a ZIP cannot tell whether it lies inside
    county, region = row.get("Common County Name", ""), row.get("Common State Abbreviation", "")
    if not county or not region:
        return Refused(line=line, says="a county without its name")
    where = county_key(county, region)
    return Area(kind="hpsa", id=f"{row['HPSA ID']}/{where}", basis="designated", says=says.format("area"), county=where)


def _mua(line: int, row: Row) -> Parsed:
    if row["MUA/P Status Code"].upper() not in ("D", "P"):
        return None
    if row.get("Census Tract") or row.get("County Subdivision FIPS Code"):
        return None
    county, region = (
        row.get("Complete County Name", "") or row.get("Common County Name", ""),
        row.get("State Abbreviation", ""),
    )
    if not county or not region:
        return Refused(line=line, says="no county and state")
    where = county_key(county, region)
    key = "/".join(
        (row["MUA/P ID"], row["MUA/P Area Code"], row["MUA/P Service Area Name"], row["MUA/P Status Code"], where)
    )
    return Area(
        kind="mua",
        id=key,
        basis="designated",
        says=f"federally designated as medically underserved: {row['MUA/P Service Area Name']}",
        county=where,
    )


def _health_center(line: int, row: Row) -> Parsed:
    if row.get("Site Status Description", "Active").lower() not in ("active", ""):
        return None
    code = zip_of(row["Site Postal Code"])
    if not code:
        return Refused(line=line, says=f"site {row['Site Name']!r} without a ZIP")
    key = row.get("BPHC Assigned Number") or f"{row['Health Center Number']}/{row['Site Name']}/{code}"
    says = f"a federally funded health center or look-alike, a shortage facility by law: {row['Site Name']}"
    return Area(
        kind="health-centers",
        id=key,
        basis="designated",
        says=says,
        name=row.get("Health Center Name") or row["Site Name"],
        postal_code=code,
    )


def _ruca(line: int, row: Row) -> Parsed:
    code, text = zip_of(row["ZIPCode"].strip("'\"")), row["PrimaryRUCA"]
    try:
        ruca = int(float(text))
    except ValueError:
        return Refused(line=line, says=f"RUCA code {text!r} is no number")
    if not code:
        return Refused(line=line, says=f"{row['ZIPCode']!r} is no ZIP")
    if ruca == NOT_CODED or ruca < RURAL_FROM:
        return None
    if ruca > 10:
        return Refused(line=line, says=f"RUCA code {ruca} does not exist")
    return Area(
        kind="ruca",
        id=code,
        basis="rural",
        says=f"a rural ZIP by USDA's commuting areas (RUCA {ruca})",
        postal_code=code,
    )


def _rural_zip(line: int, row: Row) -> Parsed:
    code = zip_of(row["ZIP"])
    if not code:
        return Refused(line=line, says=f"{row['ZIP']!r} is no ZIP")
    flag = row["Rural"].lower()
    if flag not in ("1", "0", "y", "n", "yes", "no", "true", "false", "rural", "not rural"):
        return Refused(line=line, says=f"rural flag {row['Rural']!r} is not understood")
    if flag in ("0", "n", "no", "false", "not rural"):
        return None
    return Area(
        kind="rural-zip",
        id=code,
        basis="rural",
        says="a rural ZIP by the federal rural health office",
        postal_code=code,
    )


def _nursing_home(line: int, row: Row) -> Parsed:
    code = zip_of(row["ZIP Code"])
    if not code or not row["Provider Name"]:
        return Refused(line=line, says="no name or no ZIP")
    number = row["CMS Certification Number (CCN)"].zfill(6)
    says = f"a nursing home, an overlooked setting (no designation): {row['Provider Name']}"
    return Area(
        kind="nursing-homes", id=number, basis="overlooked", says=says, name=row["Provider Name"], postal_code=code
    )


FORMATS: Mapping[AreaKind, Format] = {
    "hpsa": Format(("HPSA ID", "HPSA Name", "HPSA Status", "Designation Type"), _hpsa),
    "mua": Format(("MUA/P ID", "MUA/P Area Code", "MUA/P Service Area Name", "MUA/P Status Code"), _mua),
    "health-centers": Format(("Health Center Number", "Site Name", "Site Postal Code"), _health_center),
    "ruca": Format(("ZIPCode", "PrimaryRUCA"), _ruca),
    "rural-zip": Format(("ZIP", "Rural"), _rural_zip),
    "nursing-homes": Format(("CMS Certification Number (CCN)", "Provider Name", "ZIP Code"), _nursing_home),
}
