"""`search` against a plain scan of the papers: 200 questions of every kind, over the examples and over real days.

That every engine finds, counts and orders the same is told in test_engine_contract; here the questions are typed.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from commands import Shell
from corpora import KINDS, Corpus
from oracle import Question, differences
from weights import Scale

from searcher.app.index import index
from searcher.app.vocabulary import IndexVocabulary
from searcher.config import Config
from searcher.engine import Engine, open_engine
from searcher.query import parse, restrict
from searcher.ranking.expand import expand
from searcher.schema import FACETS

OPTIONS = [kind for kind in KINDS if kind.startswith("--") or kind == "combined"]


@pytest.fixture(scope="module")
def index_folder(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    index(Config(file=None, index=folder), [corpus.listings])
    return folder


class AsWritten:
    """Tells which papers a question finds only because words can also be written in another way."""

    def __init__(self, corpus: Corpus, engine: Engine) -> None:
        self._corpus = corpus
        self._vocabulary = IndexVocabulary(engine)
        self._scale = Scale(corpus.documents)

    def others(self, question: Question) -> set[str]:
        """The papers that hold what was added to the words, and do not hold the words."""
        parsed = parse(question.node.typed())
        expanded = expand(parsed.query, parsed.typed, self._vocabulary)
        if question.any_word or expanded == parsed.query:
            return set()
        title = question.filters.title or None
        found = self._scale.scores(restrict(expanded, title))
        return {
            each.paper.id
            for each in self._corpus.documents
            if each.paper.id in found and question.filters.finds(each, any_word=False) and not question.finds(each)
        }


@pytest.fixture(scope="module")
def as_written(corpus: Corpus, index_folder: Path) -> AsWritten:
    return AsWritten(corpus, open_engine("tantivy", Config(file=None, index=index_folder).engine_folder))


@pytest.fixture
def library(shell: Shell, index_folder: Path) -> Shell:
    shell.set(SEARCHER_INDEX=str(index_folder))
    return shell


def command(question: Question, *options: str) -> str:
    return shlex.join(["search", "--format", "json", "-n", "10000", *options, *question.arguments()])


def test_most_of_the_200_questions_have_an_answer(corpus: Corpus) -> None:
    questions = [question for kind in KINDS for question in corpus.questions[kind]]
    assert len(questions) == 200
    assert min(map(len, corpus.questions.values())) >= 5
    answered = [question for question in questions if corpus.expected(question)]
    assert len(answered) >= 150
    assert sum(len(corpus.expected(question)) < len(corpus.documents) for question in answered) >= 120


@pytest.mark.parametrize("kind", KINDS)
def test_search_finds_what_a_scan_finds(kind: str, corpus: Corpus, library: Shell, as_written: AsWritten) -> None:
    for question in corpus.questions[kind]:
        expected, others = corpus.expected(question), as_written.others(question)
        found = library(command(question, "--no-facets", "--sort", "newest"))
        assert (command(question), set(found.ids)) == (command(question), expected | others)
        assert len(found.ids) == found.json["total"]
        assert not found.json["relaxed"]
        assert found.code == (0 if found.ids else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_by_relevance_no_paper_is_missed(kind: str, corpus: Corpus, library: Shell, as_written: AsWritten) -> None:
    for question in corpus.questions[kind]:
        expected = corpus.expected(question) | as_written.others(question)
        found = library(command(question, "--no-facets"))
        assert len(set(found.ids)) == len(found.ids) == found.json["total"]
        if found.json["relaxed"]:
            assert expected < set(found.ids)
            assert len(expected) >= 10 or set(found.ids[: len(expected)]) == expected
        else:
            assert (command(question), set(found.ids)) == (command(question), expected)


def test_most_questions_are_asked_as_they_were_written(corpus: Corpus, as_written: AsWritten) -> None:
    expanded = [each for kind in KINDS for each in corpus.questions[kind] if as_written.others(each)]
    assert len(expanded) <= 10


@pytest.mark.parametrize("kind", ["word", "any", *OPTIONS])
def test_facets_count_what_a_scan_counts(kind: str, corpus: Corpus, library: Shell, as_written: AsWritten) -> None:
    for question in [each for each in corpus.questions[kind] if not as_written.others(each)][:2]:
        facets = (part for facet in FACETS for part in ("--facet", facet))
        line = command(question, *facets, "--sort", "newest")
        found = library(line).json["facets"]
        for facet in FACETS:
            counts = [(each["value"], each["count"]) for each in found[facet]]
            assert (line, facet, counts) == (line, facet, corpus.counts(question, facet)[:1000])


@pytest.mark.parametrize("kind", ["word", "any", *OPTIONS])
def test_papers_come_in_the_order_of_their_dates_and_then_of_their_ids(
    kind: str, corpus: Corpus, library: Shell, as_written: AsWritten
) -> None:
    for question in [each for each in corpus.questions[kind] if not as_written.others(each)][:2]:
        oldest = [paper.id for paper in corpus.oldest_first(question)]
        newest = [paper.id for paper in corpus.newest_first(question)]
        assert library(command(question, "--no-facets", "--sort", "oldest")).ids == oldest
        assert library(command(question, "--no-facets", "--sort", "newest")).ids == newest


@pytest.mark.parametrize("kind", ["word", "signed", "fuzzy", "--author", "combined"])
def test_the_installed_command_finds_the_same(kind: str, corpus: Corpus, library: Shell, as_written: AsWritten) -> None:
    question = corpus.questions[kind][0]
    found = library.bash(command(question, "--no-facets", "--sort", "newest"))
    assert set(found.ids) == corpus.expected(question) | as_written.others(question)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("colour", "color", 1), ("model", "mdoel", 1), ("model", "modal", 1), ("model", "moedels", 2), ("a", "abcd", 3)],
)
def test_the_scan_counts_swapped_letters_as_one_difference(one: str, other: str, expected: int) -> None:
    assert differences(one, other) == differences(other, one) == expected
