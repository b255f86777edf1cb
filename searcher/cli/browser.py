"""Open a paper's page in the user's browser."""

from __future__ import annotations

import os

from searcher.cli.running import say
from searcher.errors import QueryError
from searcher.paper import page_address
from searcher.results import SearchResponse


def open_hit(response: SearchResponse, rank: int, first_rank: int) -> None:
    """Open the page of the paper that has this rank; where there is no browser, print its address.

    Raises QueryError if no paper of the page of results has the rank.
    """
    place = rank - first_rank
    if not 0 <= place < len(response.hits):
        last = first_rank + len(response.hits) - 1
        raise QueryError(f"there is no paper {rank} to open; this page has {first_rank} to {last}")
    address = page_address(response.hits[place].paper.id)
    if _is_far() or not _open(address):
        print(address)
    else:
        say("search", f"opened {address}")


def _is_far() -> bool:
    """Whether a browser would open on another machine than the one the user sits at."""
    return bool(os.environ.get("SSH_CONNECTION")) and not any(
        os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    )


def _open(address: str) -> bool:
    import webbrowser

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
