"""A change of the index: segments are written and merged, then the table of contents is replaced, or nothing happens.

A segment is on the disk before the contents that name it, and these are put in place by renaming a file. The contents
before them, and the segments that they name, are kept until the next change.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from whoosh.util.filelock import FileLock

from searcher.durable import replace_file
from searcher.engine.whoosh.codec import whoosh_toc
from searcher.engine.whoosh.contents import INDEX_NAME, Contents, SegmentEntry, pack_contents, read_contents
from searcher.engine.whoosh.inverter import Inverter
from searcher.engine.whoosh.merging import merge
from searcher.engine.whoosh.segment import SegmentReader
from searcher.errors import LockedError, UnusableIndexError
from searcher.paper import Paper

_MAX_MEMORY_BYTES = 320_000_000  # of papers gathered for a segment
_GROWTH = 2  # segments are merged as long as the biggest is at most so many times bigger than the smaller ones
_MAX_MERGED = 50_000  # papers of a segment; a bigger one is left alone
_MAX_REMOVED = 0.3  # of the papers of a segment, before it is written anew without them
_LOCK = f"{INDEX_NAME}_WRITELOCK"  # Whoosh's own


def create(folder: Path) -> None:
    """Make an empty index in a folder."""
    _put_in_place(folder, Contents(0, ()))


def change(folder: Path, papers: Iterable[Paper], remove: Iterable[str] = (), *, keep: bool = True) -> None:
    """Remove ids, or unless `keep` all papers that there are, then upsert papers.

    Raises LockedError; UnusableIndexError if the index is damaged or the disk does not take it.
    """
    segments, changed = _Segments(folder), None
    try:
        with _locked(folder):
            before = read_contents(folder)
            try:
                if keep:
                    segments.open(before.segments)
                for identifier in remove:
                    segments.remove(identifier)
                segments.add(papers)
                segments.merge()
                if segments.entries() != before.segments:
                    changed = Contents(before.generation + 1, segments.entries())
                    _put_in_place(folder, changed)
                    (folder / before.file).replace(folder / before.file_after)
            finally:
                if changed and (folder / changed.file).exists():
                    _clean(folder, changed, before)
                else:
                    segments.abandon()
    except OSError as error:
        is_changed = changed and (folder / changed.file).exists()
        state = "changed, but maybe not yet safe on the disk" if is_changed else "as it was before"
        raise UnusableIndexError(f"the index could not be written ({error}); it is {state}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(str(folder / _LOCK))
    if not lock.acquire():
        raise LockedError("the index is being written by another program; try again when it is done")
    try:
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class _OpenSegment:
    """A segment of an index in the course of a change."""

    entry: SegmentEntry
    reader: SegmentReader
    removed: set[int]

    @property
    def papers(self) -> int:
        return self.entry.documents - len(self.removed)

    @property
    def is_worn(self) -> bool:
        return len(self.removed) > _MAX_REMOVED * self.entry.documents


class _Segments:
    """The segments of an index in the course of a change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: list[_OpenSegment] = []
        self._written: list[Path] = []

    def open(self, entries: Iterable[SegmentEntry]) -> None:
        """Begin with the segments that there are."""
        for entry in entries:
            self._append(entry)

    def remove(self, identifier: str) -> None:
        """Remove a paper, if there is one of this id."""
        for segment in self._open:
            terms = segment.reader.terms("id")
            if (number := terms.find(identifier.encode())) is not None:
                segment.removed.update(terms.postings(number).documents)

    def add(self, papers: Iterable[Paper]) -> None:
        """Upsert papers, in as many new segments as memory asks for."""
        inverter = Inverter()
        for paper in papers:
            inverter.add(paper)
            if inverter.memory_bytes > _MAX_MEMORY_BYTES:
                self._flush(inverter)
                inverter = Inverter()
        if inverter.documents:
            self._flush(inverter)

    def merge(self) -> None:
        """Keep the segments few, and free of most of what was removed."""
        self._open = [segment for segment in self._open if segment.papers]
        by_size = sorted(self._open, key=lambda segment: segment.papers)
        merged_count = together = 0
        for count, segment in enumerate(by_size):
            if count and segment.papers <= min(_GROWTH * together, _MAX_MERGED):
                merged_count = count + 1
            together += segment.papers
        chosen = by_size[:merged_count] + [segment for segment in by_size[merged_count:] if segment.is_worn]
        if chosen:
            sources = [(segment.reader, segment.removed) for segment in chosen]
            self._write(sum(segment.papers for segment in chosen), lambda path: merge(sources, path))
            self._open = [segment for segment in self._open if segment not in chosen]

    def entries(self) -> tuple[SegmentEntry, ...]:
        """What the contents are to say."""
        return tuple(replace(segment.entry, removed=tuple(sorted(segment.removed))) for segment in self._open)

    def abandon(self) -> None:
        """Delete what was written."""
        for path in self._written:
            with suppress(OSError):
                path.unlink()

    def _flush(self, inverter: Inverter) -> None:
        for identifier in inverter.newest:
            self.remove(identifier)
        self._write(inverter.documents, inverter.write).removed.update(inverter.replaced)

    def _write(self, documents: int, write: Callable[[Path], int]) -> _OpenSegment:
        draft = SegmentEntry(secrets.token_hex(8), 0, documents)
        self._written.append(self._folder / draft.file)
        return self._append(replace(draft, size_bytes=write(self._written[-1])))

    def _append(self, entry: SegmentEntry) -> _OpenSegment:
        reader = SegmentReader(self._folder / entry.file, entry.size_bytes)
        self._open.append(_OpenSegment(entry, reader, set(entry.removed)))
        return self._open[-1]


def _put_in_place(folder: Path, contents: Contents) -> None:
    """Make contents those of the index: on the disk are first the segments, then the contents, then their name."""
    content = pack_contents(contents, whoosh_toc(contents))
    replace_file(folder / contents.file, content, folder / f"{contents.file}.draft")


def _clean(folder: Path, contents: Contents, previous: Contents) -> None:
    """Delete the files of the index that belong to none of these contents; what cannot be deleted goes next time."""
    needed = {_LOCK, contents.file, previous.file_after}
    needed.update(entry.file for entry in (*contents.segments, *previous.segments))
    for path in folder.iterdir():
        if path.name.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_")) and path.name not in needed:
            with suppress(OSError):
                path.unlink()
