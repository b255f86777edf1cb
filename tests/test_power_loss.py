"""The power goes while `searcher index` runs: what was not synced is lost, or half written, and nothing else is.

The calls of a run are seen by strace and replayed on a model of a disk (tests/power.py), which is cut off after some of
them. SEARCHER_TORTURE_POWER says how often in each run.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import EXAMPLES, INSTALLED
from power import Call, Disk, traced

from searcher import open_archive
from searcher.app.check import check
from searcher.app.index import index
from searcher.config import Config
from searcher.errors import NoIndexError

CUTS = int(os.environ.get("SEARCHER_TORTURE_POWER", "6"))
ACTIONS = ("a day comes", "a day goes", "all is built anew", "all is built for the first time")


@dataclass(frozen=True)
class Run:
    """A run of `searcher index`: what was there before, what it did, and what is to be there after it."""

    config: Config
    before: Path
    calls: list[Call]
    old: frozenset[tuple[str, int]]
    new: frozenset[tuple[str, int]]


def listed(config: Config) -> frozenset[tuple[str, int]]:
    try:
        return frozenset((paper.id, paper.version) for paper in open_archive(config))
    except NoIndexError:
        return frozenset()


@pytest.fixture(params=[(engine, action) for engine in ("tantivy", "whoosh") for action in ACTIONS], ids=": ".join)
def run(request: pytest.FixtureRequest, tmp_path: Path, tracing: None) -> Run:
    engine, action = request.param
    listings, stash = tmp_path / "listings", tmp_path / "stash.md"
    shutil.copytree(EXAMPLES, listings)
    day = sorted(listings.rglob("*.md"))[-1]
    (tmp_path / "config.yaml").write_text("listings: [listings]\nindex: index\n", encoding="utf-8")
    config = Config(tmp_path / "config.yaml", tmp_path / "index", (listings,), engine)
    config.index.mkdir()
    if action == "a day comes":
        day.rename(stash)
    if action != "all is built for the first time":
        index(config)
    old = listed(config)
    shutil.copytree(config.index, tmp_path / "before")
    if action == "a day goes":
        day.rename(stash)
    if action == "a day comes":
        stash.rename(day)
    environment = {"SEARCHER_CONFIG": str(config.file), "SEARCHER_ENGINE": engine}
    arguments = ["--full"] if action == "all is built anew" else []
    calls = traced([INSTALLED / "searcher", "index", *arguments], environment, config.index, tmp_path / "calls")
    return Run(config, tmp_path / "before", calls, old, listed(config))


def replayed(run: Run, calls: int) -> Disk:
    """The disk after so many calls; the index is as it was before them."""
    shutil.rmtree(run.config.index)
    shutil.copytree(run.before, run.config.index)
    disk = Disk(run.config.index)
    for call in run.calls[:calls]:
        disk.apply(call)
    return disk


def cut(run: Run, after: int, chance: random.Random | None) -> Config:
    """An archive whose index is what is left after so many calls."""
    disk = replayed(run, after)
    shutil.rmtree(run.config.index)
    disk.save_survivor(run.config.index, chance)
    return run.config


def test_the_model_ends_with_the_files_that_are_on_the_disk(run: Run) -> None:
    folder = run.config.index
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert replayed(run, len(run.calls)).files() == found


def test_what_a_run_said_it_did_is_there_after_a_loss_of_power(run: Run) -> None:
    assert listed(cut(run, len(run.calls), None)) == run.new


def test_a_loss_of_power_leaves_the_old_state_or_the_new_and_the_next_run_ends_right(run: Run) -> None:
    chance = random.Random(1)
    for number in range(CUTS):
        after = chance.randint(1, len(run.calls))
        config = cut(run, after, None if number % 3 == 0 else chance)
        assert listed(config) in (run.old, run.new), (after, len(run.calls), run.calls[after - 1])
        index(config)
        assert listed(config) == run.new
        assert check(config).faults == ()
