"""Index the whole archive: time, memory and size, against a plain program on the same library."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.archive import Place, size_of
from bench.peer import PEERS
from bench.process import BenchError, Run, installed, run
from bench.report import Bar, Row, megabytes, seconds

_ROUNDS = 3
_PARSING = Path(__file__).parent / "peers" / "records.py"
_FTS5 = Path(__file__).parent / "peers" / "fts5_build.py"
_TANTIVY, _WHOOSH = "tantivy", "whoosh"
_WHOOSH_BAR = Bar("≤ 1/25 of plain Whoosh", 1 / 25, is_ratio=True)


def measure(place: Place) -> list[Row]:
    """Build both indexes by turns, each time anew; the last ones stay."""
    peer = PEERS[place.engine]
    ours: list[Run] = []
    theirs: list[Run] = []
    parsing: list[Run] = []
    for number in range(_ROUNDS):
        ours.append(_fresh(place.index, [installed("searcher"), "index", "--full"], place))
        if number < peer.rounds:
            command = [sys.executable, peer.script("build"), place.listings, place.peer]
            theirs.append(_fresh(place.peer, command, place))
        place.read_all()
        parsing.append(run([sys.executable, _PARSING, place.listings], place.environment))
    counts = {each.output.strip() for each in (*theirs, *parsing)}
    if counts != {str(place.records)}:
        raise BenchError(f"the archive has {place.records} records, but the peer counted {counts}")
    ratio = median(_times(ours)) / median(_times(theirs))
    our_size, their_size = size_of(place.index) / 1e6, size_of(place.peer) / 1e6
    return [
        Row("full build: `searcher index --full`", seconds(_times(ours)), peer.build, ratio=ratio),
        Row(f"full build: {peer.name}, the same parser", seconds(_times(theirs))),
        Row("CPU time of our build", seconds(_cpu(ours)), ratio=median(_cpu(ours)) / median(_cpu(theirs))),
        Row("CPU time of the peer's build", seconds(_cpu(theirs))),
        Row("reading and parsing the files alone, in the same loop", seconds(_times(parsing))),
        Row(
            "peak memory of our build",
            megabytes(_peaks(ours)),
            peer.memory,
            max(_peaks(ours)),
            median(_peaks(ours)) / median(_peaks(theirs)),
        ),
        Row("peak memory of the peer's build", megabytes(_peaks(theirs))),
        Row("size of our index, with its catalog", f"{our_size:.0f} MB", ratio=our_size / their_size),
        Row("size of the peer's index", f"{their_size:.0f} MB"),
        Row(
            "size of the listing files (ratio: our index to them)",
            f"{place.bytes / 1e6:.0f} MB", peer.size, ratio=our_size * 1e6 / place.bytes,
        ),
        *_beside_others(place, median(_times(ours)), median(_times(theirs))),
    ]  # fmt: skip


def _beside_others(place: Place, ours_s: float, theirs_s: float) -> list[Row]:
    """The default engine's build beside SQLite's, and, once it is known, plain Whoosh's."""
    built = place.folder / "built_s"
    if place.engine == _TANTIVY:
        built.write_text(str(ours_s), encoding="utf-8")
        place.read_all()
        other = run([sys.executable, _FTS5, place.listings, place.fts5], place.environment)
        size = place.fts5.stat().st_size / 1e6
        what = f"full build: SQLite FTS5, the same parser; {size:.0f} MB (ratio: ours to it)"
        return [Row(what, seconds([other.seconds]), ratio=ours_s / other.seconds)]
    if place.engine == _WHOOSH and built.exists():
        ratio = float(built.read_text(encoding="utf-8")) / theirs_s
        return [Row("full build with `engine: tantivy`, to plain Whoosh's", "", _WHOOSH_BAR, ratio=ratio)]
    return []


def _fresh(index: Path, command: Sequence[str | Path], place: Place) -> Run:
    shutil.rmtree(index, ignore_errors=True)
    os.sync()  # what the run before left to be written is not paid for by this one
    place.read_all()
    return run(command, place.environment)


def _times(runs: Sequence[Run]) -> list[float]:
    return [each.seconds for each in runs]


def _peaks(runs: Sequence[Run]) -> list[float]:
    return [each.peak_mb for each in runs]


def _cpu(runs: Sequence[Run]) -> list[float]:
    return [each.cpu_seconds for each in runs]
