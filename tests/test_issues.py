"""When a digest is due: each person's local hour, once for each local date, over every change of the clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest

from model.profile import DigestWishes
from scheduler.issues import issue_at, next_issue


def wishes(**changes: object) -> DigestWishes:
    """A person's wishes."""
    return DigestWishes.model_validate({"cadence": "daily", "at": "07:00", "zone": "America/New_York", **changes})


def test_the_next_weekly_issue_is_the_wished_day() -> None:
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC)

    issue = next_issue(wishes(cadence="weekly", day="monday"), friday)

    assert (issue.key, issue.at) == ("w:2026-11-23", datetime(2026, 11, 23, 12, tzinfo=UTC))


def test_a_gap_does_not_skip_a_date_and_a_repeated_hour_does_not_double_it() -> None:
    gap = next_issue(wishes(at="02:30"), datetime(2026, 3, 8, 5, tzinfo=UTC))
    fold = next_issue(wishes(at="01:30"), datetime(2026, 11, 1, 4, tzinfo=UTC))
    after = next_issue(wishes(at="01:30"), fold.at)

    assert (gap.key, gap.at) == ("d:2026-03-08", datetime(2026, 3, 8, 7, 30, tzinfo=UTC))
    assert (fold.key, fold.at) == ("d:2026-11-01", datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
    assert after.key == "d:2026-11-02"


ZONES = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Phoenix",
    "Asia/Tehran",
    "Pacific/Apia",
    "UTC",
]


def each_date_once(zone: str, at: time) -> None:
    """Two years of daily issues in one zone: every local date once, in order."""
    wish = wishes(zone=zone, at=at.isoformat("minutes"))
    moment, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    issue = next_issue(wish, moment)
    while issue.at < end:
        following = next_issue(wish, issue.at)
        assert following.local_date - issue.local_date == timedelta(days=1), (zone, at, issue)
        assert issue_at(wish, issue.at).key == issue.key, (zone, at, issue)
        issue = following


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2, 30), time(23, 45)])
def test_every_local_date_has_one_issue(zone: str, at: time) -> None:
    each_date_once(zone, at)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_zone_of_the_world() -> None:
    for zone in sorted(available_timezones()):
        for at in (time(0), time(1, 30), time(2, 30)):
            each_date_once(zone, at)
