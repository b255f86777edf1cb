"""Measure how well papers are ranked, print the tables, exit with 1 if a bar is missed.

Usage: python -m bench.relevance [FOLDER] [--engine NAME]; FOLDER holds topics-*.json. Without either, those of
$SEARCHER_TEST_TOPICS or ../shared/relevance are taken, and RESULTS.md is written.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench.archive import unpacked
from bench.process import BenchError
from bench.relevance.collection import write_collections
from bench.relevance.known_items import by_author_and_year, by_fragment, by_name, read_headings
from bench.relevance.ours import Ours
from bench.relevance.report import report
from bench.relevance.scoring import KnownResult, SetResult, score_known, score_set
from bench.relevance.topics import TopicSet, read_sets
from bench.report import machine

_TOPICS = Path(__file__).resolve().parents[3] / "shared" / "relevance"
_RESULTS = Path(__file__).parent / "RESULTS.md"
_ENGINE = "tantivy"
_KNOWN = (
    ("a name", by_name, 0.95),
    ("a fragment of the title, with a typo", by_fragment, 0.80),
    ("author and year", by_author_and_year, None),
)


def main(folder: Path | None, engine: str) -> int:
    """Measure; 0 if every bar is kept.

    Raises BenchError if the topics or the archive are not to be found.
    """
    started = time.perf_counter()
    sets = read_sets(folder or Path(os.environ.get("SEARCHER_TEST_TOPICS") or _TOPICS))
    with unpacked() as archive, tempfile.TemporaryDirectory(prefix="searcher-relevance-") as name:
        measured = _measure_sets(sets, archive, Path(name), engine)
        known, papers = _measure_known(archive, Path(name), engine)
    minutes = (time.perf_counter() - started) / 60
    text = (
        f"# Relevance\n\nMade by `make relevance`; ../README.md says what is compared.\n\n{machine()}\n"
        f"- peers besides these: bm25s {version('bm25s')}, SQLite {sqlite3.sqlite_version}\n"
        f"- engine: {engine}; {minutes:.1f} minutes in all\n\n{report(measured, known, papers)}\n"
    )
    if folder is None and engine == _ENGINE:
        _RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(one.is_kept for one in (*measured, *known)) else 1


def _measure_sets(sets: Sequence[TopicSet], archive: Path, folder: Path, engine: str) -> list[SetResult]:
    results = []
    for one, listings in zip(sets, write_collections(archive, sets, folder / "listings"), strict=True):
        _say(one.name)
        results.append(score_set(one, Ours(listings, folder / "index" / listings.name, engine)))
    return results


def _measure_known(archive: Path, folder: Path, engine: str) -> tuple[list[KnownResult], int]:
    _say("known items")
    headings = read_headings(archive)
    ours = Ours(archive, folder / "index-of-all", engine)
    return [score_known(kind, make(headings), bar, ours) for kind, make, bar in _KNOWN], len(headings)


def _say(step: str) -> None:
    print(f"bench: relevance: {step} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance", description="Measure how well papers are ranked."
    )
    parser.add_argument("folder", nargs="?", type=Path, help="holds topics-*.json")
    parser.add_argument("--engine", default=_ENGINE, help="the engine of ours")
    arguments = parser.parse_args()
    try:
        sys.exit(main(arguments.folder, arguments.engine))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(2)
