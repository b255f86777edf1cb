"""Which files and papers are indexed: compare with the disk, and work out what an index must change.

The catalog lies beside the index that it describes, in SQLite. Each listing file is known by path, size, mtime and
digest, each record in it by paper, version and place, so that the newest record of a paper can be told at any time.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from searcher.durable import replace_file
from searcher.errors import ListingError, LockedError
from searcher.listing import find_listings, read_content
from searcher.paper import Paper

_FILE = "catalog.sqlite"
_VERSION = 1
_SCHEMA = f"""
    PRAGMA user_version = {_VERSION};
    CREATE TABLE roots (path TEXT PRIMARY KEY) WITHOUT ROWID;  -- given by hand, not by config.yaml
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest BLOB NOT NULL
    );
    CREATE TABLE records (
        paper TEXT NOT NULL, version INTEGER NOT NULL, updated INTEGER NOT NULL,
        file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE, position INTEGER NOT NULL
    );
    CREATE INDEX records_by_paper ON records (paper);
    CREATE INDEX records_by_file ON records (file);
"""
_STATE = "CREATE TABLE IF NOT EXISTS described (state TEXT NOT NULL)"  # younger than catalogs that are in use
_RECORDS = "SELECT version, updated, name, path, position, digest FROM records JOIN files ON files.id = records.file"
_FRESH_NS = 2_000_000_000  # a file younger than this when looked at may change again within the same mtime
_LOCK_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class ListingFile:
    """A listing file as it was seen on disk."""

    path: str  # absolute
    name: str  # relative to its folder: what papers carry as `listing`
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Diff:
    """How the files on disk differ from the catalog; each group is sorted by name."""

    added: tuple[ListingFile, ...]
    changed: tuple[ListingFile, ...]
    removed: tuple[str, ...]  # paths
    unchanged: int


class Record(NamedTuple):
    """One record of one paper. Of a paper's records the greatest is the one to show."""

    version: int
    updated: int  # seconds since 1970
    name: str
    path: str
    position: int  # among the papers of its file, from 0
    digest: bytes  # of the file


def digest(content: bytes) -> bytes:
    """What tells one content of a file from another."""
    return blake2b(content, digest_size=16).digest()


def scan(places: Iterable[tuple[Path, Path]]) -> list[ListingFile]:
    """The listing files at places, sorted by name, none twice; each place comes with the folder names are relative to.

    Raises ListingError if a place is not there or cannot be read.
    """
    found: dict[str, ListingFile] = {}
    for place, folder in places:
        for path in find_listings(place):
            try:
                status = os.stat(path)
            except FileNotFoundError:
                continue  # deleted a moment ago
            name = path.removeprefix(f"{folder}/")
            found.setdefault(path, ListingFile(path, name, status.st_size, status.st_mtime_ns))
    return sorted(found.values(), key=lambda file: (file.name, file.path))


