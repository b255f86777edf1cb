"""`search`: find papers."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from searcher import open_archive
from searcher.cli.help import Command
from searcher.cli.options import (
    AnyWord,
    Authors,
    Categories,
    ConfigFile,
    Fields,
    Limit,
    NotCategories,
    Page,
    PapersAs,
    Primaries,
    Query,
    Since,
    Title,
    Until,
    select,
)
from searcher.cli.pager import NO_PAGER
from searcher.cli.printing import parse_fields, print_papers
from searcher.cli.running import FOUND, NOTHING, TYPER_OPTIONS

app = typer.Typer(**TYPER_OPTIONS)


@app.command(cls=Command)
def search(
    query: Query = None,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    title: Title = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[
        Literal["relevance", "newest", "oldest"],
        typer.Option(metavar="ORDER", show_default=False, help="relevance, newest or oldest first"),
    ] = "relevance",
    limit: Limit = 10,
    page: Page = 1,
    facet: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="count by category, author, year..."),
    ] = None,
    no_facets: Annotated[bool, typer.Option("--no-facets", help="")] = False,
    any_word: AnyWord = False,
    boost_recent: Annotated[bool, typer.Option("--boost-recent", help="let recent papers come first")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="say why a paper stands where it does")] = False,
    open_rank: Annotated[
        int | None,
        typer.Option("--open", metavar="N", help="open the Nth paper in a browser", show_default=False),
    ] = None,
    no_pager: Annotated[bool, NO_PAGER] = False,
    format: PapersAs = "text",
    fields: Fields = None,
    config: ConfigFile = None,
) -> int:
    """Find papers: all the words, "a phrase", OR, -not, title:, prefix*, fuzzy~.

    Examples:
        search "diffusion super-resolution" --cat eess.IV
        search 'nerf -dynamic' --author "okafor, m" --from 2024 --sort newest
        search '"neural radiance fields"' -n 50 --format bibtex > nerf.bib
    """
    columns = parse_fields(format, fields)
    selection = select(query, cat, not_cat, primary, author, title, since, until, any_word)
    archive = open_archive(config)
    response = archive.search(
        selection,
        sort=sort,
        limit=limit,
        page=page,
        facets=() if no_facets else facet or archive.config.facets,
        explain=explain,
        boost_recent=boost_recent,
    )
    if response.suggestion:
        hint = f"; did you mean: {response.suggestion}"
    else:
        hint = "" if any_word or len(selection.query.split()) < 2 else "; --any finds those with any of the words"
    if open_rank is not None and response.hits:
        from searcher.cli.browser import open_hit

        open_hit(response, open_rank, (page - 1) * limit + 1)
        return FOUND
    print_papers("search", response, format, columns, page, limit, nothing=f"no paper matches{hint}")
    return FOUND if response.total else NOTHING
