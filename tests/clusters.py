"""A real OpenSearch cluster: three nodes on this machine, each in a JVM of its own that can be killed.

What it runs is fetched once from Maven Central, into the user's cache. A node ends when its standard input does, so
none is left behind, whatever becomes of the tests.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from searcher.config import OpenSearch

HERE = Path(__file__).parent / "cluster"
NAMES = ("n1", "n2", "n3")
_OLDEST_JDK = 21
_START_S = 180


class Cluster:
    """Three nodes."""

    def __init__(self, folder: Path, heap_mb: int = 512) -> None:
        self._folder = folder
        self._heap_mb = heap_mb
        self._java, classes = _prepare(folder)
        self._classpath = f"{classes}:{_fetch()}/*"
        ports = _free_ports(2 * len(NAMES))
        self.nodes = {
            name: Node(name, http, transport)
            for name, http, transport in zip(NAMES, ports[: len(NAMES)], ports[len(NAMES) :], strict=True)
        }
        for name in NAMES:
            self.start(name)
        self.wait_for("green")

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(node.host for node in self.nodes.values())

    def start(self, name: str) -> None:
        """Start one node."""
        node = self.nodes[name]
        settings = {
            "node.name": name,
            "network.host": "127.0.0.1",
            "http.port": node.http,
            "transport.port": node.transport,
            "discovery.type": "zen",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{each.transport}" for each in self.nodes.values()),
            "cluster.initial_cluster_manager_nodes": ",".join(NAMES),
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "cluster.max_shards_per_node": "10000",
            "search.max_open_pit_context": "10000",
        }
        memory = f"-Xms{self._heap_mb}m", f"-Xmx{self._heap_mb}m"
        flags = ("-XX:+UseSerialGC", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED")
        with (self._folder / f"{name}.log").open("ab") as log:
            node.process = subprocess.Popen(
                [self._java, *memory, *flags, "-cp", self._classpath, "Node", self._folder / name]
                + [f"{key}={value}" for key, value in settings.items()],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill a node, as the kernel does where memory is short."""
        process = self.nodes[name].process
        assert process
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End all nodes."""
        for name in NAMES:
            self.kill(name)

    def manager(self) -> str:
        """The name of the node that manages the cluster."""
        (found,) = self.ask("GET", "/_cat/cluster_manager?format=json")
        return found["node"]

    def wait_for(self, status: str) -> None:
        """Wait until all nodes are there, and the cluster is "green" or "yellow"."""
        wait_ends = time.monotonic() + _START_S
        wanted = f"wait_for_nodes={len(NAMES)}&wait_for_status={status}&wait_for_no_relocating_shards=true"
        path = f"/_cluster/health?{wanted}&timeout=5s"
        while time.monotonic() < wait_ends:
            for node in self.nodes.values():
                if node.is_dead:
                    raise RuntimeError(f"node {node.name} ended: {self._log(node.name)}")
            try:
                if not self.ask("GET", path)["timed_out"]:
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"the cluster is not {status}: {self._log('n1')}")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the first node that answers."""
        for host in self.hosts:
            data = None if body is None else json.dumps(body).encode()
            headers = {"content-type": "application/json"}
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(host + path, data, headers, method=method), timeout=30
                ) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code == 408:
                    return json.loads(error.read())
                raise
            except OSError:
                if host == self.hosts[-1]:
                    raise
        raise AssertionError

    def settings(self, folder: Path, **options: Any) -> OpenSearch:
        """Settings of an archive of its own, named by a folder."""
        name = f"t-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
        return OpenSearch(**{"hosts": self.hosts, "index": name, **options})

    def wipe(self, index: str) -> None:
        """Delete all that an archive has on the cluster."""
        self.ask("DELETE", f"/{index}-*?expand_wildcards=all")
        with contextlib.suppress(urllib.error.HTTPError):
            self.ask("DELETE", f"/_index_template/{index}")

    def _log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")[-2000:]


@dataclass
class Node:
    """One of them."""

    name: str
    http: int
    transport: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.http}"

    @property
    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None


@functools.cache
def running() -> Cluster:
    """The cluster that the tests share. Skips where it cannot be had."""
    shared_memory = Path("/dev/shm")  # a cluster syncs every change of an index to disk, on all nodes
    has_room = shared_memory.is_dir() and shutil.disk_usage(shared_memory).free > 2 * 2**30
    folder = Path(tempfile.mkdtemp(prefix="searcher-cluster-", dir=shared_memory if has_room else None))
    return Cluster(folder)


def stop() -> None:
    """End the cluster that the tests share, if it was started."""
    if running.cache_info().currsize:
        running().stop()
        shutil.rmtree(running()._folder, ignore_errors=True)


def _prepare(folder: Path) -> tuple[Path, Path]:
    """A Java that is new enough, and the folder of what was compiled with it."""
    jdk = _find_jdk()
    if not jdk:
        pytest.skip(f"no JDK of {_OLDEST_JDK} or later is here (looked at $JAVA_HOME and in /usr/lib/jvm)")
    classes = folder / "classes"
    subprocess.run(
        [jdk / "bin" / "javac", "-proc:none", "-d", classes, "-cp", f"{_fetch()}/*", HERE / "Node.java"], check=True
    )
    return jdk / "bin" / "java", classes


def _find_jdk() -> Path | None:
    """The newest JDK of this machine, if it is new enough."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += Path("/usr/lib/jvm").glob("*") if Path("/usr/lib/jvm").is_dir() else []
    found: dict[int, Path] = {}
    for home in homes:
        try:
            version = re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text())
        except OSError:
            continue
        if version and (home / "bin" / "javac").exists():
            found.setdefault(int(version[1]), home)
    newest = max(found, default=0)
    return found[newest] if newest >= _OLDEST_JDK else None


@functools.cache
def _fetch() -> Path:
    """The folder of OpenSearch's classes: in the cache, or from Maven Central."""
    pom = HERE / "pom.xml"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "searcher-test"
    folder = cache / f"opensearch-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    if folder.exists():
        return folder
    maven = shutil.which("mvn")
    if not maven:
        pytest.skip("Maven is not here (mvn), which fetches OpenSearch")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as place:
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
        fetched = subprocess.run(
            [maven, "-q", "-B", "-f", pom, goal, f"-DoutputDirectory={place}/lib"], capture_output=True, text=True
        )
        if fetched.returncode:
            pytest.skip(f"OpenSearch could not be fetched from Maven Central: {fetched.stdout[-300:]}")
        Path(place, "lib").rename(folder)
    return folder


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
