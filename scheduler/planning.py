"""When a source is asked next: every so often or by the calendar, spread a little, and never in its quiet hours.

Calendar times (`cron:` with five fields) and quiet hours are wall times in the service's zone. What changes of the clocks swallow is
asked at the next time instead; nothing depends on a tick at the right second, since due sources are found on rows.
"""

import zlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from model.source import Source
from scheduler.issues import local_moment


def next_crawl(source: Source, zone: str, *, now: datetime) -> datetime:
    """The moment (UTC) after `now` at which the source is due again. Raises ValueError for a calendar that never comes."""
    if source.cron is None:
        at = now + timedelta(minutes=source.every)
    else:
        found = CronTrigger.from_crontab(source.cron, timezone=ZoneInfo(zone)).get_next_fire_time(
            None, now + timedelta(seconds=1)
        )
        if found is None:
            raise ValueError(f"{source.cron!r} never comes")
        at = found.astimezone(UTC)
    return after_quiet(source, zone, at + _spread(source, at))


def _spread(source: Source, at: datetime) -> timedelta:
    """A part of the source's jitter: the same for a source and a day, another for each, so that not all start together."""
    if not source.jitter:
        return timedelta(0)
    seed = zlib.crc32(f"{source.name} {at.date()}".encode())
    return timedelta(seconds=seed % (source.jitter * 60))


def after_quiet(source: Source, zone: str, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours in which it would fall."""
    quiet = source.quiet
    if quiet is None:
        return at
    local = at.astimezone(ZoneInfo(zone))
    begin, end = quiet
    over_midnight = begin > end
    now = local.time().replace(tzinfo=None)
    inside = now >= begin or now < end if over_midnight else begin <= now < end
    if not inside:
        return at
    day = local.date() + timedelta(days=1) if over_midnight and now >= begin else local.date()
    return local_moment(day, end, zone)
