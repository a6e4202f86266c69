"""Whole services for tests: a folder with boards and people, and its processes, on SQLite or PostgreSQL."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scheduler import configuration
from scheduler.steps import House
from store.database import connect
from tests.conftest import ROOT
from tests.fakes import ByHand

COMMAND = [sys.executable, "-m", "firstrung"]
GREENHOUSE = "https://boards.greenhouse.io/"


def write_service(folder: Path, database: str, boards: Sequence[str], *, people: int, **rules: str) -> None:
    """Each board's address gives one source; `people` have their digest due at once. `rules` are whole blocks of service.yaml."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "profiles").mkdir(exist_ok=True)
    blocks = {
        "database": database,
        "crawl": "{allow_private_hosts: ['127.0.0.1'], delay_seconds: 0}",
        "schedule": "{tick_seconds: 1, crawls_at_once: 2}",
        "mail": "{sender: d@example.org, postal_address: 1 Main St, unsubscribe_mail: stop@example.org, "
        f"folder: '{folder / 'out'}'}}",
    } | rules
    (folder / "service.yaml").write_text("".join(f"{name}: {block}\n" for name, block in blocks.items()))
    tokens = ("prairieregional", "lanternridge")
    entries = "".join(
        f"  - {{name: board-{number:03}, kind: greenhouse, url: '{GREENHOUSE}{tokens[number % 2]}', "
        f"employer: {('Prairie', 'Lantern Ridge')[number % 2]}, api: '{address}', every: 12h}}\n"
        for number, address in enumerate(boards)
    )
    (folder / "sources" / "a.yaml").write_text(f"sources:\n{entries}" if entries else "sources: []\n")
    for number in range(people):
        (folder / "profiles" / f"p{number:04}.yaml").write_text(
            f"email: p{number:04}@example.org\neducation: hs\ncredentials: []\nexperience: []\n"
            'digest: {cadence: daily, at: "07:00"}\n'
        )


def opened(folder: Path, clock: ByHand | None = None) -> House:
    """The service of a folder, its database open as it stands."""
    loaded = configuration.load(folder)
    return House(loaded, connect(loaded.service.database), clock or ByHand(), {})


def environment() -> dict[str, str]:
    """What our processes are started with: this checkout, and compiled modules kept (see `conftest.COMPILED`)."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


class Processes:
    """`firstrung` processes in groups of their own, all ended at the end of the `with`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """One process; its log goes to `log` in the folder."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*COMMAND, "--config", str(self.folder), *words],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=environment(),
            )
        self.running.append(process)
        return process

    def log(self) -> str:
        """What all of them have logged."""
        file = self.folder / "log"
        return file.read_text() if file.exists() else ""

    def end(self, process: "subprocess.Popen[bytes]", seconds: float = 30) -> int:
        """SIGTERM; the exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for(what: Callable[[], object], seconds: float = 60, every: float = 0.2) -> None:
    """Wait until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(every)
