"""Documents to a cluster, in parallel streams of bounded size, each tried again while the cluster is busy or mends."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, BinaryIO

from opensearchpy.exceptions import ConnectionError as NoConnectionError
from opensearchpy.exceptions import TransportError

from searcher.engine.opensearch.cluster import BUSY, Cluster
from searcher.engine.opensearch.lease import Lease
from searcher.engine.opensearch.mapping import make_document
from searcher.errors import ClusterError, LockedError
from searcher.paper import Paper

_STREAMS = 4
_BATCH_BYTES = 2_000_000
_TIMEOUT_S = 60.0  # of one batch
_NO_SHARD_TIMEOUT = "10s"  # so long the cluster itself waits for a shard whose node died, before it says so
_PATIENCE_S = 120.0  # with a cluster that takes nothing: a node that died is made good in less
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 10.0
_GENERATION_SHIFT = 32
_MAX_ID_BYTES = 512
_HIGHER_VERSION = re.compile(r"current version \[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Operation:
    """One paper to write, or an id to remove."""

    id: str
    lines: bytes  # as the bulk API wants them


def operations(papers: Iterable[Paper], remove: Iterable[str], generation: int) -> Iterator[Operation]:
    """Removals, then papers; a later one has the higher version, and so wins in whatever order they arrive."""
    number = generation << _GENERATION_SHIFT
    for identifier in remove:
        if not 0 < len(identifier.encode()) <= _MAX_ID_BYTES:
            continue  # no paper has it
        number += 1
        yield Operation(identifier, _action("delete", identifier, number) + b"\n")
    for paper in papers:
        number += 1
        document = make_document(paper)
        yield Operation(paper.id, b"%b\n%b\n" % (_action("index", paper.id, number), document.encode()))


def spool(sent: Iterable[Operation], file: BinaryIO) -> bool:
    """Put operations into a file; whether there were any."""
    for each in sent:
        file.write(each.lines)
    return file.tell() > 0


def spooled(file: BinaryIO) -> Iterator[Operation]:
    """The operations that a file holds."""
    file.seek(0)
    for action in file:
        ((name, target),) = json.loads(action).items()
        yield Operation(target["_id"], action + file.readline() if name == "index" else action)


def _action(name: str, identifier: str, version: int) -> bytes:
    return json.dumps({name: {"_id": identifier, "version": version, "version_type": "external_gte"}}).encode()


def send(cluster: Cluster, index: str, sent: Iterable[Operation], lease: Lease) -> None:
    """Carry operations out. No more than some ten MB are under way at once.

    Raises ClusterError with the papers that were not taken, and why; LockedError if a later writer wrote some of them.
    """
    with ThreadPoolExecutor(_STREAMS) as streams:
        running: set[Future[None]] = set()
        try:
            for batch in _batches(sent):
                lease.check()
                if len(running) > _STREAMS:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for each in done:
                        each.result()
                running.add(streams.submit(_carry_out, cluster, index, batch, lease))
            for each in running:
                each.result()
        finally:
            for each in running:
                each.cancel()


def _batches(sent: Iterable[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for each in sent:
        batch.append(each)
        size += len(each.lines)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _carry_out(cluster: Cluster, index: str, batch: list[Operation], lease: Lease) -> None:
    """One batch; what was not taken for the cluster was busy is sent again."""
    patience_ends = time.monotonic() + _PATIENCE_S
    wait_s = _FIRST_WAIT_S
    while batch:
        try:
            answer = cluster.request(
                "POST",
                f"/{index}/_bulk",
                b"".join(each.lines for each in batch),
                timeout_s=_TIMEOUT_S,
                timeout=_NO_SHARD_TIMEOUT,
            )
        except TransportError as error:
            if not (isinstance(error, NoConnectionError) or error.status_code in BUSY):
                raise
            if time.monotonic() > patience_ends:
                raise
        else:
            refused = list(_refused(answer, batch, lease.generation)) if answer["errors"] else []
            if len(refused) < len(batch):
                patience_ends, wait_s = time.monotonic() + _PATIENCE_S, _FIRST_WAIT_S
            elif time.monotonic() > patience_ends:
                raise ClusterError(f"{cluster} takes no papers: {len(refused)} were refused again and again")
            batch = refused
        if batch:
            lease.check()
            time.sleep(wait_s * (0.5 + random.random()))  # not all streams at once
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


def _refused(answer: dict[str, Any], batch: list[Operation], generation: int) -> Iterator[Operation]:
    """The operations to send again. Raises where that would not help."""
    failed: list[str] = []
    for operation, item in zip(batch, answer["items"], strict=True):
        (result,) = item.values()
        status = result["status"]
        if status in BUSY:
            yield operation
        elif status == 409:
            current = _HIGHER_VERSION.search(result["error"]["reason"])
            if current and int(current[1]) >> _GENERATION_SHIFT > generation:
                raise LockedError(f"another program has written {operation.id} meanwhile; run this again")
        elif "error" in result:
            failed.append(f"{operation.id} ({result['error'].get('reason', status)})")
    if failed:
        more = f" and {len(failed) - 5} more" if len(failed) > 5 else ""
        raise ClusterError(f"papers were not taken: {'; '.join(failed[:5])}{more}")
