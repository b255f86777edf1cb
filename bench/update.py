"""Bring the index up to date: when nothing is new, and when a day is."""

from __future__ import annotations

import json
from statistics import median

from bench.archive import Place
from bench.peer import PEERS
from bench.process import BenchError, Run, installed, run
from bench.report import Row, seconds

_ROUNDS = 5


def measure_unchanged(place: Place) -> list[Row]:
    """Run again over the same files."""
    times = [_index(place, added=0, papers=0).seconds for _ in range(_ROUNDS)]
    return [Row("`searcher index`, nothing new", seconds(times), PEERS[place.engine].unchanged, median(times))]


def measure_new_days(place: Place) -> list[Row]:
    """Let the held-out days arrive, one after the other."""
    place.days_leave()
    times: list[float] = []
    counts: list[int] = []
    for day in place.days:
        counts.append(place.day_arrives(day).read_bytes().count(b"\n### "))
        times.append(_index(place, added=1, papers=counts[-1]).seconds)
    what = f"`searcher index`, one new day ({min(counts)}–{max(counts)} papers), another one each run"
    return [Row(what, seconds(times), PEERS[place.engine].new_day, median(times))]


def _index(place: Place, added: int, papers: int) -> Run:
    done = run([installed("searcher"), "index", "--format", "json"], place.environment)
    report = json.loads(done.output)
    if (report["files"]["added"], report["papers"]["added"]) != (added, papers):
        raise BenchError(f"{added} files with {papers} papers were new, but searcher says: {done.output}")
    return done
