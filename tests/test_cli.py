"""Both commands: what they print for people, where, and with which exit code; as installed, in pipes and terminals."""

from __future__ import annotations

import re

import pytest
from commands import EXAMPLES, Shell
from listings import HEADER, record

from searcher.config import Config

KELP = """\
  1 KelpAtlas: A Dataset of 61,000 Annotated Aerial and Satellite Images of
    Coastal Vegetation
    2403.90566 · Ioana Tăbărescu, Malcolm Strathearn, Ngaire Tamahori and 25
    more · 2024-03-08 · cs.CV cs.LG eess.IV
    Kelp forests store carbon, protect coasts and shelter fish, but their extent
    is known only roughly. We present KelpAtlas, a dataset of 61,000 images of
    coastal vegetation, taken from satellites, aircraft and drones between 2009
    and 2023 …

1 paper, 0 ms

category                              year
 cs.CV   1 █████████████████████████   2024 1 ████████████████████████████
 cs.LG   1 █████████████████████████
 eess.IV 1 █████████████████████████
"""

COUNTS = """\
category
 cs.CV   40 ████████████████████████████████████████████████████████████
 eess.IV 14 █████████████████████
 cs.LG   13 ███████████████████▌
"""

POSE = """\
Estimating Human Pose from Pressure: A Mattress That Sees in the Dark
Viveka Rosenqvist, Chukwuemeka Ibe-Lorenz, Pilar Muñozábal, Bjarki Þorvaldsson

id          2403.90983 (version 1)
published   2024-03-09 16:20 UTC
updated     2024-03-09 16:20 UTC
categories  cs.CV, cs.HC
journal     Journal of Assistive Sensing, special issue on contactless
            monitoring of patients, 2024, volume 5, pages 201-219
comment     Accepted by the Journal of Assistive Sensing. This is the version of
            the authors; figures 3 and 5 differ from the print edition
url         http://arxiv.org/abs/2403.90983v1
pdf         http://arxiv.org/pdf/2403.90983v1
listing     cs.CV/2024/03/20240309.md

Cameras in bedrooms and hospital wards raise justified objections."""


class TestText:
    """What people read."""

    def test_a_search(self, library: Shell) -> None:
        outcome = library("search kelp")
        assert re.sub(r"\d+ ms", "0 ms", outcome.out) == KELP
        assert (outcome.err, outcome.code) == ("", 0)

    def test_facets(self, library: Shell) -> None:
        assert library("searcher facets --by category -n 3").out == COUNTS

    def test_a_paper(self, library: Shell) -> None:
        assert library("searcher show 2403.90983").out.startswith(POSE)

    def test_ranks_go_on_from_page_to_page(self, library: Shell) -> None:
        assert re.findall(r"(?m)^ {1,2}(\d+) ", library("search * -n 3 --page 4 --no-facets").out) == [
            "10", "11", "12",
        ]  # fmt: skip

    def test_the_summary_tells_which_are_shown(self, library: Shell) -> None:
        assert library("search * -n 3 --page 4 --no-facets").out.splitlines()[-1].startswith("40 papers, 10–12 shown, ")

    def test_an_explanation_stands_below_its_paper(self, library: Shell) -> None:
        assert re.search(r"(?m)^ +\d\.\d{3}  summary: kelp$", library("search kelp --explain").out)

    def test_stats(self, library: Shell, examples: Config) -> None:
        lines = library("searcher stats").out.splitlines()
        assert lines[0] == "40 papers, 2024-03-08 to 2025-11-10"
        assert re.fullmatch(rf"{examples.engine} index of 0\.\d MB in /.*/index/{examples.engine}", lines[1])

    @pytest.mark.parametrize("columns", [40, 57, 80, 120, 200])
    def test_it_is_as_wide_as_the_terminal(self, library: Shell, columns: int) -> None:
        library.set(COLUMNS=str(columns))
        widths = [len(line) for line in library("search * -n 40").out.splitlines()]
        assert max(widths) <= columns
        assert max(widths) > columns * 0.9


