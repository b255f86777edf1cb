"""Which papers come first: all words before some, acronyms in either form, the same totals and facets on every page.

Up to ten papers a page, those that lack a word follow those with all; beyond, all are ranked together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from archives import ListingFolder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listings import HEADER, record

from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config

SIZES = (1, 3, 10, 11, 25, 1000)


def listing(titles: Sequence[str], first: int = 1) -> str:
    """A day of papers, numbered; what stands behind a bar is the summary; every second one is in cs.LG."""
    records = (
        record(
            title.split("|")[0],
            arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v1",
            summary=(title + "|Nothing to say.").split("|")[1],
            categories="**cs.LG**" if number % 2 else "**cs.CV**",
        )
        for number, title in enumerate(titles, first)
    )
    return HEADER + "".join(records)


Made = Callable[..., Archive]


@pytest.fixture
def made(folder_engine: str, tmp_path: Path) -> Made:
    """Makes an index of titles."""

    def make(*titles: str) -> Archive:
        (tmp_path / "day.md").write_text(listing(titles))
        config = Config(file=None, index=tmp_path / "index", engine=folder_engine)
        index(config, [tmp_path / "day.md"])
        return Archive(config)

    return make


@pytest.fixture
def foxes(made: Made) -> Archive:
    """Three papers on red foxes, 20 on foxes, 30 on something red, 5 on neither."""
    return made(*["Red foxes"] * 3, *["Foxes"] * 20, *["Red things"] * 30, *["Owls"] * 5)


def titles(library: Archive, query: str, **options: Any) -> list[str]:
    return [hit.paper.title for hit in library.search(Selection(query), **options).hits]


# All of the words first.


@pytest.mark.parametrize("limit", [5, 10, 11, 100])
def test_the_few_papers_with_all_the_words_come_first(foxes: Archive, limit: int) -> None:
    found = titles(foxes, "red foxes", limit=limit)
    assert found[:3] == ["Red foxes"] * 3
    assert len(found) == min(limit, 53)
    assert "Red foxes" not in found[3:]
    assert "Owls" not in found


@pytest.mark.parametrize("limit", [10, 100])
def test_they_come_first_however_little_they_say(made: Made, limit: int) -> None:
    library = made("Nothing|At last, one red thing beside old foxes.", *["Red foxes|Red foxes. Foxes, red."] * 20)
    found = library.search(Selection("one red foxes"), limit=limit)
    assert (found.hits[0].paper.title, found.total, found.strict_total) == ("Nothing", 21, 1)


def test_asked_for_more_ten_papers_with_all_the_words_are_ranked_among_others(made: Made) -> None:
    loud = ["Small red foxes|Small red foxes. Foxes, red and small: small red foxes."] * 4
    library = made(*["Nothing|Of one that is red, of small foxes and of hens."] * 10, *loud)
    found = library.search(Selection("small red foxes hens"), limit=14)
    assert (found.total, found.strict_total, found.strict_first) == (14, 10, False)
    assert found.hits[0].paper.title == "Small red foxes"
    assert titles(library, "small red foxes hens", limit=10) == ["Nothing"] * 10


def test_ten_papers_with_all_the_words_are_a_page(made: Made) -> None:
    library = made(*["Red foxes"] * 10, "Foxes")
    found = library.search(Selection("red foxes"))
    assert (found.total, found.strict_total, found.relaxed) == (10, None, False)


def test_who_asks_for_no_more_papers_than_hold_all_the_words_gets_no_others(made: Made) -> None:
    library = made(*["Red foxes"] * 20, *["Foxes"] * 5)
    assert library.search(Selection("red foxes"), limit=20).total == 20
    assert library.search(Selection("red foxes"), limit=21).total == 25


def test_what_the_first_papers_say_finds_others(made: Made) -> None:
    library = made(*["Red foxes|On canids."] * 3, *["Owls|Strigiformes"] * 5, "Canids", "Hens|Fowl")
    assert titles(library, "foxes", limit=10) == ["Red foxes"] * 3
    assert titles(library, "foxes", limit=11) == ["Red foxes"] * 3 + ["Canids"]


# Totals, facets, pages.


@pytest.mark.parametrize("limit", SIZES)
def test_the_total_and_the_facets_count_all_that_is_shown(foxes: Archive, limit: int) -> None:
    found = foxes.search(Selection("red foxes"), limit=limit, facets=["primary", "year"])
    assert (found.total, found.strict_total, found.relaxed) == (53, 3, True)
    assert {each.value: each.count for each in found.facets["primary"]} == {"cs.LG": 27, "cs.CV": 26}
    assert [(each.value, each.count) for each in found.facets["year"]] == [("2023", 53)]


@pytest.mark.parametrize("limit", SIZES)
@pytest.mark.parametrize("page", [1, 2, 6, 60])
def test_total_and_facets_are_the_same_on_every_page(foxes: Archive, limit: int, page: int) -> None:
    ask = Selection("red foxes", categories=("cs.CV",))
    found = foxes.search(ask, limit=limit, page=page, facets=["primary", "category"])
    assert (found.total, found.strict_total) == (26, 1)
    assert {each.value: each.count for each in found.facets["primary"]} == {"cs.CV": 26}
    assert {each.value: each.count for each in found.facets["category"]} == {"cs.LG": 27, "cs.CV": 26}
    assert len(found.hits) == max(0, min(limit, 26 - limit * (page - 1)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.sampled_from(["red foxes", "foxes", "red things foxes", "owls red", "unicorns", "*"]), data=st.data())
def test_the_pages_of_one_size_hold_every_paper_once(foxes: Archive, query: str, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 60))
    ids: list[str] = []
    first = foxes.search(Selection(query), limit=size)
    for page in range(1, first.total // size + 3):
        found = foxes.search(Selection(query), limit=size, page=page)
        assert (found.total, found.strict_total) == (first.total, first.strict_total)
        ids += [hit.paper.id for hit in found.hits]
    assert len(ids) == len(set(ids)) == first.total


@pytest.mark.parametrize("sizes", [(1, 2, 3, 7, 10), (11, 11)])
def test_pages_of_all_sizes_up_to_ten_have_one_order(foxes: Archive, sizes: tuple[int, ...]) -> None:
    whole = [
        list(chain.from_iterable(titles(foxes, "red foxes", limit=size, page=page) for page in range(1, 55)))
        for size in sizes
    ]
    assert whole == [whole[0]] * len(sizes)


# Not relaxed.


@pytest.mark.parametrize("limit", [10, 100])
@pytest.mark.parametrize(
    ("selection", "sort", "total"),
    [
        (Selection("red foxes"), "newest", 3),
        (Selection("red foxes"), "oldest", 3),
        (Selection("red AND foxes"), "relevance", 3),
        (Selection("+red foxes"), "relevance", 3),
        (Selection("foxes -things red"), "relevance", 3),
        (Selection('"red foxes"'), "relevance", 3),
        (Selection('"red" foxes'), "relevance", 3),
        (Selection("title:foxes red"), "relevance", 3),
        (Selection("red fox*"), "relevance", 3),
        (Selection("red OR foxes"), "relevance", 53),
        (Selection("red foxes", any_word=True), "relevance", 53),
        (Selection("*"), "relevance", 58),
        (Selection("unicorns"), "relevance", 0),
        (Selection("unicorns dragons"), "relevance", 0),
    ],
)
def test_operators_quotes_and_dates_are_meant(
    foxes: Archive, selection: Selection, sort: Any, total: int, limit: int
) -> None:
    found = foxes.search(selection, sort=sort, limit=limit)
    assert (found.total, found.strict_total, found.relaxed) == (total, None, False)


@pytest.mark.parametrize("query", ["red foxes", "foxes", "*"])
def test_who_wants_no_papers_gets_the_count_of_those_with_all_the_words(foxes: Archive, query: str) -> None:
    found = foxes.search(Selection(query), limit=0, facets=["year"])
    assert (found.hits, found.relaxed) == ((), False)
    assert found.total == foxes.search(Selection(query), sort="newest").total
    assert sum(each.count for each in found.facets["year"]) == found.total


@pytest.mark.parametrize("limit", [10, 100])
def test_filters_hold_for_all(foxes: Archive, limit: int) -> None:
    search = foxes.search
    assert search(Selection("red foxes", categories=("cs.RO",)), limit=limit).total == 0
    found = search(Selection("red foxes", title="things"), limit=limit)
    assert (found.total, found.strict_total) == (30, 0)
    assert search(Selection("red foxes", since="2024"), limit=limit).total == 0


# Acronyms.

NERF = ["Neural radiance fields (NeRF)"] * 2 + ["NeRF at night"] * 3 + ["Radiance: neural fields of light"] * 3


@pytest.mark.parametrize("limit", [10, 100])
@pytest.mark.parametrize(("query", "total"), [("nerf", 5), ("NeRFs", 5), ("neural radiance fields", 8)])
def test_either_form_of_an_acronym_finds_both_and_papers_with_both_come_first(
    made: Made, query: str, total: int, limit: int
) -> None:
    library = made(*NERF, *["Owls"] * 20)
    assert library.search(Selection(query), sort="newest").total == total
    found = titles(library, query, limit=limit)[:total]
    assert found[:2] == NERF[:2]
    assert sorted(found) == sorted(NERF[:total])


@pytest.mark.parametrize("query", ["nerf", "neural radiance fields"])
def test_the_form_that_was_typed_comes_before_the_other(made: Made, query: str) -> None:
    long = ["A long title on NeRF at night", "A long title on neural radiance fields"]
    library = made(*["Neural radiance fields (NeRF)|On light."] * 3, *long, *["Owls"] * 20)
    found = [each for each in titles(library, query) if each in long]
    assert query.lower() in found[0].lower()
    assert len(found) == 2


# What an archive knows changes with it.


@pytest.fixture
def archive(folder_engine: str, tmp_path: Path) -> ListingFolder:
    class OfEngine(ListingFolder):
        @property
        def config(self) -> Config:
            return replace(super().config, engine=folder_engine)

    return OfEngine(tmp_path)


def total(archive: ListingFolder, query: str) -> int:
    return Archive(archive.config).search(Selection(query), sort="newest").total


def test_a_definition_is_used_from_the_day_it_comes_and_forgotten_when_its_file_goes(archive: ListingFolder) -> None:
    archive.write("1.md", listing(["NeRF at night", "Neural radiance fields by day"]), header="")
    archive.index()
    assert (total(archive, "nerf"), total(archive, "neural radiance fields")) == (1, 1)
    later = archive.write("2.md", listing(["Neural radiance fields (NeRF)"] * 2, first=10), header="")
    archive.index()
    assert (total(archive, "nerf"), total(archive, "neural radiance fields")) == (4, 4)
    later.unlink()
    archive.index()
    assert (total(archive, "nerf"), total(archive, "neural radiance fields")) == (1, 1)


def test_a_way_to_write_a_word_is_used_once_a_paper_writes_it_so(archive: ListingFolder) -> None:
    archive.write("1.md", listing(["Super-resolution"]), header="")
    archive.index()
    assert total(archive, "superresolution") == 1
    archive.write("2.md", listing(["Superresolution"], first=10), header="")
    archive.index()
    assert (total(archive, "superresolution"), total(archive, "super-resolution")) == (2, 2)
