"""What every engine promises about its words: in how many papers one stands, which papers match, who comes first."""

from __future__ import annotations

from collections import Counter

import pytest
from contract import Index, asked, numbers, paper, request
from corpora import KINDS, Corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as wq

from searcher.engine import Engine
from searcher.errors import QueryError
from searcher.query import parse
from searcher.ranking.acronyms import acronym_keys
from searcher.schema import TEXT_FIELDS

DEFINED = "Neural radiance fields (NeRF)"


@pytest.fixture
def three(new_index: Index) -> Engine:
    """An index of three papers: on cats, on cats and dogs, on owls."""
    return new_index.create(
        paper(1, title="Cats", authors=("Ann Li", "Bo Wu")),
        paper(2, title="Cats and dogs", summary="A cat.", authors=("Bo Wu", "Ann Li")),
        paper(3, title="Owls", summary=f"{DEFINED}.", authors=("Ann Wu",)),
    )


@pytest.fixture(scope="module")
def engine(engine_name: str, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    index = Index(engine_name, tmp_path_factory.mktemp("index"))
    return index.create(*(each.paper for each in corpus.documents))


def scanned(engine: Engine, query: wq.Query) -> list[int]:
    return sorted(int(each.id[-5:]) for each in engine.scan(query))


# Frequency.


@pytest.mark.parametrize(
    ("field", "term", "frequency"),
    [
        ("title", "cat", 2),
        ("title", "cats", 0),
        ("title", "dog", 1),
        ("summary", "cat", 1),
        ("title", "", 0),
        ("title", "北京", 0),
        ("author", "ann", 3),
        ("first_author", "ann", 2),
        ("first_author", "wu", 2),
        ("acronym", "nerf", 1),
        ("acronym", "neural radianc field", 1),
        ("acronym", "neural", 0),
        ("comment", "cat", 0),
    ],
)
def test_it_is_told_in_how_many_papers_a_term_stands(three: Engine, field: str, term: str, frequency: int) -> None:
    assert three.frequencies(field, [term]) == [frequency]


def test_the_terms_of_every_field_are_counted_as_a_scan_counts_them(corpus: Corpus, engine: Engine) -> None:
    for field in TEXT_FIELDS:
        counted = Counter(token for each in corpus.documents for token in each.tokens[field])
        some = [*counted.most_common(20), *counted.most_common()[-20:]]
        terms = [term for term, _ in some]
        assert list(zip(terms, engine.frequencies(field, terms), strict=True)) == some


def test_the_acronyms_that_papers_define_are_counted_short_and_long(corpus: Corpus, engine: Engine) -> None:
    counted = Counter(key for each in corpus.documents for key in acronym_keys(each.paper))
    assert counted
    assert engine.frequencies("acronym", list(counted)) == list(counted.values())


def test_papers_written_later_are_counted(three: Engine, new_index: Index) -> None:
    three.write([paper(4, title="Cats"), paper(5, title=DEFINED)])
    for each in (three, new_index.open()):
        assert (each.frequencies("title", ["cat"]), each.frequencies("acronym", ["nerf"])) == ([3], [2])


def test_papers_removed_may_still_be_counted_but_none_that_is_there_is_missed(three: Engine) -> None:
    three.write([paper(2, title="Hens")], remove=["2401.00001"])
    cats, hens, owls = three.frequencies("title", ["cat", "hen", "owl"])
    assert 0 <= cats <= 2
    assert (hens, owls) == (1, 1)


def test_a_fresh_build_counts_none_that_was_removed(three: Engine) -> None:
    three.rebuild([paper(1, title="Hens")])
    assert three.frequencies("title", ["cat", "hen"]) == [0, 1]


# Scan.


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_gives_every_paper_that_a_search_finds_and_none_twice(kind: str, corpus: Corpus, engine: Engine) -> None:
    for question in corpus.questions[kind]:
        asked_for = asked(engine, question)
        if asked_for.filters:
            continue
        papers = list(engine.scan(asked_for.query))
        expected = corpus.oldest_first(question)
        assert (question, sorted(papers, key=lambda each: (each.published, each.id))) == (question, expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("*", [1, 2, 3]),
        ("cats", [1, 2]),
        ("cats -dogs", [1]),
        ("unicorns", []),
        ("!?", []),
        ("cats OR owls", [1, 2, 3]),
    ],
)
def test_a_scan_understands_every_tree(three: Engine, query: str, expected: list[int]) -> None:
    assert scanned(three, parse(query).query) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "*",
        "a*b*c*",
        "?????*",
        "a* b* c* d* e* f*",
        "*a*e*i*o*",
        "word~9",
        "image~2 OR model~2 OR network~2",
        " ".join(f"word{number}" for number in range(10_000)),
        " OR ".join(["the", "of", "and", "in", "to", "a"] * 60),
        "(" * 1000 + "cat" + ")" * 1000,
        "-(" * 300 + "cat" + ")" * 300,
        "published:[1900 TO 2100] updated:[* TO *]",
        '"of the" "in the"',
        "title:* summary:* author:* comment:* journal:* class:* category:*",
    ],
    ids=lambda typed: typed[:20],
)
def test_a_costly_query_is_answered_in_full_or_refused_in_a_line(engine: Engine, typed: str) -> None:
    query = parse(typed).query
    try:
        found = engine.search(request(query, limit=10))
    except QueryError as error:
        assert "\n" not in str(error)  # noqa: PT017  (an answer will do as well)
    else:
        assert found.total == len({each.id for each in engine.scan(query)})


