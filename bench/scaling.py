"""How an archive grows: once and ten times the papers, on Tantivy here and on a cluster of three nodes here.

Usage: python -m bench.scaling [COPIES [ENGINE...]]. Prints a table, and writes it to bench/SCALING.md if there were ten
copies and both engines. It needs the archive, some 20 GB of disk in $TMPDIR and, for the cluster, what
tests/clusters.py needs.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from bench.archive import Place, settings, size_of, unpacked
from bench.peers.opensearch import started
from bench.process import BenchError, installed, run
from bench.queries import make_queries
from bench.report import Bar, Row, machine, table, times

COPIES = 10
_OURS = Path(__file__).parent / "ours.py"
_ADDRESS = re.compile(rb"(arxiv\.org/(?:abs|pdf)/(?:[a-z-]+(?:\.[A-Z]{2})?/)?)([0-9]{2})([0-9]{2})")
_SHARDS = 3
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Grown:
    """What an archive of some size took."""

    papers: int
    build_s: float
    cpu_s: float  # of `searcher index`, and of the nodes meanwhile
    peak_mb: float  # of `searcher index` alone
    held_mb: float  # of it, what were no files
    index_bytes: int
    counted_ms: Sequence[float]  # of each query, with facets
    plain_ms: Sequence[float]  # without


def renumbered(content: bytes, copy: int) -> bytes:
    """A listing with the ids of its papers moved to where arXiv has none: copies 0 to 11 of one share no id."""

    def moved(match: re.Match[bytes]) -> bytes:
        year, month = int(match[2]) + 30 * (copy // 4), int(match[3]) + 20 * (copy % 4)
        return b"%s%02d%02d" % (match[1], year % 100, month)

    return _ADDRESS.sub(moved, content)


def copied(listings: Path, folder: Path, copies: int) -> None:
    """Write so many copies of an archive, with ids of their own."""
    for path in sorted(listings.rglob("*.md")):
        content = path.read_bytes()
        for copy in range(copies):
            target = folder / f"copy{copy}" / path.relative_to(listings)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(renumbered(content, copy))


def measure(place: Place) -> list[Row]:
    """The default engine with the archive of a benchmark, and with ten copies of it."""
    if place.engine != "tantivy":
        return []
    with TemporaryDirectory(prefix="scaling-", dir=place.folder) as name:
        return _compare("tantivy", place.listings, Path(name), COPIES)


def main(copies: int, engines: Sequence[str]) -> int:
    """Measure, and print; 0 if every bar is kept."""
    rows: list[Row] = []
    with unpacked() as listings, TemporaryDirectory(prefix="searcher-scaling-") as name:
        for engine in engines:
            rows += _compare(engine, listings, Path(name), copies)
    report = (
        "# Scaling\n\nMade by `python -m bench.scaling`: the archive, and "
        f"{copies} copies of it whose papers have ids of their own.\n"
        f"The cluster is three nodes on this machine, 1 GB of heap each; {_SHARDS} shards, no replica; "
        f"`searcher index` and the nodes share the CPUs.\n\n{machine()}\n\n{table(rows)}\n"
    )
    print(report)
    if copies == COPIES and len(engines) == len(_ENGINES):
        (Path(__file__).parent / "SCALING.md").write_text(report, encoding="utf-8")
    return 0 if all(row.is_kept for row in rows) else 1


def _compare(engine: str, listings: Path, folder: Path, copies: int) -> list[Row]:
    timed, warming = make_queries(listings)
    queries = {"timed": list(map(asdict, timed)), "warming": list(map(asdict, warming))}
    (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    for number in (1, copies):
        if not (folder / f"x{number}").exists():
            copied(listings, folder / f"x{number}", number)
    with _home(engine, folder) as home:
        one, many = (_grow(home, engine, folder, number) for number in (1, copies))
    return list(_rows(engine, copies, one, many))


@dataclass(frozen=True, slots=True)
class _Home:
    """Where an engine keeps its indexes: a cluster, or nothing but folders."""

    cluster: Any = None

    @property
    def cpu_s(self) -> float:
        """What the nodes have worked until now."""
        nodes = self.cluster.nodes.values() if self.cluster else ()
        return sum(_cpu_s(node.process.pid) for node in nodes)

    def options(self, index: str) -> dict[str, Any]:
        if not self.cluster:
            return {}
        hosts = list(self.cluster.hosts)
        return {"opensearch": {"hosts": hosts, "index": index, "shards": _SHARDS, "replicas": 0, "timeout_s": 120}}


@contextmanager
def _home(engine: str, folder: Path) -> Iterator[_Home]:
    with started(folder / "cluster") if engine == "opensearch" else nullcontext() as cluster:
        yield _Home(cluster)


def _grow(home: _Home, engine: str, folder: Path, copies: int) -> _Grown:
    print(f"bench.scaling: {engine}, {copies}x ...", file=sys.stderr, flush=True)
    config, index = folder / f"{engine}{copies}.yaml", folder / f"index-{engine}{copies}"
    options = {"listings": [str(folder / f"x{copies}")], **home.options(f"x{copies}")}
    config.write_text(json.dumps(options), encoding="utf-8")
    environment = settings(config, index, engine)
    os.sync()
    before = home.cpu_s
    done = run([installed("searcher"), "index", "--full", "--format", "json"], environment)
    nodes_s = home.cpu_s - before
    papers = json.loads(done.output)["papers"]["total"]
    stats = json.loads(run([installed("searcher"), "stats", "--format", "json"], environment).output)
    queries = folder / "queries.json"
    return _Grown(
        papers,
        done.seconds,
        done.cpu_seconds + nodes_s,
        done.peak_mb,
        done.held_mb,
        size_of(index) + (stats["size_bytes"] if home.cluster else 0),
        _ms(queries, "app", environment),
        _ms(queries, "app-without-facets", environment),
    )


def _ms(queries: Path, layer: str, environment: Mapping[str, str]) -> list[float]:
    return [ms for ms, *_ in json.loads(run([sys.executable, _OURS, queries, layer], environment).output)]


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def _rows(engine: str, copies: int, one: _Grown, many: _Grown) -> Iterator[Row]:
    def compare(what: str, unit: str, small: float, large: float, digits: int = 0, bar: Bar | None = None) -> Row:
        text = f"{small:,.{digits}f} → {large:,.{digits}f} {unit}".rstrip()
        return Row(f"`{engine}`: {what}", text, bar, ratio=large / small)

    def limit(ratio: float) -> Bar | None:
        return Bar(f"≤ {times(ratio)} ×", ratio, is_ratio=True) if engine == "tantivy" and copies == COPIES else None

    yield compare("papers", "", one.papers, many.papers)
    yield compare("full build", "s", one.build_s, many.build_s, bar=limit(11))
    yield compare("papers a second", "", one.papers / one.build_s, many.papers / many.build_s)
    cpu = [1000 * each.cpu_s / each.papers for each in (one, many)]
    yield compare("CPU a thousand papers", "s", cpu[0], cpu[1], digits=2)
    yield compare("peak memory of `searcher index`", "MB", one.held_mb, many.held_mb, bar=limit(2))
    yield compare("with what is mapped of files", "MB", one.peak_mb, many.peak_mb)
    sizes = [each.index_bytes / each.papers for each in (one, many)]
    yield compare("bytes on disk a paper", "", sizes[0], sizes[1])
    kinds = (("with facets", one.counted_ms, many.counted_ms), ("without facets", one.plain_ms, many.plain_ms))
    for kind, small, large in kinds:
        what = f"200 warm searches {kind}"
        yield compare(f"{what}, median", "ms", median(small), median(large), digits=1, bar=limit(10))
        yield compare(f"{what}, p90", "ms", _p90(small), _p90(large), digits=1)


def _p90(values: Sequence[float]) -> float:
    return quantiles(values, n=10, method="inclusive")[8]


_ENGINES = ("tantivy", "opensearch")

if __name__ == "__main__":
    asked = sys.argv[1:]
    try:
        sys.exit(main(int(asked[0]) if asked else COPIES, asked[1:] or _ENGINES))
    except BenchError as error:
        print(f"bench.scaling: {error}", file=sys.stderr)
        sys.exit(2)
