"""Where few papers hold all the words of a query, those that hold some of them follow, and it is said so."""

from __future__ import annotations

from itertools import chain

import pytest
from archives import ListingFolder, paper_record
from commands import Shell
from trees import assert_canonical, shown

from searcher.app.search import Archive, Selection
from searcher.query import parse
from searcher.ranking.relax import loosen

BOOSTS = {"title": 2.0}


@pytest.mark.parametrize(
    ("typed", "loose"),
    [
        ("image retrieval", ["(title:imag^2 OR title:retriev^2)"]),
        ("super-resolution image", ['(title:"super resolut"^2 OR title:imag^2)']),
        ("image/video compression", ["(title:imag^2 OR title:video^2 OR title:compress^2)"]),
        ("image retrieval -video", ["((title:imag^2 OR title:retriev^2) AND NOT title:video^2)"]),
        ("image retrieval cat:cs.CV", ["((title:imag^2 OR title:retriev^2) AND <category:cs.CV>)"]),
        (
            "red image retrieval",
            [
                "((title:imag^2 AND title:retriev^2) OR (title:red^2 AND (title:imag^2 OR title:retriev^2)))",
                "(title:red^2 OR title:imag^2 OR title:retriev^2)",
            ],
        ),
        ("a b c d e f g h i", ["(" + " OR ".join(f"title:{letter}^2" for letter in "abcdefghi") + ")"]),
        ("image", []),
        ("image -video", []),
        ("image OR video", []),
        ("*", []),
        ("", []),
    ],
)
def test_one_word_may_be_missing_then_any_will_do_and_all_else_still_holds(typed: str, loose: list[str]) -> None:
    queries = list(loosen(parse(typed, boosts=BOOSTS).query))
    assert [shown(query) for query in queries] == loose
    for query in queries:
        assert_canonical(query)


def test_papers_that_lack_one_word_are_enough_where_there_are_enough(tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = ListingFolder(tmp_path_factory.mktemp("three"))
    texts = ["Quick red foxes"] + ["Red foxes"] * 12 + ["Foxes"] * 5
    archive.write("day.md", *(paper_record(number, title=title) for number, title in enumerate(texts)))
    archive.index()
    found = Archive(archive.config).search(Selection("quick red foxes"))
    assert (found.total, found.strict_total) == (13, 1)
    assert Archive(archive.config).search(Selection("quick slow foxes")).total == 18


@pytest.mark.parametrize(
    "typed", ["image retrieval", "image/video x", "w/o labels", "what? image", "self-supervised a"]
)
def test_words_are_plain(typed: str) -> None:
    assert parse(typed).is_plain


@pytest.mark.parametrize(
    "typed",
    ["image AND video", "image OR video", "image NOT video", "image -video", "+image video", '"image retrieval" x',
     "title:image video", "imag* video", "im?ge video", "image~ video", "(image video)", "image^2 video",
     "published:[2023 TO 2024] image", "*"],
)  # fmt: skip
def test_who_uses_the_language_means_it(typed: str) -> None:
    assert not parse(typed).is_plain


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Three papers on red foxes, 20 on foxes, 30 on something red."""
    archive = ListingFolder(tmp_path_factory.mktemp("foxes"))
    titles = ["Red foxes"] * 3 + ["Foxes"] * 20 + ["Red things"] * 30
    archive.write("day.md", *(paper_record(number, title=title) for number, title in enumerate(titles)))
    archive.index()
    return Archive(archive.config)


def titles(library: Archive, query: str, limit: int = 100, page: int = 1) -> list[str]:
    return [hit.paper.title for hit in library.search(Selection(query), limit=limit, page=page).hits]


def test_papers_with_all_the_words_come_before_papers_with_some(library: Archive) -> None:
    found = titles(library, "red foxes")
    assert found[:3] == ["Red foxes"] * 3
    assert sorted(found[3:]) == ["Foxes"] * 20 + ["Red things"] * 30


@pytest.mark.parametrize("size", [1, 2, 3, 7, 53])
def test_the_pages_one_after_the_other_are_the_whole(library: Archive, size: int) -> None:
    pages = [titles(library, "red foxes", size, page) for page in range(1, 53 // size + 3)]
    assert list(chain.from_iterable(pages)) == titles(library, "red foxes")


def test_the_total_and_the_facets_count_all_that_is_shown(library: Archive) -> None:
    found = library.search(Selection("red foxes"), facets=["year"])
    assert (found.total, found.strict_total, found.relaxed) == (53, 3, True)
    assert sum(each.count for each in found.facets["year"]) == 53
    most = library.search(Selection("red foxes"), facets=["author"], facet_size=1).facets["author"]
    assert most == library.search(Selection("red OR foxes"), facets=["author"], facet_size=1).facets["author"]


def test_filters_hold_for_all(library: Archive) -> None:
    assert library.search(Selection("red foxes", categories=("cs.RO",))).total == 0
    found = library.search(Selection("red foxes", title="things"))
    assert (found.total, found.strict_total) == (30, 0)


@pytest.mark.parametrize(
    ("query", "options", "total"),
    [
        ("foxes", {}, 23),
        ("foxes AND red", {}, 3),
        ("foxes red", {"sort": "newest"}, 3),
        ("foxes red", {"limit": 0}, 3),
        ("foxes things", {}, 53),
        ("unicorns dragons", {}, 0),
    ],
)
def test_it_is_for_plain_words_in_the_order_of_relevance(
    library: Archive, query: str, options: dict[str, object], total: int
) -> None:
    assert library.search(Selection(query), **options).total == total  # pyright: ignore[reportArgumentType]


def test_ten_papers_with_all_the_words_are_enough(tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = ListingFolder(tmp_path_factory.mktemp("ten"))
    texts = ["Red foxes"] * 10 + ["Foxes"]
    archive.write("day.md", *(paper_record(number, title=title) for number, title in enumerate(texts)))
    archive.index()
    found = Archive(archive.config).search(Selection("red foxes"))
    assert (found.total, found.relaxed) == (10, False)


def test_the_text_says_where_they_begin_and_how_many_hold_all(shell: Shell) -> None:
    (shell.folder / "day.md").write_text(paper_record(1, title="Red foxes") + paper_record(2, title="Foxes"))
    shell("searcher index day.md")
    lines = shell("search red foxes --no-facets").out.splitlines()
    assert lines.index("Without all of the words:") > lines.index("  1 Red foxes")
    assert lines.index("Without all of the words:") < lines.index("  2 Foxes")
    assert lines[-1].startswith("2 papers, 1 of them with all of the words, ")
