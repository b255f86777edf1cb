"""Run queries on the plain Whoosh index; print [ms, total] of each as JSON.

Usage: whoosh_queries.py QUERIES INDEX counted; counted by category and year.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from whoosh import index, qparser, query, searching, sorting

_FIELDS = ["title", "summary", "author", "comment"]


def main() -> None:
    """Warm up, with these queries too, then time each once more."""
    opened = index.open_dir(sys.argv[2])
    parser = qparser.MultifieldParser(_FIELDS, opened.schema)
    queries = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with opened.searcher() as searcher:
        for each in (*queries["warming"], *queries["timed"]):
            _search(searcher, parser, _text(each), _filter(each))
        answers: list[tuple[float, int]] = []
        for each in queries["timed"]:
            text, wanted = _text(each), _filter(each)
            started = time.perf_counter()
            total = _search(searcher, parser, text, wanted)
            answers.append(((time.perf_counter() - started) * 1000, total))
    print(json.dumps(answers))


def _search(searcher: searching.Searcher, parser: qparser.QueryParser, text: str, wanted: query.Query | None) -> int:
    """The ten best papers, all they hold, and the counts of two facets, as Whoosh's documentation has it."""
    facets = sorting.Facets()
    facets.add_field("category", allow_overlap=True)
    facets.add_field("year")
    found = searcher.search(parser.parse(text), filter=wanted, limit=10, groupedby=facets, maptype=sorting.Count)
    for hit in found:
        hit.fields()
    for name in found.facet_names():
        found.groups(name)
    return len(found)


def _text(each: dict[str, Any]) -> str:
    """The query in Whoosh's own language."""
    text = " ".join(each["words"])
    return {"phrase": f'"{text}"', "prefix": f"{text}*"}.get(each["kind"], text)


def _filter(each: dict[str, Any]) -> query.Query | None:
    parts: list[query.Query] = []
    if each["category"]:
        parts.append(query.Term("category", each["category"]))
    if each["since"]:
        parts.append(query.DateRange("published", datetime(each["since"], 1, 1), None))
    return query.And(parts) if parts else None


if __name__ == "__main__":
    main()
