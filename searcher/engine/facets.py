"""What is the same in every engine about counting by facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from searcher.results import FacetCount, FacetRequest, Filter, SearchRequest


def group_by_filters(request: SearchRequest) -> dict[tuple[Filter, ...], list[FacetRequest]]:
    """The facets asked for by the filters that they obey; those of a group count the same papers."""
    groups: dict[tuple[Filter, ...], list[FacetRequest]] = {}
    for facet in request.facets:
        obeyed = tuple(each for each in request.filters if facet.name not in each.facets)
        groups.setdefault(obeyed, []).append(facet)
    return groups


def most_frequent(facet: FacetRequest, counts: Mapping[str, int]) -> tuple[FacetCount, ...]:
    """The counts to return, in the order that `SearchResponse` promises."""
    if facet.name in ("year", "month"):
        ordered = sorted(counts.items(), reverse=True)
    else:
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetCount(value, count) for value, count in ordered[: facet.size])


def sum_up(facet: FacetRequest, counts: Iterable[tuple[str, int]]) -> tuple[FacetCount, ...]:
    """The counts to return, from those of the values of a column; years are summed up from their months."""
    sums = Counter[str]()
    for value, count in counts:
        sums[value[:4] if facet.name == "year" else value] += count
    return most_frequent(facet, sums)
