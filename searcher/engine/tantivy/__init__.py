"""The default engine: Tantivy, embedded.

Text reaches Tantivy normalized, so that its own tokenizer and stemmer give the schema's tokens. Dates, categories and
author names are also kept as columns, for sorting and counting; the whole paper is stored as one packed text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Order
from whoosh import query as wq

from searcher.engine.explaining import explain
from searcher.engine.facets import group_by_filters, sum_up
from searcher.engine.ordering import SCORE_DIGITS, id_order
from searcher.engine.packing import unpack
from searcher.engine.tantivy.document import COLUMNS, KEYWORD_FIELDS, build_schema, make_document
from searcher.engine.tantivy.failures import Telling
from searcher.errors import LockedError, QueryError, UnusableIndexError
from searcher.paper import Paper
from searcher.results import Explanation, FacetCount, FacetRequest, Filter, Hit, SearchRequest, SearchResponse

_HEAP_BYTES = 300_000_000
_THREADS = 2
_EPOCH = datetime(1970, 1, 1)
_SPARE_HITS = 30
_FEW_VALUES, _MANY_VALUES = 2_000, 60_000  # of a facet, in each segment; Tantivy gives up beyond 65,000
_KEY_AND_COUNT = itemgetter("key", "doc_count")
_SORT_KEYS = {"newest": ("newest", Order.Desc), "oldest": ("oldest", Order.Asc)}


def open_index(folder: Path) -> TantivyEngine:
    """Open the index in `folder`.

    Raises UnusableIndexError if there is none that can be used, SearcherError where Tantivy may not write its lock or
    the machine is short of something.
    """
    with Telling(f"the index in {folder}"):
        return TantivyEngine(tantivy.Index.open(str(folder)), folder)


def create_index(folder: Path) -> TantivyEngine:
    """Make an empty index in `folder`, which exists and holds none."""
    with Telling(f"the index in {folder}", "cannot be made", "run this again"):
        return TantivyEngine(tantivy.Index(build_schema(), str(folder), reuse=False), folder)


def generation(folder: Path) -> str:
    """See `searcher.engine.generation`. A commit puts a new file in the place of this one."""
    try:
        status = (folder / "meta.json").stat()
    except OSError:
        return ""
    return f"{status.st_mtime_ns:x}-{status.st_ino:x}"


def verify(folder: Path) -> list[str]:
    """See `searcher.engine.verify`."""
    from searcher.engine.tantivy.checksums import find_damage

    return find_damage(folder)


class TantivyEngine:
    """See `Engine` for what it promises."""

    state = ""

    def __init__(self, index: tantivy.Index, folder: Path) -> None:
        """Serve an index whose schema is ours, and which is in `folder`."""
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        english = words.filter(tantivy.Filter.stemmer("english"))  # `make_document` leaves no word that is too long
        index.register_tokenizer("english", english.build())
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        index.register_tokenizer("names", words.filter(tantivy.Filter.remove_long(256)).build())
        # What is counted or stored, and never looked for, is kept out of the term index, at no cost to the column.
        raw = tantivy.Tokenizer.raw()
        index.register_fast_field_tokenizer("column", tantivy.TextAnalyzerBuilder(raw).build())
        nothing = tantivy.TextAnalyzerBuilder(raw).filter(tantivy.Filter.remove_long(1)).build()
        index.register_tokenizer("column", nothing)
        index.config_reader("manual")
        index.reload()
        self._index = index
        self._folder = folder
        self._schema = index.schema

    def write(self, papers: Iterable[Paper], remove: Iterable[str] = ()) -> None:
        """Upsert papers and remove ids; see `Engine`."""
        with _Writing(self._index, self._folder) as writer:
            for identifier in remove:
                writer.delete_documents_by_term("id", identifier)
            for paper in papers:
                writer.delete_documents_by_term("id", paper.id)
                writer.add_document(make_document(paper))

    def rebuild(self, papers: Iterable[Paper]) -> None:
        """Replace all papers; see `Engine`."""
        from searcher.id_set import IdSet  # as all that only writing needs: a search need not wait for it

        written = IdSet()
        with _Writing(self._index, self._folder) as writer:
            writer.delete_documents_by_query(tantivy.Query.all_query())
            for paper in papers:
                if not written.add(paper.id):
                    writer.delete_documents_by_term("id", paper.id)
                writer.add_document(make_document(paper))

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request; see `Engine`."""
        with Telling("the index"):
            return self._search(request)

    def _search(self, request: SearchRequest) -> SearchResponse:
        searcher = self._index.searcher()
        query = self._restricted(request.query, request.filters)
        total, found = self._top(searcher, query, request)
        is_explained = request.explain and request.is_ranked
        hits = tuple(
            Hit(
                unpack(searcher.doc(address)["paper"][0]),
                score,
                explanation=self._explain(searcher, request.query, address) if is_explained else (),
            )
            for score, address in found
        )
        return SearchResponse(total=total, hits=hits, facets=self._count_facets(searcher, request))

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """Look papers up by id; see `Engine`."""
        searcher = self._index.searcher()
        found: dict[str, Paper] = {}
        wanted = list(ids)
        with Telling("the index"):
            for identifier in wanted:
                query = tantivy.Query.term_query(self._schema, "id", identifier, "basic")
                for _, address in searcher.search(query, 1, count=False).hits:
                    found[identifier] = unpack(searcher.doc(address)["paper"][0])
        return found

    def count(self) -> int:
        """The number of papers; see `Engine`."""
        return self._index.searcher().num_docs

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many papers hold each of these terms; see `Engine`."""
        searcher = self._index.searcher()
        with Telling("the index"):
            return [searcher.doc_freq(field, term) for term in terms]

    def scan(self, query: wq.Query) -> Iterator[Paper]:
        """Give all that match; see `Engine`."""
        searcher = self._index.searcher()
        with Telling("the index"):
            matching = tantivy.Query.const_score_query(self._compile(query), 0.0)
            found = searcher.search(matching, max(1, searcher.num_docs), count=False).hits
            for _, address in sorted(found, key=lambda hit: (hit[1].segment_ord, hit[1].doc)):
                yield unpack(searcher.doc(address)["paper"][0])

    def _restricted(self, query: wq.Query, filters: Iterable[Filter]) -> tantivy.Query:
        parts = [(Occur.Must, self._compile(query))]
        for each in filters:
            parts.append((Occur.Must, tantivy.Query.const_score_query(self._compile(each.query), 0.0)))
        return tantivy.Query.boolean_query(parts) if len(parts) > 1 else parts[0][1]

    def _compile(self, query: wq.Query) -> tantivy.Query:
        """The Tantivy query of a tree in the form that the `query` module promises."""
        make = tantivy.Query
        match query:
            case wq.Or() if all(isinstance(child, wq.Term) and child.fieldname == "id" for child in query.subqueries):
                return make.term_set_query(self._schema, "id", [child.text for child in query.subqueries])
            case wq.And() | wq.Or():
                occur = Occur.Must if isinstance(query, wq.And) else Occur.Should
                return make.boolean_query([self._clause(occur, child) for child in query.subqueries])
            case wq.AndMaybe():
                parts = [(Occur.Must, self._compile(query.a)), (Occur.Should, self._compile(query.b))]
                return make.boolean_query(parts)
            case wq.ConstantScoreQuery():
                return make.const_score_query(self._compile(query.child), query.score)
            case wq.Term():
                option = "basic" if query.fieldname in KEYWORD_FIELDS else "freq"
                return _boost(make.term_query(self._schema, query.fieldname, query.text, option), query.boost)
            case wq.Phrase():
                return _boost(make.phrase_query(self._schema, query.fieldname, query.words), query.boost)
            case wq.FuzzyTerm():
                return make.fuzzy_term_query(self._schema, query.fieldname, query.text, query.maxdist)
            case wq.Prefix():
                return self._compile_pattern(query.fieldname, re.escape(query.text) + ".*")
            case wq.Wildcard():
                pattern = re.escape(query.text).replace(r"\*", ".*").replace(r"\?", ".")
                return self._compile_pattern(query.fieldname, pattern)
            case wq.DateRange():
                return self._compile_dates(query)
            case wq.Every():
                return make.regex_query(self._schema, query.fieldname, ".*") if query.fieldname else make.all_query()
            case _ if query == wq.NullQuery:
                return make.empty_query()
        raise TypeError(f"not a query that searcher.query makes: {query!r}")

    def _clause(self, occur: Occur, query: wq.Query) -> tuple[Occur, tantivy.Query]:
        if isinstance(query, wq.Not):
            return Occur.MustNot, self._compile(query.query)
        return occur, self._compile(query)

    def _compile_pattern(self, field: str, pattern: str) -> tantivy.Query:
        try:
            return tantivy.Query.regex_query(self._schema, field, pattern)
        except ValueError as error:  # Tantivy gives up where the automaton would have more than 1,000 states
            raise QueryError("a pattern of * and ? in the query is too long; use fewer of them") from error

    def _compile_dates(self, query: wq.DateRange) -> tantivy.Query:
        start, end = (date and _seconds(date) for date in (query.startdate, query.enddate))
        return tantivy.Query.range_query(
            self._schema,
            query.fieldname,
            FieldType.Integer,
            start,
            end,
            include_lower=start is None or not query.startexcl,  # Tantivy takes an open side for included
            include_upper=end is None or not query.endexcl,
        )

    def _top(
        self, searcher: tantivy.Searcher, query: tantivy.Query, request: SearchRequest
    ) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
        """The total, and score and address of the hits asked for, in order."""
        papers = searcher.num_docs  # Tantivy makes room for all that it is asked for, found or not
        offset, end = min(request.offset, papers), min(request.offset + request.limit, papers)
        if not request.is_ranked:
            field, order = _SORT_KEYS["oldest" if request.sort == "oldest" else "newest"]
            found = searcher.search(query, max(1, end - offset), order_by_field=field, offset=offset, order=order)
            return _total(found), [(0.0, address) for _, address in found.hits[: end - offset]]
        wanted = end + _SPARE_HITS
        while True:
            found = searcher.search(query, wanted)
            scores = [round(score, SCORE_DIGITS) for score, _ in found.hits]
            if len(scores) < wanted or scores[-1] < scores[max(0, end - 1)]:
                break
            wanted *= 8  # papers tied with the last one asked for: see them all, to order them by id
        addresses = [address for _, address in found.hits]
        ranks: Any = searcher.fast_field_values("newest", addresses)
        ordered = sorted(zip(scores, ranks, addresses, strict=True), key=lambda hit: (-hit[0], id_order(hit[1])))
        return _total(found), [(score, address) for score, _, address in ordered[offset:end]]

    def _count_facets(self, searcher: tantivy.Searcher, request: SearchRequest) -> dict[str, tuple[FacetCount, ...]]:
        """The facets asked for, each without its own filters."""
        counts: dict[str, tuple[FacetCount, ...]] = {}
        for filters, facets in group_by_filters(request).items():
            query = self._restricted(_required(request.query), filters)
            columns = {_column(facet): _terms(_column(facet), max(_FEW_VALUES, facet.size)) for facet in facets}
            answer = searcher.aggregate(query, columns)
            for facet in facets:
                values = answer[_column(facet)]
                if values["doc_count_error_upper_bound"]:
                    values = _recount(searcher, query, facet)
                counts[facet.name] = sum_up(facet, map(_KEY_AND_COUNT, values["buckets"]))
        return {facet.name: counts[facet.name] for facet in request.facets}

    def _explain(
        self, searcher: tantivy.Searcher, query: wq.Query, address: tantivy.DocAddress
    ) -> tuple[Explanation, ...]:
        def score(part: wq.Query) -> float | None:
            try:
                return json.loads(self._compile(part).explain(searcher, address).to_json())["value"]
            except ValueError:
                return None  # not in this paper

        return tuple(explain(query, score))


class _Writing:
    """One commit: durable at the end, undone where the block raises."""

    def __init__(self, index: tantivy.Index, folder: Path) -> None:
        self._index, self._folder = index, folder

    def __enter__(self) -> tantivy.IndexWriter:
        try:
            self._writer = self._index.writer(_HEAP_BYTES, _THREADS)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise LockedError("the index is being written by another program; try again when it is done") from error
            raise UnusableIndexError(f"the index cannot be written ({error})") from error
        self._writer.garbage_collect_files()  # what a killed run left in the way of this one's files
        return self._writer

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, *_: object) -> None:
        from searcher.durable import sync_folder

        try:
            if error is None:
                self._writer.commit()
            else:
                self._writer.rollback()
            self._writer.wait_merging_threads()
            sync_folder(self._folder)  # Tantivy does not, once new contents are in place
        except ValueError as failure:  # Tantivy's one kind of error
            error = error or failure
        self._index.reload()
        if isinstance(error, ValueError):
            raise UnusableIndexError(f"the index could not be written ({error}); it is as it was before") from error


def _required(query: wq.Query) -> wq.Query:
    """A tree without what counts for the score alone."""
    if isinstance(query, wq.AndMaybe):
        return _required(query.a)
    return query.apply(_required) if isinstance(query, wq.And) else query


def _boost(query: tantivy.Query, boost: float) -> tantivy.Query:
    return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)


def _seconds(date: datetime) -> int:
    return int((date - _EPOCH).total_seconds())


def _total(found: tantivy.SearchResult) -> int:
    return found.count  # pyright: ignore[reportAttributeAccessIssue]  (missing from tantivy's stubs)


def _column(facet: FacetRequest) -> str:
    return COLUMNS["month" if facet.name == "year" else facet.name]


def _terms(column: str, size: int, include: list[str] | None = None) -> dict[str, Any]:
    terms = {"field": column, "size": size, "segment_size": size, "show_term_doc_count_error": True}
    return {"terms": terms if include is None else {**terms, "include": include}}


def _recount(searcher: tantivy.Searcher, query: tantivy.Query, facet: FacetRequest) -> dict[str, Any]:
    """The exact counts of the most frequent values of a facet with more values than a segment gives at once.

    A value may be missed in a segment where it is rare, by at most the error that Tantivy states. So those that
    may be among the most frequent are counted again, by name.
    """
    column = _column(facet)
    for size in (_FEW_VALUES, _MANY_VALUES):
        values = searcher.aggregate(query, {column: _terms(column, size)})[column]
        buckets, error = values["buckets"], values["doc_count_error_upper_bound"]
        last = buckets[min(facet.size, len(buckets)) - 1]["doc_count"]
        if last > error:
            break
    likely = [bucket["key"] for bucket in buckets if bucket["doc_count"] + error >= last]
    return searcher.aggregate(query, {column: _terms(column, len(likely), likely)})[column]
