"""What sources sent, kept small: zstd, with a dictionary of its own for each source.

Postings of one board share most of their bytes (field names, the employer's own paragraphs). A source's dictionary is simply a run of
its payloads, kept compressed: on real boards of 15 to 70 postings that is smaller, dictionary included, than one trained for it
(benchmarks/snapshots.py). Re-reading everything needs these and never the net.
"""

from collections.abc import Iterable
from functools import lru_cache

import zstandard
from sqlalchemy import Connection, bindparam, delete, func, select, update

from store.rows import DictionaryRow, PayloadRow, PostingRow
from store.upserts import upsert

LEVEL = 12
LEVEL_AT_FIRST = 3  # until there is a dictionary: what is written then is written anew with it
LEVEL_OF_DICTIONARIES = 19
ENOUGH = 3  # payloads of a source before a dictionary pays
DICTIONARY_BYTES = 262_144
OUTGROWN = 4  # a dictionary that could be larger is made anew when the payloads written with it take so many times its own bytes
AT_ONCE = 5_000


def save(connection: Connection, source: str, payloads: Iterable[tuple[int, str, str, bytes]]) -> None:
    """Keep payloads: (posting's number, content, kind, bytes)."""
    rows = list(payloads)
    if not rows:
        return
    newest = _newest(connection, source)
    number = newest[0] if newest else None
    compress = _compressor(newest[1]).compress if newest else zstandard.ZstdCompressor(level=LEVEL_AT_FIRST).compress
    connection.execute(
        upsert(connection, PayloadRow).on_conflict_do_nothing(),
        [
            {"posting": posting, "content": content, "kind": kind, "dictionary": number, "body": compress(body)}
            for posting, content, kind, body in rows
        ],
    )


def load(connection: Connection, number: int) -> tuple[str, bytes] | None:
    """The kind and bytes that the source sent for a posting's present version."""
    query = (
        select(PayloadRow.kind, PayloadRow.body, DictionaryRow.body.label("dictionary"))
        .join(PostingRow, (PostingRow.number == PayloadRow.posting) & (PostingRow.content == PayloadRow.content))
        .outerjoin(DictionaryRow, DictionaryRow.number == PayloadRow.dictionary)
        .where(PostingRow.number == number)
    )
    found = connection.execute(query).one_or_none()
    return (found.kind, _plain(found.body, found.dictionary)) if found else None


def compact(connection: Connection, source: str) -> int:
    """Make a source's dictionary when it has sent enough, or anew when it has outgrown its first one, and write its payloads with it;
    how many those were."""
    newest = _newest(connection, source)
    if newest and not _outgrown(connection, source, *newest):
        return 0
    query = (
        select(PayloadRow.posting, PayloadRow.content, PayloadRow.body, PayloadRow.dictionary)
        .join(PostingRow, PostingRow.number == PayloadRow.posting)
        .where(PostingRow.source == source)
        .order_by(PayloadRow.posting)
        .limit(AT_ONCE + 1)
    )
    rows = list(connection.execute(query))
    if len(rows) < ENOUGH or (newest and len(rows) > AT_ONCE):
        return 0
    old = newest[1] if newest else None
    plain = [(row.posting, row.content, _plain(row.body, old if row.dictionary else None)) for row in rows[:AT_ONCE]]
    body = zstandard.ZstdCompressor(level=LEVEL_OF_DICTIONARIES).compress(_run_of([one for _, _, one in plain]))
    number = connection.execute(
        upsert(connection, DictionaryRow).values(source=source, body=body).returning(DictionaryRow.number)
    ).scalar_one()
    compress = _compressor(body).compress
    statement = (
        update(PayloadRow)
        .where(PayloadRow.posting == bindparam("which"), PayloadRow.content == bindparam("version"))
        .values(dictionary=number, body=bindparam("small"))
    )
    fresh = [{"which": posting, "version": content, "small": compress(one)} for posting, content, one in plain]
    connection.execute(statement, fresh)
    if newest:
        connection.execute(delete(DictionaryRow).where(DictionaryRow.number == newest[0]))
    return len(fresh)


def size(connection: Connection, source: str) -> int:
    """The bytes that a source's payloads and its dictionary take."""
    bodies = (
        select(func.coalesce(func.sum(func.length(PayloadRow.body)), 0))
        .join(PostingRow, PostingRow.number == PayloadRow.posting)
        .where(PostingRow.source == source)
    )
    own = select(func.coalesce(func.sum(func.length(DictionaryRow.body)), 0)).where(DictionaryRow.source == source)
    return int(connection.execute(bodies).scalar_one()) + int(connection.execute(own).scalar_one())


def _outgrown(connection: Connection, source: str, number: int, body: bytes) -> bool:
    """Whether a dictionary that began small now serves many."""
    if zstandard.frame_content_size(body) > DICTIONARY_BYTES // 2:
        return False
    query = (
        select(func.coalesce(func.sum(func.length(PayloadRow.body)), 0))
        .join(PostingRow, PostingRow.number == PayloadRow.posting)
        .where(PostingRow.source == source, PayloadRow.dictionary == number)
    )
    return int(connection.execute(query).scalar_one()) > OUTGROWN * len(body)


def _run_of(payloads: list[bytes]) -> bytes:
    """A spread of the payloads, one behind the other."""
    step = -(-sum(map(len, payloads)) // DICTIONARY_BYTES)
    return b"".join(payloads[:: max(1, step)])[:DICTIONARY_BYTES]


def _newest(connection: Connection, source: str) -> tuple[int, bytes] | None:
    query = select(DictionaryRow.number, DictionaryRow.body).where(DictionaryRow.source == source)
    row = connection.execute(query.order_by(DictionaryRow.number.desc()).limit(1)).one_or_none()
    return (row.number, row.body) if row else None


def _compressor(body: bytes) -> zstandard.ZstdCompressor:
    """One for one thread: only what is costly is shared."""
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=_for_writing(body))


@lru_cache(maxsize=8)
def _for_writing(body: bytes) -> zstandard.ZstdCompressionDict:
    dictionary = zstandard.ZstdCompressionDict(zstandard.decompress(body), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    dictionary.precompute_compress(level=LEVEL)
    return dictionary


@lru_cache(maxsize=16)
def _dictionary(body: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(zstandard.decompress(body), dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _plain(body: bytes, dictionary: bytes | None) -> bytes:
    own = _dictionary(dictionary) if dictionary else None
    return zstandard.ZstdDecompressor(dict_data=own).decompress(body)
