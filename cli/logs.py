"""Log lines for people and for machines: an event and its fields, on standard error."""

import json
import logging
import sys

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class Fields(logging.Formatter):
    """`2026-11-21T07:00:00 info crawl finished source=mercy new=3`, or the same as one JSON object."""

    def __init__(self, *, as_json: bool) -> None:
        """Choose the form."""
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%S")
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows where there is one."""
        fields = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        at, level, event = self.formatTime(record, self.datefmt), record.levelname.lower(), record.getMessage()
        trace = "\n" + self.formatException(record.exc_info) if record.exc_info else ""
        if self.as_json:
            line = {"at": at, "level": level, "logger": record.name, "event": event, **fields}
            return json.dumps(line | ({"trace": trace.strip()} if trace else {}), default=str)
        said = " ".join(f"{key}={value}" for key, value in fields.items() if value is not None)
        return f"{at} {level} {event} {said}".rstrip() + trace


def start_logging(*, verbose: bool, as_json: bool = False) -> None:
    """Send the program's own log to standard error: warnings, or everything from INFO on when `verbose`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Fields(as_json=as_json))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True)
    for chatty in ("apscheduler", "alembic", "scrapy", "twisted", "procrastinate"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
