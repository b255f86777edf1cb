"""The saved searches of config.yaml, by name."""

from __future__ import annotations

from difflib import get_close_matches

from searcher.config import Config
from searcher.errors import QueryError
from searcher.selection import SavedSearch


def find_saved(config: Config, name: str) -> SavedSearch:
    """The saved search of this name. Raises QueryError, with the nearest name, if there is none."""
    searches = {each.name: each for each in config.searches}
    if name in searches:
        return searches[name]
    if near := get_close_matches(name, searches, 1):
        hint = f"did you mean {near[0]!r}?"
    else:
        hint = f"there are: {', '.join(searches)}" if searches else "config.yaml names none under searches:"
    raise QueryError(f"there is no saved search {name!r}; {hint}")
