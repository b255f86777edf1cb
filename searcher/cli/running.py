"""How a command runs and ends: exit codes, errors as one line, closed pipes."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

import typer

from searcher.errors import SearcherError

FOUND, NOTHING, ERROR, INTERRUPTED = 0, 1, 2, 130
TYPER_OPTIONS: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}
_UsageError: Any = typer.BadParameter.__base__  # of every complaint about what was typed; typer exports none but this


def run(app: typer.Typer, name: str) -> None:
    """Run a command and exit with its code; an error is one line on stderr, a closed pipe or Ctrl-C is none."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  (None where it came closed: >&-)
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue]  (a TextIOWrapper here)
    sys.argv[1:] = map(_decoded, sys.argv[1:])
    try:
        if "_SEARCHER_COMPLETE" in os.environ:
            from searcher.cli.completion import complete

            code = complete(app, name)
        else:
            code = app(prog_name=name, standalone_mode=False) or FOUND
        sys.stdout.flush()
    except SearcherError as error:
        code = say(name, str(error))
    except _UsageError as error:
        from searcher.cli.complaining import complaint

        code = say(name, f"{complaint(error.format_message())}; see {name} --help")
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
        _close(sys.stdout)
    except (BrokenPipeError, SystemExit):  # Typer makes the one the other
        _close(sys.stdout)
        code = FOUND
    except OSError as error:
        code = say(name, f"{error.filename or 'input or output'}: {error.strerror}")
    sys.exit(code)


def _decoded(argument: str) -> str:
    """An argument that Python could not decode, as in the C locale, read as UTF-8."""
    return argument if argument.isprintable() else os.fsencode(argument).decode(errors="surrogateescape")


def _close(stream: TextIO) -> None:
    """Let what is still to be written go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(name: str, message: str) -> int:
    """Print a message of the command `name` as one line on stderr; the exit code of an error, if it is one."""
    line = "".join(char if char.isprintable() else "?" for char in message.replace("\n", " "))
    print(f"{name}: {line}", file=sys.stderr)
    return ERROR
