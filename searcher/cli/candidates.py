"""What may stand behind an option, for a shell that completes it, with a word about each; the likeliest first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from searcher.app.search import Archive

Candidates = list[tuple[str, str]]
_MOST = 50  # authors


def categories(context: typer.Context, incomplete: str) -> Candidates:
    """The categories of the archive, and the archives of arXiv where the word looks like one."""
    archive = _archive(context)
    if archive is None:
        return []
    counts = archive.search("*", limit=0, facets=["category", "archive"]).facets
    whole = [(f"{each.value}.*", _papers(each.count)) for each in counts["archive"]] if "." in incomplete else []
    found = [(each.value, _papers(each.count)) for each in counts["category"]] + whole
    return [(value, text) for value, text in found if value.lower().startswith(incomplete.lower())]


def authors(context: typer.Context, incomplete: str) -> Candidates:
    """The authors with a name that begins so, those of many papers first."""
    from searcher.schema import words

    typed, archive = words(incomplete), _archive(context)
    if not typed or archive is None:
        return []
    query = " ".join([*(f"author:{word}" for word in typed[:-1]), f"author:{typed[-1]}*"])
    counts = archive.search(query, limit=0, facets=["author"]).facets["author"]
    return [(each.value, _papers(each.count)) for each in counts if _begins(words(each.value), typed)][:_MOST]


def saved_searches(context: typer.Context, incomplete: str) -> Candidates:
    """The saved searches of config.yaml."""
    from searcher.cli.options import load_settings
    from searcher.errors import SearcherError

    try:
        searches = load_settings(_config(context)).searches
    except SearcherError:
        return []
    return [(each.name, each.selection.query) for each in searches if each.name.startswith(incomplete)]


def facets(_: typer.Context, incomplete: str) -> Candidates:
    """The facets there are."""
    from searcher.schema import FACETS

    return [(name, "") for name in FACETS if name.startswith(incomplete)]


def columns(_: typer.Context, incomplete: str) -> Candidates:
    """The columns there are, behind those already named."""
    from searcher.render.columns import COLUMNS

    before, comma, last = incomplete.rpartition(",")
    named = before.split(",")
    return [(f"{before}{comma}{name}", "") for name in COLUMNS if name.startswith(last) and name not in named]


PARAMETERS: dict[str, Callable[[typer.Context, str], Candidates]] = {
    "cat": categories,
    "not_cat": categories,
    "primary": categories,
    "author": authors,
    "facet": facets,
    "fields": columns,
    "name": saved_searches,
}
"""By the name that a command has for it."""


def _config(context: typer.Context) -> Path | None:
    named = context.params.get("config")
    return Path(named) if named else None


def _archive(context: typer.Context) -> Archive | None:
    """The archive that the command would search, if there is one."""
    from searcher import open_archive
    from searcher.errors import SearcherError

    try:
        return open_archive(_config(context))
    except SearcherError:
        return None


def _begins(name: list[str], typed: list[str]) -> bool:
    """Whether each word typed begins a word of the name, in order."""
    place = 0
    for word in typed:
        place = next((n + 1 for n in range(place, len(name)) if name[n].startswith(word)), 0)
        if not place:
            return False
    return True


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"
