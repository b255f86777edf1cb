"""The arguments and options that several commands have, and what becomes of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from searcher.errors import SearcherError

if TYPE_CHECKING:
    from searcher.config import Config
    from searcher.selection import Selection

Query = Annotated[list[str] | None, typer.Argument(help="What to look for; * is every paper.", show_default=False)]
Categories = Annotated[
    list[str] | None,
    typer.Option("--cat", metavar="C", help="In this category, cross-listed or not; cs.* for all of cs."),
]
NotCategories = Annotated[list[str] | None, typer.Option("--not-cat", metavar="C", help="Not in this category.")]
Primaries = Annotated[list[str] | None, typer.Option("--primary", metavar="C", help="With this primary category.")]
Authors = Annotated[list[str] | None, typer.Option("--author", metavar="NAME", help="By this author.")]
Title = Annotated[str | None, typer.Option("--title", metavar="WORDS", help="With these words in the title.")]
Since = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Published on or after YYYY, YYYY-MM or YYYY-MM-DD.")
]
Until = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published on or before.")]
AnyWord = Annotated[bool, typer.Option("--any", help="Papers with any of the words, not only those with all.")]
Limit = Annotated[int, typer.Option("-n", min=0, metavar="N", help="How many papers a page.")]
Page = Annotated[int, typer.Option(min=1, metavar="P", help="Which page.")]
Format = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")]
PaperFormat = Literal["text", "json", "jsonl", "csv", "bibtex", "ids"]
PapersAs = Annotated[PaperFormat, typer.Option("--format", help="How to print.")]
Fields = Annotated[
    str | None,
    typer.Option("--fields", metavar="NAMES", help="Columns of text, csv, jsonl: id,title,...", show_default=False),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Draw a chart, FILE.svg or FILE.png.", show_default=False),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings, instead of ./config.yaml.", show_default=False),
]


def load_settings(file: Path | None) -> Config:
    """The settings: of --config, the environment, config.yaml."""
    from searcher.config import load_config

    return load_config(file, os.environ)


def select(
    query: list[str] | None,
    cat: list[str] | None = None,
    not_cat: list[str] | None = None,
    primary: list[str] | None = None,
    author: list[str] | None = None,
    title: str | None = None,
    since: str | None = None,
    until: str | None = None,
    any_word: bool = False,
) -> Selection:
    """Which papers are meant. Raises SearcherError where nothing was asked for."""
    from searcher.selection import Selection

    if not query and not any((cat, not_cat, primary, author, title, since, until)):
        raise SearcherError('what are you looking for? try: search "diffusion super-resolution"')
    return Selection(
        " ".join(query or ["*"]),
        tuple(cat or ()),
        tuple(not_cat or ()),
        tuple(primary or ()),
        tuple(author or ()),
        title,
        since,
        until,
        any_word,
    )
