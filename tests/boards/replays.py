"""Captured payloads of real boards, under the addresses where the boards serve them, with counts and fields taken by hand.

The payloads lie outside this repository (`../shared/wire`); `replays.json` holds only where they belong and what a person read in them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Replay:
    """One board. `files`: address -> file. `listed`, `read`: postings counted by hand. `first`: fields of the first one, read by hand."""

    kind: str
    url: str
    files: Mapping[str, str]
    listed: int
    read: int
    advertised: int | None = None
    complete: bool | None = True
    failure: str | None = None
    first: Mapping[str, Any] = field(default_factory=dict)


REPLAYS: Mapping[str, Replay] = {
    name: Replay(**fields)
    for name, fields in json.loads(Path(__file__).with_name("replays.json").read_text(encoding="utf-8")).items()
}
