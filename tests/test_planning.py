"""When a source is asked next: periods, calendars, quiet hours and a spread, in the service's own zone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from model.errors import ConfigError
from model.source import Source
from scheduler import configuration
from scheduler.planning import next_crawl

ZONE = "America/Chicago"
NOON = datetime(2026, 11, 21, 18, tzinfo=UTC)
"""Noon in Chicago, a Saturday."""


def source(**fields: Any) -> Source:
    """A source with these fields."""
    return Source.model_validate({"name": "a", "kind": "rss", "url": "https://a.example/feed", **fields})


def local(at: datetime) -> str:
    """The wall time in Chicago, in summer UTC-5 and in winter UTC-6."""
    return f"{at.astimezone(ZoneInfo(ZONE)):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"every": "6h"}, "Sat 21 18:00"),
        ({"cron": "15 6 * * *"}, "Sun 22 06:15"),
        ({"cron": "15 6,18 * * mon-fri"}, "Mon 23 06:15"),
        ({"every": "11h", "quiet": "22:00-06:00"}, "Sun 22 06:00"),
        ({"every": "14h", "quiet": "22:00-06:00"}, "Sun 22 06:00"),
        ({"every": "9h", "quiet": "22:00-06:00"}, "Sat 21 21:00"),
        ({"every": "6h", "quiet": "9:00-19:30"}, "Sat 21 19:30"),
        ({"every": "18h", "quiet": "22:00-06:00"}, "Sun 22 06:00"),
    ],
)
def test_when_it_is_due_again(fields: dict[str, Any], says: str) -> None:
    assert local(next_crawl(source(**fields), ZONE, now=NOON)) == says


def test_a_calendar_keeps_its_wall_time_over_the_change_of_the_clocks() -> None:
    winter = next_crawl(source(cron="0 7 * * *"), ZONE, now=datetime(2026, 3, 6, 18, tzinfo=UTC))
    summer = next_crawl(source(cron="0 7 * * *"), ZONE, now=datetime(2026, 3, 8, 18, tzinfo=UTC))

    assert (winter.hour, summer.hour) == (13, 12)


def test_sources_are_spread_within_their_jitter_and_stay_where_they_are() -> None:
    plain = next_crawl(source(every="6h"), ZONE, now=NOON)
    spread = [
        next_crawl(source(name=f"s{number}", every="6h", jitter="30m"), ZONE, now=NOON) - plain for number in range(40)
    ]

    assert all(timedelta(0) <= one < timedelta(minutes=30) for one in spread)
    assert len(set(spread)) > 30
    again = next_crawl(source(name="s7", every="6h", jitter="30m"), ZONE, now=NOON)
    assert again - plain == spread[7]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("cron: '61 6 * * *'", "cron"),
        ("cron: '0 0 30 2 *'", "never comes"),
        ("quiet: '25:00-26:00'", "quiet hours"),
        ("cron: hourly", "cron"),
    ],
)
def test_what_cannot_be_is_a_fault_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.yaml").write_text(
        f"sources:\n  - name: a\n    kind: rss\n    url: https://a.example/feed\n    {line}\n"
    )
    with pytest.raises(ConfigError, match=r"a\.yaml: sources\.0") as caught:
        configuration.load(tmp_path)
    assert says in str(caught.value)
