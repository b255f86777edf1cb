"""The two commands, `search` and `searcher`: translate what is typed, print what comes back, decide 0, 1 or 2."""

from __future__ import annotations


def run_search() -> None:
    """Entry point of `search`."""
    from searcher.cli.running import run
    from searcher.cli.search import app

    run(app, "search")


def run_searcher() -> None:
    """Entry point of `searcher`."""
    from searcher.cli.running import run
    from searcher.cli.searcher import app

    run(app, "searcher")
