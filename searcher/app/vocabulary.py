"""The words of an archive, asked of its index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

from whoosh.query import ConstantScoreQuery, FuzzyTerm, Or, Phrase, Query, Term

from searcher.engine import Engine
from searcher.paper import Paper
from searcher.ranking.acronyms import find_definitions
from searcher.results import SearchRequest

_NEWEST = 30
_REMEMBERED, _REMEMBERED_PAPERS = 16384, 64  # answers of each kind


class IndexVocabulary:
    """See `searcher.ranking.vocabulary.Vocabulary`. It remembers what was asked: make a new one for a new state.

    What remembers knows the engine and not this object: a cycle would keep the files of a state open that nobody reads.
    """

    def __init__(self, engine: Engine) -> None:
        """Ask this engine."""
        self._engine = engine
        self._frequencies: dict[tuple[str, str], int] = {}
        self.count = lru_cache(1)(engine.count)
        self.newest = lru_cache(_REMEMBERED_PAPERS)(partial(_newest, engine))
        self.definitions = lru_cache(_REMEMBERED)(partial(_definitions, engine))
        self.count_phrase = lru_cache(_REMEMBERED)(partial(_count_phrase, engine))

    def frequency(self, field: str, term: str) -> int:
        """How many papers hold a term in a field."""
        if (known := self._frequencies.get((field, term))) is not None:
            return known
        return self._ask(field, [term])[0]

    def foresee(self, terms: Iterable[str], *fields: str) -> None:
        """Ask at once how many papers hold each of these terms, which on a cluster costs no more than to ask of one."""
        wanted = dict.fromkeys(terms)
        for field in fields:
            if unknown := [term for term in wanted if (field, term) not in self._frequencies]:
                self._ask(field, unknown)

    def _ask(self, field: str, terms: Sequence[str]) -> list[int]:
        found = self._engine.frequencies(field, terms)
        if len(self._frequencies) > _REMEMBERED:
            self._frequencies.clear()
        self._frequencies.update(zip(((field, term) for term in terms), found, strict=True))
        return found

    def near(self, term: str) -> Sequence[Paper]:
        """See `Vocabulary`; not remembered."""
        return _newest_that_match(self._engine, FuzzyTerm("title", term, maxdist=2, prefixlength=0))


def _count_phrase(engine: Engine, stems: Sequence[str]) -> int:
    phrases = Or([Phrase(name, list(stems)) for name in ("title", "summary")])
    return engine.search(SearchRequest(phrases, limit=0)).total


def _definitions(engine: Engine, key: str) -> Sequence[tuple[str, str]]:
    return [pair for paper in _newest(engine, key, "acronym") for pair in find_definitions(paper)]


def _newest(engine: Engine, term: str, *fields: str) -> Sequence[Paper]:
    return _newest_that_match(engine, Or([Term(name, term) for name in fields]))


def _newest_that_match(engine: Engine, query: Query) -> Sequence[Paper]:
    held = ConstantScoreQuery(query)
    return [hit.paper for hit in engine.search(SearchRequest(held, sort="newest", limit=_NEWEST)).hits]
