"""The real archive, laid out in a temporary folder with a few days held out."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.process import BenchError

_PACKED = Path(__file__).resolve().parents[2] / "shared" / "archive" / "cs.CV-1998-2025.tar.xz"
_UNPACKED = "SEARCHER_TEST_ARCHIVE"  # names a folder that holds cs.CV/2023/12/20231230.md and the others
_DAYS = 5
_DAY_RECORDS = range(140, 161)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything lies during a run."""

    folder: Path
    listings: Path  # the archive without the held-out days
    days: tuple[Path, ...]  # the held-out days, outside of `listings`
    files: int  # in `listings`
    records: int
    bytes: int
    engine: str = "tantivy"  # the one that is measured

    def of(self, engine: str) -> Place:
        """The same place, to measure another engine in."""
        return replace(self, engine=engine)

    @property
    def index(self) -> Path:
        """Our index."""
        return self.folder / f"index-{self.engine}"

    @property
    def peer(self) -> Path:
        """The peer's index."""
        return self.folder / f"peer-{self.engine}"

    @property
    def fts5(self) -> Path:
        """SQLite's index."""
        return self.folder / "fts5.sqlite"

    @property
    def environment(self) -> Mapping[str, str]:
        """For our commands: the environment with our settings."""
        return settings(self.folder / "config.yaml", self.index, self.engine)

    def read_all(self) -> None:
        """Bring the listing files into the page cache, for reading them from a disk is not what is compared."""
        for path in self.listings.rglob("*.md"):
            path.read_bytes()

    def day_arrives(self, day: Path) -> Path:
        """Write a held-out day to where it belongs in the archive, as new as a day that was just fetched."""
        return Path(shutil.copyfile(day, self._target(day)))

    def days_leave(self) -> None:
        """Hold the days out again."""
        for day in self.days:
            self._target(day).unlink(missing_ok=True)

    def _target(self, day: Path) -> Path:
        return self.listings / day.relative_to(self.folder / "days")


def settings(config: Path, index: Path, engine: str) -> dict[str, str]:
    """The environment in which our commands find their settings, and none of the user's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHER_")}
    return {**inherited, "SEARCHER_CONFIG": str(config), "SEARCHER_INDEX": str(index), "SEARCHER_ENGINE": engine}


@contextmanager
def laid_out() -> Iterator[Place]:
    """A copy of the archive, for as long as it is needed. Raises BenchError if the archive is not to be found."""
    with tempfile.TemporaryDirectory(prefix="searcher-bench-") as name:
        folder = Path(name)
        listings = folder / "listings"
        _copy(listings)
        (folder / "config.yaml").write_text("listings: [listings]\n", encoding="utf-8")
        files = sorted(listings.rglob("*.md"))
        records = {path: path.read_bytes().count(b"\n### ") for path in files}
        days = [path for path in files if records[path] in _DAY_RECORDS][-_DAYS:]
        held_out = tuple(folder / "days" / path.relative_to(listings) for path in days)
        for path, outside in zip(days, held_out, strict=True):
            outside.parent.mkdir(parents=True, exist_ok=True)
            path.rename(outside)
        kept = [path for path in files if path not in days]
        size = sum(path.stat().st_size for path in kept)
        yield Place(folder, listings, held_out, len(kept), sum(records[path] for path in kept), size)


@contextmanager
def unpacked() -> Iterator[Path]:
    """The archive, only to be read, for as long as it is needed. Raises BenchError if it is not to be found."""
    if folder := os.environ.get(_UNPACKED):
        yield Path(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="searcher-archive-") as name:
            _unpack(Path(name))
            yield Path(name)


def _copy(target: Path) -> None:
    if folder := os.environ.get(_UNPACKED):
        shutil.copytree(folder, target)
    else:
        _unpack(target)
    if sys.platform != "linux":
        raise BenchError("peak memory is measured as Linux gives it")


def _unpack(target: Path) -> None:
    if not _PACKED.exists():
        raise BenchError(f"the archive is not at {_PACKED}; name a folder that holds it unpacked in ${_UNPACKED}")
    with tarfile.open(_PACKED) as tar:
        tar.extractall(target, filter="data")


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
