"""The indexes of an archive on a cluster: one a build, of which an alias names the one that is searched.

An index tells in its `_meta` what it is: of which build and schema version, which writer wrote it last, and whether it
is complete. A build that another one replaced is kept for a while, for those who still read it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from opensearchpy.exceptions import NotFoundError, RequestError

from searcher.engine.opensearch.cluster import Cluster
from searcher.engine.opensearch.mapping import template
from searcher.errors import NoIndexError, UnusableIndexError
from searcher.schema import SCHEMA_VERSION

KEPT_S = 600
"""How long a build that was replaced is kept, and a state of the index that nobody asks."""


@dataclass(frozen=True, slots=True)
class Build:
    """One index on the cluster, as its `_meta` says."""

    index: str  # its name
    schema: int
    generation: int  # the number of the writer whose write was the last
    is_complete: bool = False
    replaced: float = 0.0  # when, in seconds since 1970; 0.0 where it was not

    @property
    def state(self) -> str:
        """What names the state of the papers, for a catalog to tell whether it describes it."""
        return f"{self.index}/{self.generation}"


class Builds:
    """The builds of one archive."""

    def __init__(self, cluster: Cluster) -> None:
        """Those of the archive that the settings name."""
        self._cluster = cluster
        self.alias = cluster.settings.index
        self._pattern = f"{self.alias}-build-*"

    def current(self) -> Build:
        """The one that is searched. Raises NoIndexError, and UnusableIndexError if it is not ours to read."""
        try:
            found = list(self._read(self.alias))
        except NotFoundError:
            if self.drafts():
                message = "the index is still being built; if that was interrupted, do it again: searcher index"
                raise NoIndexError(message) from None
            raise NoIndexError(
                f"there is no index {self.alias!r} on {self._cluster} yet; make one with: searcher index FOLDER"
            ) from None
        if len(found) != 1:
            raise UnusableIndexError(
                f"{self.alias!r} on {self._cluster} is no index of ours; choose another name for it"
            )
        if found[0].schema != SCHEMA_VERSION:
            raise UnusableIndexError(
                f"the index {self.alias!r} was made by another version of searcher; rebuild with searcher index --full"
            )
        return found[0]

    def all(self) -> list[Build]:
        """All that are there, the oldest first."""
        return sorted(self._read(self._pattern), key=lambda build: build.index)

    def drafts(self) -> list[Build]:
        """Those that are not complete, the oldest first."""
        return [build for build in self.all() if not build.is_complete]

    def create(self, generation: int) -> Build:
        """Make an empty index. It is found under its own name alone."""
        settings = self._cluster.settings
        body = template(self._pattern, settings.shards, settings.replicas)
        self._cluster.request("PUT", f"/_index_template/{self.alias}", body)
        name = f"{self.alias}-build-{time.strftime('%Y%m%dt%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        build = Build(name, SCHEMA_VERSION, generation)
        self._cluster.request("PUT", f"/{name}", {"mappings": {"_meta": _meta(build)}}, timeout_s=60)
        return build

    def save(self, build: Build) -> Build:
        """Write down what a build is now."""
        self._cluster.request("PUT", f"/{build.index}/_mapping", {"_meta": _meta(build)}, timeout_s=60)
        return build

    def publish(self, build: Build) -> Build:
        """Let a build be searched from now on, in place of the one before it, in one step."""
        before = [each for each in self.all() if each.is_complete and not each.replaced and each.index != build.index]
        build = self.save(replace(build, is_complete=True))
        actions: list[dict[str, Any]] = [
            {"remove": {"index": each.index, "alias": self.alias, "must_exist": False}} for each in before
        ]
        try:
            actions.append({"add": {"index": build.index, "alias": self.alias}})
            self._cluster.request("POST", "/_aliases", {"actions": actions}, timeout_s=60)
        except RequestError as error:
            if error.error != "invalid_alias_name_exception":
                raise
            raise UnusableIndexError(
                f"{self.alias!r} on {self._cluster} is an index of others; choose another name for ours"
            ) from error
        for each in before:
            self.save(replace(each, replaced=time.time()))
        return build

    def delete(self, build: Build) -> None:
        """Delete a build; to have none to delete is fine."""
        self._cluster.request("DELETE", f"/{build.index}", timeout_s=60, ignore_unavailable="true")

    def sweep(self, kept: Build) -> None:
        """Delete what dead writers left, and what was replaced long ago. Only for who holds the lease."""
        for build in self.all():
            is_left = not build.is_complete or 0 < build.replaced < time.time() - KEPT_S
            if is_left and build.index != kept.index:
                self.delete(build)

    def _read(self, name: str) -> Iterator[Build]:
        for index, found in self._cluster.request("GET", f"/{name}/_mapping").items():
            meta = found["mappings"].get("_meta", {}).get("searcher")
            if meta:
                yield Build(index, **meta)


def _meta(build: Build) -> dict[str, Any]:
    facts = asdict(build)
    del facts["index"]
    return {"searcher": facts}
