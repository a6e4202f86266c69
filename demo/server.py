"""The county's boards, served: `with DemoBoard(today=…) as board:` or `python -m demo.server --port 8000`.

All of it hangs on one address, each path as the vendor has it: a source's `api` set to `board.url` leads there. The
configuration in `CONFIGURATION` is ready but for that: `{board}` in its `sources/*.yaml` is to become `board.url`.
"""

import argparse
import gzip
import hashlib
import json
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from demo import feeds, records, sites, vendors
from demo.records import Employer, Posting

CONFIGURATION = Path(__file__).parent / "config"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
GZIP = "application/gzip"
_GZIPPED_SITES = ("harvesthills", "sangamotrace")


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the request log; `at` is on the monotonic clock."""

    at: float
    method: str
    path: str
    status: int
    agent: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a path answers."""

    type: str
    body: bytes
    status: int = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the path's named parts, its query, and the host by which the board was reached."""

    parts: dict[str, str]
    query: dict[str, str]
    host: str

    def number(self, name: str, default: int) -> int:
        """A query value as a number; `default` when it is absent or is none."""
        value = self.query.get(name, "")
        return int(value) if value.isdecimal() else default


class DemoBoard:
    """A running board. `today` fixes every date; `postings` are those open now, by id."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, today: date, folder: Path = records.BOARD) -> None:
        self.today = today
        self.employers = records.employers(folder)
        self.postings = {posting.id: posting for posting in records.postings(folder)}
        self.closed: dict[str, Posting] = {}
        self.requests: list[Request] = []
        self._failures: dict[str, int] = {}
        self._revision = 0
        self._lock = threading.RLock()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo-board", daemon=True)

    @property
    def url(self) -> str:
        """Scheme, host and port: what goes into a source's `api`."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def close(self, posting_id: str) -> None:
        """The opening is filled: lists leave it out, its own page answers as gone."""
        with self._lock:
            self.closed[posting_id] = self.postings.pop(posting_id)
            self._revision += 1

    def add(self, posting: Posting) -> None:
        """One more opening."""
        with self._lock:
            self.postings[posting.id] = posting
            self._revision += 1

    def change(self, posting_id: str, **fields: Any) -> None:
        """The employer edits an opening: any fields of `Posting`."""
        self.add(replace(self.postings[posting_id], **fields))

    def fail(self, path_prefix: str, status: int) -> None:
        """From now on every path that begins so answers `status`; 200 lifts it."""
        with self._lock:
            self._failures[path_prefix] = status

    def source_id(self, posting_id: str) -> str:
        """The id under which the posting's board lists it: a number, a UUID, an address in RSS and Atom, else our own."""
        posting = self.postings.get(posting_id) or self.closed[posting_id]
        employer = self.employers[posting.employer]
        given = {
            "greenhouse": str(vendors.number(posting_id)),
            "lever": vendors.lever_id(posting_id),
            "rss": feeds.link(employer, posting),
            "atom": feeds.link(employer, posting),
        }
        return given.get(employer.format, posting_id)

    def answer(self, path: str, host: str) -> Reply:
        """The reply to a GET of `path` (with its query)."""
        parts = urlsplit(path)
        with self._lock:
            status = self._failing(parts.path)
            if status:
                return Reply(TEXT, HTTPStatus(status).phrase.encode(), status)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            for pattern, route in _ROUTES:
                found = pattern.fullmatch(parts.path)
                if found:
                    return route(self, Asked(found.groupdict(), query, host)) or _not_found()
        return _not_found()

    def changed_at(self) -> datetime:
        """When anything on the board changed last: a second later with each edit, from early on `today`."""
        return datetime.combine(self.today, datetime.min.time(), UTC) + timedelta(hours=5, seconds=self._revision)

    def log(self, request: Request) -> None:
        """Remember a request."""
        with self._lock:
            self.requests.append(request)

    def employer(self, kind: str, token: str) -> Employer | None:
        """The employer with that token on that kind of board."""
        return next((one for one in self.employers.values() if one.format == kind and one.token == token), None)

    def openings(self, *employers: Employer) -> list[Posting]:
        """The open postings of these employers, newest first."""
        keys = {employer.key for employer in employers}
        return sorted(
            (one for one in self.postings.values() if one.employer in keys), key=lambda one: (one.days_ago, one.id)
        )

    def _failing(self, path: str) -> int:
        hits = [prefix for prefix in self._failures if path.startswith(prefix)]
        status = self._failures[max(hits, key=len)] if hits else 200
        return 0 if status == 200 else status


def _not_found() -> Reply:
    return Reply(HTML, sites.page("Not found", "<h1>404</h1>"), 404)


def _home(board: DemoBoard, _: Asked) -> Reply:
    rows = "".join(
        f"<li>{one.name}: {len(board.openings(one))} openings ({one.format})</li>\n" for one in board.employers.values()
    )
    links = "".join(f'<li><a href="{path}">{path}</a></li>\n' for path in board_paths(board.employers.values()))
    body = f"<h1>Sandhill County's job boards</h1>\n<p>All made up.</p>\n<ul>\n{rows}</ul>\n<ul>\n{links}</ul>"
    return Reply(HTML, sites.page("Sandhill County's job boards", body))


