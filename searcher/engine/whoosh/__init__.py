"""The engine on a Whoosh index: pure Python, and readable for `whoosh.index.open_dir`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from whoosh.query import Query

from searcher.engine.whoosh.contents import newest_contents, read_contents
from searcher.engine.whoosh.searching import Snapshot, scan, search
from searcher.engine.whoosh.segment import SegmentReader
from searcher.errors import UnusableIndexError
from searcher.paper import Paper
from searcher.results import SearchRequest, SearchResponse

_ATTEMPTS = 10  # to open what another program replaces meanwhile


def open_index(folder: Path) -> WhooshEngine:
    """Open the index in `folder`. Raises UnusableIndexError if there is none that can be used."""
    return WhooshEngine(folder)


def create_index(folder: Path) -> WhooshEngine:
    """Make an empty index in `folder`, which exists and holds none."""
    from searcher.engine.whoosh import committing

    committing.create(folder)
    return WhooshEngine(folder)


def generation(folder: Path) -> str:
    """See `searcher.engine.generation`."""
    try:
        newest = newest_contents(folder)
        return f"{newest.stat().st_mtime_ns:x}-{newest.stat().st_ino:x}" if newest else ""
    except OSError:
        return ""


def verify(folder: Path) -> list[str]:
    """See `searcher.engine.verify`."""
    found: list[str] = []
    try:
        entries = read_contents(folder).segments
    except (OSError, UnusableIndexError) as error:
        return [str(error)]
    for entry in entries:
        try:
            SegmentReader(folder / entry.file, entry.size_bytes).verify()
        except (OSError, UnusableIndexError) as error:
            found.append(str(error))
    return found


class WhooshEngine:
    """See `Engine` for what it promises."""

    state = ""

    def __init__(self, folder: Path) -> None:
        """Open the last state of the index."""
        self._folder = folder
        self._snapshot = _open(folder)

    def write(self, papers: Iterable[Paper], remove: Iterable[str] = ()) -> None:
        """Upsert papers and remove ids; see `Engine`."""
        from searcher.engine.whoosh import committing

        committing.change(self._folder, papers, remove)
        self._snapshot = _open(self._folder)

    def rebuild(self, papers: Iterable[Paper]) -> None:
        """Replace all papers; see `Engine`."""
        from searcher.engine.whoosh import committing

        committing.change(self._folder, papers, keep=False)
        self._snapshot = _open(self._folder)

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request; see `Engine`."""
        return search(self._snapshot, request)

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """Look papers up by id; see `Engine`."""
        places = ((identifier, self._snapshot.find(identifier)) for identifier in ids)
        return {identifier: place[0].paper(place[1]) for identifier, place in places if place}

    def count(self) -> int:
        """The number of papers; see `Engine`."""
        return self._snapshot.count()

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many papers hold each of these terms; see `Engine`."""
        return self._snapshot.frequencies(field, terms)

    def scan(self, query: Query) -> Iterator[Paper]:
        """Give all that match; see `Engine`."""
        return scan(self._snapshot, query)


def _open(folder: Path) -> Snapshot:
    """The last state of the index. It is looked for again if it was replaced before all of it was open."""
    for _ in range(_ATTEMPTS):
        try:
            contents = read_contents(folder)
            segments = tuple(SegmentReader(folder / entry.file, entry.size_bytes) for entry in contents.segments)
        except FileNotFoundError:
            continue
        return Snapshot(segments, tuple(frozenset(entry.removed) for entry in contents.segments))
    raise UnusableIndexError(f"a part of the index in {folder} is gone; rebuild with searcher index --full")
