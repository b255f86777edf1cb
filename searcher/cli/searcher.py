"""`searcher`: everything but the search, one module a command."""

from __future__ import annotations

from typing import Annotated

import typer

from searcher import __version__
from searcher.cli import saved
from searcher.cli.check import check
from searcher.cli.completion import completion
from searcher.cli.digest import digest
from searcher.cli.facets import facets
from searcher.cli.fetch import fetch
from searcher.cli.help import Command, Group
from searcher.cli.index import index
from searcher.cli.mcp import mcp
from searcher.cli.running import TYPER_OPTIONS
from searcher.cli.serve import serve
from searcher.cli.show import show
from searcher.cli.similar import similar
from searcher.cli.stats import stats
from searcher.cli.trends import trends
from searcher.cli.watch import watch

app = typer.Typer(
    **TYPER_OPTIONS,
    cls=Group,
    help="""Keep an archive of listing files; `search` finds papers. See COMMAND --help.

    Examples:
        searcher index ~/arxiv-listings
    """,
)
for command in (index, check, fetch, watch, facets, show, similar, stats, trends, digest, serve, mcp, completion):
    app.command(cls=Command)(command)
app.add_typer(saved.app, name="saved")


@app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="print the version")] = False
) -> None:
    if version:
        print(f"searcher {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
