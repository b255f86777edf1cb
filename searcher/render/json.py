"""Results -> JSON, in the stable shape of schema 1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from searcher.results import FacetCount, Hit, SearchResponse
from searcher.selection import SavedSearch

if TYPE_CHECKING:
    from searcher.news import Digest
    from searcher.reports import CheckReport, Fault, IndexReport, Stats, Trends

SCHEMA = 1


def search(response: SearchResponse) -> str:
    """A search, with its hits and facets, and the terms by which papers like another were found."""
    fields = _search(response)
    if response.warnings:
        fields["warnings"] = response.warnings
    if response.terms is not None:
        fields["terms"] = [{"term": each.text, "bits": round(each.bits, 1)} for each in response.terms]
    return _dump(fields)


def facets(response: SearchResponse) -> str:
    """What a search counted, without its hits."""
    counts = _facets(response.facets)
    return _dump({"schema": SCHEMA, "query": response.query, "total": response.total, "facets": counts})


def trends(trends: Trends) -> str:
    """Papers over time; null stands for a period of which the archive holds no paper."""
    return _dump(
        {
            "schema": SCHEMA,
            "by": trends.by,
            "periods": trends.periods,
            "papers": trends.papers,
            "trends": [
                {
                    "query": trend.query,
                    "total": sum(count or 0 for count in trend.counts),
                    "counts": trend.counts,
                    "shares": [share if share is None else round(share, 6) for share in trends.shares(trend)],
                }
                for trend in trends.trends
            ],
        }
    )


def digest(digest: Digest) -> str:
    """What is new, by saved search."""
    searches = [
        {"name": news.name, "query": news.query, "hits": [hit_fields(hit) for hit in news.hits]}
        for news in digest.searches
    ]
    return _dump({"schema": SCHEMA, "searches": searches})


def saved(searches: Iterable[SavedSearch]) -> str:
    """The saved searches, each with what config.yaml says of it."""
    return _dump({"schema": SCHEMA, "searches": [_saved(each) for each in searches]})


def check(report: CheckReport) -> str:
    """What a check found."""
    return _dump(
        {
            "schema": SCHEMA,
            "files": report.files,
            "papers": report.papers,
            "files_waiting": report.files_waiting,
            "faults": [_fault(each) for each in report.faults],
            "repaired": [_fault(each) for each in report.repaired],
            "seconds": round(report.duration_s, 3),
        }
    )


def _fault(fault: Fault) -> dict[str, Any]:
    return {"what": fault.what, "mended_by": fault.mended_by}


def completions(query: str, completions: Iterable[str]) -> str:
    """What a query that is being typed may become."""
    return _dump({"schema": SCHEMA, "query": query, "completions": list(completions)})


def report(report: IndexReport) -> str:
    """What a run of `searcher index` did."""
    return _dump(
        {
            "schema": SCHEMA,
            "files": {
                "added": report.files_added,
                "changed": report.files_changed,
                "removed": report.files_removed,
                "unchanged": report.files_unchanged,
            },
            "papers": {
                "added": report.papers_added,
                "updated": report.papers_updated,
                "removed": report.papers_removed,
                "total": report.papers_total,
            },
            "problems": [
                {"file": problem.file, "line": problem.line, "message": problem.message} for problem in report.problems
            ],
            "seconds": round(report.duration_s, 3),
        }
    )


def stats(stats: Stats) -> str:
    """What an index holds."""
    return _dump(
        {
            "schema": SCHEMA,
            "papers": stats.papers,
            "oldest": _time(stats.oldest) if stats.oldest else None,
            "newest": _time(stats.newest) if stats.newest else None,
            "engine": stats.engine,
            "folder": stats.footprint.place,
            "size_bytes": stats.footprint.size_bytes,
            "health": stats.footprint.health,
        }
    )


def _search(response: SearchResponse) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "query": response.query,
        "total": response.total,
        "total_is_exact": response.total_is_exact,
        "relaxed": response.relaxed,
        "suggestion": response.suggestion,
        "took_ms": round(response.took_ms, 1),
        "hits": [hit_fields(hit) for hit in response.hits],
        "facets": _facets(response.facets),
    }


def hit_fields(hit: Hit) -> dict[str, Any]:
    """A hit as an object of JSON."""
    paper = hit.paper
    fields: dict[str, Any] = {
        "id": paper.id,
        "version": paper.version,
        "title": paper.title,
        "authors": paper.authors,
        "categories": paper.categories,
        "primary": paper.primary,
        "published": _time(paper.published),
        "updated": _time(paper.updated),
        "doi": paper.doi,
        "journal": paper.journal,
        "comment": paper.comment,
        "summary": paper.summary,
        "pdf": paper.pdf,
        "url": paper.url,
        "listing": paper.listing,
        "score": hit.score,
        "snippets": dict(hit.snippets),
    }
    if hit.explanation:
        fields["explanation"] = [
            {"field": part.field, "text": part.text, "score": round(part.score, 4), "reason": part.reason}
            for part in hit.explanation
        ]
    return fields


def _saved(saved: SavedSearch) -> dict[str, Any]:
    selection = saved.selection
    return {
        "name": saved.name,
        "query": selection.query,
        "cat": selection.categories,
        "not_cat": selection.not_categories,
        "primary": selection.primaries,
        "author": selection.authors,
        "title": selection.title,
        "from": selection.since,
        "to": selection.until,
        "any": selection.any_word,
        "sort": saved.sort,
    }


def _facets(facets: Mapping[str, Iterable[FacetCount]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [{"value": each.value, "count": each.count} for each in counts] for name, counts in facets.items()}


def _time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
