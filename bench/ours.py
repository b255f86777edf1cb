"""Run queries through the application, or the engine alone; print [ms, total, what was answered] of each as JSON.

Usage: ours.py QUERIES app|app-without-facets|engine; which index, the environment says.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from searcher.app.search import MAX_FACET_VALUES, Archive, Selection
from searcher.config import Config, load_config
from searcher.engine import open_engine
from searcher.query import build_filters, parse
from searcher.results import FacetRequest, SearchRequest, SearchResponse

_FACETS = ("category", "year")
_Search = Callable[[dict[str, Any]], SearchResponse]


def main() -> None:
    """Warm up, with these queries too, then time each once more."""
    file, layer = sys.argv[1:]
    config = load_config(None, os.environ)
    queries = json.loads(Path(file).read_text(encoding="utf-8"))
    if layer == "engine":
        answers = _timed(queries, prepare=_request, search=_engine(config))
    else:
        facets = _FACETS if layer == "app" else ()
        answers = _timed(queries, prepare=lambda query: query, search=_application(config, facets))
    print(json.dumps(answers))


def _timed(
    queries: dict[str, list[dict[str, Any]]],
    prepare: Callable[[dict[str, Any]], Any],
    search: Callable[[Any], SearchResponse],
) -> list[tuple[float, int, str]]:
    for query in (*queries["warming"], *queries["timed"]):
        search(prepare(query))
    answers: list[tuple[float, int, str]] = []
    for query in queries["timed"]:
        prepared = prepare(query)
        started = time.perf_counter()
        found = search(prepared)
        answers.append(((time.perf_counter() - started) * 1000, found.total, _answer(found)))
    return answers


def _answer(found: SearchResponse) -> str:
    """The papers, in their order, and the counts, in short."""
    shown = ([hit.paper for hit in found.hits], [hit.snippets for hit in found.hits], found.facets, found.suggestion)
    return sha256(repr(shown).encode()).hexdigest()[:16]


def _text(query: dict[str, Any]) -> str:
    text = " ".join(query["words"])
    return {"phrase": f'"{text}"', "prefix": f"{text}*"}.get(query["kind"], text)


def _application(config: Config, facets: Sequence[str]) -> _Search:
    """All that is done for a user of an open library: read the query, search, count, cut excerpts."""
    library = Archive(config)

    def run(query: dict[str, Any]) -> SearchResponse:
        selection = Selection(
            _text(query),
            categories=(query["category"],) if query["category"] else (),
            since=str(query["since"]) if query["since"] else None,
        )
        return library.search(selection, facets=facets)

    return run


def _engine(config: Config) -> Callable[[SearchRequest], SearchResponse]:
    """What is left where the index is open and the query is read."""
    engine = open_engine(*config.place)
    return engine.search


def _request(query: dict[str, Any]) -> SearchRequest:
    filters = build_filters(
        categories=[query["category"]] if query["category"] else [],
        since=datetime(query["since"], 1, 1) if query["since"] else None,
    )
    facets = tuple(FacetRequest(name, MAX_FACET_VALUES) for name in _FACETS)
    return SearchRequest(parse(_text(query)).query, filters, facets=facets)


if __name__ == "__main__":
    main()
