"""The handbook's tables say what the code declares."""

from pathlib import Path

import pytest

from crawler import formats
from crawler.failures import MENDS

DOCS = Path(__file__).resolve().parent.parent / "docs"
MEANINGS = {
    "dns": "the host name is unknown",
    "tls": "no secure connection",
    "refused_by_robots": "robots.txt or tdm-reservation says no",
    "forbidden": "the board answers 401, 402, 403 or 451",
    "challenge": "the board answers with a page for humans only",
    "not_found": "the board answers 404 or 410",
    "rate_limited": "the board answers 429, or 503 with Retry-After, again and again",
    "server_error": "the board answers 5xx, or the connection breaks",
    "timeout": "no answer within 30 s, no end within the crawl's deadline, or no turn at the vendor's host until then",
    "too_large": "more than 8 MB (feeds and sitemaps: 64 MB; Greenhouse: 24 MB), packed or unpacked; or the crawl needed more than 1.5 GB of memory",
    "redirect_loop": "more than five redirects, or a circle",
    "private_address": "the host or a redirect leads into a private network",
    "not_understood": "an error page, another vendor's page, cut JSON: no page of this kind",
    "incomplete": "the list is shorter than advertised, repeats itself, breaks off or hits a cap",
    "yield_unexpected": "the number of postings is outside `expect`",
    "misattributed": "the vendor ignores which employer is asked for, or shows another source's postings here",
    "misconfigured": "the source's entry cannot work: no board in the address, a key missing",
}


def formats_table() -> str:
    """The table of formats."""
    rows = ["| kind | board | tier | gap | whole when | gone when | terms |", "|---|---|---|---|---|---|---|"]
    for kind in formats.kinds():
        about = formats.load(kind).about
        cells = (f"`{kind}`", about.title, about.tier, f"{about.gap:g}", about.completeness, about.gone, about.terms)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def failures_table() -> str:
    """The table of failures."""
    head = "| class | what happened | what to do |\n|---|---|---|\n"
    return head + "\n".join(f"| `{kind}` | {MEANINGS[kind]} | {mend} |" for kind, mend in MENDS.items())


def with_table(text: str, mark: str, table: str) -> str:
    """The page with the table between its marks."""
    head, rest = text.split(f"<!-- {mark} -->\n", 1)
    tail = rest.split(f"<!-- /{mark} -->", 1)[1]
    return f"{head}<!-- {mark} -->\n{table}\n<!-- /{mark} -->{tail}"


@pytest.mark.parametrize(("name", "mark"), [("formats.md", "formats"), ("failures.md", "failures")])
def test_the_tables_are_up_to_date(name: str, mark: str, request: pytest.FixtureRequest) -> None:
    path = DOCS / name
    text = path.read_text(encoding="utf-8")
    right = with_table(text, mark, formats_table() if mark == "formats" else failures_table())
    if request.config.getoption("--rewrite-golden"):
        path.write_text(right, encoding="utf-8")
    else:
        assert text == right
