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
from bench.report import Bar, Row, times

_ROUNDS = 3
_HERE = Path(__file__).parent
_OURS = _HERE / "ours.py"
_FTS5, _BM25S = _HERE / "peers" / "fts5_queries.py", _HERE / "peers" / "bm25s_queries.py"
_WORDS = ("common", "rare", "words")  # the kinds of queries that bm25s knows


@dataclass(slots=True)
class _Contender:
    """Who runs which queries, and what they took, in the order of the queries."""

    script: Path
    arguments: tuple[str | Path, ...]
    queries: Sequence[Query]
    rounds: int = _ROUNDS
    answers: list[list[tuple[float, int, str]]] = field(default_factory=list)  # of each round and query

    @property
    def ms(self) -> list[float]:
        """Of each query: the median of its rounds, each in a process of its own."""
        return [median(ms for ms, *_ in answers) for answers in zip(*self.answers, strict=True)]

    @property
    def totals(self) -> list[int]:
        """How many papers each query found."""
        return [total for _, total, *_ in self.answers[0]]

    def __str__(self) -> str:
        return _distribution(self.ms, [median(ms for ms, *_ in answers) for answers in self.answers])


def measure(place: Place) -> list[Row]:
    """Run the queries through the application, the engine alone and a plain program, by turns."""
    peer = PEERS[place.engine]
    timed, _ = make_queries(place.listings)
    chosen = spread(timed, peer.queries)
    app, engine = _Contender(_OURS, ("app",), timed), _Contender(_OURS, ("engine",), timed)
    theirs = _Contender(peer.script("queries"), (place.peer, "counted"), [timed[n] for n in chosen], peer.rounds)
    _time(place, app, engine, theirs)
    ms = [app.ms[n] for n in chosen]
    ratios = [ours / their for ours, their in zip(ms, theirs.ms, strict=True)]
    ratio, engine_ratio = median(ms) / median(theirs.ms), median(engine.ms[n] for n in chosen) / median(theirs.ms)
    worst = theirs.queries[ratios.index(max(ratios))]
    alike = sum(app.totals[n] == total for n, total in zip(chosen, theirs.totals, strict=True))
    searches = f"{len(timed)} warm searches with facets"
    rows = [
        Row(f"{searches}, as the application does", str(app), peer.warm, median(app.ms), ratio),
        Row(f"{searches}, the engine alone", str(engine), ratio=engine_ratio),
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
        *_held_against_each_other(place, app),
    ]


def measure_plain(place: Place) -> list[Row]:
    """The same searches without facets, and what else people search with: SQLite and bm25s."""
    peer = PEERS[place.engine]
    if not peer.warm_plain:
        return []
    timed, _ = make_queries(place.listings)
    app, theirs, counted, plain = (
        _Contender(_OURS, ("app-without-facets",), timed),
        _Contender(peer.script("queries"), (place.peer, "plain"), timed),
        _Contender(_FTS5, (place.fts5, "counted"), timed, rounds=1),
        _Contender(_FTS5, (place.fts5, "plain"), timed, rounds=1),
    )
    _time(place, app, theirs, counted, plain)
    ratio = median(app.ms) / median(theirs.ms)
    of_words = [n for n, query in enumerate(timed) if query.kind in _WORDS]
    ours_of_words = [app.ms[n] for n in of_words]
    their_ms, build_s = _time_bm25s(place, [timed[n] for n in of_words])
    searches = f"{len(timed)} warm searches without facets"
    bm25s = f"{len(of_words)} of them, words alone, bm25s (in memory, built in {build_s:.0f} s; ratio: ours to it)"
    return [
        Row(f"{searches}, as the application does", str(app), peer.warm_plain, median(app.ms), ratio),
        Row(f"{searches}, {peer.name}", str(theirs)),
        Row(f"{searches}, SQLite FTS5 (ratio: ours to it)", str(plain), ratio=median(app.ms) / median(plain.ms)),
        Row(f"{len(timed)} with facets, SQLite FTS5", str(counted)),
        Row(bm25s, _distribution(their_ms), ratio=median(ours_of_words) / median(their_ms)),
    ]


def _held_against_each_other(place: Place, app: _Contender) -> list[Row]:
    """Every answer must be the other engine's too: papers in their order, totals, counts, excerpts."""
    answers = [answer[1:] for answer in app.answers[0]]
    file = place.folder / "answers.json"
    if not file.exists():
        file.write_text(json.dumps(answers), encoding="utf-8")
        return []
    others = [tuple(each) for each in json.loads(file.read_text(encoding="utf-8"))]
    different = sum(tuple(ours) != other for ours, other in zip(answers, others, strict=True))
    what = "searches whose papers, order, total, counts and excerpts are those of the engine above"
    return [Row(what, f"{len(others) - different} of {len(others)}", Bar("all", 0), different)]


def _time_bm25s(place: Place, queries: Sequence[Query]) -> tuple[list[float], float]:
    file = place.folder / "words.json"
    file.write_text(json.dumps({"timed": list(map(asdict, queries)), "warming": []}), encoding="utf-8")
    command = [sys.executable, _BM25S, place.listings, file]
    found = json.loads(run(command, place.environment).output)
    return [ms for ms, _ in found["answers"]], found["build_s"]


def measure_after_updates(place: Place) -> list[Row]:
    """The same searches through the application, once more."""
    timed, _ = make_queries(place.listings)
    app = _Contender(_OURS, ("app",), timed)
    _time(place, app)
    what = f"{len(timed)} warm searches with facets, as the application does, after the new days"
    return [Row(what, str(app))]


def time_app(place: Place) -> list[float]:
    """The time of each query, with facets, as the application does."""
    app = _Contender(_OURS, ("app",), make_queries(place.listings)[0])
    _time(place, app)
    return app.ms


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
