"""A server in use while the index changes under it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from listings import HEADER, record
from server import Reply, Server, serving

from searcher.app.index import index
from searcher.config import Config

pytest.importorskip("starlette", reason="the extra searcher[web] is not installed")

_PATIENCE_S = 20.0


def listing(*numbers: int) -> str:
    return HEADER + "".join(record(f"Paper {n}", arxiv_id=f"http://arxiv.org/abs/2401.{n:05}v1") for n in numbers)


@pytest.fixture(params=["tantivy", "whoosh"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    listings = tmp_path / "listings"
    listings.mkdir()
    (listings / "20240101.md").write_text(listing(1, 2, 3), encoding="utf-8")
    config = Config(file=None, index=tmp_path / "index", listings=(listings,), engine=request.param)
    index(config)
    return config


@contextmanager
def asked_without_pause(server: Server) -> Iterator[list[Reply]]:
    """What eight readers are told meanwhile; each asks something new each time, so that nothing is remembered."""
    replies: list[Reply] = []
    is_over = threading.Event()

    def ask(reader: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            replies.append(server.get("/api/search", q=f"paper reader{reader}x{number}", any=1, n=100))

    readers = [threading.Thread(target=ask, args=(reader,)) for reader in range(8)]
    for each in readers:
        each.start()
    try:
        yield replies
    finally:
        is_over.set()
        for each in readers:
            each.join()


def comes_true(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_new_papers_are_found_soon_and_no_request_fails(archive: Config) -> None:
    with serving(archive.index, engine=archive.engine) as server, asked_without_pause(server) as replies:
        tag = server.get("/api/search", q="paper").headers["etag"]
        for day in range(2, 8):
            (archive.listings[0] / f"202401{day:02}.md").write_text(listing(10 * day, 10 * day + 1), encoding="utf-8")
            index(archive)
            wanted = f"2401.{10 * day:05}"
            assert comes_true(lambda wanted=wanted: wanted in server.get("/api/search", q="paper", n=100).ids)
        assert server.get("/api/search", {"If-None-Match": tag}, q="paper").status == 200
    assert {reply.status for reply in replies} == {200}
    totals = [reply.json["total"] for reply in replies]
    assert set(totals) <= {3, 5, 7, 9, 11, 13, 15}  # each of one state of the index


def test_a_full_rebuild_fails_no_request_and_no_answer_is_empty(archive: Config) -> None:
    with serving(archive.index, engine=archive.engine) as server, asked_without_pause(server) as replies:
        for _ in range(3):
            index(archive, full=True)
        (archive.listings[0] / "20240102.md").write_text(listing(4), encoding="utf-8")
        index(archive, full=True)
        assert comes_true(lambda: server.get("/api/search", q="paper").json["total"] == 4)
    assert {reply.status for reply in replies} == {200}
    assert {reply.json["total"] for reply in replies} <= {3, 4}


def test_while_an_index_is_damaged_the_last_state_is_served(archive: Config) -> None:
    with serving(archive.index, engine=archive.engine) as server:
        before = server.get("/health").json
        for path in archive.engine_folder.glob("*"):
            if path.name == "meta.json" or path.suffix == ".toc":
                path.write_bytes(b"damaged")
        time.sleep(0.3)
        assert server.get("/api/search", q="paper damaged", any=1).json["total"] == 3
        assert server.get("/health").json == before
