"""Did you mean: a word that hardly a paper holds is searched for as the archive has it, and it is said so."""

from __future__ import annotations

import pytest
from commands import Shell
from listings import HEADER, record
from trees import assert_canonical, shown

from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.query import parse
from searcher.ranking.correct import Correction, correct, suggest
from searcher.results import SearchResponse

BOOSTS = {"title": 2.0}
PART = "Deep learning with a transformer, part {}"  # of 250
OTHERS = (
    "Latent diffusion for the segmentation of point clouds",
    "Deeplearning of hyperspectrograms",
    "A transfomer of our own",
    "TRANSFORMR: reversible blocks",
)


@pytest.fixture(scope="module")
def papers(folder_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """254 papers: many of one kind, four others; all by Kaiming Schmidhuber."""
    folder = tmp_path_factory.mktemp("suggest")
    titles = [*OTHERS, *(PART.format(number) for number in range(250))]
    records = (
        record(
            title, arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v1", authors="Kaiming Schmidhuber", summary="See."
        )
        for number, title in enumerate(titles)
    )
    (folder / "day.md").write_text(HEADER + "".join(records), encoding="utf-8")
    config = Config(file=None, index=folder / "index", engine=folder_engine, listings=(folder / "day.md",))
    index(config)
    return Archive(config)


def ask(papers: Archive, query: str, **options: bool) -> SearchResponse:
    return papers.search(Selection(query, **options), limit=3)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("difusion", "diffusion"),  # a letter lost
        ("diffusiion", "diffusion"),  # added
        ("diffusoin", "diffusion"),  # swapped
        ("diffuzion", "diffusion"),  # another
        ("biffusion", "diffusion"),  # even the first
        ("hyprspectograms", "hyperspectrograms"),  # two slips
        ("latnet difusion", "latent diffusion"),
        ("Latnet Difusion, for Point clouds?", "Latent Diffusion, for Point clouds?"),
        ("LATNET DIFUSION", "LATENT DIFFUSION"),
        ("difusion-segmantation", "diffusion-segmentation"),
        ("image/difusion", "image/diffusion"),
        ("  difusion\tsegmentation ", "  diffusion\tsegmentation "),
        ("cluods", "clouds"),  # as papers write it, not its stem
        ("transfomer", "transformer"),  # which a paper has, too
        ("deeplearning", "deep learning"),
        ("Pointclouds", "Point clouds"),
        ("Kaimign Schmidhubr", "Kaiming Schmidhuber"),
    ],
)
def test_a_mistyped_word_is_suggested_as_the_archive_has_it(papers: Archive, typed: str, suggestion: str) -> None:
    assert ask(papers, typed).suggestion == suggestion


@pytest.mark.parametrize(
    "typed",
    [
        "diffusion segmentation",
        "transformers learning",
        "transforming",  # of the same stem as a word that is there
        "schmidhuber",  # an author
        "transformr",  # a name: written with a capital inside
        "DifuSion",  # likewise, by who asks
        "dep",  # too short to tell
        "difus1on",  # no word
        "hippopotamus",  # near to nothing
        "2401.00001",
        "*",
        "",
    ],
)
def test_what_may_be_meant_as_it_is_stays_so(papers: Archive, typed: str) -> None:
    assert ask(papers, typed).suggestion is None


@pytest.mark.parametrize(
    "typed", ['"difusion"', "title:difusion", "difus*", "difusion~", "difusion OR latent", "latent -difusion"]
)
def test_who_writes_operators_means_what_they_write(papers: Archive, typed: str) -> None:
    assert ask(papers, typed).suggestion is None
    assert ask(papers, "difusion", any_word=True).suggestion is None


@pytest.mark.parametrize("typed", ["difusion clouds", "latent diffuzion", "segmantation-difusion latent"])
def test_papers_with_what_was_meant_are_found_as_if_it_had_been_typed(papers: Archive, typed: str) -> None:
    found, meant = ask(papers, typed), ask(papers, ask(papers, typed).suggestion or "")
    assert [hit.paper.title for hit in found.hits] == [OTHERS[0]]
    assert (found.strict_total, found.hits[0].score) == (meant.strict_total, meant.hits[0].score)
    assert found.hits[0].snippets == meant.hits[0].snippets


