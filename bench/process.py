"""Run a command in a process of its own, and see what it took."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class BenchError(Exception):
    """Something that is measured does not work."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took and said."""

    seconds: float  # from before its start until its end: wall time
    cpu_seconds: float  # of all its threads
    peak_mb: float  # the most memory it had in RAM, in 10**6 bytes
    output: str  # its stdout


def run(command: Sequence[str | Path], environment: Mapping[str, str], codes: tuple[int, ...] = (0,)) -> Run:
    """Run a command to its end, without a terminal. Raises BenchError if its exit code is none of `codes`."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in codes:
            shown = " ".join(map(str, command))
            raise BenchError(f"{shown}: exit code {process.returncode}\n{output.read()}{errors.read()}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, output.read())


def installed(name: str) -> Path:
    """The command of this name that was installed beside this Python."""
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise BenchError(f"{path} is not there; install the project into this Python first: pip install -e .")
    return path
