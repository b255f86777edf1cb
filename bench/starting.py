"""Measure what a change costs at every start: a cold search, now and at an earlier commit, by turns.

Usage: python -m bench.starting COMMIT [RUNS]. Prints medians and their ratio. Both run in this Python, with its
libraries, over an index of the examples.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.archive import settings
from bench.process import BenchError, run

_ROOT = Path(__file__).resolve().parents[1]
_ARGUMENTS = {"text": ["--explain"], "json": ["--format", "json"]}
_SEARCH = "from searcher.cli import run_search; run_search()"


def main(commit: str, runs: int = 41) -> None:
    """Search by turns, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="searcher-starting-") as name:
        then = Path(name) / "then"
        _git("worktree", "add", "--detach", str(then), commit)
        try:
            for what, arguments in _ARGUMENTS.items():
                _compare(what, arguments, {"then": then, "now": _ROOT}, Path(name), runs)
        finally:
            _git("worktree", "remove", "--force", str(then))


def _compare(what: str, arguments: list[str], roots: dict[str, Path], folder: Path, runs: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in roots}
    environments = {}
    for name, root in roots.items():
        config = folder / f"{name}.yaml"
        config.write_text(json.dumps({"listings": [str(_ROOT / "examples")]}), encoding="utf-8")
        environments[name] = {**settings(config, folder / f"index-{name}", "tantivy"), "PYTHONPATH": str(root)}
        index = "from searcher.cli import run_searcher; run_searcher()"
        run([sys.executable, "-P", "-c", index, "index", "--full"], environments[name])
    code = f"import sys; sys.argv[1:] = {['diffusion', '--cat', 'eess.IV', *arguments]}; {_SEARCH}"
    for _ in range(runs):
        for name in roots:
            times[name].append(run([sys.executable, "-P", "-c", code], environments[name]).seconds * 1000)
    middle = {name: median(each) for name, each in times.items()}
    print(f"{what}: {middle['then']:.1f} ms then, {middle['now']:.1f} now: x {middle['now'] / middle['then']:.2f}")


def _git(*arguments: str) -> None:
    try:
        subprocess.run(["git", "-C", str(_ROOT), *arguments], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise BenchError(error.stderr.strip()) from error


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
