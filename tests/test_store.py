"""The store, on SQLite and on PostgreSQL: what is saved comes back, nothing is lost, nothing is there twice."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, insert, select, text, update

from model.crawl import Crawled, Failure
from model.digest import Message
from model.errors import StoreError
from model.reading import AllOf, AnyOf, CredentialAsk, Evidence, ExperienceAsk, Reading
from store import deliveries, kept, pasts, payloads, people, postings, readings, runs
from store.database import MIGRATIONS, Database, connect, open_database, upgrade
from store.postings import Saved
from store.rows import DictionaryRow, PayloadRow, PostingRow, ReadingRow, Row, RunRow
from tests.samples import NOON, crawled, posting, report

HOUR = timedelta(hours=1)


def crawl(
    database: Database, keys: Sequence[str], now: datetime, *, complete: bool | None = True, **changes: object
) -> runs.Run:
    """One crawl of `mercy` that listed `keys`."""
    with database.write() as connection:
        number = runs.begin(connection, "mercy", now=now)
        saved = postings.save(connection, [crawled(key) for key in keys], now=now)
        made = report(complete=complete, seen=len(keys), **changes)  # type: ignore[arg-type]
        return runs.finish(connection, number, made, saved, keys, now=now + timedelta(minutes=1))


def status(database: Database) -> dict[str, str]:
    """Each stored posting's id and status."""
    with database.read() as connection:
        return {one.posting.id: one.status for one in postings.each(connection)}


def test_a_posting_comes_back_as_it_was_saved(database: Database) -> None:
    with database.write() as connection:
        postings.save(connection, [crawled("a1", pay_text="$17.50+", workplace="hybrid")], now=NOON)

    with database.read() as connection:
        (one,) = postings.each(connection)

    assert one.posting == posting("a1", pay_text="$17.50+", workplace="hybrid")
    assert (one.first_seen, one.employer_named, one.status) == (NOON, "Mercy", "open")


def test_the_payload_is_kept_beside_the_posting(database: Database) -> None:
    with database.write() as connection:
        postings.save(connection, [crawled("a1")], now=NOON)

    with database.read() as connection:
        (one,) = postings.each(connection)
        assert payloads.load(connection, one.number) == ("json", b'{"id":"a1"}')


def test_counts_tell_new_changed_and_unchanged(database: Database) -> None:
    with database.write() as connection:
        first = postings.save(connection, [crawled("a1"), crawled("a2")], now=NOON)
        batch = [crawled("a1"), crawled("a2", title="Changed"), crawled("a3")]
        second = postings.save(connection, batch, now=NOON + HOUR)

    assert first == Saved(new=2)
    assert second == Saved(new=1, changed=1, unchanged=1)


def test_an_unchanged_board_writes_only_the_run(database: Database) -> None:
    crawl(database, ["a1", "a2"], NOON)

    def everything() -> list[object]:
        with database.read() as connection:
            tables = (PostingRow, PayloadRow, ReadingRow)
            return [[tuple(row) for row in connection.execute(select(table.__table__))] for table in tables]

    before = everything()
    run = crawl(database, ["a1", "a2"], NOON + HOUR)

    assert (run.new, run.changed, run.closed, run.unchanged) == (0, 0, 0, 2)
    assert everything() == before


def test_one_id_twice_in_a_batch_is_one_posting(database: Database) -> None:
    with database.write() as connection:
        saved = postings.save(connection, [crawled("a1"), crawled("a1", title="Later")], now=NOON)
        titles = [one.posting.title for one in postings.each(connection)]

    assert (saved, titles) == (Saved(new=1), ["Later"])


def test_identity_is_source_and_id_not_the_url(database: Database) -> None:
    one, other = crawled("a1", url="https://x.example/1"), crawled("a2", url="https://x.example/1")
    with database.write() as connection:
        postings.save(connection, [one, other], now=NOON)
        again = postings.save(connection, [crawled("a1", url="https://x.example/1?utm=2"), other], now=NOON + HOUR)

    assert again == Saved(changed=1, unchanged=1)
    assert len(status(database)) == 2


