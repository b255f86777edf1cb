"""`searcher similar`: find papers like one, or like a text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from searcher import open_archive
from searcher.cli.options import (
    Authors,
    Categories,
    ConfigFile,
    Fields,
    Limit,
    NotCategories,
    Page,
    PapersAs,
    Primaries,
    Since,
    Until,
    select,
)
from searcher.cli.pager import NO_PAGER
from searcher.cli.printing import parse_fields, print_papers
from searcher.cli.running import FOUND, NOTHING, say
from searcher.errors import SearcherError

if TYPE_CHECKING:
    from searcher.paper import Paper


def similar(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="", show_default=False)] = None,
    text_file: Annotated[
        str | None,
        typer.Option("--text", metavar="FILE", show_default=False, help="like the text in a file; - is stdin"),
    ] = None,
    limit: Limit = 10,
    page: Page = 1,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    since: Since = None,
    until: Until = None,
    no_pager: Annotated[bool, NO_PAGER] = False,
    format: PapersAs = "text",
    fields: Fields = None,
    config: ConfigFile = None,
) -> int:
    """Find papers like a paper, or like a text.

    Examples:
        searcher similar 2403.90147
        searcher similar --text draft.tex --from 2024 -n 20
    """
    from searcher.results import SearchResponse

    columns = parse_fields(format, fields)
    if (id is None) == (text_file is None):
        raise SearcherError("name one paper or one text: searcher similar ID, or searcher similar --text FILE")
    name = id or text_file or ""
    archive = open_archive(config)
    example: Paper | str | None = archive.papers([name])[0] if text_file is None else _read_text(text_file)
    if example is None:
        response = SearchResponse(total=0, hits=(), facets={}, query=name, terms=())
    else:
        selection = select([name], cat, not_cat, primary, author, None, since, until, False)
        response = archive.similar(example, selection, limit=limit, page=page)
    print_papers("searcher", response, format, columns, page, limit, nothing="no paper is like it" if example else "")
    if example is None:
        say("searcher", f"there is no paper {name!r} in the index")
    return FOUND if response.total else NOTHING


def _read_text(file: str) -> str:
    """The text of a file, or of stdin where that is -; no more of it than is looked at."""
    from searcher.app.similar import MAX_CHARS

    if file == "-" and sys.stdin is None:
        raise SearcherError("there is no text on stdin")
    try:
        with open(0 if file == "-" else file, encoding="utf-8-sig", closefd=file != "-") as stream:
            return stream.read(MAX_CHARS)
    except ValueError:  # of its encoding, or a name that no file can have
        raise SearcherError(f"{file}: not a text in UTF-8; convert it first") from None
