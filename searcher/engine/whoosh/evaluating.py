"""A query tree -> the papers of one segment that match, with their scores.

Postings are arrays, and sets and dicts of document numbers are made of them by calls that loop in C; what is done in
Python for every posting is little. Words, phrases, dates and groups in an `And` are looked at only `within` what the
parts before them left.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from fnmatch import translate
from itertools import chain, compress

from whoosh import query as wq

from searcher.engine.whoosh.bm25 import LENGTHS, idf, term_frequency_weight
from searcher.engine.whoosh.fuzzy import words_within
from searcher.engine.whoosh.segment import Postings, SegmentReader

_EPOCH = datetime(1970, 1, 1)
_NEVER = -(1 << 62), 1 << 62  # in seconds; before and after all papers
_SPARSE = 16  # a list so many times longer than what is looked for in it is searched, and not gone through

Within = Set[int] | Mapping[int, float] | None
"""The papers that matter, to be looked up; None for all."""


class Statistics:
    """What scores depend on: counts over all segments, removed papers included."""

    def __init__(self, segments: Sequence[SegmentReader]) -> None:
        """Count in these segments."""
        self._segments = segments
        self._papers = sum(segment.documents for segment in segments)
        self._code_scores: dict[tuple[str, tuple[str, ...], float], _CodeScores] = {}

    def code_scores(self, field: str, words: Sequence[str], boost: float) -> _CodeScores:
        """What a word, or a phrase, of a field adds to the score of a paper, by the code of its posting."""
        key = field, tuple(words), boost
        if key not in self._code_scores:
            weight = boost * sum(idf(self._papers, self.frequency(field, word.encode())) for word in words)
            length = sum(segment.occurrences.get(field, 0) for segment in self._segments) / max(1, self._papers)
            self._code_scores[key] = _CodeScores(weight, length or 1.0)
        return self._code_scores[key]

    def frequency(self, field: str, word: bytes) -> int:
        """How many papers hold a word in a field."""
        found = ((terms, terms.find(word)) for terms in (segment.terms(field) for segment in self._segments))
        return sum(terms.document_frequencies[number] for terms, number in found if number is not None)


class _CodeScores(dict[int, float]):
    """The score of each code of a posting, worked out when it is first met."""

    def __init__(self, weight: float, average_length: float) -> None:
        self._weight = weight
        self._average_length = average_length

    def __missing__(self, code: int) -> float:
        share = term_frequency_weight(code >> 8, LENGTHS[code & 255], self._average_length)
        self[code] = score = self._weight * share
        return score


class Evaluator:
    """Evaluates trees, in the form that `searcher.query` promises, over one segment."""

    def __init__(self, segment: SegmentReader, statistics: Statistics) -> None:
        """Look into a segment; score with the statistics of all."""
        self._segment = segment
        self._statistics = statistics

    def scores(self, query: wq.Query, within: Within = None) -> dict[int, float]:
        """The papers that match, with their scores."""
        match query:
            case wq.And():
                return self._all_scores(query, within)
            case wq.Or():
                return _summed([self.scores(child, within) for child in query.subqueries])
            case wq.AndMaybe():
                found = self.scores(query.a, within)
                for document, score in self.scores(query.b, found).items():
                    found[document] += score
                return found
            case wq.Term():
                return self._term_scores(query, within)
            case wq.Phrase():
                scores = self._statistics.code_scores(query.fieldname, query.words, query.boost)
                lengths = self._segment.lengths(query.fieldname)
                counts = self._phrase_counts(query, within)
                return {document: scores[count << 8 | lengths[document]] for document, count in counts.items()}
            case wq.ConstantScoreQuery():
                return dict.fromkeys(self.matches(query.child, within), float(query.score))
        return dict.fromkeys(self.matches(query, within), 0.0)

    def matches(self, query: wq.Query, within: Within = None) -> Collection[int]:
        """The papers that match, none twice."""
        match query:
            case wq.And():
                required, excluded = _parts(query)
                for child in sorted(required, key=self._cost):
                    within = set(self.matches(child, within))
                kept = set(within or ())
                for child in excluded:
                    kept.difference_update(self.matches(child, kept))
                return kept
            case wq.Or():
                return set().union(*(self.matches(child, within) for child in query.subqueries))
            case wq.AndMaybe():
                return self.matches(query.a, within)
            case wq.ConstantScoreQuery():
                return self.matches(query.child, within)
            case wq.Term():
                postings = self._postings(query.fieldname, query.text)
                return _common(postings.documents, within) if postings else ()
            case wq.Phrase():
                return self._phrase_counts(query, within).keys()
            case wq.Prefix() | wq.Wildcard() | wq.FuzzyTerm():
                terms = self._segment.terms(query.fieldname)
                found = set[int]().union(*(terms.postings(number).documents for number in self._expand(query)))
                return found if within is None else found.intersection(within)
            case wq.DateRange():
                return self._dated(query, within)
            case wq.Every():
                return self._every(query.fieldname, within)
            case _ if query == wq.NullQuery:
                return ()
        raise TypeError(f"not a query that searcher.query makes: {query!r}")

    def _all_scores(self, query: wq.And, within: Within) -> dict[int, float]:
        required, excluded = _parts(query)
        first, *others = sorted(required, key=self._cost)
        scores = self.scores(first, within)
        for child in others:
            scores = {document: scores[document] + score for document, score in self.scores(child, scores).items()}
        for child in excluded:
            for document in list(self.matches(child, scores)):
                del scores[document]
        return scores

    def _term_scores(self, query: wq.Term, within: Within) -> dict[int, float]:
        postings = self._postings(query.fieldname, query.text)
        if postings is None:
            return {}
        scores = self._statistics.code_scores(query.fieldname, [query.text], query.boost)
        documents, codes = postings.documents, postings.codes
        if within is None:
            return dict(zip(documents, map(scores.__getitem__, codes), strict=True))
        if len(within) * _SPARSE < len(documents):
            places = _places(documents, within)
            return {documents[place]: scores[codes[place]] for place in places}
        chosen = bytes(map(within.__contains__, documents))
        return dict(zip(compress(documents, chosen), map(scores.__getitem__, compress(codes, chosen)), strict=True))

    def _phrase_counts(self, query: wq.Phrase, within: Within) -> Counter[int]:
        """How often papers hold a phrase."""
        found = [self._postings(query.fieldname, word) for word in query.words]
        lists = [(postings.positions, offset) for offset, postings in enumerate(found) if postings is not None]
        if len(lists) < len(found):
            return Counter()
        (positions, offset), *others = sorted(lists, key=lambda each: len(each[0]))
        papers = self._segment.starts(query.fieldname)
        if within is not None and len(within) * _SPARSE < len(positions):
            inside = (_between(positions, papers[document], papers[document + 1]) for document in within)
            positions, within = array("I", chain.from_iterable(inside)), None
        starts = set(map((-offset).__add__, positions))
        for positions, offset in others:
            if len(starts) * _SPARSE < len(positions):
                places = _places(positions, [start + offset for start in starts])
                starts = {positions[place] - offset for place in places}
            else:
                starts.intersection_update(map((-offset).__add__, positions))
        documents = [bisect_right(papers, start) - 1 for start in starts]
        return Counter(documents if within is None else filter(within.__contains__, documents))

    def _postings(self, field: str, text: str) -> Postings | None:
        terms = self._segment.terms(field)
        number = terms.find(text.encode())
        return None if number is None else terms.postings(number)

    def _expand(self, query: wq.Prefix | wq.Wildcard | wq.FuzzyTerm) -> Iterable[int]:
        """The numbers of the terms that a pattern stands for."""
        terms = self._segment.terms(query.fieldname)
        if isinstance(query, wq.FuzzyTerm):
            return words_within(terms.words, query.text, query.maxdist)
        beginning = re.split(r"[*?]", query.text)[0] if isinstance(query, wq.Wildcard) else query.text
        candidates = range(*map(terms.first_from, (beginning.encode(), beginning.encode() + b"\xff")))
        if isinstance(query, wq.Prefix):
            return candidates
        matches = re.compile(translate(query.text.replace("[", "[[]"))).match
        words = terms.words[candidates.start : candidates.stop]
        return compress(candidates, map(matches, words))

    def _dated(self, query: wq.DateRange, within: Within) -> list[int]:
        seconds = self._segment.column(query.fieldname)
        first = _NEVER[0] if query.startdate is None else _seconds(query.startdate) + query.startexcl
        end = _NEVER[1] if query.enddate is None else _seconds(query.enddate) + (not query.endexcl)
        if within is None:
            return [document for document, second in enumerate(seconds) if first <= second < end]
        return [document for document in within if first <= seconds[document] < end]

    def _every(self, field: str | None, within: Within) -> Collection[int]:
        every = range(self._segment.documents) if within is None else within
        if field is None:
            return every
        lengths = self._segment.lengths(field)
        return [document for document in every if lengths[document]]

    def _cost(self, query: wq.Query) -> int:
        """About how many papers match."""
        match query:
            case wq.Term():
                terms = self._segment.terms(query.fieldname)
                number = terms.find(query.text.encode())
                return 0 if number is None else terms.document_frequencies[number]
            case wq.Phrase():
                return min(self._cost(wq.Term(query.fieldname, word)) for word in query.words)
            case wq.And():
                return min(map(self._cost, _parts(query)[0]))
            case wq.Or():
                return sum(map(self._cost, query.subqueries))
            case wq.AndMaybe():
                return self._cost(query.a)
            case wq.ConstantScoreQuery():
                return self._cost(query.child)
        return self._segment.documents


def _parts(query: wq.And) -> tuple[list[wq.Query], list[wq.Query]]:
    """What a paper must match, and what it must not."""
    required = [child for child in query.subqueries if not isinstance(child, wq.Not)]
    return required, [child.query for child in query.subqueries if isinstance(child, wq.Not)]


def _summed(parts: list[dict[int, float]]) -> dict[int, float]:
    parts.sort(key=len)
    scores = parts.pop()
    score_of = scores.get
    for part in parts:
        for document, score in part.items():
            scores[document] = score_of(document, 0.0) + score
    return scores


def _seconds(date: datetime) -> int:
    return int((date - _EPOCH).total_seconds())


def _common(documents: array[int], within: Within) -> Collection[int]:
    """Those of ascending documents that matter."""
    if within is None:
        return documents
    if len(within) * _SPARSE < len(documents):
        return [documents[place] for place in _places(documents, within)]
    return list(filter(within.__contains__, documents))


def _between(numbers: array[int], first: int, end: int) -> array[int]:
    """Those of some ascending numbers from `first` to before `end`."""
    start = bisect_left(numbers, first)
    return numbers[start : bisect_left(numbers, end, start)]


def _places(numbers: Sequence[int], wanted: Iterable[int]) -> Iterator[int]:
    """Where those of the wanted numbers stand that are among some ascending ones."""
    for number in wanted:
        place = bisect_left(numbers, number)
        if place < len(numbers) and numbers[place] == number:
            yield place
