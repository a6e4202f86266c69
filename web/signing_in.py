"""Signing in without a password: a link that works once, or six digits typed where one asked. Both are in the same mail."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Cookie, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from digest.desk import Addressee
from digest.notes import note
from store import deliveries, entries, people
from store.deliveries import Terms
from web import forms
from web.desk import FrontDesk, desk_of, network_of

router = APIRouter()
Desk = Annotated[FrontDesk, Depends(desk_of)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LASTS, SESSION_LASTS = timedelta(minutes=15), timedelta(days=30)
COOKIES = ("__Host-firstrung", "firstrung")


async def form_of(request: Request) -> FormData:
    """The fields of a posted form."""
    return await request.form(max_files=0, max_fields=20)


Form = Annotated[FormData, Depends(form_of)]


def queue_way_in(desk: FrontDesk, member: people.Member, typed_at: str | None = None) -> None:
    """Queue the mail with a link and digits; `typed_at`: the secret of the page on which the digits may be typed."""
    now, link = desk.now(), secrets.token_urlsafe(24)
    digits = f"{secrets.randbelow(1_000_000):06d}"
    language = member.profile.digest.language if member.profile else "en"
    to = Addressee(member.key, member.address or "", f"login:{now:%Y-%m-%dT%H:%M:%S}.{secrets.token_hex(4)}", language)
    base = desk.room.desk.links.base
    message = note("login", to, desk.room.desk, now=now, url=f"{base}/login/{link}", code=digits if typed_at else "")
    with desk.house.database.write() as connection:
        entries.begin(connection, "login", link, member.key, now=now, lasts=LASTS)
        if typed_at:
            code = entries.mark_of(typed_at + digits)
            entries.begin(connection, "code", typed_at, member.key, now=now, lasts=LASTS, code=code)
        terms = Terms(kind="login", expires_at=now + LASTS)
        deliveries.queue(connection, person=member.key, issue=to.issue, message=message, shown=(), now=now, terms=terms)


@router.get("/login")
def login_page(request: Request, desk: Desk) -> HTMLResponse:
    """Where one asks for a way in."""
    return desk.page(
        request, "login.html", desk.words(request), form_token=desk.form_token("login"), asked="", fault=""
    )


@router.post("/login")
def login(request: Request, desk: Desk, form: Form, later: BackgroundTasks) -> HTMLResponse:
    """Ask for a way in. The answer is the same whoever asks."""
    if not desk.from_our_form(str(form.get("form_token", "")), "login"):
        raise HTTPException(403)
    if desk.limited(f"login {network_of(request)}", 30, HOUR):
        raise HTTPException(429, headers={"Retry-After": "3600"})
    typed_at = secrets.token_urlsafe(18)
    address = forms.address_of(str(form.get("email", "")))
    words = desk.words(request)
    if address is None:
        fault = forms.SAYS["email"]
        return desk.page(
            request, "login.html", words, status=422, form_token=desk.form_token("login"), asked="", fault=fault
        )
    mark = people.address_mark(desk.room.secret, address)
    often = desk.limited(f"login {mark} hour", 5, HOUR) or desk.limited(f"login {mark} day", 10, DAY)
    with desk.house.database.read() as connection:
        member = people.by_address(connection, address)
    if member is not None and member.state != "pending" and not often and not desk.too_many_mails():
        queue_way_in(desk, member, typed_at)
        later.add_task(desk.send_waiting)
    return desk.page(request, "login.html", words, form_token=desk.form_token(typed_at), asked=typed_at, fault="")


@router.post("/code")
def code(request: Request, desk: Desk, form: Form) -> Response:
    """The six digits, typed on the page where one asked; five tries."""
    typed_at = str(form.get("asked", ""))
    if not desk.from_our_form(str(form.get("form_token", "")), typed_at):
        raise HTTPException(403)
    digits = "".join(str(form.get("digits", "")).split())
    with desk.house.database.write() as connection:
        entry = entries.use_code(connection, typed_at, typed_at + digits, now=desk.now())
    if entry is None:
        fault = forms.SAYS["digits"]
        words = desk.words(request)
        return desk.page(
            request, "login.html", words, status=422, form_token=desk.form_token(typed_at), asked=typed_at, fault=fault
        )
    return _let_in(desk, entry.person)


@router.get("/login/{token}")
def login_link(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """The page of the mail's link: a button. Nothing is used up by looking."""
    with desk.house.database.read() as connection:
        entry = entries.look(connection, "login", token[:100], now=desk.now())
    if entry is None:
        raise HTTPException(404)
    return desk.page(request, "enter.html", desk.words(request), token=token)


@router.post("/login/{token}")
def enter(desk: Desk, token: str) -> Response:
    """Use the link up and begin a session."""
    with desk.house.database.write() as connection:
        entry = entries.use(connection, "login", token[:100], now=desk.now())
    if entry is None:
        raise HTTPException(404)
    return _let_in(desk, entry.person)


def _let_in(desk: FrontDesk, person: str) -> Response:
    session = secrets.token_urlsafe(32)
    with desk.house.database.write() as connection:
        entries.begin(connection, "session", session, person, now=desk.now(), lasts=SESSION_LASTS)
    response = RedirectResponse("/me", status_code=303)
    response.set_cookie(
        COOKIES[0] if desk.secure else COOKIES[1], session, max_age=int(SESSION_LASTS.total_seconds()), httponly=True, samesite="lax",
        secure=desk.secure, path="/",
    )  # fmt: skip
    return response


def session_of(
    desk: Desk,
    guarded: Annotated[str | None, Cookie(alias=COOKIES[0])] = None,
    plain: Annotated[str | None, Cookie(alias=COOKIES[1])] = None,
) -> str | None:
    """The secret of the session that this request belongs to."""
    return guarded if desk.secure else plain


def signed_in(desk: Desk, session: Annotated[str | None, Depends(session_of)]) -> people.Member:
    """The person who is signed in. Raises HTTPException: to the sign-in page."""
    with desk.house.database.read() as connection:
        entry = entries.look(connection, "session", session[:100], now=desk.now()) if session else None
        member = people.get(connection, entry.person) if entry else None
    if member is None:
        raise HTTPException(303, headers={"Location": "/login"})
    return member
