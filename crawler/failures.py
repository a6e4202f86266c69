"""What each class of failure means to the person who runs firstrung: one next step for each, in plain words."""

from collections.abc import Mapping
from types import MappingProxyType

from model.crawl import Failure
from model.errors import SourceError

MENDS: Mapping[str, str] = MappingProxyType(
    {
        "dns": "check the host name in `url`; if it is right, the board may have moved: open the careers page and copy its address",
        "tls": "the board's certificate is not valid for its host; check the address, or wait until the employer renews it",
        "refused_by_robots": "the board asks programs not to read it; remove the source or ask the employer for a feed",
        "forbidden": "the board refuses this program; remove the source, or ask the employer for a feed or a public sitemap",
        "challenge": "the board asks visitors to prove that they are human; firstrung never goes around that: use a feed or a sitemap",
        "not_found": "no such board: open the employer's careers page and copy the board's address again",
        "rate_limited": "the board wants fewer requests; set a longer `every` or a larger `delay_seconds`, and try later",
        "server_error": "the board is out of order; nothing was closed, the next crawl tries again",
        "timeout": "the crawl did not end in its time; nothing was closed: raise `deadline_seconds` if the board is large, "
        "or `every` of the sources of the same vendor",
        "too_large": "an answer was larger than allowed; use a narrower address of the board (one category, one place)",
        "redirect_loop": "the board sends visitors in circles; open it in a browser and copy the address where it ends",
        "private_address": "the address leads into a private network, which is asked only if `allow_private_hosts` lists the host",
        "not_understood": "the answer is not in the shape that this kind knows; check `kind` and `url` with `firstrung source try`",
        "incomplete": "the board showed fewer postings than it holds; nothing was closed, the next crawl tries again",
        "yield_unexpected": "far fewer or more postings than `expect` allows; look at the board, then correct `expect` or `url`",
        "misattributed": "the board shows the same postings for another employer, or for one that does not exist: find another address",
        "misconfigured": "correct the source's entry in config/sources/ and run `firstrung check`",
    }
)


def failure_of(error: SourceError) -> Failure:
    """The failure that an error stands for, with its mend."""
    return Failure(kind=error.failure, says=error.says, mend=MENDS[error.failure], url=error.url)


def failing(kind: str, says: str, url: str = "") -> Failure:
    """A failure of `kind` with its mend. Raises KeyError for an unknown kind."""
    return Failure(kind=kind, says=says, mend=MENDS[kind], url=url)
