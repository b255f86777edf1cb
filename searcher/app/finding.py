"""Ask an engine for the papers with all words of a query and, where they are too few, for others.

Who asks for one page gets papers with all words, and if fewer than ten have them, behind these the papers that lack a
word, or hold any. Who asks for more papers than have all words gets as many as there are, ranked together: by the words
of the query, and by those that tell most about the papers that came first (relevance feedback).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from whoosh.query import And, AndMaybe, ConstantScoreQuery, Not, Or, Query, Term

from searcher.engine import Engine
from searcher.engine.facets import most_frequent
from searcher.ranking.feedback import FIELDS, telling_terms, weighed_leaves
from searcher.ranking.lift import lift_neighbours, neighbours
from searcher.ranking.relax import loosen, words_of
from searcher.ranking.vocabulary import Vocabulary
from searcher.results import FacetCount, FacetRequest, SearchRequest, SearchResponse
from searcher.weights import ALL_OF_FEW, ALL_WORDS, FEEDBACK

_ENOUGH = 10  # papers with all words, and a page
_MANY = 1000  # papers with all words among which no feedback is needed
_FEEDBACK_PAPERS = (10, 25)  # in the first round, and in the second
_FEEDBACK_TERMS = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query in the forms it is asked in."""

    typed: Query  # parsed
    expanded: Query  # with other ways to write its words
    narrow: Callable[[Query], Query]  # to what else was asked for
    may_relax: bool
    favoured: tuple[Query, ...] = ()  # what lets papers come first, and finds none

    def favour(self, query: Query) -> Query:
        """The same papers, those that are favoured first."""
        return AndMaybe(query, Or(self.favoured)) if self.favoured else query


def find(engine: Engine, vocabulary: Vocabulary, request: SearchRequest, wanted: Wanted) -> SearchResponse:
    """Answer a request, whose query is not looked at, for what is wanted."""
    strict, typed = wanted.narrow(wanted.expanded), wanted.narrow(wanted.typed)
    found = engine.search(replace(request, query=wanted.favour(lift_neighbours(strict, typed))))
    if not wanted.may_relax or not request.limit or request.sort != "relevance":
        return found
    if request.limit > _ENOUGH:
        return _search_deep(engine, vocabulary, request, wanted, found.total) if found.total < _MANY else found
    followed, known = found, _known(request, found, strict)
    for loose in loosen(wanted.expanded) if found.total < _ENOUGH else ():
        lifted = wanted.favour(lift_neighbours(wanted.narrow(loose), typed))
        others = And([lifted, *known]) if known else lifted
        followed = _follow(engine, request, found, strict, others)
        if followed.total >= _ENOUGH:
            break
    return followed


def _known(request: SearchRequest, found: SearchResponse, strict: Query) -> list[Query]:
    """What leaves out the papers that were found."""
    if not found.total:
        return []
    are_listed = len(found.hits) == found.total and not request.filters  # which some facets are counted without
    ids = ConstantScoreQuery(Or([Term("id", hit.paper.id) for hit in found.hits]), 0.0)
    return [Not(ids if are_listed else strict)]


def _follow(
    engine: Engine, request: SearchRequest, found: SearchResponse, strict: Query, others: Query
) -> SearchResponse:
    """What was found, followed by others."""
    offset, limit = max(0, request.offset - found.total), request.limit - len(found.hits)
    rest = engine.search(replace(request, query=others, offset=offset, limit=limit))
    if not rest.total:
        return found

    def counted(facet: FacetRequest) -> tuple[FacetCount, ...]:
        one, other = found.facets[facet.name], rest.facets[facet.name]
        if max(len(one), len(other)) >= facet.size:  # maybe not all values
            both = replace(request, query=Or([strict, others]), limit=0, facets=(facet,))
            return engine.search(both).facets[facet.name]
        counts = Counter[str]()
        for each in (*one, *other):
            counts[each.value] += each.count
        return most_frequent(facet, counts)

    return replace(
        found,
        total=found.total + rest.total,
        hits=found.hits + rest.hits,
        facets={facet.name: counted(facet) for facet in request.facets},
        strict_total=found.total,
    )


def _search_deep(
    engine: Engine, vocabulary: Vocabulary, request: SearchRequest, wanted: Wanted, strict_total: int
) -> SearchResponse:
    """Rank by feedback: the papers with all words, and if fewer have them than are asked for, others among them."""
    strict, words = wanted.narrow(wanted.expanded), words_of(wanted.expanded)
    asked = [leaf for word in words for leaf in word if leaf.field() in FIELDS]
    base = [*asked, *neighbours(wanted.typed)]
    query = base
    for count in _FEEDBACK_PAPERS if base else ():
        first = replace(request, query=wanted.narrow(Or(query)), offset=0, limit=count, facets=(), explain=False)
        hits = engine.search(first).hits
        terms = telling_terms([(hit.paper, hit.score) for hit in hits], vocabulary, _FEEDBACK_TERMS)
        query = list(dict.fromkeys([*base, *weighed_leaves(terms, FEEDBACK * len(words))]))
    if strict_total >= request.limit or not base:
        return engine.search(replace(request, query=wanted.favour(AndMaybe(strict, Or(query)) if query else strict)))
    bonus = ConstantScoreQuery(strict, ALL_OF_FEW if strict_total < _ENOUGH else ALL_WORDS)
    found = engine.search(replace(request, query=wanted.favour(Or([wanted.narrow(Or(query)), bonus]))))
    if found.total == strict_total:
        return found
    return replace(found, strict_total=strict_total, strict_first=strict_total < _ENOUGH)
