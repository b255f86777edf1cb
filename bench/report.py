"""Measurements -> rows of the table, and the table -> Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("searcher", "tantivy", "whoosh", "PyStemmer", "typer", "PyYAML")


@dataclass(frozen=True, slots=True)
class Bar:
    """The most that a row may measure."""

    text: str
    limit: float  # in the unit of the value it is held against
    is_ratio: bool = False  # held against the ratio to the peer instead


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    bar: Bar | None = None
    value: float = 0.0  # held against the bar
    ratio: float | None = None  # to the peer; below 1 we are faster or smaller

    @property
    def is_kept(self) -> bool:
        """Whether the bar is kept; a row without one keeps it."""
        if self.bar is None:
            return True
        value = self.ratio if self.bar.is_ratio else self.value
        return value is not None and value <= self.bar.limit


def seconds(values: Sequence[float]) -> str:
    """The median and the spread of times: "17.1 s (16.8-18.0, 3 runs)"."""
    return _spread(values, "s", 2)


def milliseconds(values: Sequence[float]) -> str:
    """The same for short times, which are given in seconds too."""
    return _spread([value * 1000 for value in values], "ms", 0)


def megabytes(values: Sequence[float]) -> str:
    """The same for sizes that are given in megabytes."""
    return _spread(values, "MB", 0)


def _spread(values: Sequence[float], unit: str, digits: int) -> str:
    median = f"{statistics.median(values):.{digits}f} {unit}"
    if len(values) == 1:
        return f"{median} (1 run)"
    return f"{median} ({min(values):.{digits}f}–{max(values):.{digits}f}, {len(values)} runs)"


def machine() -> str:
    """What is measured on, as a list in Markdown."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return "\n".join(
        [
            f"- date: {datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
            f"- machine: {_processor()}, {os.cpu_count()} CPUs, {memory:.0f} GB, {platform.system()} "
            f"{platform.release()} {platform.machine()}",
            f"- Python {platform.python_version()}; {libraries}",
        ]
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or "unknown processor"


def load() -> str:
    """How busy the machine was lately: the processes that ran or wanted to, on average over a minute."""
    return f"{os.getloadavg()[0]:.1f}"


def times(value: float) -> str:
    """A ratio: "1.14", "0.062"."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def table(rows: Iterable[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| what | measured | bar | ratio to peer | ok? |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        bar = row.bar.text if row.bar else ""
        ratio = times(row.ratio) if row.ratio is not None else ""
        verdict = "" if row.bar is None else "yes" if row.is_kept else "**no**"
        lines.append(f"| {row.what} | {row.measured} | {bar} | {ratio} | {verdict} |")
    return "\n".join(lines)
