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

from searcher.app.index import index
from searcher.config import Config
from searcher.schema import FACETS

OPTIONS = [kind for kind in KINDS if kind.startswith("--") or kind == "combined"]


@pytest.fixture(scope="module")
def index_folder(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    index(Config(file=None, index=folder), [corpus.listings])
    return folder


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
def test_search_finds_what_a_scan_finds(kind: str, corpus: Corpus, library: Shell) -> None:
    for question in corpus.questions[kind]:
        expected = corpus.expected(question)
        found = library(command(question, "--no-facets"))
        others = found.ids[len(expected) :] if found.json["relaxed"] and len(expected) < 10 else []
        assert (command(question), set(found.ids[: len(found.ids) - len(others)])) == (command(question), expected)
        assert len(found.ids) == found.json["total"] == len(expected) + len(others)
        assert found.code == (0 if found.ids else 1)


@pytest.mark.parametrize("kind", ["word", "any", *OPTIONS])
def test_facets_count_what_a_scan_counts(kind: str, corpus: Corpus, library: Shell) -> None:
    for question in corpus.questions[kind][:2]:
        line = command(question, *(part for facet in FACETS for part in ("--facet", facet)))
        found = library(line).json["facets"]
        for facet in FACETS:
            counts = [(each["value"], each["count"]) for each in found[facet]]
            assert (line, facet, counts) == (line, facet, corpus.counts(question, facet)[:1000])


@pytest.mark.parametrize("kind", ["word", "any", *OPTIONS])
def test_papers_come_in_the_order_of_their_dates_and_then_of_their_ids(
    kind: str, corpus: Corpus, library: Shell
) -> None:
    for question in corpus.questions[kind][:2]:
        oldest = [paper.id for paper in corpus.oldest_first(question)]
        newest = [paper.id for paper in corpus.newest_first(question)]
        assert library(command(question, "--no-facets", "--sort", "oldest")).ids == oldest
        assert library(command(question, "--no-facets", "--sort", "newest")).ids == newest


@pytest.mark.parametrize("kind", ["word", "signed", "fuzzy", "--author", "combined"])
def test_the_installed_command_finds_the_same(kind: str, corpus: Corpus, library: Shell) -> None:
    question = corpus.questions[kind][0]
    assert set(library.bash(command(question, "--no-facets")).ids) == corpus.expected(question)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("colour", "color", 1), ("model", "mdoel", 1), ("model", "modal", 1), ("model", "moedels", 2), ("a", "abcd", 3)],
)
def test_the_scan_counts_swapped_letters_as_one_difference(one: str, other: str, expected: int) -> None:
    assert differences(one, other) == differences(other, one) == expected
