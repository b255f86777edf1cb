"""What the terminal can do, if there is one: its width, its colours, a bar of progress."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searcher.render.text import Terminal

_LINKING = ("iTerm.app", "WezTerm", "vscode", "ghostty")  # values of $TERM_PROGRAM


def terminal() -> Terminal:
    """What the text view is written for."""
    from searcher.render.text import Terminal

    width = max(20, shutil.get_terminal_size().columns)
    return Terminal(width, has_color(os.environ, sys.stdout.isatty()), can_link(os.environ, sys.stdout.isatty()))


def is_for_reading() -> bool:
    """Whether text goes to somebody's eyes: to a terminal, or to where colours were asked for, as `less -R`."""
    return sys.stdout.isatty() or is_color_forced(os.environ)


def has_color(environment: Mapping[str, str], is_terminal: bool) -> bool:
    """Whether text is in colours.

    $NO_COLOR comes first, then what forces them, then $CLICOLOR=0 and a terminal without; https://no-color.org,
    https://force-color.org, https://bixense.com/clicolors.
    """
    if environment.get("NO_COLOR"):
        return False
    if is_color_forced(environment):
        return True
    return is_terminal and environment.get("TERM") != "dumb" and environment.get("CLICOLOR") != "0"


def is_color_forced(environment: Mapping[str, str]) -> bool:
    """Whether colours were asked for wherever the text goes."""
    return any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))


def can_link(environment: Mapping[str, str], is_terminal: bool) -> bool:
    """Whether links (OSC 8) are sure to be understood; $FORCE_HYPERLINK, 0 or 1, knows better.

    No terminal can be asked. These say who they are and are known to follow links; screen and old tmux may garble them.
    Colour is another matter: NO_COLOR does not count. https://github.com/Alhadis/OSC8-Adoption
    """
    if forced := environment.get("FORCE_HYPERLINK"):
        return forced != "0"
    term = environment.get("TERM", "dumb")
    if not is_terminal or term.startswith(("dumb", "screen", "tmux")):
        return False
    vte, konsole = (environment.get(name, "") for name in ("VTE_VERSION", "KONSOLE_VERSION"))
    return (
        (vte.isdecimal() and int(vte) > 5000)  # 0.50.0 crashed
        or (konsole.isdecimal() and int(konsole) >= 201200)
        or environment.get("TERM_PROGRAM") in _LINKING
        or any(environment.get(name) for name in ("KITTY_WINDOW_ID", "WT_SESSION"))
        or term in ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")
    )


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
