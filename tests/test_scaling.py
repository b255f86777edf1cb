"""The archives that `bench.scaling` makes: copies of one, whose papers are others."""

from __future__ import annotations

import re
from pathlib import Path

from commands import EXAMPLES
from listings import HEADER, record

from bench.scaling import copied, renumbered
from searcher.app.index import index
from searcher.config import Config
from searcher.listing import parse_listing
from searcher.paper import Paper


def ids(content: bytes) -> list[str]:
    return [item.id for item in parse_listing(content, "day.md") if isinstance(item, Paper)]


def test_a_copy_has_the_same_papers_under_ids_that_no_other_copy_has() -> None:
    addresses = ("http://arxiv.org/abs/2401.00877v1", "http://arxiv.org/abs/cs/0301001v2")
    day = (HEADER + "".join(record("Cats", arxiv_id=each) for each in addresses)).encode()
    assert [ids(renumbered(day, copy)) for copy in (0, 1, 5)] == [
        ["2401.00877", "cs/0301001"],
        ["2421.00877", "cs/0321001"],
        ["5421.00877", "cs/3321001"],
    ]
    assert len({each for copy in range(12) for each in ids(renumbered(day, copy))}) == 24


def test_an_archive_of_copies_is_indexed_whole(tmp_path: Path) -> None:
    copied(EXAMPLES, tmp_path / "listings", 3)
    report = index(Config(file=None, index=tmp_path / "index", listings=(tmp_path / "listings",)))
    assert (report.papers_total, report.problems) == (120, ())


def test_the_page_on_scaling_quotes_the_last_measurement() -> None:
    root = Path(__file__).parents[1]
    measured = re.findall(r"\d[\d,.]*", (root / "bench/SCALING.md").read_text(encoding="utf-8"))
    page = (root / "docs/scaling.md").read_text(encoding="utf-8")
    table = page[page.index("## What was measured") : page.index("Ten copies")]
    quoted = re.findall(r"\d[\d,.]*", table)
    assert len(quoted) > 25
    assert [each for each in quoted if each not in measured] == []
