"""What every engine promises about a search among some papers: it finds what it finds among all, and no others."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import pytest
from contract import ALL_FACETS, Index, asked, ids
from corpora import KINDS, Corpus

from searcher.engine import Engine
from searcher.results import Filter, SearchRequest, among


@pytest.fixture(scope="module")
def engine(engine_name: str, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    index = Index(engine_name, tmp_path_factory.mktemp("index"))
    return index.create(*(each.paper for each in corpus.documents))


def narrowed(request: SearchRequest, extra: Filter) -> SearchRequest:
    return replace(request, filters=(*request.filters, extra))


@pytest.mark.parametrize(("kind", "sort"), list(zip(KINDS, cycle(["relevance", "newest", "oldest"]), strict=False)))
def test_among_some_papers_a_search_finds_those_of_them_that_it_finds_in_the_same_order_and_with_the_same_scores(
    kind: str, sort: str, corpus: Corpus, engine: Engine
) -> None:
    chosen = {each.paper.id for each in corpus.documents[::3]}
    for question in corpus.questions[kind]:
        every = asked(engine, question, sort=sort)
        found = engine.search(narrowed(every, among(chosen)))
        expected = [(hit.paper.id, hit.score) for hit in engine.search(every).hits if hit.paper.id in chosen]
        assert (question, [(hit.paper.id, hit.score) for hit in found.hits]) == (question, expected)
        assert found.total == len(expected)


def test_facets_count_among_these_papers_only(corpus: Corpus, engine: Engine) -> None:
    chosen = [each for each in corpus.documents[::3] if each.paper.published.year >= 2024]
    every = SearchRequest(asked(engine, corpus.questions[KINDS[0]][0]).query, facets=ALL_FACETS, limit=0)
    found = engine.search(narrowed(every, among(each.paper.id for each in chosen)))
    assert (
        sum(each.count for each in found.facets["year"])
        == found.total
        == sum(each.count for each in found.facets["primary"])
    )


@pytest.mark.parametrize("others", [0, 1, 9_990])
def test_ids_that_no_paper_has_find_nothing_however_many_they_are(others: int, corpus: Corpus, engine: Engine) -> None:
    known = [each.paper.id for each in corpus.documents[:10]]
    unknown = [f"9912.{number:05}" for number in range(others)]
    every = SearchRequest(among(unknown).query, limit=100)
    assert engine.search(every).total == 0
    assert sorted(ids(engine.search(replace(every, query=among([*unknown, *known]).query)))) == sorted(known)
    assert [ids(engine.search(replace(every, query=among([each]).query))) for each in known] == [
        [each] for each in known
    ]
