"""A year of daily runs, one after the other, against a full build of the same files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from statistics import median

from bench.archive import Place
from bench.peer import PEERS
from bench.process import BenchError, installed, run
from bench.report import Row, seconds
from bench.warm import time_app

_DAYS = 365
_TURNS = 2


def measure(place: Place) -> list[Row]:
    """Let the last days arrive one by one; then search by turns in what came of it, and in a full build."""
    bar = PEERS[place.engine].after_a_year
    if not bar:
        return []
    daily, full = (replace(place, folder=place.folder / name, listings=place.folder / "year") for name in ("a", "b"))
    shutil.copytree(place.listings, daily.listings)
    for each in (daily, full):
        each.folder.mkdir()
        (each.folder / "config.yaml").write_text("listings: [../year]\n", encoding="utf-8")
    days = sorted(daily.listings.rglob("*.md"), key=lambda path: path.name)[-_DAYS:]
    contents = {day: day.read_bytes() for day in days}
    for day in days:
        day.unlink()
    run([installed("searcher"), "index"], daily.environment)
    times: list[float] = []
    for day, content in contents.items():
        day.write_bytes(content)
        times.append(run([installed("searcher"), "index"], daily.environment).seconds)
    run([installed("searcher"), "index"], full.environment)
    if _papers(daily) != _papers(full):
        raise BenchError("a year of daily runs and a full build do not hold equally many papers")
    after: list[float] = []
    fresh: list[float] = []
    for _ in range(_TURNS):
        after.append(median(time_app(daily)))
        fresh.append(median(time_app(full)))
    parts = len(list(daily.index.rglob("*.store")))
    what = f"warm searches with facets after {_DAYS} daily runs, to those after a full build"
    measured = f"median {median(after):.1f} ms, {median(fresh):.1f} ms; {parts} segments"
    return [
        Row(f"`searcher index`, {_DAYS} days one after the other, each", seconds(times)),
        Row(what, measured, bar, ratio=median(after) / median(fresh)),
    ]


def _papers(place: Place) -> str:
    return run([installed("searcher"), "stats"], place.environment).output.split()[0]
