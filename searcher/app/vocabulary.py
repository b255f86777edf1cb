"""The words of an archive, asked of its index."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from whoosh.query import ConstantScoreQuery, FuzzyTerm, Or, Phrase, Query, Term

from searcher.engine import Engine
from searcher.paper import Paper
from searcher.ranking.acronyms import find_definitions
from searcher.results import SearchRequest

_NEWEST = 30
_REMEMBERED, _REMEMBERED_PAPERS = 16384, 64  # answers of each kind


class IndexVocabulary:
    """See `searcher.ranking.vocabulary.Vocabulary`. It remembers what was asked: make a new one for a new state."""

    def __init__(self, engine: Engine) -> None:
        """Ask this engine."""
        self._engine = engine
        self.count = lru_cache(1)(engine.count)
        self.frequency = lru_cache(_REMEMBERED)(engine.frequency)
        self.newest = lru_cache(_REMEMBERED_PAPERS)(self._newest)
        self.definitions = lru_cache(_REMEMBERED)(self._definitions)
        self.count_phrase = lru_cache(_REMEMBERED)(self._count_phrase)

    def _count_phrase(self, stems: Sequence[str]) -> int:
        phrases = Or([Phrase(name, list(stems)) for name in ("title", "summary")])
        return self._engine.search(SearchRequest(phrases, limit=0)).total

    def _definitions(self, key: str) -> Sequence[tuple[str, str]]:
        papers = self._newest(key, "acronym")
        return [pair for paper in papers for pair in find_definitions(paper)]

    def _newest(self, term: str, *fields: str) -> Sequence[Paper]:
        return self._newest_that_match(Or([Term(name, term) for name in fields]))

    def near(self, term: str) -> Sequence[Paper]:
        """See `Vocabulary`; not remembered."""
        return self._newest_that_match(FuzzyTerm("title", term, maxdist=2, prefixlength=0))

    def _newest_that_match(self, query: Query) -> Sequence[Paper]:
        held = ConstantScoreQuery(query)
        return [hit.paper for hit in self._engine.search(SearchRequest(held, sort="newest", limit=_NEWEST)).hits]
