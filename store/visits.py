"""Visits as rows: what each page said about itself, so that the next crawl asks for it only if it changed.

What a host says of more than itself is believed for a day: its robots.txt, validators of an answer that holds a whole board (a server
may answer 304 for ever), postings that are listed and gone.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, literal, select

from model.crawl import Visit
from store import postings
from store.postings import storable
from store.rows import VisitRow
from store.upserts import upsert

BATCH = 500
BELIEVED_FOR = timedelta(hours=24)
_ROBOTS = literal("robots", literal_execute=True)  # as a literal, so that the index of these rows is used


def load(connection: Connection, source: str, *, now: datetime) -> dict[str, Visit]:
    """A source's visits by address; only those whose postings are all open, since a page whose posting closed is to be read again.

    A whole board's answer that is older than a day comes without validators, so that it is asked for whole. A robots.txt is the newest
    that any source fetched from that address.
    """
    query = select(VisitRow.__table__).where(VisitRow.source == source, VisitRow.kind != _ROBOTS)
    found = {}
    for row in connection.execute(query):
        lately = row.fetched_at is not None and now - row.fetched_at < BELIEVED_FOR
        if lately or row.kind == "page":
            found[row.url] = _visit(row)
        elif row.kind == "list":
            found[row.url] = replace(_visit(row), etag=None, last_modified=None)
    still_open = postings.open_ids(connection, source) if found else {}
    known = {url: visit for url, visit in found.items() if all(key in still_open for key in visit.ids)}
    return known | _robots(connection, source, now)


def _robots(connection: Connection, source: str, now: datetime) -> dict[str, Visit]:
    """What the hosts that a source asks said in their robots.txt lately, to this source or to another."""
    own = select(VisitRow.url).where(VisitRow.source == source, VisitRow.kind == _ROBOTS)
    newest = (
        select(VisitRow.__table__)
        .where(VisitRow.kind == _ROBOTS, VisitRow.url.in_(own), VisitRow.fetched_at > now - BELIEVED_FOR)
        .order_by(VisitRow.fetched_at)
    )
    return {row.url: _visit(row) for row in connection.execute(newest)}


def _visit(row: Any) -> Visit:
    return Visit(
        url=row.url,
        kind=row.kind,
        etag=row.etag,
        last_modified=row.last_modified,
        listed_as=row.listed_as,
        ids=tuple(json.loads(row.ids)),
        told=row.told,
    )


def save(connection: Connection, source: str, visits: Sequence[Visit], *, now: datetime) -> int:
    """Keep what pages said; how many rows were written. One that says nothing new is not touched."""
    fresh = {row["url"]: row for row in (_row(source, visit, now) for visit in visits)}
    written = 0
    for start in range(0, len(fresh), BATCH):
        urls = list(fresh)[start : start + BATCH]
        query = select(VisitRow.__table__).where(VisitRow.source == source, VisitRow.url.in_(urls))
        before = {row.url: row._asdict() for row in connection.execute(query)}
        rows = [fresh[url] for url in urls if before.get(url) != fresh[url]]
        if rows:
            statement = upsert(connection, VisitRow)
            told = {name: statement.excluded[name] for name in rows[0] if name not in ("source", "url")}
            connection.execute(statement.on_conflict_do_update(index_elements=["source", "url"], set_=told), rows)
            written += len(rows)
    return written


def forget_others(connection: Connection, source: str, urls: Collection[str]) -> None:
    """Drop the visits of pages that a full sweep of the board did not meet any more."""
    kept = {storable(url) for url in urls}
    stored = connection.execute(select(VisitRow.url).where(VisitRow.source == source)).scalars()
    gone = [url for url in stored if url not in kept]
    for start in range(0, len(gone), BATCH):
        connection.execute(
            delete(VisitRow).where(VisitRow.source == source, VisitRow.url.in_(gone[start : start + BATCH]))
        )


def _row(source: str, visit: Visit, now: datetime) -> dict[str, Any]:
    return {
        "source": source,
        "url": storable(visit.url),
        "etag": visit.etag and storable(visit.etag),
        "last_modified": visit.last_modified and storable(visit.last_modified),
        "listed_as": visit.listed_as and storable(visit.listed_as),
        "ids": json.dumps(visit.ids),
        "kind": visit.kind,
        "told": visit.told and storable(visit.told),
        "fetched_at": None if visit.kind == "page" else now,
    }
