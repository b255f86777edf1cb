"""Results as text, where the commands cannot show it: every width, every character."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from listings import HEADER, parse, record

from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.render import text
from searcher.render.text import Terminal
from searcher.results import FacetCount, Hit, SearchResponse

((PAPER,), _) = parse(HEADER + record())
STYLE = re.compile(r"\x1b\[[\d;]*m")
WIDTHS = st.integers(40, 200)


def cells(line: str) -> int:
    plain = STYLE.sub("", line)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in plain)
    return len(plain) + wide - sum(unicodedata.combining(char) > 0 for char in plain)


def response(**fields: object) -> SearchResponse:
    return SearchResponse(total=1, hits=(Hit(replace(PAPER, **fields), 1.0),), facets={})  # pyright: ignore[reportArgumentType]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=WIDTHS, query=st.sampled_from(["*", "image", "diffusion super-resolution"]), color=st.booleans())
def test_every_line_of_a_search_fits_the_terminal(examples: Config, width: int, query: str, color: bool) -> None:
    facets = ("category", "author", "archive", "month", "year")
    found = Archive(examples).search(Selection(query), limit=40, facets=facets, explain=True)
    assert max(map(cells, text.search(found, 998, Terminal(width, color)).splitlines())) <= width


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=WIDTHS, color=st.booleans())
def test_every_line_of_a_paper_fits_the_terminal_but_for_words_that_are_longer(
    examples: Config, width: int, color: bool
) -> None:
    for hit in Archive(examples).search(Selection("*"), limit=40).hits:
        for line in text.paper(hit.paper, Terminal(width, color)).splitlines():
            assert cells(line) <= width or len(STYLE.sub("", line)[12:].split()) == 1


@given(width=WIDTHS)
def test_colour_changes_no_word(width: int) -> None:
    found = replace(response(), hits=(Hit(PAPER, 1.0, {"summary": "In the <b>evolving field</b> of <b>it</b>"}),))
    colourful = text.search(found, 1, Terminal(width, True))
    assert STYLE.sub("", colourful) == text.search(found, 1, Terminal(width))
    assert "\x1b[1;33m" in colourful


def test_a_match_that_runs_on_into_the_next_line_stays_lit_there() -> None:
    lines = list(Terminal(20, True).fill("one two <b>three four five six</b> seven", "", is_snippet=True))
    assert lines == ["one two \x1b[1;33mthree four\x1b[0m", "\x1b[1;33mfive six\x1b[0m seven"]


def test_marks_in_a_text_that_is_no_snippet_are_text() -> None:
    assert list(Terminal(40, True).fill("the <b> tag", "")) == ["the <b> tag"]


def test_wide_characters_take_two_cells() -> None:
    assert list(Terminal(20).fill("中文中文中 中文中文 中文", "")) == ["中文中文中 中文中文", "中文"]


@pytest.mark.parametrize(
    ("authors", "shown"),
    [
        ((), ""),
        (("A",), " · A"),
        (("A", "B", "C"), " · A, B, C"),
        (("A", "B", "C", "D"), " · A, B, C and 1 more"),
        (("A", "B", "C", "D", "E"), " · A, B, C and 2 more"),
    ],
)
def test_three_authors_are_shown(authors: tuple[str, ...], shown: str) -> None:
    second_line = text.search(response(authors=authors), 1, Terminal(100)).splitlines()[1]
    assert second_line == f"    2401.00869{shown} · 2023-12-30 · cs.CV cs.LG"


def test_without_a_snippet_the_summary_begins() -> None:
    lines = text.search(response(summary="word " * 100), 1, Terminal(100)).splitlines()
    assert " ".join(line.strip() for line in lines[2:5]).startswith("word word")
    assert "word …" in "\n".join(lines)


@pytest.mark.parametrize(
    ("total", "exact", "first", "hits", "summary"),
    [
        (1, True, 1, 1, "1 paper, 3 ms"),
        (2, True, 1, 2, "2 papers, 3 ms"),
        (1234567, True, 1, 1, "1,234,567 papers, 1–1 shown, 3 ms"),
        (1234567, False, 2001, 2, "about 1,234,567 papers, 2,001–2,002 shown, 3 ms"),
        (40, True, 41, 0, "40 papers, 3 ms"),
    ],
)
def test_the_summary_counts(total: int, exact: bool, first: int, hits: int, summary: str) -> None:
    found = SearchResponse(total, (Hit(PAPER, 1.0),) * hits, {}, total_is_exact=exact, took_ms=3.14)
    assert text.search(found, first, Terminal(80)).splitlines()[-1] == summary


def test_where_papers_without_all_of_the_words_are_ranked_among_those_with_them_no_line_parts_them() -> None:
    found = SearchResponse(12, (Hit(PAPER, 1.0),) * 12, {}, strict_total=11, took_ms=3.14)
    assert text.search(found, 1, Terminal(80)).splitlines().count("Without all of the words:") == 1
    among = text.search(replace(found, strict_first=False), 1, Terminal(80)).splitlines()
    assert "Without all of the words:" not in among
    assert among[-1] == "12 papers, 11 of them with all of the words, 3 ms"


def test_facets_stand_side_by_side_where_there_is_room() -> None:
    counts = (FacetCount("cs.CV", 1200), FacetCount("cs.LG", 600))
    found = SearchResponse(1200, (), {"category": counts, "year": (FacetCount("2024", 3),), "month": ()})
    assert text.search(found, 1, Terminal(74)).splitlines()[2:] == [
        "category                              year",
        " cs.CV 1,200 ███████████████████████   2024 3 ████████████████████████████",
        " cs.LG   600 ███████████▌",
    ]
    assert text.search(found, 1, Terminal(73)).splitlines()[2:] == [
        "category",
        " cs.CV 1,200 ███████████████████████",
        " cs.LG   600 ███████████▌",
        "",
        "year",
        " 2024 3 ████████████████████████████",
    ]


def test_facets_by_themselves_take_the_width_of_the_terminal() -> None:
    counts = (FacetCount("Maximiliane Hohenbuchen-Lichtenstein", 12), FacetCount("Bo", 6))
    assert text.facets(SearchResponse(20, (), {"author": counts}), Terminal(60)).splitlines() == [
        "author",
        " Maximiliane Hohenbuchen-Licht… 12 █████████████████████████",
        " Bo                              6 ████████████▌",
    ]


def test_of_a_long_facet_a_search_shows_ten_values_and_tells_of_the_rest() -> None:
    counts = tuple(FacetCount(f"Author {n:02}", 99 - n) for n in range(25))
    lines = text.search(SearchResponse(99, (), {"author": counts}), 1, Terminal(80)).splitlines()
    assert (lines[-2].split()[:3], lines[-1]) == (["Author", "09", "90"], " and 15 more")


def test_a_long_value_is_cut() -> None:
    counts = (FacetCount("Wolfeschlegelsteinhausenbergerdorff", 2), FacetCount("中文" * 20, 1))
    lines = text.search(SearchResponse(2, (), {"author": counts}), 1, Terminal(80)).splitlines()
    assert lines[-2].startswith(" Wolfeschlegelstei… 2 ██")
    assert {cells(line.rstrip()) <= 36 for line in lines[-2:]} == {True}


@given(st.text())
@example("\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u2066\x7f\r\n\t\u2028")
def test_whatever_a_paper_says_nothing_steers_the_terminal(anything: str) -> None:
    shown = text.search(response(title=anything, authors=(anything,), summary=anything), 1, Terminal(80))
    shown += text.paper(replace(PAPER, title=anything, comment=anything, listing=anything), Terminal(80))
    assert [char for char in shown if not char.isprintable() and char != "\n"] == []