def test_papers_with_what_was_typed_come_first(papers: Archive) -> None:
    found = ask(papers, "transfomer")
    assert (found.total, found.relaxed) == (251, False)
    assert found.hits[0].paper.title == "A transfomer of our own"
    assert found.hits[1].snippets["title"] == "Deep learning with a <b>transformer</b>, part 0"


@pytest.mark.parametrize(
    ("typed", "is_certain", "tree"),
    [
        ("difusion", True, "title:diffus^2"),
        ("difusion", False, "(title:difus^2 OR title:diffus)"),
        ("difusion image", False, "((title:difus^2 OR title:diffus) AND title:imag^2)"),
        ("image/difusion", True, "(title:imag^2 OR title:diffus^2)"),
        ("image/difusion", False, "(title:imag^2 OR title:difus^2 OR title:diffus)"),
        ("image-difusion", True, 'title:"imag diffus"^2'),
        ("image-difusion", False, '(title:"imag difus"^2 OR title:"imag diffus")'),
        ("difusion diffusion", True, "title:diffus^2"),
        ("image", True, "title:imag^2"),
    ],
)
def test_what_was_meant_stands_in_the_place_of_what_no_paper_holds_else_beside_it(
    typed: str, is_certain: bool, tree: str
) -> None:
    corrected = correct(parse(typed, boosts=BOOSTS).query, {"difusion": Correction("diffusion", is_certain)})
    assert_canonical(corrected)
    assert shown(corrected) == tree


def test_names_are_corrected_as_they_are_written_not_by_stems() -> None:
    query = parse("schmidhubers", boosts={"author": 1.0, "title": 1.0}).query
    corrected = correct(query, {"schmidhubers": Correction("schmidhuber", is_certain=True)})
    assert shown(corrected) == "(author:schmidhuber OR title:schmidhub)"


def test_a_suggestion_replaces_every_occurrence_and_nothing_else() -> None:
    corrections = {
        "difusion": Correction("diffusion", is_certain=True),
        "deeplearning": Correction("deep learning", True),
    }
    assert suggest("Difusion, difusion;  (DeepLearning) Ünïque", corrections) == (
        "Diffusion, diffusion;  (Deep learning) Ünïque"
    )
    assert suggest("diffusion", corrections) is None


class TestCommands:
    """The papers are those of examples/."""

    def test_the_suggestion_stands_before_the_papers(self, library: Shell) -> None:
        lines = library("search difusion splating --no-facets").out.splitlines()
        assert lines[:2] == ["Did you mean: diffusion splatting", ""]
        assert lines[2].startswith("  1 ")

    def test_programs_get_it_as_a_field(self, library: Shell) -> None:
        assert library("search difusion --format json").json["suggestion"] == "diffusion"
        assert library("search diffusion --format json").json["suggestion"] is None

    def test_where_nothing_is_found_it_is_a_message(self, library: Shell) -> None:
        outcome = library("search difusion --from 2030")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == "search: no paper matches; did you mean: diffusion\n"
        outcome = library("search difusion --from 2030 --format json")
        assert (outcome.code, outcome.json["suggestion"], outcome.json["hits"]) == (1, "diffusion", [])

    def test_counts_of_what_was_meant_say_so(self, library: Shell) -> None:
        outcome = library("searcher facets difusion --by year")
        assert (outcome.code, outcome.err) == (0, "searcher: did you mean: diffusion\n")
        assert outcome.out == library("searcher facets diffusion --by year").out

    def test_it_cannot_steer_a_terminal(self, library: Shell) -> None:
        outcome = library("search 'difusion \x1b'")
        assert outcome.out.startswith("Did you mean: diffusion \N{REPLACEMENT CHARACTER}\n")
