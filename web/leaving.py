"""The way out, by the links in a mail: stop at once, or pause, or start again. The link shows no profile: forwarded mails leak.

POST /stop/… is RFC 8058's one click: no cookie, no form token, no redirect, and done a second time it does nothing more.
"""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from digest.words import Words
from store import deliveries, people
from store.people import Member
from web.desk import FrontDesk
from web.joining import Desk, Form, member_of

router = APIRouter()
PAUSES = (1, 2, 4, 8, 12)
TOLD = {"pause": "Paused. The mails begin again by themselves.", "resume": "You get mails again."}


def _mark(desk: FrontDesk, member: Member) -> str:
    """The hash of the member's address: their own, or that of their profile in YAML."""
    in_yaml = desk.house.configuration.profiles.get(member.key)
    address = member.address or (in_yaml.email if in_yaml else "")
    if address:
        return people.address_mark(desk.room.secret, address)
    with (
        desk.house.database.read() as connection
    ):  # a profile that was renamed or taken away: the mail went somewhere all the same
        return deliveries.newest_mark(connection, member.key)


def words_of(request: Request, desk: FrontDesk, member: Member) -> Words:
    """The member's language."""
    profile = member.profile or desk.house.configuration.profiles.get(member.key)
    return desk.words(request, profile.digest.language if profile else None)


@router.get("/stop/{token}")
def stop_page(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """A button. Whatever only looks at this page changes nothing."""
    member = member_of(desk, "stop", token)
    if member is None:
        raise HTTPException(404)
    return desk.page(
        request,
        "stop.html",
        words_of(request, desk, member),
        token=token,
        done=False,
        settings_url=_settings(desk, member),
    )


@router.post("/stop/{token}")
def stop(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """No more digests, from now on."""
    member = member_of(desk, "stop", token)
    if member is None:
        raise HTTPException(404)
    with desk.house.database.write() as connection:
        people.stop(connection, member.key, address_mark=_mark(desk, member), why="unsubscribed", now=desk.now())
    return desk.page(
        request,
        "stop.html",
        words_of(request, desk, member),
        token=token,
        done=True,
        settings_url=_settings(desk, member),
    )


def _settings(desk: FrontDesk, member: Member) -> str:
    return f"/settings/{desk.room.desk.links.token('settings', member.handle)}"


@router.get("/settings/{token}")
def settings_page(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """Pause, start again, stop; and the way to the profile."""
    member = member_of(desk, "settings", token)
    if member is None:
        raise HTTPException(404)
    return _settings_page(request, desk, member, token=token)


def _settings_page(request: Request, desk: FrontDesk, member: Member, *, token: str, told: str = "") -> HTMLResponse:
    stop_url = f"/stop/{desk.room.desk.links.token('stop', member.handle)}"
    return desk.page(
        request, "settings.html", words_of(request, desk, member), token=token, state=member.state, told=told, stop_url=stop_url,
        paused_until=member.paused_until.date() if member.paused_until and member.paused(desk.now()) else None, pauses=PAUSES,
        form_token=desk.form_token(token), joined_here=member.address is not None,
    )  # fmt: skip


@router.post("/settings/{token}")
def change_settings(request: Request, desk: Desk, token: str, form: Form) -> HTMLResponse:
    """Pause for some weeks, end a pause, or start again after a stop."""
    member = member_of(desk, "settings", token)
    if member is None:
        raise HTTPException(404)
    if not desk.from_our_form(str(form.get("form_token", "")), token):
        raise HTTPException(403)
    weeks, action = str(form.get("weeks", "")), str(form.get("action", ""))
    told = ""
    with desk.house.database.write() as connection:
        if action == "pause" and weeks in map(str, PAUSES):
            people.pause(connection, member.key, desk.now() + timedelta(weeks=int(weeks)))
            deliveries.clear_out(connection, now=desk.now())
            told = TOLD["pause"]
        elif action == "resume" and member.state != "pending":
            people.resume(connection, member.key, address_mark=_mark(desk, member))
            told = TOLD["resume"]
        after = people.get(connection, member.key)
    return _settings_page(request, desk, after or member, token=token, told=told)
