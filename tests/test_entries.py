"""How often something was asked for: each request is counted, however many come at once, and a window that is over begins anew."""

import threading
from datetime import timedelta

from store import entries
from store.database import Database
from tests.samples import NOON

HOUR = timedelta(hours=1)


def test_requests_that_come_at_once_are_each_counted(database: Database) -> None:
    """Twelve threads, eight times a name that nobody asked for before: the counts are one to twelve."""
    for round_ in range(8):
        start, counts = threading.Barrier(12), list[int]()

        def ask(name: str, start: threading.Barrier, counts: list[int]) -> None:
            start.wait()
            with database.write() as connection:
                counts.append(entries.count(connection, name, now=NOON, window=HOUR))

        threads = [threading.Thread(target=ask, args=(f"n{round_}", start, counts)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(counts) == list(range(1, 13))


def test_a_window_that_is_over_begins_anew(database: Database) -> None:
    moments = [NOON, NOON + timedelta(minutes=59), NOON + HOUR, NOON + timedelta(minutes=90), NOON + 3 * HOUR]
    counts = []
    for moment in moments:
        with database.write() as connection:
            counts.append(entries.count(connection, "n", now=moment, window=HOUR))

    assert counts == [1, 2, 1, 2, 1]
