"""`search`: its options choose papers, and its JSON keeps one shape. The papers are those of examples/."""

from __future__ import annotations

import pytest
from commands import Shell
from listings import HEADER, record

SPLATS = ["2511.90349", "2403.91012", "2403.90147"]
GRAPHICS = ["2511.90349", "2403.91012", "2403.90339", "2403.90147"]  # all of cs.GR

PANCHROMATIC = {
    "schema": 1,
    "query": "hyperspectral panchromatic",
    "total": 1,
    "total_is_exact": True,
    "relaxed": False,
    "suggestion": None,
    "hits": [
        {
            "id": "2403.90758",
            "version": 1,
            "title": "Unsupervised Fusion of Hyperspectral and Panchromatic Satellite Data",
            "authors": ["Ioana Tăbărescu", "Giancarlo Pietrobelli", "Uchenna Madubuike", "Vera Lodz-Hammer"],
            "categories": ["eess.IV", "cs.CV"],
            "primary": "eess.IV",
            "published": "2024-03-09T04:27:06Z",
            "updated": "2024-03-09T04:27:06Z",
            "doi": "10.5555/grsf.2024.0098412",
            "journal": "Annals of Geospatial Image Fusion 7 (2024), article 98412",
            "comment": None,
            "summary": "Hyperspectral satellites record hundreds of bands at a ground sampling distance of 30 m, which "
            "is too coarse for fields, roads and roofs. Fusion with a panchromatic image raises the spatial detail, "
            "but learned methods require reference data that no sensor can deliver. We cast the task as a guided "
            "super resolution problem and solve it without any reference: the abundances of the materials, rather "
            "than the bands, are sampled from a diffusion model that was trained on maps of land cover. The spectra "
            "of the materials follow from the scene itself by non-negative matrix factorisation. Compared with eleven "
            "methods on data of two satellites, our fusion reduces the spectral angle by 19\\% and raises the "
            "accuracy of a downstream crop classifier from 81.3\\% to 86.0\\%. As the sampling acts on eight "
            "abundances instead of 224 bands, a scene of 100 square kilometres is processed in six minutes.",
            "pdf": "http://arxiv.org/pdf/2403.90758v1",
            "url": "http://arxiv.org/abs/2403.90758v1",
            "listing": "cs.CV/2024/03/20240309.md",
            "snippets": {
                "title": "Unsupervised Fusion of <b>Hyperspectral</b> and <b>Panchromatic</b> Satellite Data",
                "summary": "<b>Hyperspectral</b> satellites record hundreds of bands at a ground sampling distance "
                "of 30 m, which is too coarse for fields, roads and roofs. Fusion with a <b>panchromatic</b> image "
                "raises the spatial detail, but learned methods require reference …",
            },
        }
    ],
    "facets": {
        "category": [{"value": "cs.CV", "count": 1}, {"value": "eess.IV", "count": 1}],
        "year": [{"value": "2024", "count": 1}],
    },
}


def test_the_json_of_a_search_is_this(library: Shell) -> None:
    response = library("search hyperspectral panchromatic --format json").json
    assert isinstance(response.pop("took_ms"), float)
    assert response["hits"][0].pop("score") == pytest.approx(21.73, abs=0.05)
    assert response == PANCHROMATIC


def test_the_keys_come_in_the_order_of_the_contract(library: Shell) -> None:
    response = library("search hyperspectral panchromatic --format json").json
    assert " ".join(response) == "schema query total total_is_exact relaxed suggestion took_ms hits facets"
    assert " ".join(response["hits"][0]) == (
        "id version title authors categories primary published updated doi journal comment summary pdf url listing "
        "score snippets"
    )


