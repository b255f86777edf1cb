"""`searcher similar`: papers like a paper or a text, by the terms that tell most. The papers are those of examples/."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from commands import Shell
from listings import HEADER, record
from whoosh.query import Every

from searcher.app.search import Archive, Selection
from searcher.app.similar import likeness
from searcher.app.vocabulary import IndexVocabulary
from searcher.config import Config
from searcher.engine import open_engine
from searcher.render.text import Terminal, search
from searcher.results import SearchResponse, TellingText

GLACIERS = "How do kelp forests change over the years, seen from satellites?"
KELP, FUSION = "2403.90566", "2403.90758"


def terms(example: str, examples: Config) -> list[str]:
    """The terms that tell most about a text, or a paper named by its id."""
    engine = open_engine(examples.engine, examples.engine_folder)
    paper = engine.papers([example]).get(example)
    return [term.text for term in likeness(paper or example, IndexVocabulary(engine)).terms]


class TestTerms:
    """What tells most about a text."""

    def test_the_rarest_words_tell_most(self, examples: Config) -> None:
        assert terms("Images of kelp from satellites", examples) == ["kelp", "satellites"]

    def test_words_that_no_paper_holds_tell_nothing(self, examples: Config) -> None:
        assert terms("kelp zzzz", examples) == ["kelp"]

    def test_words_that_no_other_paper_holds_tell_nothing_about_a_paper(self, examples: Config) -> None:
        assert "kelp" not in " ".join(terms(KELP, examples)).lower().split()

    def test_function_words_and_numbers_tell_nothing(self, examples: Config) -> None:
        assert terms("these 48 are between kelp", examples) == ["kelp"]

    def test_unless_there_is_nothing_else(self, examples: Config) -> None:
        assert terms("these", examples) == ["these"]

    def test_pairs_that_come_again_are_terms(self, examples: Config) -> None:
        assert terms("gaussian splatting, gaussian splatting", examples)[0] == "gaussian splatting"
        assert terms("gaussian splatting", examples) == ["splatting", "gaussian"]

    def test_pairs_do_not_reach_over_the_end_of_a_clause(self, examples: Config) -> None:
        assert "gaussian splatting" not in terms(
            "Gaussian: splatting. Gaussian. Splatting! Gaussian; splatting", examples
        )

    def test_they_are_shown_as_the_text_most_often_writes_them(self, examples: Config) -> None:
        assert terms("Splats, splatting, Splatting", examples) == ["splatting"]

    def test_a_name_keeps_its_capitals(self, examples: Config) -> None:
        assert terms("MRI scans", examples) == ["scans", "MRI"] or terms("MRI scans", examples) == ["MRI", "scans"]

    def test_what_a_long_text_says_all_the_time_tells_little(self, examples: Config) -> None:
        engine = open_engine(examples.engine, examples.engine_folder)
        summaries = " ".join(paper.summary for paper in engine.scan(Every()))
        assert len(summaries) > 20_000
        assert terms(f"{summaries} {'The kelp. ' * 5}", examples)[0] == "kelp"


class TestPapersLikeOne:
    """The papers that come back."""

    @pytest.mark.parametrize("form", ["2403.90147", "2403.90147v1", "https://arxiv.org/abs/2403.90147v2"])
    def test_the_paper_itself_is_not_among_them_however_it_was_named(self, library: Shell, form: str) -> None:
        outcome = library(f"searcher similar {form} -n 40 --format json")
        assert "2403.90147" not in outcome.ids
        assert outcome.ids[:2] == ["2511.90349", "2403.91012"]
        assert (outcome.code, outcome.err) == (0, "")

    def test_each_holds_one_of_the_most_telling_terms_and_shows_it(self, library: Shell) -> None:
        for hit in library("searcher similar 2403.90147 -n 40 --format json").json["hits"]:
            assert any("<b>" in snippet for snippet in hit["snippets"].values())

    def test_pages_follow_one_another(self, library: Shell) -> None:
        whole = library("searcher similar 2403.90147 -n 6 --format json").ids
        assert library("searcher similar 2403.90147 -n 3 --page 2 --format json").ids == whole[3:]

    @pytest.mark.parametrize(
        "options",
        ["--cat eess.IV", "--not-cat eess.IV", "--primary eess.IV", "--author okafor", "--from 2025", "--to 2024"],
    )
    def test_the_filters_are_those_of_a_search(self, library: Shell, options: str) -> None:
        every = library("searcher similar 2403.90147 -n 40 --format json").ids
        chosen = set(library(f"search * {options} -n 40 --format json").ids)
        found = library(f"searcher similar 2403.90147 {options} -n 40 --format json").ids
        assert found == [each for each in every if each in chosen]
        assert len(found) < len(every)

    def test_an_archive_of_one_paper_has_none_like_it(self, shell: Shell) -> None:
        shell.write("archive/a.md", HEADER + record())
        shell("searcher index archive")
        outcome = shell("searcher similar 2401.00869")
        assert (outcome.out, outcome.err, outcome.code) == ("", "searcher: no paper is like it\n", 1)


class TestText:
    """Papers like what somebody wrote."""

    def test_from_a_file(self, library: Shell, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("\ufeff" + GLACIERS, encoding="utf-8")
        response = library(f"searcher similar --text {file} --format json").json
        assert response["hits"][0]["id"] == KELP
        assert response["query"] == str(file)

    def test_from_stdin(self, library: Shell) -> None:
        assert KELP in library.bash(f"echo '{GLACIERS}' | searcher similar --text - -n 1").out

    @pytest.mark.parametrize(
        ("content", "code", "message"),
        [
            (b"kelp", 0, ""),
            (b"", 2, "searcher: the text holds no word; give an abstract, a draft or notes\n"),
            (b" ... !?\n", 2, "searcher: the text holds no word; give an abstract, a draft or notes\n"),
            (b"\xff\xfe\x00", 2, "searcher: FILE: not a text in UTF-8; convert it first\n"),
            ("深度学习图像".encode(), 1, "searcher: no paper is like it\n"),
            (b"zzzz", 1, "searcher: no paper is like it\n"),
            (b"\x00\x1b[31m kelp " * 100_000, 0, ""),
        ],
        ids=["a word", "empty", "punctuation", "not UTF-8", "Chinese", "unknown", "a megabyte"],
    )
    def test_any_bytes_are_answered(
        self, library: Shell, tmp_path: Path, content: bytes, code: int, message: str
    ) -> None:
        file = tmp_path / "text"
        file.write_bytes(content)
        outcome = library(f"searcher similar --text {file}")
        assert (outcome.code, outcome.err) == (code, message.replace("FILE", str(file)))
        assert "\x1b" not in outcome.out

    def test_a_file_that_cannot_be_read_is_an_error_of_one_line(self, library: Shell) -> None:
        outcome = library("searcher similar --text missing.txt")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == "searcher: missing.txt: No such file or directory\n"

    def test_a_text_is_no_query(self, examples: Config) -> None:
        found = Archive(examples).similar('title:( "kelp AND NOT *', Selection("draft"))
        assert found.hits[0].paper.id == KELP


class TestOutcome:
    """What is printed, and the exit code."""

    def test_json_is_that_of_a_search_and_the_terms(self, library: Shell) -> None:
        response = library("searcher similar 2403.90147v1 -n 1 --format json").json
        assert " ".join(response) == "schema query total total_is_exact relaxed suggestion took_ms hits facets terms"
        assert (response["query"], response["facets"]) == ("2403.90147v1", {})
        assert set(response["terms"][0]) == {"term", "bits"}
        bits = [term["bits"] for term in response["terms"]]
        assert bits == sorted(bits, reverse=True)
        assert bits[-1] > 0

    @pytest.mark.parametrize("line", ["searcher similar", "searcher similar 2403.90147 --text notes"])
    def test_it_wants_a_paper_or_a_text(self, library: Shell, line: str) -> None:
        outcome = library(line)
        assert outcome.err == (
            "searcher: name one paper or one text: searcher similar ID, or searcher similar --text FILE\n"
        )
        assert (outcome.out, outcome.code) == ("", 2)

    def test_a_paper_that_is_not_there_is_nothing_found(self, library: Shell) -> None:
        outcome = library("searcher similar 0704.0001 --format json")
        assert outcome.err == "searcher: there is no paper '0704.0001' in the index\n"
        assert (outcome.ids, outcome.json["terms"], outcome.code) == ([], [], 1)

    def test_behind_the_last_page_it_is_said_so(self, library: Shell) -> None:
        outcome = library("searcher similar 2403.90147 --page 9")
        assert outcome.err.startswith("searcher: there is no page 9; the last one is ")
        assert outcome.code == 0

    @pytest.mark.parametrize("columns", [40, 57, 80, 120])
    def test_the_terms_fit_on_one_line_of_the_terminal(self, library: Shell, columns: int) -> None:
        library.set(COLUMNS=str(columns))
        first, second, *_ = library("searcher similar 2403.90147").out.splitlines()
        assert first.startswith("by: ")
        assert " bits)" in first
        assert not first.endswith(",")
        assert len(first) <= columns
        assert second == ""

    def test_a_term_longer_than_the_terminal_is_cut(self) -> None:
        response = SearchResponse(0, (), {}, terms=(TellingText("x" * 200, 7.0),))
        assert search(response, 1, Terminal(40)).splitlines()[0] == "by: " + "x" * 35 + "…"


def test_stdin_that_is_closed_is_an_error_of_one_line(library: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert library("searcher similar --text -").err == "searcher: there is no text on stdin\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO())
