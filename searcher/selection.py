"""Which papers are meant, as a user writes it: on the command line, in config.yaml, in Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Sort = Literal["relevance", "newest", "oldest"]
REFERENCE = r'(?i:(?<![\w:])saved:(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s"()]+)))'
"""A saved search that a query names: `saved:gan`, `saved:"neural fields"`."""
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which papers are meant: a query and filters, as a user writes them."""

    query: str = "*"
    categories: tuple[str, ...] = ()  # any of them; "cs.*" for a whole archive
    not_categories: tuple[str, ...] = ()  # none of them
    primaries: tuple[str, ...] = ()  # any of them
    authors: tuple[str, ...] = ()  # any of them
    title: str | None = None  # words that the title holds
    since: str | None = None  # YYYY, YYYY-MM or YYYY-MM-DD, included
    until: str | None = None  # likewise
    any_word: bool = False  # papers with any of the words, not only those with all of them


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that has a name."""

    name: str
    selection: Selection
    sort: Sort = "relevance"


def options(saved: SavedSearch) -> list[tuple[str, str]]:
    """What narrows and sorts a saved search, by the names of the command line; an option without a value has none."""
    selection = saved.selection
    found = (
        *(("cat", value) for value in selection.categories),
        *(("not-cat", value) for value in selection.not_categories),
        *(("primary", value) for value in selection.primaries),
        *(("author", value) for value in selection.authors),
        ("title", selection.title),
        ("from", selection.since),
        ("to", selection.until),
        ("sort", None if saved.sort == "relevance" else saved.sort),
    )
    given = [(name, value) for name, value in found if value]
    return [*given, ("any", "")] if selection.any_word else given


def as_typed(saved: SavedSearch) -> str:
    """A saved search as the arguments of `search`."""
    import shlex  # not at every start

    words = [word for name, value in options(saved) for word in (f"--{name}", value) if word]
    return shlex.join([saved.selection.query, *words])


def references(query: str) -> list[str]:
    """The names of the saved searches that a query names, in order."""
    found = re.finditer(rf'{REFERENCE}|"[^"]*"', query) if ":" in query else ()
    return [name for match in found if (name := match["quoted"] or match["bare"])]


def parse_date(text: str) -> tuple[datetime, datetime | None] | None:
    """The first moment of a YYYY, YYYY-MM or YYYY-MM-DD and the first after it (None at the end of time).

    Naive, to be read as UTC. None if text is no such date.
    """
    match = _PARTIAL_DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        start = datetime(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    try:
        if day:
            return start, start + timedelta(days=1)
        if month and month < 12:
            return start, start.replace(month=month + 1)
        return start, start.replace(year=start.year + 1, month=1)
    except (ValueError, OverflowError):
        return start, None
