"""Everything that breaks, for long: kills, losses of power, faults of the disk, many at once, flipped bits, fuzzers.

Usage: python -m bench.torture [SHARE]; 1 is all of it, over an hour on two CPUs, 0.1 a tenth. Prints a line for each
part, and exits with 1 if one failed. docs/reliability.md holds the counts of a run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.fuzz import TARGETS

_KILLS, _CUTS, _FAULTS, _UPDATES, _FLIPS, _FUZZ_S = 260, 150, 1000, 200, 200, 605


@dataclass(frozen=True, slots=True)
class _Part:
    """One part, as a command."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def _parts(share: float) -> Iterator[_Part]:
    def many(count: int) -> str:
        return str(max(1, round(count * share)))

    for engine, seed in (("tantivy", "11"), ("whoosh", "12")):
        yield _Part(f"kills, {engine}", ["bench.kill", "--engine", engine, "--runs", many(_KILLS), "--seed", seed])
    yield _Part(
        "losses of power", ["pytest", "-q", "tests/test_power_loss.py"], {"SEARCHER_TORTURE_POWER": many(_CUTS)}
    )
    yield _Part(
        "faults of the disk", ["pytest", "-q", "tests/test_faults.py"], {"SEARCHER_TORTURE_FAULTS": many(_FAULTS)}
    )
    yield _Part(
        "readers while one writes",
        ["pytest", "-q", "tests/test_many_at_once.py"],
        {"SEARCHER_TORTURE_UPDATES": many(_UPDATES)},
    )
    yield _Part("flipped bits", ["pytest", "-q", "tests/test_check.py"], {"SEARCHER_TORTURE_FLIPS": many(_FLIPS)})
    for target in TARGETS:
        yield _Part(f"fuzzing, {target}", ["bench.fuzz", target, many(_FUZZ_S)])


def main(share: float) -> int:
    """Do it all, as many parts at a time as there are CPUs; 0 if nothing failed."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return 0 if all(list(threads.map(_endure, _parts(share)))) else 1


def _endure(part: _Part) -> bool:
    """Do one part, and say how it went; whether nothing failed."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *part.command],
        env={**os.environ, **part.environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    said = re.sub(r"^=+ | =+$", "", lines[-1]) if lines else ""
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{verdict}: {part.name}: {said} ({(time.monotonic() - started) / 60:.1f} min)", flush=True)
    if done.returncode:
        print("\n".join([*lines[-60:], done.stderr[-4000:]]), file=sys.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
