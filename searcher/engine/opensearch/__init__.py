"""The engine for what one machine cannot hold: an OpenSearch cluster.

An engine searches one state of the index, a point in time that the cluster keeps for it. A write goes to the cluster
when all of it is there to be sent, and is seen when all of it was taken.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache

from whoosh import query as wq

from searcher.config import OpenSearch
from searcher.engine.opensearch.builds import Build, Builds
from searcher.engine.opensearch.bulk import operations, send, spool, spooled
from searcher.engine.opensearch.cluster import MENDING_S, Cluster
from searcher.engine.opensearch.lease import Lease
from searcher.engine.opensearch.searching import Snapshot
from searcher.errors import ClusterError, NoIndexError
from searcher.paper import Paper
from searcher.reports import Footprint
from searcher.results import SearchRequest, SearchResponse


def open_index(settings: OpenSearch) -> OpenSearchEngine:
    """Open the index that the settings name. Raises NoIndexError, UnusableIndexError, ClusterError."""
    cluster = Cluster(settings)
    with cluster.telling():
        return OpenSearchEngine(cluster, Builds(cluster).current())


def create_index(settings: OpenSearch) -> OpenSearchEngine:
    """Make an empty index, which nobody finds before it is completed."""
    cluster = Cluster(settings)
    builds = Builds(cluster)
    with cluster.telling(), Lease(cluster, settings.index) as lease:
        build = builds.create(lease.generation)
        builds.sweep(kept=build)
        return OpenSearchEngine(cluster, build)


def complete_index(settings: OpenSearch) -> None:
    """Let all find the index that was made last, in place of the one before it."""
    cluster = Cluster(settings)
    builds = Builds(cluster)
    with cluster.telling():
        if drafts := builds.drafts():
            builds.publish(drafts[-1])


def generation(settings: OpenSearch) -> str:
    """What tells the state of the index from all before it; empty if there is none."""
    cluster = _connected(settings)
    with cluster.telling():
        try:
            return Builds(cluster).current().state
        except NoIndexError:
            return ""


def measure(settings: OpenSearch) -> Footprint:
    """What room the index takes, and how the cluster is that holds it."""
    cluster = _connected(settings)
    with cluster.telling():
        index = Builds(cluster).current().index
        health = cluster.request("GET", f"/_cluster/health/{index}")
        size = cluster.request("GET", f"/{index}/_stats/store")["_all"]["total"]["store"]["size_in_bytes"]
    shards, copies = health["active_primary_shards"], health["active_shards"]
    spread = f"{shards} shards in {copies} copies on {health['number_of_data_nodes']} nodes"
    return Footprint(f"{settings.hosts[0]}/{settings.index}", size, f"{health['status']}: {spread}")


@lru_cache(1)
def _connected(settings: OpenSearch) -> Cluster:
    """A server asks every few moments; it need not ask for the version each time."""
    return Cluster(settings)


class OpenSearchEngine:
    """See `Engine` for what it promises."""

    def __init__(self, cluster: Cluster, build: Build) -> None:
        """Serve a build."""
        self._cluster = cluster
        self._builds = Builds(cluster)
        self._build = build
        self._snapshot = Snapshot(self._builds, build)
        self._is_new = build.is_draft  # nothing was written yet

    @property
    def state(self) -> str:
        """Names the state of the papers; see `Engine`."""
        return self._build.state

    def write(self, papers: Iterable[Paper], remove: Iterable[str] = ()) -> None:
        """Upsert papers and remove ids; see `Engine`."""
        with self._cluster.telling(), Lease(self._cluster, self._builds.alias) as lease:
            build = self._latest()
            self._builds.sweep(kept=build)
            self._is_new = False
            with tempfile.TemporaryFile() as file:  # the cluster sees nothing of a write that fails on its way here
                if not spool(operations(papers, remove, lease.generation), file):
                    return
                send(self._cluster, build.index, spooled(file), lease)
            self._refresh(build)
            lease.check()
            self._show(self._builds.save(replace(build, generation=lease.generation)))

    def rebuild(self, papers: Iterable[Paper]) -> None:
        """Replace all papers; see `Engine`."""
        with self._cluster.telling(), Lease(self._cluster, self._builds.alias) as lease:
            build = self._build if self._is_new else self._builds.create(lease.generation)
            is_draft, self._is_new = self._build.is_draft and self._latest().is_draft, False
            with ExitStack() as undoing:
                undoing.callback(self._builds.delete, build)
                send(self._cluster, build.index, operations(papers, (), lease.generation), lease)
                self._refresh(build)
                lease.check()
                build = self._builds.save(replace(build, generation=lease.generation))
                undoing.pop_all()  # what is published may be searched even if no answer says so: it is not deleted
            if not is_draft:
                build = self._builds.publish(build)
            self._builds.sweep(kept=build)
            self._show(build)

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request; see `Engine`."""
        with self._cluster.telling():
            return self._snapshot.search(request)

    def papers(self, ids: Iterable[str]) -> dict[str, Paper]:
        """Look papers up by id; see `Engine`."""
        with self._cluster.telling():
            return self._snapshot.papers(ids)

    def count(self) -> int:
        """The number of papers; see `Engine`."""
        with self._cluster.telling():
            return self._snapshot.count(wq.Every())

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """How many papers hold each of these terms; see `Engine`."""
        with self._cluster.telling():
            return self._snapshot.frequencies(field, terms)

    def scan(self, query: wq.Query) -> Iterator[Paper]:
        """Give all that match; see `Engine`."""
        with self._cluster.telling():
            yield from self._snapshot.scan(query)

    def _latest(self) -> Build:
        """The build to write to: that which is searched now, or this one if nobody finds it yet."""
        return next((each for each in self._builds.drafts() if each.index == self._build.index), None) or (
            self._builds.current()
        )

    def _show(self, build: Build) -> None:
        self._build = build
        self._snapshot = Snapshot(self._builds, build)

    def _refresh(self, build: Build) -> None:
        """Let what was written be seen, on every shard."""
        path = f"/{build.index}/_refresh"
        patience_ends = time.monotonic() + MENDING_S
        while True:
            shards = self._cluster.request("POST", path, timeout_s=MENDING_S, patience_s=MENDING_S)["_shards"]
            if not shards["failed"]:
                return
            if time.monotonic() > patience_ends:
                raise ClusterError(f"{shards['failed']} shards of {build.index} do not show what was written")
            time.sleep(1)