def test_json_is_utf8_as_it_is_read_not_escapes(library: Shell) -> None:
    assert '"Hanna Märkisch"' in library("search pancreas --format json").out


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("search * --cat cs.GR", GRAPHICS),
        ("search --cat cs.GR *", GRAPHICS),
        ("search --cat cs.GR", GRAPHICS),
        ("search * --cat CS.gr", GRAPHICS),
        ("search splatting --cat cs.GR", SPLATS),
        ("search --cat cs.GR splatting depth", ["2403.90147"]),
        ("search splatting --cat cs.GR depth", ["2403.90147"]),
        ("search 'splatting depth' --cat cs.GR", ["2403.90147"]),
        ("search * --cat cs.HC --cat cs.IR", ["2511.90617", "2403.90983"]),
        ("search * --cat math.*", ["2403.91069", "2403.90215"]),
        ("search * --cat stat.* --cat math.*", ["2511.90556", "2403.91069", "2403.90527", "2403.90215"]),
        ("search * --cat cs.GR --not-cat cs.RO", SPLATS),
        ("search splatting OR nerf --not-cat cs.RO --not-cat cs.HC", SPLATS),
        ("search * --not-cat cs.* --not-cat eess.*", []),
        ("search * --primary cs.RO", ["2511.90415", "2403.90801"]),
        ("search * --primary stat.ML --primary cs.CL", ["2511.90617", "2511.90556"]),
        ("search * --primary q-bio.*", ["2403.90870"]),
        ("search * --author 'Mira Okafor'", ["2511.90208", "2403.91012", "2403.90147"]),
        ("search * --author 'Okafor, Mira'", ["2511.90208", "2403.91012", "2403.90147"]),
        ("search * --author okafor", ["2511.90208", "2403.91012", "2403.90147"]),
        ("search * --author 'Okafor Mira'", []),
        ("search * --author 'thorunn hallgrimsdottir' --author uffelmann", ["2511.90520", "2511.90377"]),
        ("search * --author marek --author bell --cat cs.GR", ["2403.90339"]),
        ("search * --title splatting", SPLATS),
        ("search --title 'gaussian splatting'", ["2511.90349", "2403.90147"]),
        ("search uncertainty --title splat", ["2403.90147"]),
        ("search 2403.90983", ["2403.90983"]),
        ("search https://arxiv.org/abs/2403.90983v1", ["2403.90983"]),
    ],
)
def test_options_choose_papers_wherever_they_stand(library: Shell, line: str, ids: list[str]) -> None:
    outcome = library(f"{line} --sort newest --format json")
    assert outcome.ids == ids
    assert outcome.code == (0 if ids else 1)


@pytest.mark.parametrize(
    ("options", "total"),
    [
        ("", 40),
        ("--from 2024", 40),
        ("--from 2025", 13),
        ("--to 2024", 27),
        ("--from 2024-03 --to 2024-03", 27),
        ("--from 2024-04", 13),
        ("--to 2024-02", 0),
        ("--from 2024-03-08 --to 2024-03-08", 14),
        ("--from 2024-03-09 --to 2024-03-09", 13),
        ("--to 2024-03-08", 14),
        ("--from 2024-03-09", 26),
        ("--from 2025-11-10 --to 2025-11-10", 13),
        ("--from 2024-3-9", 26),
    ],
)
def test_both_ends_of_a_time_are_included(library: Shell, options: str, total: int) -> None:
    assert library(f"search * {options} --format json").json["total"] == total


def test_a_day_is_a_day_in_utc_from_its_first_second_to_its_last(shell: Shell) -> None:
    shell.write(
        "archive/a.md",
        HEADER
        + record("Before", arxiv_id="2401.00001v1", published="2023-12-29 23:59:59+00:00")
        + record("First", arxiv_id="2401.00002v1", published="2023-12-30 00:00:00+00:00")
        + record("Last", arxiv_id="2401.00003v1", published="2023-12-30 23:59:59+00:00")
        + record("After", arxiv_id="2401.00004v1", published="2023-12-31 00:00:00+00:00"),
    )
    assert shell("searcher index archive").code == 0
    found = shell("search * --from 2023-12-30 --to 2023-12-30 --sort oldest --format json")
    assert found.ids == ["2401.00002", "2401.00003"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--from 2024-13", "search: '2024-13' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD\n"),
        ("--to 2023-02-29", "search: '2023-02-29' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD\n"),
        ("--to yesterday", "search: 'yesterday' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD\n"),
        ("--from ''", "search: '' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD\n"),
        ("--from 2025 --to 2024", "search: no day lies between 2025 and 2024\n"),
    ],
)
def test_what_is_no_date_is_an_error_of_one_line(library: Shell, option: str, message: str) -> None:
    outcome = library(f"search * {option}")
    assert (outcome.code, outcome.out, outcome.err) == (2, "", message)


def whole(library: Shell, query: str, size: int) -> list[str]:
    """What all pages of one size hold, one after the other."""
    ids: list[str] = []
    for page in range(1, 42):
        found = library(f"search {query} -n {size} --page {page} --no-facets --format json").ids
        ids += found
        if len(found) < size:
            break
    return ids


