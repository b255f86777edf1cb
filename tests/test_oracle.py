"""`search` against a plain scan of the papers: 200 questions of every kind, over the examples and over real days."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import EXAMPLES, Shell
from oracle import FACETS, Document, Question, differences, read_documents
from questions import Inquirer

from searcher.app.index import index
from searcher.config import Config

KINDS = tuple(Inquirer((), 0).kinds)
DAYS = (
    "2003/07/20030720", "2004/12/20041217", "2010/04/20100401", "2012/06/20120618", "2013/12/20131220",
    "2015/11/20151119", "2016/02/20160218", "2017/11/20171117", "2018/11/20181119", "2019/11/20191118",
    "2020/11/20201130", "2021/03/20210330", "2023/12/20231219", "2024/03/20240318", "2025/12/20251218",
)  # fmt: skip


@dataclass(frozen=True)
class Library:
    """An index, the papers in it, and what to ask."""

    index: Path
    documents: Sequence[Document]
    questions: dict[str, list[Question]]
    answers: dict[Question, set[str]] = field(default_factory=dict)

    def expected(self, question: Question) -> set[str]:
        """The ids of the papers that a scan finds."""
        if question not in self.answers:
            self.answers[question] = {each.paper.id for each in self.documents if question.finds(each)}
        return self.answers[question]


def build(listings: Path, folder: Path) -> Library:
    index(Config(file=None, index=folder), [listings])
    documents = read_documents(listings)
    return Library(folder, documents, Inquirer(documents, seed=20231230).ask(200))


@pytest.fixture(scope="module")
def example_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return build(EXAMPLES, tmp_path_factory.mktemp("examples") / "index")


@pytest.fixture(scope="module")
def real_library(real_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("real")
    for day in DAYS:
        (folder / "listings/cs.CV" / day).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(real_archive / f"cs.CV/{day}.md", folder / f"listings/cs.CV/{day}.md")
    return build(folder / "listings", folder / "index")


@pytest.fixture(params=["example_library", "real_library"])
def library(request: pytest.FixtureRequest) -> Library:
    library: Library = request.getfixturevalue(request.param)
    shell: Shell = request.getfixturevalue("shell")  # which forgets where the real archive is
    shell.set(SEARCHER_INDEX=str(library.index))
    return library


def command(question: Question, *options: str) -> str:
    return shlex.join(["search", "--format", "json", "-n", "10000", *options, *question.arguments()])


def test_most_of_the_200_questions_have_an_answer(library: Library) -> None:
    questions = [question for kind in KINDS for question in library.questions[kind]]
    assert len(questions) == 200
    assert min(map(len, library.questions.values())) >= 5
    answered = [question for question in questions if library.expected(question)]
    assert len(answered) >= 150
    assert sum(len(library.expected(question)) < len(library.documents) for question in answered) >= 120


@pytest.mark.parametrize("kind", KINDS)
def test_search_finds_what_a_scan_finds(kind: str, library: Library, shell: Shell) -> None:
    for question in library.questions[kind]:
        expected = library.expected(question)
        found = shell(command(question, "--no-facets"))
        assert (command(question), set(found.ids)) == (command(question), expected)
        assert len(found.ids) == found.json["total"] == len(expected)
        assert found.code == (0 if expected else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_facets_count_what_a_scan_counts(kind: str, library: Library, shell: Shell) -> None:
    for question in library.questions[kind][:2]:
        line = command(question, *(part for facet in FACETS for part in ("--facet", facet)))
        found = shell(line).json["facets"]
        for facet in FACETS:
            counts = [(each["value"], each["count"]) for each in found[facet]]
            assert (line, facet, counts) == (line, facet, question.counts(library.documents, facet)[:1000])


@pytest.mark.parametrize("kind", KINDS)
def test_papers_come_in_the_order_of_their_dates_and_then_of_their_ids(
    kind: str, library: Library, shell: Shell
) -> None:
    for question in library.questions[kind][:2]:
        expected = library.expected(question)
        papers = sorted(
            (each.paper for each in library.documents if each.paper.id in expected), key=lambda paper: paper.id
        )
        oldest = [paper.id for paper in sorted(papers, key=lambda paper: paper.published)]
        newest = [paper.id for paper in sorted(papers, key=lambda paper: paper.published, reverse=True)]
        assert shell(command(question, "--no-facets", "--sort", "oldest")).ids == oldest
        assert shell(command(question, "--no-facets", "--sort", "newest")).ids == newest


@pytest.mark.parametrize("kind", ["word", "signed", "fuzzy", "--author", "combined"])
def test_the_installed_command_finds_the_same(kind: str, library: Library, shell: Shell) -> None:
    question = library.questions[kind][0]
    assert set(shell.bash(command(question, "--no-facets")).ids) == library.expected(question)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("colour", "color", 1), ("model", "mdoel", 1), ("model", "modal", 1), ("model", "moedels", 2), ("a", "abcd", 3)],
)
def test_the_scan_counts_swapped_letters_as_one_difference(one: str, other: str, expected: int) -> None:
    assert differences(one, other) == differences(other, one) == expected
