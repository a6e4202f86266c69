"""What is due now, as pieces of work. Everything is found on rows, so nothing that was found and lost is lost."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import chain

from crawler.gates import vendor_host
from model.profile import Profile
from model.source import Source
from model.work import Piece
from scheduler import alarms, rereading, retaining, steps
from scheduler.issues import Issue
from scheduler.mailing import IN_DOUBT_AFTER, Mailroom
from scheduler.steps import House
from store import waiting

PRIORITIES = {"send": 40, "alarm": 40, "digest": 30, "crawl": 20, "read": 10, "retain": 0}


def pieces(house: House) -> list[Piece]:
    """Everything that is due now, whether or not somebody is at it."""
    return list(chain.from_iterable(by_kind(house)))


def by_kind(house: House) -> Iterator[list[Piece]]:
    """The same, each kind as soon as it is found: who is new is planned before digests are due, and no crawl waits for that."""
    yield [crawl(source) for source in steps.due_sources(house)]
    yield reads(house)
    if house.configuration.service.mail is not None:
        yield sends(house)
        yield digests(house)
    if alarms.untold(house):
        yield [Piece("alarm", lock="alarm", priority=PRIORITIES["alarm"])]
    if retaining.due(house):
        yield [Piece("retain", lock="retain", priority=PRIORITIES["retain"])]


def after(house: House, piece: Piece) -> list[Piece]:
    """What may have become due by this piece's end, so that it need not wait for the next tick."""
    if piece.kind == "crawl":
        return reads(house)
    return sends(house) if piece.kind == "digest" else []


def crawl(source: Source) -> Piece:
    """The crawl of one source: one at a time for each vendor's host, on all machines."""
    host = vendor_host(str(source.api or source.url).split("/")[2])
    return Piece("crawl", source.name, lock=f"host:{host}", priority=PRIORITIES["crawl"])


def reads(house: House) -> list[Piece]:
    """The chunks that hold something unread."""
    chunks = rereading.chunks(house)
    return [Piece("read", str(chunk), lock=f"read:{chunk}", priority=PRIORITIES["read"]) for chunk in chunks]


def digests(house: House) -> list[Piece]:
    """The groups of people in which somebody's digest is due."""
    of = groups(house)
    due = sorted({group(person, of) for person, _, _ in Mailroom(house).due()})
    return [Piece("digest", f"{one}/{of}", lock=f"digest:{one}/{of}", priority=PRIORITIES["digest"]) for one in due]


def sends(house: House) -> list[Piece]:
    """The sending round, when something waits or is in doubt: one at a time."""
    now = house.clock()
    with house.database.read() as connection:
        waits = waiting.deliveries(connection, now=now, in_doubt_before=now - IN_DOUBT_AFTER)
    return [Piece("send", lock="send", priority=PRIORITIES["send"])] if waits else []


def groups(house: House) -> int:
    """Into how many groups the people are put: those of the files and those who joined."""
    with house.database.read() as connection:
        known = waiting.people(connection)
    number = max(known, len(house.configuration.profiles))
    return max(1, -(-number // house.configuration.service.work.digest_chunk))


def group(person: str, of: int) -> int:
    """The group of a person: always the same while the number of groups is."""
    return zlib.crc32(person.encode()) % of


def due_in(room: Mailroom, what: str) -> Sequence[tuple[str, Profile, Issue]]:
    """Those of a group ("3/8") whose digest is due now."""
    one, of = map(int, what.split("/"))
    return [entry for entry in room.due() if group(entry[0], of) == one]
