"""Papers whose words stand together come first, and no other papers are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from archives import ListingFolder, paper_record
from commands import Shell
from trees import assert_canonical, shown

from searcher.query import parse
from searcher.ranking.lift import lift_neighbours

BOOSTS = {"title": 2.0, "summary": 1.0}


def lift(typed: str, *, any_word: bool = False) -> str:
    """What is added to the tree of a query."""
    query = parse(typed, any_word=any_word, boosts=BOOSTS).query
    lifted = lift_neighbours(query)
    assert_canonical(lifted)
    return shown(lifted).removeprefix(f"({shown(query)} MAYBE ").removesuffix(")") if lifted != query else ""


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        ("image", ""),
        ("image retrieval", 'title:"imag retriev"^3'),
        (
            "point cloud registration",
            '(title:"point cloud"^3 OR title:"cloud registr"^3)',
        ),
        ("super-resolution transformer", 'title:"resolut transform"^3'),
        (
            "image/video compression",
            '(title:"imag compress"^3 OR title:"video compress"^3)',
        ),
        ("author:okafor image", ""),
        ("image -video", ""),
        ("cat:cs.CV image", ""),
        ("segm* image", ""),
        ("*", ""),
        ("1512.03385", ""),
        ("", ""),
    ],
)
def test_each_two_neighbours_are_a_phrase_in_the_title(typed: str, added: str) -> None:
    assert lift(typed) == added


def test_alternatives_written_out_count_as_those_with_a_slash() -> None:
    assert lift("(image OR photo) AND retrieval") == lift("image/photo retrieval") != ""


def test_another_query_can_be_lifted_by_what_was_asked() -> None:
    asked, loose = (parse(typed, boosts={"title": 1.0}).query for typed in ("image retrieval", "image OR retrieval"))
    lifted = '((title:imag OR title:retriev) MAYBE title:"imag retriev"^3)'
    assert shown(lift_neighbours(loose, asked)) == lifted


def test_of_a_pasted_text_only_the_first_neighbours_count() -> None:
    assert lift(" ".join(f"word{number}" for number in range(200))).count("title:") == 24


def test_papers_with_the_words_side_by_side_come_first(tmp_path: Path) -> None:
    archive = ListingFolder(tmp_path)
    apart = paper_record(1, title="Retrieval with an image")
    together = paper_record(2, title="Fast image retrieval, for large collections of many photographs")
    archive.write("day.md", apart, together)
    archive.index()
    assert archive.titles("image retrieval")[0].startswith("Fast image retrieval")
    assert len(archive.titles("image retrieval")) == 2


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("Image/Video", "(title:imag^2 OR summary:imag OR title:video^2 OR summary:video)"),
        (r"image\video", "(title:imag^2 OR summary:imag OR title:video^2 OR summary:video)"),
        ("few/zero-shot", '(title:few^2 OR summary:few OR title:"zero shot"^2 OR summary:"zero shot")'),
        ("3D/2D", "(title:3d^2 OR summary:3d OR title:2d^2 OR summary:2d)"),
        ("title:image/video", "(title:imag^2 OR title:video^2)"),
        ("w/o", '(title:"w o"^2 OR summary:"w o")'),
        ('"image/video"', '(title:"imag video"^2 OR summary:"imag video")'),
        ("github.com/foo", '(title:"github com foo"^2 OR summary:"github com foo")'),
        ("cs/9810009", "<id:cs/9810009>"),
    ],
)
def test_words_with_a_slash_between_them_are_alternatives(typed: str, tree: str) -> None:
    assert shown(parse(typed, boosts=BOOSTS).query) == tree


def test_explain_tells_what_standing_together_adds(library: Shell) -> None:
    told = "title: gaussian splatting - they stand side by side"
    assert told in library("search gaussian splatting --explain -n 1").out
