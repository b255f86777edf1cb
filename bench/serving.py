"""Measure `searcher serve` under load: 50 connections of wrk, in a process of its own, while a day is indexed.

Usage: python -m bench.serving [SECONDS]. Prints what came of it, and writes it to bench/SERVING.md if it ran for 60 s.
It needs wrk (apt install wrk) and the archive.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.archive import Place, laid_out
from bench.peers import opensearch
from bench.process import BenchError, installed, run
from bench.queries import Query, make_queries

_USERS = 50
_WHO = "one reader, no query twice"
_WARMING_S = 5
_BAR_MS = 100.0
_SEEN_BAR_S = 2.0
_ID = re.compile(r"^- \*\*Arxiv ID\*\*: .*/abs/(\S+?)(?:v[0-9]+)?$", re.MULTILINE)
_SCRIPT = """
asked = {ASKED}
local at = 0
request = function()
  at = at % #asked + 1
  local each = asked[at]
  return wrk.format(each[1], each[2], {["Content-Type"] = "application/json"}, each[3])
end
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local ms = { latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3 }
  local form = 'JSON {"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "max_ms": %f, "failed": %d}\\n'
  io.write(string.format(form, summary.requests, summary.duration / 1e6, ms[1], ms[2], ms[3], failed))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one load came to."""

    what: str
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    failed: int

    @property
    def line(self) -> str:
        """A row of the table."""
        rate = self.requests / self.seconds
        return (
            f"| {self.what} | {rate:,.0f} | {self.p50_ms:.1f} ms | {self.p99_ms:.1f} ms | {self.max_ms:,.0f} ms "
            f"| {self.failed} of {self.requests:,} |"
        )


def main(seconds: int = 60) -> None:
    """Index the archive, serve it, and put it under load."""
    if shutil.which("wrk") is None:
        raise BenchError("wrk makes the load; install it: apt install wrk")
    with laid_out() as place:
        place.read_all()
        run([installed("searcher"), "index"], place.environment)
        timed, _ = make_queries(place.listings)
        unasked = [query for query in dict.fromkeys(make_queries(place.listings, 20)[0]) if query not in timed]
        print(f"{place.records:,} records; {seconds} s a load", flush=True)
        requests = [_ours(query) for query in timed]
        with _serving(place) as address:
            _load("to warm up", address, requests, place.folder, _WARMING_S)
            loads = [_load(f"{len(timed)} queries, over and over", address, requests, place.folder, seconds)]
            arrival = _Arrival(place, address)
            arrival.start()
            loads.append(_load("the same, a day is indexed meanwhile", address, requests, place.folder, seconds))
            arrival.join()
            loads.append(_one_at_a_time(_WHO, address, [_ours(query) for query in unasked], seconds))
        loads += _opensearch(place, timed, unasked, seconds)
    report = _report(loads, arrival.seen_s, place, seconds)
    print(report)
    if seconds == 60:
        (Path(__file__).parent / "SERVING.md").write_text(report, encoding="utf-8")
    if any(load.failed for load in loads[:3]) or loads[0].p99_ms > _BAR_MS or arrival.seen_s > _SEEN_BAR_S:
        sys.exit(1)


@contextmanager
def _serving(place: Place) -> Iterator[str]:
    process = subprocess.Popen(
        [installed("searcher"), "serve", "--port", "0"], env=place.environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        yield process.stderr.readline().rpartition(" ")[2].strip()
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked over HTTP."""

    method: str
    path: str
    body: str = ""


def _ours(query: Query) -> _Request:
    text = " ".join(query.words)
    pairs = [("q", {"phrase": f'"{text}"', "prefix": f"{text}*"}.get(query.kind, text))]
    pairs += [("cat", query.category)] if query.category else []
    return _Request("GET", f"/api/search?{urlencode([*pairs, ('facet', 'category'), ('facet', 'year')])}")


