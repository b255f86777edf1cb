"""The indexes of an archive on a cluster: one a build, of which an alias names the one that is searched.

An index tells in its `_meta` what it is: of which schema version, and which writer wrote it last. A build that another
one replaced is kept for a while, for those who still read it.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from typing import Any

from opensearchpy.exceptions import NotFoundError, RequestError

from searcher.engine.opensearch.cluster import MENDING_S, Cluster
from searcher.engine.opensearch.mapping import template
from searcher.errors import NoIndexError, UnusableIndexError
from searcher.schema import SCHEMA_VERSION

KEPT_S = 600
"""How long a build that was replaced is kept, and a state of the index that nobody asks."""

_COPIES_TIMEOUT = "15s"
_ELECTION_S = 10.0  # so long whoever reads waits for a new manager


@dataclass(frozen=True, slots=True)
class Build:
    """One index on the cluster, as its `_meta` and its alias say."""

    index: str  # its name
    schema: int
    generation: int  # the number of the writer whose write was the last
    replaced: float = 0.0  # when, in seconds since 1970; 0.0 where it was not
    is_current: bool = False  # whether the alias leads to it

    @property
    def state(self) -> str:
        """What tells the state of the papers from all before it: letters, digits and hyphens."""
        return f"{'-'.join(self.index.rsplit('-', 2)[1:])}-{self.generation}"

    @property
    def is_draft(self) -> bool:
        """Whether it was never searched."""
        return not self.is_current and not self.replaced


class Builds:
    """The builds of one archive."""

    def __init__(self, cluster: Cluster) -> None:
        """Those of the archive that the settings name."""
        self.cluster = cluster
        self.alias = cluster.settings.index
        self._pattern = f"{self.alias}-build-*"

    def current(self) -> Build:
        """The one that is searched. Raises NoIndexError, and UnusableIndexError if it is not ours to read."""
        try:
            found = self._read(self.alias)
        except NotFoundError:
            if self.drafts():
                message = "the index is still being built; if that was interrupted, do it again: searcher index"
                raise NoIndexError(message) from None
            raise NoIndexError(
                f"there is no index {self.alias!r} on {self.cluster} yet; make one with: searcher index FOLDER"
            ) from None
        if len(found) != 1:
            raise UnusableIndexError(f"{self.alias!r} on {self.cluster} is no index of ours; choose another name")
        if found[0].schema != SCHEMA_VERSION:
            raise UnusableIndexError(
                f"the index {self.alias!r} was made by another version of searcher; rebuild with searcher index --full"
            )
        return found[0]

    def all(self) -> list[Build]:
        """All that are there, the oldest first."""
        return self._read(self._pattern)

    def drafts(self) -> list[Build]:
        """Those that were never searched, the oldest first."""
        return [build for build in self.all() if build.is_draft]

    def create(self, generation: int) -> Build:
        """Make an empty index. It is found under its own name alone."""
        settings = self.cluster.settings
        body = template(self._pattern, settings.shards, settings.replicas)
        self._change("PUT", f"/_index_template/{self.alias}", body)
        name = f"{self.alias}-build-{time.strftime('%Y%m%dt%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        build = Build(name, SCHEMA_VERSION, generation)
        self._change(
            "PUT",
            f"/{name}",
            {"mappings": {"_meta": _meta(build)}},
            wait_for_active_shards="all",  # or a node that dies soon takes the only copy of a shard with it
            timeout=_COPIES_TIMEOUT,  # after which it goes on, for there may be too few nodes for the copies
        )
        return build

    def save(self, build: Build) -> Build:
        """Write down what a build is now."""
        self._change("PUT", f"/{build.index}/_mapping", {"_meta": _meta(build)})
        return build

    def publish(self, build: Build) -> Build:
        """Let a build be searched from now on, in place of the one before it, in one step."""
        before = [each for each in self.all() if each.is_current and each.index != build.index]
        for each in before:
            self.save(replace(each, replaced=time.time()))
        actions = [{"remove": {"index": each.index, "alias": self.alias}} for each in before]
        try:
            added = {"add": {"index": build.index, "alias": self.alias}}
            self._change("POST", "/_aliases", {"actions": [*actions, added]})
        except RequestError as error:
            if error.error != "invalid_alias_name_exception":
                raise
            raise UnusableIndexError(
                f"{self.alias!r} on {self.cluster} is an index of others; choose another name for ours"
            ) from error
        return replace(build, is_current=True)

    def delete(self, build: Build) -> None:
        """Delete a build; to have none to delete is fine."""
        self._change("DELETE", f"/{build.index}", ignore_unavailable="true")

    def sweep(self, kept: Build) -> None:
        """Delete what dead writers left, and what was replaced long ago. Only for who holds the lease."""
        for build in self.all():
            is_old = 0 < build.replaced < time.time() - KEPT_S
            if (build.is_draft or is_old) and not build.is_current and build.index != kept.index:
                self.delete(build)

    def _change(self, method: str, path: str, body: Any = None, **params: Any) -> None:
        """Have the cluster's manager change something; to be told twice does no harm."""
        self.cluster.request(method, path, body, timeout_s=MENDING_S, patience_s=MENDING_S, **params)

    def _read(self, name: str) -> list[Build]:
        found: list[Build] = []
        for index, facts in self.cluster.request("GET", f"/{name}", patience_s=_ELECTION_S).items():
            meta = facts["mappings"].get("_meta", {}).get("searcher")
            if meta:
                found.append(Build(index, **meta, is_current=self.alias in facts["aliases"]))
        return sorted(found, key=lambda build: build.index)


def _meta(build: Build) -> dict[str, Any]:
    return {
        "searcher": {"schema": build.schema, "generation": build.generation, "replaced": build.replaced},
    }