class TestJson:
    """What programs read, besides `search` and `index`."""

    def test_show_is_a_search_that_found_the_papers_asked_for_in_that_order(self, library: Shell) -> None:
        response = library("searcher show 2511.90208v1 2403.90147 --format json").json
        assert " ".join(response) == "schema query total total_is_exact relaxed suggestion took_ms hits facets"
        assert (response["query"], response["total"]) == ("2511.90208v1 2403.90147", 2)
        assert [hit["id"] for hit in response["hits"]] == ["2511.90208", "2403.90147"]

    def test_show_and_search_describe_a_paper_alike(self, library: Shell) -> None:
        (shown,) = library("searcher show 2403.90566 --format json").json["hits"]
        (found,) = library("search kelp --format json").json["hits"]
        for hit in (shown, found):
            del hit["score"], hit["snippets"]
        assert shown == found

    def test_facets_are_query_total_and_facets(self, library: Shell) -> None:
        assert library("searcher facets --by year --format json").json == {
            "schema": 1,
            "query": "*",
            "total": 40,
            "facets": {"year": [{"value": "2025", "count": 13}, {"value": "2024", "count": 27}]},
        }

    def test_facets_take_a_query_and_the_filters_of_a_search(self, library: Shell) -> None:
        line = "searcher facets image --by author --cat eess.IV --from 2025 -n 1 --format json"
        response = library(line).json
        assert (response["query"], list(response["facets"])) == ("image", ["author"])
        assert response["facets"]["author"] == [{"value": "Paweł Drozdalski", "count": 1}] or response["total"] > 1

    def test_stats_tell_what_the_index_holds(self, library: Shell, examples: Config) -> None:
        stats = library("searcher stats --format json").json
        assert stats.pop("size_bytes") > 10_000
        assert stats.pop("folder").endswith(f"/index/{examples.engine}")
        assert stats == {
            "schema": 1,
            "papers": 40,
            "oldest": "2024-03-08T00:41:17Z",
            "newest": "2025-11-10T21:26:19Z",
            "engine": examples.engine,
            "health": None,
        }


class TestMessages:
    """Exit codes, and one line on stderr that says what to do."""

    @pytest.mark.parametrize(
        ("line", "code", "message"),
        [
            ("search kelp", 0, ""),
            ("search zzzz", 1, "search: no paper matches"),
            ("search zzzz yyyy", 1, "search: no paper matches; --any finds those with any of the words"),
            ("search zzzz yyyy --any", 1, "search: no paper matches"),
            ("search", 2, 'search: what are you looking for? try: search "diffusion super-resolution"'),
            ("search x --sort best", 2,
             "search: --sort: no 'best'; there are: relevance, newest, oldest; see search --help"),
            ("search x -n -1", 2, "search: Invalid value for '-n': -1 is not in the range x>=0; see search --help"),
            ("search x -n many", 2,
             "search: Invalid value for '-n': 'many' is not a valid int range; see search --help"),
            ("search x --page 0", 2,
             "search: Invalid value for '--page': 0 is not in the range x>=1; see search --help"),
            ("search x -n 10001", 2, "search: ask for 0 to 10000 papers a page, and for page 1 or later"),
            ("search x --cat", 2, "search: Option '--cat' requires an argument; see search --help"),
            ("searcher", 0, ""),
            ("searcher --version", 0, ""),
            ("searcher serch", 2, "searcher: no command serch; see searcher --help"),
            ("searcher show", 2, "searcher: Missing argument 'ID...'; see searcher --help"),
            ("searcher show 2403.90147", 0, ""),
            ("searcher show 2403.90147 0704.0001", 1, "searcher: there is no paper '0704.0001' in the index"),
            ("searcher show nonsense", 1, "searcher: there is no paper 'nonsense' in the index"),
            ("searcher facets zzzz", 1, "searcher: no paper matches"),
            ("searcher facets --by colour", 2, "searcher: --by: no 'colour'; there are: category, primary, "
             "archive, author, year, month; see searcher --help"),
        ],
    )  # fmt: skip
    def test_each_outcome_has_its_code_and_message(self, library: Shell, line: str, code: int, message: str) -> None:
        outcome = library(line)
        assert outcome.err == (f"{message}\n" if message else "")
        assert outcome.code == code
        assert (outcome.out == "") == (code == 2 or "no paper matches" in message or "nonsense" in line)

    def test_an_unknown_option_is_told_in_one_line_with_those_that_are_near(self, library: Shell) -> None:
        outcome = library("search x --categry cs.CV")
        assert outcome.err.startswith("search: no option --categry; did you mean --cat?")
        assert outcome.err.count("\n") == 1
        assert outcome.code == 2

    def test_what_is_wrong_with_the_settings_is_one_line_too(self, shell: Shell) -> None:
        shell.write("config.yaml", "enginee: tantivy\n")
        for line in ("search x", "searcher index", "searcher facets", "searcher show x", "searcher stats"):
            outcome = shell(line)
            assert outcome.err == (
                f"{line.split()[0]}: {shell.folder}/config.yaml:1:1: unknown key 'enginee'; did you mean 'engine'?\n"
            )
            assert (outcome.out, outcome.code) == ("", 2)

    @pytest.mark.parametrize("query", ["AND", "((", '"', "title:", "[2024 TO", "*:*", "a" * 300, "\x1b[31m", "~~^^"])
    def test_no_query_however_odd_is_an_error(self, library: Shell, query: str) -> None:
        outcome = library(f"search '{query}'")
        assert outcome.code in (0, 1)
        assert "Traceback" not in outcome.err
        assert "\x1b" not in outcome.out + outcome.err


