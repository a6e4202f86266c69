"""The `eml` channel: each mail is a file in a folder, for trying out, for tests, and for people who send by other means.

A file appears under its Message-ID in one step (written beside, synced, renamed), so it is whole or not there.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from model.digest import Envelope
from model.errors import DeliveryError
from model.service import Mail


class Folder:
    """Mail as files in `path`."""

    def __init__(self, path: Path) -> None:
        """Keep the folder; it is made at the first mail."""
        self.path = path

    def _file(self, message_id: str) -> Path:
        return self.path / (re.sub(r"[^A-Za-z0-9._-]", "_", message_id.strip("<>").split("@")[0]) + ".eml")

    def send(self, envelope: Envelope) -> str:
        """Write the file; returns its name."""
        target = self._file(envelope.message_id)
        beside = target.with_suffix(".part")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(envelope.mime)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError as error:
            raise DeliveryError(f"{error.strerror or error}: {target}", permanent=False) from error
        return target.name

    def accepted(self, message_id: str) -> bool:
        """True when the file is there."""
        return self._file(message_id).exists()

    def close(self) -> None:
        """Nothing is held open."""


def open_channel(mail: Mail, environ: Mapping[str, str]) -> Folder:  # noqa: ARG001
    """The folder that `mail.folder` names, relative to where the program runs."""
    return Folder(Path(mail.folder))