def _opensearch(place: Place, timed: Sequence[Query], unasked: Sequence[Query], seconds: int) -> list[Load]:
    """The same with OpenSearch, where it can be had."""
    try:
        with opensearch.indexed(place.listings) as address:
            path = urlsplit(address).path

            def theirs(query: Query) -> _Request:
                return _Request("POST", path, opensearch.body(query))

            requests = [theirs(query) for query in timed]
            _load("to warm up", address, requests, place.folder, _WARMING_S)
            what = f"OpenSearch's `_search`, {len(timed)} queries, over and over"
            return [
                _load(what, address, requests, place.folder, seconds),
                _one_at_a_time(f"OpenSearch's `_search`, {_WHO}", address, [theirs(each) for each in unasked], seconds),
            ]
    except BenchError as error:
        print(f"OpenSearch is left out: {error}", file=sys.stderr)
        return []


def _load(what: str, address: str, requests: Sequence[_Request], folder: Path, seconds: int) -> Load:
    script = folder / "load.lua"
    asked = ",\n".join(f"{{{', '.join(map(json.dumps, astuple(each)))}}}" for each in requests)
    script.write_text(_SCRIPT.replace("ASKED", asked), encoding="utf-8")
    command = ["wrk", "-t1", f"-c{_USERS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = re.search(r"^JSON (.*)$", done.stdout, re.MULTILINE)
    if not said:
        raise BenchError(f"wrk said: {done.stdout}{done.stderr}")
    return Load(what, **json.loads(said[1]))


def _one_at_a_time(what: str, address: str, requests: Sequence[_Request], seconds: int) -> Load:
    """One reader, and never the same query twice: what a search costs that nobody asked before."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    took: list[float] = []
    failed = 0
    started = time.perf_counter()
    for each in requests:
        before = time.perf_counter()
        connection.request(each.method, each.path, each.body or None, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        failed += response.status != 200
        took.append((time.perf_counter() - before) * 1000)
        if time.perf_counter() - started > seconds:
            break
    took.sort()
    spent = time.perf_counter() - started
    middle, last = took[len(took) // 2], took[int(len(took) * 0.99)]
    return Load(what, len(took), spent, middle, last, took[-1], failed)


class _Arrival(threading.Thread):
    """A day that arrives and is indexed, in the middle of a load; and how soon after it a search finds its papers."""

    def __init__(self, place: Place, address: str) -> None:
        super().__init__()
        self.seen_s = float("inf")
        self._place = place
        self._address = urlsplit(address).netloc

    def run(self) -> None:
        """Let it arrive."""
        time.sleep(5)
        path = self._place.day_arrives(self._place.days[0])
        newest = _ID.findall(path.read_text(encoding="utf-8"))[-1]
        run([installed("searcher"), "index"], self._place.environment)
        self.seen_s = _until(lambda: self._is_found(newest))

    def _is_found(self, identifier: str) -> bool:
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request("GET", f"/api/search?{urlencode({'q': identifier})}")
            return json.loads(connection.getresponse().read())["total"] == 1
        finally:
            connection.close()


def _until(condition: Callable[[], bool]) -> float:
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() > started + 30:
            return float("inf")
        time.sleep(0.01)
    return time.perf_counter() - started


def _report(loads: Sequence[Load], seen_s: float, place: Place, seconds: int) -> str:
    rows = "\n".join(load.line for load in loads)
    day, apart = f"{datetime.now(UTC):%Y-%m-%d %H:%M}", loads[2].requests / loads[2].seconds
    return f"""# Serving

`python -m bench.serving`, {day} UTC, on a machine with {os.cpu_count()} CPUs, which the load shares:
`searcher serve` over {place.records:,} records, {_USERS} connections of wrk that ask without a pause for {seconds} s,
and for {_WARMING_S} s before that.
Each answer is ten papers with their snippets and the facets category and year. The bars: no request fails, 99 of 100 of
the first load are answered within {_BAR_MS:.0f} ms, a new day is found within {_SEEN_BAR_S:.0f} s.

| load | a second | p50 | p99 | worst | failed |
| --- | --- | --- | --- | --- | --- |
{rows}

A day of 150 papers, indexed under load, was found {seen_s:.2f} s after `searcher index` had ended.

What was answered once is remembered until the index changes, and for a moment more while it is made anew; that is what
the first two rows show, and wrk counts a stall as if all had gone on asking. "No query twice" is what a search costs
that nobody asked before: readers who never ask the same share some {apart:,.0f} such searches a second. OpenSearch is
the cluster of the tests, three nodes with 1 GB each, one shard; it parses the same words its own way
(`peers/opensearch.py`).
"""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
