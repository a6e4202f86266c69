"""HRSA, CMS and USDA files as their publishers make them, line by line to `Area` values; what cannot be used is refused with a reason.

Known traps: byte order marks and Windows letters, headers and rows that end in a comma, padded numbers, one row for each component of
one designation, withdrawn rows, ids that are used again for other areas, ZIPs that lost their zeros in a spreadsheet.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from model.areas import Area, AreaKind, Refused, county_key
from model.errors import ConfigError, Fault

Row = Mapping[str, str]
Parsed = Area | Refused | None
LIVE = ("designated", "proposed for withdrawal")
RURAL_FROM, NOT_CODED = 4, 99
TITLE_LINES = 5  # so many lines at most stand above the header, itself included
DATED_ROWS = 2000  # the file's date stands in every row
_NAMES = re.compile(r"^[^,]*,[^,]*[A-Za-z]")
_OTHERS = (
    (b"pk\x03\x04", "an .xlsx workbook", "open it and save the sheet as CSV"),
    (b"pk", "a packed file", "unpack it first"),
    (b"\xff\xfe", "text in UTF-16", "save it as CSV in UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "save it as CSV in UTF-8"),
    (b"<", "a web page", "download the file itself"),
)


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
    """Read a file, row by row: only what is kept stays in memory. Raises ConfigError when it is not what was said."""
    form = FORMATS[kind]
    areas: dict[str, Area] = {}
    refused: list[Refused] = []
    passed, as_of = 0, ""
    for count, (line, row) in enumerate(_rows(kind, path)):
        as_of = max(as_of, _made(row)) if count < DATED_ROWS else as_of
        short = any(name not in row for name in form.needs)
        parsed = Refused(line=line, says="the row breaks off") if short else form.parse(line, row)
        if isinstance(parsed, Refused):
            refused.append(parsed)
        elif parsed is None or parsed.id in areas:
            passed += 1
        else:
            areas[parsed.id] = parsed
    return AreaFile(tuple(areas.values()), tuple(refused), passed, as_of)


def _rows(kind: AreaKind, path: Path) -> Iterator[tuple[int, Row]]:
    """Each row with its line; a title line above the header is passed over, and names and values are trimmed. Raises ConfigError."""
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        above = [line for _, line in zip(range(TITLE_LINES), file, strict=False)]
        begin = next((number for number, line in enumerate(above) if _NAMES.search(line)), 0)
        reader = csv.reader(chain(above[begin:], file))
        try:
            header = [name.strip() for name in next(reader, [])]
            _check_header(kind, path, set(header))
            for values in reader:
                if any(value.strip() for value in values):
                    row = {name: " ".join(value.split()) for name, value in zip(header, values, strict=False) if name}
                    yield begin + reader.line_num, row
        except csv.Error as error:
            mend = "is a quotation mark left open there? download the file anew"
            raise ConfigError(Fault(f"{path}:{begin + reader.line_num}", str(error), mend)) from error


def _check_header(kind: AreaKind, path: Path, found: set[str]) -> None:
    """Raise ConfigError for a file of another kind, with the command that would take it."""
    missing = [name for name in FORMATS[kind].needs if name not in found]
    if not missing:
        return
    other = next((name for name, form in FORMATS.items() if found.issuperset(form.needs)), None)
    mend = f"the {kind} file has them; is this another one?"
    if other is not None:
        mend = f"this is the {other} file: firstrung areas import {other} {path}"
    raise ConfigError(Fault(str(path), f"no column {', '.join(map(repr, missing))}", mend))


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else the Windows letters that CMS writes. Raises ConfigError for what is no text of rows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            begins = file.read(64)
            for mark, what, mend in _OTHERS:
                if begins.lower().startswith(mark):
                    raise ConfigError(Fault(str(path), what, mend))
            file.seek(0)
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except OSError as error:
        raise ConfigError(Fault(str(path), "cannot be read", str(error.strerror))) from error
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _made(row: Row) -> str:
    """The day in the columns in which these files say when they were made, as YYYY-MM-DD; "" when they do not."""
    return max(_day(row.get(name, "")) for name in ("Data Warehouse Record Create Date", "Processing Date"))


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
    number = _certified(row["CMS Certification Number (CCN)"])
    if not number:
        return Refused(line=line, says=f"{row['CMS Certification Number (CCN)']!r} is no certification number")
    says = f"a nursing home, an overlooked setting (no designation): {row['Provider Name']}"
    return Area(
        kind="nursing-homes", id=number, basis="overlooked", says=says, name=row["Provider Name"], postal_code=code
    )


def _hospital(line: int, row: Row) -> Parsed:
    if row["Hospital Type"].lower() != "critical access hospitals":
        return None  # the file says nothing of other hospitals that would make them underserved
    code, number = zip_of(row["ZIP Code"]), _certified(row["Facility ID"])
    if not code or not row["Facility Name"]:
        return Refused(line=line, says="no name or no ZIP")
    if not number:
        return Refused(line=line, says=f"{row['Facility ID']!r} is no certification number")
    says = f"a critical access hospital, a small rural one by Medicare's certification: {row['Facility Name']}"
    return Area(kind="hospitals", id=number, basis="rural", says=says, name=row["Facility Name"], postal_code=code)


def _certified(text: str) -> str:
    """Medicare's number of a facility: six signs, with the zeros that a spreadsheet took; "" for "1.5E+04"."""
    return text.upper().zfill(6) if re.fullmatch(r"[0-9A-Za-z]{4,6}", text) else ""


FORMATS: Mapping[AreaKind, Format] = {
    "hpsa": Format(("HPSA ID", "HPSA Name", "HPSA Status", "Designation Type"), _hpsa),
    "mua": Format(("MUA/P ID", "MUA/P Area Code", "MUA/P Service Area Name", "MUA/P Status Code"), _mua),
    "health-centers": Format(("Health Center Number", "Site Name", "Site Postal Code"), _health_center),
    "ruca": Format(("ZIPCode", "PrimaryRUCA"), _ruca),
    "rural-zip": Format(("ZIP", "Rural"), _rural_zip),
    "nursing-homes": Format(("CMS Certification Number (CCN)", "Provider Name", "ZIP Code"), _nursing_home),
    "hospitals": Format(("Facility ID", "Facility Name", "ZIP Code", "Hospital Type"), _hospital),
}
