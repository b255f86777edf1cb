"""`searcher watch`, with files that come, go and are half written."""

from __future__ import annotations

import queue
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import INSTALLED, Shell
from listings import HEADER, record

pytest.importorskip("watchfiles", reason="the extra searcher[watch] is not installed")

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_S = 30.0


def listing(*numbers: int) -> str:
    return HEADER + "".join(record(f"Paper {n}", arxiv_id=f"http://arxiv.org/abs/2401.{n:05}v1") for n in numbers)


class Watcher:
    """A running `searcher watch`, whose lines are read as they come."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [INSTALLED / "searcher", "watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines: queue.Queue[str] = queue.Queue()
        for stream in (self.process.stdout, self.process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: Iterator[str]) -> None:
        for line in stream:
            self.lines.put(line.rstrip("\n"))

    def says(self, pattern: str) -> str:
        """The next line, which is as expected."""
        line = self.lines.get(timeout=_PATIENCE_S)
        assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d {pattern}", line), line
        return line

    def is_silent(self, for_s: float = 2.5) -> bool:
        time.sleep(for_s)
        return self.lines.empty()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_S)


@pytest.fixture
def archive(shell: Shell) -> Shell:
    shell.write("config.yaml", "listings: [listings]\n")
    shell.write("listings/cs.CV/2024/01/20240101.md", listing(1, 2))
    return shell


@pytest.fixture
def watcher(archive: Shell) -> Iterator[Watcher]:
    del archive
    running = Watcher()
    try:
        running.says(r"indexed: 2 papers \(2 new\) in 1 file \(1 new\), .* s")
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def ids(shell: Shell) -> list[str]:
    return sorted(shell.bash("search '*' -n 1000 --format ids").out.split())


def test_a_new_day_is_found_a_moment_later(archive: Shell, watcher: Watcher) -> None:
    archive.write("listings/cs.CV/2024/02/20240201.md", listing(3))
    watcher.says(r"indexed: 3 papers \(1 new\) in 2 files \(1 new\), .* s")
    assert ids(archive) == ["2401.00001", "2401.00002", "2401.00003"]
    assert watcher.is_silent()


def test_a_change_and_a_removal_are_followed(archive: Shell, watcher: Watcher) -> None:
    archive.write("listings/cs.CV/2024/01/20240101.md", listing(2, 3))
    watcher.says(r"indexed: 2 papers \(1 new, 1 gone\) in 1 file \(1 changed\), .* s")
    archive.write("listings/cs.CV/2024/02/20240201.md", listing(4))
    watcher.says(r"indexed: 3 papers \(1 new\) .*")
    shutil.rmtree(archive.folder / "listings/cs.CV/2024/01")
    watcher.says(r"indexed: 1 paper \(2 gone\) in 1 file \(1 gone\), .* s")
    assert ids(archive) == ["2401.00004"]


def test_a_burst_of_400_files_is_one_update(archive: Shell, watcher: Watcher) -> None:
    for n in range(400):
        archive.write(f"listings/cs.CV/2024/{n % 12 + 1:02}/burst{n}.md", listing(100 + n))
        time.sleep(0.005)
    watcher.says(r"indexed: 402 papers \(400 new\) in 401 files \(400 new\), .* s")
    assert watcher.is_silent()


def test_a_file_is_indexed_when_it_is_whole(archive: Shell, watcher: Watcher) -> None:
    text = listing(*range(10, 30))
    with (archive.folder / "listings/slow.md").open("w") as stream:
        for start in range(0, len(text), 700):
            stream.write(text[start : start + 700])
            stream.flush()
            time.sleep(0.15)
    watcher.says(r"indexed: 22 papers \(20 new\) in 2 files \(1 new\), .* s")
    assert watcher.is_silent()


def test_a_file_that_stays_half_written_is_told_and_healed(archive: Shell, watcher: Watcher) -> None:
    whole = listing(10, 11)
    archive.write("listings/half.md", whole[: len(whole) - 300])
    lines = (watcher.lines.get(timeout=_PATIENCE_S)[20:] for _ in range(3))  # on stderr and on stdout
    said = sorted((re.sub(r".*half\.md:\d+: ", "", line) for line in lines), key=lambda line: line[:5] == "index")
    assert sorted(said[:2]) == [
        "the file ends inside a line; its last record may be cut off",
        "the record has no field 'Categories'; it may be cut off",
    ]
    assert said[2].startswith("indexed: 3 papers (1 new) in 2 files (1 new), ")
    assert watcher.is_silent()
    archive.write("listings/half.md", whole)
    watcher.says(r"indexed: 4 papers \(1 new\) in 2 files \(1 changed\), .* s")
    assert "2401.00011" in ids(archive)


def test_hidden_files_and_folders_are_no_reason_to_look(archive: Shell, watcher: Watcher) -> None:
    archive.write("listings/.git/objects/a.md", listing(50))
    archive.write("listings/.20240101.md.swp", "x")
    assert watcher.is_silent()
    assert len(ids(archive)) == 2


def test_the_folder_of_listings_may_go_and_come_back(archive: Shell, watcher: Watcher) -> None:
    (archive.folder / "listings").rename(archive.folder / "away")
    watcher.says(r"waiting: .*listings is not there; .*")
    assert watcher.is_silent()
    assert len(ids(archive)) == 2
    archive.write("away/new.md", listing(7))
    (archive.folder / "away").rename(archive.folder / "listings")
    watcher.says(r"indexed: 3 papers \(1 new\) in 2 files \(1 new\), .* s")
    archive.write("listings/newer.md", listing(8))
    watcher.says(r"indexed: 4 papers \(1 new\) .*")


def test_it_starts_before_there_is_a_folder(shell: Shell) -> None:
    shell.write("config.yaml", "listings: [listings]\n")
    running = Watcher()
    try:
        running.says(r"waiting: .*listings.*")
        shell.write("listings/a.md", listing(1))
        running.says(r"indexed: 1 paper \(1 new\) in 1 file \(1 new\), .* s")
    finally:
        running.process.kill()
        running.process.wait()


def test_another_run_is_waited_for(archive: Shell, watcher: Watcher) -> None:
    holder = subprocess.Popen(
        [INSTALLED / "python", "-c", "from pathlib import Path; import sys; from searcher.catalog import lock\n"
         "with lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()",
         str(next(archive.folder.rglob("tantivy.lock")))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    archive.write("listings/new.md", listing(9))
    watcher.says(r"waiting: .*")
    holder.communicate()
    watcher.says(r"indexed: 3 papers \(1 new\) .*")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_cleanly(archive: Shell, watcher: Watcher, number: signal.Signals, code: int) -> None:
    assert watcher.end(number) == code
    assert watcher.lines.empty()
    assert len(ids(archive)) == 2


def test_what_will_not_pass_is_an_error(archive: Shell) -> None:
    archive.write("config.yaml", "listings: [listings]\nengine: nonsense\n")
    ran = archive.bash("searcher watch")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown engine" in ran.err


@pytest.mark.parametrize("command", ["watch", "serve"])
def test_the_systemd_unit_has_no_fault(command: str) -> None:
    path = ROOT / f"docs/searcher-{command}.service"
    assert f"ExecStart=%h/.local/bin/searcher {command}" in path.read_text(encoding="utf-8")
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    run = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", path], capture_output=True, text=True)
    faults = [line for line in run.stderr.splitlines() if path.stem in line and "not executable" not in line]
    assert faults == []