class TestOrder:
    """Which papers come first, and page by page."""

    def test_newest_and_oldest_are_each_other_backwards(self, library: Shell) -> None:
        newest = library("search * --sort newest -n 40 --format json").ids
        oldest = library("search * --sort oldest -n 40 --format json").ids
        assert newest == oldest[::-1]
        assert (newest[0], newest[-1]) == ("2511.90617", "2403.90104")

    @pytest.mark.parametrize("sort", ["newest", "oldest", "relevance"])
    def test_papers_of_the_same_second_come_by_id_in_every_order(self, shell: Shell, sort: str) -> None:
        ids = ["2401.00003", "2401.00001", "2401.00002"]
        shell.write("archive/a.md", HEADER + "".join(record(arxiv_id=f"{each}v1") for each in ids))
        shell("searcher index archive")
        assert shell(f"search flashvideo --sort {sort} --format json").ids == sorted(ids)

    def test_relevance_is_the_rule_and_falls_from_hit_to_hit(self, library: Shell) -> None:
        scores = [hit["score"] for hit in library("search diffusion super-resolution --format json").json["hits"]]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] > scores[-1] > 0

    def test_a_word_in_the_title_counts_more_than_one_in_the_summary(self, library: Shell) -> None:
        hits = library("search diffusion -n 40 --format json").json["hits"]
        in_title = ["diffusion" in hit["title"].lower() for hit in hits]
        assert in_title == sorted(in_title, reverse=True)
        assert any(in_title)
        assert not all(in_title)

    def test_every_paper_is_as_good_as_any_so_the_newest_come_first(self, library: Shell) -> None:
        assert library("search * --format json").ids == library("search * --sort newest --format json").ids

    @pytest.mark.parametrize("query", ["*", "image", "kelp satellite", "super resolution", "diffusion --sort oldest"])
    @pytest.mark.parametrize("size", [1, 3, 7])
    def test_pages_of_up_to_ten_papers_are_the_same_papers_in_the_same_order(
        self, library: Shell, query: str, size: int
    ) -> None:
        assert whole(library, query, size) == whole(library, query, 10)

    @pytest.mark.parametrize("query", ["*", "image", "kelp satellite", "super resolution", "diffusion --sort oldest"])
    @pytest.mark.parametrize("size", [11, 40])
    def test_pages_of_one_greater_size_follow_each_other_without_a_gap(
        self, library: Shell, query: str, size: int
    ) -> None:
        found = whole(library, query, size)
        assert len(found) == len(set(found)) == library(f"search {query} -n {size} --format json").json["total"]
        assert set(found) >= set(whole(library, query, 10))

    def test_a_page_holds_ten_papers(self, library: Shell) -> None:
        assert len(library("search * --format json").ids) == 10

    def test_no_papers_may_be_asked_for_the_count_alone(self, library: Shell) -> None:
        outcome = library("search * -n 0 --format json")
        assert (outcome.ids, outcome.json["total"], outcome.code) == ([], 40, 0)

    def test_behind_the_last_page_the_total_is_still_told(self, library: Shell) -> None:
        outcome = library("search * --page 9 --format json")
        assert (outcome.ids, outcome.json["total"], outcome.code) == ([], 40, 0)


