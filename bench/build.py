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
from bench.report import Row, megabytes, seconds

_ROUNDS = 3
_PARSING = Path(__file__).parent / "peers" / "records.py"


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
        Row("size of the listing files", f"{place.bytes / 1e6:.0f} MB"),
    ]


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
