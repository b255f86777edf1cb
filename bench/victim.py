"""Our commands on one index, one of which can be killed."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.changing import State, shown
from bench.process import BenchError, installed, run

_EVERYTHING = ("*", "-n", "10000", "--format", "json", "--facet", "category")


@dataclass(frozen=True, slots=True)
class Index:
    """Our commands on one index."""

    folder: Path
    environment: dict[str, str]

    def update(self, *options: str) -> float:
        """Run `searcher index` to its end; in seconds."""
        return run([installed("searcher"), "index", *options], self.environment).seconds

    def state(self) -> State:
        """What a search for everything shows. Raises BenchError or ValueError if it shows nothing of the kind."""
        return shown(run([installed("search"), *_EVERYTHING], self.environment).output)

    @contextmanager
    def killed(self, options: tuple[str, ...], after: float, with_children: bool) -> Iterator[float | None]:
        """A run of `searcher index` that was killed after so many seconds; if it had ended before, what it took.

        If it is killed alone, its children live until the block ends.
        """
        started = time.perf_counter()
        process = subprocess.Popen(
            [installed("searcher"), "index", *options],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            ending = os.pidfd_open(process.pid)
            select.select([ending], [], [], max(0, started + after - time.perf_counter()))
            os.close(ending)
            seconds = time.perf_counter() - started
            (os.killpg if with_children else os.kill)(process.pid, signal.SIGKILL)
            end = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie keeps its group
            if end and end.si_code == os.CLD_EXITED and end.si_status:
                raise BenchError(f"the run ended with exit code {end.si_status}")
            yield None if end and end.si_code == os.CLD_KILLED else seconds
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def mend(self) -> None:
        """After a failure: make the index anew, so that the next round stands for itself."""
        try:
            self.update("--full")
        except BenchError:
            shutil.rmtree(self.folder)
            self.update()
