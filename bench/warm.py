"""Many searches in one process that is already warm: what a search costs a web page or a notebook."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench.archive import Place
from bench.peer import PEERS
from bench.process import run
from bench.queries import Query, make_queries, spread
from bench.report import Row, times

_ROUNDS = 3
_OURS = Path(__file__).parent / "ours.py"


@dataclass(slots=True)
class _Contender:
    """Who runs which queries, and what they took, in the order of the queries."""

    script: Path
    arguments: tuple[str | Path, ...]
    queries: Sequence[Query]
    rounds: int = _ROUNDS
    answers: list[list[tuple[float, int]]] = field(default_factory=list)  # of each round: ms and total of each query

    @property
    def ms(self) -> list[float]:
        """Of each query: the median of its rounds, each in a process of its own."""
        return [median(ms for ms, _ in answers) for answers in zip(*self.answers, strict=True)]

    @property
    def totals(self) -> list[int]:
        """How many papers each query found."""
        return [total for _, total in self.answers[0]]

    def __str__(self) -> str:
        return _distribution(self.ms, [median(ms for ms, _ in answers) for answers in self.answers])


def measure(place: Place) -> list[Row]:
    """Run the queries through the application, the engine alone and a plain program, by turns."""
    peer = PEERS[place.engine]
    timed, _ = make_queries(place.listings)
    chosen = spread(timed, peer.queries)
    app, engine = _Contender(_OURS, ("app",), timed), _Contender(_OURS, ("engine",), timed)
    theirs = _Contender(peer.script("queries"), (place.peer,), [timed[n] for n in chosen], peer.rounds)
    _time(place, app, engine, theirs)
    ms = [app.ms[n] for n in chosen]
    ratios = [ours / their for ours, their in zip(ms, theirs.ms, strict=True)]
    ratio, engine_ratio = median(ms) / median(theirs.ms), median(engine.ms[n] for n in chosen) / median(theirs.ms)
    worst = theirs.queries[ratios.index(max(ratios))]
    alike = sum(app.totals[n] == total for n, total in zip(chosen, theirs.totals, strict=True))
    searches = f"{len(timed)} warm searches with facets"
    rows = [
        Row(f"{searches}, as the application does", str(app), peer.warm, median(app.ms), ratio),
        Row(f"{searches}, the engine alone", str(engine), peer.warm_engine, median(engine.ms), engine_ratio),
    ]
    if len(chosen) < len(timed):
        searches = f"{len(chosen)} of them, whose medians make the ratios"
        rows.append(Row(f"{searches}, as the application does", _distribution(ms)))
    each = f"median {times(median(ratios))}, worst {times(max(ratios))} ({worst.kind}: {' '.join(worst.words)})"
    return [
        *rows,
        Row(f"{searches}, {peer.name}", str(theirs)),
        Row("the application's time over the peer's, query by query", each),
        Row("what is searched for", _kinds(timed)),
        Row("searches that find equally many papers here and there", f"{alike} of {len(chosen)}"),
    ]


def measure_after_updates(place: Place) -> list[Row]:
    """The same searches through the application, once more."""
    timed, _ = make_queries(place.listings)
    app = _Contender(_OURS, ("app",), timed)
    _time(place, app)
    what = f"{len(timed)} warm searches, as the application does, after the new days"
    return [Row(what, str(app), PEERS[place.engine].after_updates, median(app.ms))]


def _time(place: Place, *contenders: _Contender) -> None:
    _, warming = make_queries(place.listings)
    file = place.folder / "queries.json"
    for number in range(_ROUNDS):
        for each in contenders:
            if number < each.rounds:
                content = {"timed": list(map(asdict, each.queries)), "warming": list(map(asdict, warming))}
                file.write_text(json.dumps(content), encoding="utf-8")
                command = [sys.executable, each.script, file, *each.arguments]
                each.answers.append(json.loads(run(command, place.environment).output))


def _distribution(ms: Sequence[float], medians: Sequence[float] = ()) -> str:
    percentiles = quantiles(ms, n=100, method="inclusive")
    runs = f" ({min(medians):.1f}–{max(medians):.1f}, {len(medians)} runs)" if len(medians) > 1 else ""
    return f"median {median(ms):.1f} ms{runs}, p90 {percentiles[89]:.1f}, p99 {percentiles[98]:.1f}, max {max(ms):.1f}"


def _kinds(queries: Sequence[Query]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in Counter(query.kind for query in queries).items())