@contextmanager
def lock(path: Path, what: str = "the index is being written") -> Iterator[None]:
    """Keep others from doing `what`. Waits a moment, then raises LockedError, which says who does it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+", encoding="utf-8") as file:
        patience_ends = time.monotonic() + _LOCK_PATIENCE_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience_ends:
                    file.seek(0)
                    holder = file.read().strip() or "another process"
                    raise LockedError(f"{what} by {holder}; try again when it is done") from None
                time.sleep(0.1)
        file.truncate(0)
        file.write(f"process {os.getpid()} since {datetime.now():%Y-%m-%d %H:%M:%S}")
        file.flush()
        yield


def discard_if_damaged(path: Path) -> None:
    """Put an empty catalog in the place of a damaged one.

    Folders named by hand stay known, if they can be read and are there. Raises sqlite3.Error where that cannot be told,
    as while another program uses it.
    """
    roots: list[Path] = []
    try:
        with closing(Catalog(path)) as catalog:
            roots = [root for root in catalog.roots() if root.exists()]
            if not catalog.damage():
                return
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if not is_damage(error):
            raise
    path.unlink()
    with closing(Catalog(path)) as catalog:
        catalog.set_roots(roots)
        catalog.save()


class Catalog:
    """The catalog of one index. Changes are kept by `save`, and lost without it."""

    def __init__(self, path: Path, *, is_draft: bool = False) -> None:
        """Open the catalog at `path`, an empty one if there is none that can be used; a draft cannot be saved."""
        self._database = _open_draft(path) if is_draft else _open(path)
        self._database.execute(_STATE)
        self._pending = path.with_suffix(".pending")
        self._is_draft = is_draft
        self._started_ns = time.time_ns()

    def close(self) -> None:
        """Let go of the file; what was not saved is undone."""
        self._database.close()

    def save(self) -> None:
        """Keep all changes: durable on return."""
        assert not self._is_draft
        self._database.commit()
        self._pending.unlink(missing_ok=True)

    def announce(self, ids: Iterable[str]) -> None:
        """Note that the index is about to change for these papers: durable on return, until the next `save`."""
        replace_file(self._pending, "\n".join(ids).encode(), self._pending.with_suffix(".new"))

    def unfinished(self) -> set[str]:
        """The papers for which an earlier run may have changed the index, and died before it saved the catalog."""
        try:
            return set(self._pending.read_text().split())
        except FileNotFoundError:
            return set()

    def roots(self) -> list[Path]:
        """The folders and files to be indexed that were named by hand."""
        return [Path(path) for (path,) in self._database.execute("SELECT path FROM roots ORDER BY path")]

    def set_roots(self, roots: Iterable[Path]) -> None:
        """Remember folders and files named by hand, and no others."""
        self._database.execute("DELETE FROM roots")
        self._database.executemany("INSERT INTO roots VALUES (?)", {(str(root),) for root in roots})

    def state(self) -> str:
        """Which state of the index this describes, as `Engine.state` names it."""
        return (self._database.execute("SELECT state FROM described").fetchone() or ("",))[0]

    def set_state(self, state: str) -> None:
        """Remember which state of the index this describes."""
        self._database.execute("DELETE FROM described")
        self._database.execute("INSERT INTO described VALUES (?)", (state,))

    def count_files(self) -> int:
        """How many listing files are indexed."""
        return self._database.execute("SELECT count(*) FROM files").fetchone()[0]

    def count_papers(self) -> int:
        """How many papers are indexed."""
        return self._database.execute("SELECT count(DISTINCT paper) FROM records").fetchone()[0]

    def papers(self) -> set[str]:
        """The papers that are indexed, but for those that a run which died may have changed."""
        papers = {paper for (paper,) in self._database.execute("SELECT DISTINCT paper FROM records")}
        return papers - self.unfinished()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The paths of the files that are indexed, in order, each with its digest."""
        yield from self._database.execute("SELECT path, digest FROM files ORDER BY path").fetchall()

    def records(self, path: str) -> list[Record]:
        """The records of a file, in its order."""
        return [Record(*row) for row in self._database.execute(f"{_RECORDS} WHERE path = ? ORDER BY position", (path,))]

    def newest_of_all(self) -> dict[str, Record]:
        """The record to show of each paper."""
        newest: dict[str, Record] = {}
        for paper, *row in self._database.execute(_RECORDS.replace("SELECT", "SELECT paper,")):
            record = Record(*row)
            if paper not in newest or record > newest[paper]:
                newest[paper] = record
        return newest

    def damage(self) -> list[str]:
        """What SQLite finds wrong with the catalog."""
        found = [text for (text,) in self._database.execute("PRAGMA integrity_check(10)")]
        return [] if found == ["ok"] else found

    def diff(self, files: Iterable[ListingFile], scope: Callable[[str], bool]) -> Diff:
        """Compare files on disk with the known ones that are in scope.

        A file whose mtime differs is read, and is changed only if its content, or its name among the listings, is. One
        that cannot be read counts as changed, for whoever indexes it to find out.
        """
        select = "SELECT path, name, size, mtime_ns, digest FROM files"
        known = {path: values for path, *values in self._database.execute(select) if scope(path)}
        added: list[ListingFile] = []
        changed: list[ListingFile] = []
        unchanged = 0
        for file in files:
            before = known.pop(file.path, None)
            if before is None:
                added.append(file)
            elif before[:3] == [file.name, file.size, file.mtime_ns]:
                unchanged += 1
            elif before[:2] == [file.name, file.size] and before[3] == _digest_on_disk(file):
                unchanged += 1
                self._database.execute(
                    "UPDATE files SET mtime_ns = ? WHERE path = ?", (self._trusted_mtime_ns(file), file.path)
                )
            else:
                changed.append(file)
        return Diff(tuple(added), tuple(changed), tuple(sorted(known)), unchanged)

    def clear(self) -> None:
        """Forget all files."""
        self._database.execute("DELETE FROM records")
        self._database.execute("DELETE FROM files")

    def ids(self, path: str) -> set[str]:
        """The papers whose records a file holds, as it was when it was indexed."""
        select = "SELECT paper FROM records JOIN files ON files.id = records.file WHERE path = ?"
        return {paper for (paper,) in self._database.execute(select, (path,))}

    def remove(self, path: str) -> None:
        """Forget a file."""
        self._database.execute("DELETE FROM records WHERE file = (SELECT id FROM files WHERE path = ?)", (path,))
        self._database.execute("DELETE FROM files WHERE path = ?", (path,))

    def add(self, file: ListingFile, content: bytes, papers: Iterable[Paper]) -> None:
        """Note a file, which is not there yet, and a record of each paper that it holds, in its order."""
        cursor = self._database.execute(
            "INSERT INTO files (path, name, size, mtime_ns, digest) VALUES (?, ?, ?, ?, ?)",
            (file.path, file.name, len(content), self._trusted_mtime_ns(file), digest(content)),
        )
        rows = (
            (paper.id, paper.version, int(paper.updated.timestamp()), cursor.lastrowid, position)
            for position, paper in enumerate(papers)
        )
        self._database.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)

    def holds(self, place: Path) -> bool:
        """Whether a file that is known lies at a place, or below it."""
        inside = "SELECT 1 FROM files WHERE path = ? OR substr(path, 1, ?) = ? LIMIT 1"
        return self._database.execute(inside, (str(place), len(f"{place}/"), f"{place}/")).fetchone() is not None

    def newest(self, ids: Iterable[str]) -> dict[str, Record]:
        """The record to show for each paper that still has one."""
        select = f"{_RECORDS} WHERE paper = ?"
        found = {paper: [Record(*row) for row in self._database.execute(select, (paper,))] for paper in ids}
        return {paper: max(records) for paper, records in found.items() if records}

    def is_newest(self, paper: str, path: str, position: int) -> bool:
        """Whether of a paper's records the one at this place of this file is the one to show."""
        newest = self.newest([paper])[paper]
        return (newest.path, newest.position) == (path, position)

    def _trusted_mtime_ns(self, file: ListingFile) -> int:
        return file.mtime_ns if file.mtime_ns < self._started_ns - _FRESH_NS else 0


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    if _is_usable(database):
        return database
    database.close()
    path.unlink()
    database = sqlite3.connect(path)
    database.executescript(_SCHEMA)
    return database


def _open_draft(path: Path) -> sqlite3.Connection:
    """A copy in memory."""
    draft = sqlite3.connect(":memory:")
    if path.exists():
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            if _is_usable(database):
                database.backup(draft)
                return draft
    draft.executescript(_SCHEMA)
    return draft


def _is_usable(database: sqlite3.Connection) -> bool:
    """Whether a file is a catalog of ours, with our tables. Raises sqlite3.Error where that cannot be told."""
    try:
        is_ours = database.execute("PRAGMA user_version").fetchone() == (_VERSION,)
        return is_ours and _tables(database) >= _our_tables()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if is_damage(error):
            return False
        raise


def _tables(database: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(database.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def _our_tables() -> set[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(_SCHEMA)
        return _tables(empty)


def is_damage(error: sqlite3.Error | UnicodeDecodeError) -> bool:
    """Whether an error tells of what is in the file, not of who else uses it or of the disk.

    Messages of SQLite that quote damaged text reach Python as UnicodeDecodeError, text columns without any code.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)


def _digest_on_disk(file: ListingFile) -> bytes:
    try:
        return digest(read_content(Path(file.path)))
    except ListingError:
        return b""
