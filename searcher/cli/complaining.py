"""What Typer says of what was typed, in our words and with the nearest right name."""

from __future__ import annotations

import re
from difflib import get_close_matches

_COMMAND = re.compile(r"No such command '(?P<typed>[^']*)'(?P<near>.*)")
_OPTION = re.compile(
    r"No such option: (?P<typed>\S+)(?: \(Possible options: (?P<near>.*)\)| Did you mean (?P<one>.*)\?)?"
)
_CHOICE = re.compile(r"Invalid value for '(?P<option>[^']+)': '(?P<typed>.*)' is not one of (?P<choices>.*)", re.DOTALL)


def complaint(message: str) -> str:
    """The message of Typer as one line without a full stop."""
    message = message.rstrip(".")
    if found := _COMMAND.fullmatch(message):
        near = re.findall("'([^']+)'", found["near"])
        return f"no command {found['typed']}{_nearest(found['typed'], near)}"
    if found := _OPTION.fullmatch(message):
        return (
            f"no option {found['typed']}{_nearest(found['typed'], (found['near'] or found['one'] or '').split(', '))}"
        )
    if found := _CHOICE.fullmatch(message):
        choices = re.findall("'([^']*)'", found["choices"])
        hint = _nearest(found["typed"], choices) or f"; there are: {', '.join(choices)}"
        return f"{found['option']}: no {found['typed']!r}{hint}"
    return message


def _nearest(typed: str, known: list[str]) -> str:
    near = get_close_matches(typed.lower(), known, 1, cutoff=0.65)
    return f"; did you mean {near[0]}?" if near else ""
