"""Tell what is new: the saved searches, over the papers that no digest has told.

A paper is new until the first digest after it was indexed, whatever its date. That it was told is noted only after the
digest has been passed on in full.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

from searcher.app.search import MAX_HITS, Archive
from searcher.catalog import Catalog, lock
from searcher.config import Config
from searcher.errors import ConfigError, NoIndexError, QueryError, UnusableIndexError
from searcher.news import Digest, News
from searcher.results import Hit
from searcher.selection import SavedSearch, Selection
from searcher.told import add_told, read_told

_FIRST_DAYS = 7  # of the archive's last days, told by the first digest
_FILE = "digest.sqlite"
_LOCK = "digest.lock"


@contextmanager
def digest(config: Config, *, since: str | None = None, dry_run: bool = False) -> Iterator[Digest]:
    """What the saved searches find among the new papers, which count as told once the block ends without an error.

    New is what was indexed since the last digest, by whatever engine. The first digest tells the papers published in
    the last seven days of the archive, and all others count as told. With `since` the papers published then or later
    are told, whether they were told before or not; of the others none counts as told. A dry run notes nothing. Raises
    ConfigError where there are no saved searches; LockedError, NoIndexError, UnusableIndexError and QueryError.
    """
    if not config.searches:
        raise ConfigError(f"{config.file or 'config.yaml'}: no searches are saved; name them under searches:")
    Archive(config)  # raises where there is none, before anything is written
    file = config.index / _FILE
    with nullcontext() if dry_run else lock(config.index / _LOCK, "a digest is being made"):
        archive, indexed = _open(config)
        told = read_told(file)
        is_first = told is None
        start = since or (_last_days(archive) if is_first else None)
        new = {paper.id for paper in archive.scan(Selection(since=start))} if start else indexed - (told or set())
        warnings: list[str] = []
        searches = tuple(
            News(saved.name, saved.selection.query, _find(archive, saved, sorted(new), warnings))
            for saved in config.searches
        )
        yield Digest(searches, start, is_first, tuple(warnings))
        if not dry_run:
            found = {hit.paper.id for news in searches for hit in news.hits}
            _note(file, found | (indexed if is_first else set() if since else new))


def _open(config: Config) -> tuple[Archive, set[str]]:
    """The index, and the papers in it: one state of both."""
    with lock(config.index / f"{config.engine}.lock"):
        archive = Archive(config)
        try:
            with closing(Catalog(config.index / f"{config.engine}.catalog.sqlite", is_draft=True)) as catalog:
                papers = catalog.papers()
        except sqlite3.Error as error:
            raise UnusableIndexError(f"the catalog in {config.index} cannot be used: {error}") from error
    if len(archive) and not papers:
        raise NoIndexError(
            "the catalog of the index is not complete, so what is new cannot be told; run: searcher index"
        )
    return archive, papers


def _last_days(archive: Archive) -> str | None:
    newest = archive.search(sort="newest", limit=1).hits
    return f"{newest[0].paper.published - timedelta(days=_FIRST_DAYS - 1):%Y-%m-%d}" if newest else None


def _find(archive: Archive, saved: SavedSearch, new: Sequence[str], warnings: list[str]) -> tuple[Hit, ...]:
    """All that a saved search finds among the new papers."""
    hits: list[Hit] = []
    parts = [new[start : start + MAX_HITS] for start in range(0, len(new), MAX_HITS)]
    for ids in parts:
        try:
            found = archive.search(saved.selection, sort=saved.sort, limit=MAX_HITS, ids=ids)
        except QueryError as error:
            raise QueryError(f"saved search {saved.name!r}: {error}") from error
        hits += found.hits
        if ids is parts[0]:
            warnings += (f"saved search {saved.name!r}: {warning}" for warning in found.warnings)
    if len(parts) > 1:
        hits.sort(key=lambda hit: hit.paper.published, reverse=saved.sort != "oldest")
        hits.sort(key=lambda hit: hit.score, reverse=True)
    return tuple(hits)


def _note(file: Path, papers: set[str]) -> None:
    try:
        add_told(file, papers)
    except sqlite3.Error as error:
        raise UnusableIndexError(f"{file} cannot be written ({error}); the next digest tells the same again") from error
