"""The README cannot rot: every command in it is run, in the order of its text, and prints what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import run_in_terminal

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", README, re.MULTILINE)
CONFIGURED = ["config.yaml", "Makefile", "pyproject.toml", "examples", "index/README.md"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a newcomer has after `git clone`, as far as the commands need it."""
    folder = tmp_path_factory.mktemp("clone")
    for name in CONFIGURED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def without_times(text: str) -> str:
    """Text in which the time a command took does not show."""
    return re.sub(r'\b\d+(\.\d)? (m?s)\b|(?<="took_ms": )[\d.]+', r"N \2", text)


@pytest.mark.parametrize(("command", "output"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_a_command_prints_what_the_readme_says(clone: Path, command: str, output: str) -> None:
    installed = Path(sys.executable).parent
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SEARCHER_", "XDG_"))}
    environment = {**inherited, "PATH": f"{installed}:{os.environ['PATH']}", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    if command.startswith("make"):
        (clone / "venv").mkdir()
        (clone / "venv/bin").symlink_to(installed)
        (clone / "venv/.installed").touch()
        command += " VENV=venv"
    if command.startswith("searcher serve"):  # which ends when it is told to
        command = f"timeout --preserve-status 4 {command} 2>&1"
    run = run_in_terminal(command, clone, environment)
    assert (run.code, run.err) == (0, "")
    if output:
        assert without_times(run.out) == without_times(output)


def test_the_readme_is_run_from_its_first_command() -> None:
    assert [command for command, _ in BLOCKS][:2] == [
        "make demo",
        'search "diffusion super-resolution" --cat eess.IV -n 2',
    ]


def test_every_option_of_search_is_in_the_readme() -> None:
    shown = subprocess.run(
        [Path(sys.executable).with_name("search"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", shown)) - {"--help"}
    assert {option for option in options if not re.search(rf"{option}\b", README)} == set()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "`make test`" in README
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
