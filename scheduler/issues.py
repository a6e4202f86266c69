"""When each person's digest is due, in their own zone and over daylight saving: once for each local date, never for a gap or twice.

The issue key is the local date, so a repeated hour cannot send twice; a wall time that does not exist (spring) is taken at the
moment to which the clock jumps, so that no date is skipped.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from model.profile import DigestWishes

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Issue:
    """A digest's key ("w:2026-11-23"), its local date, and the moment in UTC from which it is due."""

    key: str
    local_date: date
    at: datetime

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that this date may have had before the person changed how often: one issue a date, whatever it was."""
        return tuple(f"{cadence}:{self.local_date.isoformat()}" for cadence in "dw")


def local_moment(day: date, at: time, zone: str) -> datetime:
    """The wall time `at` on `day` in `zone`, as UTC. In a repeated hour the first one; in a gap the end of the gap's jump.

    Where that jump leads over midnight (Nuuk's 23:00 becomes 0:00) the moment is an hour earlier, so that it lies on its own date.
    """
    wall = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    moment = wall.astimezone(UTC)
    if moment.astimezone(wall.tzinfo).date() != day:
        moment = wall.replace(fold=1).astimezone(UTC)
    return moment


def next_issue(wishes: DigestWishes, after: datetime) -> Issue:
    """The first issue whose moment lies after `after` (aware). Daily: each local date; weekly: the wished day."""
    local = after.astimezone(ZoneInfo(wishes.zone)).date()
    for ahead in range(-1, 15):
        day = local + timedelta(days=ahead)
        if wishes.cadence == "weekly" and DAYS[day.weekday()] != wishes.day:
            continue
        at = local_moment(day, wishes.at, wishes.zone)
        if at > after:
            return Issue(f"{wishes.cadence[0]}:{day.isoformat()}", day, at)
    raise AssertionError("two weeks hold every weekday")


def issue_at(wishes: DigestWishes, moment: datetime) -> Issue:
    """The issue that was planned for `moment`, by its local date there."""
    day = moment.astimezone(ZoneInfo(wishes.zone)).date()
    return Issue(f"{wishes.cadence[0]}:{day.isoformat()}", day, moment)


def wishes_key(wishes: DigestWishes) -> str:
    """What a plan was made for: when it changes, the next digest is planned anew."""
    return f"{wishes.cadence} {wishes.day} {wishes.at:%H:%M} {wishes.zone}"
