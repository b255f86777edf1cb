"""The two commands, `search` and `searcher`: translate what is typed, print what comes back, decide 0, 1 or 2."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS_A_COLLECTION = 100_000  # many enough that none comes while modules are imported, which leave no cycles


@contextmanager
def _process() -> Iterator[None]:
    """Start and end a process fast; Ctrl-C while Python still imports is no reason for a traceback."""
    gc.set_threshold(_OBJECTS_A_COLLECTION)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()  # so that Python, as it ends, does not look for cycles in all that was imported


def run_search() -> None:
    """Entry point of `search`."""
    with _process():
        from searcher.cli.running import run
        from searcher.cli.search import app

        run(app, "search")


def run_searcher() -> None:
    """Entry point of `searcher`."""
    with _process():
        from searcher.cli.running import run
        from searcher.cli.searcher import app

        run(app, "searcher")
