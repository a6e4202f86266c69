"""The way in: say what you look for, get one mail, confirm on its page. The answer never tells whether an address is known."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from digest.desk import Addressee
from digest.notes import note
from digest.words import LANGUAGES
from model.profile import Profile
from store import deliveries, people
from store.deliveries import Terms
from web import forms, signing_in
from web.desk import FrontDesk, desk_of, network_of

router = APIRouter()
Desk = Annotated[FrontDesk, Depends(desk_of)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FORM_VERSION = "2026-11"
TICKED = ("workplace", "employment_type", "prefer")


async def form_of(request: Request) -> FormData:
    """The fields of a posted form; at most a hundred, no files."""
    try:
        return await request.form(max_files=0, max_fields=100)
    except HTTPException:
        raise HTTPException(400) from None


Form = Annotated[FormData, Depends(form_of)]


def ticked(form: FormData) -> dict[str, list[str]]:
    """The fields that may be ticked more than once."""
    return {name: [str(value) for value in form.getlist(name)] for name in TICKED}


@router.get("/")
def welcome(request: Request, desk: Desk) -> HTMLResponse:
    """What this is, and the form."""
    return _form(request, desk, values=forms.shown(None), faults={}, status=200)


def _form(
    request: Request, desk: FrontDesk, *, values: dict[str, object], faults: dict[str, str], status: int
) -> HTMLResponse:
    taxonomy = desk.house.configuration.taxonomy
    service = desk.house.configuration.service
    return desk.page(
        request, "join.html", desk.words(request), status=status, form_token=desk.form_token("join"), values=values, faults=faults,
        choices=forms.choices(taxonomy), zone=service.zone, is_open=service.web.open_to_all,
    )  # fmt: skip


@router.post("/join")
def join(request: Request, desk: Desk, form: Form, later: BackgroundTasks) -> HTMLResponse:
    """Take the form, queue the mail that asks for a yes."""
    if not desk.from_our_form(str(form.get("form_token", "")), "join"):
        raise HTTPException(403)
    if not desk.house.configuration.service.web.open_to_all:
        raise HTTPException(404)
    if desk.limited(f"join {network_of(request)}", 30, HOUR):
        raise HTTPException(429, headers={"Retry-After": "3600"})
    address = forms.address_of(str(form.get("email", "")))
    words = desk.words(request)
    plain = {key: value for key, value in form.items() if isinstance(value, str)}
    language = words.language if words.language in LANGUAGES else "en"
    filled = forms.read_form(
        {"digest_language": language, **plain},
        ticked(form),
        email=address or "",
        taxonomy=desk.house.configuration.taxonomy,
    )
    if form.get("yes") != "1":
        filled.faults["yes"] = forms.SAYS["yes"]
    if filled.profile is None or filled.faults:
        return _form(
            request, desk, values={**forms.shown(None), **plain, **ticked(form)}, faults=filled.faults, status=422
        )
    if _ask(request, desk, filled.profile):
        later.add_task(desk.send_waiting)
    return desk.page(request, "asked.html", words)


def _ask(request: Request, desk: FrontDesk, profile: Profile) -> bool:
    """Queue the right mail: a question for a new address, a way in for one that is known. At most one an hour and three a day.

    An address that stopped, was deleted or came back: once in 30 days, as the pages promise. False when that was too often: then
    nothing is queued, and nothing is kept.
    """
    address, now = profile.email.lower(), desk.now()
    mark = people.address_mark(desk.room.secret, address)
    if desk.limited(f"mail {mark} hour", 1, HOUR) or desk.limited(f"mail {mark} day", 3, DAY):
        return False
    if desk.too_many_mails():
        return False
    with desk.house.database.write() as connection:
        if not people.may_ask(connection, mark, now=now):
            return False
        known = people.by_address(connection, address)
    if known is not None and known.state != "pending":
        signing_in.queue_way_in(desk, known)
        return True
    key = known.key if known else f"w-{secrets.token_hex(10)}"
    to = Addressee(key, address, f"confirm:{now:%Y-%m-%dT%H}", profile.digest.language)
    handle = desk.room.desk.handle(to)
    url = desk.room.desk.links.url("confirm", handle)
    message = note("confirm", to, desk.room.desk, now=now, url=url)
    consent = {
        "form": FORM_VERSION,
        "network": network_of(request),
        "at": now.isoformat(),
        "language": profile.digest.language,
    }
    with desk.house.database.write() as connection:
        people.join(connection, key=key, handle=handle, profile=profile, consent=consent, now=now)
        terms = Terms(kind="confirm", expires_at=now + DAY)
        deliveries.queue(connection, person=key, issue=to.issue, message=message, shown=(), now=now, terms=terms)
    return True


@router.get("/confirm/{token}")
def confirm_page(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """The page of the mail's link: a button, and nothing else happens here."""
    member = member_of(desk, "confirm", token)
    if member is None or (member.state == "stopped"):
        raise HTTPException(404)
    words = desk.words(request, member.profile.digest.language if member.profile else None)
    return desk.page(request, "confirm.html", words, token=token, done=member.state == "active")


@router.post("/confirm/{token}")
def confirm(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """The yes. The link's own token is what lets this act: it reached the address by mail."""
    member = member_of(desk, "confirm", token)
    if member is None or member.address is None or member.state == "stopped":
        raise HTTPException(404)
    mark = people.address_mark(desk.room.secret, member.address)
    with desk.house.database.write() as connection:
        people.confirm(connection, member.key, address_mark=mark, now=desk.now())
    words = desk.words(request, member.profile.digest.language if member.profile else None)
    return desk.page(request, "confirm.html", words, token=token, done=True)


def member_of(desk: FrontDesk, purpose: str, token: str) -> people.Member | None:
    """The person of a link made for that purpose; None for any other text."""
    found = desk.room.desk.links.read(purpose, token)  # type: ignore[arg-type]
    if found is None:
        return None
    with desk.house.database.read() as connection:
        return people.by_handle(connection, found[0])


@router.get("/privacy")
def privacy(request: Request, desk: Desk) -> HTMLResponse:
    """What is kept, for how long, and how it is deleted."""
    return desk.page(request, "privacy.html", desk.words(request))


@router.get("/robots.txt", include_in_schema=False)
def robots() -> HTMLResponse:
    """Nothing here is for search engines."""
    return HTMLResponse("User-agent: *\nDisallow: /\n", media_type="text/plain")
