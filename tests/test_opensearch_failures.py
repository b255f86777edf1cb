"""Nodes that die while papers are written and searched, and a rebuild under load, on the real cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from clusters import NAMES, Cluster
from contract import numbers, paper, request

from searcher.config import OpenSearch
from searcher.engine import Engine, complete_engine, create_engine, open_engine
from searcher.errors import SearcherError
from searcher.paper import Paper


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Iterator[OpenSearch]:
    """An archive on three shards, each on two nodes; afterwards the cluster is whole again."""
    settings = cluster.settings(tmp_path, shards=3, replicas=1)
    yield settings
    for name in NAMES:
        if cluster.nodes[name].is_dead:
            cluster.start(name)
    cluster.wait_for("green")
    cluster.wipe(settings.index)


def made(settings: OpenSearch, papers: int) -> Engine:
    engine = create_engine("opensearch", Path(), settings)
    engine.rebuild(paper(number, title="Cats") for number in range(papers))
    complete_engine("opensearch", Path(), settings)
    return engine


def opened(settings: OpenSearch) -> Engine:
    return open_engine("opensearch", Path(), settings)


class Readers:
    """Users who search without pause; some stay with what they opened, some open the index each time."""

    def __init__(self, settings: OpenSearch) -> None:
        self.answers: list[int] = []
        self.failures: list[str] = []
        self._settings = settings
        self._done = threading.Event()
        self._pool = ThreadPoolExecutor(3)

    def __enter__(self) -> Readers:
        self._running = [self._pool.submit(self._read, stays) for stays in (True, False, False)]
        return self

    def wait_for(self, total: int) -> None:
        """Wait until one of them has found so many papers."""
        patience_ends = time.monotonic() + 60
        while total not in self.answers and time.monotonic() < patience_ends:
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for each in self._running:
            each.result()
        self._pool.shutdown()

    def _read(self, stays: bool) -> None:
        engine = opened(self._settings)
        while not self._done.is_set():
            try:
                engine = engine if stays else opened(self._settings)
                found = engine.search(request("cats", limit=10))
                assert len(found.hits) == min(10, found.total)
                self.answers.append(found.total)
            except SearcherError as error:
                self.failures.append(str(error))


def victims(cluster: Cluster) -> dict[str, Callable[[], str]]:
    return {
        "a node": lambda: next(name for name in NAMES if name != cluster.manager()),
        "the manager": cluster.manager,
    }


@pytest.mark.parametrize("victim", ["a node", "the manager"])
def test_a_node_that_dies_loses_no_paper_and_stops_no_run(victim: str, cluster: Cluster, settings: OpenSearch) -> None:
    engine = made(settings, 200)
    name = victims(cluster)[victim]()
    killed_at = 0.0
    with Readers(settings) as readers:
        for number in range(200, 240):
            if number == 210:
                cluster.kill(name)
                killed_at = time.monotonic()
            engine.write([paper(number, title="Cats")])
            assert number in numbers(engine, f"id:2401.{number:05}")
    assert killed_at
    assert numbers(opened(settings), "cats") == list(range(240))
    assert readers.answers
    assert set(readers.answers) <= set(range(200, 241))
    assert all(failure.startswith("the cluster at http://127.0.0.1") for failure in readers.failures)


@pytest.mark.parametrize("victim", ["a node", "the manager"])
def test_a_node_that_dies_during_a_build_stops_it_not(victim: str, cluster: Cluster, settings: OpenSearch) -> None:
    engine = made(settings, 100)
    name = victims(cluster)[victim]()

    def papers() -> Iterator[Paper]:
        for number in range(12_000):
            if number == 6_000:
                cluster.kill(name)
            yield paper(number, title="Cats", summary="On cats and their ways. " * 20)

    with Readers(settings) as readers:
        engine.rebuild(papers())
    assert engine.count() == opened(settings).count() == 12_000
    assert set(readers.answers) <= {100, 12_000}
    assert all(failure.startswith("the cluster at http://127.0.0.1") for failure in readers.failures)


def test_a_rebuild_under_load_lets_no_search_fail_or_find_nothing(settings: OpenSearch) -> None:
    engine = made(settings, 100)
    with Readers(settings) as readers:
        for papers in (150, 300):
            engine.rebuild(paper(number, title="Cats") for number in range(papers))
            readers.wait_for(papers)
    assert readers.failures == []
    assert set(readers.answers) == {100, 150, 300}