def board_paths(employers: Iterable[Employer]) -> list[str]:
    """Where each employer's openings are listed, each path once."""
    forms = {
        "greenhouse": "/v1/boards/{}/jobs?content=true",
        "lever": "/v0/postings/{}?mode=json",
        "json_ld": "/sites/{}/",
        "rss": "/employment/jobs.rss",
        "atom": "/careers/jobs.atom",
        "json_feed": "/careers.json",
        "job_xml": "/feeds/{}/jobs.xml",
    }
    return list(dict.fromkeys(forms[one.format].format(one.token) for one in employers))


def _robots(_: DemoBoard, asked: Asked) -> Reply:
    return Reply(
        TEXT, f"User-agent: *\nDisallow: /private/\n\nSitemap: http://{asked.host}/sitemap_index.xml\n".encode()
    )


def _private(_: DemoBoard, __: Asked) -> Reply:
    return Reply(HTML, sites.page("Staff only", "<h1>Staff only</h1>"))


def _greenhouse_head(board: DemoBoard, asked: Asked) -> Reply | None:
    employer = board.employer("greenhouse", asked.parts["token"])
    return (
        Reply(JSON, json.dumps({"name": employer.name, "content": ""}).encode()) if employer else _greenhouse_missing()
    )


def _greenhouse_board(board: DemoBoard, asked: Asked) -> Reply:
    employer = board.employer("greenhouse", asked.parts["token"])
    if not employer:
        return _greenhouse_missing()
    content = asked.query.get("content") == "true"
    return Reply(JSON, vendors.greenhouse_board(employer, board.openings(employer), board.today, content=content))


def _greenhouse_job(board: DemoBoard, asked: Asked) -> Reply:
    employer = board.employer("greenhouse", asked.parts["token"])
    for posting in board.openings(employer) if employer else ():
        if employer and str(vendors.number(posting.id)) == asked.parts["id"]:
            return Reply(JSON, vendors.greenhouse_job(employer, posting, board.today))
    return _greenhouse_missing()


def _greenhouse_missing() -> Reply:
    return Reply(JSON, b'{"status":404,"error":"Job not found"}', 404)


def _lever_page(board: DemoBoard, asked: Asked) -> Reply:
    employer = board.employer("lever", asked.parts["site"])
    if not employer:
        return _lever_missing()
    first = asked.number("skip", 0)
    openings = board.openings(employer)[first : first + min(asked.number("limit", 100), 100)]
    return Reply(JSON, vendors.lever_page(employer, openings, board.today))


def _lever_posting(board: DemoBoard, asked: Asked) -> Reply:
    employer = board.employer("lever", asked.parts["site"])
    for posting in board.openings(employer) if employer else ():
        if employer and vendors.lever_id(posting.id) == asked.parts["id"]:
            return Reply(JSON, vendors.lever_posting(employer, posting, board.today))
    return _lever_missing()


def _lever_missing() -> Reply:
    return Reply(JSON, b'{"ok":false,"error":"Document not found"}', 404)


def _sitemap_index(board: DemoBoard, _: Asked) -> Reply:
    own = [one for one in board.employers.values() if one.format == "json_ld"]
    names = (f"{one.site}/sitemap.xml{'.gz' if one.token in _GZIPPED_SITES else ''}" for one in own)
    return Reply(XML, sites.sitemap_index(names, board.today))


def _sitemap(board: DemoBoard, asked: Asked) -> Reply | None:
    employer = board.employer("json_ld", asked.parts["site"])
    if not employer:
        return None
    filled = [one for one in board.closed.values() if one.employer == employer.key]
    body = sites.sitemap(employer, [*board.openings(employer), *filled], board.today)
    return Reply(GZIP, gzip.compress(body, mtime=0)) if asked.parts["packed"] else Reply(XML, body)


def _site(board: DemoBoard, asked: Asked) -> Reply | None:
    employer = board.employer("json_ld", asked.parts["site"])
    return Reply(HTML, sites.listing(employer, board.openings(employer))) if employer else None


def _site_text(board: DemoBoard, asked: Asked) -> Reply | None:
    employer = board.employer("json_ld", asked.parts["site"])
    write = sites.about if asked.parts["name"] == "about" else sites.benefits
    return Reply(HTML, write(employer)) if employer else None


def _site_posting(board: DemoBoard, asked: Asked) -> Reply | None:
    employer, name = board.employer("json_ld", asked.parts["site"]), asked.parts["id"]
    if not employer:
        return None
    posting = board.postings.get(name)
    if posting and posting.employer == employer.key:
        return Reply(HTML, sites.posting_page(employer, posting, board.today))
    status = 410 if name in board.closed else employer.gone.get(name)
    return Reply(HTML, sites.page("No longer available", sites.GONE), status) if status else None


