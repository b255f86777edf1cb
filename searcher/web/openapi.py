"""The OpenAPI document of the API: https://spec.openapis.org/oas/v3.1.0.

Made from the tables by which parameters are read, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from searcher import __version__
from searcher.web.parameters import FACET_COUNTS, FEED, QUERY, SEARCH, SIMILAR, Parameter
from searcher.web.problems import MEDIA_TYPE as PROBLEM

_JSON, _ATOM, _BIBTEX = "application/json", "application/atom+xml", "text/plain"


def _parameters(parameters: Sequence[Parameter]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "in": "query",
            "description": each.description,
            "schema": {"type": "array", "items": each.schema, "maxItems": 20} if each.is_repeated else each.schema,
        }
        for each in parameters
    ]


_IDENTIFIER = {
    "name": "identifier",
    "in": "path",
    "required": True,
    "description": "an arXiv id, of any version: 2403.90302, cs/9810009",
    "schema": {"type": "string", "minLength": 1, "examples": ["2403.90302"]},
}


def _get(
    summary: str,
    parameters: Sequence[Parameter] = (),
    *,
    of_paper: bool = False,
    content: str = _JSON,
    schema: dict[str, Any] | None = None,
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {
            "description": "the answer",
            "headers": {
                "ETag": {"description": "changes with the index", "schema": {"type": "string"}},
                "Link": {"description": "where the next page is", "schema": {"type": "string"}},
            },
            "content": {content: {"schema": schema or {"type": "string"}}},
        },
        "304": {"description": "the index is what it was for the ETag in If-None-Match"},
    }
    failures = {"400": "what was asked has no meaning", "414": "the address is too long", "503": "no answer in time"}
    if of_paper:
        failures["404"] = "there is no such paper"
    for status, description in failures.items():
        reference = {"$ref": "#/components/schemas/Problem"}
        responses[status] = {"description": description, "content": {PROBLEM: {"schema": reference}}}
    responses["400"]["content"]["text/plain"] = {"schema": {"type": "string"}}  # for what is no request of HTTP at all
    own = [_IDENTIFIER] if of_paper else []
    return {"get": {"summary": summary, "parameters": [*own, *_parameters(parameters)], "responses": responses}}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_STRING, _NUMBER, _INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}
_OPTIONAL = {"type": ["string", "null"]}
_VERSION = {"const": 1}
_COUNTS = {"type": "object", "additionalProperties": _list(_object(value=_STRING, count=_INTEGER))}
_HIT = _object(
    id=_STRING, version=_INTEGER, title=_STRING, authors=_list(_STRING), categories=_list(_STRING), primary=_STRING,
    published=_STRING, updated=_STRING, doi=_OPTIONAL, journal=_OPTIONAL, comment=_OPTIONAL, summary=_STRING,
    pdf=_STRING, url=_STRING, listing=_STRING, score=_NUMBER,
    snippets={"type": "object", "additionalProperties": _STRING},
)  # fmt: skip
_SCHEMAS = {
    "Problem": _object(type=_STRING, title=_STRING, status=_INTEGER, detail=_STRING),
    "Search": _object(
        schema=_VERSION, query=_STRING, total=_INTEGER, total_is_exact={"type": "boolean"},
        relaxed={"type": "boolean"}, suggestion=_OPTIONAL, took_ms=_NUMBER, hits=_list(_HIT), facets=_COUNTS,
    ),
    "Facets": _object(schema=_VERSION, query=_STRING, total=_INTEGER, facets=_COUNTS),
    "Completions": _object(schema=_VERSION, query=_STRING, completions=_list(_STRING)),
    "Stats": _object(
        schema=_VERSION, papers=_INTEGER, oldest=_OPTIONAL, newest=_OPTIONAL, engine=_STRING, folder=_STRING,
        size_bytes=_INTEGER, health=_OPTIONAL,
    ),
    "Health": _object(status=_STRING, papers=_INTEGER, generation=_STRING),
}  # fmt: skip


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "searcher",
        "version": __version__,
        "description": "Full-text search over an archive of paper listings. Parameters are named as the options of "
        "the commands, answers are the JSON that these print. Read-only.",
    },
    "paths": {
        "/api/search": _get("Find papers", SEARCH, schema=_named("Search")),
        "/api/papers/{identifier}": _get("One paper", of_paper=True, schema=_named("Search")),
        "/api/similar/{identifier}": _get("Papers like one", SIMILAR, of_paper=True, schema=_named("Search")),
        "/api/facets": _get("Count papers", FACET_COUNTS, schema=_named("Facets")),
        "/api/suggest": _get("Complete a query that is being typed", (QUERY,), schema=_named("Completions")),
        "/api/stats": _get("What the index holds", schema=_named("Stats")),
        "/feed.atom": _get("The newest papers of a search, as a feed", FEED, content=_ATOM),
        "/papers/{identifier}.bib": _get("One paper in BibTeX", of_paper=True, content=_BIBTEX),
        "/health": {
            "get": {
                "summary": "Whether the archive can be searched",
                "responses": {"200": {"description": "it can", "content": {_JSON: {"schema": _named("Health")}}}},
            }
        },
    },
    "components": {"schemas": _SCHEMAS},
}
