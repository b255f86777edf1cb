"""What of a paper goes into which field of Tantivy's index."""

from __future__ import annotations

import tantivy
from tantivy import Document

from searcher.engine.ordering import newest_key, oldest_key
from searcher.engine.packing import pack
from searcher.paper import Paper
from searcher.ranking.acronyms import acronym_keys
from searcher.ranking.titles import name_keys
from searcher.schema import ENGLISH_FIELDS, NAME_FIELDS, author_text, doi_keys, normalize, words

KEYWORD_FIELDS = ("id", "doi", "category", "primary", "archive", "acronym")
"""Raw terms."""

COLUMNS = {"category": "category", "primary": "primary", "archive": "archive", "author": "name", "month": "month"}
"""What a facet is counted by."""


def build_schema() -> tantivy.Schema:
    """The fields; their tokenizers must be registered by name."""
    builder = tantivy.SchemaBuilder()
    for name in ENGLISH_FIELDS:
        builder.add_text_field(name, tokenizer_name="english")
    for name in NAME_FIELDS:
        builder.add_text_field(name, tokenizer_name="names")
    for name in KEYWORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in COLUMNS)
    for name in ("name", "month"):
        builder.add_text_field(name, tokenizer_name="column", index_option="basic", fast=True)
    for name in ("published", "updated"):
        builder.add_integer_field(name, fast=True)
    for name in ("newest", "oldest"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_text_field("paper", tokenizer_name="column", index_option="basic", stored=True)
    return builder.build()


def make_document(paper: Paper) -> Document:
    """The document of a paper."""
    document = Document()
    add = document.add_text
    add("title", _text(paper.title))
    add("summary", _text(paper.summary))
    if paper.comment:
        add("comment", _text(paper.comment))
    if paper.journal:
        add("journal", _text(paper.journal))
    authors = normalize(author_text(paper.authors)).split("\n")
    for author in authors:
        add("author", author)
    add("first_author", authors[0])
    for name in dict.fromkeys(paper.authors):
        add("name", name)
    for key in (*acronym_keys(paper), *name_keys(paper.title)):
        add("acronym", key)
    for each in paper.classes:
        add("classes", normalize(each))
    for key in doi_keys(paper.doi):
        add("doi", key)
    for category in paper.categories:
        add("category", category)
    for archive in paper.archives:
        add("archive", archive)
    add("id", paper.id)
    add("primary", paper.primary)
    add("month", f"{paper.published.year}-{paper.published.month:02}")
    document.add_integer("published", int(paper.published.timestamp()))
    document.add_integer("updated", int(paper.updated.timestamp()))
    newest = newest_key(paper)
    document.add_unsigned("newest", newest)
    document.add_unsigned("oldest", oldest_key(newest))
    add("paper", pack(paper))
    return document


def _text(text: str) -> str:
    """A text for Tantivy's tokenizer, without words that are too long: Tantivy would keep a gap in their place."""
    normal = normalize(text)
    room = 255 if normal.isascii() else 63  # characters of a word that is surely short enough
    end = 0
    while len(normal) - end > room:
        end = normal.rfind(" ", end, end + room + 1) + 1
        if not end:
            return " ".join(words(normal))
    return normal
