"""Which papers a digest has told, so that none is told twice.

They are known by id, one by one: neither the clock nor the order of indexing says what is new, so a full build, another
engine or a file that was away for a while makes nothing new that was told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from searcher.errors import UnusableIndexError

_VERSION = 1


def read_told(file: Path) -> frozenset[str] | None:
    """The papers that were told; None before the first digest. Raises UnusableIndexError if that cannot be read."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(file)) as database:
            version = _version(database)
            if version == 0:
                return None
            if version == _VERSION:
                return frozenset(paper for (paper,) in database.execute("SELECT paper FROM told"))
        reason = "another version of searcher wrote it"
    except sqlite3.Error as error:
        reason = str(error)
    raise UnusableIndexError(f"{file} cannot be read ({reason}); delete it, and the next digest is as the first one")


def add_told(file: Path, papers: Iterable[str]) -> None:
    """Note that papers were told: all or none of them, durable on return."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("BEGIN IMMEDIATE")
        if _version(database) == 0:
            database.execute("CREATE TABLE told (paper TEXT PRIMARY KEY) WITHOUT ROWID")
            database.execute(f"PRAGMA user_version = {_VERSION}")
        database.executemany("INSERT OR IGNORE INTO told VALUES (?)", ((paper,) for paper in papers))


def _version(database: sqlite3.Connection) -> int:
    return database.execute("PRAGMA user_version").fetchone()[0]