def test_text_that_no_database_takes_is_made_storable(database: Database) -> None:
    with database.write() as connection:
        postings.save(connection, [crawled("a1", description="a\x00b \ud800 ü", title="x\x00y")], now=NOON)
        (one,) = postings.each(connection)

    assert (one.posting.title, one.posting.description) == ("xy", "ab ? ü")


def test_a_posting_closes_after_two_complete_runs_without_it(database: Database) -> None:
    crawl(database, ["a1", "a2", "a3"], NOON)
    once = crawl(database, ["a1", "a2"], NOON + HOUR)
    assert (once.closed, status(database)["a3"]) == (0, "open")

    twice = crawl(database, ["a1", "a2"], NOON + 2 * HOUR)

    assert (twice.closed, status(database)) == (1, {"a1": "open", "a2": "open", "a3": "closed"})


@pytest.mark.parametrize(
    "how",
    [
        {"complete": False, "failure": Failure(kind="incomplete", says="a page was short")},
        {"complete": None},
        {"complete": False, "failure": Failure(kind="server_error", says="500")},
    ],
)
def test_runs_that_are_not_complete_close_nothing(database: Database, how: dict[str, object]) -> None:
    crawl(database, ["a1", "a2"], NOON)
    for hour in range(1, 6):
        crawl(database, ["a1"], NOON + hour * HOUR, **how)  # type: ignore[arg-type]

    assert status(database)["a2"] == "open"


def test_an_incomplete_run_that_lists_a_posting_counts_as_a_sight_of_it(database: Database) -> None:
    crawl(database, ["a1", "a2", "a3"], NOON)
    crawl(database, ["a1", "a2"], NOON + HOUR)
    crawl(database, ["a3"], NOON + 2 * HOUR, complete=None)

    run = crawl(database, ["a1", "a2"], NOON + 3 * HOUR)

    assert (run.closed, status(database)["a3"]) == (0, "open")


def test_the_board_itself_closes_at_once(database: Database) -> None:
    crawl(database, ["a1", "a2"], NOON)

    run = crawl(database, ["a1"], NOON + HOUR, complete=None, gone=("a2",))

    assert (run.closed, status(database)["a2"]) == (1, "closed")


def test_a_great_fall_is_held_until_it_is_confirmed(database: Database) -> None:
    keys = [f"a{number}" for number in range(20)]
    crawl(database, keys, NOON)
    crawl(database, keys, NOON + HOUR)

    fallen = [crawl(database, keys[:5], NOON + hour * HOUR) for hour in (2, 3, 4, 5, 6)]

    assert [run.failure.kind if run.failure else None for run in fallen[:2]] == ["yield_unexpected"] * 2
    assert [run.closed for run in fallen[:3]] == [0, 0, 0]
    assert sum(run.closed for run in fallen) == 15


def test_a_closed_posting_opens_again_under_its_identity(database: Database) -> None:
    crawl(database, ["a1", "a2", "a3"], NOON)
    with database.read() as connection:
        before = {one.posting.id: (one.number, one.first_seen) for one in postings.each(connection)}
    crawl(database, ["a1", "a2"], NOON + HOUR)
    crawl(database, ["a1", "a2"], NOON + 2 * HOUR)

    run = crawl(database, ["a1", "a2", "a3"], NOON + 3 * HOUR)

    with database.read() as connection:
        after = {one.posting.id: (one.number, one.first_seen) for one in postings.each(connection)}
    assert (run.new, run.changed, status(database)["a3"]) == (0, 1, "open")
    assert after == before


def test_a_run_that_was_killed_is_ended_by_the_next(database: Database) -> None:
    with database.write() as connection:
        runs.begin(connection, "mercy", now=NOON)
        postings.save(connection, [crawled("a1")], now=NOON)
    crawl(database, ["a1", "a2"], NOON + HOUR)

    with database.read() as connection:
        newest, broken = runs.latest(connection)["mercy"]

    assert (newest.new, newest.unchanged) == (1, 1)
    assert broken.failure is not None
    assert broken.failure.says == "it was stopped before its end"


