"""The connection to a cluster, and its troubles in words."""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from searcher.config import OpenSearch
from searcher.errors import ClusterError, MissingPackageError, QueryError

try:
    import opensearchpy
    from opensearchpy.exceptions import OpenSearchException, SSLError, TransportError
except ImportError as error:
    raise MissingPackageError(
        "engine: opensearch needs a package that is not installed: pip install 'searcher[opensearch]'"
    ) from error

OLDEST_VERSION = 3
"""The first major version whose BM25 is Lucene's own; 2 multiplies it by 2.2."""

logging.getLogger("opensearch").addHandler(logging.NullHandler())  # what goes wrong is told by us, without addresses

BUSY = (429, 502, 503, 504)
"""Statuses after which to try again makes sense."""

MENDING_S = 60.0
"""A cluster takes no longer to elect a manager, and to put another copy of a shard in place of one that is lost."""


class Cluster:
    """A cluster that answers; requests to it raise opensearchpy's TransportError, which `telling` puts in words."""

    def __init__(self, settings: OpenSearch) -> None:
        """Connect. Raises ClusterError if the cluster is not there, does not let us in, or is of another version."""
        self.settings = settings
        is_tls = any(host.startswith("https:") for host in settings.hosts)
        options: dict[str, Any] = {}
        if is_tls:
            options = {"verify_certs": settings.verify, "ssl_show_warn": False}
            if settings.ca:
                options["ca_certs"] = str(settings.ca)
        if settings.user and settings.password:
            options["http_auth"] = (settings.user, settings.password)
        if settings.api_key:
            options["headers"] = {"Authorization": f"ApiKey {settings.api_key}"}
        self._client = opensearchpy.OpenSearch(
            list(settings.hosts),
            timeout=settings.timeout_s,
            max_retries=len(settings.hosts),  # a host that is down is one of several
            retry_on_status=(),
            pool_maxsize=16,
            **options,
        )
        weakref.finalize(self, self._client.close)  # its parts refer to each other, and would keep connections open
        with self.telling():
            version = self.request("GET", "/")["version"]
        number = str(version.get("number", "?"))
        if version.get("distribution") != "opensearch" or int(number.partition(".")[0]) < OLDEST_VERSION:
            name = str(version.get("distribution", "elasticsearch"))
            raise ClusterError(
                f"{self} runs {name} {number}, which engine: opensearch cannot use; it needs OpenSearch"
                f" {OLDEST_VERSION} or later"
            )

    def __str__(self) -> str:
        return f"the cluster at {', '.join(self.settings.hosts)}"

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        patience_s: float = 0.0,
        **params: Any,
    ) -> Any:
        """Ask for something, the answer as JSON. Raises TransportError.

        With patience, it is asked for again, for so long, while the cluster makes good a node that died.
        """
        if timeout_s is not None:
            params["request_timeout"] = timeout_s
        headers = {"content-type": "application/x-ndjson"} if isinstance(body, bytes) else {}
        patience_ends = time.monotonic() + patience_s
        while True:
            try:
                own = dict(params)  # the client takes out of it what is meant for itself
                return self._client.transport.perform_request(method, path, headers=headers, params=own, body=body)
            except TransportError as error:
                if error.status_code not in (500, *BUSY) or time.monotonic() >= patience_ends:
                    raise
                time.sleep(0.2)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Put in words what goes wrong inside, as a ClusterError."""
        try:
            yield
        except OpenSearchException as error:
            raise self.told(error) from error

    def told(self, error: OpenSearchException) -> ClusterError | QueryError:
        """What went wrong, and what to do."""
        status = error.status_code if isinstance(error, TransportError) else None
        reason = _reason(error)
        if isinstance(error, SSLError):
            return ClusterError(f"{self} is not trusted ({reason}); see `ca` and `verify` of opensearch in config.yaml")
        if status == "TIMEOUT":
            return ClusterError(f"{self} did not answer in {self.settings.timeout_s:g} s; is it overloaded?")
        if not isinstance(status, int):
            return ClusterError(f"{self} cannot be reached ({reason}); is it running, and is `hosts` right?")
        if status in (401, 403):
            return ClusterError(f"{self} does not let us in ({reason}); set user and password, or an api_key")
        if is_too_much(error):
            return QueryError(
                "the query stands for more words than the cluster allows at once (indices.query.bool.max_clause_count);"
                " use fewer words, or fewer of * and ? in them"
            )
        return ClusterError(f"{self} could not answer: {reason}{self._health()}")

    def _health(self) -> str:
        """What the cluster says of itself, if it is not well."""
        try:
            health = self.request("GET", "/_cluster/health", timeout_s=2, timeout="1s")
        except OpenSearchException:
            return "; it has no cluster manager, or is too busy to say how it is"
        if health["status"] == "green":
            return ""
        missing, nodes = health["unassigned_shards"], health["number_of_nodes"]
        return f"; its status is {health['status']}: {nodes} nodes, {missing} shards missing"


def is_too_much(error: OpenSearchException) -> bool:
    """Whether a cluster refuses a query for its size; it does so with 400 or 500, as it happens to notice."""
    return any(word in _reason(error) for word in ("too_many", "too_complex", "maxClauseCount", "automaton"))


def _reason(error: OpenSearchException) -> str:
    """What a cluster gives as the reason, in one line; no address and no header, for these may hold secrets."""
    if not isinstance(error, TransportError):
        return type(error).__name__
    if not isinstance(error.status_code, int):
        return "no connection" if error.status_code == "N/A" else "no answer"
    info = error.info
    if isinstance(info, Mapping) and isinstance(info.get("error"), Mapping):
        cause: Mapping[str, Any] = info["error"]
        while isinstance(cause.get("caused_by"), Mapping):
            cause = cause["caused_by"]
        roots = info["error"].get("root_cause") or [{}]
        root = roots[0] if not cause.get("reason") else cause
        return " ".join(f"{root.get('type', error.error)}: {root.get('reason', '')}".split())[:300]
    return f"status {error.status_code}"
