"""Crawl runs as rows: what a board advertised, what was seen, whether that was all, and what follows from it.

A posting closes only when the board says that it is gone, or when two complete runs did not list it. An unchanged board writes
nothing but the run's own row: the ids that a run listed stand in that row, not in a column of every posting.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, func, select, update

from model.crawl import CrawlReport, Failure
from store import postings
from store.postings import Saved
from store.rows import RunRow, SourceRow
from store.upserts import upsert

FALL_HELD = 0.7  # a run that lists less than this share of what the source used to list closes nothing
HISTORY = 3  # … until so many complete runs in a row agree
LONGEST_BACKOFF = timedelta(days=7)
SWEEP_EVERY = timedelta(days=7)  # not every change of a posting shows in its board's list
PROVE_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run as it is stored and shown."""

    number: int
    source: str
    started_at: datetime
    finished_at: datetime | None
    complete: bool | None
    advertised: int | None
    seen: int
    new: int
    changed: int
    closed: int
    unchanged: int
    requests: int
    seconds: float
    failure: Failure | None
    warnings: tuple[str, ...] = ()


def begin(connection: Connection, source: str, *, now: datetime) -> int:
    """Open a run and return its number. An earlier run of the source that never ended is closed as broken off."""
    broken = {"finished_at": now, "failure": "incomplete", "failure_says": "it was stopped before its end"}
    connection.execute(update(RunRow).where(RunRow.source == source, RunRow.finished_at.is_(None)).values(**broken))
    number = connection.execute(
        upsert(connection, RunRow).values(source=source, started_at=now).returning(RunRow.number)
    ).scalar_one()
    return int(number)


def finish(
    connection: Connection, number: int, report: CrawlReport, saved: Saved, seen_ids: Iterable[str], *, now: datetime
) -> Run:
    """End a run: close what is gone, note what is missing, and store the run as it then stands."""
    seen = set(seen_ids)
    earlier = _earlier(connection, report.source, number)
    report = _held(_still_warning(report, saved, earlier), earlier)
    closed = _close(connection, report, seen, earlier, now)
    _note_missing(connection, report.source, seen, earlier)
    failure = report.failure
    connection.execute(
        update(RunRow)
        .where(RunRow.number == number)
        .values(
            finished_at=now,
            complete=None if report.complete is None else int(report.complete),
            advertised=report.advertised,
            seen=report.seen,
            new=saved.new,
            changed=saved.changed,
            closed=closed,
            unchanged=saved.unchanged,
            requests=report.requests,
            milliseconds=round(report.seconds * 1000),
            failure=failure.kind if failure else None,
            failure_says=failure.says if failure else None,
            failure_mend=failure.mend if failure else None,
            warnings=json.dumps(report.warnings) if report.warnings else None,
            seen_ids=zstandard.ZstdCompressor().compress(json.dumps(sorted(seen)).encode()),
        )
    )
    return _run(connection.execute(select(RunRow.__table__).where(RunRow.number == number)).one())


def _earlier(connection: Connection, source: str, number: int) -> Sequence[Row[Any]]:
    """The source's finished runs before this one, newest first, back to the third complete one or 30 at most."""
    query = (
        select(RunRow.__table__)
        .where(RunRow.source == source, RunRow.number < number, RunRow.seen_ids.is_not(None))
        .order_by(RunRow.number.desc())
        .limit(30)
    )
    found = list(connection.execute(query))
    complete = [index for index, row in enumerate(found) if row.complete]
    return found[: complete[HISTORY - 1] + 1] if len(complete) >= HISTORY else found


def _still_warning(report: CrawlReport, saved: Saved, earlier: Sequence[Row[Any]]) -> CrawlReport:
    """A crawl that had nothing to read says nothing of the payloads: what the last one warned of still holds."""
    read = saved.new + saved.changed + saved.unchanged - len(report.unchanged)
    if read or not report.unchanged or not earlier or not earlier[0].warnings:
        return report
    return replace(report, warnings=tuple(dict.fromkeys((*json.loads(earlier[0].warnings), *report.warnings))))


def _held(report: CrawlReport, earlier: Sequence[Row[Any]]) -> CrawlReport:
    """The report, turned into `yield_unexpected` when far fewer postings came than the source's history says."""
    usual = max((row.seen for row in earlier if row.complete or row.failure == "yield_unexpected"), default=0)
    if report.failure or not report.complete or report.seen >= FALL_HELD * usual or usual - report.seen < HISTORY:
        return report
    agreeing = [row.seen for row in earlier[: HISTORY - 1]]
    if len(agreeing) == HISTORY - 1 and all(seen < FALL_HELD * usual for seen in agreeing):
        return report
    failure = Failure(
        kind="yield_unexpected",
        says=f"{report.seen} postings where {usual} were usual; nothing is closed",
        mend=f"look at the board; if it is right, {HISTORY} such runs in a row are believed",
    )
    return replace(report, failure=failure, complete=False)


def _close(
    connection: Connection,
    report: CrawlReport,
    seen: set[str],
    earlier: Sequence[Row[Any]],
    now: datetime,
) -> int:
    still_open = postings.open_ids(connection, report.source)
    said_gone = [still_open[key][0] for key in report.gone if key in still_open]
    postings.close(connection, said_gone, because="the board says that it is gone", now=now)
    if not report.complete or report.failure:
        return len(said_gone)
    since: set[str] = set()
    before = None
    for row in earlier:
        since |= _ids(row)
        if row.complete:
            before = row
            break
    if before is None:
        return len(said_gone)
    absent = [
        number
        for key, (number, last_seen) in still_open.items()
        if key not in seen and key not in since and key not in report.gone and last_seen < before.started_at
    ]
    postings.close(connection, absent, because="two complete runs did not list it", now=now)
    return len(said_gone) + len(absent)