def test_when_a_source_is_asked_next(database: Database) -> None:
    with database.write() as connection:
        plans = [
            runs.plan_next(connection, "mercy", at=NOON + 6 * HOUR, retry_minutes=60, failed=failed, now=NOON)
            for failed in (False, True, True, True, False)
        ]
        assert runs.due(connection, ["mercy", "new"], now=NOON) == ["new"]
        assert runs.due(connection, ["mercy", "new"], now=NOON + 7 * HOUR) == ["new", "mercy"]

    assert [plan - NOON for plan in plans] == [6 * HOUR, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR]


def reading() -> Reading:
    """A reading with a tree of several kinds."""
    said = Evidence(quote="CPC or 2 years", start=3, end=17, rule="list")
    cpc = CredentialAsk(id="aapc-cpc", modality="required", evidence=said)
    years = ExperienceAsk(min_months=24, modality="required", area="coding", evidence=said)
    tree = AllOf(children=(AnyOf(children=(cpc, years)),))
    return Reading(id="a1", read_with="v1", requirements=tree, credentials=(cpc,), experience=(years,))


def test_readings_come_back_and_stale_ones_are_unread(database: Database) -> None:
    with database.write() as connection:
        postings.save(connection, [crawled("a1"), crawled("a2")], now=NOON)
        waiting = readings.unread(connection, "v1", limit=10)
        readings.save(connection, [(number, content, reading()) for number, content, _ in waiting])
        assert readings.unread(connection, "v1", limit=10) == []
        assert len(readings.unread(connection, "v2", limit=10)) == 2
        postings.save(connection, [crawled("a2", description="new text")], now=NOON)
        assert [found[2].id for found in readings.unread(connection, "v1", limit=10)] == ["a2"]

    with database.read() as connection:
        ((_, one, read, _),) = readings.each_open(connection)
    assert (one.id, read) == ("a1", reading())


def message(key: str) -> Message:
    """A message that was rendered."""
    address = f"<{key}@example.org>"
    return Message(message_id=address, recipient="s@example.org", subject="1 opening", html="", text="", mime=b"bytes")


def test_a_digest_is_queued_once_for_a_date_and_an_opening_is_shown_once(database: Database) -> None:
    with database.write() as connection:
        first = deliveries.queue(connection, person="ann", issue="d:1", message=message("a"), shown=[7, 8], now=NOON)
        again = deliveries.queue(connection, person="ann", issue="d:1", message=message("b"), shown=[9], now=NOON)
        assert people.shown_to(connection, "ann").keys() == {7, 8}
    assert (first is not None, again) == (True, None)

    with pytest.raises(StoreError), database.write() as connection:
        deliveries.queue(connection, person="ann", issue="d:2", message=message("c"), shown=[8], now=NOON)
    with database.read() as connection:
        assert pasts.of(connection, {"ann": ""}, ["d:1", "d:2"])["ann"].issued == {"d:1"}


def test_the_states_of_a_delivery(database: Database) -> None:
    with database.write() as connection:
        deliveries.queue(connection, person="ann", issue="d:1", message=message("a"), shown=[], now=NOON)
        claimed = deliveries.claim(connection, now=NOON)
        assert claimed is not None
        assert deliveries.claim(connection, now=NOON) is None
        assert [one.number for one in deliveries.in_doubt(connection, older_than=NOON)] == [claimed.number]
        deliveries.put_back(connection, claimed, says="451 later", now=NOON)
        assert deliveries.claim(connection, now=NOON) is None
        again = deliveries.claim(connection, now=NOON + HOUR)
        assert again is not None
        deliveries.note_sent(connection, again.number, says="queued as 4", now=NOON + HOUR)
        assert deliveries.states(connection) == {"sent": 1}
    assert (again.attempts, again.mime) == (2, b"bytes")


def test_the_key_of_the_service_is_made_once(database: Database) -> None:
    with database.write() as connection:
        first = kept.secret(connection)
    with database.write() as connection:
        assert kept.secret(connection) == first
    assert len(first) == 32


