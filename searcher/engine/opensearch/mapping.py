"""How an index on a cluster is laid out, and what of a paper goes into which field.

The words of a text are cut and stemmed here, for Lucene's English stemmer differs from the schema's on one word in a
thousand ("biologists", "emergency"); the cluster's analyzers part them at spaces, and no more.

Lucene weighs a word by the papers that have its field at all, the schema by all papers. Where a field is missing from
many, each paper therefore carries a mark in it, in the place of its first word, where it does not count for the length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from searcher.engine.ordering import newest_key, oldest_key
from searcher.engine.packing import pack
from searcher.paper import Paper
from searcher.ranking.acronyms import acronym_keys
from searcher.ranking.titles import name_keys
from searcher.schema import SCHEMA_VERSION, analyze, doi_keys

SPARSE_FIELDS = ("comment", "journal", "classes")
"""Fields of text that many papers lack; `present` tells those that a paper has."""

COLUMNS = {
    "category": "category",
    "primary": "primary",
    "archive": "archive",
    "author": "name",
    "month": "month",
    "year": "month",
}
"""What a facet is counted by."""

K1, B = 1.2, 0.75
_MARK = "=" * 24  # beyond what a pattern of ? or a fuzzy word may stand for
_FULL_FIELDS = ("title", "summary", "author", "first_author")
_KEYWORDS = ("id", "doi", "category", "primary", "archive", "acronym", "present", "name", "month")
_NOT_LOOKED_FOR = ("name", "month")

# BM25 as Lucene has it, with the mark taken out of the average length.
_SPARSE_BM25 = f"""
    double papers = Math.max(1, field.docCount);
    double average = Math.max(1e-9, field.sumTotalTermFreq / papers - 1);
    double idf = Math.log(1 + (papers - term.docFreq + 0.5) / (term.docFreq + 0.5));
    return query.boost * idf * doc.freq / (doc.freq + {K1} * ({1 - B} + {B} * doc.length / average));
"""


def template(pattern: str, shards: int, replicas: int) -> dict[str, Any]:
    """The composable template of all indexes whose name matches a pattern."""
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "version": SCHEMA_VERSION,
        "template": {"settings": _settings(shards, replicas), "mappings": _mappings()},
    }


def _settings(shards: int, replicas: int) -> dict[str, Any]:
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": -1,  # a write is seen when it is complete
        "gc_deletes": "1h",  # a late old write does not bring back what was removed meanwhile
        "max_terms_count": 1_000_000,  # ids of a filter
        "similarity": {
            "default": {"type": "BM25", "k1": K1, "b": B},
            "sparse": {"type": "scripted", "script": {"source": _SPARSE_BM25}},
        },
        "analysis": {
            "filter": {"mark": {"type": "pattern_capture", "preserve_original": False, "patterns": ["^(=+)([^=].*)$"]}},
            "analyzer": {
                "words": {"type": "custom", "tokenizer": "whitespace"},
                "marked_words": {"type": "custom", "tokenizer": "whitespace", "filter": ["mark"]},
            },
        },
    }


def _mappings() -> dict[str, Any]:
    full = {"type": "text", "analyzer": "words"}
    sparse = {"type": "text", "analyzer": "marked_words", "search_analyzer": "words", "similarity": "sparse"}
    fields: dict[str, Any] = dict.fromkeys(_FULL_FIELDS, full)
    fields |= dict.fromkeys(SPARSE_FIELDS, sparse)
    fields |= {
        name: {"type": "keyword", "index": name not in _NOT_LOOKED_FOR, "doc_values": name in COLUMNS.values()}
        for name in _KEYWORDS
    }
    fields |= {name: {"type": "long", "doc_values": False} for name in ("published", "updated")}
    fields |= {name: {"type": "unsigned_long", "index": False} for name in ("newest", "oldest")}
    fields["paper"] = {"type": "keyword", "index": False, "doc_values": False}
    return {"dynamic": "strict", "_source": {"includes": ["paper"]}, "properties": fields}


def make_document(paper: Paper) -> str:
    """The document of a paper, as JSON in one line. Raises ValueError for a control character in its texts."""
    newest = newest_key(paper)
    document = {
        "id": paper.id,
        "title": _tokens("title", paper.title),
        "summary": _tokens("summary", paper.summary),
        "author": [_tokens("author", name) for name in paper.authors],
        "first_author": _tokens("first_author", paper.authors[0] if paper.authors else ""),
        "name": list(dict.fromkeys(paper.authors)),
        "acronym": [*acronym_keys(paper), *name_keys(paper.title)],
        "doi": doi_keys(paper.doi),
        "category": paper.categories,
        "primary": paper.primary,
        "archive": list(paper.archives),
        "month": f"{paper.published.year}-{paper.published.month:02}",
        "published": int(paper.published.timestamp()),
        "updated": int(paper.updated.timestamp()),
        "newest": newest,
        "oldest": oldest_key(newest),
        "paper": pack(paper),
    }
    sparse = {
        "comment": [_tokens("comment", paper.comment or "")],
        "journal": [_tokens("journal", paper.journal or "")],
        "classes": [_tokens("classes", each) for each in paper.classes],
    }
    document["present"] = [name for name, texts in sparse.items() if any(texts)]
    document |= {name: marked(texts) for name, texts in sparse.items()}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def marked(texts: Iterable[str]) -> list[str]:
    """The texts of a sparse field with the mark before the first word."""
    first, *others = [each for each in texts if each] or [""]
    return [_MARK + first, *others]


def _tokens(field: str, text: str) -> str:
    return " ".join(analyze(field, text))
