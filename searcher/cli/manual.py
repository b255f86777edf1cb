"""The manual pages, made of what `--help` says.

`python -m searcher.cli.manual FOLDER` writes search.1 and searcher.1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from searcher import __version__
from searcher.cli import search, searcher
from searcher.cli.described import read_help

_DATE = "2026-11-27"  # when what the pages say was last changed
_EXIT_CODES = {
    "0": "found, or done",
    "1": "nothing found; of index: some records could not be read",
    "2": "an error, told in one line on stderr",
    "130": "ended by Ctrl-C",
}
_ENVIRONMENT = {
    "SEARCHER_CONFIG": "the file with the settings",
    "SEARCHER_INDEX, SEARCHER_ENGINE": "come before what it says of them",
    "SEARCHER_PAGER, PAGER": "what shows more than a screen; an empty one is none",
    "NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE": "whether there are colours",
}


_ESCAPED = str.maketrans({
    "\\": r"\e", "-": r"\-", "'": r"\(aq", '"': r"\(dq", "^": r"\(ha", "~": r"\(ti", "`": r"\(ga",
})  # fmt: skip


def main(folder: Path) -> None:
    """Write both pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("search", "searcher"):
        (folder / f"{name}.1").write_text(page(name), encoding="utf-8")


def page(name: str) -> str:
    """A manual page in the language of man(7)."""
    command: Any = get_command({"search": search.app, "searcher": searcher.app}[name])
    context = command.make_context(name, [], resilient_parsing=True)
    about = read_help(command, context)
    first, _, rest = about.about.partition(": ") if name == "search" else about.about.partition(". ")
    lines = [
        f'.TH {name.upper()} 1 {_DATE} "searcher {__version__}"',
        ".SH NAME",
        rf"{name} \- {_text(first[0].lower() + first[1:])}",
        ".SH SYNOPSIS",
        f".B {name}",
        _text(_usage(command, context)),
        ".SH DESCRIPTION",
        _text(rest[:1].upper() + rest[1:]),
        *_commands(command, context),
        *_entries(".SH OPTIONS", about.options),
        *_entries(".SH EXIT STATUS", _EXIT_CODES.items()),
        *_entries(".SH ENVIRONMENT", _ENVIRONMENT.items()),
        *_examples(about.examples),
        ".SH SEE ALSO",
        rf".BR {'searcher' if name == 'search' else 'search'} (1)",
    ]
    return "\n".join(lines) + "\n"


def _commands(command: Any, context: Any) -> Iterator[str]:
    """The commands of a group, each with its options."""
    listed = getattr(command, "commands", {})
    if listed:
        yield ".SH COMMANDS"
    for name, each in listed.items():
        inner = each.make_context(name, [], parent=context, resilient_parsing=True)
        found = read_help(each, inner)
        yield f".SS {name} {_text(_usage(each, inner))}"
        yield _text(found.about)
        yield from _entries("", [row for row in (*found.commands, *found.options) if row[0] != "--help"])


def _usage(command: Any, context: Any) -> str:
    return " ".join(command.collect_usage_pieces(context))


def _entries(heading: str, rows: Any) -> Iterator[str]:
    if heading:
        yield heading
    for names, text in rows:
        yield from (".TP", rf"\fB{_text(names)}\fR", _text(text))


def _examples(examples: tuple[str, ...]) -> Iterator[str]:
    if examples:
        yield from (".SH EXAMPLES", ".nf", *(_text(example) for example in examples), ".fi")


def _text(text: str) -> str:
    """A text in which nothing is a command of roff."""
    escaped = text.translate(_ESCAPED)
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


if __name__ == "__main__":
    main(Path(sys.argv[1]))
