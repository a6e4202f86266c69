"""Every zone of the world, two years, every quarter hour: one issue for each local date, at the wished time wherever that exists."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from model.profile import DigestWishes
from scheduler.issues import issue_at, next_issue

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
DAY, HOUR, QUARTER = timedelta(days=1), timedelta(hours=1), timedelta(minutes=15)
QUARTERS = [time(minute // 60, minute % 60) for minute in range(0, 24 * 60, 15)]
TICK = timedelta(seconds=30)


@cache
def changes(zone: str) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
    """When the clocks of a zone change (to the quarter hour), with the offsets before and after."""
    info, found = ZoneInfo(zone), []
    moment = BEGIN - DAY
    before = moment.astimezone(info).utcoffset()
    while moment < END + DAY:
        if (moment + DAY).astimezone(info).utcoffset() != before:
            moment += QUARTER
            while moment.astimezone(info).utcoffset() == before:
                moment += QUARTER
            after = moment.astimezone(info).utcoffset()
            assert before is not None
            assert after is not None
            found.append((moment, before, after))
            before = after
        else:
            moment += DAY
    return tuple(found)


@cache
def kinds() -> dict[object, list[str]]:
    """The zones of the world by what their clocks do in these two years: zones of one kind cannot differ here."""
    found: dict[object, list[str]] = {}
    for zone in sorted(available_timezones()):
        found.setdefault((BEGIN.astimezone(ZoneInfo(zone)).utcoffset(), changes(zone)), []).append(zone)
    return found


def spans(zone: str) -> list[tuple[datetime, datetime]]:
    """Four days on both sides of each change; between them the clocks do nothing."""
    return [(moment - 4 * DAY, moment + 4 * DAY) for moment, _, _ in changes(zone)]


def ticked(wish: DigestWishes, begin: datetime, end: datetime) -> Iterator[tuple[str, date, datetime]]:
    """What the clock sends: at the first tick after the moment that stands in the row, then planning from that tick.

    The key comes from the row's moment, as in `Mailroom.due`.
    """
    at = next_issue(wish, begin).at
    while at < end:
        issue = issue_at(wish, at)
        yield issue.key, issue.local_date, at
        at = next_issue(wish, at + TICK).at


def faults(zone: str, at: time, begin: datetime, end: datetime) -> list[str]:
    """What is wrong with the issues of a span: a date twice, a date left out, or a time that is not the wished one."""
    wish = DigestWishes.model_validate({"cadence": "daily", "at": at.isoformat("minutes"), "zone": zone})
    info, wrong, last = ZoneInfo(zone), [], None
    for key, day, moment in ticked(wish, begin, end):
        wanted = datetime.combine(day, at, tzinfo=info)
        exists = wanted.astimezone(UTC).astimezone(info).replace(tzinfo=None) == wanted.replace(tzinfo=None)
        if last is not None and day != last + DAY:
            wrong.append(f"{zone} {at} {key} follows {last}")
        if exists and moment != wanted.astimezone(UTC):
            wrong.append(f"{zone} {at} {key} goes out at {moment}")
        if not exists and abs(moment - wanted.astimezone(UTC)) > HOUR:
            wrong.append(f"{zone} {at} {key} is off by more than an hour")
        last = day
    return wrong


def by_the_wall(zone: str, at: time, begin: datetime, end: datetime) -> list[date]:
    """The control: a job that runs whenever the clock on the wall shows that time. The dates on which it ran."""
    info, moment, ran = ZoneInfo(zone), begin, []
    while moment < end:
        local = moment.astimezone(info)
        if (local.hour, local.minute) == (at.hour, at.minute):
            ran.append(local.date())
        moment += QUARTER
    return ran


OVER_MIDNIGHT = "America/Nuuk"
"""Its clocks jump from 23:00 on Saturday to 0:00 on Sunday: a wish between them must not fall on the next date."""


@pytest.mark.parametrize("at", [time(23), time(23, 45)])
def test_a_gap_before_midnight_keeps_the_date(at: time) -> None:
    assert [fault for begin, end in spans(OVER_MIDNIGHT) for fault in faults(OVER_MIDNIGHT, at, begin, end)] == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_zone_and_every_quarter_hour_around_each_change_of_the_clocks() -> None:
    wrong = []
    for zones in kinds().values():
        for at in QUARTERS:
            for begin, end in spans(zones[0]):
                wrong += faults(zones[0], at, begin, end)
    print(len(kinds()), "kinds of", sum(map(len, kinds().values())), "zones;", len(wrong), "faults", wrong[:6])  # noqa: T201

    assert wrong == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_zone_over_two_years() -> None:
    """The dates between the changes, too: every zone by its kind, daily, at the times where most clocks change and some others."""
    for zones in kinds().values():
        for at in (time(0), time(1, 30), time(2, 30), time(7), time(12, 15), time(22, 45)):
            assert faults(zones[0], at, BEGIN, END) == []


def test_the_clock_on_the_wall_would_skip_and_double() -> None:
    """The control. If a plain job were right everywhere, the tests above would prove nothing."""
    (spring, autumn) = [span for span in spans("America/New_York") if span[0].year == 2026]
    skipped = by_the_wall("America/New_York", time(2, 30), *spring)
    doubled = by_the_wall("America/New_York", time(1, 30), *autumn)

    assert date(2026, 3, 8) not in skipped
    assert doubled.count(date(2026, 11, 1)) == 2
    assert faults("America/New_York", time(2, 30), *spring) == faults("America/New_York", time(1, 30), *autumn) == []
