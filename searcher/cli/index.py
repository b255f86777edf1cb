"""`searcher index`: build the index, or bring it up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from searcher.cli.options import ConfigFile, Format, load_settings
from searcher.cli.running import FOUND, NOTHING
from searcher.cli.terminal import ProgressBar


def index(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="", show_default=False)] = None,
    full: Annotated[bool, typer.Option("--full", help="build it anew")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be done; write nothing")] = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Build the index, or bring it up to date with the listing files.

    Examples:
        searcher index ~/arxiv-listings
        searcher index
    """
    from searcher.app import index as use_case

    with ProgressBar() as bar:
        report = use_case.index(load_settings(config), paths or (), full=full, dry_run=dry_run, progress=bar.show)
    if format == "json":
        from searcher.render import json

        print(json.report(report))
    else:
        from searcher.render import text

        for problem in report.problems:
            print(text.printable(f"{problem.file}:{problem.line}: {problem.message}"), file=sys.stderr)
        print(text.report(report, dry_run=dry_run))
    return NOTHING if report.problems else FOUND
