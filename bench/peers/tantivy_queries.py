"""Run queries on the plain index; print [ms, total] of each as JSON.

Usage: tantivy_queries.py QUERIES INDEX plain|counted; counted by category and year.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import tantivy

_FIELDS = ["title", "summary", "authors", "comment"]
_FACETS = {name: {"terms": {"field": name, "size": 1000}} for name in ("categories", "year")}


def main() -> None:
    """Warm up, with these queries too, then time each once more."""
    index = tantivy.Index.open(sys.argv[2])
    searcher = index.searcher()
    queries = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    is_counted = sys.argv[3] == "counted"
    for query in (*queries["warming"], *queries["timed"]):
        _search(index, searcher, _text(query), is_counted)
    answers: list[tuple[float, int]] = []
    for query in queries["timed"]:
        text = _text(query)
        started = time.perf_counter()
        total = _search(index, searcher, text, is_counted)
        answers.append(((time.perf_counter() - started) * 1000, total))
    print(json.dumps(answers))


def _text(query: dict[str, Any]) -> str:
    """The query in Tantivy's own language."""
    *before, last = query["words"]
    parts = [*before, last]
    if query["kind"] == "phrase":
        parts = [f'"{" ".join(parts)}"']
    elif query["kind"] == "prefix":
        parts = [*before, "(" + " OR ".join(f"{field}:/{last}.*/" for field in _FIELDS) + ")"]
    if query["category"]:
        parts.append(f'categories:"{query["category"]}"')
    if query["since"]:
        parts.append(f"published:[{query['since']}-01-01T00:00:00Z TO *]")
    return " ".join(parts)


def _search(index: tantivy.Index, searcher: tantivy.Searcher, text: str, is_counted: bool) -> int:
    query = index.parse_query(text, _FIELDS, conjunction_by_default=True, allow_regexes=True)
    found = searcher.search(query, 10)
    for _, address in found.hits:
        searcher.doc(address)
    if is_counted:
        searcher.aggregate(query, _FACETS)
    return found.count  # pyright: ignore[reportAttributeAccessIssue]  (missing from tantivy's stubs)


if __name__ == "__main__":
    main()