class TestFacets:
    """Counts of everything found, not of one page."""

    def test_they_are_category_and_year_unless_others_are_named(self, library: Shell) -> None:
        assert list(library("search * --format json").json["facets"]) == ["category", "year"]

    @pytest.mark.parametrize(
        ("facet", "counts"),
        [
            ("category", {"cs.CV": 4, "cs.GR": 4, "cs.RO": 1}),
            ("primary", {"cs.CV": 4}),
            ("archive", {"cs": 4}),
            ("year", {"2025": 1, "2024": 3}),
            ("month", {"2025-11": 1, "2024-03": 3}),
        ],
    )
    def test_each_counts_its_own_values(self, library: Shell, facet: str, counts: dict[str, int]) -> None:
        outcome = library(f"search cat:cs.GR --facet {facet} -n 1 --format json")
        assert list(outcome.counts(facet).items()) == list(counts.items())

    def test_authors_are_counted_as_written(self, library: Shell) -> None:
        counts = library("search cat:cs.GR --facet author --format json").counts("author")
        assert list(counts.items())[:3] == [("Íñigo Zubeldarrain", 3), ("Mira Okafor", 2), ("Wessel van Oostrum", 2)]

    def test_several_come_in_the_order_they_were_asked_for(self, library: Shell) -> None:
        facets = library("search * --facet year --facet archive --facet year --format json").json["facets"]
        assert list(facets) == ["year", "archive"]

    def test_none_come_with_no_facets(self, library: Shell) -> None:
        assert library("search * --no-facets --facet year --format json").json["facets"] == {}

    def test_an_unknown_one_is_an_error_that_names_those_there_are(self, library: Shell) -> None:
        outcome = library("search * --facet colour")
        assert outcome.err == (
            "search: there is no facet 'colour'; there are: category, primary, archive, author, year, month\n"
        )
        assert outcome.code == 2

    @pytest.mark.parametrize(
        ("filter_", "free", "bound"),
        [
            ("--cat eess.IV", "category", "year"),
            ("--not-cat eess.IV", "category", "year"),
            ("--primary eess.IV", "primary", "category"),
            ("--author Drozdalski", "author", "year"),
            ("--from 2025", "year", "category"),
            ("--to 2024", "month", "category"),
        ],
    )
    def test_a_facet_ignores_its_own_filter_and_obeys_all_others(
        self, library: Shell, filter_: str, free: str, bound: str
    ) -> None:
        facets = f"--facet {free} --facet {bound} --format json"
        unfiltered = library(f"search diffusion {facets}")
        filtered = library(f"search diffusion {filter_} {facets}")
        assert filtered.counts(free) == unfiltered.counts(free)
        assert sum(filtered.counts(bound).values()) < sum(unfiltered.counts(bound).values())

    def test_two_filters_leave_each_facet_the_other(self, library: Shell) -> None:
        both = library("search diffusion --cat eess.IV --from 2025 --format json")
        assert both.counts("category") == library("search diffusion --from 2025 --format json").counts("category")
        assert both.counts("year") == library("search diffusion --cat eess.IV --format json").counts("year")


class TestWords:
    """All the words, or any; and what is told about them."""

    def test_all_the_words_are_in_a_paper_found(self, library: Shell) -> None:
        found = library("search kelp satellite --format json").json
        assert found["hits"][0]["id"] == "2403.90566"
        assert (found["total"], found["relaxed"]) == (2, True)
        assert library("search 'kelp AND satellite' --format json").ids == ["2403.90566"]

    def test_any_finds_more_and_those_with_all_the_words_first(self, library: Shell) -> None:
        ids = library("search kelp satellite --any --format json").ids
        assert ids[0] == "2403.90566"
        assert set(ids) == {"2403.90566", "2403.90758"}

    def test_an_unknown_field_is_searched_for_and_warned_of_on_stderr(self, library: Shell) -> None:
        outcome = library("search 'titel:kelp' --format json")
        assert outcome.err == (
            "search: there is no field 'titel', so it was searched for as a word; did you mean title:?\n"
        )
        assert outcome.code == 1
        assert outcome.json["total"] == 0

    @pytest.mark.parametrize(
        "query",
        [
            "diffusion image --any",
            "'\"diffusion models\"^3 image NOT video'",
            "diffusion 'gauss* OR radi*' --any",
            "'difusion~ image^2' --any",
            "'diff?s* image'",
            "'gauss*'",
            "'cat:cs.LG image' --title restoration --from 2024",
            "diffusion --sort newest",
            "*",
        ],
    )
    def test_the_parts_of_an_explanation_sum_up_to_the_score(self, library: Shell, query: str) -> None:
        hits = library(f"search {query} --explain -n 40 --format json").json["hits"]
        assert hits
        for hit in hits:
            parts = hit.get("explanation", [])
            assert sum(part["score"] for part in parts) == pytest.approx(hit["score"], abs=0.01)

    def test_an_explanation_names_field_word_and_what_it_adds(self, library: Shell) -> None:
        explanation = library("search kelp --explain --format json").json["hits"][0]["explanation"]
        assert [(part["field"], part["text"]) for part in explanation] == [("summary", "kelp")]
        explanation = library("search 'kelp ocea* satelite~' --any --explain --format json").json["hits"][0][
            "explanation"
        ]
        assert [(part["field"], part["text"]) for part in explanation] == [
            ("summary", "kelp"),
            ("title", "satelit~"),
            ("summary", "satelit~"),
        ]

    def test_there_is_no_explanation_unless_asked_for(self, library: Shell) -> None:
        assert "explanation" not in library("search kelp --format json").json["hits"][0]

    def test_a_paper_in_two_versions_is_found_once_and_newest(self, library: Shell) -> None:
        (hit,) = library("search id:2403.90147 --format json").json["hits"]
        assert (hit["version"], hit["title"]) == (2, "Sparse-View Gaussian Splatting with Calibrated Depth Uncertainty")
        assert hit["listing"] == "cs.CV/2024/03/20240309.md"
