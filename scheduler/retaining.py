"""The policy of `retention:` applied: once a day by the clock, or by hand."""

from datetime import datetime, timedelta

from scheduler.steps import House
from store import people, work
from store.retention import Limits, retain

LAST = "retention"
EVERY = timedelta(days=1)


def due(house: House) -> bool:
    """True when the last time is a day ago; the first time is a day after the first look."""
    with house.database.read() as connection:
        last = work.marked(connection, LAST)
    if last is None:
        with house.database.write() as connection:
            work.mark(connection, LAST, now=house.clock())
        return False
    return house.clock() - last >= EVERY


def apply(house: House) -> dict[str, int]:
    """Throw away what the policy says; how many of each."""
    policy, now = house.configuration.service.retention, house.clock()

    def before(days: int | None) -> datetime | None:
        return None if days is None else now - timedelta(days=days)

    limits = Limits(
        before(policy.payload_days), before(policy.closed_days), before(policy.mail_days), before(policy.run_days)
    )
    counts = retain(house.database, limits)
    with house.database.write() as connection:
        counts["people who never confirmed"] = people.purge_unconfirmed(connection, now=now)
        work.mark(connection, LAST, now=now)
    return counts
