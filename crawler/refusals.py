"""What an answer that is no page means: refused, challenged, limited, broken. Read from status, headers and body alone."""

import re
from collections.abc import Mapping

from crawler.page import Page
from model.errors import PageNotUnderstood, SourceError, SourceRefused, SourceUnreachable

_CHALLENGE = re.compile(
    rb"cf-chl|cf_chl_opt|cf-turnstile|challenge-form|<title>\s*just a moment|attention required! \| cloudflare|_incapsula_resource|"
    rb"px-captcha|captcha-delivery\.com|geo\.captcha|awswafcookiedomainlist|pardon our interruption|verify you are (?:a )?human|"
    rb"checking your browser|g-recaptcha|h-captcha|are you a robot",
    re.IGNORECASE,
)
_CHALLENGE_AT_200 = re.compile(
    rb"cf_chl_opt|<title>\s*just a moment|<title>\s*attention required! \| cloudflare|<title>\s*pardon our interruption|"
    rb"_incapsula_resource.{0,400}<noscript|captcha-delivery\.com",
    re.IGNORECASE | re.DOTALL,
)
_CHALLENGE_WORDS = (
    *(b"cf_chl_opt", b"just a moment", b"attention required!", b"pardon our interruption", b"_incapsula_resource"),
    b"captcha-delivery.com",
)
_TDM_META = re.compile(
    rb"""<meta[^>]{0,200}name\s*=\s*["']?tdm-reservation["']?[^>]{0,200}content\s*=\s*["']?1""", re.IGNORECASE
)


def refusal(page: Page) -> SourceError | None:
    """Why this answer is not to be read, None if it is a page. Never says "empty" for a board that does not answer."""
    if error := _reserved(page):
        return error
    if page.status == 200:
        if len(page.body) < 200_000 and _challenges(page.body[:60_000]):
            return SourceRefused("a challenge page instead of the board", url=page.url, failure="challenge")
        return None
    return _by_status(page)


def _challenges(head: bytes) -> bool:
    """Whether a 200 begins as a challenge page. The plain words are looked for first: nearly every page has none of them."""
    lower = head.lower()
    return any(word in lower for word in _CHALLENGE_WORDS) and bool(_CHALLENGE_AT_200.search(head))


def _reserved(page: Page) -> SourceError | None:
    """The publisher reserves text and data mining (`tdm-reservation: 1`)."""
    in_header = page.headers.get("tdm-reservation", "").strip() == "1"
    head = page.body[:100_000]
    if in_header or (b"tdm-reservation" in head.lower() and page.looks_like_html and _TDM_META.search(head)):
        return SourceRefused(
            "the publisher reserves text and data mining (tdm-reservation: 1)",
            url=page.url,
            failure="refused_by_robots",
        )
    return None


def _by_status(page: Page) -> SourceError:
    """The error that a status other than 200 stands for."""
    status, url = page.status, page.url
    if status in (401, 403, 405, 429, 503, 202) and is_challenge(page.headers, page.body):
        return SourceRefused(f"{status} with a challenge page", url=url, failure="challenge")
    if status in (401, 402, 403, 407, 451):
        return SourceRefused(f"the board answers {status}", url=url, failure="forbidden")
    if status in (404, 410):
        return SourceError(f"the board answers {status}", url=url, failure="not_found")
    if status == 429 or (status == 503 and "retry-after" in page.headers):
        return SourceRefused(f"the board answers {status}: too many requests", url=url, failure="rate_limited")
    if status in (408, 524):
        return SourceUnreachable(f"the board answers {status}", url=url, failure="timeout")
    if status >= 500 or status in (202, 303):
        return SourceUnreachable(f"the board answers {status}", url=url, failure="server_error")
    return PageNotUnderstood(f"the board answers {status}", url=url)


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer asks the visitor to prove that he is human."""
    if headers.get("cf-mitigated", "").lower() == "challenge" or headers.get("x-amzn-waf-action", "").lower() in (
        "challenge",
        "captcha",
    ):
        return True
    return bool(_CHALLENGE.search(body[:60_000]))
