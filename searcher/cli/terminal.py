"""What the terminal can do, if there is one: its width, its colours, a bar of progress."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from searcher.render.text import Terminal


def terminal() -> Terminal:
    """What the text view is written for."""
    from searcher.render.text import Terminal

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Terminal(max(40, shutil.get_terminal_size().columns), color)


class ProgressBar:
    """A bar on stderr, there only if that is a terminal."""

    def __enter__(self) -> ProgressBar:
        self._bar = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.__exit__(None, None, None)

    def show(self, done: int, todo: int) -> None:
        """So many files are done, of so many."""
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb" or not todo:
            return
        if self._bar is None:
            self._bar = typer.progressbar(length=todo, label="indexing", file=sys.stderr)
            self._bar.__enter__()
        if done == todo or done % max(1, todo // 100) == 0:
            self._bar.update(done - self._bar.pos)
