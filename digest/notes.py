"""The short mails beside the digest: confirm that you want it, sign in, and "still watching" when a month brought nothing new."""

from datetime import datetime
from typing import Literal

from digest.desk import Addressee, Desk
from digest.rendering import template
from digest.words import words_in
from model.digest import Message

Kind = Literal["confirm", "login", "watching"]
TITLES = {
    "confirm": "Please confirm that you want these mails",
    "login": "Your way in",
    "watching": "Still watching for you",
}
LINES = {
    "confirm": (
        "Somebody, most likely you, asked {sender} to send openings to this address.",
        "Nothing is sent before you confirm.",
    ),
    "login": (
        "You asked for a link to your page. It works once, for 15 minutes.",
        "Or type these digits on the page where you asked:",
    ),
    "watching": (
        "We read {all} openings and found nothing new for you since the last mail.",
        "You need not do anything. A wider radius or another kind of workplace may bring more.",
    ),
}
LABELS = {"confirm": "Confirm on this page", "login": "Open my page", "watching": "Change what you look for"}
AFTER = {
    "confirm": "If it was not you, do nothing: without your yes the address is deleted after 7 days.",
    "login": "If you did not ask, do nothing: nobody gets in without this mail.",
    "watching": "You get this once a month at most, because you asked {sender} for it.",
}


def note(
    kind: Kind, to: Addressee, desk: Desk, *, now: datetime, url: str = "", code: str = "", openings: int = 0
) -> Message:
    """One short mail. `url`: the page that its button opens (a GET that acts on nothing); `code`: digits to type."""
    words = words_in(to.language)
    listed = kind == "watching"
    links, handle = desk.links, desk.handle(to)
    facts = {"sender": desk.mail.sender_name, "all": openings}
    title = words.say(TITLES[kind])
    values = {
        "title": title,
        "lines": [words.say(line, **facts) for line in LINES[kind]],
        "code": code,
        "url": url,
        "label": words.say(LABELS[kind]),
        "after": [words.say(AFTER[kind], **facts)],
        "stop_url": links.url("stop", handle) if listed else "",
        "settings_url": links.url("settings", handle),
        "mail": desk.mail,
        "language": words.language,
        "say": words.say,
    }
    text = template("note.txt").render(values).strip() + "\n"
    return desk.seal((title, text, template("note.html").render(values)), to, now=now, listed=listed)
