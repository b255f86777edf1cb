"""Results held against the last ones: what got worse."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = re.compile(r"[0-9][0-9.,]*")
_NOISE = 1.15  # of a ratio, from one run to the next on the same machine


def find_worse(last: str, now: str) -> list[str]:
    """A line for each row, in two reports, whose ratio to a peer of the same run rose by more than noise does.

    Times alone are not compared: they may be of other machines.
    """
    before = dict(_ratios(last))
    return [
        f"{engine}: {what}: {before[engine, what]:g} -> {ratio:g} times the peer"
        for (engine, what), ratio in _ratios(now)
        if ratio > _NOISE * before.get((engine, what), ratio)
    ]


def _ratios(report: str) -> Iterator[tuple[tuple[str, str], float]]:
    engine = ""
    for line in report.splitlines():
        if heading := re.match(r"## Engine `(\w+)`", line):
            engine = heading[1]
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) == 5 and re.fullmatch(r"[0-9.]+", cells[3]):
            yield (engine, _NUMBER.sub("N", cells[0].removeprefix("| "))), float(cells[3])
