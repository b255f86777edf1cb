"""What 30 queries that people type find first in the whole real archive, so that a change of the ranking is seen.

To accept a change: SEARCHER_UPDATE_GOLDEN=1 python -m pytest tests/test_golden_rankings.py, and read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config

GOLDEN = Path(__file__).parent / "golden" / "rankings.txt"


@pytest.fixture(scope="module")
def whole_archive(real_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An index of all papers."""
    config = Config(file=None, index=tmp_path_factory.mktemp("index"), listings=(real_archive,))
    index(config)
    library = Archive(config)
    if "SEARCHER_UPDATE_GOLDEN" in os.environ:
        write(library)
    return library


def read() -> dict[str, list[str]]:
    """Query -> the ids of the first ten papers."""
    golden: dict[str, list[str]] = {}
    for block in GOLDEN.read_text(encoding="utf-8").split("\n\n"):
        query, *ids = block.strip().split("\n")
        golden[query] = [each.strip() for each in ids]
    return golden


def write(library: Archive) -> None:
    """Take what is found now for right."""
    blocks = ["\n".join([query, *(f"  {each}" for each in first_ten(library, query))]) for query in read()]
    GOLDEN.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def first_ten(library: Archive, query: str) -> list[str]:
    return [hit.paper.id for hit in library.search(Selection(query)).hits]


def test_there_are_thirty() -> None:
    assert len(read()) == 30


@pytest.mark.parametrize("query", read())
def test_the_first_ten_papers_are_those_that_were_reviewed(query: str, whole_archive: Archive) -> None:
    assert first_ten(whole_archive, query) == read()[query]