def test_papers_removed_or_replaced_are_not_scanned(three: Engine, new_index: Index) -> None:
    three.write([paper(2, title="Hens"), paper(4, title="Cats")], remove=["2401.00003"])
    for each in (three, new_index.open()):
        assert scanned(each, parse("*").query) == [1, 2, 4]
        assert scanned(each, parse("cats").query) == [1, 4]
        assert [found.title for found in each.scan(parse("hens").query)] == ["Hens"]


def test_an_empty_index_has_nothing_to_scan_or_count(new_index: Index) -> None:
    engine = new_index.create()
    assert list(engine.scan(parse("*").query)) == []
    assert engine.frequencies("title", ["cat"]) == [0]
    assert engine.frequencies("title", []) == []


def test_more_papers_are_scanned_than_a_page_holds(new_index: Index) -> None:
    engine = new_index.create(*(paper(number, title="Cats") for number in range(1, 1500)))
    engine.write(paper(number, title="Cats") for number in range(1500, 1503))
    assert scanned(engine, parse("cats").query) == list(range(1, 1503))


# Who comes first; acronyms.


@pytest.mark.parametrize(
    ("term", "expected"),
    [("ann", [1, 3]), ("bo", [2]), ("wu", [2, 3]), ("li", [1])],
)
def test_the_first_author_is_a_field_of_names(three: Engine, term: str, expected: list[int]) -> None:
    assert numbers(three, wq.Term("first_author", term)) == expected


def test_the_first_author_is_found_as_a_phrase(three: Engine) -> None:
    assert numbers(three, wq.Phrase("first_author", ["bo", "wu"])) == [2]
    assert numbers(three, wq.Phrase("first_author", ["wu", "ann"])) == []


@pytest.mark.parametrize("key", ["nerf", "neural radianc field"])
def test_papers_are_found_by_the_acronyms_they_define(three: Engine, key: str) -> None:
    query = wq.ConstantScoreQuery(wq.Term("acronym", key))
    assert numbers(three, query) == [3]
    three.write([paper(1, title=DEFINED)], remove=["2401.00003"])
    assert numbers(three, query) == [1]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXT_FIELDS), st.text(max_size=5))
def test_whatever_the_term_it_is_held_by_as_many_papers_as_are_found(
    corpus: Corpus, engine: Engine, field: str, term: str
) -> None:
    expected = sum(term in each.tokens[field] for each in corpus.documents)
    assert engine.frequencies(field, [term]) == [expected]
    if term:
        assert engine.search(request(wq.Term(field, term), limit=0)).total == expected
