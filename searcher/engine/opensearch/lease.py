"""One writer at a time, on any machine: a lease, kept in the cluster, that a writer renews and a dead one loses.

Each writer gets a number higher than all before it. Documents carry it as their version, so that what an earlier writer
sent late never replaces what a later one wrote.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from typing import Any

from opensearchpy.exceptions import ConflictError, NotFoundError, OpenSearchException, RequestError

from searcher.engine.opensearch.cluster import Cluster
from searcher.errors import LockedError

_INDEX = "searcher-writers"  # one document for each archive on the cluster
_LEASE_S, _RENEWED_S = 60.0, 15.0
_PATIENCE_S = 20.0  # while the copy of the lease that died with its node is made good


class Lease:
    """The right to write an index, while the block lasts."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        """Ask for the right to write the index `name`."""
        self._cluster = cluster
        self._path = f"/{_INDEX}/_doc/{name}"
        self._done = threading.Event()
        self._sent: list[dict[str, Any]] = []  # what was written, and what may have been
        self._lost = False

    def __enter__(self) -> Lease:
        """Take the lease. Raises LockedError if another has it."""
        condition, held = self._read()
        if held["holder"] and time.time() < held["until"] and not _is_dead(held["holder"]):
            raise LockedError(f"the index is being written by {held['holder']}; try again when it is done")
        self.generation: int = held["generation"] + 1
        try:
            self._condition = self._write(condition, f"{socket.gethostname()} process {os.getpid()}", _PATIENCE_S)
        except ConflictError as error:
            raise LockedError("the index is being written by another program; try again when it is done") from error
        self._renewing = threading.Thread(target=self._renew, daemon=True)
        self._renewing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._renewing.join()
        with contextlib.suppress(OpenSearchException):  # it ends by itself
            self._write(self._condition, "", _PATIENCE_S)

    def check(self) -> None:
        """Make sure that nobody else took the lease. Raises LockedError."""
        if self._lost:
            raise LockedError("another program began to write the index, for this one was silent for too long")

    def _renew(self) -> None:
        holder = f"{socket.gethostname()} process {os.getpid()}"
        while not self._done.wait(_RENEWED_S):
            try:
                self._condition = self._write(self._condition, holder)
            except ConflictError:
                self._lost = True
                return
            except OpenSearchException:
                continue  # a node may be down; the lease lasts for some more tries

    def _read(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What must still hold when the lease is written, and who has it."""
        try:
            found = self._cluster.request("GET", self._path, patience_s=_PATIENCE_S)
        except NotFoundError as error:
            if error.error == "index_not_found_exception":
                self._make_index()
            return {"op_type": "create"}, {"generation": 0, "holder": "", "until": 0}
        return _unchanged(found), found["_source"]

    def _make_index(self) -> None:
        settings = {"number_of_shards": 1, "number_of_replicas": self._cluster.settings.replicas, "hidden": True}
        fields = {"generation": {"type": "long"}, "holder": {"type": "keyword"}, "until": {"type": "double"}}
        body = {"settings": {"index": settings}, "mappings": {"dynamic": "strict", "properties": fields}}
        try:
            self._cluster.request("PUT", f"/{_INDEX}", body)
        except RequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _write(self, condition: dict[str, Any], holder: str, patience_s: float = 0.0) -> dict[str, Any]:
        lease = {"generation": self.generation, "holder": holder, "until": time.time() + _LEASE_S}
        self._sent.append(lease)
        try:
            return _unchanged(self._cluster.request("PUT", self._path, lease, patience_s=patience_s, **condition))
        except ConflictError:
            found = self._cluster.request("GET", self._path)
            if found["_source"] not in self._sent:
                raise
            # a node took what we sent, now or before, and died before it said so
            return (
                _unchanged(found) if found["_source"] == lease else self._write(_unchanged(found), holder, patience_s)
            )


def _unchanged(document: dict[str, Any]) -> dict[str, Any]:
    """The condition that a document is still as it was read, or written."""
    return {"if_seq_no": document["_seq_no"], "if_primary_term": document["_primary_term"]}


def _is_dead(holder: str) -> bool:
    """Whether a process of this machine is no more."""
    host, _, process = holder.partition(" process ")
    return host == socket.gethostname() and process.isdecimal() and not os.path.exists(f"/proc/{process}")
