"""The two commands, `search` and `searcher`: translate what is typed, print what comes back, decide 0, 1 or 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _quiet() -> Iterator[None]:
    """Ctrl-C while Python still imports is no reason for a traceback."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)


def run_search() -> None:
    """Entry point of `search`."""
    with _quiet():
        from searcher.cli.running import run
        from searcher.cli.search import app

        run(app, "search")


def run_searcher() -> None:
    """Entry point of `searcher`."""
    with _quiet():
        from searcher.cli.running import run
        from searcher.cli.searcher import app

        run(app, "searcher")
