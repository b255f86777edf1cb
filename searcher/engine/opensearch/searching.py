"""Questions to one state of an index on a cluster."""

from __future__ import annotations

import contextlib
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from opensearchpy.exceptions import OpenSearchException, TransportError
from whoosh import query as wq

from searcher.engine.explaining import explain
from searcher.engine.facets import group_by_filters, sum_up
from searcher.engine.opensearch.builds import KEPT_S, Build, Builds
from searcher.engine.opensearch.cluster import BUSY, Cluster, is_too_much
from searcher.engine.opensearch.compiling import Body, compile_restricted
from searcher.engine.opensearch.mapping import COLUMNS
from searcher.engine.ordering import SCORE_DIGITS
from searcher.engine.packing import unpack
from searcher.errors import ClusterError
from searcher.paper import Paper
from searcher.results import FacetCount, FacetRequest, Hit, SearchRequest, SearchResponse

_WINDOW = 10_000  # hits that a cluster gives at once
_SPARE_HITS = 30
_MANY_PAPERS = 200  # beyond these, first the ids in their order and then the papers of the page
_SCANNED = 1_000  # papers or terms at once
_FEW_VALUES, _MANY_VALUES = 2_000, 60_000  # of a facet; a cluster gives no more than 65,535
_KEY_AND_COUNT = itemgetter("key", "doc_count")
_BY_SCORE = [{"_score": "desc"}, {"newest": "desc"}]
_BY_DATE = {"newest": [{"newest": "desc"}], "oldest": [{"oldest": "asc"}]}
_PATIENCE_S = 10.0  # while a node that died is made good
_OPENING_PATIENCE_S = 5.0  # while a shard is on its way to another node


