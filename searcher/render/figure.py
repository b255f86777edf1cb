"""Papers over time, and counts -> a chart for a paper, as SVG or PNG, drawn by matplotlib (extra `charts`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from searcher.errors import MissingPackageError, QueryError
from searcher.reports import Trends
from searcher.results import FacetCount

_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # Okabe and Ito's
_MARKERS = "osD^vPX"  # tell the lines apart in print without colour
_INK, _FAINT = "#222222", "#DDDDDD"
_MARKED = 40  # periods; with more of them the markers would run into one another
_WIDTH = 6.0  # inches: a column and a half of most journals, where 9 points are readable


def check_output(file: Path) -> None:
    """Raises QueryError for what is neither SVG nor PNG, MissingPackageError where nothing can be drawn."""
    if file.suffix.lower() not in (".svg", ".png"):
        raise QueryError(f"{file}: a chart is a file that ends in .svg or .png")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingPackageError(
            "a chart is drawn by matplotlib; install it with: pip install 'searcher[charts]'"
        ) from None


def trends(trends: Trends, file: Path, *, share: bool = False) -> None:
    """Draw a line a query. It is broken where the archive holds no paper, and these periods are shaded."""
    figure, axes = _figure(3.2)
    places = range(len(trends.periods))
    marked = len(places) <= _MARKED
    for n, trend in enumerate(trends.trends):
        row = [float("nan") if value is None else value for value in (trends.shares(trend) if share else trend.counts)]
        axes.plot(
            places,
            row,
            color=_COLORS[n % len(_COLORS)],
            marker=_MARKERS[n % len(_MARKERS)] if marked else "",
            linestyle=("-", "--", ":")[n // len(_COLORS) % 3],
            markersize=4,
            linewidth=1.5,
            clip_on=False,
            zorder=3,
        )
    for n in (n for n, papers in enumerate(trends.papers) if papers is None):
        axes.axvspan(n - 0.5, n + 0.5, color="#EEEEEE", linewidth=0, zorder=0)
    _name_periods(axes, trends.periods)
    _number_axis(axes.yaxis, is_share=share)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("share of papers" if share else f"papers per {trends.by}")
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    lines = list(axes.get_lines())
    legend = axes.legend(
        lines,
        ["query"] * len(lines),
        frameon=False,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=-(-len(lines) // -(-len(lines) // 4)),  # as even as four in a row allow
        borderaxespad=0.2,
        columnspacing=1.6,
    )
    for text, trend in zip(legend.get_texts(), trends.trends, strict=True):
        _write(text, trend.query)
    _save(figure, file)


def facets(name: str, counts: Sequence[FacetCount], file: Path) -> None:
    """Draw a bar a value, in the order given."""
    figure, axes = _figure(0.7 + 0.22 * max(3, len(counts)))
    places = range(len(counts))
    bars = axes.barh(places, [each.count for each in counts], height=0.7, color=_COLORS[0])
    axes.bar_label(bars, [f"{each.count:,}" for each in counts], padding=3, color=_INK)
    axes.set_yticks(places, [each.value.replace("$", r"\$") for each in counts])  # no mathematics
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(_INK)
    _number_axis(axes.xaxis)
    axes.set_xlabel(f"papers by {name}")
    axes.set_xlim(right=1.08 * max(each.count for each in counts))
    _save(figure, file)


def _figure(height: float) -> tuple[Any, Any]:
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    rcParams.update(
        {
            "font.family": "DejaVu Sans",  # comes with matplotlib: the same chart everywhere
            "font.size": 9,
            "svg.hashsalt": "searcher",  # the same file for the same chart
            "text.color": _INK,
            "axes.labelcolor": _INK,
            "xtick.color": _INK,
            "ytick.color": _INK,
        }
    )
    figure = Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="white")
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_INK)
        axes.spines[side].set_linewidth(0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _name_periods(axes: Any, periods: Sequence[str]) -> None:
    """Name each period, or as many as there is room for; more than twelve months by the year, at its January."""
    places = list(range(len(periods)))
    if len(periods) > 12 and "-" in periods[0]:
        places = [n for n, period in enumerate(periods) if period.endswith("-01")] or places
        names = [periods[n][:4] for n in places]
    else:
        names = list(periods)
    every = -(-len(places) // 12)
    axes.set_xticks(places[::-1][::every], names[::-1][::every])  # the last one is named
    if places and every > 1:
        axes.set_xticks(places, minor=True)
    if len(periods) > 1:
        axes.set_xlim(-0.5, len(periods) - 0.5)


def _number_axis(axis: Any, *, is_share: bool = False) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

    axis.set_major_locator(MaxNLocator(nbins=6, integer=not is_share, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(PercentFormatter(1) if is_share else FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _write(text: Any, words: str) -> None:
    """Words as they are, a $ among them no mathematics."""
    text.set_parse_math(False)
    text.set_text(words)


def _save(figure: Any, file: Path) -> None:
    metadata = {"Creator": "searcher", "Date": None} if file.suffix.lower() == ".svg" else {"Software": "searcher"}
    figure.savefig(file, format=file.suffix[1:].lower(), dpi=200, metadata=metadata)
