"""Many readers, in threads and in processes, while one writes: no error, and every answer is of one state."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from listings import HEADER, record
from reader import state_of

from searcher.app.current import CurrentArchive
from searcher.app.index import index
from searcher.config import Config

READERS = 20
UPDATES = int(os.environ.get("SEARCHER_TORTURE_UPDATES", "11"))
PAPERS = 30
_READER = Path(__file__).with_name("reader.py")


def write_state(listings: Path, state: int) -> None:
    """All papers in a new version, which tells the state; in two files, as a day and its corrections."""
    for part in range(2):
        records = [
            record(
                f"Robust paper {number}",
                arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v{state}",
                summary=f"Of state{state} and no other. " + "Filling. " * 40,
            )
            for number in range(1 + part * PAPERS // 2, 1 + (part + 1) * PAPERS // 2)
        ]
        new = listings / f".{part}.new"
        new.write_text(HEADER + "".join(records), encoding="utf-8")
        new.replace(listings / f"2024010{part}.md")


@pytest.fixture(params=["tantivy", "whoosh"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    listings = tmp_path / "listings"
    listings.mkdir()
    write_state(listings, 1)
    made = Config(file=None, index=tmp_path / "index", listings=(listings,), engine=request.param)
    index(made)
    return made


def write_states(config: Config) -> int:
    """Update after update, with full rebuilds in between; the last state."""
    for state in range(2, UPDATES + 2):
        write_state(config.listings[0], state)
        index(config, full=state % 10 == 0)
    return UPDATES + 1


def test_in_threads(config: Config) -> None:
    current = CurrentArchive(config)
    is_over = threading.Event()
    faults: list[str] = []
    answers = [0] * READERS

    def read(number: int) -> None:
        last = 0
        while not is_over.is_set() and not faults:
            try:
                state = state_of(current.now().archive, PAPERS)
                assert state >= last, f"state {state} after {last}"
                last = state
            except Exception as error:  # noqa: BLE001  (whatever it is, it is what is looked for)
                faults.append(f"{type(error).__name__}: {error}")
            answers[number] += 1

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for each in readers:
        each.start()
    last = write_states(config)
    is_over.set()
    for each in readers:
        each.join()
    assert faults == []
    assert all(answers)
    assert state_of(CurrentArchive(config).now().archive, PAPERS) == last


def test_in_processes(config: Config) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, _READER, config.index, config.engine, str(PAPERS)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(READERS)
    ]  # fmt: skip
    try:
        assert {each.stdout.readline() for each in readers if each.stdout} == {"reading\n"}
        last = write_states(config)
        (config.index / "stop").touch()
        said = [each.communicate(timeout=60) for each in readers]
    finally:
        for each in readers:
            each.kill()
    assert [error for _, error in said if error] == []
    assert all(int(out.split()[0]) > 1 for out, _ in said)
    assert state_of(CurrentArchive(config).now().archive, PAPERS) == last
