"""`searcher show`: print papers."""

from __future__ import annotations

from typing import Annotated

import typer

from searcher import open_archive
from searcher.cli import pager
from searcher.cli.options import ConfigFile, Fields, PapersAs
from searcher.cli.pager import NO_PAGER
from searcher.cli.printing import parse_fields, print_papers
from searcher.cli.running import FOUND, NOTHING, say
from searcher.cli.terminal import terminal


def show(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="", show_default=False)],
    no_pager: Annotated[bool, NO_PAGER] = False,
    format: PapersAs = "text",
    fields: Fields = None,
    config: ConfigFile = None,
) -> int:
    """Print papers by arXiv id or address.

    Examples:
        searcher show 2403.90302
        searcher show https://arxiv.org/abs/2403.90302 2403.90147 --format bibtex
    """
    from searcher.results import Hit, SearchResponse

    columns = parse_fields(format, fields)
    papers = open_archive(config).papers(ids)
    found = [paper for paper in papers if paper is not None]
    if format != "text" or columns:
        hits = tuple(Hit(paper, 0.0) for paper in found)
        response = SearchResponse(total=len(hits), hits=hits, facets={}, query=" ".join(ids))
        print_papers("searcher", response, format, columns, 1, len(hits), nothing="")
    elif found:
        from searcher.render import text

        pager.show("\n\n\n".join(text.paper(paper, terminal()) for paper in found))
    for name, paper in zip(ids, papers, strict=True):
        if paper is None:
            say("searcher", f"there is no paper {name!r} in the index")
    return FOUND if len(found) == len(papers) else NOTHING
