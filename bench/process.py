"""Run a command in a process of its own, and see what it took."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_S = 0.05


class BenchError(Exception):
    """Something that is measured does not work."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took and said."""

    seconds: float  # from before its start until its end: wall time
    cpu_seconds: float  # of all its threads
    peak_mb: float  # the most memory it had in RAM, together with its children, in 10**6 bytes
    held_mb: float  # the most of it that was not pages of files, which the kernel takes back when it needs them
    output: str  # its stdout


def run(command: Sequence[str | Path], environment: Mapping[str, str], codes: tuple[int, ...] = (0,)) -> Run:
    """Run a command to its end, without a terminal. Raises BenchError if its exit code is none of `codes`."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        family = _Family(process.pid)
        family.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        family.has_ended.set()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in codes:
            shown = " ".join(map(str, command))
            raise BenchError(f"{shown}: exit code {process.returncode}\n{output.read()}{errors.read()}")
        peak = max(usage.ru_maxrss * 1024, family.peak)
        return Run(seconds, usage.ru_utime + usage.ru_stime, peak / 1e6, family.held / 1e6, output.read())


class _Family(threading.Thread):
    """Watches what memory a process has, and what together with its children, as long as it has any.

    The kernel tells the peak of a process, and neither that of several at once nor what of it were files.
    """

    def __init__(self, parent: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0  # bytes; 0 if there never were children
        self.held = 0  # bytes, of the process alone
        self.has_ended = threading.Event()
        self._parent = parent

    def run(self) -> None:
        while not self.has_ended.wait(_SAMPLE_S):
            with suppress(OSError):  # one of them ended meanwhile
                self.held = max(self.held, _held(self._parent))
                children = list(_descendants(self._parent))
                if children:
                    self.peak = max(self.peak, sum(map(_share, (self._parent, *children))))


def _descendants(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from _descendants(child)


def _held(process: int) -> int:
    """The memory of a process that is no file's, in bytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def _share(process: int) -> int:
    """The memory of a process in RAM, what it shares with others only in part, in bytes."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def installed(name: str) -> Path:
    """The command of this name that was installed beside this Python."""
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise BenchError(f"{path} is not there; install the project into this Python first: pip install -e .")
    return path
