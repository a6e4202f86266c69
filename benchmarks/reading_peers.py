"""What one would use instead of the reader, on the same texts in the same run: general tools that find names or durations, no logic.

    python -m venv peers && peers/bin/pip install "spacy<3.9" "numpy<2" medspacy==1.3.1 recognizers-text-suite==1.0.2a2 emoji==1.7.0
    peers/bin/python -c 'import site; print(site.getsitepackages()[0])'      # write own.pth there, holding one line:
    .venv/bin/python -c 'import site; print(site.getsitepackages()[0])'      # … this folder, so that the reader is found too
    peers/bin/python benchmarks/reading_peers.py POSTINGS.jsonl [--sample 200]

One process, one core, the median of three runs over a sample of the postings that are text. A peer that is not installed is named.
None of them tells required from preferred, "or" from "and", or two years asked for from twenty years in business: the reader does.
"""

import argparse
import importlib
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.reading import flat_patterns, load
from matcher.blocks import is_markup
from matcher.reading import Reader
from model.posting import Posting
from scheduler.configuration import load_taxonomy

RUNS = 3
Read = Callable[[str], object]


def names(reader: Reader) -> list[str]:
    """Every surface form of a credential that the taxonomy knows."""
    entries = reader.taxonomy.credentials.credentials
    return sorted({word for entry in entries for word in (*entry.letters, *entry.spellings)})


def spacy_ruler(reader: Reader) -> Read:
    """spaCy's entity ruler over a blank English pipeline: credential names, without any model."""
    pipeline = importlib.import_module("spacy").blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "CREDENTIAL", "pattern": name} for name in names(reader)])
    return lambda text: [entity.text for entity in pipeline(text).ents]


def context_rules(reader: Reader) -> Read:
    """medspaCy's ConText over the ruler: which credential stands under "required" or "preferred"."""
    spacy = importlib.import_module("spacy")
    importlib.import_module("medspacy.context")
    rule = importlib.import_module("medspacy.context").ConTextRule
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "CREDENTIAL", "pattern": name} for name in names(reader)])
    context = pipeline.add_pipe("medspacy_context", config={"rules": None})
    cues = (("required", "REQUIRED"), ("must have", "REQUIRED"), ("preferred", "PREFERRED"), ("a plus", "PREFERRED"))
    context.add([rule(literal=words, category=category, direction="BIDIRECTIONAL") for words, category in cues])
    return lambda text: [entity.text for entity in pipeline(text).ents]


def recognizers(_: Reader) -> Read:
    """recognizers-text: every duration, on the lines that say "experience"."""
    recognize = importlib.import_module("recognizers_date_time").recognize_datetime
    return lambda text: [recognize(line, "en-us") for line in text.splitlines() if "experience" in line.lower()]


PEERS: dict[str, Callable[[Reader], Read]] = {
    "spaCy entity ruler (names)": spacy_ruler,
    "medspaCy ConText (names, cues)": context_rules,
    "recognizers-text (durations)": recognizers,
}


def rate(read: Callable[[Posting], object], postings: Sequence[Posting]) -> float:
    """Postings a second, the median of the runs."""
    rates = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        for posting in postings:
            read(posting)
        rates.append(len(postings) / (time.perf_counter() - begin))
    return statistics.median(rates)


def main() -> None:
    """Take the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("postings", nargs="+")
    parser.add_argument("--sample", type=int, default=200)
    given = parser.parse_args()
    texts = [posting for posting in load(given.postings) if not is_markup(posting.description)]
    sample = texts[:: max(1, len(texts) // given.sample)][: given.sample]
    reader = Reader(load_taxonomy(None))
    own = rate(reader.read, sample)
    print(
        f"{len(sample)} postings of {sum(len(one.description) for one in sample) // len(sample)} characters on average"
    )
    print(f"{'':36}{'a second':>10}{'times slower':>14}")
    print(f"{'the reader (everything, with logic)':36}{own:>10.0f}{'':>14}")
    flat = rate(flat_patterns(reader), sample)
    print(f"{'flat patterns (names, years)':36}{flat:>10.0f}{own / flat:>14.1f}")
    warnings.simplefilter("ignore")
    for name, make in PEERS.items():
        try:
            peer = make(reader)
        except ImportError as error:
            print(f"{name:36}not installed ({error.name})")
            continue

        def read(posting: Posting, peer: Read = peer) -> object:
            return peer(posting.description)

        theirs = rate(read, sample)
        print(f"{name:36}{theirs:>10.1f}{own / theirs:>14.1f}")


if __name__ == "__main__":
    main()
