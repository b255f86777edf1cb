"""Index listing files with tantivy-py, as a plain program would; print how many papers there were.

Usage: tantivy_build.py LISTINGS INDEX
"""

from __future__ import annotations

import sys
from pathlib import Path

import tantivy
from records import papers

from searcher.paper import Paper


def schema() -> tantivy.Schema:
    """Text, filters and facets; every field of a paper is stored."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("title", "summary", "comment", "journal"):
        builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
    builder.add_text_field("authors", stored=True)
    for name in ("doi", "classes", "pdf", "url", "listing"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", stored=True)
    for name in ("categories", "primary", "year"):
        builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw")
    for name in ("published", "updated"):
        builder.add_date_field(name, stored=True, indexed=True, fast=True)
    return builder.build()


def document(paper: Paper) -> tantivy.Document:
    """One paper as the library's own documentation would write it."""
    return tantivy.Document(
        id=paper.id,
        title=paper.title,
        summary=paper.summary,
        comment=paper.comment or "",
        journal=paper.journal or "",
        authors=list(paper.authors),
        categories=list(paper.categories),
        primary=paper.primary,
        year=str(paper.published.year),
        published=paper.published,
        updated=paper.updated,
        version=paper.version,
        doi=paper.doi or "",
        classes=list(paper.classes),
        pdf=paper.pdf,
        url=paper.url,
        listing=paper.listing,
    )


def main() -> None:
    """Build the index."""
    listings, folder = map(Path, sys.argv[1:])
    folder.mkdir()
    writer = tantivy.Index(schema(), str(folder)).writer()
    count = 0
    for paper in papers(listings):
        writer.add_document(document(paper))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    print(count)


if __name__ == "__main__":
    main()
