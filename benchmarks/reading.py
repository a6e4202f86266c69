"""How fast the reader reads: postings a second, the slowest hundredth, hostile texts, and what one would use instead on the same texts.

    python benchmarks/reading.py POSTINGS.jsonl [MORE.jsonl …]      the table
    python benchmarks/reading.py --stream 20000 POSTINGS.jsonl      memory over so many readings

One process, its own processor time (so that a busy machine counts less), the median of five runs over the same postings: what the
reader remembers of headings and names helps it, as it does on a real board; the line "each read once" is a reader that has seen none
of them. POSTINGS holds one posting a line, in the form that `firstrung read` takes.
"""

import argparse
import json
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from matcher.blocks import is_markup
from matcher.gold_form import posting_from_line
from matcher.reading import Reader
from model.posting import Posting
from scheduler.configuration import load_taxonomy

RUNS = 5
YEARS = re.compile(r"(\d+)\s?\+?\s*(?:-|to)?\s*\d*\s*(?:years?|yrs?)", re.IGNORECASE)
HOSTILE = {
    "digits": "1234567890", "dashes": "- ", "parentheses": "(", "5 years": "5 years ", "10,000 tags": "<div><p>",
    "credentials": "CPC, CCS or RHIT required within 90 days, ", "degrees": "Bachelor's degree or equivalent experience. ",
}  # fmt: skip


def load(paths: Sequence[str]) -> list[Posting]:
    """The postings of the files."""
    return [
        posting_from_line(json.loads(line))
        for path in paths
        for line in Path(path).read_text(encoding="utf-8").splitlines()
    ]


def rate(read: Callable[[Posting], object], postings: Sequence[Posting]) -> tuple[float, float]:
    """Postings a second (median of the runs) and the milliseconds of the slowest hundredth."""
    rates, slow = [], []
    for _ in range(RUNS):
        times = []
        for posting in postings:
            begin = time.process_time()
            read(posting)
            times.append(time.process_time() - begin)
        rates.append(len(postings) / sum(times))
        slow.append(1000 * sorted(times)[max(0, int(len(times) * 0.99) - 1)])
    return statistics.median(rates), statistics.median(slow)


def flat_patterns(reader: Reader) -> Callable[[Posting], object]:
    """What one writes first: one pattern of all credential names, one of years."""
    entries = reader.taxonomy.credentials.credentials
    names = sorted(
        {re.escape(word) for entry in entries for word in (*entry.letters, *entry.spellings)}, key=len, reverse=True
    )
    pattern = re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE)
    return lambda posting: (pattern.findall(posting.description), YEARS.findall(posting.description))


def cold(reader: Reader, postings: Sequence[Posting]) -> float:
    """Postings a second when each is read once by a reader that has read nothing before."""
    begin = time.process_time()
    for posting in postings:
        reader.read(posting)
    return len(postings) / (time.process_time() - begin)


def table(postings: Sequence[Posting]) -> None:
    """Print the rates."""
    taxonomy = load_taxonomy(None)
    fast, reference = Reader(taxonomy), Reader(taxonomy, fast_blocks=False)
    markup = [posting for posting in postings if is_markup(posting.description)]
    text = [posting for posting in postings if not is_markup(posting.description)]
    first = statistics.median(cold(Reader(taxonomy), text) for _ in range(3)) if text else 0.0
    rows: list[tuple[str, Callable[[Posting], object], Sequence[Posting]]] = [
        ("reader, text", fast.read, text),
        ("reader, markup", fast.read, markup),
        ("reader, markup, beautifulsoup4", reference.read, markup),
        ("flat patterns, everything", flat_patterns(fast), postings),
    ]
    print(f"{'':34}{'postings':>9}{'a second':>10}{'p99 ms':>8}")
    print(f"{'reader, text, each read once':34}{len(text):>9}{first:>10.0f}")
    for name, read, some in rows:
        if some:
            a_second, slow = rate(read, some)
            print(f"{name:34}{len(some):>9}{a_second:>10.0f}{slow:>8.1f}")
    for name, unit in HOSTILE.items():
        posting = Posting(source="hostile", id="1", title="", description=unit * (200_000 // len(unit)))
        print(f"hostile 200 KB: {name:18}{1:>9}{'':>10}{1000 / rate(fast.read, [posting])[0]:>8.0f}")


def stream(postings: Sequence[Posting], wanted: int) -> None:
    """Print the memory in use along a stream of readings."""
    reader = Reader(load_taxonomy(None))
    for number in range(wanted):
        reader.read(postings[number % len(postings)])
        if number % max(1, wanted // 10) == 0:
            print(f"{number:>9} readings {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>8.0f} MB")


def main() -> None:
    """Take the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("postings", nargs="+")
    parser.add_argument("--stream", type=int, default=0)
    given = parser.parse_args()
    postings = load(given.postings)
    stream(postings, given.stream) if given.stream else table(postings)


if __name__ == "__main__":
    main()
