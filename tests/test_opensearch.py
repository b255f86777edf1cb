"""What is particular to the engine on a cluster. What it has in common with the others is in test_engine_contract."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clusters import Cluster
from commands import EXAMPLES, Shell
from contract import ALL_FACETS, numbers, paper, request, state
from interposed import interposed
from test_engine_contract_texts import TEXTS

from searcher.app.index import index
from searcher.config import Config, OpenSearch
from searcher.engine import Engine, complete_engine, create_engine, open_engine
from searcher.engine.opensearch.bulk import operations, send
from searcher.engine.opensearch.cluster import Cluster as Connection
from searcher.engine.opensearch.lease import Lease
from searcher.engine.opensearch.mapping import SPARSE_FIELDS, marked
from searcher.errors import ClusterError, LockedError, UnusableIndexError
from searcher.paper import Paper
from searcher.results import FacetRequest
from searcher.schema import ENGLISH_FIELDS, TEXT_FIELDS, analyze


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Iterator[OpenSearch]:
    """An archive of its own on the cluster; there is no index yet."""
    settings = cluster.settings(tmp_path, shards=3)
    yield settings
    cluster.wipe(settings.index)


def made(settings: OpenSearch, *papers: Paper) -> Engine:
    engine = create_engine("opensearch", Path(), settings)
    engine.rebuild(papers)
    complete_engine("opensearch", Path(), settings)
    return engine


def opened(settings: OpenSearch) -> Engine:
    return open_engine("opensearch", Path(), settings)


def builds(cluster: Cluster, settings: OpenSearch) -> dict[str, Any]:
    return cluster.ask("GET", f"/{settings.index}-build-*")


# Tokens.


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_the_cluster_makes_the_tokens_of_the_schema(field: str, cluster: Cluster, settings: OpenSearch) -> None:
    made(settings)
    for text in TEXTS:
        sent = " ".join(analyze(field, text))
        asked = {"field": field, "text": marked([sent])[0] if field in SPARSE_FIELDS else sent}
        found = cluster.ask("POST", f"/{settings.index}/_analyze", asked)
        tokens = [each["token"] for each in found["tokens"] if not each["token"].startswith("=")]
        assert (text, tokens) == (text, analyze(field, text))


def test_a_mark_stands_where_the_first_word_does(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings)
    found = cluster.ask("POST", f"/{settings.index}/_analyze", {"field": "comment", "text": marked(["ten page"])[0]})
    assert [(each["token"].strip("="), each["position"]) for each in found["tokens"]] == [
        ("", 0),
        ("ten", 0),
        ("page", 1),
    ]


def test_the_words_of_a_query_are_taken_as_they_are(settings: OpenSearch) -> None:
    engine = made(settings, paper(1, title="Emergency biologists"))
    assert [analyze(ENGLISH_FIELDS[0], word) for word in ("emergency", "biologists")] == [["emergenc"], ["biolog"]]
    assert numbers(engine, "emergency") == numbers(engine, '"emergency biologist"') == [1]


# The index.


def test_a_field_that_the_mapping_does_not_know_is_refused(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings)
    with pytest.raises(OSError, match="400"):
        cluster.ask("POST", f"/{settings.index}/_doc", {"surprise": 1})


def test_shards_and_replicas_are_those_of_the_settings(cluster: Cluster, settings: OpenSearch) -> None:
    made(replace(settings, shards=2, replicas=2))
    (found,) = builds(cluster, settings).values()
    made_as = found["settings"]["index"]
    assert (made_as["number_of_shards"], made_as["number_of_replicas"]) == ("2", "2")
    assert list(found["aliases"]) == [settings.index]


def test_a_rebuild_that_fails_leaves_the_old_index_and_nothing_else(cluster: Cluster, settings: OpenSearch) -> None:
    engine = made(settings, paper(1))
    before = list(builds(cluster, settings))

    def failing() -> Iterator[Paper]:
        yield paper(2)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        engine.rebuild(failing())
    assert list(builds(cluster, settings)) == before
    assert numbers(opened(settings)) == [1]


def test_what_a_dead_writer_left_is_deleted_by_the_next(cluster: Cluster, settings: OpenSearch) -> None:
    engine = made(settings, paper(1))
    create_engine("opensearch", Path(), settings)
    assert len(builds(cluster, settings)) == 2
    engine.write([paper(2)])
    assert len(builds(cluster, settings)) == 1
    assert numbers(opened(settings)) == [1, 2]


def test_an_index_of_others_is_left_alone(cluster: Cluster, settings: OpenSearch) -> None:
    name = f"{settings.index}-others"
    cluster.ask("PUT", f"/{name}")
    with pytest.raises(UnusableIndexError, match="is no index of ours"):
        opened(replace(settings, index=name))
    with pytest.raises(UnusableIndexError, match="is an index of others"):
        made(replace(settings, index=name))
    assert name in cluster.ask("GET", f"/{name}")
    cluster.wipe(name)


# Deep pages and many values.


def test_pages_go_on_beyond_ten_thousand_papers(settings: OpenSearch) -> None:
    engine = made(settings, *(paper(number, title="Cats") for number in range(10_500)))
    for sort in ("relevance", "newest", "oldest"):
        found = engine.search(request("cats", sort=sort, offset=10_490, limit=20))
        assert [hit.paper.id for hit in found.hits] == [f"2401.{number:05}" for number in range(10_490, 10_500)]
        assert found.total == 10_500
    assert sum(1 for _ in engine.scan(request("cats").query)) == 10_500


def test_the_counts_of_more_authors_than_a_shard_gives_are_exact(settings: OpenSearch) -> None:
    often = [paper(number, authors=("Bo Wu", f"Ann{number} Li")) for number in range(3_000)]
    engine = made(settings, *often, *(paper(number, authors=("Cy Xu", "Di Yu")) for number in range(3_000, 3_010)))
    found = engine.search(request("*", facets=(FacetRequest("author", 3),), limit=0))
    assert [(each.value, each.count) for each in found.facets["author"]] == [
        ("Bo Wu", 3_000),
        ("Cy Xu", 10),
        ("Di Yu", 10),
    ]
    assert found.warnings == ()


def test_a_state_that_the_cluster_no_longer_keeps_gives_way_to_the_newest(
    cluster: Cluster, settings: OpenSearch
) -> None:
    engine = made(settings, paper(1))
    opened(settings).write([paper(2)])
    assert numbers(engine) == [1]
    cluster.ask("DELETE", "/_search/point_in_time/_all")
    assert numbers(engine) == [1, 2]


# Who writes, and in which order.


def test_a_late_old_write_does_not_win(settings: OpenSearch) -> None:
    engine = made(settings, paper(1, title="Cats"), paper(2, title="Dogs"))
    connection = Connection(settings)
    with Lease(connection, settings.index) as late:
        pass
    engine.write([paper(1, title="Lions")], remove=["2401.00002"])
    sent = operations([paper(1, title="Cats"), paper(2, title="Dogs")], [], late.generation)
    with pytest.raises(LockedError, match=r"another program has written 2401\.00001 meanwhile"):
        send(connection, settings.index, sent, late)
    engine.write([paper(3, title="Owls")])
    assert [each.title for each in state(engine)[0]] == ["Lions", "Owls"]


def test_the_lease_of_a_process_that_died_is_taken_over(cluster: Cluster, settings: OpenSearch) -> None:
    engine = made(settings, paper(1))
    path = f"/searcher-writers/_doc/{settings.index}"
    lease = cluster.ask("GET", path)["_source"]
    for holder, is_refused in (("elsewhere process 1", True), ("elsewhere process 1", False)):
        until = time.time() + (60 if is_refused else -1)
        cluster.ask("PUT", path, {**lease, "holder": holder, "until": until})
        if is_refused:
            with pytest.raises(LockedError, match="being written by elsewhere process 1"):
                engine.write([paper(2)])
        else:
            engine.write([paper(2)])
    assert numbers(engine) == [1, 2]


# Trouble.


def answered(statuses: list[int], what: str) -> Any:
    """Answers with these statuses to the first requests whose path ends in `what`."""

    def answer(method: str, path: str) -> tuple[int, Any] | None:
        if path.split("?")[0].endswith(what) and statuses:
            return statuses.pop(), {"error": {"type": "busy", "reason": "try later"}}
        return None

    return answer


def test_what_a_busy_cluster_refuses_is_sent_again(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings)
    with interposed(cluster.hosts[0], answered([429, 503, 502, 504], "_bulk")) as host:
        opened(replace(settings, hosts=(host,))).write([paper(1)])
    assert numbers(opened(settings)) == [1]


@pytest.mark.parametrize("what", ["_refresh", "_mapping", "searcher-writers", "_index_template", "timeout=15s"])
def test_a_cluster_that_makes_good_a_node_that_died_is_asked_again(
    what: str, cluster: Cluster, settings: OpenSearch
) -> None:
    made(settings)
    statuses = [503, 503, 502]

    def answer(method: str, path: str) -> tuple[int, Any] | None:
        return (statuses.pop(), {}) if what in path and method != "GET" and statuses else None

    with interposed(cluster.hosts[0], answer) as host:
        engine = opened(replace(settings, hosts=(host,)))
        engine.write([paper(2)])
        engine.rebuild([paper(1)])
    assert not statuses
    assert numbers(opened(settings)) == [1]


def test_a_lease_whose_answer_was_lost_is_ours(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings)
    asked: list[str] = []

    def is_lost(method: str, path: str) -> bool:
        if method == "PUT" and "searcher-writers" in path:
            asked.append(path)
            return len(asked) in (
                1,
                3,
            )  # that which takes the lease, and, after it was asked again, that which returns it
        return False

    with interposed(cluster.hosts[0], is_lost=is_lost) as host:
        engine = opened(replace(settings, hosts=(host,)))
        engine.write([paper(1)])
        engine.write([paper(2)])
    assert len(asked) == 6
    assert numbers(opened(settings)) == [1, 2]


def test_a_lease_is_ours_where_the_answer_to_an_earlier_renewal_was_lost(
    cluster: Cluster, settings: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(settings)
    monkeypatch.setattr("searcher.engine.opensearch.lease._RENEWED_S", 0.05)
    asked: list[str] = []

    def is_lost(method: str, path: str) -> bool:
        if method == "PUT":
            asked.append(path)
        return method == "PUT" and len(asked) == 2  # the first renewal, which is not asked for again at once

    with interposed(cluster.hosts[0], is_lost=is_lost) as host:
        connection = Connection(replace(settings, hosts=(host,)))
        with Lease(connection, settings.index) as lease:
            patience_ends = time.monotonic() + 30
            while len(asked) < 6 and time.monotonic() < patience_ends:
                time.sleep(0.05)
            lease.check()
    assert len(asked) >= 6
    opened(settings).write([paper(1)])


def test_papers_that_are_not_taken_are_named_with_the_reason(cluster: Cluster, settings: OpenSearch) -> None:
    engine = made(settings, paper(1))
    cluster.ask("PUT", f"/{settings.index}/_settings", {"index.blocks.write": True})
    with pytest.raises(ClusterError, match=r"papers were not taken: 2401\.00002 \(.*blocked"):
        engine.write([paper(2)])


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ({"distribution": "opensearch", "number": "2.19.1"}, "runs opensearch 2.19.1"),
        ({"number": "8.15.0"}, "runs elasticsearch 8.15.0"),
    ],
)
def test_a_cluster_of_another_version_is_refused(version: dict[str, str], told: str, cluster: Cluster) -> None:
    def answer(method: str, path: str) -> tuple[int, Any] | None:
        return (200, {"version": version}) if path == "/" else None

    with interposed(cluster.hosts[0], answer) as host, pytest.raises(ClusterError, match=told):
        opened(OpenSearch(hosts=(host,)))


def test_a_cluster_that_is_down_is_told_of_at_once(settings: OpenSearch) -> None:
    with pytest.raises(ClusterError, match=r"the cluster at http://127\.0\.0\.1:1 cannot be reached"):
        opened(replace(settings, hosts=("http://127.0.0.1:1",)))


def test_a_cluster_that_does_not_answer_is_waited_for_no_longer_than_asked(cluster: Cluster) -> None:
    def mute(method: str, path: str) -> None:
        time.sleep(5)

    with interposed(cluster.hosts[0], mute) as host, pytest.raises(ClusterError, match="did not answer in 1 s"):
        opened(OpenSearch(hosts=(host,), timeout_s=1))


def test_a_node_that_is_down_is_passed_over(settings: OpenSearch) -> None:
    made(settings, paper(1))
    assert numbers(opened(replace(settings, hosts=("http://127.0.0.1:1", *settings.hosts)))) == [1]


@pytest.mark.parametrize(
    "part", [{"timed_out": True}, {"_shards": {"total": 3, "successful": 2, "failed": 1}}], ids=["late", "failed"]
)
def test_an_answer_in_part_is_none(part: dict[str, Any], cluster: Cluster, settings: OpenSearch) -> None:
    made(settings, paper(1))
    whole = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": 1}, "hits": []}}

    def answer(method: str, path: str) -> tuple[int, Any] | None:
        return (200, {**whole, **part}) if path.startswith("/_search?") else None

    with interposed(cluster.hosts[0], answer) as host, pytest.raises(ClusterError, match="answered in part"):
        opened(replace(settings, hosts=(host,))).count()


def test_no_secret_is_told(cluster: Cluster) -> None:
    secret = OpenSearch(hosts=("http://127.0.0.1:1",), user="ann", password="s3cret", api_key="k3y")
    with pytest.raises(ClusterError) as told:
        opened(secret)
    for text in (str(told.value), repr(secret), repr(Config(None, Path(), opensearch=secret))):
        assert "s3cret" not in text
        assert "k3y" not in text


def test_who_is_not_let_in_is_told_what_to_set(cluster: Cluster) -> None:
    seen = answered([401], "/")
    with interposed(cluster.hosts[0], seen) as host, pytest.raises(ClusterError, match="set user and password"):
        opened(OpenSearch(hosts=(host,)))


def test_user_and_password_or_an_api_key_are_sent(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings, paper(1))
    for secret, header in (
        ({"user": "ann", "password": "s3cret"}, "Basic YW5uOnMzY3JldA=="),
        ({"api_key": "k3y"}, "ApiKey k3y"),
    ):
        seen: list[str | None] = []
        with interposed(cluster.hosts[0], authorizations=seen) as host:
            assert numbers(opened(replace(settings, hosts=(host,), **secret))) == [1]
        assert set(seen) == {header}


def certificate(folder: Path, name: str) -> Path:
    """A certificate of its own for 127.0.0.1, with its key in the same file."""
    file = folder / f"{name}.pem"
    command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=cluster -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *command.split(), "-keyout", file, "-out", folder / "public.pem"], check=True)
    with file.open("ab") as both:
        both.write((folder / "public.pem").read_bytes())
    return file


def test_a_cluster_behind_tls_is_trusted_by_its_ca_and_by_no_other(
    cluster: Cluster, settings: OpenSearch, tmp_path: Path
) -> None:
    made(settings, paper(1))
    own, other = certificate(tmp_path, "own"), certificate(tmp_path, "other")
    with interposed(cluster.hosts[0], certificate=own) as host:
        assert numbers(opened(replace(settings, hosts=(host,), ca=own))) == [1]
        assert numbers(opened(replace(settings, hosts=(host,), verify=False))) == [1]
        for ca in (other, None):
            with pytest.raises(ClusterError, match=r"is not trusted .*see `ca` and `verify`"):
                opened(replace(settings, hosts=(host,), ca=ca))


def test_a_red_cluster_answers_nothing_rather_than_a_part(cluster: Cluster, settings: OpenSearch) -> None:
    made(settings, paper(1))
    ((index, facts),) = builds(cluster, settings).items()
    lost = {
        "settings": {"index.routing.allocation.include._name": "nowhere"},
        "mappings": {"_meta": facts["mappings"]["_meta"]},
        "aliases": {settings.index: {}},
    }
    cluster.ask("DELETE", f"/{index}")
    cluster.ask("PUT", f"/{index}?wait_for_active_shards=0", lost)
    with pytest.raises(ClusterError, match=r"its status is red: 3 nodes, [36] shards missing"):
        opened(settings)


# The catalog.


def machine(settings: OpenSearch, folder: Path) -> Config:
    """A machine that has the examples, and this cluster in its config.yaml."""
    return Config(file=None, index=folder, listings=(EXAMPLES,), engine="opensearch", opensearch=settings)


def test_another_machine_takes_over_what_is_there(settings: OpenSearch, tmp_path: Path) -> None:
    first, second = machine(settings, tmp_path / "first"), machine(settings, tmp_path / "second")
    assert index(first).papers_added == 40
    before = opened(settings).state
    report = index(second)
    assert (report.files_added, report.papers_added, report.papers_updated, report.papers_total) == (3, 0, 0, 40)
    assert opened(settings).state == before
    assert index(first).files_unchanged == index(second).files_unchanged == 3


def test_a_lost_catalog_is_made_anew_by_comparing_with_the_cluster(settings: OpenSearch, tmp_path: Path) -> None:
    config = machine(settings, tmp_path / "index")
    index(config)
    expected = state(opened(settings))
    some, *_ = expected[0]
    opened(settings).write([replace(some, title="Something else"), paper(99)], remove=[expected[0][1].id])
    (tmp_path / "index" / "opensearch.catalog.sqlite").unlink()
    report = index(config)
    assert (report.papers_added, report.papers_updated, report.papers_removed, report.papers_total) == (1, 1, 1, 40)
    assert state(opened(settings)) == expected


def test_what_another_machine_wrote_meanwhile_is_noticed(settings: OpenSearch, tmp_path: Path) -> None:
    config = machine(settings, tmp_path / "index")
    index(config)
    expected = state(opened(settings))
    opened(settings).write([paper(99)])
    assert index(config).papers_removed == 1
    assert state(opened(settings)) == expected


# The commands.


def test_the_commands_work_on_a_cluster(cluster: Cluster, settings: OpenSearch, shell: Shell) -> None:
    shell.write(
        "config.yaml",
        f"listings: {EXAMPLES}\nengine: opensearch\n"
        f"opensearch: {{hosts: {list(settings.hosts)}, index: {settings.index}, shards: 3}}\n",
    )
    assert "there is no index" in shell("search deep").err
    assert shell("searcher index --format json").json["papers"]["total"] == 40
    found = shell('search "diffusion super-resolution" --cat eess.IV --facet category --format json')
    assert (found.code, found.ids[0], found.json["total"]) == (0, "2403.90722", 10)
    assert shell("searcher index --full --format json").json["papers"]["total"] == 40
    assert shell("searcher check").code == 0
    stats = shell("searcher stats").out.splitlines()
    assert stats[0].startswith("40 papers, ")
    assert re.fullmatch(rf"opensearch index of \d+\.\d MB in {settings.hosts[0]}/{settings.index}", stats[1])
    assert stats[2] == "green: 3 shards in 6 copies on 3 nodes"
    assert opened(settings).search(request("*", facets=ALL_FACETS)).total == 40


README = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")


def test_the_readme_leads_from_tantivy_to_a_cluster_in_five_lines(
    cluster: Cluster, shell: Shell, tmp_path: Path
) -> None:
    (lines,) = re.findall(r"^```sh\n(pip install .+?)```$", README, re.MULTILINE | re.DOTALL)
    assert len(lines.splitlines()) == 5
    (tmp_path / "examples").symlink_to(EXAMPLES)
    by_tantivy = shell.bash('searcher index examples >/dev/null; search "diffusion super-resolution" --cat eess.IV')
    typed = lines.replace("http://127.0.0.1:9200", cluster.hosts[0]).split("\n", 1)[1]  # the package is installed
    try:
        by_cluster = shell.bash(typed.replace("searcher index examples", "searcher index examples >/dev/null"))
    finally:
        cluster.wipe("papers")

    def shown(text: str) -> str:
        return re.sub(r"[\d.]+ m?s", "", text)

    assert (by_cluster.code, by_cluster.err) == (0, "")
    assert shown(by_cluster.out) == shown(by_tantivy.out)


# What the page on scaling says to watch.

WATCHED = re.findall(r"^GET (/\S+)$", (Path(__file__).parents[1] / "docs/scaling.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", WATCHED)
def test_a_cluster_knows_what_the_page_asks_it(path: str, cluster: Cluster, settings: OpenSearch) -> None:
    made(settings, paper(1))
    assert cluster.ask("GET", f"{path.replace('papers', settings.index)}&format=json")
