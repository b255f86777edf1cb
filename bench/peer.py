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
    warm: Bar  # with facets, as the application does
    warm_plain: Bar | None = None  # without; where it is measured
    size: Bar | None = None  # of the index, to that of the listing files
    cold: Bar | None = None
    cold_to_rg: Bar | None = None
    unchanged: Bar | None = None
    new_day: Bar | None = None
    after_a_year: Bar | None = None  # of daily runs, to a full build; where it is measured

    def script(self, job: str) -> Path:
        """The program that does one of its jobs: build, search, queries."""
        return _SCRIPTS / f"{self.engine}_{job}.py"


_TANTIVY = Peer(
    "tantivy",
    "plain tantivy-py",
    rounds=3,
    queries=200,
    build=Bar("≤ 0.8 × peer", 0.8, is_ratio=True),
    memory=Bar("≤ 600 MB", 600),
    warm=Bar("≤ 0.7 × peer", 0.7, is_ratio=True),
    warm_plain=Bar("≤ 1.2 × peer", 1.2, is_ratio=True),
    size=Bar("≤ 0.7 × listings", 0.7, is_ratio=True),
    cold=Bar("≤ 120 ms", 0.120),
    cold_to_rg=Bar("≤ 1.5 × rg", 1.5, is_ratio=True),
    unchanged=Bar("≤ 0.25 s", 0.25),
    new_day=Bar("≤ 0.4 s", 0.4),
    after_a_year=Bar("≤ 1.3 × a full build's", 1.3, is_ratio=True),
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
