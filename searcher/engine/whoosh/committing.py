"""A change of the index: segments are written and merged, then the table of contents is replaced, or nothing happens.

A segment is on the disk before the contents that name it, and these are put in place by renaming a file. The contents
before them, and the segments that they name, are kept until the next change.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from whoosh.util.filelock import FileLock

from searcher.engine.whoosh.codec import whoosh_toc
from searcher.engine.whoosh.contents import INDEX_NAME, Contents, SegmentEntry, packed, read_contents
from searcher.engine.whoosh.inverter import Inverter
from searcher.engine.whoosh.merging import merge
from searcher.engine.whoosh.segment import SegmentReader
from searcher.errors import LockedError, UnusableIndexError
from searcher.paper import Paper

_MAX_OCCURRENCES = 16_000_000  # of words gathered in memory: some 400 MB
_GROWTH = 2  # segments are merged as long as the biggest is at most so many times bigger than the smaller ones
_MAX_MERGED = 50_000  # papers of a segment; a bigger one is left alone
_MAX_REMOVED = 0.3  # of the papers of a segment, before it is written anew without them
_LOCK = f"{INDEX_NAME}_WRITELOCK"  # Whoosh's own


def create(folder: Path) -> None:
    """Make an empty index in a folder."""
    _put_in_place(folder, Contents(0, ()))
    _sync(folder)


def change(folder: Path, papers: Iterable[Paper], remove: Iterable[str] = (), *, keep: bool = True) -> None:
    """Remove ids, or unless `keep` all papers that there are, then upsert papers.

    Raises LockedError; UnusableIndexError if the index is damaged or the disk does not take it.
    """
    with _locked(folder):
        before = after = read_contents(folder)
        segments = _Segments(folder, before.segments if keep else ())
        try:
            for identifier in remove:
                segments.remove(identifier)
            segments.add(papers)
            segments.merge()
            changed = Contents(before.generation + 1, segments.entries())
            if changed.segments != before.segments:
                _put_in_place(folder, changed)
                after = changed
                (folder / before.file).replace(folder / before.file_after)
                _sync(folder)
        except OSError as error:
            state = "as it was before" if after is before else "changed, but maybe not yet safe on the disk"
            raise UnusableIndexError(f"the index could not be written ({error}); it is {state}") from error
        finally:
            if after is before:
                segments.abandon()
            else:
                _clean(folder, after, before)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(str(folder / _LOCK))
    if not lock.acquire():
        raise LockedError("the index is being written by another program; try again when it is done")
    try:
        yield
    finally:
        lock.release()


class _Segments:
    """The segments of an index in the course of a change."""

    def __init__(self, folder: Path, entries: Iterable[SegmentEntry]) -> None:
        self._folder = folder
        self._removed = {entry: set(entry.removed) for entry in entries}
        self._readers = {entry: SegmentReader(folder / entry.file, entry.size_bytes) for entry in self._removed}
        self._written: list[Path] = []

    def remove(self, identifier: str) -> None:
        """Remove a paper, if there is one of this id."""
        for entry, reader in self._readers.items():
            terms = reader.terms("id")
            if (number := terms.find(identifier.encode())) is not None:
                self._removed[entry].update(terms.postings(number).documents)

    def add(self, papers: Iterable[Paper]) -> None:
        """Upsert papers, in as many new segments as memory asks for."""
        inverter = Inverter()
        for paper in papers:
            inverter.add(paper)
            if inverter.occurrences > _MAX_OCCURRENCES:
                self._flush(inverter)
                inverter = Inverter()
        if inverter.documents:
            self._flush(inverter)

    def merge(self) -> None:
        """Keep the segments few, and free of most of what was removed."""
        for entry in [each for each in self._readers if not self._papers(each)]:
            self._drop([entry])
        by_size = sorted(self._readers, key=self._papers)
        chosen: list[SegmentEntry] = []
        together = 0
        for count, entry in enumerate(by_size):
            papers = self._papers(entry)
            if count and papers <= min(_GROWTH * together, _MAX_MERGED):
                chosen = by_size[: count + 1]
            together += papers
        chosen += [
            entry
            for entry, removed in self._removed.items()
            if entry not in chosen and len(removed) > _MAX_REMOVED * entry.documents
        ]
        if chosen:
            sources = [(self._readers[entry], self._removed[entry]) for entry in chosen]
            self._write(sum(map(self._papers, chosen)), lambda path: merge(sources, path))
            self._drop(chosen)

    def entries(self) -> tuple[SegmentEntry, ...]:
        """What the contents are to say."""
        return tuple(replace(entry, removed=tuple(sorted(removed))) for entry, removed in self._removed.items())

    def abandon(self) -> None:
        """Delete what was written."""
        for path in self._written:
            path.unlink(missing_ok=True)

    def _papers(self, entry: SegmentEntry) -> int:
        return entry.documents - len(self._removed[entry])

    def _flush(self, inverter: Inverter) -> None:
        for identifier in inverter.newest:
            self.remove(identifier)
        entry = self._write(inverter.documents, inverter.write)
        self._removed[entry].update(inverter.replaced)

    def _write(self, documents: int, write: Callable[[Path], int]) -> SegmentEntry:
        draft = SegmentEntry(secrets.token_hex(8), 0, documents)
        self._written.append(self._folder / draft.file)
        entry = replace(draft, size_bytes=write(self._written[-1]))
        self._removed[entry] = set()
        self._readers[entry] = SegmentReader(self._folder / entry.file, entry.size_bytes)
        return entry

    def _drop(self, entries: Iterable[SegmentEntry]) -> None:
        for entry in entries:
            del self._readers[entry], self._removed[entry]


def _put_in_place(folder: Path, contents: Contents) -> None:
    """Make contents those of the index, once they are on the disk."""
    draft = folder / f"{contents.file}.draft"
    try:
        with draft.open("wb") as file:
            file.write(packed(contents, whoosh_toc(contents)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / contents.file)
    finally:
        draft.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clean(folder: Path, contents: Contents, previous: Contents) -> None:
    """Delete the files of the index that belong to none of these contents."""
    needed = {_LOCK, contents.file, previous.file_after}
    needed.update(entry.file for entry in (*contents.segments, *previous.segments))
    for path in folder.iterdir():
        if path.name.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_")) and path.name not in needed:
            path.unlink(missing_ok=True)
