"""The two commands for tests: run in process, which is quick, or as a user does, with pipes and terminals."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import pty
import selectors
import shlex
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from searcher.cli import run_search, run_searcher

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
INSTALLED = Path(sys.executable).parent
_OURS = ("SEARCHER_", "XDG_", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES", "PAGER", "LESS")
_LINKING = ("FORCE_HYPERLINK", "VTE_VERSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "SSH_CONNECTION")


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def ids(self) -> list[str]:
        return [hit["id"] for hit in self.json["hits"]]

    def counts(self, facet: str) -> dict[str, int]:
        return {each["value"]: each["count"] for each in self.json["facets"][facet]}


class Shell:
    """A place to type commands: a folder of its own, and none of the user's settings."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in [name for name in os.environ if name.startswith(_OURS + _LINKING)]:
            monkeypatch.delenv(name)
        self.set(XDG_CONFIG_HOME=str(folder / "xdg-config"), XDG_DATA_HOME=str(folder / "xdg-data"), COLUMNS="80")
        self.set(TERM="dumb")
        monkeypatch.chdir(folder)

    def set(self, **variables: str) -> None:
        """Set variables of the environment."""
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def write(self, name: str, content: str) -> Path:
        """Write a file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def __call__(self, line: str) -> Outcome:
        """Run a command line in process, as in a terminal that knows neither colours nor links."""
        return self._run(line, is_terminal=True)

    def piped(self, line: str) -> Outcome:
        """Run a command line in process, its output in a pipe."""
        return self._run(line, is_terminal=False)

    def _run(self, line: str, *, is_terminal: bool) -> Outcome:
        words = shlex.split(line)
        self._monkeypatch.setattr(sys, "argv", words)
        self._monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
        self._capsys.readouterr()
        thresholds = gc.get_threshold()
        with pytest.raises(SystemExit) as exit_:
            {"search": run_search, "searcher": run_searcher}[words[0]]()
        gc.unfreeze()  # what a process that ends need not look for cycles in, this one has to
        gc.set_threshold(*thresholds)
        out, err = self._capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return Outcome(exit_.value.code, out, err)

    def bash(self, script: str) -> Outcome:
        """Run a script in which `search` and `searcher` are the installed commands."""
        path = f"{INSTALLED}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def terminal(self, line: str, *, only: str = "", size: str = "0x0", **environment: str) -> Outcome:
        """Run an installed command whose stdout and stderr are terminals, 24x80 for example, or `only` one."""
        screens = {name: pty.openpty() for name in ("stdout", "stderr")}
        for _, inner in screens.values():
            fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", *map(int, size.split("x")), 0, 0))
        pipes = {name: os.pipe() for name in ("stdout", "stderr")}
        ends = {name: screens[name] if only in ("", name) else pipes[name] for name in screens}
        process = subprocess.Popen(
            [INSTALLED / (words := shlex.split(line))[0], *words[1:]],
            stdin=subprocess.DEVNULL,
            stdout=ends["stdout"][1],
            stderr=ends["stderr"][1],
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )
        for _, inner in (*screens.values(), *pipes.values()):
            os.close(inner)
        seen = _read_all({ends[name][0]: name for name in ends})
        for outer, _ in (*screens.values(), *pipes.values()):
            os.close(outer)
        return Outcome(process.wait(), seen["stdout"], seen["stderr"])


def run_in_terminal(script: str, folder: Path, environment: Mapping[str, str]) -> Outcome:
    """Run a script in a folder, its stdout a terminal that knows neither colours nor links."""
    outer, inner = pty.openpty()
    with subprocess.Popen(
        script,
        shell=True,
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=inner,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(inner)
        assert process.stderr
        seen = _read_all({outer: "stdout", process.stderr.fileno(): "stderr"})
    os.close(outer)
    return Outcome(process.returncode, seen["stdout"], seen["stderr"])


def _read_all(names: Mapping[int, str]) -> dict[str, str]:
    """Read descriptors until nobody writes to them any more."""
    seen = dict.fromkeys(names.values(), b"")
    patience_ends = time.monotonic() + 60
    with selectors.DefaultSelector() as reading:
        for descriptor in names:
            reading.register(descriptor, selectors.EVENT_READ)
        while reading.get_map() and time.monotonic() < patience_ends:
            for key, _ in reading.select(1.0):
                try:
                    data = os.read(key.fd, 65536)
                except OSError:  # how Linux says that a terminal's other side was closed
                    data = b""
                seen[names[key.fd]] += data
                if not data:
                    reading.unregister(key.fd)
        assert not reading.get_map(), "the command did not end"
    return {name: data.decode().replace("\r\n", "\n") for name, data in seen.items()}
