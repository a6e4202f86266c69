"""Everything that can go wrong outside the program, as one tree.

    FirstrungError
    ├── ConfigError            a file that a person wrote is wrong: all faults, each with place and mend     exit 2
    ├── SourceError            a public source misbehaved: skip, count, try later
    │   ├── SourceRefused        robots.txt, 401, 403, 429, a challenge page
    │   ├── SourceUnreachable    DNS, TLS, timeout, 5xx
    │   ├── PageNotUnderstood    not the shape that this format knows
    │   └── YieldUnexpected      far fewer or more postings than this source's history or `expect`
    ├── StoreError             the database would not do it
    ├── WorkLost               a process of our own died at its work: try again soon
    └── DeliveryError          a channel would not take a message (permanent: bool)

Whatever is outside this tree is a bug and is never swallowed. Text never raises: a posting that cannot be read gives a reading
that says so. Messages are lower-case fragments with facts.
"""

from dataclasses import dataclass
from typing import Literal


class FirstrungError(Exception):
    """The root: something outside the program is wrong, and the message says what and where."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file: `place` ("config/sources/a.yaml: 3.kind"), what is wrong, and the mend (may be "")."""

    place: str
    says: str
    mend: str = ""

    def __str__(self) -> str:
        """The fault as one line for a person."""
        return f"{self.place}: {self.says}" + (f" ({self.mend})" if self.mend else "")


class ConfigError(FirstrungError):
    """What a person wrote cannot be used; holds every fault that was found, not only the first."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults; the message is one line for each."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


FAILURE_CLASSES = (
    "dns",
    "tls",
    "refused_by_robots",
    "forbidden",
    "challenge",
    "not_found",
    "rate_limited",
    "server_error",
    "timeout",
    "too_large",
    "redirect_loop",
    "private_address",
    "not_understood",
    "incomplete",
    "yield_unexpected",
    "misattributed",
    "misconfigured",
)
"""Why a crawl failed, in one word. `docs/failures.md` says what each means and what to do."""


class SourceError(FirstrungError):
    """A public source misbehaved. `failure` is one of FAILURE_CLASSES; `url` is where it happened, if anywhere."""

    failure = "not_understood"

    def __init__(self, says: str, *, url: str = "", failure: str | None = None) -> None:
        """Keep the facts beside the message."""
        super().__init__(says)
        self.says = says
        self.url = url
        if failure is not None:
            self.failure = failure


class SourceRefused(SourceError):
    """The source does not want to be read: robots.txt, 401, 403, 429 or a challenge page."""

    failure = "forbidden"


class SourceUnreachable(SourceError):
    """The source could not be reached: DNS, TLS, timeout, 5xx."""

    failure = "server_error"


class PageNotUnderstood(SourceError):
    """The page is not in the shape that this format knows."""

    failure = "not_understood"


class YieldUnexpected(SourceError):
    """Far fewer or far more postings than the source's history or its `expect` allow."""

    failure = "yield_unexpected"


class StoreError(FirstrungError):
    """The database would not do it."""


class WorkLost(FirstrungError):
    """A process of our own died at its work, for no fault of a source: it is tried again soon."""


class DeliveryError(FirstrungError):
    """A channel would not take a message.

    `permanent`: another try cannot help. `in_doubt`: it may have been taken (the connection broke after the message's end). `about`:
    what the answer is about: the "mailbox" (it is not there), its "room" (full, resting), or "us" (policy: no address's fault).
    """

    def __init__(
        self,
        says: str,
        *,
        permanent: bool,
        in_doubt: bool = False,
        about: Literal["", "mailbox", "room", "us"] = "",
    ) -> None:
        """Keep what decides about another try, and about the address, beside the message."""
        super().__init__(says)
        self.permanent = permanent
        self.in_doubt = in_doubt
        self.about = about
