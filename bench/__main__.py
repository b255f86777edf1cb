"""Run the benchmarks and print their tables; exit with 1 if a bar is missed.

Usage: python -m bench [--check] [ENGINE]...; without a name all engines are measured, and bench/RESULTS.md is written.
With --check it is left as it is, and what got worse since is printed. What bench/bounds.md says of goals that are out
of reach is part of the results.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import build, cold, daily, scaling, update, warm
from bench.archive import Place, laid_out
from bench.comparing import find_worse
from bench.peer import PEERS
from bench.process import BenchError
from bench.report import Row, load, machine, table

_RESULTS, _BOUNDS = Path(__file__).parent / "RESULTS.md", Path(__file__).parent / "bounds.md"
_STEPS: tuple[Callable[[Place], list[Row]], ...] = (
    build.measure,  # first, for the memory of a process counts from that of its parent
    update.measure_unchanged,
    cold.measure,
    warm.measure,
    warm.measure_plain,
    daily.measure,
    scaling.measure,
    update.measure_new_days,  # last, for the peers do not learn of them
    warm.measure_after_updates,
)


def main(engines: Sequence[str], is_check: bool) -> int:
    """Measure these engines; 0 if every bar is kept."""
    if unknown := [name for name in engines if name not in PEERS]:
        raise BenchError(f"there is no engine {unknown[0]!r} to measure; there are: {', '.join(PEERS)}")
    started, load_before = time.perf_counter(), load()
    rows: dict[str, list[Row]] = {engine: [] for engine in engines}
    with laid_out() as place:
        archive = f"{place.files:,} listing files, {place.records:,} records"
        for step in _STEPS:
            for engine in engines:
                name = f"{engine}: {step.__module__.removeprefix('bench.')}: {step.__name__}"
                print(f"bench: {name} ...", file=sys.stderr, flush=True)
                rows[engine].extend(step(place.of(engine)))
    minutes = (time.perf_counter() - started) / 60
    tables = "\n\n".join(f"## Engine `{engine}`\n\n{table(rows[engine])}" for engine in engines)
    text = (
        f"# Benchmark results\n\nMade by `make bench`; README.md says what is compared.\n\n{machine()}\n"
        f"- archive: {archive}\n- load average: {load_before} before, {load()} after; {minutes:.1f} minutes in all\n"
        "- times: median (min–max, runs) of fresh processes; "
        "builds and grep find the listing files in the page cache\n\n"
        f"{tables}\n\n{_BOUNDS.read_text(encoding='utf-8')}"
    )
    print(text)
    if is_check:
        worse = find_worse(_RESULTS.read_text(encoding="utf-8"), text)
        print("\n".join(f"worse: {line}" for line in worse) or "nothing got worse")
    elif set(engines) == set(PEERS):
        _RESULTS.write_text(text, encoding="utf-8")
    return 0 if all(row.is_kept for engine in engines for row in rows[engine]) else 1


if __name__ == "__main__":
    try:
        asked = dict.fromkeys(sys.argv[1:])
        names = tuple(name for name in asked if name != "--check")
        sys.exit(main(names or tuple(PEERS), "--check" in asked))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(2)
