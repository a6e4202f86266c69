"""JSON that a page holds inside a script: found by the words before it, read to its own end."""

import json
import re
from typing import Any

from crawler.page import Page
from model.errors import PageNotUnderstood


def json_after(page: Page, words: str) -> Any:
    """The JSON value that follows `words` (a regular expression) in the page. Raises PageNotUnderstood if there is none."""
    found = re.search(words, page.text)
    if not found:
        raise PageNotUnderstood("the page does not hold its data where this kind keeps it", url=page.url)
    try:
        return json.JSONDecoder(strict=False).raw_decode(page.text[found.end() :].lstrip())[0]
    except (ValueError, RecursionError) as error:
        raise PageNotUnderstood(f"the page's data is broken: {error}", url=page.url) from error
