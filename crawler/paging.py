"""Turning the pages of a list with the guards that all boards need: repeats, short pages, totals, caps."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from crawler.board import Board
from crawler.records import Record
from model.errors import SourceError

MOST_PAGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a list: its rows with their ids, what the board says to hold, and whether it says that this is the last page."""

    rows: list[Record]
    ids: list[str | None]
    total: int | None = None
    last: bool = False


async def turned(
    board: Board,
    turn: Callable[[int, int], Awaitable[Leaf]],
    *,
    size: int | None = None,
    volatile: frozenset[str] | None = None,
) -> AsyncIterator[tuple[str, Record]]:
    """Each posting's id and row, once. `turn(offset, index)` fetches a page. `size`: without a total, a shorter page is the last.

    `volatile`: the row's fields that change by themselves; given where a row says enough to tell whether the posting's page changed.
    Without a sample the whole list is turned before the first row is given, so that it does not change under the details.
    """
    if board.sampling:
        async for posting_id, row in _turned(board, turn, size):
            _mark(board, posting_id, row, volatile)
            yield posting_id, row
        return
    listed: list[tuple[str, Record]] = []
    stopped: SourceError | None = None
    try:
        async for one in _turned(board, turn, size):
            listed.append(one)  # noqa: PERF401 - what came before an error is kept
    except SourceError as error:
        if not listed:
            raise
        stopped = error
    for posting_id, row in listed:
        _mark(board, posting_id, row, volatile)
        yield posting_id, row
    if stopped:
        raise stopped


def _mark(board: Board, posting_id: str, row: Record, volatile: frozenset[str] | None) -> None:
    """Keep the row's mark, where rows are telling."""
    if volatile is not None:
        board.marked(posting_id, row, volatile)


async def _turned(
    board: Board, turn: Callable[[int, int], Awaitable[Leaf]], size: int | None
) -> AsyncIterator[tuple[str, Record]]:
    """The rows as they come."""
    offset = listed = 0
    for index in range(MOST_PAGES):
        leaf = await _leaf(turn, offset, index)
        if not leaf.rows and listed < (board.advertised or 0):
            leaf = await turn(offset, index)  # an empty page in the middle is asked for once more before it is believed
        board.advertises(leaf.total)
        new = set(board.listed(leaf.ids))
        listed += len(new)
        repeats = bool(leaf.rows) and not new
        if None in leaf.ids:
            board.falls_short("a posting without an id")
        for posting_id, row in zip(leaf.ids, leaf.rows, strict=True):
            if posting_id in new:
                new.discard(posting_id)
                yield posting_id, row
        offset += len(leaf.rows)
        if not leaf.rows or leaf.last or _holds_all(board, leaf, size, offset, listed):
            return
        if repeats:
            board.falls_short(f"page {index + 1} repeats earlier ones")
            return
    board.falls_short(f"stopped after {MOST_PAGES} pages")


async def _leaf(turn: Callable[[int, int], Awaitable[Leaf]], offset: int, index: int) -> Leaf:
    """One page. A later page that is not there does not mean that the board is gone."""
    try:
        return await turn(offset, index)
    except SourceError as error:
        if index and error.failure == "not_found":
            raise SourceError(
                f"page {index + 1} of the list: {error.says}", url=error.url, failure="incomplete"
            ) from error
        raise


def _holds_all(board: Board, leaf: Leaf, size: int | None, offset: int, listed: int) -> bool:
    """Whether no page can follow: all that is advertised was listed, or, without a total, the page was not full."""
    if board.advertised is not None:
        return listed >= board.advertised or (offset >= board.advertised and len(set(leaf.ids)) < len(leaf.ids))
    return size is not None and len(leaf.rows) < size
