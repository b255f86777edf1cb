"""Saved searches: `searcher saved`, and `saved:NAME` in a query."""

from __future__ import annotations

import pytest
from commands import EXAMPLES, Shell

SETTINGS = f"""\
listings: [{EXAMPLES}]
searches:
  super-resolution: {{query: diffusion super-resolution, cat: [eess.IV], sort: newest}}
  splatting: {{query: "gaussian splatting"}}
  kelp: {{query: kelp}}
  first authors: {{author: ^drozdalski}}
  mixed: {{query: (saved:kelp OR saved:"first authors") -saved:splatting}}
  day: {{from: 2024-03-08, to: 2024-03-08, not_cat: [cs.*], any: true, title: x-ray galaxy, primary: astro-ph.GA}}
"""


@pytest.fixture
def saved(library: Shell) -> Shell:
    """A shell in which the examples are indexed and some searches saved."""
    library.write("config.yaml", SETTINGS)
    return library


def test_a_saved_search_finds_what_search_finds_with_the_same_options(saved: Shell) -> None:
    run = saved("searcher saved run super-resolution --format json")
    typed = saved('search "diffusion super-resolution" --cat eess.IV --sort newest --no-facets --format json')
    assert run.ids == typed.ids
    assert (run.code, len(run.ids), run.json["query"]) == (0, 10, "diffusion super-resolution")
    assert saved("searcher saved run super-resolution -n 3 --page 2 --format json").ids == run.ids[3:6]


def test_a_query_may_name_saved_searches_which_then_mean_all_that_was_saved(saved: Shell) -> None:
    kelp, drozdalski, both = (
        set(saved(f"search {query} -n 40 --no-facets --format json").ids)
        for query in ("kelp", "--author ^drozdalski", "'gaussian splatting AND *'")
    )
    found = set(saved("searcher saved run mixed -n 40 --format json").ids)
    assert found == (kelp | drozdalski) - both
    assert kelp
    assert drozdalski - both
    assert set(saved("search saved:mixed -n 40 --no-facets --format json").ids) == found


def test_a_saved_search_within_another_also_finds_its_words_as_they_may_be_written(saved: Shell) -> None:
    saved.write("config.yaml", SETTINGS + "  sr: {query: superresolution}\n  outer: {query: saved:sr OR saved:kelp}\n")
    plain = saved("search super-resolution -n 40 --sort newest --no-facets --format json").ids
    assert set(plain) < set(saved("searcher saved run outer -n 40 --format json").ids)


def test_a_saved_search_that_holds_the_words_of_a_query_can_be_narrowed(saved: Shell) -> None:
    every = saved("search saved:super-resolution -n 40 --no-facets --format json").ids
    narrowed = saved("search 'saved:super-resolution title:video' -n 40 --no-facets --format json").ids
    assert set(narrowed) < set(every)
    assert "2403.90722" in narrowed


def test_list_shows_each_as_it_would_be_typed(saved: Shell) -> None:
    outcome = saved("searcher saved list")
    assert outcome.out == (
        "super-resolution\n"
        "    'diffusion super-resolution' --cat eess.IV --sort newest\n"
        "splatting\n"
        "    'gaussian splatting'\n"
        "kelp\n"
        "    kelp\n"
        "first authors\n"
        "    '*' --author '^drozdalski'\n"
        "mixed\n"
        "    '(saved:kelp OR saved:\"first authors\") -saved:splatting'\n"
        "day\n"
        "    '*' --not-cat 'cs.*' --primary astro-ph.GA --title 'x-ray galaxy' --from\n"
        "    2024-03-08 --to 2024-03-08 --any\n"
    )
    assert (outcome.err, outcome.code) == ("", 0)


def test_list_as_json(saved: Shell) -> None:
    listed = saved("searcher saved list --format json").json
    assert listed["schema"] == 1
    assert listed["searches"][0] == {
        "name": "super-resolution",
        "query": "diffusion super-resolution",
        "cat": ["eess.IV"],
        "not_cat": [],
        "primary": [],
        "author": [],
        "title": None,
        "from": None,
        "to": None,
        "any": False,
        "sort": "newest",
    }


def test_alone_it_says_what_it_can_do(shell: Shell) -> None:
    outcome = shell("searcher saved")
    assert outcome.out.startswith("Usage: searcher saved ")
    assert (outcome.err, outcome.code) == ("", 0)


def test_without_saved_searches_list_says_where_they_belong(library: Shell) -> None:
    outcome = library("searcher saved list")
    assert outcome.out == ""
    assert outcome.err == "searcher: no searches are saved; name them in config.yaml under searches:\n"
    assert outcome.code == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("searcher saved run kelb", "searcher: there is no saved search 'kelb'; did you mean 'kelp'?\n"),
        (
            "searcher saved run zzz",
            "searcher: there is no saved search 'zzz'; there are: super-resolution, splatting, kelp, first authors, "
            "mixed, day\n",
        ),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_one(saved: Shell, line: str, message: str) -> None:
    outcome = saved(line)
    assert (outcome.out, outcome.err, outcome.code) == ("", message, 2)


def test_in_a_query_an_unknown_name_finds_nothing_and_that_is_said(saved: Shell) -> None:
    outcome = saved("search 'kelp OR saved:spatting' --no-facets --format json")
    assert outcome.ids == saved("search saved:kelp --no-facets --format json").ids
    assert outcome.err == "search: there is no saved search 'spatting'; did you mean 'splatting'?\n"


def test_searches_that_name_each_other_in_a_circle_are_an_error_with_file_and_line(saved: Shell) -> None:
    saved.write("config.yaml", "searches:\n  a: {query: saved:b}\n  b: {query: nerf saved:a}\n")
    outcome = saved("searcher saved run a")
    assert (
        outcome.err == f"searcher: {saved.folder}/config.yaml:3:14: a saved search may not name itself: a -> b -> a\n"
    )
    assert outcome.code == 2


def test_in_quotes_a_name_is_only_words(saved: Shell) -> None:
    assert saved("""search '"saved:nothing"' --no-facets""").code == 1
