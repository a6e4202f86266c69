"""Reading a board's address: which tenant it names, and the same address for a tenant that nobody holds."""

import re
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from model.errors import SourceError

NOBODY = "no-such-employer-7f3a91c2"
"""A tenant that nobody can hold: asked for to see whether a vendor heeds who is asked for."""


def misconfigured(says: str, url: str) -> SourceError:
    """The error for an address that does not name a board of this kind."""
    return SourceError(says, url=url, failure="misconfigured")


def host(url: str) -> str:
    """The host of an address, lower-cased."""
    return (urlsplit(url).hostname or "").lower()


def segments(url: str) -> list[str]:
    """The parts of the address's path, unquoted, empty ones left out."""
    return [unquote(part) for part in urlsplit(url).path.split("/") if part]


def parameter(url: str, *names: str) -> str | None:
    """The first of these query parameters that the address holds."""
    query = parse_qs(urlsplit(url).query)
    return next((query[name][0].strip() for name in names if query.get(name) and query[name][0].strip()), None)


def subdomain(url: str, vendor: str) -> str | None:
    """The tenant in "tenant.vendor" (`vendor` a regular expression for the rest of the host); None if the host is another."""
    found = re.fullmatch(rf"([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*?)\.(?:{vendor})", host(url))
    return found[1] if found and found[1] not in ("www", "api") else None


def with_tenant(url: str, tenant: str, other: str) -> str:
    """The address with `other` wherever it names `tenant`, in host, path or query."""
    pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(tenant)}(?![A-Za-z0-9])", re.IGNORECASE)
    parts = urlsplit(unquote(url))
    return urlunsplit(
        parts._replace(
            netloc=pattern.sub(other, parts.netloc),
            path=quote(pattern.sub(other, parts.path)),
            query=urlencode([(name, pattern.sub(other, value)) for name, value in parse_qsl(parts.query)]),
        )
    )


def key_of(url: str) -> str:
    """What is the same for all spellings of one posting's address: host and path without tracking, fragment, and closing slash."""
    parts = urlsplit(url)
    query = urlencode(
        sorted(
            (name, value)
            for name, value in parse_qsl(parts.query)
            if not re.match(
                r"utm_|gclid|fbclid|source$|src$|ref$|in_iframe$|mode$|iis$|iisn$|mobile$|width$|needsRedirect$|jan1offset$|jun1offset$|bga$|gh_src$",
                name,
            )
        )
    )
    return f"{(parts.hostname or '').lower()}{unquote(parts.path).rstrip('/')}{'?' + query if query else ''}"
