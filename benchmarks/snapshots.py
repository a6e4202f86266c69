"""What snapshots take on disk: `python -m benchmarks.snapshots [--wire ../shared/wire] [POSTINGS.jsonl …]`.

Each board is saved through the product's own store; its payloads with their dictionary are weighed against the same payloads as zstd
alone, at zstd's default level and at the product's. The demo's boards and the boards made for the tests come with the project; captured
payloads and files of real postings (one a line, grouped by `company`, 15 or more of one) are read where they are and kept nowhere.
"""

import argparse
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from demo.server import CONFIGURATION, DemoBoard
from model.crawl import Crawled
from model.posting import Posting
from scheduler import configuration
from store import payloads, postings
from store.database import open_database
from tests.boards.crawling import crawled, read_from
from tests.boards.made import BOARDS
from tests.boards.openings import openings
from tests.boards.replays import REPLAYS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FEWEST = 15


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of one board's payloads: as they came, as zstd alone (default level, the product's level), with a trained dictionary of a
    fifth of their bytes, as stored. Dictionaries are counted, compressed."""

    count: int
    raw: int
    default: int
    alone: int
    trained: int
    stored: int


def weigh(board: Sequence[Crawled]) -> Weight:
    """Save a board's postings as the product does and weigh what lies there then."""
    bodies = [one.payload for one in board]
    default, alone = zstandard.ZstdCompressor(), zstandard.ZstdCompressor(level=payloads.LEVEL)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/weigh.db")
        with database.write() as connection:
            postings.save(connection, board, now=NOW)
            payloads.compact(connection, board[0].posting.source)
            stored = payloads.size(connection, board[0].posting.source)
        database.close()
    return Weight(
        len(board),
        sum(map(len, bodies)),
        sum(len(default.compress(body)) for body in bodies),
        sum(len(alone.compress(body)) for body in bodies),
        with_trained(bodies),
        stored,
    )


def with_trained(bodies: list[bytes]) -> int:
    """The bytes with a dictionary trained on them; as zstd alone where there is too little to train on, or where that is less."""
    alone = sum(len(zstandard.ZstdCompressor(level=payloads.LEVEL).compress(body)) for body in bodies)
    try:
        trained = zstandard.train_dictionary(min(112_640, max(1024, sum(map(len, bodies)) // 5)), [*bodies])
    except zstandard.ZstdError:
        return alone
    compressor = zstandard.ZstdCompressor(level=payloads.LEVEL, dict_data=trained)
    kept = len(zstandard.ZstdCompressor(level=payloads.LEVEL_OF_DICTIONARIES).compress(trained.as_bytes()))
    return min(alone, kept + sum(len(compressor.compress(body)) for body in bodies))


def demo() -> Iterator[tuple[str, list[Crawled]]]:
    """The demo's boards, crawled."""
    with DemoBoard(today=NOW.date()) as board, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in (CONFIGURATION / "sources").glob("*.yaml"):
            copy = folder / path.name
            copy.write_text(path.read_text(encoding="utf-8").replace("{board}", board.url), encoding="utf-8")
            for source in configuration.load_sources(copy):
                yield source.name, crawled(**source.model_dump(exclude={"name"})).crawled


def made() -> Iterator[tuple[str, list[Crawled]]]:
    """The boards made for the tests, in every format."""
    for kind, board in sorted(BOARDS.items()):
        made_board = board(openings(46))
        os.environ.update(made_board.environment)
        yield kind, read_from(made_board.handler, **made_board.fields).crawled


def captured(folder: Path) -> Iterator[tuple[str, list[Crawled]]]:
    """Captured payloads of real boards."""
    for name, replay in REPLAYS.items():
        pages = {address: (folder / path).read_bytes().strip() for address, path in replay.files.items()}
        yield name, read_from(pages, kind=replay.kind, url=replay.url).crawled


def employers(paths: Iterable[str]) -> Iterator[tuple[str, list[Crawled]]]:
    """Real postings of one employer each: what a board of that employer would hold."""
    found: Mapping[str, list[Crawled]] = defaultdict(list)
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            named = str(told.get("company") or "None")
            posting = Posting(source="weighed", id=told["id"], title=told["title"], description=told["description"])
            body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
            found[f"{Path(path).stem}: {named}"].append(Crawled(posting=posting, payload=body))
    for name, board in sorted(found.items()):
        if len(board) >= FEWEST and not name.endswith("None"):
            yield name, board


def show(title: str, boards: Iterable[tuple[str, list[Crawled]]], *, each: bool) -> None:
    """One line a board, and all together."""
    weights = []
    for name, board in boards:
        if not board:
            continue
        weight = weigh([replace(one, posting=replace(one.posting, source="weighed")) for one in board])
        weights.append(weight)
        if each:
            print(
                f"  {name:44} {weight.count:4} postings  {weight.stored / weight.default:.2f}  {weight.stored / weight.alone:.2f}"
            )
    if weights:
        total = [sum(column) for column in zip(*(astuple(one) for one in weights), strict=True)]
        told = f"{len(weights)} boards, {total[0]} postings, {total[1] / 1e6:.2f} MB as they came"
        shares = (total[5] / total[2], total[5] / total[3], total[4] / total[3])
        print(f"{title}: {told}")
        print(
            f"  stored {shares[0]:.2f} of zstd's default level, {shares[1]:.2f} of its level {payloads.LEVEL}", end=""
        )
        print(f"; a trained dictionary: {shares[2]:.2f}")


def main() -> None:
    """Weigh and print."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("postings", nargs="*")
    told.add_argument("--wire", type=Path)
    told.add_argument("--each", action="store_true", help="one line a board")
    given = told.parse_args()
    show("demo's boards", demo(), each=given.each)
    show("made boards", made(), each=given.each)
    if given.wire:
        show("captured payloads", captured(given.wire), each=given.each)
    if given.postings:
        show("real employers", employers(given.postings), each=given.each)


if __name__ == "__main__":
    main()
