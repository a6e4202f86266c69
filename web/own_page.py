"""One's own page: the profile, the mails, everything that is kept as a file, and the way to delete it all. Only for who signed in."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from scheduler.issues import issue_at, wishes_key
from store import entries, people
from store.people import Member
from web import forms
from web.desk import FrontDesk
from web.joining import Desk, Form, ticked
from web.signing_in import COOKIES, session_of, signed_in

router = APIRouter(prefix="/me")
Me = Annotated[Member, Depends(signed_in)]
Session = Annotated[str, Depends(session_of)]


def _check(desk: FrontDesk, form: Form, session: str) -> None:
    if not desk.from_our_form(str(form.get("form_token", "")), entries.mark_of(session)):
        raise HTTPException(403)


@router.get("")
def show(request: Request, desk: Desk, me: Me, session: Session) -> HTMLResponse:
    """The profile as a form, with how many openings it gets now."""
    return _page(request, desk, me, session=session, saved=request.query_params.get("saved") == "1")


def _page(
    request: Request, desk: FrontDesk, me: Member, *, session: str, saved: bool = False, values: dict[str, object] | None = None,
    faults: dict[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    configuration = desk.house.configuration
    words = desk.words(request, me.profile.digest.language if me.profile else None)
    return desk.page(
        request, "me.html", words, status=422 if faults else 200, me=me, values=values or forms.shown(me.profile), faults=faults or {},
        saved=saved, form_token=desk.form_token(entries.mark_of(session)), choices=forms.choices(configuration.taxonomy),
        zone=configuration.service.zone, count=_count(desk, me), paused=me.paused(desk.now()),
        settings_url=f"/settings/{desk.room.desk.links.token('settings', me.handle)}",
    )  # fmt: skip


def _count(desk: FrontDesk, me: Member) -> int:
    """How many open postings this person qualifies for now, wishes counted."""
    if me.profile is None:
        return 0
    now = desk.now()
    with desk.lock:
        desk.room.openings.refresh()
        return desk.room.openings.count(me.profile, today=issue_at(me.profile.digest, now).local_date)


@router.post("")
def save(request: Request, desk: Desk, me: Me, form: Form, session: Session) -> Response:
    """Put the new facts and wishes in place."""
    _check(desk, form, session)
    plain = {key: value for key, value in form.items() if isinstance(value, str)}
    filled = forms.read_form(plain, ticked(form), email=me.address or "", taxonomy=desk.house.configuration.taxonomy)
    if filled.profile is None:
        return _page(
            request,
            desk,
            me,
            session=session,
            values={**forms.shown(me.profile), **plain, **ticked(form)},
            faults=filled.faults,
        )
    with desk.house.database.write() as connection:
        people.change(connection, me.key, filled.profile)
    if me.profile is None or wishes_key(me.profile.digest) != wishes_key(filled.profile.digest):
        desk.room.plan([(me.key, filled.profile)], after=desk.now())
    return RedirectResponse("/me?saved=1", status_code=303)


@router.get("/data.json")
def data(desk: Desk, me: Me) -> Response:
    """Everything that is kept about the person, as a file."""
    with desk.house.database.read() as connection:
        kept = people.export(connection, me.key)
    body = json.dumps(kept, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="firstrung-data.json"'}
    return Response(body, media_type="application/json", headers=headers)


@router.get("/delete")
def delete_page(request: Request, desk: Desk, me: Me, session: Session) -> HTMLResponse:
    """Asks once more."""
    words = desk.words(request, me.profile.digest.language if me.profile else None)
    return desk.page(request, "delete.html", words, form_token=desk.form_token(entries.mark_of(session)), done=False)


@router.post("/delete")
def delete(request: Request, desk: Desk, me: Me, form: Form, session: Session) -> HTMLResponse:
    """Delete the person at once. A keyed hash of the address stays, so that no mail goes there again unasked."""
    _check(desk, form, session)
    words = desk.words(request, me.profile.digest.language if me.profile else None)
    mark = people.address_mark(desk.room.secret, me.address or "")
    with desk.house.database.write() as connection:
        people.forget(connection, me.key, address_mark=mark, now=desk.now())
    response = desk.page(request, "delete.html", words, form_token="", done=True)
    for name in COOKIES:
        response.delete_cookie(name, path="/", secure=name.startswith("__"), httponly=True, samesite="lax")
    return response


@router.post("/logout")
def logout(desk: Desk, me: Me, form: Form, session: Session) -> Response:
    """End every session of this person."""
    _check(desk, form, session)
    with desk.house.database.write() as connection:
        entries.end_all(connection, me.key)
    return RedirectResponse("/login", status_code=303)