def _plain_posting(board: DemoBoard, asked: Asked) -> Reply | None:
    posting = board.postings.get(asked.parts["id"])
    return Reply(HTML, sites.plain_page(board.employers[posting.employer], posting)) if posting else None


def _feed(kind: str, write: Callable[[Employer, list[Posting], date], bytes], mime: str) -> "Route":
    """A route to the feed of the only employer that publishes by `kind`."""

    def route(board: DemoBoard, _: Asked) -> Reply:
        employer = next(one for one in board.employers.values() if one.format == kind)
        return Reply(mime, write(employer, board.openings(employer), board.today))

    return route


def _job_xml(board: DemoBoard, asked: Asked) -> Reply | None:
    members = {
        one.key: one
        for one in board.employers.values()
        if one.format == "job_xml" and one.token == asked.parts["token"]
    }
    if not members:
        return None
    body = feeds.job_xml(members, board.openings(*members.values()), board.today)
    return Reply(GZIP, gzip.compress(body, mtime=0)) if asked.parts["packed"] else Reply(XML, body)


Route = Callable[[DemoBoard, Asked], Reply | None]

_ROUTES: tuple[tuple[re.Pattern[str], Route], ...] = tuple(
    (re.compile(pattern), route)
    for pattern, route in (
        (r"/", _home),
        (r"/robots\.txt", _robots),
        (r"/private/.*", _private),
        (r"/v1/boards/(?P<token>[^/]+)", _greenhouse_head),
        (r"/v1/boards/(?P<token>[^/]+)/jobs", _greenhouse_board),
        (r"/v1/boards/(?P<token>[^/]+)/jobs/(?P<id>[^/]+)", _greenhouse_job),
        (r"/v0/postings/(?P<site>[^/]+)", _lever_page),
        (r"/v0/postings/(?P<site>[^/]+)/(?P<id>[^/]+)", _lever_posting),
        (r"/sitemap_index\.xml", _sitemap_index),
        (r"/sites/(?P<site>[^/]+)/sitemap\.xml(?P<packed>\.gz)?", _sitemap),
        (r"/sites/(?P<site>[^/]+)/?", _site),
        (r"/sites/(?P<site>[^/]+)/(?P<name>about|benefits)", _site_text),
        (r"/sites/(?P<site>[^/]+)/jobs/(?P<id>[^/]+)", _site_posting),
        (r"/employment/jobs\.rss", _feed("rss", feeds.rss, "application/rss+xml; charset=utf-8")),
        (r"/careers/jobs\.atom", _feed("atom", feeds.atom, "application/atom+xml; charset=utf-8")),
        (r"/careers\.json", _feed("json_feed", feeds.json_feed, "application/feed+json; charset=utf-8")),
        (r"/feeds/(?P<token>[^/]+)/jobs\.xml(?P<packed>\.gz)?", _job_xml),
        (r"/(?:employment/|careers/)?jobs/(?P<id>[^/]+)", _plain_posting),
    )
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], board: DemoBoard) -> None:
        super().__init__(address, _Answering)
        self.board = board

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An asker who hangs up in the middle is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Answering(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SandhillBoards/1"
    timeout = 30
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # the base class looks for this name
        """Answer a GET."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:  # and for this
        """Answer a HEAD: the same without a body."""
        self._send(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
        """Nothing on standard error: the board keeps its own log."""

    def _send(self, *, with_body: bool) -> None:
        board = self.server.board
        reply = board.answer(self.path, self.headers.get("Host", ""))
        changed, tag = board.changed_at(), f'"{hashlib.sha256(reply.body).hexdigest()[:20]}"'
        fresh = reply.status == 200 and self._has(tag, changed)
        status = 304 if fresh else reply.status
        board.log(Request(time.monotonic(), self.command, self.path, status, self.headers.get("User-Agent", "")))
        self.send_response(status)
        if reply.status == 200:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", format_datetime(changed, usegmt=True))
        self.send_header("Content-Type", reply.type)
        if not fresh:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if with_body and not fresh:
            self.wfile.write(reply.body)

    def _has(self, tag: str, changed: datetime) -> bool:
        """Whether the asker has this very state already: the ETag decides where one is sent, else the date."""
        known = self.headers.get("If-None-Match")
        if known:
            return known.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in known.split(","))
        since = self.headers.get("If-Modified-Since")
        try:
            return bool(since) and parsedate_to_datetime(since or "") >= changed
        except (TypeError, ValueError):
            return False


def main() -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(description="Serve Sandhill County's made-up job boards on this machine.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000)
    options.add_argument(
        "--today", type=date.fromisoformat, help="the day from which dates are counted (default: today)"
    )
    chosen = options.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    today = chosen.today or date.today()  # noqa: DTZ011, TID251 - a program's own entrance may look at the clock
    with DemoBoard(chosen.host, chosen.port, today=today) as board:
        print(f"Sandhill County's boards: {board.url} ({len(board.postings)} postings)", flush=True)  # noqa: T201
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
