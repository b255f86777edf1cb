"""Many searches in one process that is already warm: what a search costs a web page or a notebook."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from bench.archive import Place
from bench.process import run
from bench.queries import Query, make_queries
from bench.report import Bar, Row

_ROUNDS = 3
_HERE = Path(__file__).parent
_BAR = Bar("median ≤ 5 ms", 5.0)


@dataclass(frozen=True, slots=True)
class _Timings:
    """What all queries took, in the order of the queries."""

    ms: list[float]  # of each query: the median of its runs, each in a process of its own
    medians: list[float]  # of each run
    totals: list[int]  # how many papers each query found

    @property
    def median(self) -> float:
        return median(self.ms)

    def __str__(self) -> str:
        percentiles = quantiles(self.ms, n=100, method="inclusive")
        return (
            f"median {self.median:.1f} ms ({min(self.medians):.1f}–{max(self.medians):.1f}, {_ROUNDS} runs), "
            f"p90 {percentiles[89]:.1f}, p99 {percentiles[98]:.1f}, max {max(self.ms):.1f}"
        )


def measure(place: Place) -> list[Row]:
    """Run the queries through the application, the engine alone and a plain program, by turns."""
    timed, warming = make_queries(place.listings)
    contenders = (
        ["ours.py", "app", place.index],
        ["ours.py", "engine", place.index],
        ["peers/queries.py", place.peer],
    )
    app, engine, peer = _time(place, contenders, timed, warming)
    alike = sum(ours == theirs for ours, theirs in zip(app.totals, peer.totals, strict=True))
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(query.kind for query in timed).items())
    searches = f"{len(timed)} warm searches with facets"
    return [
        Row(f"{searches}, as the application does", str(app), _BAR, app.median, app.median / peer.median),
        Row(f"{searches}, the engine alone", str(engine), _BAR, engine.median, engine.median / peer.median),
        Row(f"{searches}, plain tantivy-py", str(peer)),
        Row("what is searched for", kinds),
        Row("searches that find equally many papers here and there", f"{alike} of {len(timed)}"),
    ]


def measure_after_updates(place: Place) -> list[Row]:
    """The same searches through the application, once more."""
    timed, warming = make_queries(place.listings)
    (app,) = _time(place, (["ours.py", "app", place.index],), timed, warming)
    what = f"{len(timed)} warm searches, as the application does, after the new days"
    return [Row(what, str(app), _BAR, app.median)]


def _time(
    place: Place, contenders: Sequence[list[str | Path]], timed: list[Query], warming: list[Query]
) -> list[_Timings]:
    file = place.folder / "queries.json"
    content = {"timed": [asdict(query) for query in timed], "warming": [asdict(query) for query in warming]}
    file.write_text(json.dumps(content), encoding="utf-8")
    runs: list[list[list[tuple[float, int]]]] = [[] for _ in contenders]
    for _ in range(_ROUNDS):
        for number, (script, *arguments) in enumerate(contenders):
            command = [sys.executable, _HERE / script, file, *arguments]
            runs[number].append(json.loads(run(command, place.environment).output))
    return [
        _Timings(
            ms=[median(ms for ms, _ in answers) for answers in zip(*contender, strict=True)],
            medians=[median(ms for ms, _ in each) for each in contender],
            totals=[total for _, total in contender[0]],
        )
        for contender in runs
    ]
