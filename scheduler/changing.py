"""What changed on openings that a person was sent before, each change told once."""

import json
from collections.abc import Mapping
from typing import Any

from model.digest import Change
from model.posting import Pay
from scheduler.openings import Openings
from store import postings
from store.database import Database

MOST = 8
Told = Mapping[str, Any]


def changed_since(
    before: Mapping[int, Told], openings: Openings, database: Database
) -> tuple[tuple[Change, ...], dict[int, Any]]:
    """Of openings by number with what was last told of them: what changed, and what is told of them from now on; eight at most."""
    gone = [number for number in before if openings.told(number) is None]
    with database.read() as connection:
        unread = postings.still_open(connection, gone) if gone else set()
    by_key = openings.by_key() if gone else {}
    changes: list[Change] = []
    anew: dict[int, Any] = {}
    for number, told in before.items():
        if number not in unread and len(changes) < MOST and (found := _changed(openings, number, told, by_key)):
            change, anew[number] = found
            if change is not None:
                changes.append(change)
    return tuple(changes), anew


def _changed(
    openings: Openings, number: int, told: Told, by_key: Mapping[str, int]
) -> tuple[Change | None, dict[str, Any]] | None:
    now = openings.told(number)
    face = {"number": number, "title": told["title"], "employer": told["employer"], "url": told["url"]}
    if now is None:
        again = by_key.get(told["key"])
        if again is not None:
            if told.get("again") == again:
                return None
            fresh = openings.told(again)
            link = fresh.url if fresh else told["url"]
            return Change(kind="posted_again", **{**face, "url": link}), {**told, "open": True, "again": again}
        return (Change(kind="closed", **{**face, "url": ""}), {**told, "open": False}) if told["open"] else None
    face["url"] = now.url
    if not told["open"]:
        return Change(kind="open_again", **face), now.facts()
    if now.key == told["key"] and now.pay == told["pay"]:
        return None  # the same text: a new matcher may read it anew, but the employer changed nothing
    if now.pay != told["pay"]:
        return Change(kind="pay", was=_pay(told["pay"]), now=_pay(now.pay), **face), now.facts()
    return (Change(kind="asks", **face) if now.asks != told["asks"] else None), now.facts()


def _pay(text: str) -> Pay | None:
    if not text:
        return None
    low, high, period, currency = json.loads(text)
    return Pay(min=low, max=high, period=period, currency=currency)
