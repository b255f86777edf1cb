"""Keep the index up to date while listing files arrive.

What the operating system tells of changes only says when to look: what changed, `app.index` finds out by itself. So
nothing is lost where an event is, and a look every ten minutes makes up for it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from searcher.app.index import index, listing_roots
from searcher.config import Config
from searcher.errors import ListingError, LockedError, MissingPackageError
from searcher.reports import IndexReport

try:
    import watchfiles
except ImportError as error:
    raise MissingPackageError("watch needs a package; install it with: pip install 'searcher[watch]'") from error

_QUIET_MS = 1_000  # without a change, before a burst counts as over; a file still being written is not looked at
_LONGEST_BURST_MS = 60_000
_LOOK_MS = 2_000  # how often folders are looked for that came or went
_EVERYTHING_S = 600.0


def watch(config: Config, stop: Event) -> Iterator[IndexReport | str]:
    """Bring the index up to date, now and after every change, until `stop` is set.

    Yields what each run did that changed something, the first one whatever it did; and in words, once, why no run is
    possible for the moment: a folder that is gone, another run that goes on. Raises SearcherError for what will not
    pass by itself.
    """
    watching = _Watching(config)
    while not stop.is_set():
        yield from watching.look()
        roots = listing_roots(config)
        identities = _identities(roots)
        is_sure = False  # what changed before the system began to tell of it shows in one more look
        looked = time.monotonic()
        for changes in _changes(roots, config.index, stop):
            if _identities(roots) != identities:
                break
            if changes or not is_sure or watching.told or time.monotonic() > looked + _EVERYTHING_S:
                yield from watching.look()
                is_sure, looked = True, time.monotonic()
                if listing_roots(config) != roots:
                    break


class _Watching:
    """What was told, so that it is told once."""

    def __init__(self, config: Config) -> None:
        self.told = ""  # why no run is possible, if none is
        self._config = config
        self._is_first = True

    def look(self) -> Iterator[IndexReport | str]:
        """Make one run, and tell of it what is worth it."""
        try:
            report = index(self._config)
        except (ListingError, LockedError) as error:
            if self.told != str(error):
                self.told = str(error)
                yield self.told
            return
        self.told = ""
        if self._is_first or report.problems or report.files_added or report.files_changed or report.files_removed:
            yield report
        self._is_first = False


def _changes(roots: list[Path], index_folder: Path, stop: Event) -> Iterator[bool]:
    """Whether anything changed since the last time: every two seconds, or as soon as it is at rest.

    Ends when a folder goes. What happens while the caller is at work is told afterwards.
    """

    def concerns(_: watchfiles.Change, path: str) -> bool:
        return not _is_hidden(path, roots) and not Path(path).is_relative_to(index_folder)

    existing = [root for root in roots if root.exists()]
    if not existing:
        while not stop.wait(_LOOK_MS / 1000):
            yield False
    is_polling = None
    while existing and not stop.is_set():
        try:
            for changes in watchfiles.watch(
                *existing,
                watch_filter=concerns,
                step=_QUIET_MS,
                debounce=_LONGEST_BURST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                stop_event=stop,
                force_polling=is_polling,
            ):
                yield bool(changes)
        except OSError:  # a folder went; or there are more than the system lets one watch, and are read again and again
            if is_polling or not all(root.exists() for root in existing):
                return
            is_polling = True


def _is_hidden(path: str, roots: list[Path]) -> bool:
    """Whether something below a root begins with a dot, as in .git, or half-written files of some programs."""
    inner = next((Path(path).relative_to(root) for root in roots if Path(path).is_relative_to(root)), Path(path))
    return any(part.startswith(".") for part in inner.parts)


def _identities(roots: list[Path]) -> list[tuple[int, int] | None]:
    """What tells a folder from one that came in its place."""
    found: list[tuple[int, int] | None] = []
    for root in roots:
        try:
            status = os.stat(root)
            found.append((status.st_dev, status.st_ino))
        except OSError:
            found.append(None)
    return found