class TestHostileTitles:
    """What a listing holds never steers a terminal."""

    @pytest.fixture
    def hostile(self, shell: Shell) -> Shell:
        evil = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp\u2066\u200f\x00\x7f"
        values = {"authors": f"A {evil} B", "summary": f"plain {evil} text", "comment": evil, "journal": evil}
        shell.write("archive/1.md", HEADER + record(f"Title {evil} end", categories=f"**cs.CV**, {evil}", **values))
        shell("searcher index archive")
        return shell

    @pytest.mark.parametrize("line", ["search *", "search plain --facet author", "searcher show 2401.00869"])
    def test_in_text(self, hostile: Shell, line: str) -> None:
        outcome = hostile(line)
        assert "Title" in outcome.out
        assert [char for char in outcome.out + outcome.err if not char.isprintable() and char != "\n"] == []

    def test_in_messages(self, hostile: Shell) -> None:
        outcome = hostile("searcher show '\x1b[31mred'")
        assert outcome.err == "searcher: there is no paper '\\x1b[31mred' in the index\n"

    def test_in_the_problems_of_an_index_run(self, hostile: Shell) -> None:
        hostile.write("archive/2.md", HEADER + record(published="\x1b[31mred"))
        assert "\x1b" not in hostile("searcher index").err


class TestPipes:
    """The installed commands, with their output sent elsewhere."""

    @pytest.mark.parametrize("options", ["", "--format json"])
    def test_a_pipe_that_closes_early_is_no_error(self, library: Shell, options: str) -> None:
        outcome = library.bash(f"search '*' -n 1000 {options} | head -1; echo ${{PIPESTATUS[0]}}")
        assert outcome.out.splitlines()[-1] == "0"
        assert outcome.err == ""

    def test_a_pipe_gets_neither_colour_nor_a_bar(self, shell: Shell) -> None:
        outcome = shell.bash(f"searcher index {EXAMPLES} && search diffusion")
        assert outcome.code == 0
        assert "\x1b" not in outcome.out
        assert outcome.err == ""

    def test_closed_streams_are_no_error(self, library: Shell) -> None:
        assert library.bash("search kelp >&-").err == ""
        assert library.bash("search kelp >&-").code == 0
        assert library.bash("search zzzz 2>&-").code == 1

    def test_a_full_disk_is_an_error_of_one_line(self, library: Shell) -> None:
        outcome = library.bash("search kelp >/dev/full")
        assert outcome.err == "search: input or output: No space left on device\n"
        assert outcome.code == 2

    def test_a_terminal_that_knows_only_ascii_gets_marks_for_the_rest(self, library: Shell) -> None:
        outcome = library.bash("LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii search pancreas --no-facets")
        assert "Hanna M?rkisch" in outcome.out
        assert outcome.code == 0


class TestTerminal:
    """The installed commands on a real terminal."""

    def test_there_is_colour_and_it_ends_where_a_line_ends(self, library: Shell) -> None:
        outcome = library.terminal("search diffusion", COLUMNS="50")
        assert "\x1b[1;33mdiffusion\x1b[0m" in outcome.out
        for line in outcome.out.splitlines():
            assert line.count("\x1b[0m") * 2 == line.count("\x1b[")
            assert len(re.sub(r"\x1b\[[\d;]*m", "", line)) <= 50

    @pytest.mark.parametrize("variable", ["NO_COLOR=1", "TERM=dumb"])
    def test_colour_can_be_refused(self, library: Shell, variable: str) -> None:
        name, _, value = variable.partition("=")
        assert "\x1b" not in library.terminal("search diffusion", **{name: value}).out

    def test_colour_is_for_a_terminal_and_a_pipe_gets_the_same_words(self, library: Shell) -> None:
        colourful = library.terminal("search kelp --no-facets", only="stdout").out
        plain = library("search kelp --no-facets").out
        assert "\x1b[" in colourful
        words = re.sub(r"\x1b\[[\d;]*m", "", colourful).split()
        assert words[:-2] == plain.split()[:-2]  # the last tell how long it took

    def test_json_is_the_same_on_a_terminal(self, library: Shell) -> None:
        assert "\x1b" not in library.terminal("search diffusion --format json").out

    def test_an_index_run_shows_its_progress_to_the_end(self, shell: Shell) -> None:
        outcome = shell.terminal(f"searcher index {EXAMPLES}", only="stderr")
        assert "indexing" in outcome.err
        assert "100%" in outcome.err
        assert "\x1b" not in outcome.out

    @pytest.mark.parametrize("how", [{"only": "stdout"}, {"TERM": "dumb"}])
    def test_progress_is_shown_only_on_a_terminal_that_can(self, shell: Shell, how: dict[str, str]) -> None:
        assert shell.terminal(f"searcher index {EXAMPLES}", **how).err == ""
