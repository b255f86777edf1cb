"""Count the papers of several queries over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from searcher.app.search import MAX_FACET_VALUES, Archive
from searcher.errors import QueryError
from searcher.reports import Trend, Trends
from searcher.selection import Selection, parse_date


def trends(archive: Archive, queries: Sequence[str], filters: Selection, by: Literal["year", "month"]) -> Trends:
    """Count the papers that match each query by year or month of publication; the query of `filters` is not used.

    From the first period in which a query finds a paper, or that of `filters.since`, to the last one of the archive, or
    that of `filters.until`. A period that a date cuts is counted up to it. Raises QueryError like a search, and for
    no query.
    """
    if not queries:
        raise QueryError('which queries? try: searcher trends "diffusion" "gan" --by year')
    held = _count(archive, Selection(), by)[0]
    found = {query: _count(archive, replace(filters, query=query), by) for query in dict.fromkeys(queries)}
    every = _count(archive, replace(filters, query="*", any_word=False), by)[0]
    known = [period for counts, _ in found.values() for period in counts]
    first, last = _period(filters.since, 0, by), _period(filters.until, 1, by)
    first = max(first, min(held)) if first and held else min(known, default=None)
    last = min(last, max(held)) if last and held else max(held, default=None)
    periods = tuple(_all_periods(first, last, by)) if first and last else ()

    def row(counts: dict[str, int]) -> tuple[int | None, ...]:
        return tuple(counts.get(period, 0) if period in held else None for period in periods)

    return Trends(
        by,
        periods,
        row(every),
        tuple(Trend(query, row(found[query][0])) for query in queries),
        tuple(dict.fromkeys(warning for _, warnings in found.values() for warning in warnings)),
    )


def _count(
    archive: Archive, selection: Selection, by: Literal["year", "month"]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Papers by period, those without any left out; warnings."""
    response = archive.search(selection, limit=0, facets=[by], facet_size=MAX_FACET_VALUES)
    warnings = response.warnings
    if response.suggestion:
        warnings += (f"{selection.query}: did you mean: {response.suggestion}",)
    first, last = _period(selection.since, 0, by), _period(selection.until, 1, by)
    counts = {
        each.value: each.count
        for each in response.facets[by]
        if (not first or first <= each.value) and (not last or each.value <= last)
    }
    for edge in {first, last} & counts.keys():  # the counts of a facet leave its own filter out of account
        since = selection.since if edge == first else edge
        until = selection.until if edge == last else edge
        counts[str(edge)] = archive.search(replace(selection, since=since, until=until), limit=0).total
    return {period: count for period, count in counts.items() if count}, warnings


def _period(date: str | None, side: Literal[0, 1], by: Literal["year", "month"]) -> str | None:
    """The period that a date, as a user writes it, begins (side 0) or ends (side 1) in."""
    moments = parse_date(date) if date else None
    moment = moments[side] if moments else None
    if moment is None:
        return None
    return _name(moment - timedelta(days=side), by)


def _name(moment: datetime, by: Literal["year", "month"]) -> str:
    return f"{moment:%Y}" if by == "year" else f"{moment:%Y-%m}"


def _all_periods(first: str, last: str, by: Literal["year", "month"]) -> Iterator[str]:
    moment = (parse_date(first) or (None,))[0]
    while moment and (period := _name(moment, by)) <= last:
        yield period
        moment = (moment + timedelta(days=366 if by == "year" else 31)).replace(day=1)
