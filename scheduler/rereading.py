"""Reading by chunks: what crawls brought, and everything anew when the matcher or its words change. No crawl, newest first.

A chunk is a range of row numbers, so that a piece of work means the same to whoever does it, today or after a crash.
"""

import logging
from collections.abc import Callable, Iterable

from matcher.reading import READER_VERSION, Reader, reader_of
from scheduler.steps import House
from store import readings, rereading, work

log = logging.getLogger(__name__)
PAUSED = "rereading paused"
BATCH = 100


def version(house: House) -> str:
    """What readings are marked with: the matcher's version and its taxonomy's."""
    return f"{READER_VERSION}.{house.configuration.taxonomy.version}"


def chunks(house: House, *, limit: int = 100) -> list[int]:
    """The chunks that hold something unread, the newest first; while re-reading is paused only what was never read."""
    size = house.configuration.service.schedule.read_chunk
    with house.database.read() as connection:
        paused = work.marked(connection, PAUSED) is not None
        return rereading.chunks(connection, version(house), size=size, fresh_only=paused, limit=limit)


def read_chunk(house: House, reader: Reader, chunk: int, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Read what is unread in one chunk, committed batch by batch; how many that were. Safe to do twice and at once."""
    size = house.configuration.service.schedule.read_chunk
    with house.database.read() as connection:
        fresh_only = work.marked(connection, PAUSED) is not None
        waiting = rereading.unread_in(
            connection, reader.version, first=chunk * size, last=(chunk + 1) * size - 1, fresh_only=fresh_only
        )
    done = 0
    for start in range(0, len(waiting), BATCH):
        if stop():
            break
        batch = waiting[start : start + BATCH]
        read = [(number, content, reader.read(posting)) for number, content, posting in batch]
        with house.database.write() as connection:
            readings.save(connection, read)
        done += len(read)
    if done:
        log.info("postings read", extra={"count": done, "read_with": reader.version})
    return done


def read_chunks(house: House, chunks: Iterable[int]) -> int:
    """Read these chunks one after the other, in this process; how many postings that were."""
    reader = reader_of(house.configuration.taxonomy)
    return sum(read_chunk(house, reader, chunk) for chunk in chunks)


def pause(house: House) -> None:
    """Leave what an earlier matcher has read as it is, until `resume`; what was never read is still read."""
    with house.database.write() as connection:
        work.mark(connection, PAUSED, now=house.clock())


def resume(house: House) -> None:
    """Go on with re-reading."""
    with house.database.write() as connection:
        work.unmark(connection, PAUSED)
