"""`--help` that fits a screen and begins with examples (`described`), for Typer's commands."""

from __future__ import annotations

from typing import Any

import typer.core


class Command(typer.core.TyperCommand):
    """A command with such help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write it."""
        from searcher.cli.described import write_help

        write_help(self, ctx, formatter)


class Group(typer.core.TyperGroup):
    """A command of several, likewise."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write it."""
        from searcher.cli.described import write_help

        write_help(self, ctx, formatter)
