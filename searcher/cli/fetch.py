"""`searcher fetch`: write the listing files of days that are missing."""

from __future__ import annotations

from typing import Annotated

import typer

from searcher.cli.options import ConfigFile, load_settings
from searcher.cli.running import FOUND, NOTHING, say
from searcher.errors import FetchError


def fetch(
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="days from YYYY, YYYY-MM or YYYY-MM-DD, up to it")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="")] = None,
    cat: Annotated[
        list[str] | None, typer.Option("--cat", metavar="C", help="of these categories, not of those there are")
    ] = None,
    config: ConfigFile = None,
) -> int:
    """Write listing files for days that are missing, from arXiv.

    Examples:
        searcher fetch
        searcher fetch --cat eess.IV --from 2024-01 --to 2024-03
        searcher fetch && searcher index
    """
    from searcher.app import fetch as use_case
    from searcher.arxiv_api import ArxivApi

    settings = load_settings(config)
    folder = next((path for path in settings.listings if not path.is_file()), None)
    if folder is None:
        raise FetchError("config.yaml names no folder of listings to write into; name one under listings:")
    added = 0
    for done in use_case.fetch(ArxivApi(), folder, cat or (), since, until):
        if done.papers:
            print(f"{done.name}: {done.papers:,} papers, {done.added:,} of them new", flush=True)
        else:
            print(f"{done.name}: no papers, and so no file", flush=True)
        added += done.added
    if not added:
        say("searcher", "nothing new")
    return FOUND if added else NOTHING
