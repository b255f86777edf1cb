"""The port to an index: what every engine promises, and the choice of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from whoosh.query import Query

from searcher.config import OpenSearch
from searcher.errors import SHORTAGES, ConfigError, NoIndexError, UnusableIndexError
from searcher.paper import Paper
from searcher.reports import Footprint
from searcher.results import SearchRequest, SearchResponse
from searcher.schema import SCHEMA_VERSION

_VERSION_FILE, _NEW_VERSION_FILE = "SCHEMA_VERSION", "SCHEMA_VERSION.new"
_VERSION = str(SCHEMA_VERSION).encode()
_INCOMPLETE = b"incomplete"
_AVAILABLE = ("tantivy", "whoosh", "opensearch")
_NO_CLUSTER = OpenSearch()
_CLUSTER = "opensearch"  # keeps nothing in its folder


class Engine(Protocol):
    """An index of papers, one per id.

    Papers, totals, facet counts and the order of dates are the same in every engine; scores agree closely.
    """

    state: str
    """The `generation` of what was last read or written, where other machines may write too; else empty."""

    def write(self, papers: Iterable[Paper], remove: Iterable[str] = ()) -> None:
        """Remove ids, then upsert papers by id.

        All of it or nothing: durable and visible when it returns, invisible until then, and undone if `papers`
        raises. Writing the same again changes nothing. Where an id comes twice, the last paper counts.
        """
        ...

    def rebuild(self, papers: Iterable[Paper]) -> None:
        """Make the index hold just these papers. As atomic as `write`: until it returns the old ones are found."""
        ...

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer from one state of the index: the last one when it was opened, or when this engine last wrote.

        Total and facet counts are exact. Fills in total, hits (without snippets) and facets of the response.
        """
        ...

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """The papers of these ids, those that there are."""
        ...

    def count(self) -> int:
        """How many papers the index holds."""
        ...

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """In how many papers each of these terms, as indexed, stands in a field.

        Some papers that were removed may still be counted.
        """
        ...

    def scan(self, query: Query) -> Iterator[Paper]:
        """Every paper that matches, none twice, in any order."""
        ...


def open_engine(name: str, folder: Path, cluster: OpenSearch = _NO_CLUSTER) -> Engine:
    """Open the index that the engine `name` made in `folder`, or on a cluster.

    Raises NoIndexError if there is none or it is not complete, UnusableIndexError if it is damaged or of another
    schema version, ClusterError if the cluster is not there or not whole; OSError or SearcherError where the machine is
    short of something.
    """
    module = _module(name)
    if name == _CLUSTER:
        return module.open_index(cluster)
    try:
        version = (folder / _VERSION_FILE).read_bytes()
    except FileNotFoundError:
        raise NoIndexError("there is no index yet; make one with: searcher index FOLDER") from None
    except OSError as error:
        if error.errno in SHORTAGES:  # which no rebuild would mend
            raise
        raise UnusableIndexError(f"the index in {folder} cannot be read: {error.strerror}") from error
    if version == _INCOMPLETE:
        raise NoIndexError("the index is still being built; if that was interrupted, do it again: searcher index")
    if version != _VERSION:
        raise UnusableIndexError(
            f"the index in {folder} was made by another version of searcher; rebuild with searcher index --full"
        )
    return module.open_index(folder)


def generation(name: str, folder: Path, cluster: OpenSearch = _NO_CLUSTER) -> str:
    """What tells the state of an index from all before it: letters, digits and hyphens; empty if there is none."""
    module = _module(name)
    return module.generation(cluster) if name == _CLUSTER else module.generation(folder)


def verify(name: str, folder: Path) -> list[str]:
    """What is wrong with the files of an index, held against their checksums: a line for each; empty if nothing is.

    A cluster does that itself.
    """
    if name == _CLUSTER:
        return []
    marker = folder / _VERSION_FILE
    return _module(name).verify(folder) if marker.exists() and marker.read_bytes() == _VERSION else []


def measure(name: str, folder: Path, cluster: OpenSearch = _NO_CLUSTER) -> Footprint:
    """What room an index takes. Raises NoIndexError if a cluster has none."""
    if name == _CLUSTER:
        return _module(name).measure(cluster)
    return Footprint(str(folder), sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))


def create_engine(name: str, folder: Path, cluster: OpenSearch = _NO_CLUSTER) -> Engine:
    """Make an empty index in `folder`, in place of one of ours that may be there; it can be opened once completed.

    On a cluster the one that is there is searched until then.

    Raises UnusableIndexError if the folder holds files but no index of ours: nothing of it is touched.
    """
    module = _module(name)
    if name == _CLUSTER:
        return module.create_index(cluster)
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / _VERSION_FILE
    present = [path for path in folder.iterdir() if path.name not in (_VERSION_FILE, _NEW_VERSION_FILE)]
    if present and not marker.exists():
        raise UnusableIndexError(f"{folder} holds files but no index; choose another folder for the index")
    _mark(folder, _INCOMPLETE)
    for path in present:
        path.unlink()
    return module.create_index(folder)


def complete_engine(name: str, folder: Path, cluster: OpenSearch = _NO_CLUSTER) -> None:
    """Mark the index that was made in `folder`, or on a cluster, as one that can be searched."""
    if name == _CLUSTER:
        _module(name).complete_index(cluster)
    else:
        _mark(folder, _VERSION)


def _mark(folder: Path, mark: bytes) -> None:
    """Say what is in the folder; who reads it meanwhile finds the old mark or the new one, and never half of it."""
    from searcher.durable import replace_file  # which a search need not wait for

    marker = folder / _VERSION_FILE
    if marker.exists() and marker.read_bytes() == mark:
        return
    replace_file(marker, mark, folder / _NEW_VERSION_FILE)


def _module(name: str):
    if name not in _AVAILABLE:
        raise ConfigError(f"the engine {name!r} is not part of this version; use engine: {_AVAILABLE[0]}")
    return import_module(f"searcher.engine.{name}")
