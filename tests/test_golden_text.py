"""What the text views look like in real terminals of 60, 80 and 140 columns: the recordings in tests/golden/text.

They are made anew by `RENEW_GOLDEN=1 python -m pytest tests/test_golden_text.py`; look at the difference before you
commit it. Times are recorded as N, the escape character as ␛, so that they can be read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from commands import Shell

GOLDEN = Path(__file__).parent / "golden" / "text"
VIEWS = {
    "search": "search 'diffusion super-resolution' --cat eess.IV -n 3",
    "search-corrected": "search 'difusion superresoluton' -n 1 --facet author",
    "facets": "searcher facets super-resolution --by author -n 5",
    "trends": "searcher trends diffusion splatting mri --by month",
    "trends-share": "searcher trends diffusion splatting mri video depth --share",
    "show": "searcher show 2403.90302",
    "stats": "searcher stats",
    "similar": "searcher similar 2403.90147 -n 2",
    "saved": "searcher saved list",
    "digest": "searcher digest --since 2025 --dry-run --quiet",
}
SEARCHES = """\
searches:
  super-resolution: {query: diffusion super-resolution, cat: eess.IV}
  splatting: {query: gaussian splatting, author: Zubeldarrain, from: 2024-03, to: 2025-12, not_cat: cs.RO, sort: newest}
"""


@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
@pytest.mark.parametrize("columns", [60, 80, 140])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_looks_like_its_recording(library: Shell, view: str, columns: int) -> None:
    library.write("config.yaml", SEARCHES)
    outcome = library.terminal(VIEWS[view], size=f"40x{columns}", COLUMNS="", SEARCHER_PAGER="", FORCE_HYPERLINK="1")
    seen = re.sub(r"\b\d+ ms\b", "N ms", outcome.out).replace("\x1b", "␛")
    seen = re.sub(r"index of .*", "index of N MB in FOLDER", seen)  # two lines of stats, the second of this run
    recorded = GOLDEN / f"{view}-{columns}.txt"
    if os.environ.get("RENEW_GOLDEN"):
        recorded.parent.mkdir(parents=True, exist_ok=True)
        recorded.write_text(seen, encoding="utf-8")
    assert (outcome.code, outcome.err) == (0, "")
    assert seen == recorded.read_text(encoding="utf-8")


def test_every_recording_is_of_a_view() -> None:
    views = {f"{view}-{columns}.txt" for view in VIEWS for columns in (60, 80, 140)}
    assert {path.name for path in GOLDEN.iterdir()} == views


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_no_recorded_line_is_wider_than_its_terminal(path: Path) -> None:
    text = re.sub(r"␛\]8;[^␛]*␛\\|␛\[[\d;]*m", "", path.read_text(encoding="utf-8"))
    assert max(map(len, text.splitlines())) <= int(path.stem.rpartition("-")[2])
