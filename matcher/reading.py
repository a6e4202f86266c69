"""The reader: one posting's text to one `Reading`. Never raises, whatever the text; same text, same answer.

The way: page (blocks, lines) → sections → one scan → sentences → leaves with modality → nodes → tree and plain facts, all with quotes.
"""

from functools import lru_cache
from typing import Final

from matcher.areas import AreaFinder
from matcher.care_settings import SettingReader
from matcher.entry_level import EntryReader
from matcher.page import Page
from matcher.professions import ProfessionReader
from matcher.scanning import Lexicon
from matcher.statements import StatementReader
from matcher.taxonomy import Taxonomy
from matcher.titles import TitleReader
from matcher.unread import unread_lines
from matcher.workplace import WorkplaceReader
from matcher.writing import Instruments, Writing
from model.posting import Posting
from model.reading import Reading

READER_VERSION: Final = "1"


class Reader:
    """Reads postings; made once from a taxonomy and used for any number of them."""

    def __init__(self, taxonomy: Taxonomy, *, fast_blocks: bool = True) -> None:
        """Compile the taxonomy. `fast_blocks` off reads markup with beautifulsoup4, the reference."""
        self.version = f"{READER_VERSION}.{taxonomy.version}"
        self.taxonomy = taxonomy
        self._fast = fast_blocks
        self._lexicon = Lexicon(taxonomy)
        self._statements = StatementReader(taxonomy)
        self._titles = TitleReader(taxonomy, self._lexicon)
        self._instruments = Instruments(
            version=self.version,
            taxonomy=taxonomy,
            lexicon=self._lexicon,
            settings=SettingReader(taxonomy, self._lexicon),
            workplace=WorkplaceReader(self._lexicon),
            entry=EntryReader(self._lexicon),
            areas=AreaFinder(taxonomy),
            professions=ProfessionReader(taxonomy, self._lexicon),
        )

    def read(self, posting: Posting) -> Reading:
        """The posting's reading."""
        page = Page(posting.description, fast_blocks=self._fast)
        tokens = self._lexicon.scan(page)
        title, _ = self._lexicon.scan_name(posting.title)
        statements = self._statements.read(page, tokens, title.lower)
        nodes = statements.nodes + self._titles.nodes(posting.title, statements.leaves)
        return Writing(self._instruments, posting, page, tokens, statements, nodes).reading()

    def unread(self, posting: Posting) -> tuple[str, ...]:
        """The lines under requirements or preferences that gave nothing, for `firstrung read --unread`."""
        page = Page(posting.description, fast_blocks=self._fast)
        tokens = self._lexicon.scan(page)
        title, _ = self._lexicon.scan_name(posting.title)
        return unread_lines(page, tokens, self._statements.read(page, tokens, title.lower).placed)


@lru_cache(maxsize=2)
def reader_of(taxonomy: Taxonomy) -> Reader:
    """The taxonomy's reader. Compiling it takes as long as reading a hundred postings, so the latest are kept."""
    return Reader(taxonomy)
