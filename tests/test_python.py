"""The Python interface: `open_archive`, and the page that documents it."""

from __future__ import annotations

import doctest
import gc
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from commands import EXAMPLES, Shell

from searcher import open_archive
from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.errors import ConfigError, NoIndexError, QueryError
from searcher.results import SearchResponse

PAGE = Path(__file__).parents[1] / "docs/python.md"


@pytest.fixture
def archive(examples: Config) -> Archive:
    return open_archive(examples)


def ids(response: SearchResponse) -> list[str]:
    return [hit.paper.id for hit in response]


def test_what_the_page_shows_is_what_happens(shell: Shell) -> None:
    config = shell.folder / "config.yaml"
    config.write_text("index: index\n")
    index(Config(file=None, index=shell.folder / "index"), [EXAMPLES])
    result = doctest.testfile(
        str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert result.attempted > 10
    assert result.failed == 0


class TestOpening:
    def test_a_path_names_a_config_yaml(self, shell: Shell, examples: Config) -> None:
        path = shell.folder / "other.yaml"
        path.write_text(f"index: {examples.index}\nengine: {examples.engine}\n")
        assert len(open_archive(path)) == len(open_archive(str(path))) == 40

    def test_a_file_that_is_not_there_is_told(self, shell: Shell) -> None:
        with pytest.raises(ConfigError, match=r"no-such\.yaml: cannot be read"):
            open_archive("no-such.yaml")

    def test_so_is_an_index_that_is_not_there(self, shell: Shell) -> None:
        with pytest.raises(NoIndexError):
            open_archive()

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what is mapped is asked of /proc")
    def test_an_archive_that_nobody_holds_any_more_lets_go_of_its_files_at_once(self, examples: Config) -> None:
        def is_mapped() -> bool:
            return str(examples.index) in Path("/proc/self/maps").read_text()

        gc.collect()
        gc.disable()  # which would let go of them some time
        try:
            archive = open_archive(examples)
            archive.search('"super-resolution"', facets=["author"])
            assert is_mapped()
            del archive
            assert not is_mapped()
        finally:
            gc.enable()


class TestSearching:
    def test_a_text_and_filters_ask_for_the_same_as_a_selection(self, archive: Archive) -> None:
        selection = Selection("super-resolution", ("eess.IV",), ("cs.LG",), since="2024-03", until="2024-03-08")
        asked = archive.search(
            "super-resolution",
            categories=["eess.IV"],
            not_categories="cs.LG",
            since="2024-03",
            until=date(2024, 3, 8),
        )
        assert ids(asked) == ids(archive.search(selection)) != []

    def test_a_selection_has_filters_of_its_own(self, archive: Archive) -> None:
        with pytest.raises(QueryError, match="authors"):
            archive.search(Selection("nerf"), authors="Mira Okafor")

    def test_the_commands_find_the_same(self, archive: Archive, library: Shell) -> None:
        found = archive.search("diffusion", categories="eess.IV", authors=["hjortdal"], limit=50)
        assert ids(found) == library("search diffusion --cat eess.IV --author hjortdal -n 50 --format json").ids != []

    def test_facets_are_those_of_the_command(self, archive: Archive, library: Shell) -> None:
        counted = {each.value: each.count for each in archive.facets("year", categories="eess.IV")}
        assert counted == library("searcher facets --by year --cat eess.IV --format json").counts("year") != {}


class TestLooking:
    def test_iteration_gives_every_paper_once(self, archive: Archive) -> None:
        papers = list(archive)
        assert len({paper.id for paper in papers}) == len(papers) == len(archive) == 40

    def test_a_notebook_shows_titles_as_text(self, archive: Archive) -> None:
        found = archive.search("diffusion", limit=1)
        [hit] = found
        assert f'<a href="{hit.paper.url}">{hit.paper.title}</a>' in found._repr_html_()

    def test_a_title_cannot_add_to_the_page(self, archive: Archive) -> None:
        [hit] = archive.search("diffusion", limit=1)
        title = '<script>alert("0<p<=1")</script>'
        response = SearchResponse(1, (replace(hit, paper=replace(hit.paper, title=title)),), {})
        assert "<script>" not in response._repr_html_()
        assert "&lt;script&gt;alert(&quot;0&lt;p&lt;=1&quot;)" in response._repr_html_()
