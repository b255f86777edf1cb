"""What a paper scores, told word by word in plain Python for the query tree that an engine gets: no index.

A paper's score is the sum over the words and phrases in it of

    boost * idf * (k1 + 1) * tf / (tf + k1 * (1 - b + b * length / average length))

where idf = ln(1 + (N - n + 0.5) / (n + 0.5)) of N papers, n of which hold the word; a phrase has the sum of its words'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from math import log

from oracle import Document, differences
from whoosh import query as wq

from searcher.schema import TEXT_FIELDS, doi_keys

_K1, _B = 1.2, 0.75


class Scale:
    """Weighs the papers of an index: what a word counts in one depends on all."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._holders = {
            name: Counter(token for each in documents for token in each.tokens[name]) for name in TEXT_FIELDS
        }
        self._average_length = {
            name: sum(_length(each, name) for each in documents) / max(1, len(documents)) for name in TEXT_FIELDS
        }

    def scores(self, query: wq.Query, documents: Iterable[Document] | None = None) -> dict[str, float]:
        """The ids of the papers that a query finds (among these), each with its score."""
        found = {
            each.paper.id: self.score(query, each) for each in (self._documents if documents is None else documents)
        }
        return {identifier: score for identifier, score in found.items() if score is not None}

    def score(self, query: wq.Query, document: Document) -> float | None:
        """The score of one paper; None if the query does not find it."""
        match query:
            case wq.Term():
                return self._weight(query.fieldname, [query.text], query.boost, document)
            case wq.Phrase():
                return self._weight(query.fieldname, query.words, query.boost, document)
            case wq.ConstantScoreQuery():
                return query.score if _holds(document, query.child) else None
            case wq.And():
                excluded = [child.query for child in query.subqueries if isinstance(child, wq.Not)]
                wanted = [child for child in query.subqueries if not isinstance(child, wq.Not)]
                scores = [score for child in wanted if (score := self.score(child, document)) is not None]
                is_excluded = any(self.score(child, document) is not None for child in excluded)
                return None if is_excluded or len(scores) < len(wanted) else sum(scores)
            case wq.Or():
                scores = [score for child in query.subqueries if (score := self.score(child, document)) is not None]
                return sum(scores) if scores else None
            case wq.AndMaybe():
                score = self.score(query.a, document)
                return None if score is None else score + (self.score(query.b, document) or 0.0)
        assert query == wq.NullQuery
        return None

    def _weight(self, name: str, tokens: list[str], boost: float, document: Document) -> float | None:
        if not (frequency := _occurrences(document, name, tokens)):
            return None
        idf = sum(map(self._idf, [self._holders[name][token] for token in tokens]))
        relative_length = rounded_length(_length(document, name)) / self._average_length[name]
        return boost * idf * (_K1 + 1) * frequency / (frequency + _K1 * (1 - _B + _B * relative_length))

    def _idf(self, holders: int) -> float:
        return log(1 + (len(self._documents) - holders + 0.5) / (holders + 0.5))


def rounded_length(length: int) -> int:
    """The length of a text as an index keeps it, in one byte: Lucene's SmallFloat, exact up to 40."""
    excess = length - 24
    dropped_bits = max(0, excess.bit_length() - 4)
    return length if excess < 0 else 24 + (excess >> dropped_bits << dropped_bits)


def _length(document: Document, name: str) -> int:
    return sum(map(len, document.rows[name]))


def _occurrences(document: Document, name: str, tokens: list[str]) -> int:
    if not document.tokens[name].issuperset(tokens):
        return 0
    if len(tokens) == 1:
        return sum(row.count(tokens[0]) for row in document.rows[name])
    return sum(row[at : at + len(tokens)] == tokens for row in document.rows[name] for at in range(len(row)))


def _holds(document: Document, query: wq.Query) -> bool:
    """Whether a paper matches what is not weighed."""
    match query:
        case wq.Or():
            return any(_holds(document, child) for child in query.subqueries)
        case wq.Phrase():
            return _occurrences(document, query.fieldname, query.words) > 0
        case wq.DateRange():
            date: datetime = getattr(document.paper, query.fieldname).replace(tzinfo=None)
            start, end = query.startdate, query.enddate
            return (start is None or date >= start) and (end is None or date < end)
        case wq.Every() if query.fieldname is None:
            return True
    terms = _terms(document, query.field())
    match query:
        case wq.Every():
            return bool(terms)
        case wq.Term():
            return query.text in terms
        case wq.Prefix():
            return any(term.startswith(query.text) for term in terms)
        case wq.Wildcard():
            return any(fnmatchcase(term, query.text) for term in terms)
        case wq.FuzzyTerm():
            return any(differences(query.text, term) <= query.maxdist for term in terms)
    raise AssertionError(query)


def _terms(document: Document, name: str) -> set[str]:
    paper = document.paper
    keywords = {"id": [paper.id], "doi": doi_keys(paper.doi), "category": paper.categories}
    if name in ("primary", "archive"):
        return document.values(name)
    return set(keywords[name]) if name in keywords else document.tokens[name]
