"""A word to the operator's phone or chat after a sending round, through apprise where it is installed: counts, and nothing of anybody.

It never matters to the mail: a package that is not there, an address that is none, or a service that is away is a line in the log.
"""

import logging

log = logging.getLogger(__name__)


def ping(address: str, title: str, says: str) -> bool:
    """Hand it to the service at `address` (ntfy://…, slack://…, json://…: one of apprise's); whether it was taken. Raises nothing."""
    try:
        from apprise import Apprise  # noqa: PLC0415  (an extra, and half a second)
    except ImportError:
        log.warning("no ping: apprise is not installed", extra={"mend": "pip install 'firstrung[ping]'"})
        return False
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines may hold the address, which is a secret
    try:
        service = Apprise()
        if not service.add(address):
            log.warning("no ping: the address is not one that apprise knows")
            return False
        taken = bool(service.notify(body=says, title=title))
    except Exception as error:  # noqa: BLE001  (a hundred services' plugins: whatever they raise, the mail went out)
        log.warning("the ping broke", extra={"error": type(error).__name__})
        return False
    if not taken:
        log.warning("the ping was not taken")
    return taken
