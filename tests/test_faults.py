"""The disk is full, cannot be synced, cannot be written: what `searcher index` then leaves is the old state or the new.

strace makes the Nth call of a kind fail, and those after it. SEARCHER_TORTURE_FAULTS says how many runs there are.
"""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import EXAMPLES, INSTALLED

from searcher import open_archive
from searcher.app.check import check
from searcher.app.index import index
from searcher.config import Config
from searcher.errors import SearcherError, UnusableIndexError

RUNS = int(os.environ.get("SEARCHER_TORTURE_FAULTS", "27"))
FAULTS = (
    ("write", "ENOSPC"),
    ("write", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("fsync,fdatasync", "EIO"),
    ("rename,renameat,renameat2", "EIO"),
    ("unlink,unlinkat", "EIO"),
    ("ftruncate,fallocate", "ENOSPC"),
    ("mmap", "ENOMEM"),
    ("openat", "EMFILE"),
    ("clone,clone3", "EAGAIN"),
)
ACTIONS = ("a day comes", "a day goes", "all is built anew")
_STRACE = ("strace", "-f", "-qq", "--seccomp-bpf")


@dataclass(frozen=True)
class Case:
    """One run with a fault."""

    engine: str
    action: str
    calls: str
    error: str
    seed: int


def cases() -> Iterator[Case]:
    """Every kind of fault in every action on every engine by turns, as many as are wanted."""
    kinds = [(engine, action, *fault) for fault in FAULTS for action in ACTIONS for engine in ("tantivy", "whoosh")]
    random.Random(1).shuffle(kinds)
    for number in range(RUNS):
        yield Case(*kinds[number % len(kinds)], seed=number)


def listed(config: Config) -> set[tuple[str, int]]:
    return {(paper.id, paper.version) for paper in open_archive(config)}


def run(config: Config, case: Case, *, when: int | None) -> subprocess.CompletedProcess[str]:
    """`searcher index` with the fault, or, for None, with its calls counted in the file `calls`."""
    arguments = ["index", "--full"] if case.action == ACTIONS[2] else ["index"]
    fault = ["-e", f"inject={case.calls}:error={case.error}:when={when}+"] if when else []
    log = config.index.parent / "calls"
    return subprocess.run(
        [*_STRACE, "-o", log, "-e", f"trace={case.calls}", *fault, INSTALLED / "searcher", *arguments],
        capture_output=True, text=True, check=False,
        env={**os.environ, "SEARCHER_CONFIG": str(config.file), "SEARCHER_ENGINE": config.engine, "PYTHONPATH": ""},
    )  # fmt: skip


@pytest.mark.usefixtures("tracing")
@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_a_fault_leaves_the_old_state_or_the_new_and_the_next_run_ends_right(case: Case, tmp_path: Path) -> None:
    listings, stash = tmp_path / "listings", tmp_path / "stash.md"
    shutil.copytree(EXAMPLES, listings)
    day = sorted(listings.rglob("*.md"))[-1]
    (tmp_path / "config.yaml").write_text("listings: [listings]\nindex: index\n", encoding="utf-8")
    config = Config(tmp_path / "config.yaml", tmp_path / "index", (listings,), case.engine)
    if case.action == "a day comes":
        day.rename(stash)
    index(config)
    old = listed(config)
    shutil.copytree(config.index, tmp_path / "before")
    day.rename(stash) if case.action == "a day goes" else stash.exists() and stash.rename(day)

    run(config, case, when=None)
    calls = len((tmp_path / "calls").read_text(errors="replace").splitlines())
    new = listed(config)
    shutil.rmtree(config.index)
    shutil.copytree(tmp_path / "before", config.index)

    starts_python = case.calls in ("mmap", "openat")  # without which it may not even start, or not import
    first = calls * 2 // 3 if starts_python else 1
    done = run(config, case, when=random.Random(case.seed).randint(max(1, first), max(1, calls)))
    assert starts_python or done.returncode in (0, 1, 2), done.stderr
    assert starts_python or "Traceback" not in done.stderr
    assert listed(config) in (old, new)
    done = subprocess.run(
        [INSTALLED / "searcher", "index"], capture_output=True, text=True, check=False,
        env={**os.environ, "SEARCHER_CONFIG": str(config.file), "SEARCHER_ENGINE": config.engine},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert listed(config) == new
    assert check(config).faults == ()
    assert re.fullmatch(r"(indexed|nothing changed): .*\n", done.stdout)


@pytest.mark.usefixtures("tracing")
def test_an_index_that_cannot_be_opened_for_want_of_threads_is_not_taken_for_damaged(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"listings: [{EXAMPLES}]\nindex: index\n", encoding="utf-8")
    config = Config(tmp_path / "config.yaml", tmp_path / "index", (EXAMPLES,), "tantivy")
    index(config)
    old = listed(config)
    done = run(config, Case("tantivy", "all is built anew", "clone,clone3", "EAGAIN", seed=0), when=1)
    assert done.returncode == 2
    assert "cannot be used now: Resource temporarily unavailable; try again" in done.stderr
    assert listed(config) == old


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_an_index_that_cannot_be_opened_for_want_of_files_is_not_taken_for_damaged(engine: str, tmp_path: Path) -> None:
    config = Config(None, tmp_path / "index", (EXAMPLES,), engine)
    index(config)
    assert len(listed(config)) == 40
    limit, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    with (tmp_path / "next").open("w") as file:
        resource.setrlimit(resource.RLIMIT_NOFILE, (file.fileno(), highest))
    try:
        with pytest.raises((OSError, SearcherError), match="Too many open files") as caught:
            listed(config)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, highest))
    assert not isinstance(caught.value, UnusableIndexError)
    assert len(listed(config)) == 40
