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

Query = Annotated[list[str] | None, typer.Argument(help="", metavar="QUERY...", show_default=False)]
Categories = Annotated[
    list[str] | None,
    typer.Option("--cat", metavar="C", help="by category; cs.* is all of cs"),
]
NotCategories = Annotated[list[str] | None, typer.Option("--not-cat", metavar="C", help="")]
Primaries = Annotated[list[str] | None, typer.Option("--primary", metavar="C", help="")]
Authors = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="by author (^NAME: first), by title words"),
]
Title = Annotated[str | None, typer.Option("--title", metavar="WORDS", help="")]
Since = Annotated[str | None, typer.Option("--from", metavar="DATE", help="published YYYY, YYYY-MM or YYYY-MM-DD")]
Until = Annotated[str | None, typer.Option("--to", metavar="DATE", help="")]
AnyWord = Annotated[bool, typer.Option("--any", help="any of the words instead of all")]
Limit = Annotated[
    int, typer.Option("-n", min=0, metavar="N", show_default=False, help="papers a page (10), which page")
]
Page = Annotated[int, typer.Option(min=1, metavar="P", show_default=False, help="")]
Format = Annotated[
    Literal["text", "json"], typer.Option("--format", metavar="F", show_default=False, help="text or json")
]
PaperFormat = Literal["text", "json", "jsonl", "csv", "bibtex", "ids"]
PapersAs = Annotated[
    PaperFormat,
    typer.Option("--format", metavar="F", show_default=False, help="text, json, jsonl, csv, bibtex or ids"),
]
Fields = Annotated[
    str | None,
    typer.Option(
        "--fields",
        metavar="NAMES",
        show_default=False,
        help="columns of text, csv, jsonl: id,title",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", show_default=False, help="draw a chart, FILE.svg or FILE.png"),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", show_default=False, help="settings, instead of ./config.yaml"),
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