def test_the_migrations_give_the_tables_that_the_rows_describe(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_sqlite_tables_are_strict_and_in_wal(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as connection:
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'posting'")).scalar_one()
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    database.close()

    assert (made.rstrip().endswith("STRICT"), mode) == (True, "wal")


def test_a_database_of_another_version_is_refused_with_the_command(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    open_database(url).close()
    database = connect(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(StoreError, match="newer firstrung"):
        open_database(url)


def test_saving_in_batches_counts_rows(database: Database) -> None:
    with database.write() as connection:
        postings.save(connection, [crawled(f"k{number}") for number in range(1200)], now=NOON)
        assert connection.execute(select(func.count()).select_from(PayloadRow)).scalar_one() == 1200
        assert connection.execute(select(func.count()).select_from(RunRow)).scalar_one() == 0


def test_a_source_s_payloads_become_small_and_stay_whole(database: Database) -> None:
    chrome = (
        "Our nine hospitals have cared for four counties since the railway came; benefits begin on the first of the month. "
        * 8
    )

    def one(number: int) -> Crawled:
        said = {
            "id": number,
            "title": f"Clerk {number}",
            "about": chrome,
            "text": " ".join(f"w{number * k % 997}" for k in range(60)),
        }
        return replace(crawled(f"k{number}"), payload=json.dumps(said).encode())

    with database.write() as connection:
        postings.save(connection, [one(number) for number in range(400)], now=NOON)
        plain = payloads.size(connection, "mercy")
        assert payloads.compact(connection, "mercy") == 400
        postings.save(connection, [one(number) for number in range(400, 800)], now=NOON)
        assert payloads.compact(connection, "mercy") == 0
        stored = {item.posting.id: payloads.load(connection, item.number) for item in postings.each(connection)}

    assert stored == {f"k{number}": ("json", one(number).payload) for number in range(800)}
    with database.read() as connection:
        assert payloads.size(connection, "mercy") / (2 * plain) <= 0.5


def test_a_dictionary_that_began_small_grows_with_its_source(database: Database) -> None:
    def one(number: int) -> Crawled:
        said = {"id": number, "text": " ".join(f"line {number * k % 89} of house {k * number % 7}" for k in range(90))}
        return replace(crawled(f"k{number}"), payload=json.dumps(said).encode())

    with database.write() as connection:
        postings.save(connection, [one(number) for number in range(2)], now=NOON)
        assert payloads.compact(connection, "mercy") == 0  # too few
        postings.save(connection, [one(2)], now=NOON)
        assert payloads.compact(connection, "mercy") == 3
        postings.save(connection, [one(number) for number in range(3, 200)], now=NOON)
        before = payloads.size(connection, "mercy")
        assert payloads.compact(connection, "mercy") == 200
        assert payloads.size(connection, "mercy") < before
        assert connection.execute(select(func.count()).select_from(DictionaryRow)).scalar_one() == 1
        stored = {item.posting.id: payloads.load(connection, item.number) for item in postings.each(connection)}

    assert stored == {f"k{number}": ("json", one(number).payload) for number in range(200)}


def _go_back(database: Database, version: str) -> None:
    """The schema as an earlier version of the program left it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, version)


def test_payloads_of_an_earlier_version_stay_whole(database: Database) -> None:
    bodies = {
        f"k{number}": f'{{"id":{number},"text":"{"the same house " * 20}{number * 7919}"}}'.encode()
        for number in range(60)
    }
    trained = zstandard.train_dictionary(2048, [*bodies.values()]).as_bytes()
    compress = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(trained)).compress
    with database.write() as connection:
        postings.save(connection, [replace(crawled(key), payload=body) for key, body in bodies.items()], now=NOON)
        connection.execute(insert(DictionaryRow).values(number=1, source="mercy", body=trained))
        for one in list(postings.each(connection)):
            small = {"dictionary": 1, "body": compress(bodies[one.posting.id])}
            connection.execute(update(PayloadRow).where(PayloadRow.posting == one.number).values(**small))
    _go_back(database, "0002")

    upgrade(database)

    with database.write() as connection:
        payloads.compact(connection, "mercy")
        stored = {item.posting.id: payloads.load(connection, item.number) for item in postings.each(connection)}
    assert stored == {key: ("json", body) for key, body in bodies.items()}
