"""What the tests of the engine contract share. A new engine joins by its name in ENGINES."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import clusters
from oracle import Question
from whoosh.query import Query

from searcher.config import OpenSearch
from searcher.engine import Engine, complete_engine, create_engine, open_engine
from searcher.paper import Paper
from searcher.query import build_filters, parse, restrict
from searcher.ranking.verbatim import find_holders, hold_to_words
from searcher.results import FacetRequest, SearchRequest, SearchResponse
from searcher.schema import FACETS
from searcher.selection import parse_date

FOLDER_ENGINES = ("tantivy", "whoosh")
ENGINES = (*FOLDER_ENGINES, "opensearch", "opensearch on 3 shards")

ALL = 10_000
ALL_FACETS = tuple(FacetRequest(name, 1000) for name in FACETS)
_PAPER = Paper(
    id="",
    version=1,
    title="Untitled",
    authors=("Ann Onym",),
    categories=("cs.CV",),
    classes=(),
    published=datetime(2024, 1, 1, 12, tzinfo=UTC),
    updated=datetime(2024, 1, 2, 12, tzinfo=UTC),
    doi=None,
    journal=None,
    comment=None,
    summary="Nothing to say.",
    pdf="http://arxiv.org/pdf/0",
    url="http://arxiv.org/abs/0",
    listing="cs.CV/2024/01/20240101.md",
)


@dataclass(frozen=True)
class Index:
    """A place for an index, and the name of the engine that is tested."""

    engine: str  # one of ENGINES
    folder: Path  # on a cluster, what the index is named by

    @property
    def place(self) -> tuple[str, Path, OpenSearch]:
        """What `open_engine` and its like ask for."""
        name, _, shards = self.engine.partition(" on ")
        if name in FOLDER_ENGINES:
            return name, self.folder, OpenSearch()
        return name, self.folder, clusters.running().settings(self.folder, shards=int(shards[:1] or 1))

    def begin(self) -> Engine:
        """Make an empty index that is not complete."""
        return create_engine(*self.place)

    def create(self, *papers: Paper) -> Engine:
        """Make an index of these papers."""
        engine = self.begin()
        if papers:
            engine.rebuild(papers)
        complete_engine(*self.place)
        return engine

    def open(self) -> Engine:
        """Open the index once more."""
        return open_engine(*self.place)

    def wipe(self) -> None:
        """Leave nothing of it on a cluster."""
        if self.engine not in FOLDER_ENGINES:
            clusters.running().wipe(self.place[2].index)


def paper(number: int, **fields: Any) -> Paper:
    """A paper of which nothing matters but its number and what is named."""
    return replace(_PAPER, **{"id": f"2401.{number:05}", **fields})


def request(query: str | Query, **options: Any) -> SearchRequest:
    """A search for all papers that a query finds."""
    tree = parse(query).query if isinstance(query, str) else query
    return SearchRequest(tree, **{"limit": ALL, **options})


def asked(engine: Engine, question: Question, **options: Any) -> SearchRequest:
    """A question as this engine gets it."""
    filters, any_word = question.filters, question.any_word
    parsed = parse(question.node.typed(), any_word=any_word)
    query = hold_to_words(parsed.query, partial(find_holders, scan=engine.scan))
    narrowed = build_filters(
        categories=filters.cat,
        not_categories=filters.not_cat,
        primaries=filters.primary,
        authors=filters.author,
        since=_moment(filters.since, 0),
        until=_moment(filters.until, 1),
    )
    return request(restrict(query, filters.title or None, any_word=any_word), filters=narrowed, **options)


def _moment(date: str, side: int) -> datetime | None:
    moments = parse_date(date)
    return moments[side] if moments else None


def ids(response: SearchResponse) -> list[str]:
    """The ids of the papers found, in order."""
    return [hit.paper.id for hit in response.hits]


def numbers(engine: Engine, query: str | Query = "*", **options: Any) -> list[int]:
    """The numbers of all papers found, in ascending order."""
    found = engine.search(request(query, **options))
    assert found.total == len(found.hits)
    return sorted(int(identifier[-5:]) for identifier in ids(found))


def counts(response: SearchResponse, facet: str) -> list[tuple[str, int]]:
    """The counts of one facet."""
    return [(each.value, each.count) for each in response.facets[facet]]


def state(engine: Engine) -> tuple[list[Paper], dict[str, list[tuple[str, int]]]]:
    """Every paper, newest first, and every facet."""
    found = engine.search(request("*", sort="newest", facets=ALL_FACETS))
    papers = [hit.paper for hit in found.hits]
    assert found.total == len(papers) == engine.count()
    assert engine.papers(paper.id for paper in papers) == {paper.id: paper for paper in papers}
    return papers, {facet: counts(found, facet) for facet in FACETS}
