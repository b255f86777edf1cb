"""`--help` fits a screen and begins with examples; the manual pages say the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import Shell
from typer.main import get_command

from searcher.cli import manual, search, searcher

ROOT = Path(__file__).resolve().parents[1]


def commands() -> dict[str, Any]:
    """Every command with its options, by how it is typed."""
    group: Any = get_command(searcher.app)
    found = {"search": get_command(search.app), "searcher": group}
    for name, command in group.commands.items():
        found[f"searcher {name}"] = command
        found |= {f"searcher {name} {inner}": each for inner, each in getattr(command, "commands", {}).items()}
    return found


COMMANDS = commands()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_screen(shell: Shell, command: str) -> None:
    lines = shell(f"{command} --help").out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples_before_the_options(shell: Shell, command: str) -> None:
    usage, _, about, _, example, *rest = shell(f"{command} --help").out.split("\n")
    if "  search" not in example and '  eval "$(searcher' not in example:
        about, _, example = f"{about} {rest[0]}", *rest[0:2]  # a sentence of two lines
    assert usage.startswith(f"Usage: {command} ")
    assert re.match(r"  (search|eval \"\$\(searcher)", example) or re.match(r"  search", rest[0]), example


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option(shell: Shell, command: str) -> None:
    shown = shell(f"{command} --help").out
    options = [name for each in COMMANDS[command].params if each.param_type_name == "option" for name in each.opts]
    assert [name for name in options if not re.search(rf"(?<![\w-]){name}\b", shown)] == []


@pytest.mark.parametrize("command", ["searcher", "searcher saved"])
def test_a_group_alone_prints_its_help(shell: Shell, command: str) -> None:
    assert shell(command).out == shell(f"{command} --help").out


EXAMPLES = [
    line.strip()
    for command in COMMANDS
    for line in (COMMANDS[command].help or "").partition("Examples:\n")[2].splitlines()
    if line.strip().startswith("search")
    and not re.search(r"[|>$]|COMMAND|\bindex\b|draft|~/|nerf.svg|\bserve\b|\bmcp\b|\bwatch\b|\bfetch\b", line)
]


@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_works(library: Shell, line: str) -> None:
    library.write(
        "config.yaml", f"listings: [{ROOT / 'examples'}]\nsearches: {{super-resolution: {{query: diffusion}}}}\n"
    )
    ran = library(line)
    assert ran.code in (0, 1), ran.err
    assert (
        not ran.err
        or "nothing new" in ran.err
        or "first digest" in ran.err
        or "no paper" in ran.err
        or "wrote" in ran.err
    )


@pytest.mark.parametrize("name", ["search", "searcher"])
def test_the_manual_page_in_docs_is_what_the_help_says(name: str) -> None:
    assert (ROOT / "docs" / "man" / f"{name}.1").read_text(encoding="utf-8") == manual.page(name), (
        "make it anew: python -m searcher.cli.manual docs/man"
    )


def test_the_manual_pages_name_every_command_and_option() -> None:
    pages = (manual.page("search") + manual.page("searcher")).replace("\\-", "-").replace("\\fB", "")
    options = {name for each in COMMANDS.values() for option in each.params for name in option.opts if name[0] == "-"}
    assert {name for name in options if not re.search(rf"(?<![\w-]){name}\b", pages)} == set()
    assert {name for name in COMMANDS if name.count(" ") == 1 and f".SS {name.split()[1]} " not in pages} == set()


@pytest.mark.parametrize("name", ["search", "searcher"])
@pytest.mark.parametrize("checker", [["mandoc", "-T", "lint"], ["groff", "-man", "-ww", "-z", "-Tutf8"]])
def test_a_manual_page_has_no_fault(name: str, checker: list[str]) -> None:
    if not shutil.which(checker[0]):
        pytest.skip(f"{checker[0]} is not installed")
    run = subprocess.run([*checker, ROOT / "docs" / "man" / f"{name}.1"], capture_output=True, text=True)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


def test_the_pages_are_written_by_a_command(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "searcher.cli.manual", tmp_path / "new"], check=True)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["search.1", "searcher.1"]
