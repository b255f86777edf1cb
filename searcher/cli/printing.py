"""Print papers in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from searcher.cli import pager
from searcher.cli.running import say
from searcher.cli.terminal import terminal

if TYPE_CHECKING:
    from searcher.results import SearchResponse


def print_papers(
    name: str, response: SearchResponse, format: Literal["text", "json"], page: int, limit: int, *, nothing: str
) -> None:
    """Print a page of what the command `name` found; in the text view `nothing` says that there is none."""
    for warning in response.warnings:
        say(name, warning)
    if format == "json":
        from searcher.render import json

        print(json.search(response))
    elif response.total:
        from searcher.render import text

        pager.show(text.search(response, (page - 1) * limit + 1, terminal()))
        if limit and not response.hits:
            say(name, f"there is no page {page}; the last one is {-(-response.total // limit)}")
    elif nothing:
        say(name, nothing)
