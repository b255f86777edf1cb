"""Text that is longer than the screen goes to a pager."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

import typer

_DEFAULT = "less -FRX"  # ends at once if all fits after all, leaves colours and the screen as they are


def show(text: str) -> None:
    """Print a text; through a pager if it is longer than the terminal it is for.

    The pager is $SEARCHER_PAGER, $PAGER or less; an empty one is none, and neither is one that cannot be run. To leave
    it before the end is no error.
    """
    command = _pager() if text.count("\n") + 1 >= _rows() else []
    if not command:
        print(text)
        return
    import subprocess

    sys.stdout.flush()
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={"LESS": "FRX", **os.environ})
    except (OSError, ValueError):
        print(text)
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
    try:
        with suppress(BrokenPipeError):
            pager.communicate(f"{text}\n".encode(sys.stdout.encoding, "replace"))
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, heard)


def turn_off(asked: bool) -> None:
    """What --no-pager does."""
    if asked:
        os.environ["SEARCHER_PAGER"] = ""


def _pager() -> list[str]:
    import shlex

    command = next((os.environ[name] for name in ("SEARCHER_PAGER", "PAGER") if name in os.environ), _DEFAULT)
    try:
        return shlex.split(command)
    except ValueError:  # a quote left open
        return []


def _rows() -> float:
    """The height of the terminal; without end if there is none, or none that a pager can use."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return float("inf")
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines or float("inf")
    except OSError:
        return float("inf")


NO_PAGER = typer.Option(
    "--no-pager", help="print it all, however long", callback=turn_off, expose_value=False, is_eager=True
)
