"""What each engine is held against: a plain program on the same library, and the bars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.report import Bar

_SCRIPTS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """A plain program, how much of it is run, and what our engine must keep."""

    engine: str  # of ours, on the same library
    name: str
    rounds: int  # of its build and its queries: one where they take minutes
    queries: int  # about so many of the 200 warm ones
    build: Bar
    memory: Bar
    warm: Bar  # as the application does
    warm_engine: Bar | None = None  # the engine alone
    after_updates: Bar | None = None
    cold: Bar | None = None
    update: Bar | None = None

    def script(self, job: str) -> Path:
        """The program that does one of its jobs: build, search, queries."""
        return _SCRIPTS / f"{self.engine}_{job}.py"


_TANTIVY = Peer(
    "tantivy",
    "plain tantivy-py",
    rounds=3,
    queries=200,
    build=Bar("≤ 1.2 × peer", 1.2, is_ratio=True),
    memory=Bar("≤ 800 MB", 800),
    warm=Bar("median ≤ 5 ms", 5.0),
    warm_engine=Bar("median ≤ 5 ms", 5.0),
    after_updates=Bar("median ≤ 5 ms", 5.0),
    cold=Bar("≤ 250 ms", 0.250),
    update=Bar("≤ 1 s", 1.0),
)
_WHOOSH = Peer(
    "whoosh",
    "plain Whoosh",
    rounds=1,
    queries=40,
    build=Bar("≤ 1/3 of plain Whoosh", 1 / 3, is_ratio=True),
    memory=Bar("≤ plain Whoosh's", 1.0, is_ratio=True),
    warm=Bar("≤ 1/10 of plain Whoosh", 0.1, is_ratio=True),
)
PEERS = {peer.engine: peer for peer in (_TANTIVY, _WHOOSH)}
