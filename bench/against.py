"""Measure what a change costs: the full build and warm searches, now and at an earlier commit, by turns.

Usage: python -m bench.against COMMIT. Prints medians and ratios. Both run in this Python, with its libraries.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench.archive import settings, unpacked
from bench.process import BenchError, run
from bench.queries import make_queries

_ROUNDS = 3
_ROOT = Path(__file__).resolve().parents[1]
_INDEX = "from searcher.cli import run_searcher; run_searcher()"


class _Version:
    """The project at some commit, with an index of its own."""

    def __init__(self, root: Path, folder: Path, listings: Path) -> None:
        config = folder / "config.yaml"
        folder.mkdir()
        config.write_text(json.dumps({"listings": [str(listings)]}), encoding="utf-8")
        self._root = root
        self._environment = {**settings(config, folder / "index", "tantivy"), "PYTHONPATH": str(root)}
        self.builds: list[float] = []
        self.searches: list[list[float]] = []

    def build(self) -> None:
        """Index everything anew."""
        command = [sys.executable, "-P", "-c", _INDEX, "index", "--full"]
        self.builds.append(run(command, self._environment).seconds)

    def search(self, queries: Path) -> None:
        """Run the queries in a process that is warm."""
        command = [sys.executable, self._root / "bench" / "ours.py", queries, "app"]
        self.searches.append([ms for ms, *_ in json.loads(run(command, self._environment).output)])

    @property
    def warm_ms(self) -> list[float]:
        """The median of each query."""
        return [median(each) for each in zip(*self.searches, strict=True)]


def main(commit: str) -> None:
    """Build and search by turns, and print what it took."""
    with unpacked() as listings, tempfile.TemporaryDirectory(prefix="searcher-against-") as name:
        folder, then = Path(name), Path(name) / "then"
        _git("worktree", "add", "--detach", str(then), commit)
        try:
            _measure(_Version(then, folder / "1", listings), _Version(_ROOT, folder / "2", listings), listings, folder)
        finally:
            _git("worktree", "remove", "--force", str(then))


def _measure(before: _Version, now: _Version, listings: Path, folder: Path) -> None:
    timed, warming = make_queries(listings)
    queries = folder / "queries.json"
    queries.write_text(json.dumps({"timed": list(map(asdict, timed)), "warming": list(map(asdict, warming))}))
    for _ in range(_ROUNDS):
        before.build()
        now.build()
    for _ in range(_ROUNDS):
        before.search(queries)
        now.search(queries)
    _print("full build, s", before.builds, now.builds)
    _print("a warm search, ms", before.warm_ms, now.warm_ms)
    for kind in dict.fromkeys(query.kind for query in timed):
        places = [place for place, query in enumerate(timed) if query.kind == kind]
        _print(f"  {kind}", [before.warm_ms[n] for n in places], [now.warm_ms[n] for n in places])


def _print(what: str, before: Sequence[float], now: Sequence[float]) -> None:
    print(f"{what}: {median(before):.2f} then, {median(now):.2f} now: x {median(now) / median(before):.2f}")


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", "-C", _ROOT, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(done.stderr.strip())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.against COMMIT")
    main(sys.argv[1])
