"""Papers over time -> bars on a terminal: a line a period, a column a query, all columns on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searcher.render.text import Terminal, bar, cells, cut, printable
from searcher.reports import Trend, Trends

_NARROWEST, _WIDEST = 14, 60  # cells of a column
_MISSING = "–"
_GAPS_NAMED = 6


def trends(trends: Trends, terminal: Terminal, *, share: bool = False) -> str:
    """What came of each query, as many side by side as fit; below it the periods of which the archive holds nothing."""
    label = max(map(len, trends.periods), default=0)
    fitting = max(1, (terminal.width - label) // (_NARROWEST + 2))
    blocks = -(-len(trends.trends) // fitting)
    fitting = -(-len(trends.trends) // blocks)  # evenly, where there are several blocks
    width = min(_WIDEST, (terminal.width - label) // fitting - 2)
    rows = [trends.shares(trend) if share else trend.counts for trend in trends.trends]
    most = max((value or 0 for row in rows for value in row), default=0)
    lines: list[str] = []
    for start in range(0, len(rows), fitting):
        shown = list(zip(trends.trends, rows, strict=True))[start : start + fitting]
        lines += (*([""] if start else []), *_block(trends.periods, shown, most, label, width, terminal))
    if trends.missing:
        lines += ("", *terminal.fill(f"{_MISSING} the archive holds no paper of {_gaps(trends.missing)}", "", "faint"))
    return "\n".join(lines)


def _block(
    periods: Sequence[str],
    shown: Sequence[tuple[Trend, Sequence[float | None]]],
    most: float,
    label: int,
    width: int,
    terminal: Terminal,
) -> Iterator[str]:
    names = "".join("  " + terminal.style("title", cut(printable(trend.query), width)) for trend, _ in shown)
    yield (" " * label + names).rstrip()
    columns = [[_number(value) for value in row] for _, row in shown]
    number = max((cells(text) for column in columns for text in column), default=0)
    for n, period in enumerate(periods):
        line = terminal.style("faint", f"{period:{label}}")
        for (_, row), column in zip(shown, columns, strict=True):
            drawn = bar(value / most, width - number - 1) if (value := row[n]) else " " * (width - number - 1)
            line += f"  {column[n]:>{number}} {terminal.style('bar', drawn)}"
        yield line if terminal.color else line.rstrip()


def _number(value: float | None) -> str:
    if value is None:
        return _MISSING
    return f"{value:,}" if isinstance(value, int) else f"{value:.2%}"


def _gaps(missing: Sequence[str]) -> str:
    named = ", ".join(missing[:_GAPS_NAMED])
    return f"{named} and {len(missing) - _GAPS_NAMED} more" if len(missing) > _GAPS_NAMED else named
