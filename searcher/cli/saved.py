"""`searcher saved`: the saved searches of config.yaml."""

from __future__ import annotations

from typing import Annotated

import typer

from searcher.cli.help import Command, Group
from searcher.cli.options import ConfigFile, Fields, Format, Limit, Page, PapersAs, load_settings
from searcher.cli.pager import NO_PAGER
from searcher.cli.printing import parse_fields, print_papers
from searcher.cli.running import FOUND, NOTHING, TYPER_OPTIONS, say
from searcher.cli.terminal import terminal

app = typer.Typer(
    **TYPER_OPTIONS,
    cls=Group,
    help="""List or run the saved searches of config.yaml.

    Examples:
        searcher saved list
        searcher saved run super-resolution -n 50
    """,
)


@app.callback(invoke_without_command=True)
def _alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command("list", cls=Command)
def list_(format: Format = "text", config: ConfigFile = None) -> int:
    """List the saved searches.

    Examples:
        searcher saved list
    """
    searches = load_settings(config).searches
    if format == "json":
        from searcher.render import json

        print(json.saved(searches))
    elif searches:
        from searcher.render import text

        print(text.saved(searches, terminal()))
    else:
        say("searcher", "no searches are saved; name them in config.yaml under searches:")
    return FOUND if searches else NOTHING


@app.command("run", cls=Command)
def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="", show_default=False)],
    limit: Limit = 10,
    page: Page = 1,
    no_pager: Annotated[bool, NO_PAGER] = False,
    format: PapersAs = "text",
    fields: Fields = None,
    config: ConfigFile = None,
) -> int:
    """Run a saved search, as search does with the same query and filters.

    Examples:
        searcher saved run super-resolution --format ids
    """
    from searcher import open_archive
    from searcher.app.saved import find_saved

    columns = parse_fields(format, fields)
    settings = load_settings(config)
    saved = find_saved(settings, name)
    response = open_archive(settings).search(saved.selection, sort=saved.sort, limit=limit, page=page)
    print_papers("searcher", response, format, columns, page, limit, nothing="no paper matches")
    return FOUND if response.total else NOTHING
