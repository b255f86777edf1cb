"""Hold the listing files, the catalog and the index against one another.

The files of the index are held against their checksums, each record in the catalog against the listing file that it
names, and each paper of the index against the newest record of it. What is found is told with what mends it.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from searcher.app.index import index, listing_roots
from searcher.catalog import Catalog, Record, digest, is_damage, lock, scan
from searcher.config import Config
from searcher.engine import Engine, open_engine, verify
from searcher.errors import ListingError, Problem, UnusableIndexError
from searcher.listing import parse_listing, read_content
from searcher.paper import Paper
from searcher.query import parse
from searcher.reports import CheckReport, Fault

INDEX, FULL = "searcher index", "searcher index --full"


def check(config: Config, *, repair: bool = False) -> CheckReport:
    """Say what is wrong; with `repair` mend it, as `searcher index` does, and look once more.

    Nobody can index meanwhile. Raises NoIndexError if there is no index, LockedError if it is being written, and what
    `index` raises.
    """
    found = _check(config)
    if not repair or not (found.faults or found.is_behind):
        return found
    index(config, full=any(fault.mended_by == FULL for fault in found.faults))
    return _check(config, repaired=found.faults)


def _check(config: Config, repaired: tuple[Fault, ...] = ()) -> CheckReport:
    started = time.monotonic()
    checking = _Checking(config)
    with lock(config.index / f"{config.engine}.lock"):
        faults = tuple(checking.faults())
    return CheckReport(
        files=checking.files,
        papers=checking.papers,
        faults=faults,
        files_waiting=checking.files_waiting,
        repaired=repaired,
        duration_s=time.monotonic() - started,
    )


class _Checking:
    """One check, and what it counts."""

    def __init__(self, config: Config) -> None:
        self.files = 0  # held against the catalog
        self.papers = 0  # of the index, held against their listings
        self.files_waiting = 0  # new, changed or gone since the index was made: no fault, but not in it
        self._config = config

    def faults(self) -> Iterator[Fault]:
        """What is wrong, the index itself first."""
        damage = verify(self._config.engine, self._config.engine_folder)
        yield from (Fault(text, FULL) for text in damage)
        engine: Engine | None = None
        try:
            if not damage:  # what is damaged tells nothing about its papers
                engine = open_engine(*self._config.place)
        except UnusableIndexError as error:
            yield Fault(str(error), FULL)
        path = self._config.index / f"{self._config.engine}.catalog.sqlite"
        if not path.exists():
            yield Fault(f"{path}: the catalog is gone", FULL)
            return
        try:
            with closing(Catalog(path, is_draft=True)) as catalog:
                if engine is not None and engine.count() and not catalog.count_files():
                    yield Fault(f"{path}: the catalog is damaged: it names no listing file", FULL)
                    return
                yield from (Fault(f"{path}: {text}", FULL) for text in catalog.damage())
                yield from self._against_listings(catalog, engine)
        except UnusableIndexError as error:
            yield Fault(str(error), FULL)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise UnusableIndexError(f"{path}: the catalog cannot be read: {error}") from error
            yield Fault(f"{path}: the catalog is damaged: {error}", FULL)

    def _against_listings(self, catalog: Catalog, engine: Engine | None) -> Iterator[Fault]:
        try:
            places = [(root, root.parent if root.is_file() else root) for root in listing_roots(self._config)]
            diff = catalog.diff(scan(places), lambda _: True)
            waiting = {file.path for file in (*diff.added, *diff.changed)} | set(diff.removed)
        except ListingError as error:
            yield Fault(str(error), None)
            return
        self.files_waiting = len(waiting)
        if unfinished := len(catalog.unfinished()):
            yield Fault(f"a run died before it was done with {unfinished} papers", INDEX)
        newest = catalog.newest_of_all()
        for path, mark in catalog.files():
            if path not in waiting:
                yield from self._file(path, mark, catalog.records(path), newest, engine)
        if engine is None:
            return
        extra = engine.count() - len(newest)
        if extra or self.papers < len(newest):
            indexed = Counter(paper.id for paper in engine.scan(parse("*").query))
            for identifier in sorted(paper for paper, count in indexed.items() if count > 1):
                yield Fault(f"{identifier}: is in the index {indexed[identifier]} times", FULL)
            for identifier in sorted(indexed.keys() - newest.keys()):
                yield Fault(f"{identifier}: is in the index, but in no listing", FULL)
            for identifier in sorted(newest.keys() - indexed.keys()):
                if newest[identifier].path in waiting:
                    yield Fault(f"{identifier}: is in the catalog, but not in the index", FULL)

    def _file(
        self, path: str, mark: bytes, records: list[Record], newest: dict[str, Record], engine: Engine | None
    ) -> Iterator[Fault]:
        """What is wrong with one listing file that is as it was, as far as size and time tell."""
        try:
            content = read_content(Path(path))
        except ListingError as error:
            yield Fault(str(error), None)
            return
        self.files += 1
        if digest(content) != mark:
            yield Fault(f"{path}: its content changed, and its time did not", FULL)
            return
        name = records[0].name if records else path
        papers = [item for item in parse_listing(content, name) if not isinstance(item, Problem)]
        expected = [(paper.version, int(paper.updated.timestamp()), place) for place, paper in enumerate(papers)]
        if expected != [(record.version, record.updated, record.position) for record in records]:
            yield Fault(f"{path}: the catalog says otherwise what it holds", FULL)
            return
        shown = [paper for paper, record in zip(papers, records, strict=True) if newest.get(paper.id) == record]
        if engine is not None:
            yield from self._papers(shown, engine)

    def _papers(self, shown: list[Paper], engine: Engine) -> Iterator[Fault]:
        indexed = engine.papers([paper.id for paper in shown])
        for paper in shown:
            if paper.id not in indexed:
                yield Fault(f"{paper.id}: is in {paper.listing}, but not in the index", FULL)
            elif indexed[paper.id] != paper:
                yield Fault(f"{paper.id}: is not in the index as {paper.listing} has it", FULL)
            else:
                self.papers += 1
