"""The web program: routes, the headers that every answer carries, and plain pages for what goes wrong.

No GET or HEAD changes anything, whatever follows links in mails; no script, cookie before sign-in, or anything from elsewhere is used.
"""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from digest.desk import check_mail
from model.errors import ConfigError, Fault
from scheduler.mailing import Mailroom
from scheduler.steps import House
from web import joining, leaving, own_page, saying, signing_in
from web.desk import FrontDesk, desk_of
from web.watching import watching

log = logging.getLogger(__name__)
LARGEST_BODY = 64 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin",  # our address without its path and tokens: enough for browsers to name the form's site
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
Next = Callable[[Request], Awaitable[Response]]


def create_app(house: House) -> FastAPI:
    """The program for one service. Raises ConfigError when there are no mail rules or no working way out."""
    check_mail(house.mail)
    parts = urlsplit(house.mail.public_url or "")
    if not parts.hostname or parts.path not in ("", "/"):
        says = (
            "missing" if not parts.hostname else f"has a path ({parts.path}); the pages stand at the root of their host"
        )
        raise ConfigError(
            Fault("service.yaml: mail.public_url", says, "write the address at which people reach the pages")
        )
    app = FastAPI(title="firstrung", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = FrontDesk(house, Mailroom(house))
    app.middleware("http")(_guarded)
    for routes in (joining, signing_in, own_page, leaving, saying):
        app.include_router(routes.router)
    app.include_router(watching(lambda: house, figures=house.configuration.service.web.metrics))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(Exception, _broken)
    return app


async def _guarded(request: Request, call_next: Next) -> Response:
    """Refuse what is too large or comes from another site; put the headers on every answer."""
    length = request.headers.get("content-length", "0")
    if (
        not length.isdigit()
        or int(length) > LARGEST_BODY
        or "chunked" in request.headers.get("transfer-encoding", "").lower()
    ):
        response: Response = PlainTextResponse("too large\n", status_code=413)
    elif request.method == "POST" and _from_elsewhere(request):
        desk = desk_of(request)
        response = desk.page(request, "sorry.html", desk.words(request), status=403, kind="elsewhere")
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    if not request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    if desk_of(request).secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _from_elsewhere(request: Request) -> bool:
    """Whether the form stood on another site. One-click requests have no site, and act on their own token.

    Browsers say it by Sec-Fetch-Site, older ones by Origin or Referer. One that says nothing may use what has a token of its own, but
    not the ways in: whoever can sign in as themselves could make another's browser do so, and read what is written there afterwards.
    """
    path = request.url.path
    if path.startswith("/stop/"):
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    said = request.headers.get("origin") or request.headers.get("referer") or "null"
    if said == "null":
        return path == "/code" or path.startswith("/login/")
    public = desk_of(request).room.mail.public_url or ""
    return _origin(said) not in {_origin(f"{request.url.scheme}://{request.headers.get('host', '')}"), _origin(public)}


def _origin(address: str) -> str:
    """Scheme, host and port of an address, in small letters; a scheme's own port is left out."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "none"
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port not in (None, usual) else "")


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/static/"):
        return PlainTextResponse("not found\n", status_code=error.status_code)
    desk = desk_of(request)
    words = desk.words(request)
    kind = {404: "gone", 405: "gone", 403: "form", 429: "often"}.get(error.status_code, "wrong")
    response = desk.page(request, "sorry.html", words, status=error.status_code, kind=kind)
    response.headers.update(error.headers or {})
    return response


async def _broken(request: Request, error: Exception) -> Response:
    """A bug, or a database that is away: logged without the address of the page, which may hold a token."""
    log.error("a page broke", extra={"error": type(error).__name__}, exc_info=error)
    desk = desk_of(request)
    response = desk.page(request, "sorry.html", desk.words(request), status=500, kind="wrong")
    response.headers.update(HEADERS)
    return response
