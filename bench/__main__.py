"""Run all benchmarks, print the table and write it to bench/RESULTS.md; exit with 1 if a bar is missed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import build, cold, update, warm
from bench.archive import Place, laid_out
from bench.process import BenchError
from bench.report import Row, load, machine, table

_RESULTS = Path(__file__).parent / "RESULTS.md"
_STEPS: tuple[Callable[[Place], list[Row]], ...] = (
    build.measure,  # first, for the memory of a process counts from that of its parent
    update.measure_unchanged,
    cold.measure,
    warm.measure,
    update.measure_new_days,  # last, for the peer does not learn of them
    warm.measure_after_updates,
)


def main() -> int:
    """Measure everything; 0 if every bar is kept."""
    started, load_before = time.perf_counter(), load()
    rows: list[Row] = []
    with laid_out() as place:
        archive = f"{place.files:,} listing files, {place.records:,} records"
        for step in _STEPS:
            print(f"bench: {step.__module__.removeprefix('bench.')}: {step.__name__} ...", file=sys.stderr, flush=True)
            rows.extend(step(place))
    minutes = (time.perf_counter() - started) / 60
    text = (
        f"# Benchmark results\n\nMade by `make bench`; README.md says what is compared.\n\n{machine()}\n"
        f"- archive: {archive}\n- load average: {load_before} before, {load()} after; {minutes:.1f} minutes in all\n"
        "- times: median (min–max, runs) of fresh processes; "
        "builds and grep find the listing files in the page cache\n\n"
        f"{table(rows)}\n"
    )
    _RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(row.is_kept for row in rows) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(2)
