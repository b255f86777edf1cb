"""What there is to say of a command, for `--help` and the manual pages: options of a kind stand on one line.

An option without a help text of its own stands on the line of the one above it, whose text speaks for both.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import typer

_EXAMPLES = "\n\nExamples:\n"
_NAMES_WIDTH = 36  # cells, of the options of a line; more than that stand on a line of their own


@dataclass(frozen=True, slots=True)
class Help:
    """What there is to say of a command."""

    about: str  # one sentence or two
    examples: tuple[str, ...]  # command lines
    options: tuple[tuple[str, str], ...]  # names with what they take, as "--from DATE, --to DATE", and what they do
    commands: tuple[tuple[str, str], ...] = ()  # of a group


def read_help(command: Any, context: typer.Context) -> Help:
    """The help of a command of Typer: from its docstring and its options, in the order of the source."""
    about, _, examples = inspect.cleandoc(command.help or "").partition(_EXAMPLES)
    rows: list[tuple[list[str], str]] = []
    for option in command.get_params(context):
        if option.param_type_name == "option" and (record := option.get_help_record(context)):
            if option.help or not rows:
                rows.append(([], option.help or ""))
            rows[-1][0].append(record[0])
    listed = getattr(command, "commands", {})
    return Help(
        " ".join(about.split()),
        tuple(line.strip() for line in examples.splitlines() if line.strip()),
        tuple((", ".join(names), text) for names, text in rows),
        tuple((name, each.get_short_help_str(200)) for name, each in listed.items() if not each.hidden),
    )


def write_help(command: Any, context: typer.Context, formatter: Any) -> None:
    """Write it for a terminal of 80 columns and 24 lines."""
    found = read_help(command, context)
    command.format_usage(context, formatter)
    formatter.write_paragraph()
    formatter.write_text(found.about)
    if found.examples:
        formatter.write_paragraph()
        for example in found.examples:
            formatter.write(f"  {example}\n")
    for rows in (found.commands, found.options):
        if rows:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_dl(rows, col_max=_NAMES_WIDTH)
