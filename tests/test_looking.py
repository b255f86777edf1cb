"""A pager, links, the browser: what `search` does for somebody who looks at a terminal."""

from __future__ import annotations

import os
import re
import shlex

import pytest
from commands import Shell

from searcher.cli.terminal import can_link

LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
SHORT = "10x80"


class TestPager:
    @pytest.mark.parametrize("name", ["PAGER", "SEARCHER_PAGER"])
    def test_what_is_longer_than_the_screen_goes_through_it(self, library: Shell, name: str) -> None:
        library.set(**{name: "sed s/^/paged:/"})
        lines = library.terminal("search diffusion", size=SHORT).out.splitlines()
        assert len(lines) > 10
        assert all(line.startswith("paged:") for line in lines)

    @pytest.mark.parametrize(
        ("line", "size"),
        [
            ("search diffusion", "500x80"),
            ("search diffusion", "0x0"),
            ("search diffusion --no-pager", SHORT),
            ("search diffusion --format json", SHORT),
        ],
    )
    def test_what_fits_or_shall_not_does_not(self, library: Shell, line: str, size: str) -> None:
        assert "paged:" not in library.terminal(line, size=size, PAGER="sed s/^/paged:/").out

    def test_a_pipe_has_none(self, library: Shell) -> None:
        library.set(PAGER="sed s/^/paged:/")
        assert "paged:" not in library.terminal("search diffusion", only="stderr", size=SHORT).out

    @pytest.mark.parametrize("pager", ["", "no-such-pager -x", "'"])
    def test_without_one_everything_is_printed(self, library: Shell, pager: str) -> None:
        outcome = library.terminal("searcher trends video --by month", size="5x80", SEARCHER_PAGER=pager)
        assert (outcome.code, len(outcome.out.splitlines()) > 20, outcome.err) == (0, True, "")

    @pytest.mark.parametrize("pager", ["true", "head -n 1", "false"])
    def test_to_leave_it_early_is_no_error(self, library: Shell, pager: str) -> None:
        outcome = library.terminal("search '*' -n 40", size=SHORT, PAGER=pager)
        assert (outcome.code, outcome.err) == (0, "")

    @pytest.mark.parametrize("command", ["searcher show 2403.90302", "searcher facets", "searcher similar 2403.90147"])
    def test_other_commands_have_it_too(self, library: Shell, command: str) -> None:
        assert library.terminal(command, size="5x80", PAGER="sed s/^/paged:/").out.startswith("paged:")


class TestLinks:
    def test_the_title_and_the_id_lead_to_the_page(self, library: Shell) -> None:
        out = library.terminal("search kelp -n 1 --no-facets", NO_COLOR="1", FORCE_HYPERLINK="1").out
        to = r"\x1b\]8;id=2403\.90566;https://arxiv\.org/abs/2403\.90566\x1b\\"
        assert re.findall(to + r"(.*?)\x1b\]8;;\x1b\\", out) == [
            "KelpAtlas: A Dataset of 61,000 Annotated Aerial and Satellite Images of",
            "Coastal Vegetation",
            "2403.90566",
        ]

    def test_they_take_no_room(self, library: Shell) -> None:
        plain, linked = (
            library.terminal("search diffusion --no-facets", FORCE_HYPERLINK=forced, NO_COLOR="1").out
            for forced in ("0", "1")
        )
        times = re.compile(r"\d+ ms")
        assert times.sub("", LINK.sub("", linked)) == times.sub("", plain)
        assert linked != plain

    @pytest.mark.parametrize(
        ("environment", "can"),
        [
            ({}, False),
            ({"TERM": "xterm-256color"}, False),
            ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, True),
            ({"TERM": "xterm-256color", "VTE_VERSION": "5000"}, False),
            ({"TERM": "xterm-256color", "VTE_VERSION": "new"}, False),
            ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230800"}, True),
            ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
            ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
            ({"TERM": "xterm-256color", "WT_SESSION": "1"}, True),
            ({"TERM": "xterm-kitty"}, True),
            ({"TERM": "dumb", "VTE_VERSION": "7600"}, False),
            ({"TERM": "screen-256color", "VTE_VERSION": "7600"}, False),
            ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
            ({"TERM": "dumb", "FORCE_HYPERLINK": "1"}, True),
        ],
    )
    def test_only_terminals_known_to_follow_them_get_them(self, environment: dict[str, str], can: bool) -> None:
        assert can_link(environment, True) is can

    def test_a_pipe_gets_none(self) -> None:
        assert not can_link({"TERM": "xterm-kitty"}, False)


class TestOpen:
    def test_the_nth_paper_is_opened_in_the_browser(self, library: Shell) -> None:
        script = library.write("browser", '#!/bin/sh\necho "$@" > opened\n')
        script.chmod(0o755)
        library.set(BROWSER=f"{shlex.quote(str(script))} %s")
        outcome = library.bash("search kelp --open 1")
        address = "https://arxiv.org/abs/2403.90566"
        assert (outcome.code, outcome.out, outcome.err) == (0, "", f"search: opened {address}\n")
        assert (library.folder / "opened").read_text().strip() == address

    def test_ranks_go_on_from_page_to_page(self, library: Shell) -> None:
        library.set(SSH_CONNECTION="far away", BROWSER="", DISPLAY="", WAYLAND_DISPLAY="")
        ids = library("search '*' -n 3 --page 2 --format json").ids
        assert library("search '*' -n 3 --page 2 --open 5").out == f"https://arxiv.org/abs/{ids[1]}\n"

    def test_without_a_browser_the_address_is_printed(self, library: Shell) -> None:
        library.set(BROWSER="false", PATH=os.defpath)
        assert library("search kelp --open 1").out == "https://arxiv.org/abs/2403.90566\n"

    @pytest.mark.parametrize("rank", [0, 2, -1])
    def test_a_rank_that_is_not_there_is_an_error(self, library: Shell, rank: int) -> None:
        outcome = library(f"search kelp -n 1 --open {rank}")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == f"search: there is no paper {rank} to open; this page has 1 to 1\n"

    def test_nothing_found_opens_nothing(self, library: Shell) -> None:
        outcome = library("search zzzqqq --open 1")
        assert (outcome.code, outcome.out, outcome.err) == (1, "", "search: no paper matches\n")
