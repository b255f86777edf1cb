"""Kill `searcher index` with SIGKILL at random moments; the index must open with the old or the new state each time.

Usage: python -m bench.kill [--engine ENGINE] [--runs N] [--seed N]; exits with 1 if anything failed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections import Counter, deque
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.archive import laid_out, settings
from bench.changing import Days, State, expected
from bench.peer import PEERS
from bench.process import BenchError, installed, run
from bench.victim import Index

_DAYS, _OUTSIDE = 30, 5  # the last ones of the archive; so many of them are not there at first
_KINDS = ("add", "change", "remove")  # what becomes of the listings, in turn
_FULL, _FULL_EVERY = "change, --full", 10


class _Rounds:
    """One round after the other, each from the state that the one before left."""

    def __init__(self, index: Index, days: Days, chance: random.Random) -> None:
        self._index, self._days, self._chance = index, days, chance
        self._start = run([installed("searcher"), "--version"], index.environment).seconds
        self._seconds: dict[str, deque[float]] = {}  # of undisturbed runs, the last ones
        index.update("--full")
        for _ in range(_OUTSIDE):
            days.remove()
        for kind in ("remove", "add", "change", _FULL):
            self._change(kind)
            self._seconds[kind] = deque([index.update(*_options(kind))], maxlen=5)

    def run(self, number: int) -> str:
        """Change the listings, kill a run, look, run again, look again. Returns "old", "new" or "ended".

        Raises BenchError if something is not as it should be.
        """
        kind = _FULL if number % _FULL_EVERY == 0 else _KINDS[number % len(_KINDS)]
        old = expected(self._days.listings)
        self._change(kind)
        new = expected(self._days.listings)
        after, with_children = self._moment(kind), self._chance.random() < 0.5
        try:
            with self._index.killed(_options(kind), after, with_children) as seconds:
                outcome = self._look(old, new, has_ended=seconds is not None)
                again = self._index.update()
                if (final := self._index.state()) != new:
                    raise BenchError(f"after the next run: {new.differences(final)}")
        except (BenchError, ValueError) as error:
            whom = "with its children" if with_children else "alone"
            raise BenchError(f"round {number} ({kind}; killed {whom} after {after:.3f} s): {error}") from error
        if seconds:
            self._seconds[kind].append(seconds)
        elif outcome == "old" and kind != _FULL:
            self._seconds[kind].append(again)  # all was still to be done
        return outcome

    def _look(self, old: State, new: State, has_ended: bool) -> str:
        found = self._index.state()
        if found == new:
            return "ended" if has_ended else "new"
        if found == old and not has_ended:
            return "old"
        raise BenchError(f"not the new state: {new.differences(found)}; not the old one: {old.differences(found)}")

    def _change(self, kind: str) -> None:
        {"add": self._days.add, "remove": self._days.remove}.get(kind, self._days.change)()

    def _moment(self, kind: str) -> float:
        """Half of the kills fall into the last 30 % of a run, where it commits, most others after the start-up."""
        end = median(self._seconds[kind])
        chosen = self._chance.random()
        if chosen < 0.5:
            return self._chance.uniform(0.7 * end, end)
        return self._chance.uniform(self._start if chosen < 0.9 else 0.0, 1.2 * end)


def _options(kind: str) -> tuple[str, ...]:
    return ("--full",) if kind == _FULL else ()


def main(engine: str, runs: int, seed: int) -> int:
    """Do the rounds; 0 if none failed."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    with TemporaryDirectory(prefix="searcher-kill-") as name:
        folder, listings = Path(name), Path(name) / "listings"
        listings.mkdir()
        with laid_out() as place:
            for day in sorted(place.listings.rglob("*.md"))[-_DAYS:]:
                shutil.copy2(day, listings)
        (folder / "config.yaml").write_text("listings: [listings]\n", encoding="utf-8")
        index = Index(folder / "index", settings(folder / "config.yaml", folder / "index", engine))
        rounds = _Rounds(index, Days(listings, chance), chance)
        for number in count(1):
            try:
                outcomes[rounds.run(number)] += 1
            except BenchError as error:
                outcomes["failed"] += 1
                print(f"bench.kill: {error}", file=sys.stderr, flush=True)
                index.mend()
            if outcomes.total() - outcomes["ended"] >= runs:
                break
    print(
        f"{engine}: killed {runs} times (seed {seed}): {outcomes['old']} times the old state was there, "
        f"{outcomes['new']} times the new one; {outcomes['failed']} failures; "
        f"{outcomes['ended']} more runs had ended before their moment came"
    )
    return 1 if outcomes["failed"] else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m bench.kill")
    options.add_argument("--engine", choices=PEERS, default="tantivy")
    options.add_argument("--runs", type=int, default=200, help="how many to kill")
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    try:
        sys.exit(main(arguments.engine, arguments.runs, arguments.seed))
    except BenchError as error:
        print(f"bench.kill: {error}", file=sys.stderr)
        sys.exit(2)