class Snapshot:
    """One state of an index: that of the first question, until it has not been asked anything for some minutes.

    Then, or if the node that kept it is lost, the newest state takes its place.
    """

    def __init__(self, builds: Builds, build: Build) -> None:
        """Take the state that a build has now."""
        self._builds = builds
        self._cluster = builds.cluster
        self._open(build.index)

    # Answers.

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request; see `Engine`."""
        groups = group_by_filters(request)
        first = groups.pop(request.filters, [])
        total, found, counted = self._top(request, _aggregations(first))
        facets, warnings = self._facets(request, counted, first, groups)
        return SearchResponse(total=total, hits=found, facets=facets, warnings=warnings)

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """Those of these ids that there are."""
        found: dict[str, Paper] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _SCANNED):
            some = wanted[start : start + _SCANNED]
            body = {"query": {"terms": {"id": some}}, "size": len(some), "sort": ["_doc"]}
            found |= {paper.id: paper for paper in map(_paper, self._ask(body)["hits"]["hits"])}
        return found

    def count(self, query: wq.Query) -> int:
        """How many papers match."""
        return _total(self._ask({"query": compile_restricted(query, ()), "size": 0}))

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many papers hold each of these terms, counted at once."""
        found: list[int] = []
        for start in range(0, len(terms), _SCANNED):
            filters = [compile_restricted(wq.Term(field, term), ()) for term in terms[start : start + _SCANNED]]
            counts = self._aggregate({"match_all": {}}, {"terms": {"filters": {"filters": filters}}})["terms"]
            found += [bucket["doc_count"] for bucket in counts["buckets"]]
        return found

    def scan(self, query: wq.Query) -> Iterator[Paper]:
        """All papers that match."""
        body = {"query": {"constant_score": {"filter": compile_restricted(query, ())}}, "sort": _BY_DATE["newest"]}
        for _, hits in self._pages(body, _SCANNED):
            yield from map(_paper, hits)

    # Hits.

    def _top(self, request: SearchRequest, aggregations: Body) -> tuple[int, tuple[Hit, ...], Body]:
        """The total, the hits asked for, in order, and what was counted beside."""
        names: dict[int, str] | None = {} if request.explain and request.is_ranked else None
        body: Body = {"query": compile_restricted(request.query, request.filters, names), "aggs": aggregations}
        if not request.limit:
            answer = self._ask({**body, "size": 0})
            return _total(answer), (), answer.get("aggregations", {})
        end = request.offset + request.limit
        wanted = end + _SPARE_HITS if request.is_ranked else end
        body["sort"] = _BY_SCORE if request.is_ranked else _BY_DATE["oldest" if request.sort == "oldest" else "newest"]
        if wanted > _MANY_PAPERS:
            body["_source"] = False
        while True:
            answer, hits = self._collect(body, wanted, request.offset)
            scores = [_score(hit) for hit in hits] if request.is_ranked else []
            if len(scores) < wanted or scores[-1] < scores[end - 1]:
                break
            wanted *= 8  # papers tied with the last one asked for: see them all, to order them by id
        if request.is_ranked:
            hits.sort(key=lambda hit: (-_score(hit), hit["_id"]))
        page = hits[request.offset : end]
        papers = self.papers(hit["_id"] for hit in page) if "_source" in body else {}
        found = tuple(
            Hit(
                papers[hit["_id"]] if papers else _paper(hit),
                _score(hit) if request.is_ranked else 0.0,
                explanation=() if names is None else tuple(explain(request.query, _Scores(names, hit))),
            )
            for hit in page
        )
        return _total(answer), found, answer.get("aggregations", {})

    def _collect(self, body: Body, wanted: int, offset: int) -> tuple[Body, list[Body]]:
        """The first answer, and as many hits as wanted, if there are; none if all of them come before the offset."""
        hits: list[Body] = []
        first: Body = {}
        for answer, some in self._pages(body, min(wanted, _WINDOW)):
            first = first or answer
            hits += some
            if len(hits) >= wanted or _total(first) <= offset:
                break
        return first, hits[:wanted]

    def _pages(self, body: Body, size: int) -> Iterator[tuple[Body, list[Body]]]:
        """Answers with as many hits each, one behind the other, to the last."""
        while True:
            answer = self._ask({**body, "size": size})
            hits = answer["hits"]["hits"]
            yield answer, hits
            if len(hits) < size:
                return
            body = {name: value for name, value in body.items() if name != "aggs"} | {"search_after": hits[-1]["sort"]}

    # Facets.

    def _facets(
        self,
        request: SearchRequest,
        counted: Body,
        first: list[FacetRequest],
        groups: dict[tuple[Any, ...], list[FacetRequest]],
    ) -> tuple[dict[str, tuple[FacetCount, ...]], tuple[str, ...]]:
        """The facets asked for, each without its own filters, and what is to be told about them."""
        counts: dict[str, tuple[FacetCount, ...]] = {}
        warnings: list[str] = []
        for filters, facets in {request.filters: first, **groups}.items():
            query = compile_restricted(request.query, filters)
            if facets is not first:
                counted = self._aggregate(query, _aggregations(facets))
            for facet in facets:
                values = counted[COLUMNS[facet.name]]
                if values["doc_count_error_upper_bound"]:
                    values = self._recount(query, facet)
                if error := values["doc_count_error_upper_bound"]:
                    warnings.append(f"counts by {facet.name} may lack values, or be too low by up to {error} papers")
                counts[facet.name] = sum_up(facet, map(_KEY_AND_COUNT, values["buckets"]))
        return {facet.name: counts[facet.name] for facet in request.facets}, tuple(warnings)

    def _aggregate(self, query: Body, aggregations: Body) -> Body:
        return self._ask({"query": query, "size": 0, "aggs": aggregations})["aggregations"]

    def _recount(self, query: Body, facet: FacetRequest) -> Body:
        """The exact counts of the most frequent values of a facet with more values than a shard gives at once.

        A value may be missed in a shard where it is rare, by at most the error that the cluster states. So those that
        may be among the most frequent are counted again, by name. What the error leaves open is stated with them.
        """
        column = COLUMNS[facet.name]
        buckets, error, last = [], 0, 0
        for size in (max(_FEW_VALUES, facet.size), _MANY_VALUES):
            values = self._aggregate(query, {column: _terms(column, size)})[column]
            buckets, error = values["buckets"], values["doc_count_error_upper_bound"]
            last = buckets[min(facet.size, len(buckets)) - 1]["doc_count"]
            if last > error:
                break
        likely = [bucket["key"] for bucket in buckets if bucket["doc_count"] + error >= last]
        values = self._aggregate(query, {column: _terms(column, len(likely), likely)})[column]
        return {**values, "doc_count_error_upper_bound": 0 if last > error else error}

    # Asking.

    def _open(self, index: str) -> None:
        """Have the cluster keep the state of now."""
        path = f"/{index}/_search/point_in_time"
        options: Body = {"keep_alive": f"{KEPT_S}s", "allow_partial_pit_creation": "false"}
        opened = self._cluster.request("POST", path, patience_s=_OPENING_PATIENCE_S, **options)
        self._point: str = opened["pit_id"]
        self._closing = weakref.finalize(self, _let_go, self._cluster, self._point)

    def _ask(self, body: Body) -> Body:
        """The whole answer, from all shards. Raises TransportError, or ClusterError if some did not answer."""
        patience_ends = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._ask_once(body)
            except TransportError as error:
                is_final = error.status_code not in (404, 500, *BUSY) or is_too_much(error)
                if is_final or time.monotonic() > patience_ends:
                    raise
                time.sleep(0.2)
                with contextlib.suppress(OpenSearchException):  # the next try tells
                    self._closing()
                    self._open(self._builds.alias)  # the node that kept it is gone, or it was kept long enough

    def _ask_once(self, body: Body) -> Body:
        asked = {
            "pit": {"id": self._point, "keep_alive": f"{KEPT_S}s"},
            "track_total_hits": True,
            "_source": ["paper"],
            **body,
        }
        answer = self._cluster.request(
            "POST",
            "/_search",
            asked,
            search_type="dfs_query_then_fetch",  # a word weighs as much on every shard
            allow_partial_search_results="false",
            include_named_queries_score="true",
        )
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise ClusterError(f"{self._cluster} answered in part: {answer['_shards']['failed']} shards failed")
        return answer


class _Scores:
    """What the parts of a query score for one hit."""

    def __init__(self, names: dict[int, str], hit: Body) -> None:
        self._names = names
        self._scores: dict[str, float] = hit.get("matched_queries") or {}

    def __call__(self, part: wq.Query) -> float | None:
        return self._scores.get(self._names.get(id(part), ""))


def _let_go(cluster: Cluster, point: str) -> None:
    with contextlib.suppress(OpenSearchException):
        cluster.request("DELETE", "/_search/point_in_time", {"pit_id": [point]}, timeout_s=2)


def _aggregations(facets: Iterable[FacetRequest]) -> Body:
    return {
        COLUMNS[facet.name]: _terms(COLUMNS[facet.name], max(_FEW_VALUES, *(each.size for each in facets)))
        for facet in facets
    }


def _terms(column: str, size: int, include: list[str] | None = None) -> Body:
    terms = {"field": column, "size": size, "shard_size": size}
    return {"terms": terms if include is None else {**terms, "include": include}}


def _total(answer: Body) -> int:
    return answer["hits"]["total"]["value"]


def _score(hit: Body) -> float:
    return round(hit["_score"], SCORE_DIGITS)


def _paper(hit: Body) -> Paper:
    return unpack(hit["_source"]["paper"])
