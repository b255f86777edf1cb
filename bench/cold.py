"""One search from a cold start: a process that starts, opens the index, answers and ends."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from statistics import median

from bench.archive import Place
from bench.peer import PEERS
from bench.process import BenchError, Run, installed, run
from bench.report import Row, milliseconds

_QUERY, _CATEGORY = "diffusion super-resolution", "eess.IV"
_ROUNDS, _GREP_ROUNDS = 25, 9
_LIBRARIES = "import gc; gc.disable(); import typer, whoosh.query, yaml, tantivy; gc.freeze()"


def measure(place: Place) -> list[Row]:
    """Search by turns with our command and a plain program, then look for one of the words in the files."""
    peer = PEERS[place.engine]
    command = f'`search "{_QUERY}" --cat {_CATEGORY}`'
    ours: list[Run] = []
    theirs: list[Run] = []
    libraries: list[Run] = []
    for _ in range(_ROUNDS):
        ours.append(run([installed("search"), _QUERY, "--cat", _CATEGORY], place.environment))
        theirs.append(run([sys.executable, peer.script("search"), place.peer, _QUERY, _CATEGORY], place.environment))
        libraries.append(run([sys.executable, "-c", _LIBRARIES], place.environment))
    if not ours[0].output.strip() or not theirs[0].output.strip():
        raise BenchError(f"{command} finds nothing")
    our_time = _median_time(ours)
    place.read_all()
    rows = [
        Row(f"cold {command}, with facets", _spread(ours), peer.cold, our_time, our_time / _median_time(theirs)),
        Row(f"the same with {peer.name}", _spread(theirs)),
        Row("importing typer, whoosh.query, yaml and tantivy, and nothing else", _spread(libraries)),
    ]
    for name, options, bar in (("grep", "-ri", None), ("rg", "-i", peer.cold_to_rg)):
        tool = shutil.which(name)
        if not tool:
            raise BenchError(f"{name} is not here, which `search` is held against; install it")
        found = [run([tool, options, _QUERY, place.listings], place.environment) for _ in range(_GREP_ROUNDS)]
        what = f'`{name} {options} "{_QUERY}"` over the listing files (ratio: our search to it)'
        rows.append(Row(what, _spread(found), bar, ratio=our_time / _median_time(found)))
    return rows


def _spread(runs: Sequence[Run]) -> str:
    """Wall time, and the CPU time of it, which other work on the machine disturbs less."""
    cpu = median(each.cpu_seconds for each in runs) * 1000
    return f"{milliseconds([each.seconds for each in runs])}; CPU {cpu:.0f} ms"


def _median_time(runs: Sequence[Run]) -> float:
    return median(each.seconds for each in runs)
