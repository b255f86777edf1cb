"""The name that a title gives its paper, and who types it."""

from __future__ import annotations

import pytest
from archives import ListingFolder
from listings import record

from searcher.app.search import Archive
from searcher.ranking.titles import name_keys


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("NeRF: Representing Scenes as Neural Radiance Fields", ["=nerf"]),
        ("U-Net: Convolutional Networks", ["=unet"]),
        ("UNet : Convolutional Networks", ["=unet"]),
        ("S$^2$-FPN: Scale-ware Strip Attention", ["=s2fpn"]),
        ("Deepfake Detection: A Survey", []),  # words are no name
        ("Attention Is All You Need", []),
        (": Untitled", []),
        ("...: Untitled", []),
        ("Ratio 1:2 of Views", []),
        ("", []),
    ],
)
def test_the_name_of_a_paper_stands_before_the_colon_of_its_title(title: str, keys: list[str]) -> None:
    assert name_keys(title) == keys


@pytest.fixture
def splats(tmp_path_factory: pytest.TempPathFactory) -> ListingFolder:
    archive = ListingFolder(tmp_path_factory.mktemp("splats"))
    titles = [f"Splat, Splats and Splat {n}" for n in range(12)] + ["SPLAT: Semantic Pixel-Level Adaptation Transforms"]
    records = [record(title, arxiv_id=f"http://arxiv.org/abs/2401.{n:05}v1") for n, title in enumerate(titles, 1)]
    archive.write("2024-01-02.md", *records)
    archive.index()
    return archive


@pytest.mark.parametrize("query", ["SPLAT", "splat", " splat "])
def test_who_types_just_a_name_finds_its_paper_first(splats: ListingFolder, query: str) -> None:
    assert splats.titles(query)[0] == "SPLAT: Semantic Pixel-Level Adaptation Transforms"


def test_operators_switch_it_off(splats: ListingFolder) -> None:
    assert splats.titles("title:splat")[0] != "SPLAT: Semantic Pixel-Level Adaptation Transforms"


def test_it_adds_no_paper_and_explains_itself(splats: ListingFolder) -> None:
    found = Archive(splats.config).search("splat", limit=1, explain=True)
    assert found.total == 13
    [reason] = [part for part in found.hits[0].explanation if "name" in part.reason]
    assert (reason.field, reason.text, reason.score) == ("title", "splat", 20.0)
