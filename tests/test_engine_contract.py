"""What every engine promises about answers: a plain scan of the papers says what is right.

200 questions of every kind are asked, over the examples and over 2,000 papers of the real archive. What is promised
about writing is in test_engine_contract_writes, about texts in test_engine_contract_texts.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from contract import ALL, ALL_FACETS, Index, asked, counts, ids, numbers, paper, request
from corpora import KINDS, Corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import assert_canonical
from weights import Scale
from whoosh import query as wq

from searcher.engine import Engine
from searcher.query import parse
from searcher.results import FacetRequest, Filter, Hit
from searcher.schema import FACETS, TEXT_FIELDS

SCORE_DIFFERENCE = 1e-4  # absolute; scores are rounded to four digits
RELATIVE_SCORE_DIFFERENCE = 1e-5  # of scores beyond 10
SORTS = ("relevance", "newest", "oldest")


@pytest.fixture(scope="module")
def engine(engine_name: str, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    index = Index(engine_name, tmp_path_factory.mktemp("index"))
    return index.create(*(each.paper for each in corpus.documents))


@pytest.fixture(scope="module")
def scale(corpus: Corpus) -> Scale:
    return Scale(corpus.documents)


def close(score: object) -> object:
    return pytest.approx(score, rel=RELATIVE_SCORE_DIFFERENCE, abs=SCORE_DIFFERENCE)


# What is found.


@pytest.mark.parametrize("kind", KINDS)
def test_the_papers_found_are_those_that_a_scan_finds(kind: str, corpus: Corpus, engine: Engine) -> None:
    for question in corpus.questions[kind]:
        expected = corpus.oldest_first(question)
        found = engine.search(asked(engine, question))
        papers = sorted((hit.paper for hit in found.hits), key=lambda paper: (paper.published, paper.id))
        assert (question, papers) == (question, expected)
        assert found.total == len(expected)
        assert found.total_is_exact


FOUND_AMONG_THREE = {
    "*": [1, 2, 3],
    "cats": [1, 2],
    "cats -dogs": [1],
    "-dogs": [1, 3],
    "-cats -owls": [],
    '"cats and dogs"': [2],
    '"dogs and cats"': [],
    "+cats owls": [],
    "(owls OR dogs) AND NOT title:cats": [3],
    "ca*": [1, 2],
    "o?l": [3],
    "dgo~": [2],
    "comment:*": [3],
    "cat:cs.LG": [2],
    "cat:cs.*": [1, 2],
    "primary:stat": [3],
    "archive:cs": [1, 2],
    "published:2024": [1],
    "published:[* TO 2022]": [3],
    "updated:2024-01-02": [1, 2, 3],
    "id:2401.00002": [2],
    "id:2401*": [1, 2, 3],
    "doi:10.1/A": [3],
    "doi:10.*": [3],
    "class:68T45": [3],
    "journal:nature": [3],
    "unicorns": [],
    "cats unicorns": [],
    "!?": [],
}


@pytest.mark.parametrize("query", FOUND_AMONG_THREE)
def test_each_kind_of_query_finds_what_it_says(query: str, new_index: Index) -> None:
    engine = new_index.create(
        paper(1, title="On cats", published=datetime(2024, 1, 1, tzinfo=UTC)),
        paper(2, title="Cats and dogs", categories=("cs.CV", "cs.LG"), published=datetime(2023, 1, 1, tzinfo=UTC)),
        paper(
            3,
            title="Owls",
            categories=("stat.ML",),
            published=datetime(2022, 1, 1, tzinfo=UTC),
            doi="10.1/a 10.1/b",
            journal="Nature",
            comment="10 pages",
            classes=("68T45",),
        ),
    )
    assert numbers(engine, query) == FOUND_AMONG_THREE[query]


# Facets.


@pytest.mark.parametrize("kind", KINDS)
def test_facets_count_what_a_scan_counts_without_their_own_filters(kind: str, corpus: Corpus, engine: Engine) -> None:
    for question in corpus.questions[kind]:
        found = engine.search(asked(engine, question, limit=0, facets=ALL_FACETS))
        assert list(found.facets) == list(FACETS)
        for facet in FACETS:
            expected = corpus.counts(question, facet)[:1000]
            assert (question, facet, counts(found, facet)) == (question, facet, expected)


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("size", [1, 3, 50_000])
def test_a_facet_has_its_first_values_and_no_more_than_asked_for(
    size: int, facet: str, corpus: Corpus, engine: Engine
) -> None:
    (every, *_) = (q for questions in corpus.questions.values() for q in questions if q.node.typed() == "*")
    found = engine.search(asked(engine, every, facets=(FacetRequest(facet, size),)))
    assert list(found.facets) == [facet]
    assert counts(found, facet) == corpus.counts(every, facet)[:size]


def test_no_facet_is_counted_unasked(engine: Engine) -> None:
    assert engine.search(request("*")).facets == {}


def test_a_facet_leaves_out_the_filters_that_name_it_and_obeys_all_others(new_index: Index) -> None:
    engine = new_index.create(
        paper(1, categories=("cs.CV",), authors=("Ann Li", "Bo Wu")),
        paper(2, categories=("cs.LG",), authors=("Bo Wu",)),
        paper(3, categories=("cs.LG",), authors=("Cy Xu",)),
    )
    by_bo = Filter(parse('author:"Bo Wu"').query, ("author",))
    in_cv = Filter(parse("cat:cs.CV").query, ("category", "archive"))
    found = engine.search(request("*", filters=(by_bo, in_cv), facets=ALL_FACETS))
    assert ids(found) == ["2401.00001"]
    assert counts(found, "category") == [("cs.CV", 1), ("cs.LG", 1)]
    assert counts(found, "archive") == [("cs", 2)]
    assert counts(found, "author") == [("Ann Li", 1), ("Bo Wu", 1)]
    assert counts(found, "primary") == [("cs.CV", 1)]
    assert counts(found, "year") == [("2024", 1)]


def test_a_filter_does_not_count_for_the_score(new_index: Index) -> None:
    engine = new_index.create(paper(1, title="Cats"), paper(2, title="Cats and dogs"), paper(3))
    alone = engine.search(request("cats"))
    narrowed = engine.search(request("cats", filters=(Filter(parse("title:cats OR title:dogs").query),)))
    assert alone == narrowed
    assert [hit.score for hit in alone.hits] > [0.0, 0.0]


# Order.


@pytest.mark.parametrize("kind", KINDS)
def test_dates_order_papers_and_ids_those_of_one_moment(kind: str, corpus: Corpus, engine: Engine) -> None:
    for question in corpus.questions[kind]:
        newest = engine.search(asked(engine, question, sort="newest"))
        oldest = engine.search(asked(engine, question, sort="oldest"))
        assert [hit.paper for hit in newest.hits] == corpus.newest_first(question)
        assert [hit.paper for hit in oldest.hits] == corpus.oldest_first(question)
        assert {hit.score for hit in newest.hits + oldest.hits} <= {0.0}


def test_a_query_without_words_to_weigh_is_answered_newest_first(corpus: Corpus, engine: Engine) -> None:
    for question in corpus.questions["cat"] + corpus.questions["dates"] + corpus.questions["fuzzy"]:
        found = engine.search(asked(engine, question))
        assert [hit.paper for hit in found.hits] == corpus.newest_first(question)
        assert {hit.score for hit in found.hits} <= {0.0}


def test_papers_of_one_moment_come_in_the_order_of_their_ids_in_both_directions(new_index: Index) -> None:
    old, new = datetime(2007, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 1, tzinfo=UTC)
    engine = new_index.create(
        *(paper(0, id=name, published=old) for name in ("math/0701001", "math-ph/0701001", "0701.00010", "0701.0001")),
        *(paper(number, published=new) for number in (3, 1, 2)),
    )
    expected_old = ["0701.0001", "0701.00010", "math-ph/0701001", "math/0701001"]
    expected_new = ["2401.00001", "2401.00002", "2401.00003"]
    assert ids(engine.search(request("*", sort="oldest"))) == expected_old + expected_new
    assert ids(engine.search(request("*", sort="newest"))) == expected_new + expected_old


# Relevance.


def assert_in_order(hits: tuple[Hit, ...]) -> None:
    assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.paper.id))


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_those_of_bm25_and_order_the_papers(kind: str, corpus: Corpus, engine: Engine, scale: Scale) -> None:
    """The ten best are then the same, but for papers whose scores are as close as the bound."""
    for question in corpus.questions[kind]:
        asked_for = asked(engine, question)
        if not asked_for.is_ranked:
            continue
        found = corpus.expected(question)
        expected = scale.scores(asked_for.query, [each for each in corpus.documents if each.paper.id in found])
        for limit in (10, ALL):
            hits = engine.search(asked(engine, question, limit=limit)).hits
            assert_in_order(hits)
            scores = [hit.score for hit in hits]
            assert (question, scores) == (question, close([expected[hit.paper.id] for hit in hits]))
            assert (question, scores) == (question, close(sorted(expected.values(), reverse=True)[:limit]))


def test_papers_of_one_score_come_in_the_order_of_their_ids(new_index: Index) -> None:
    shuffled = [number * 7 % 151 for number in range(1, 151)]
    engine = new_index.create(*(paper(number, title="Cats") for number in shuffled[:50]))
    for start in (50, 100):
        engine.write(paper(number, title="Cats") for number in shuffled[start : start + 50])
    for offset, limit in ((0, 1), (0, 2), (2, 2), (100, 49), (0, 150)):
        found = engine.search(request("cats", offset=offset, limit=limit))
        assert ids(found) == [f"2401.{number:05}" for number in range(offset + 1, offset + limit + 1)]


NEW_YEAR = datetime(2024, 1, 1)
FIELD, BOOST = st.sampled_from(TEXT_FIELDS), st.sampled_from([0.0, 0.3, 1.0, 2.0, 1e6])
WORD = st.sampled_from(["model", "diffus", "the", "of", "imag", "resolut", "li", "chen", "zhang", "10", "unicorn"])
PHRASE = st.sampled_from(["super resolut", "diffus model", "of the", "medic imag", "10 page", "the the"])
PREFIX = st.builds(wq.Prefix, FIELD, st.sampled_from(["mod", "s", "unico"]))
UNWEIGHED = st.one_of(
    PREFIX,
    st.builds(lambda prefix, word: wq.Or([prefix, wq.Term(prefix.fieldname, word)]), PREFIX, WORD),
    st.builds(wq.Wildcard, FIELD, st.sampled_from(["?odel", "i*g", "un?c*n"])),
    st.builds(wq.FuzzyTerm, FIELD, st.sampled_from(["modle", "wnag"]), maxdist=st.integers(1, 2)),
    st.builds(
        lambda field, days: wq.DateRange(field, *days, endexcl=True),
        st.sampled_from(["published", "updated"]),
        st.sampled_from([(None, NEW_YEAR), (NEW_YEAR, None), (datetime(2023, 12, 30), NEW_YEAR)]),
    ),
    st.sampled_from([wq.Term("category", "cs.LG"), wq.Prefix("primary", "eess."), wq.Term("archive", "stat")]),
    st.sampled_from([wq.Every(), wq.Every("comment"), wq.Every("journal"), wq.Every("classes")]),
)
LEAF = st.one_of(
    st.builds(wq.Term, FIELD, WORD, boost=BOOST),
    st.builds(lambda field, text, boost: wq.Phrase(field, text.split(), boost=boost), FIELD, PHRASE, BOOST),
    st.builds(wq.ConstantScoreQuery, UNWEIGHED, st.sampled_from([0.0, 0.3, 2.0])),
    st.just(wq.NullQuery),
)


def groups(parts: st.SearchStrategy[wq.Query]) -> st.SearchStrategy[wq.Query]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(wq.And),
        several.map(wq.Or),
        several.map(lambda found: wq.AndMaybe(*found[:2])),
        several.map(lambda found: wq.And([*found[1:], wq.Not(found[0])])),
    )


TREE = st.recursive(LEAF, groups, max_leaves=8)
"""Any query tree that searcher.query may make, of words that the examples hold and some that they do not."""


@pytest.fixture(scope="module")
def example_engine(engine_name: str, example_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    index = Index(engine_name, tmp_path_factory.mktemp("examples"))
    return index.create(*(each.paper for each in example_corpus.documents))


@pytest.fixture(scope="module")
def example_scale(example_corpus: Corpus) -> Scale:
    return Scale(example_corpus.documents)


@settings(max_examples=200, deadline=None)
@given(query=TREE)
def test_any_tree_finds_and_weighs_what_a_scan_does(
    query: wq.Query, example_engine: Engine, example_scale: Scale
) -> None:
    assert_canonical(query)
    expected = example_scale.scores(query)
    found = example_engine.search(request(query))
    assert found.total == len(expected)
    if request(query).is_ranked:
        assert {hit.paper.id: hit.score for hit in found.hits} == close(expected)
        assert_in_order(found.hits)
    else:
        assert {hit.paper.id: hit.score for hit in found.hits} == dict.fromkeys(expected, 0.0)


# Pages.


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", ["*", "image", "the of model", "imag*", "cat:cs.LG"])
def test_pages_follow_each_other_without_a_gap(query: str, sort: str, engine: Engine) -> None:
    whole = engine.search(request(query, sort=sort))
    limit = whole.total // 10 + 1
    pages = [engine.search(request(query, sort=sort, offset=limit * page, limit=limit)) for page in range(12)]
    assert [hit for page in pages for hit in page.hits] == list(whole.hits)
    assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize("sort", SORTS)
def test_beyond_the_last_paper_there_are_no_hits_and_the_same_total(sort: str, engine: Engine) -> None:
    total = engine.search(request("image", sort=sort)).total
    for offset in (total, 100_000, 10**9):
        found = engine.search(request("image", sort=sort, offset=offset, limit=10))
        assert (found.total, found.hits) == (total, ())


@pytest.mark.parametrize("sort", SORTS)
def test_who_wants_no_hits_gets_total_and_facets(sort: str, engine: Engine) -> None:
    whole = engine.search(request("image", sort=sort, facets=ALL_FACETS))
    found = engine.search(request("image", sort=sort, facets=ALL_FACETS, limit=0))
    assert (found.total, found.hits, found.facets) == (whole.total, (), whole.facets)


# Explanations.


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_of_an_explanation_sum_up_to_the_score(kind: str, corpus: Corpus, engine: Engine) -> None:
    for question in corpus.questions[kind]:
        for hit in engine.search(asked(engine, question, limit=5, explain=True)).hits:
            explained = sum(part.score for part in hit.explanation)
            assert (question, explained) == (question, close(hit.score))


@settings(max_examples=100, deadline=None)
@given(query=TREE)
def test_the_parts_sum_up_to_the_score_whatever_the_tree(query: wq.Query, example_engine: Engine) -> None:
    for hit in example_engine.search(request(query, explain=True)).hits:
        assert sum(part.score for part in hit.explanation) == close(hit.score)


def test_an_explanation_tells_what_each_word_and_phrase_adds(corpus: Corpus, engine: Engine, scale: Scale) -> None:
    query = parse('title:images^3 OR "neural networks" OR abs:transf*').query
    documents = {each.paper.id: each for each in corpus.documents}
    for hit in engine.search(request(query, limit=50, explain=True)).hits:
        for part in hit.explanation:
            if part.text.endswith("*"):
                assert (part.field, part.text, part.score) == ("summary", "transf*", 1.0)
                continue
            boost = {"imag": 3.0}.get(part.text, 1.0) * {"title": 2.0, "comment": 0.3}.get(part.field, 1.0)
            words = part.text.split()
            leaf = wq.Phrase(part.field, words) if len(words) > 1 else wq.Term(part.field, part.text)
            assert part.text in ("imag", "neural network", "neural networks")
            assert part.score == close(scale.score(leaf.with_boost(boost), documents[hit.paper.id]))


def test_nothing_is_explained_unasked_or_where_nothing_is_weighed(engine: Engine) -> None:
    for found in (
        engine.search(request("image")),
        engine.search(request("image", sort="newest", explain=True)),
        engine.search(request("*", explain=True)),
    ):
        assert {hit.explanation for hit in found.hits} == {()}
    assert all(hit.explanation for hit in engine.search(request("image", explain=True)).hits)


# Looking up.


def test_papers_are_looked_up_by_id_those_that_there_are(corpus: Corpus, engine: Engine) -> None:
    first, second, *_ = (each.paper for each in corpus.documents)
    wanted = iter([second.id, "9999.99999", first.id, second.id, "", f"{first.id}v1", first.title])
    assert engine.papers(wanted) == {first.id: first, second.id: second}
    assert engine.papers([]) == {}


def test_the_papers_are_counted(corpus: Corpus, engine: Engine) -> None:
    assert engine.count() == len(corpus.documents)
