"""Digest -> message: three templates (subject, text, HTML) in the reader's language, one frozen and signed mail.

The style sheet is written into the HTML template once, when it is loaded; blocks of the template are spelled as HTML comments so
that the inliner leaves them where they are. The text part is written for people, from the same cards.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, select_autoescape

from digest.cards import Card, card, clean, pay_words, web_link
from digest.desk import Addressee, Desk
from digest.words import Words, words_in
from matcher.taxonomy import Taxonomy
from model.digest import Change, Digest, Message

LARGEST_HTML = 80_000  # Gmail clips at about 102 KB and hides the way out with it
LARGEST_ENCODED = 95_000
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section as the templates see it."""

    kind: str
    title: str
    says: str
    cards: tuple[Card, ...]


def render(digest: Digest, to: Addressee, desk: Desk, taxonomy: Taxonomy, *, now: datetime) -> tuple[Digest, Message]:
    """The whole mail, and the digest as it fits: openings are left for later until mail programs do not clip it.

    The same arguments give the same bytes.
    """
    while True:
        parts = _parts(digest, to, desk, taxonomy)
        message = desk.seal(parts, to, now=now)
        fits = (
            len(message.html.encode()) <= LARGEST_HTML
            and len(message.mime) - len(message.text.encode()) <= LARGEST_ENCODED
        )
        if fits or len(digest.openings) <= 1:
            return digest, message
        digest = trimmed(digest, len(digest.openings) * 3 // 4)


def trimmed(digest: Digest, keep: int) -> Digest:
    """The digest with its first `keep` openings; the others are left for the next one."""
    sections, room = [], keep
    for section in digest.sections:
        if room > 0:
            sections.append(replace(section, openings=section.openings[:room]))
        room -= len(section.openings)
    return replace(
        digest, sections=tuple(sections), left_for_later=digest.left_for_later + max(0, len(digest.openings) - keep)
    )


TITLES = {
    "qualifies": ("Openings you qualify for", "What the posting asks for, you have."),
    "close": ("One step away", "One thing is missing. Each one says which, and how to mend it."),
    "first_doors": ("First doors", "Jobs beside coding and billing that you can get now and that lead there."),
}
CHANGES = {
    "closed": "Closed: it is no longer on the employer's board.",
    "open_again": "Open again.",
    "posted_again": "Posted again, with a new link.",
    "asks": "What it asks for has changed: look again.",
}


def _parts(digest: Digest, to: Addressee, desk: Desk, taxonomy: Taxonomy) -> tuple[str, str, str]:
    """Subject, text and HTML from the three templates."""
    words, links, handle = words_in(digest.language), desk.links, desk.handle(to)
    shown = []
    for section in digest.sections:
        title, says = TITLES[section.kind]
        cards = tuple(
            card(
                opening,
                taxonomy,
                today=digest.local_date,
                words=words,
                said_url=links.url("said", handle, opening.number),
            )
            for opening in section.openings
        )
        shown.append(Shown(kind=section.kind, title=words.say(title), says=words.say(says), cards=cards))
    marked = sum(one.verdict.flags.entry_level and one.verdict.flags.underserved for one in digest.openings)
    values: dict[str, Any] = {
        "digest": digest,
        "sections": shown,
        "changes": [
            (clean(one.title, 140), clean(one.employer, 140), web_link(one.url), _changed(one, words))
            for one in digest.changes
        ],
        "mail": desk.mail,
        "count": len(digest.openings),
        "marked": marked,
        "overlooked": any("overlooked" in opening.verdict.flags.basis[:1] for opening in digest.openings),
        "next_mail": words.day(digest.next_date, weekday=True),
        "counts": dict.fromkeys(TITLES, 0) | {section.kind: len(section.openings) for section in digest.sections},
        "settings_url": links.url("settings", handle),
        "stop_url": links.url("stop", handle),
        "say": words.say,
        "number_of": words.count,
        "language": words.language,
        "sep": " · ",
        "comma": ", ",
    }
    subject = " ".join(template("digest.subject.txt").render(values).split())
    text = template("digest.txt").render(values).strip() + "\n"
    return subject, text, template("digest.html").render(values)


def _changed(change: Change, words: Words) -> str:
    if change.kind != "pay":
        return words.say(CHANGES[change.kind])
    now, was = pay_words(change.now, words), pay_words(change.was, words)
    if not now:
        return words.say("The pay is no longer stated; it was {was}.", was=was)
    return (
        words.say("Pay is now {now}; it was {was}.", now=now, was=was)
        if was
        else words.say("Pay is now stated: {now}.", now=now)
    )


@cache
def template(name: str) -> Template:
    """A template, loaded once. HTML is escaped and spells its blocks as comments; a mail has its style written in."""
    source, is_html = (TEMPLATES / name).read_text(encoding="utf-8"), name.endswith(".html")
    if name in ("digest.html", "note.html"):
        source = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(source)
    environment = Environment(
        loader=BaseLoader(),
        autoescape=select_autoescape(default=is_html, default_for_string=is_html),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<!--%" if is_html else "{%",
        block_end_string="%-->" if is_html else "%}",
    )
    return environment.from_string(source)
