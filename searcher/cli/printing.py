"""Print papers in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher.cli import pager
from searcher.cli.running import say
from searcher.cli.terminal import is_for_reading, terminal
from searcher.errors import SearcherError

if TYPE_CHECKING:
    from searcher.cli.options import PaperFormat
    from searcher.results import SearchResponse


def parse_fields(format: PaperFormat, fields: str | None) -> tuple[str, ...]:
    """The columns of --fields, none where it is not given. Raises SearcherError if there are none such."""
    if fields is None:
        return ()
    if format not in ("text", "csv", "jsonl"):
        raise SearcherError(f"--fields goes with --format text, csv or jsonl, and not with {format}")
    from searcher.render.columns import parse_columns

    return parse_columns(fields)


def print_papers(
    name: str,
    response: SearchResponse,
    format: PaperFormat,
    columns: tuple[str, ...],
    page: int,
    limit: int,
    *,
    nothing: str,
) -> None:
    """Print a page of what the command `name` found; `nothing` says that there is none.

    Text is for people on a terminal, and for other commands in a pipe: there, or where columns are named, it is one
    line a paper.
    """
    for warning in response.warnings:
        say(name, warning)
    if format == "json":
        from searcher.render import json

        print(json.search(response))
        return
    if format == "text" and not columns and (is_for_reading() or not limit or _is_explained(response)):
        if response.total:
            from searcher.render import text

            pager.show(text.search(response, (page - 1) * limit + 1, terminal()))
    else:
        print(rendered(response, format, columns), end="")
        if response.total and response.suggestion:
            say(name, f"did you mean: {response.suggestion}")
    if not response.total:
        if nothing:
            say(name, nothing)
    elif limit and not response.hits:
        say(name, f"there is no page {page}; the last one is {-(-response.total // limit)}")


def rendered(response: SearchResponse, format: PaperFormat, columns: tuple[str, ...]) -> str:
    """The papers, in a format for other programs."""
    if format == "bibtex":
        from searcher.render import bibtex

        return bibtex.entries(hit.paper for hit in response.hits)
    from searcher.render.columns import ids, lines, objects, table

    match format:
        case "ids":
            return ids(response.hits)
        case "csv":
            return table(response.hits, columns)
        case "jsonl":
            return objects(response.hits, columns)
        case _:
            return lines(response.hits, columns)


def _is_explained(response: SearchResponse) -> bool:
    return any(hit.explanation for hit in response.hits)
