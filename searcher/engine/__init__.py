"""The port to an index: what every engine promises, and the choice of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from searcher.errors import NoIndexError, UnusableIndexError
from searcher.paper import Paper
from searcher.results import SearchRequest, SearchResponse
from searcher.schema import SCHEMA_VERSION

_VERSION_FILE = "SCHEMA_VERSION"


class Engine(Protocol):
    """An index of papers, one per id. The promises here are tested, for all engines, by the engine contract.

    Papers, totals, facet counts and the order of dates are the same in every engine; scores agree closely.
    An engine is opened by its module's `open_engine(folder)` and is not safe to share between writing threads.
    """

    def write(self, papers: Iterable[Paper], remove: Iterable[str] = ()) -> None:
        """Upsert papers by id and remove ids.

        All of it or nothing: durable and visible when it returns, invisible until then, and undone if `papers`
        raises. Writing the same again changes nothing. Where an id comes twice, the last one counts.
        """
        ...

    def rebuild(self, papers: Iterable[Paper]) -> None:
        """Make the index hold just these papers. As atomic as write: until it returns the old ones are found."""
        ...

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer from one state of the index, the newest that was there when the engine was opened or wrote.

        Totals and facet counts are exact. Raises UnusableIndexError where the index turns out to be damaged.
        """
        ...

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """The papers of these ids, those that there are."""
        ...

    def count(self) -> int:
        """How many papers the index holds."""
        ...


def open_engine(name: str, folder: Path) -> Engine:
    """Open the index of the engine `name` in `folder` for searching.

    Raises NoIndexError if there is none, UnusableIndexError if it is damaged or of another version.
    """
    check_version(folder)
    return _module(name)(folder)
