"""`searcher facets`: count papers."""

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
    Query,
    Since,
    Title,
    Until,
    select,
)
from searcher.cli.pager import NO_PAGER
from searcher.cli.running import FOUND, NOTHING, say
from searcher.cli.terminal import terminal


def facets(
    query: Query = None,
    by: Annotated[
        Literal["category", "primary", "archive", "author", "year", "month"],
        typer.Option(metavar="NAME", show_default=False, help="category (or primary, archive, author, year, month)"),
    ] = "category",
    limit: Annotated[
        int, typer.Option("-n", min=1, max=1000, metavar="N", show_default=False, help="how many values (20)")
    ] = 20,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    title: Title = None,
    since: Since = None,
    until: Until = None,
    any_word: AnyWord = False,
    output: Output = None,
    no_pager: Annotated[bool, NO_PAGER] = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Count papers by category, author, year and the like.

    Examples:
        searcher facets --by year
        searcher facets "gaussian splatting" --cat cs.CV --by author -n 10
    """
    if output:
        from searcher.render import figure

        figure.check_output(output)
    selection = select(query or ["*"], cat, not_cat, primary, author, title, since, until, any_word)
    response = open_archive(config).search(selection, limit=0, facets=[by], facet_size=limit)
    for warning in response.warnings:
        say("searcher", warning)
    if response.suggestion:
        say("searcher", f"did you mean: {response.suggestion}")
    if output and response.total:
        from searcher.render import figure

        figure.facets(by, response.facets[by], output)
        say("searcher", f"wrote {output}")
    if format == "json":
        from searcher.render import json

        print(json.facets(response))
    elif response.total and not output:
        from searcher.render import text

        pager.show(text.facets(response, terminal()))
    elif not response.total:
        say("searcher", "no paper matches")
    return FOUND if response.total else NOTHING
