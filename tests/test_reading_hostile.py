"""Postings are untrusted: hostile texts are read in time that grows with their length, never with its square."""

import time
from functools import lru_cache

import pytest

from matcher.blocks import blocks, blocks_with_lxml, blocks_with_soup
from matcher.page import MOST_CHARACTERS, Page
from matcher.reading import Reader, reader_of
from model.posting import Posting
from scheduler.configuration import load_taxonomy
from tests.conftest import ROOT

LARGE = 200_000
HOSTILE = {
    "digits": "1234567890",
    "dashes": "- ",
    "parentheses": "(",
    "years": "5 years ",
    "years of experience": "Requirements: 5 years of experience or ",
    "credentials": "CPC, CCS or RHIT required within 90 days, ",
    "credentials without a word": "CPC ",
    "open tags": "<div>",
    "nested lists": "<ul><li>",
    "comments": "<!-- ",
    "scripts": "<script>x",
    "references": "&amp;",
    "half references": "&#",
    "angle brackets": "< ",
    "semicolons": "CPC;",
    "colons": "Key: ",
    "dollars": "$1,",
    "dollars and years": "$15 - $20 per hour ",
    "spaces": " \t",
    "lines": "or\n",
    "new graduates": "new grad no experience entry level ",
    "degrees": "Bachelor's degree or equivalent experience may substitute for the degree. ",
}


@lru_cache
def reader() -> Reader:
    return reader_of(load_taxonomy(ROOT / "config"))


def seconds(text: str) -> float:
    posting = Posting(source="test", id="1", title=text[:500], description=text, employer=text[:500], pay_text=text)
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        reader().read(posting)
        best = min(best, time.process_time() - begin)
    return best


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_length(name: str) -> None:
    unit = HOSTILE[name]
    half, whole = unit * (LARGE // 2 // len(unit)), unit * (LARGE // len(unit))

    first, second = seconds(half), seconds(whole)

    assert second < 3.2 * first + 0.1, f"{first:.3f} s for half, {second:.3f} s for all"
    assert second < 2, "far too slow on any machine"


def test_only_the_first_characters_are_read() -> None:
    page = Page("a" * (MOST_CHARACTERS + 5))

    assert page.text.count("a") <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "markup",
    [
        "<p>One<br>two</p>three",
        "<ul><li>a</li><li><b>b</b></li></ul>",
        "<table><tr><td>x</td><td>y</td></tr></table>",
        "<div>text<style>p{}</style><script>var a = '<p>';</script>after</div>",
        "<h2>Head</h2>body <b>bold</b> tail",
        "a &lt; b &amp; c<p>d",
        "<p>unclosed <b>bold<p>next</b> one",
        "<!-- note --><p>seen</p><!-- more",
    ],
)
def test_both_ways_to_blocks_agree(markup: str) -> None:
    assert blocks_with_lxml(markup) == blocks_with_soup(markup)


def test_plain_text_has_a_block_a_line() -> None:
    assert [block.text for block in blocks("one\n\n two   words \nthree")] == ["one", "two words", "three"]
