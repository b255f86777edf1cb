"""An OpenSearch cluster as one would set it up without us: its English analyzer, its own query, counts and excerpts.

It is the cluster of the tests: three nodes on this machine; one shard, without a replica.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.process import BenchError
from bench.queries import Query
from searcher.listing import find_listings, read_listing
from searcher.paper import Paper

_TESTS = Path(__file__).resolve().parents[2] / "tests"
_TEXT, _KEYWORD = {"type": "text", "analyzer": "english"}, {"type": "keyword"}
_MAPPING = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": -1},
    "mappings": {
        "properties": {
            **dict.fromkeys(("title", "summary", "comment"), _TEXT),
            "authors": {"type": "text"},
            **dict.fromkeys(("categories", "year"), _KEYWORD),
            "published": {"type": "date"},
        }
    },
}
_FIELDS = ["title^2", "summary", "authors", "comment^0.3"]
_BULK = 1000


@contextmanager
def indexed(listings: Path) -> Iterator[str]:
    """The address at which to search the papers of the listings. Raises BenchError where there is no OpenSearch."""
    with TemporaryDirectory(prefix="searcher-opensearch-") as folder, started(Path(folder)) as cluster:
        cluster.ask("PUT", "/papers", _MAPPING)
        papers = _papers(listings)
        while some := list(islice(papers, _BULK)):
            _send(f"{cluster.hosts[0]}/papers/_bulk", some)
        cluster.ask("POST", "/papers/_refresh")
        cluster.ask("POST", "/papers/_forcemerge?max_num_segments=1")
        yield f"{cluster.hosts[0]}/papers/_search"


@contextmanager
def started(folder: Path) -> Iterator[Any]:
    """The cluster of the tests, with more memory. Raises BenchError where it cannot be had."""
    sys.path.append(str(_TESTS))
    clusters: Any = import_module("clusters")
    folder.mkdir(exist_ok=True)
    try:
        cluster = clusters.Cluster(folder, heap_mb=1024)
    except BaseException as error:
        if type(error).__name__ != "Skipped":
            raise
        raise BenchError(str(error)) from error
    try:
        yield cluster
    finally:
        cluster.stop()


def body(query: Query) -> str:
    """What is asked: ten papers with excerpts, their number, and counts by category and year."""
    kind = {"phrase": "phrase", "prefix": "phrase_prefix"}.get(query.kind, "cross_fields")
    words: dict[str, Any] = {"query": " ".join(query.words), "fields": _FIELDS, "type": kind}
    if kind == "cross_fields":
        words["operator"] = "and"
    narrowed = [{"term": {"categories": query.category}}] if query.category else []
    return json.dumps(
        {
            "size": 10,
            "track_total_hits": True,
            "query": {"bool": {"must": [{"multi_match": words}], "filter": narrowed}},
            "aggs": {name: {"terms": {"field": name, "size": 1000}} for name in ("categories", "year")},
            "highlight": {"fields": {"title": {"number_of_fragments": 0}, "summary": {"number_of_fragments": 1}}},
        }
    )


def _papers(listings: Path) -> Iterator[Paper]:
    for path in sorted(find_listings(listings)):
        yield from (item for item in read_listing(Path(path), path) if isinstance(item, Paper))


def _send(address: str, papers: Iterable[Paper]) -> None:
    lines: list[str] = []
    for paper in papers:
        lines.append(json.dumps({"index": {"_id": paper.id}}))
        lines.append(
            json.dumps(
                {
                    "title": paper.title,
                    "summary": paper.summary,
                    "comment": paper.comment,
                    "authors": paper.authors,
                    "categories": paper.categories,
                    "year": str(paper.published.year),
                    "published": paper.published.isoformat(),
                }
            )
        )
    content = "\n".join([*lines, ""]).encode()
    request = urllib.request.Request(address, content, {"content-type": "application/x-ndjson"}, method="POST")
    with urllib.request.urlopen(request, timeout=120) as answer:
        if json.loads(answer.read())["errors"]:
            raise BenchError("OpenSearch refused some of the papers")
