"""What sources sent, kept small: zstd, with a dictionary of its own for each source once it has sent enough.

Postings of one board share most of their bytes (field names, the employer's own paragraphs), so a dictionary trained on a source's
payloads makes the others much smaller. Re-reading everything needs these and never the net.
"""

from collections.abc import Iterable
from functools import lru_cache

import zstandard
from sqlalchemy import Connection, bindparam, func, select, update

from store.rows import DictionaryRow, PayloadRow, PostingRow
from store.upserts import upsert

LEVEL = 9
LEVEL_AT_FIRST = 3  # until there is a dictionary: what is written then is written anew with it
ENOUGH = 100  # payloads of a source before a dictionary pays
SAMPLES = 1_000
DICTIONARY_BYTES = 112_640
AT_ONCE = 5_000


def save(connection: Connection, source: str, payloads: Iterable[tuple[int, str, str, bytes]]) -> None:
    """Keep payloads: (posting's number, content, kind, bytes)."""
    rows = list(payloads)
    if not rows:
        return
    number, dictionary = _newest(connection, source)
    compress = zstandard.ZstdCompressor(level=LEVEL if dictionary else LEVEL_AT_FIRST, dict_data=dictionary).compress
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
    """Train a source's dictionary when it has sent enough, and write its earlier payloads anew with it; how many those were."""
    if _newest(connection, source)[0] is not None:
        return 0
    without = (
        select(PayloadRow.posting, PayloadRow.content, PayloadRow.body)
        .join(PostingRow, PostingRow.number == PayloadRow.posting)
        .where(PostingRow.source == source, PayloadRow.dictionary.is_(None))
        .limit(AT_ONCE)
    )
    rows = [(row.posting, row.content, _plain(row.body, None)) for row in connection.execute(without)]
    if len(rows) < ENOUGH:
        return 0
    trained = _train([body for _, _, body in rows])
    if trained is None:
        return 0
    values = {"source": source, "body": trained}
    number = connection.execute(
        upsert(connection, DictionaryRow).values(values).returning(DictionaryRow.number)
    ).scalar_one()
    compress = zstandard.ZstdCompressor(level=LEVEL, dict_data=zstandard.ZstdCompressionDict(trained)).compress
    statement = (
        update(PayloadRow)
        .where(PayloadRow.posting == bindparam("which"), PayloadRow.content == bindparam("version"))
        .values(dictionary=number, body=bindparam("small"))
    )
    fresh = [{"which": posting, "version": content, "small": compress(body)} for posting, content, body in rows]
    connection.execute(statement, fresh)
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


def _train(samples: list[bytes]) -> bytes | None:
    """A dictionary over (a spread of) the samples, at most a tenth of their bytes; None when there is too little to learn."""
    chosen: list[bytes | bytearray | memoryview] = [*samples[:: max(1, len(samples) // SAMPLES)]]
    try:
        most = min(DICTIONARY_BYTES, max(1024, sum(map(len, samples)) // 10))
        return zstandard.train_dictionary(most, chosen).as_bytes()
    except zstandard.ZstdError:
        return None


def _newest(connection: Connection, source: str) -> tuple[int | None, zstandard.ZstdCompressionDict | None]:
    query = select(DictionaryRow.number, DictionaryRow.body).where(DictionaryRow.source == source)
    row = connection.execute(query.order_by(DictionaryRow.number.desc()).limit(1)).one_or_none()
    return (row.number, _dictionary(row.body)) if row else (None, None)


@lru_cache(maxsize=64)
def _dictionary(body: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(body)


def _plain(body: bytes, dictionary: bytes | None) -> bytes:
    own = _dictionary(dictionary) if dictionary else None
    return zstandard.ZstdDecompressor(dict_data=own).decompress(body)
