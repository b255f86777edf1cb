"""What else an archive tells than papers: what a run did, what there is, what comes over time.

Apart from `results`, for a search needs none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from searcher.errors import Problem


@dataclass(frozen=True, slots=True)
class Trend:
    """How many papers match one query, period by period."""

    query: str  # as typed
    counts: tuple[int | None, ...]  # one for each of the periods; None where the archive holds no paper at all


@dataclass(frozen=True, slots=True)
class Trends:
    """Papers over time."""

    by: Literal["year", "month"]
    periods: tuple[str, ...]  # "2023" or "2023-12", oldest first, without holes
    papers: tuple[int | None, ...]  # all that the filters let through, whatever the query; None likewise
    trends: tuple[Trend, ...]  # in the order of the queries
    warnings: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The periods of which the archive holds no paper: a hole in the archive, and not a number."""
        return tuple(name for name, papers in zip(self.periods, self.papers, strict=True) if papers is None)

    def shares(self, trend: Trend) -> tuple[float | None, ...]:
        """One of the trends as shares, from 0 to 1, of all papers of the period; None also where there are none."""
        pairs = zip(trend.counts, self.papers, strict=True)
        return tuple(count / papers if count is not None and papers else None for count, papers in pairs)


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run of `searcher index` did, or in a dry run would do."""

    files_added: int
    files_changed: int
    files_removed: int
    files_unchanged: int
    papers_added: int
    papers_updated: int
    papers_removed: int
    papers_total: int
    problems: tuple[Problem, ...]
    duration_s: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be."""

    what: str  # in one line: what and where
    mended_by: str | None  # the command that mends it; None where a listing cannot be read, which no command mends


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What listing files, catalog and index are, held against one another."""

    files: int  # listing files, read again
    papers: int  # of the index, found to be as their listings have them
    faults: tuple[Fault, ...]
    files_waiting: int  # new, changed or gone since the last run of `searcher index`, which takes them in
    repaired: tuple[Fault, ...]  # that were mended before
    duration_s: float

    @property
    def is_behind(self) -> bool:
        """Whether there is something to be indexed."""
        return self.files_waiting > 0


@dataclass(frozen=True, slots=True)
class Footprint:
    """What room an index takes."""

    place: str  # a folder, or the address of an index on a cluster
    size_bytes: int  # on disk, with all copies
    health: str | None = None  # of a cluster, and how the index is spread over it


@dataclass(frozen=True, slots=True)
class Stats:
    """What an index holds."""

    papers: int
    oldest: datetime | None  # UTC
    newest: datetime | None
    engine: str
    footprint: Footprint
