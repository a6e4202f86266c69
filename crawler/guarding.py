"""Private networks are never asked unless a host is listed: checked for literal addresses and for what a name resolves to."""

import ipaddress
from collections.abc import Collection

from model.errors import SourceError


def is_private(address: str) -> bool:
    """Whether an IP address is not a public one. Words that are no address are not private by themselves."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return not (mapped or ip).is_global or ip.is_multicast


class Guard:
    """Tells whether a host may be asked: `allowed` are the private hosts that the operator lists, by name or address."""

    def __init__(self, allowed: Collection[str]) -> None:
        """Keep the listed hosts, lower-cased."""
        self._refused: dict[str, SourceError] = {}
        self._allowed = frozenset(host.lower().strip("[]") for host in allowed)

    def lists(self, host: str) -> bool:
        """Whether the operator listed this host."""
        return host.lower().strip("[]") in self._allowed

    def check(self, host: str, address: str, url: str = "") -> None:
        """Raise SourceError if `address`, where `host` leads, is private and the host is not listed."""
        if is_private(address) and not self.lists(host):
            where = host if host.strip("[]") == address.strip("[]") else f"{host} resolves to {address}, which"
            error = SourceError(f"{where} is a private address", url=url, failure="private_address")
            self._refused[host] = error
            raise error

    def refused(self, host: str) -> SourceError | None:
        """Why this host was refused, None if it was not (Twisted keeps the reason of a failed look-up to itself)."""
        return self._refused.get(host)
