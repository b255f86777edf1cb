"""A request -> the best papers of all segments, the total and the facet counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import chain, compress
from operator import itemgetter

from whoosh.query import Query

from searcher.engine.explaining import explain
from searcher.engine.facets import group_by_filters, most_frequent
from searcher.engine.ordering import MAX_ID_NUMBER, SCORE_DIGITS, id_order
from searcher.engine.whoosh.evaluating import Evaluator, Statistics
from searcher.engine.whoosh.segment import SegmentReader
from searcher.paper import Paper, archive_of
from searcher.results import Explanation, FacetCount, Filter, Hit, SearchRequest, SearchResponse


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of an index."""

    segments: tuple[SegmentReader, ...]
    removed: tuple[Set[int], ...]  # papers of each segment

    def count(self) -> int:
        """How many papers there are."""
        return sum(segment.documents for segment in self.segments) - sum(map(len, self.removed))

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many papers hold each of these terms, removed ones included."""
        statistics = Statistics(self.segments)
        return [statistics.frequency(field, term.encode()) for term in terms]

    def find(self, identifier: str) -> tuple[SegmentReader, int] | None:
        """Where a paper is."""
        for segment, removed in zip(self.segments, self.removed, strict=True):
            terms = segment.terms("id")
            if (number := terms.find(identifier.encode())) is not None:
                for document in terms.postings(number).documents:
                    if document not in removed:
                        return segment, document
        return None


def scan(snapshot: Snapshot, query: Query) -> Iterator[Paper]:
    """Every paper that matches."""
    statistics = Statistics(snapshot.segments)
    for segment, removed in zip(snapshot.segments, snapshot.removed, strict=True):
        for document in Evaluator(segment, statistics).matches(query):
            if document not in removed:
                yield segment.paper(document)


def search(snapshot: Snapshot, request: SearchRequest) -> SearchResponse:
    """Answer a request."""
    statistics = Statistics(snapshot.segments)
    parts = [
        _Part(segment, Evaluator(segment, statistics), removed, request)
        for segment, removed in zip(snapshot.segments, snapshot.removed, strict=True)
    ]
    page = _page(parts, request)
    explained: dict[tuple[_Part, int], tuple[Explanation, ...]] = {}
    if request.explain and request.is_ranked:
        for each in parts:
            on_page = {document for _, part, document in page if part is each}
            explained.update({(each, document): why for document, why in each.explain(on_page)})
    hits = tuple(
        Hit(part.segment.paper(document), score, explanation=explained.get((part, document), ()))
        for score, part, document in page
    )
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for filters, group in group_by_filters(request).items():
        found = [(part.segment, part.found(filters)) for part in parts]
        for facet in group:
            facets[facet.name] = most_frequent(facet, _count(facet.name, found))
    return SearchResponse(
        total=sum(len(part.hits) for part in parts),
        hits=hits,
        facets={facet.name: facets[facet.name] for facet in request.facets},
    )


class _Part:
    """What a request finds in one segment."""

    def __init__(self, segment: SegmentReader, evaluator: Evaluator, removed: Set[int], request: SearchRequest) -> None:
        self.segment = segment
        self._evaluator = evaluator
        self._query = request.query
        self.scores: dict[int, float] = {}  # of what the query finds, filters aside
        self._unfiltered: Set[int]
        if request.is_ranked:
            self.scores = evaluator.scores(request.query)
            for document in removed:
                self.scores.pop(document, None)
            self._unfiltered = self.scores.keys()
        else:
            self._unfiltered = set(evaluator.matches(request.query)) - removed
        self._filtered = {each: frozenset(evaluator.matches(each.query, self._unfiltered)) for each in request.filters}
        self.hits = self.found(request.filters)

    def found(self, filters: Iterable[Filter]) -> Set[int]:
        """The papers that also match some of the filters."""
        sets = [self._filtered[each] for each in filters]
        return frozenset.intersection(*sets) if sets else self._unfiltered

    def explain(self, documents: Set[int]) -> Iterator[tuple[int, tuple[Explanation, ...]]]:
        """What each word adds to the score of some of the papers found."""
        scores: dict[int, dict[int, float]] = {}  # of each part of the tree

        def explained(document: int) -> Iterator[Explanation]:
            def score(part: Query) -> float | None:
                if id(part) not in scores:
                    scores[id(part)] = self._evaluator.scores(part, documents)
                return scores[id(part)].get(document)

            return explain(self._query, score)

        for document in documents:
            yield document, tuple(explained(document))


def _page(parts: Sequence[_Part], request: SearchRequest) -> list[tuple[float, _Part, int]]:
    """The hits asked for, in order: score, where, and which paper."""
    end = request.offset + request.limit
    if not request.limit:
        return []
    if request.is_ranked:
        return _best(parts, end)[request.offset : end]
    return _first_by_date(parts, end, request.sort == "oldest")[request.offset :]


def _first_by_date(parts: Sequence[_Part], count: int, oldest: bool) -> list[tuple[float, _Part, int]]:
    """The oldest or the newest hits, at most so many of them, in order, ties by id."""
    first, flipped = (nsmallest, MAX_ID_NUMBER) if oldest else (nlargest, 0)
    found: list[tuple[int, _Part, int]] = []
    for part in parts:
        column = part.segment.column("newest")
        keys = [column[document] ^ flipped for document in part.hits]
        chosen = map(frozenset(first(count, keys)).__contains__, keys)
        found += [(key, part, document) for key, document in compress(zip(keys, part.hits, strict=True), chosen)]
    return [(0.0, part, document) for _, part, document in first(count, found, itemgetter(0))]


def _best(parts: Sequence[_Part], count: int) -> list[tuple[float, _Part, int]]:
    """The hits of the highest scores, at least so many of them, ties by id."""
    highest = nlargest(count, chain.from_iterable(map(part.scores.__getitem__, part.hits) for part in parts))
    least = highest[-1] - 10**-SCORE_DIGITS if highest else 0.0
    found: list[tuple[float, int, _Part, int]] = []
    for part in parts:
        keys, scores = part.segment.column("newest"), part.scores
        for document in part.hits:
            if (score := scores[document]) >= least:
                found.append((round(score, SCORE_DIGITS), id_order(keys[document]), part, document))
    found.sort(key=lambda hit: (-hit[0], hit[1]))
    return [(score, part, document) for score, _, part, document in found]


def _count(facet: str, found: Iterable[tuple[SegmentReader, Set[int]]]) -> Counter[str]:
    """How many of the papers found carry each value of a facet."""
    counts = Counter[str]()
    for segment, documents in found:
        if facet in ("year", "month"):
            numbers, values = segment.column("month"), _year if facet == "year" else _month
        else:
            sets = segment.value_sets("authors" if facet == "author" else "categories")
            numbers, values = sets.of_document, sets.members
        pick = _PICKED.get(facet)
        for number, count in Counter(map(numbers.__getitem__, documents)).items():
            for value in pick(values(number)) if pick else values(number):
                counts[value] += count
    return counts


def _primary(categories: list[str]) -> list[str]:
    return categories[:1]


def _archives(categories: list[str]) -> Iterable[str]:
    return set(map(archive_of, categories))


def _year(month: int) -> list[str]:
    return [str(month // 12)]


def _month(month: int) -> list[str]:
    return [f"{month // 12}-{month % 12 + 1:02}"]


_PICKED: dict[str, Callable[[list[str]], Iterable[str]]] = {"primary": _primary, "archive": _archives}
"""What of a paper's set of values a facet counts, where not all of it."""
