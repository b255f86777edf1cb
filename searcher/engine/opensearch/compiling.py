"""A query tree, in the form that the `query` module promises -> OpenSearch's query language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from whoosh import query as wq

from searcher.engine.opensearch.mapping import K1, SPARSE_FIELDS
from searcher.results import Filter

Body = dict[str, Any]
_EPOCH = datetime(1970, 1, 1)
_NO_WORD = "="
"""Stands nowhere. A shard without the words of a phrase leaves its papers out of the count of all, by which words are
weighed; but not if it is asked for another word of the field as well.
"""


def compile_restricted(query: wq.Query, filters: Iterable[Filter], names: dict[int, str] | None = None) -> Body:
    """The query of a tree, held to filters, which do not count. What is weighed gets names, by `id` of the part."""
    compiler = _Compiler(names)
    compiled = compiler.compile(query)
    narrowing = [_Compiler(None).compile(each.query) for each in filters]
    asking = [{"term": {field: _NO_WORD}} for field in sorted(compiler.fields_of_phrases)]
    if not narrowing and not asking:
        return compiled
    return {"bool": {"must": [compiled], "filter": narrowing, "should": asking}}


class _Compiler:
    def __init__(self, names: dict[int, str] | None) -> None:
        self._names = names
        self.fields_of_phrases: set[str] = set()

    def compile(self, query: wq.Query) -> Body:
        match query:
            case wq.Or() if all(isinstance(child, wq.Term) and child.fieldname == "id" for child in query.subqueries):
                return {"terms": {"id": [child.text for child in query.subqueries]}}
            case wq.Or():
                parts = [self.compile(child) for child in query.subqueries]
                return {"bool": self._named(query, {"should": parts, "minimum_should_match": 1})}
            case wq.And():
                wanted = [self.compile(child) for child in query.subqueries if not isinstance(child, wq.Not)]
                excluded = [self.compile(child.query) for child in query.subqueries if isinstance(child, wq.Not)]
                return {"bool": self._named(query, {"must": wanted, "must_not": excluded})}
            case wq.AndMaybe():
                parts = {"must": [self.compile(query.a)], "should": [self.compile(query.b)]}
                return {"bool": self._named(query, parts)}
            case wq.ConstantScoreQuery():
                unweighed = _Compiler(None).compile(query.child)
                return {"constant_score": self._named(query, {"filter": unweighed, "boost": query.score})}
            case wq.Term():
                return {"term": {query.fieldname: self._named(query, {"value": query.text, **_boost(query)})}}
            case wq.Phrase():
                phrase = {"query": " ".join(query.words), "analyzer": "words", **_boost(query)}
                self.fields_of_phrases.add(query.fieldname)
                return {"match_phrase": {query.fieldname: self._named(query, phrase)}}
            case wq.FuzzyTerm():
                fuzzy = {"value": query.text, "fuzziness": query.maxdist, "rewrite": "constant_score"}
                return {"fuzzy": {query.fieldname: fuzzy}}
            case wq.Prefix():
                return {"prefix": {query.fieldname: {"value": query.text}}}
            case wq.Wildcard() if not query.text.strip("*"):
                return self.compile(wq.Every(query.fieldname))
            case wq.Wildcard():
                return {"wildcard": {query.fieldname: {"value": query.text.replace("\\", "\\\\")}}}
            case wq.DateRange():
                return _compile_dates(query)
            case wq.Every() if query.fieldname in SPARSE_FIELDS:
                return {"term": {"present": query.fieldname}}
            case wq.Every():
                return {"exists": {"field": query.fieldname}} if query.fieldname else {"match_all": {}}
            case _ if query == wq.NullQuery:
                return {"match_none": {}}
        raise TypeError(f"not a query that searcher.query makes: {query!r}")

    def _named(self, part: wq.Query, body: Body) -> Body:
        if self._names is None:
            return body
        return {**body, "_name": self._names.setdefault(id(part), str(len(self._names)))}


def _boost(query: wq.Query) -> Body:
    return {"boost": query.boost * (K1 + 1)}  # a factor that Lucene leaves out


def _compile_dates(query: wq.DateRange) -> Body:
    bounds: Body = {}
    if query.startdate is not None:
        bounds["gt" if query.startexcl else "gte"] = _seconds(query.startdate)
    if query.enddate is not None:
        bounds["lt" if query.endexcl else "lte"] = _seconds(query.enddate)
    return {"range": {query.fieldname: bounds}}


def _seconds(date: datetime) -> int:
    return int((date - _EPOCH).total_seconds())
