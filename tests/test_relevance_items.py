"""What the relevance benchmark asks for: sets of topics, their papers, and known items."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from listings import HEADER, record

from bench.process import BenchError
from bench.relevance.collection import write_collections
from bench.relevance.known_items import (
    Heading,
    KnownItem,
    by_author_and_year,
    by_fragment,
    by_name,
    mistyped,
    read_headings,
)
from bench.relevance.topics import Topic, TopicSet, read_sets


def heading(number: int, title: str, *authors: str, year: int = 2024) -> Heading:
    return Heading(f"2401.{number:05}", title, authors, year)


def asked(items: list[KnownItem]) -> dict[str, str]:
    return {item.query: item.heading.title for item in items}


def test_all_sets_of_a_folder_are_read(tmp_path: Path) -> None:
    queries = [{"query": "OCR", "relevant": ["2401.00002"]}]
    for name in ("ECCV-2024", "CVPR-2023"):
        content = {"name": name, "collection": ["2401.00001", "2401.00002"], "queries": queries}
        (tmp_path / f"topics-{name}.json").write_text(json.dumps(content))
    collection, topics = ("2401.00001", "2401.00002"), (Topic("OCR", frozenset({"2401.00002"})),)
    assert read_sets(tmp_path) == [TopicSet("CVPR-2023", collection, topics), TopicSet("ECCV-2024", collection, topics)]


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "A", "collection": [], "queries": []}'])
def test_a_file_that_is_no_set_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "topics-A.json").write_text(content)
    with pytest.raises(BenchError, match=r"topics-A\.json"):
        read_sets(tmp_path)


def test_a_folder_without_sets_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="holds no topics"):
        read_sets(tmp_path)


def test_a_collection_is_copied_from_the_archive_in_its_order_and_highest_versions(tmp_path: Path) -> None:
    first = [record("A, revised", arxiv_id="http://arxiv.org/abs/2401.00001v2"), record("B", arxiv_id="2401.00002v1")]
    second = [record("A", arxiv_id="http://arxiv.org/abs/2401.00001v1"), record("C", arxiv_id="2401.00003v1")]
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "20240101.md").write_text(HEADER + "".join(first))
    (archive / "20240102.md").write_text(HEADER + "".join(second))
    wanted = TopicSet("CVPR", ("2401.00003", "2401.00001", "2401.00009"), ())
    (folder,) = write_collections(archive, [wanted], tmp_path / "sets")
    assert [one.title for one in read_headings(folder)] == ["A, revised", "C"]
    assert (folder / "papers.md").read_text().count("### ") == 2
    assert (folder / "papers.md").read_text().index("### C") < (folder / "papers.md").read_text().index("### A")


def test_a_paper_is_known_by_the_name_before_the_colon_if_no_other_has_it() -> None:
    papers = [
        heading(1, "NeRF: Representing Scenes as Neural Radiance Fields"),
        heading(2, "SAM: One of Two"),
        heading(3, "Sam: The Other"),
        heading(4, "Attention: A Word, not a Name"),
        heading(5, "Two Words: Not a Name Either"),
        heading(6, "U-Net: Convolutional Networks"),
    ]
    assert asked(by_name(papers)) == {"NeRF": papers[0].title, "U-Net": papers[5].title}


def test_a_fragment_is_of_one_title_only_and_has_one_typo() -> None:
    papers = [heading(1, "Deep Residual Learning"), heading(2, "Deep Image Prior"), heading(3, "Deep Image Prior")]
    ((query, title),) = asked(by_fragment(papers)).items()
    assert title == "Deep Residual Learning"
    assert sum(word not in title.split() for word in query.split()) == 1
    assert query.split()[0] == "Deep"


def test_a_typo_keeps_the_first_letter_and_changes_the_word() -> None:
    typos = {mistyped(random.Random(seed), "image") for seed in range(1000)}
    assert all(typo.startswith("i") and typo != "image" and 4 <= len(typo) <= 6 for typo in typos)
    assert {"imge", "iamge", "imaeg"} <= typos


def test_author_and_year_are_of_a_first_author_whose_name_comes_once_in_the_year() -> None:
    papers = [
        heading(1, "A", "Jane Doe", "Ann Other"),
        heading(2, "B", "Max Müller", "John Doe"),
        heading(3, "C", "Jane Doe", year=2025),
        heading(4, "D", "Ann Muller", year=2025),
        heading(5, "E", "X. Müller", year=2025),
    ]
    assert asked(by_author_and_year(papers)) == {"Müller 2024": "B", "Doe 2025": "C"}