def _note_missing(connection: Connection, source: str, seen: set[str], earlier: Sequence[Row[Any]]) -> None:
    if earlier:
        last = earlier[0]
        gone_missing = _ids(last) - seen
        still_open = postings.open_ids(connection, source) if gone_missing else {}
        numbers = [still_open[key][0] for key in gone_missing if key in still_open]
        postings.note_last_seen(connection, numbers, seen=last.started_at)


def _ids(row: Row[Any]) -> set[str]:
    return set(json.loads(zstandard.ZstdDecompressor().decompress(row.seen_ids))) if row.seen_ids else set()


def last_listed(connection: Connection) -> dict[str, tuple[datetime, set[str]]]:
    """For each source, when its newest run began and which ids it listed."""
    found: dict[str, tuple[datetime, set[str]]] = {}
    query = select(RunRow.__table__).where(RunRow.seen_ids.is_not(None)).order_by(RunRow.number)
    newest = {row.source: row for row in connection.execute(query)}
    for source, row in newest.items():
        found[source] = (row.started_at, _ids(row))
    return found


def latest(connection: Connection) -> dict[str, list[Run]]:
    """Each source's runs, newest first, ten at most."""
    found: dict[str, list[Run]] = {}
    columns = [column for column in RunRow.__table__.c if column.name != "seen_ids"]
    for row in connection.execute(select(*columns).order_by(RunRow.number.desc()).limit(5000)):
        runs = found.setdefault(row.source, [])
        if len(runs) < 10:
            runs.append(_run(row))
    return found


def _run(row: Row[Any]) -> Run:
    failure = (
        Failure(kind=row.failure, says=row.failure_says or "", mend=row.failure_mend or "") if row.failure else None
    )
    return Run(
        number=row.number,
        source=row.source,
        started_at=row.started_at,
        finished_at=row.finished_at,
        complete=None if row.complete is None else bool(row.complete),
        advertised=row.advertised,
        seen=row.seen,
        new=row.new,
        changed=row.changed,
        closed=row.closed,
        unchanged=row.unchanged,
        requests=row.requests,
        seconds=row.milliseconds / 1000,
        failure=failure,
        warnings=tuple(json.loads(row.warnings)) if row.warnings else (),
    )


def last_whole(connection: Connection) -> dict[str, datetime]:
    """For each source, when its newest complete run ended."""
    query = select(RunRow.source, func.max(RunRow.finished_at)).where(RunRow.complete == 1, RunRow.failure.is_(None))
    return {row[0]: row[1] for row in connection.execute(query.group_by(RunRow.source)) if row[1]}


def cares(connection: Connection, source: str, *, now: datetime) -> tuple[bool, bool]:
    """Whether a crawl should fetch every page again (a full sweep), and whether it should prove whose board it is."""
    row = connection.execute(select(SourceRow.__table__).where(SourceRow.name == source)).one_or_none()
    sweep = row is None or row.swept_at is None or now - row.swept_at >= SWEEP_EVERY
    return sweep, row is None or row.proved_at is None or now - row.proved_at >= PROVE_EVERY


def note_cares(connection: Connection, source: str, *, swept: bool, proved: bool, now: datetime) -> None:
    """Write that a complete crawl swept the board, and that it proved whose it is."""
    values = ({"swept_at": now} if swept else {}) | ({"proved_at": now} if proved else {})
    if values:
        statement = upsert(connection, SourceRow).values(name=source, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def plan_next(
    connection: Connection,
    source: str,
    *,
    at: datetime,
    retry_minutes: int,
    failed: bool,
    now: datetime,
    quiet: Callable[[datetime], datetime] = lambda at: at,
) -> datetime:
    """Write when the source is asked next: `at`, or sooner and then ever later while it keeps failing (`quiet` moves that)."""
    row = connection.execute(select(SourceRow.failures_in_a_row).where(SourceRow.name == source)).one_or_none()
    failures = (row.failures_in_a_row if row else 0) + 1 if failed else 0
    if failed:
        at = quiet(now + min(timedelta(minutes=retry_minutes) * 2 ** min(failures - 1, 12), LONGEST_BACKOFF))
    values = {"next_crawl_at": at, "failures_in_a_row": failures}
    statement = upsert(connection, SourceRow).values(name=source, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    return at


def due(connection: Connection, sources: Sequence[str], *, now: datetime) -> list[str]:
    """Those of `sources` that are due, the longest waiting first; one that was never crawled is due at once."""
    query = select(SourceRow.name, SourceRow.next_crawl_at).where(SourceRow.name.in_(sources))
    planned = {row.name: row.next_crawl_at for row in connection.execute(query)}
    waiting = [(planned.get(name), name) for name in sources if planned.get(name) is None or planned[name] <= now]
    return [name for _, name in sorted(waiting, key=lambda pair: (pair[0] is not None, pair[0] or now, pair[1]))]


def next_crawls(connection: Connection) -> dict[str, tuple[datetime | None, int]]:
    """For each source that was ever planned: the next crawl and how often in a row it failed."""
    return {
        row.name: (row.next_crawl_at, row.failures_in_a_row) for row in connection.execute(select(SourceRow.__table__))
    }
