"""Visits as rows: what each page said about itself, so that the next crawl asks for it only if it changed."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select

from model.crawl import Visit
from store import postings
from store.postings import storable
from store.rows import VisitRow
from store.upserts import upsert

BATCH = 500


def load(connection: Connection, source: str) -> dict[str, Visit]:
    """A source's visits by address; only those whose postings are all open, since a page whose posting closed is to be read again."""
    query = select(VisitRow.__table__).where(VisitRow.source == source)
    found = {
        row.url: Visit(
            url=row.url,
            etag=row.etag,
            last_modified=row.last_modified,
            listed_as=row.listed_as,
            ids=tuple(json.loads(row.ids)),
        )
        for row in connection.execute(query)
    }
    still_open = postings.open_ids(connection, source) if found else {}
    return {url: visit for url, visit in found.items() if all(key in still_open for key in visit.ids)}


def save(connection: Connection, source: str, visits: Sequence[Visit]) -> int:
    """Keep what pages said; how many rows were written. One that says nothing new is not touched."""
    fresh = {row["url"]: row for row in (_row(source, visit) for visit in visits)}
    written = 0
    for start in range(0, len(fresh), BATCH):
        urls = list(fresh)[start : start + BATCH]
        query = select(VisitRow.__table__).where(VisitRow.source == source, VisitRow.url.in_(urls))
        before = {row.url: row._asdict() for row in connection.execute(query)}
        rows = [fresh[url] for url in urls if before.get(url) != fresh[url]]
        if rows:
            statement = upsert(connection, VisitRow)
            told = {name: statement.excluded[name] for name in ("etag", "last_modified", "listed_as", "ids")}
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


def _row(source: str, visit: Visit) -> dict[str, str | None]:
    return {
        "source": source,
        "url": storable(visit.url),
        "etag": visit.etag and storable(visit.etag),
        "last_modified": visit.last_modified and storable(visit.last_modified),
        "listed_as": visit.listed_as and storable(visit.listed_as),
        "ids": json.dumps(visit.ids),
    }
