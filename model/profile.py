"""A person as they describe themselves in `config/profiles/*.yaml` (or on the web form): what they hold, did and want.

Everything but the address may be absent, and absent means "not said": it never counts as none.
"""

import re
from datetime import date, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from model.posting import PayPeriod, Workplace
from model.reading import EducationLevel
from model.source import Strict

CredentialState = Literal["held", "expired", "enrolled", "booked"]
ExperienceKind = Literal["paid", "externship", "credited", "volunteer", "military"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
SEXAGESIMAL = 60 * 24


def _address(value: str) -> str:
    if len(value) > 254 or not _ADDRESS.fullmatch(value) or any(not 32 < ord(letter) < 127 for letter in value):
        raise ValueError("not a mail address")
    return value


def _day(value: object) -> object:
    """A date as people write it in YAML: 2026-06 is the first of June; quoted or not; YAML's own dates pass through."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}", value.strip()):
        value = f"{value.strip()}-01"
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("not a date such as 2026-06 or 2026-06-15") from None
    if isinstance(value, int | float):
        raise ValueError("not a date such as 2026-06 or 2026-06-15")
    return value


def _clock(value: object) -> object:
    """07:00 without quotes reaches us from YAML 1.1 as the number 420: both are seven o'clock."""
    if isinstance(value, bool):
        raise ValueError('not a time of day such as "07:00"')
    if isinstance(value, int) and 0 <= value < SEXAGESIMAL:
        return time(value // 60, value % 60)
    if isinstance(value, str):
        found = _CLOCK.fullmatch(value.strip())
        if not found:
            raise ValueError('not a time of day such as "07:00"')
        return time(int(found[1]), int(found[2]))
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("not a time zone such as America/Chicago") from error
    return value


def _postal(value: object) -> object:
    """A ZIP that YAML took for a number (62521, or 1001 for 01001) is five digits again."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:05d}"
    return value


MailAddress = Annotated[str, AfterValidator(_address)]
Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[time, BeforeValidator(_clock)]
Zone = Annotated[str, AfterValidator(_zone)]
Zip = Annotated[str, BeforeValidator(_postal), Field(pattern=r"^\d{5}(-\d{4})?$")]


class HeldCredential(Strict):
    """A credential and how far it is: `on` is the booked exam's day, `since`/`until` the days it began and ends."""

    id: str
    state: CredentialState = "held"
    since: Day | None = None
    until: Day | None = None
    on: Day | None = None
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


class Training(Strict):
    """A programme: `kind` in words of one's own or coding-certificate, billing-certificate, practicode, externship."""

    kind: str
    completed: Day | None = None
    hours: int | None = Field(default=None, ge=0, le=20_000)


class Experience(Strict):
    """Months in one area; `until` None means that it goes on or that it is not said."""

    area: str
    months: int = Field(ge=0, le=720)
    kind: ExperienceKind = "paid"
    until: Day | None = None


class Home(Strict):
    """Where the person lives and how far they would go, in miles as the crow flies."""

    zip: Zip | None = None
    city: str | None = None
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    radius_miles: int = Field(default=30, ge=0, le=3000)


class PayFloor(Strict):
    """The least pay that the person would take."""

    amount: float = Field(gt=0, allow_inf_nan=False)
    period: PayPeriod = "hour"


class CareSettingWishes(Strict):
    """Care settings (ids of the taxonomy) that the person likes, and those to leave out."""

    prefer: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class DigestWishes(Strict):
    """When the person wants mail; `day` belongs to weekly. The hour is the person's own, over daylight saving."""

    cadence: Literal["daily", "weekly"] = "weekly"
    day: Weekday = "monday"
    at: Clock = time(7)
    zone: Zone = "America/Chicago"
    max_openings: int = Field(default=20, ge=1, le=100)
    language: Literal["en", "es"] = "en"


class Profile(Strict):
    """One person. None and () mean "not said"."""

    email: MailAddress
    name: Annotated[str, Field(max_length=80)] | None = None
    credentials: tuple[HeldCredential, ...] | None = None
    training: tuple[Training, ...] | None = None
    experience: tuple[Experience, ...] | None = None
    education: EducationLevel | None = None
    place: Home | None = None
    workplace: tuple[Workplace, ...] | None = None
    pay_floor: PayFloor | None = None
    care_settings: CareSettingWishes = CareSettingWishes()
    employment_type: tuple[str, ...] | None = None
    shift: tuple[str, ...] | None = None
    avoid_employers: tuple[str, ...] = ()
    digest: DigestWishes = DigestWishes()
