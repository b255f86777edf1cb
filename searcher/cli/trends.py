"""`searcher trends`: papers over time."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from searcher import open_archive
from searcher.cli import pager
from searcher.cli.options import (
    AnyWord,
    Authors,
    Categories,
    ConfigFile,
    Format,
    NotCategories,
    Output,
    Primaries,
    Since,
    Title,
    Until,
    select,
)
from searcher.cli.pager import NO_PAGER
from searcher.cli.running import FOUND, NOTHING, say
from searcher.cli.terminal import terminal


def trends(
    queries: Annotated[list[str], typer.Argument(metavar="QUERY...", help="", show_default=False)],
    by: Annotated[
        Literal["year", "month"], typer.Option(metavar="NAME", show_default=False, help="year or month")
    ] = "year",
    share: Annotated[bool, typer.Option("--share", help="as a share of all papers of the time")] = False,
    output: Output = None,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    title: Title = None,
    since: Since = None,
    until: Until = None,
    any_word: AnyWord = False,
    no_pager: Annotated[bool, NO_PAGER] = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Count the papers of several queries over time.

    Examples:
        searcher trends diffusion gan nerf
        searcher trends "gaussian splatting" nerf --share --output nerf.svg
    """
    from searcher.app import trends as use_case

    if output:
        from searcher.render import figure

        figure.check_output(output)
    filters = select(["*"], cat, not_cat, primary, author, title, since, until, any_word)
    found = use_case.trends(open_archive(config), queries, filters, by)
    for warning in found.warnings:
        say("searcher", warning)
    is_found = any(count for trend in found.trends for count in trend.counts)
    if not is_found:
        say("searcher", "no paper matches")
    elif output:
        from searcher.render import figure

        figure.trends(found, output, share=share)
        say("searcher", f"wrote {output}")
    if format == "json":
        from searcher.render import json

        print(json.trends(found))
    elif is_found and not output:
        from searcher.render import chart

        pager.show(chart.trends(found, terminal(), share=share))
    return FOUND if is_found else NOTHING
