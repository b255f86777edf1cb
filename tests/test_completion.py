"""Completion, typed into real shells: bash, zsh and fish."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from commands import INSTALLED, Shell

SHELLS = {
    "bash": (
        ["bash", "--norc", "-i"],
        'PS1="> "; bind "set enable-bracketed-paste off"; eval "$(searcher completion bash)"',
    ),
    "zsh": (["zsh", "-f", "-i"], 'PS1="> "; autoload -U compinit; compinit -D; eval "$(searcher completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "function fish_prompt; echo '> '; end; searcher completion fish | source"),
}


_ECHOED = r"(?<!')\[ (.*?) \]"  # and not what was typed
COMPLETED = {
    "search x --cat ees": "search x --cat eess.IV",
    "search --explai": "search --explain",
    "search --sort new": "search --sort newest",
    "search --author 'mira ok": "search --author Mira Okafor",
    "search --author okaf": "search --author Mira Okafor",
    "search --fields id,titl": "search --fields id,title",
    "searcher sim": "searcher similar",
    "searcher saved run sup": "searcher saved run super-resolution",
    "searcher similar --text dra": "searcher similar --text draft.tex",
    "search --config conf": "search --config config.yaml",
    "searcher index list": "searcher index listings",
}


class Typist:
    """Somebody at the keyboard of a shell."""

    def __init__(self, kind: str, folder: Path) -> None:
        command, setup = SHELLS[kind]
        if not shutil.which(command[0]):
            pytest.skip(f"{kind} is not installed")
        environment = {**os.environ, "PATH": f"{INSTALLED}:{os.environ['PATH']}", "TERM": "xterm", "HOME": str(folder)}
        self._pid, self._keys = pty.fork()
        if not self._pid:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        self._type(f"{setup}; echo re''ady\r")
        self._read_until("ready")

    def complete(self, line: str) -> str:
        """What stands on the command line after a line was typed and completed."""
        self._type(f"{line}\t")
        self._read_until(None)
        self._type("\x01echo '[' \x05 ']'\r")  # to its beginning, and to its end
        return re.findall(_ECHOED, self._read_until(_ECHOED))[-1].strip().rstrip("/")

    def leave(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._keys)

    def _type(self, keys: str) -> None:
        os.write(self._keys, keys.encode())

    def _read_until(self, pattern: str | None) -> str:
        """What is printed until a pattern comes; without one, until no more comes for a while."""
        seen = ""
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            if select.select([self._keys], [], [], 0.6)[0]:
                seen += os.read(self._keys, 65536).decode(errors="replace").replace("\r", "")
                if pattern and re.search(pattern, seen, re.DOTALL):
                    return seen
            elif pattern is None:
                return seen
        raise AssertionError(f"{pattern} did not come; what came was {seen!r}")


@pytest.fixture
def archive(library: Shell) -> Shell:
    library.write("config.yaml", "searches:\n  super-resolution: {query: diffusion}\n")
    library.write("draft.tex", "")
    library.write("listings/a.md", "")
    return library


@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
@pytest.mark.parametrize("kind", SHELLS)
def test_a_shell_completes_what_is_typed(archive: Shell, kind: str) -> None:
    typist = Typist(kind, archive.folder)
    try:
        assert {line: typist.complete(line) for line in COMPLETED} == COMPLETED
    finally:
        typist.leave()


def asked(archive: Shell, command: str, *words: str, shell: str = "zsh") -> list[str]:
    run = subprocess.run(
        [INSTALLED / command, *words], capture_output=True, text=True, env={**os.environ, "_SEARCHER_COMPLETE": shell}
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.splitlines()


def test_categories_come_with_their_counts(archive: Shell) -> None:
    assert asked(archive, "search", "--cat", "eess.") == ["eess.IV\t14 papers", "eess.*\t14 papers"]
    assert asked(archive, "search", "--cat", "")[0] == "cs.CV\t40 papers"


def test_authors_are_found_by_any_word_of_their_name(archive: Shell) -> None:
    for word in ("mira", "OKAFOR", "mira okaf", "oka"):
        assert "Mira Okafor\t3 papers" in asked(archive, "search", "--author", word)
    assert asked(archive, "search", "--author", "okafor mira") == []
    assert asked(archive, "search", "--author", "") == []


def test_bash_is_not_given_what_would_erase_the_word(archive: Shell) -> None:
    several = asked(archive, "search", "--author", "v")
    assert len(several) > 1
    begun = asked(archive, "search", "--author", "v", shell="bash")
    assert begun == [line for line in several if line.lower().startswith("v")]


@pytest.mark.parametrize("words", [["--cat", ""], ["--author", "x"], ["x"]])
def test_without_an_index_nothing_is_offered(shell: Shell, words: list[str]) -> None:
    assert asked(shell, "search", *words) == []


def test_a_config_file_named_before_is_the_one_that_is_read(shell: Shell) -> None:
    shell.write("other.yaml", "searches: {mine: {query: x}}\n")
    assert asked(shell, "searcher", "saved", "run", "--config", "other.yaml", "m") == ["mine\tx"]
