"""CSS selectors that operators write: checked when the configuration is read, not when the crawl runs."""

from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator


def compiled(selector: str) -> str:
    """The selector, if it is one. Raises ValueError with what is wrong."""
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from error
    return selector
