"""A small live server: paths to answers, a log of what was asked, and everything that a real board does wrong."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came in; `began` and `ended` are moments of the monotonic clock."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    target: str
    began: float = 0.0

    @property
    def json(self) -> Any:
        """The request's body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Answer:
    """What goes back. `pieces` instead of `body`: sent one by one, for drips and floods."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None


Handler = Callable[[Asked], "Answer | bytes | str | dict[str, Any] | list[Any] | None"]


class Server:
    """A running server: `url`, and `asked`, every request in the order of its arrival."""

    def __init__(self, handler: Handler) -> None:
        self.asked: list[Asked] = []
        self.spans: list[tuple[float, float]] = []
        self._handler = handler
        outer = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body in one packet

            def do_GET(self) -> None:
                outer.serve(self)

            do_POST = do_GET  # noqa: N815 - the standard library's name

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        began = time.monotonic()
        parts = urlsplit(request.path)
        length = int(request.headers.get("content-length") or 0)
        asked = Asked(
            method=request.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.rfile.read(length) if length else b"",
            target=request.path,
            began=began,
        )
        self.asked.append(asked)
        try:
            self._write(request, as_answer(self._handler(asked)))
        except (BrokenPipeError, ConnectionResetError):
            request.close_connection = True
        self.spans.append((began, time.monotonic()))

    def _write(self, request: BaseHTTPRequestHandler, answer: Answer) -> None:
        """Send the answer."""
        request.send_response(answer.status)
        names = {name.lower() for name in answer.headers}
        for name, value in answer.headers.items():
            request.send_header(name, value)
        if answer.pieces is not None:
            request.send_header("Connection", "close")
            request.end_headers()
            request.close_connection = True
            for piece in answer.pieces:
                request.wfile.write(piece)
                request.wfile.flush()
            return
        if "content-length" not in names:
            request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        request.wfile.write(answer.body)

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(2)

    def paths(self) -> list[str]:
        """The paths that were asked, robots.txt left out."""
        return [asked.target for asked in self.asked if asked.path != "/robots.txt"]


def as_answer(given: "Answer | bytes | str | dict[str, Any] | list[Any] | None") -> Answer:
    """A handler's result as an answer; None is a 404."""
    if given is None:
        return Answer(status=404, body=b"not found")
    if isinstance(given, Answer):
        return given
    if isinstance(given, dict | list):
        return Answer(body=json.dumps(given).encode(), headers={"Content-Type": "application/json; charset=utf-8"})
    return Answer(body=given.encode() if isinstance(given, str) else given)


@contextmanager
def serving(given: Handler | Mapping[str, Any]) -> Iterator[Server]:
    """A server for a handler, or for a mapping from path (with or without query) to answer."""

    def by_path(asked: Asked) -> Any:
        assert isinstance(given, Mapping)
        found = given.get(asked.target, given.get(asked.path))
        return found(asked) if callable(found) else found

    server = Server(by_path if isinstance(given, Mapping) else given)
    try:
        yield server
    finally:
        server.close()
