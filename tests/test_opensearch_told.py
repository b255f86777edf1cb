"""What a cluster is asked and what is told of it: requests counted, secrets kept, half an index refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from clusters import Cluster
from commands import EXAMPLES, Outcome, Shell
from contract import paper
from interposed import interposed
from test_opensearch import answered, builds, made, opened

from searcher.config import OpenSearch
from searcher.errors import ClusterError

SECRETS = ("s3cret", "k3y", "YW5uOnMzY3JldA==")


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Iterator[OpenSearch]:
    """An archive of its own on the cluster; there is no index yet."""
    settings = cluster.settings(tmp_path, shards=3)
    yield settings
    cluster.wipe(settings.index)


def configure(shell: Shell, settings: OpenSearch, host: str, secrets: str = "") -> None:
    shell.write(
        "config.yaml",
        f"engine: opensearch\nopensearch: {{hosts: ['{host}'], index: {settings.index}, shards: 3{secrets}}}\n",
    )


def test_many_words_are_counted_in_one_request(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings, paper(1, title="Cats"))
    asked: list[str] = []
    with interposed(cluster.hosts[0], lambda _, path: asked.append(path.split("?")[0])) as host:
        engine = opened(replace(settings, hosts=(host,)))
        asked.clear()
        assert engine.frequencies("title", ["cat", *map(str, range(600))]) == [1, *[0] * 600]
        assert asked == ["/_search"]


def test_a_correction_costs_a_cluster_few_requests(cluster: Cluster, settings: OpenSearch, shell: Shell) -> None:
    asked: list[str] = []
    with interposed(cluster.hosts[0], lambda _, path: asked.append(path.split("?")[0])) as host:
        configure(shell, settings, host)
        assert shell(f"searcher index {EXAMPLES}").code == 0
        asked.clear()
        found = shell("search difusion")
    assert "diffusion" in found.out + found.err
    assert asked.count("/_search") <= 40


@pytest.mark.parametrize(
    ("place", "secret"), [("file", {"user": "ann", "password": "s3cret"}), ("environment", {"api_key": "k3y"})]
)
def test_no_command_tells_or_logs_a_secret(
    place: str,
    secret: dict[str, str],
    cluster: Cluster,
    settings: OpenSearch,
    shell: Shell,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    in_file = "".join(f", {name}: {value}" for name, value in secret.items()) if place == "file" else ""
    if place == "environment":
        shell.set(**{f"SEARCHER_OPENSEARCH_{name.upper()}": value for name, value in secret.items()})
    sent: list[str | None] = []
    told: list[Outcome] = []
    with interposed(cluster.hosts[0], authorizations=sent) as host:
        configure(shell, settings, host, in_file)
        told.append(shell(f"searcher index {EXAMPLES}"))
        for line in (
            "search diffusion --explain",
            "search diffusion --explain --format json",
            "searcher stats",
            "searcher check",
        ):
            told.append(shell(line))
    assert [each.code for each in told] == [0] * 5
    assert set(sent) == {"Basic YW5uOnMzY3JldA==" if place == "file" else "ApiKey k3y"}
    told.append(shell("search diffusion"))  # nobody listens there any more
    with interposed(cluster.hosts[0], answered([401] * 9, "/")) as host:
        configure(shell, settings, host, in_file)
        told.append(shell("search diffusion"))
    assert "cannot be reached" in told[-2].err
    assert "does not let us in" in told[-1].err
    for text in (*(each.out + each.err for each in told), caplog.text):
        assert not [each for each in SECRETS if each in text]


def test_an_index_of_which_one_shard_is_lost_answers_nothing_rather_than_a_part(
    cluster: Cluster, settings: OpenSearch
) -> None:
    made(settings, paper(1))
    ((index, facts),) = builds(cluster, settings).items()
    one_too_many = {
        "settings": {
            "index.number_of_shards": 4,
            "index.number_of_replicas": 0,
            "index.routing.allocation.total_shards_per_node": 1,
        },
        "mappings": {"_meta": facts["mappings"]["_meta"]},
        "aliases": {settings.index: {}},
    }
    cluster.ask("DELETE", f"/{index}")
    cluster.ask("PUT", f"/{index}?wait_for_active_shards=0", one_too_many)
    cluster.ask("GET", f"/_cluster/health/{index}?wait_for_no_initializing_shards=true&timeout=20s")
    with pytest.raises(ClusterError, match=r"its status is red: 3 nodes, 1 shards missing"):
        opened(settings)
