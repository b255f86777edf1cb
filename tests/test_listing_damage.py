"""Listing files that break their format or came with a damaged encoding: what is read all the same, and what is said.

In a file of `listing("A", "B", "C")` the titles stand on the lines 2, 16 and 30.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listings import HEADER, NAME, parse, record, titles

from searcher.errors import ListingError
from searcher.listing import Problem, find_listings, parse_listing, read_content
from searcher.paper import Paper

A = record("A", arxiv_id="http://arxiv.org/abs/2401.00001v1", authors="Thomas März", comment="8 pages,\n  2 figures")
B = record("B", arxiv_id="http://arxiv.org/abs/2401.00002v1", doi="10.1145/1\n  10.1145/2")
C = record(
    "C", arxiv_id="http://arxiv.org/abs/cs/9810009v3", categories="**eess.IV**, cs.CV, I.2.10", summary="Ré $x$."
)
GOOD = (HEADER + A + B + C).encode()


def found_with(second: str) -> tuple[str, list[tuple[int, str]]]:
    """The titles and the problems of a file whose second record, on line 16, is `second`."""
    papers, problems = parse(HEADER + record("A") + second + record("C"))
    assert {problem.file for problem in problems} <= {NAME}
    return titles(papers), [(problem.line, problem.message) for problem in problems]


# One record that cannot be understood.


@pytest.mark.parametrize(
    ("second", "line", "message"),
    [
        (record("B", arxiv_id=None), 16, "no '- **Arxiv ID**: ' below the title 'B'"),
        (record("B", categories=None), 16, "the record has no field 'Categories'; it may be cut off"),
        (record("B", published=None), 16, "the record has no field 'Published'; it may be cut off"),
        (record("B", authors=None), 16, "the record has no field 'Authors'; it may be cut off"),
        (record("B", summary=None), 16, "the record has no field 'Summary'; it may be cut off"),
        (record(""), 16, "the record has no title"),
        (record("B", arxiv_id="http://example.org/1"), 17, "not an arXiv id: 'http://example.org/1'"),
        (record("B", categories="68T45"), 16, "no arXiv category in '68T45'"),
        (record("B", published="yesterday"), 16, "not a time: 'yesterday'"),
        (record("B", updated="2023-13-01 00:00:00+00:00"), 16, "not a time: '2023-13-01 00:00:00+00:00'"),
        (record("B", published="0001-01-01 00:00:00+14:00"), 16, "not a time: '0001-01-01 00:00:00+14:00'"),
        ("### B\n\n\n", 16, "no '- **Arxiv ID**: ' below the title 'B'"),
        ("### B\n- **DOI**: None\n" + record("B")[6:], 16, "no '- **Arxiv ID**: ' below the title 'B'"),
        ("### \n", 16, "no '- **Arxiv ID**: ' below the title ''"),
    ],
)
def test_a_record_that_cannot_be_understood_is_a_problem_and_the_others_are_kept(
    second: str, line: int, message: str
) -> None:
    assert found_with(second) == ("A C", [(line, message)])


def test_fields_that_only_add_something_may_be_missing() -> None:
    lean = record("B", doi=None, links=None, updated=None, comment=None, journal=None)
    papers, problems = parse(HEADER + record("A") + lean + record("C"))
    assert problems == []
    assert papers[1] == replace(
        papers[0], title="B", updated=papers[0].published, pdf="https://arxiv.org/pdf/2401.00869v1"
    )


def test_a_line_that_belongs_to_no_field_is_reported_and_its_paper_kept() -> None:
    second = record("B", comment="one\n  two\nthree", journal="four\n five")
    assert found_with(second) == (
        "A B C",
        [
            (26, "a line that belongs to no field: 'three'"),
            (28, "a line that belongs to no field: ' five'"),
        ],
    )


def test_an_unknown_field_is_reported_and_its_paper_kept() -> None:
    assert found_with(record("B", journal="None\n- **Licence**: CC0")) == (
        "A B C",
        [(26, "a line that belongs to no field: '- **Licence**: CC0'")],
    )


def test_a_stray_line_does_not_get_into_the_fields() -> None:
    papers, _ = parse(HEADER + record("A", comment="one\nstray\n  two"))
    assert papers[0].comment == "one two"


def test_lines_are_counted_across_wrapped_values() -> None:
    first = record("A", comment="one\n  two\n  three", journal="four\n  five")
    _, problems = parse(HEADER + first + record("B", authors=None))
    assert [problem.line for problem in problems] == [19]


def test_a_lost_title_line_costs_its_own_paper_only() -> None:
    assert found_with(record("B").removeprefix("### B\n")) == (
        "A C",
        [(16, "the field 'Arxiv ID' comes again; a '### title' line may be missing above it")],
    )


def test_a_lost_title_mark_costs_its_own_paper_only() -> None:
    assert found_with(record("B").removeprefix("### ")) == (
        "A C",
        [
            (17, "the field 'Arxiv ID' comes again; a '### title' line may be missing above it"),
            (16, "a line that belongs to no field: 'B'"),
        ],
    )


def test_a_field_that_comes_twice_is_reported_and_read_once() -> None:
    papers, problems = parse(HEADER + record("A", summary="First\n- **Summary**: Second") + record("C"))
    message = "the field 'Summary' comes again; a '### title' line may be missing above it"
    assert (titles(papers), papers[0].summary) == ("A C", "First")
    assert problems == [Problem(NAME, 13, message)]


def test_a_lost_first_title_line_is_reported_where_the_record_begins() -> None:
    papers, problems = parse(HEADER + record("A").removeprefix("### A\n") + record("B"))
    message = "text before the first record; a '### title' line may be missing"
    assert (titles(papers), problems) == ("B", [Problem(NAME, 2, message)])


def test_bytes_that_are_not_utf_8_are_reported_on_their_line_and_shown_as_unreadable() -> None:
    content = GOOD.replace("März".encode(), "März".encode("latin-1"))
    papers, problems = parse(content)
    assert [paper.authors[0] for paper in papers] == ["Thomas M�rz", "Bin Lei", "Bin Lei"]
    assert problems == [Problem(NAME, 9, "not UTF-8; the bytes that cannot be read are shown as �")]


# A file that ends too soon.


def test_a_file_cut_off_inside_its_last_summary_keeps_what_there_is_and_says_so() -> None:
    papers, problems = parse(HEADER + record("A") + record("B").rstrip("\n")[:-10])
    assert papers[1].summary == "In the evolving field of machine"
    assert problems == [Problem(NAME, 26, "the file ends inside a line; its last record may be cut off")]


def test_a_file_cut_off_inside_a_field_loses_its_last_record_and_says_so() -> None:
    papers, problems = parse(HEADER + record("A") + record("B").partition("2023")[0])
    assert titles(papers) == "A"
    assert problems == [
        Problem(NAME, 16, "the record has no field 'Authors'; it may be cut off"),
        Problem(NAME, 21, "the file ends inside a line; its last record may be cut off"),
    ]


def test_a_file_cut_off_anywhere_loses_its_last_record_at_most_and_never_silently() -> None:
    whole, _ = parse(GOOD)
    ends = [GOOD.index(b"\n", GOOD.index(b"Summary", GOOD.index(b"### " + title))) + 1 for title in (b"A", b"B", b"C")]
    start = len(HEADER)
    for cut in range(start, len(GOOD)):
        papers, problems = parse(GOOD[:cut])
        complete = [end for end in ends if end <= cut]
        assert papers[: len(complete)] == whole[: len(complete)]
        assert len(papers) <= len(complete) + 1
        cut_off = GOOD[max([start, *complete]) : cut]
        assert bool(problems) == bool(cut_off.strip()), cut_off


# Anything at all.

_PIECES = st.builds(lambda start, size: slice(start, start + size), st.integers(0, len(GOOD)), st.integers(0, 400))
_LINES = st.sampled_from(GOOD.splitlines(keepends=True))


@st.composite
def mutations(draw: st.DrawFn, content: bytes) -> bytes:
    """A content in which pieces were deleted, doubled, put in or written over."""
    for _ in range(draw(st.integers(1, 4))):
        piece = draw(_PIECES)
        new = draw(st.sampled_from([b"", content[piece] * 2]) | st.binary(max_size=20) | _LINES)
        content = content[: piece.start] + new + content[piece.stop :]
    return content


@given(st.binary() | st.text().map(str.encode) | mutations(GOOD))
def test_whatever_a_file_holds_papers_and_problems_are_all_that_comes(content: bytes) -> None:
    papers, problems = parse(content)
    for paper in papers:
        assert paper.title
        assert paper.primary
        assert paper.version >= 1
        assert paper.published.utcoffset() == paper.updated.utcoffset() == timedelta(0)
    for problem in problems:
        assert 1 <= problem.line <= content.count(b"\n") + 1
        assert problem.message
    assert papers or problems or content.startswith(b"# Arxiv Papers in ")


@given(st.binary() | st.text().map(str.encode) | mutations(B.encode().removeprefix(b"### ")))
def test_whatever_becomes_of_one_record_all_others_stay_as_they_are(junk: bytes) -> None:
    before, _, after = parse(GOOD)[0]
    papers, _ = parse((HEADER + A).encode() + b"### " + junk + b"\n" + C.encode())
    assert (papers[0], papers[-1]) == (before, after)


def test_a_record_taken_out_leaves_the_others_as_they_are() -> None:
    before, _, after = parse(GOOD)[0]
    assert parse(HEADER + A + C) == ([before, after], [])


# Damaged encoding.


def damaged(text: str) -> bytes:
    """UTF-8 read as Mac Roman and saved again."""
    return text.encode().decode("mac_roman").encode()


_VISIBLE = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")


def test_the_damaged_day_gives_the_papers_of_the_sound_one(damaged_day: Path, real_archive: Path) -> None:
    sound = list(parse_listing((real_archive / NAME).read_bytes(), ""))
    assert list(parse_listing(damaged_day.read_bytes(), "")) == sound
    assert len(sound) == 30
    authors = [author for paper in sound if isinstance(paper, Paper) for author in paper.authors]
    for author in ("Thomas März", "Maciej M. Mrugała", "Sebastian-Vasile Echim", "Iulian-Marius Tăiatu"):
        assert author in authors


@pytest.mark.parametrize(
    "name", ["Thomas März", "Maciej M. Mrugała", "Iulian-Marius Tăiatu", "ʻAolani Koʻo", "Šaćir Àba"]
)
def test_a_damaged_name_is_repaired_wherever_it_stands(name: str) -> None:
    papers, problems = parse(damaged(HEADER + record(title=name, authors=name, comment=name, summary=name)))
    assert problems == []
    (paper,) = papers
    assert (paper.title, paper.authors, paper.comment, paper.summary) == (name, (name,), name, name)


@given(st.text(_VISIBLE))
def test_any_damaged_text_is_repaired(text: str) -> None:
    content = HEADER + record("A", summary=text) + record("B", authors="Thomas März")
    assert parse(damaged(content)) == parse(content)


@given(st.text(_VISIBLE))
def test_text_that_is_sound_is_never_touched(text: str) -> None:
    """In a file with one accented letter between plain ones: whoever wrote that one wrote all."""
    papers, problems = parse(HEADER + record("A", summary=text) + record("B", authors="Thomas März"))
    assert problems == []
    assert papers[0].summary == text.strip()


def test_a_name_that_reached_arxiv_in_another_damage_stays_as_it_is() -> None:
    papers, _ = parse(HEADER + record("A", authors="Silvio GuimarÃ£es") + record("B", authors="Patrick Pérez"))
    assert [paper.authors for paper in papers] == [("Silvio GuimarÃ£es",), ("Patrick Pérez",)]


# The real archive.


def test_the_real_archive_is_read_in_full(real_archive: Path) -> None:
    counts: Counter[str] = Counter()
    ids, categories, primaries = set(), set(), set()
    for path in sorted(real_archive.rglob("*.md")):
        content = path.read_bytes()
        counts["files"] += 1
        counts["records"] += len(re.findall(rb"^### .+\n- \*\*Arxiv ID\*\*: http", content, re.MULTILINE))
        for one in parse_listing(content, path.relative_to(real_archive).as_posix()):
            if isinstance(one, Problem):
                counts["problems"] += 1
                continue
            ids.add(one.id)
            categories.update(one.categories)
            primaries.add(one.primary)
            counts["in cs.CV"] += "cs.CV" in one.categories
            counts["old-style ids"] += "/" in one.id
            counts["with classes"] += bool(one.classes)
            counts["of their file's day"] += f"{one.published:cs.CV/%Y/%m/%Y%m%d.md}" == one.listing
            counts["most authors"] = max(counts["most authors"], len(one.authors))
    assert counts == {
        "files": 5_551,
        "records": 168_928,
        "in cs.CV": 168_928,
        "of their file's day": 168_928,
        "old-style ids": 181,
        "with classes": 6_018,
        "most authors": 942,
    }
    assert (len(ids), len(categories), len(primaries)) == (168_928, 147, 124)


def test_a_record_beyond_all_measure_is_left_out_and_told_and_the_others_are_kept() -> None:
    huge = record("Huge", summary="word " * 200_001)
    papers, problems = parse(HEADER + record("One") + huge + record("Two"))
    assert [paper.title for paper in papers] == ["One", "Two"]
    assert problems == [Problem(NAME, 16, "the record is longer than 1,000,000 characters; it is left out")]


def test_a_file_beyond_all_measure_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(600_000_000)  # which takes no room on the disk
    with pytest.raises(ListingError, match="larger than 512 MB; split it"):
        read_content(path)


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)]
)
def test_what_is_no_regular_file_is_no_listing(tmp_path: Path, make: Callable[[Path], object]) -> None:
    (tmp_path / "one.md").write_text(HEADER + record(), encoding="utf-8")
    make(tmp_path / "odd.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert list(find_listings(tmp_path)) == [str(tmp_path / "one.md")]
