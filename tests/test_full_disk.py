"""A disk that is really full: a file system of a few megabytes, in a mount namespace of its own, with a ballast file that fills it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demo.server import DemoBoard
from store.database import open_database
from tests.conftest import ROOT, lacking
from tests.samples import NOON
from tests.services import environment, write_service

BOARDS, PEOPLE, EVERYTHING = 4, 40, 34
ALWAYS = ("room", "done", "failed", "sound", "files")

LIVED = """
import json, logging, os, sqlite3, subprocess, sys
from contextlib import closing
from pathlib import Path
from model.errors import StoreError
from scheduler import due
from scheduler.bench import Bench
from store import deliveries, postings, work
from tests.fakes import ByHand
from tests.samples import NOON
from tests.services import COMMAND, opened

disk, said = Path(sys.argv[1]), []
clock = ByHand(NOON)

class Heard(logging.Handler):
    def emit(self, record):
        said.append(f"{record.getMessage()}: {getattr(record, 'reason', '')}")

logging.getLogger().addHandler(Heard())

def leave(kilobytes):
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1024)) == 1024:
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - 1024 * kilobytes))

def whole():
    with closing(sqlite3.connect(disk / "a.db")) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return sound and not connection.execute("PRAGMA foreign_key_check").fetchall()

def kept():
    with house.database.read() as connection:
        begun = [one.key + " " + one.state for one in work.each(connection)]
        return {"postings": postings.count(connection)[0], "begun": begun, "mail": deliveries.states(connection)}

def pass_over(kinds):
    # until all is done or nothing more gets done: (pieces done, pieces failed) with so much room
    done, failed = 0, 0
    while True:
        clock.move(minutes=1)  # a piece that failed waits a little
        results = [bench.do(piece) for piece in due.pieces(house) if piece.kind in kinds]
        done, failed = done + results.count("done"), failed + results.count("failed")
        if "done" not in results:
            return done, failed, kept()

def sweep(kinds, step):
    told = []
    for kilobytes in range(0, 12000, step):
        leave(kilobytes)
        step, failed = {"room": kilobytes}, 1
        try:
            step["done"], failed, step["kept"] = pass_over(kinds)
        except StoreError as error:
            step["says"] = str(error)
        (disk / "ballast").unlink()
        told.append(step | {"failed": failed, "sound": whole(), "files": len(list(disk.glob("out/*.eml")))})
        if not failed:
            break
    return told

by_hand = []
leave(0)
for words in (["crawl"], ["status"], ["digest", "status"]):
    ended = subprocess.run([*COMMAND, "--config", str(disk), *words], capture_output=True, text=True, cwd=disk)
    by_hand.append([words, ended.returncode, ended.stderr + ended.stdout])
(disk / "ballast").unlink()
house = opened(disk, clock)
bench = Bench(house)
crawls = sweep(["crawl"], 120)
leave(12000)
pass_over(["read", "digest"])  # everybody is planned
clock.move(days=1)
mail = sweep(["digest", "send"], 150)
leave(12000)
clock.move(hours=6)  # mails for which a file could not be written wait longer and longer
*_, end = pass_over(["send"])
end["files"] = len(list(disk.glob("out/*.eml")))
print(json.dumps({"by_hand": by_hand, "crawls": crawls, "mail": mail, "end": end, "said": said}))
"""


def namespace(disk: Path, *words: str | Path) -> list[str | Path]:
    """The command that runs `words` where `disk` is a file system of its own; skips aloud where that cannot be had."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        lacking("a small file system of one's own needs Linux and util-linux' unshare")
    inside = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    mounts = 'mount -t tmpfs -o size=16m,nr_inodes=2k tmpfs "$0" && '
    if subprocess.run([*inside, mounts + "true", disk], check=False, capture_output=True).returncode:
        lacking("no right to mount a small file system in a namespace of one's own")
    return [*inside, mounts + 'cp -a "$1/." "$0" && shift && exec "$@"', disk, *words]


@pytest.mark.long
@pytest.mark.timeout(300)
def test_on_a_full_disk_nothing_is_half_written_and_all_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """With ever more room: what fails says why and leaves a sound store; what follows goes on where that stood; nothing comes twice."""
    disk, template = tmp_path / "disk", tmp_path / "template"
    disk.mkdir()
    boards = [DemoBoard(today=NOON.date()) for _ in range(BOARDS)]
    for board in boards:
        board.__enter__()
    write_service(template, f"sqlite:///{disk / 'a.db'}", [board.url for board in boards], people=PEOPLE)
    service = template / "service.yaml"
    service.write_text(service.read_text().replace(str(template), str(disk)))
    open_database(f"sqlite:///{template / 'a.db'}").close()
    command = namespace(disk, template, sys.executable, "-c", LIVED, disk)
    ended = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment())
    for board in boards:
        board.__exit__(None, None, None)
    assert ended.returncode == 0, ended.stderr[-3000:]
    told = json.loads(ended.stdout)
    steps = told["crawls"] + told["mail"]
    most = max(step["room"] for step in steps)
    print(f"{len(steps)} amounts of room, up to {most} kB; {len(told['said'])} lines of log")  # noqa: T201

    assert all(step["sound"] for step in steps)
    for words, code, said in told["by_hand"]:
        assert (code, "is the disk full?" in said, "Traceback" in said) == (3, True, False), (words, said)
    assert {one.rsplit(": ", 1)[1] for one in told["said"]} == {"database or disk is full"}
    for step in steps:
        assert set(step) == {*ALWAYS, "kept"} or "full" in step["says"], step
        sent = dict(step.get("kept", {}).get("mail", {}))
        assert sent.get("sent", 0) <= step["files"] <= sent.get("sent", 0) + sent.get("sending", 0) or "says" in step
    counts = [step["kept"]["postings"] for step in steps if "kept" in step]
    assert counts == sorted(counts), "what was kept once stays"
    assert counts[-1] == EVERYTHING
    assert len(told["crawls"]) >= 3 <= len(told["mail"]), "there was trouble to begin with"
    assert told["end"] == {"postings": EVERYTHING, "begun": [], "mail": {"sent": PEOPLE}, "files": PEOPLE}
