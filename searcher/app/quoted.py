"""Quoted words, held to the letter by reading papers: as many for one query as do not take too long."""

from __future__ import annotations

from functools import lru_cache, partial

from whoosh.query import Query

from searcher.engine import Engine
from searcher.ranking.verbatim import Holders, Verbatim, find_holders, hold_to_words
from searcher.results import SearchRequest

_MOST_READ = 200_000  # papers a query, a second or two; more of them than an archive of today has
_REMEMBERED = 128  # quoted phrases, for the next page and the next facet


class QuotedWords:
    """Reads the papers of one state of an index, and remembers what it found."""

    def __init__(self, engine: Engine) -> None:
        """Read the papers of this engine."""
        self._find = lru_cache(_REMEMBERED)(partial(find_holders, scan=engine.scan))
        self._count = lru_cache(_REMEMBERED)(partial(_count_papers, engine))

    def hold(self, query: Query) -> tuple[Query, tuple[str, ...]]:
        """The tree held to its quoted words, and warnings: where a quote was not held to, all its forms are found."""
        left = _MOST_READ
        warnings: dict[str, None] = {}

        def holders(leaf: Verbatim) -> Holders | None:
            nonlocal left
            papers = self._count(leaf)
            if papers > left:
                warnings[_warning(leaf)] = None
                return None
            left -= papers
            return self._find(leaf)

        return hold_to_words(query, holders), tuple(warnings)


def _count_papers(engine: Engine, leaf: Verbatim) -> int:
    return engine.search(SearchRequest(leaf, limit=0)).total


def _warning(leaf: Verbatim) -> str:
    quote = " ".join(leaf.held)
    return f'"{quote}" is in too many papers to look for just this form; its other forms are found too'
