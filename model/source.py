"""A source: one board of one employer (or of many), as an operator writes it in `config/sources/*.yaml`."""

import re
from datetime import time
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_PERIOD = re.compile(r"(\d{1,4})\s*(m|min|h|d|w)")
_HOURS = re.compile(r"((?:[01]?\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]?\d|2[0-3]):[0-5]\d)")
_MINUTES = {"m": 1, "min": 1, "h": 60, "d": 1440, "w": 10080}


def minutes(value: object) -> object:
    """ "90m", "6h", "2d" or "1w" as minutes. Numbers pass through as minutes. Raises ValueError for other words."""
    if not isinstance(value, str):
        return value
    found = _PERIOD.fullmatch(value.strip().lower())
    if not found:
        raise ValueError("not a period such as 30m, 6h, 1d or 1w")
    return int(found[1]) * _MINUTES[found[2]]


def web_address(value: str) -> str:
    """An http(s) address with a host and without a password. Raises ValueError for others."""
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname
    except ValueError as error:
        raise ValueError(f"not a web address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("not a web address that begins with http:// or https://")
    if parts.username or parts.password:
        raise ValueError("no user name or password may stand in an address")
    return value.strip()


Period = Annotated[int, BeforeValidator(minutes), Field(ge=5, le=60 * 24 * 31)]
WebAddress = Annotated[str, AfterValidator(web_address)]


def quiet_hours(value: object) -> object:
    """ "22:00-06:00" as its two times of day. Raises ValueError for other words."""
    if not isinstance(value, str):
        return value
    found = _HOURS.fullmatch(value.strip())
    if not found or found[1] == found[2]:
        raise ValueError('not quiet hours such as "22:00-06:00"')
    return tuple(time.fromisoformat(one.zfill(5)) for one in found.groups())


Quiet = Annotated[tuple[time, time], BeforeValidator(quiet_hours)]


class Strict(BaseModel):
    """What every part of a YAML file shares: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Expect(Strict):
    """How many postings a healthy crawl finds; outside it the run is `yield_unexpected` and nothing is closed."""

    min: int = Field(default=0, ge=0)
    max: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Expect":
        if self.max is not None and self.max < self.min:
            raise ValueError(f"max ({self.max}) is less than min ({self.min})")
        return self


class Source(Strict):
    """One source. A format (`crawler/formats/<kind>.py`) may add fields of its own.

    Asked `every` so often, or by `cron` (five fields, wall time of the service's zone), later by up to `jitter`, not in `quiet` hours.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    kind: str
    url: WebAddress
    employer: str | None = None
    every: Period = 360
    cron: Annotated[str, Field(pattern=r"^\S+(\s+\S+){4}$")] | None = None
    jitter: Period | None = None
    quiet: Quiet | None = None
    expect: Expect | None = None
    api: WebAddress | None = None
    enabled: bool = True
    verified: bool = True
    notes: str | None = None


class CrawlRules(Strict):
    """`crawl:` in service.yaml: who asks, how gently, and for how long."""

    contact: WebAddress | None = None
    allow_private_hosts: tuple[str, ...] = ()
    deadline_seconds: int = Field(default=300, ge=5, le=6 * 3600)
    delay_seconds: float | None = Field(default=None, ge=0, le=120)
    max_requests: int = Field(default=20_000, ge=1, le=1_000_000)
