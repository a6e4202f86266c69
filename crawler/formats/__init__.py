"""The formats: one file a kind of board, found by looking into this folder.

A format's module holds `ABOUT` (what it declares, as data), `class Source(model.source.Source)` with its `kind` and its own fields,
`async def crawl(source, board)` and, where one host serves many employers, `nobody(source)`: the same source for an employer that
cannot exist. No format imports another.
"""

import importlib
import pkgutil
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field

from crawler.board import Board
from model import source as base

PAGE_ALONE = "_page"
"""Not a format of boards: fetches one page as it is, for `crawler/detecting.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a format declares.

    `tier`: documented (the vendor publishes it for others to read), public (sitemaps, feeds, markup, pages), undocumented (the
    anonymous interface of the board's own page) or keyed (documented, with the operator's own key).
    `gap`: seconds between two requests to one vendor host. `completeness`: how one knows that all postings were seen;
    `knows_all` False: a feed of the latest, whose crawl is never complete. `gone`: how the board says that a posting is gone.
    `identity`: what identifies a posting. `addresses`: regular expressions for a board's address in links. `markers`: words that
    only this vendor's pages hold, for boards on an employer's own domain. `ignored`: payload fields that we know and do not use,
    with their path.
    """

    title: str
    tier: Literal["documented", "public", "undocumented", "keyed"]
    terms: str
    gap: float
    completeness: str
    gone: str
    identity: str
    addresses: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    knows_all: bool = True
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format, loaded."""

    kind: str
    about: About
    source_type: type[base.Source]
    crawl: Callable[[Any, Board], Coroutine[Any, Any, None]]
    nobody: Callable[[Any], base.Source] | None = None


def kinds() -> tuple[str, ...]:
    """The kinds there are, sorted: one for each file of this folder."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def load(kind: str) -> Format:
    """The format of that kind. Raises KeyError, naming the known kinds, if there is none."""
    if kind not in (*kinds(), PAGE_ALONE):
        raise KeyError(f"unknown kind {kind!r} (known: {', '.join(kinds())})")
    module = importlib.import_module("crawler.single_page" if kind == PAGE_ALONE else f"{__name__}.{kind}")
    return Format(
        kind=kind,
        about=module.ABOUT,
        source_type=module.Source,
        crawl=module.crawl,
        nobody=getattr(module, "nobody", None),
    )


def source_type() -> Any:
    """The YAML type of a source: the union of all formats' sources, told apart by `kind`."""
    return Annotated[reduce(or_, (load(kind).source_type for kind in kinds())), Field(discriminator="kind")]
