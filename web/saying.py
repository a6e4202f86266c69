"""What a person says of one opening, by the link beside it: not for me, I applied; and taking it back."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from store import people
from web.joining import Desk, Form
from web.leaving import words_of

router = APIRouter()


def _of(desk: Desk, token: str) -> tuple[people.Member, int]:
    found = desk.room.desk.links.read("said", token)
    if found is None or found[1] is None:
        raise HTTPException(404)
    with desk.house.database.read() as connection:
        member = people.by_handle(connection, found[0])
    if member is None:
        raise HTTPException(404)
    return member, found[1]


@router.get("/said/{token}")
def page(request: Request, desk: Desk, token: str) -> HTMLResponse:
    """The choices for this opening, and what was said before."""
    member, number = _of(desk, token)
    return _page(request, desk, member, number=number, token=token)


def _page(request: Request, desk: Desk, member: people.Member, *, number: int, token: str) -> HTMLResponse:
    with desk.house.database.read() as connection:
        said = people.said_by(connection, member.key).get(number)
        told = people.last_told(connection, member.key).get(number, {})
    return desk.page(
        request, "said.html", words_of(request, desk, member), token=token, said=said, title=told.get("title", ""),
        employer=told.get("employer", ""), form_token=desk.form_token(token),
    )  # fmt: skip


@router.post("/said/{token}")
def say(request: Request, desk: Desk, token: str, form: Form) -> HTMLResponse:
    """Note it, or take it back."""
    member, number = _of(desk, token)
    if not desk.from_our_form(str(form.get("form_token", "")), token):
        raise HTTPException(403)
    says = str(form.get("says", ""))
    with desk.house.database.write() as connection:
        if says == "undo":
            people.unsay(connection, member.key, number)
        elif says in ("not_for_me", "applied"):
            people.say(connection, member.key, number, says, now=desk.now())  # type: ignore[arg-type]
    return _page(request, desk, member, number=number, token=token)
