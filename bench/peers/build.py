"""Index listing files with tantivy-py, as a plain program would; print how many papers there were.

Usage: build.py LISTINGS [INDEX]; without INDEX the files are only read and parsed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import tantivy

from searcher.listing import find_listings, read_listing
from searcher.paper import Paper


def papers(folder: Path) -> Iterator[Paper]:
    """Every paper of every file."""
    for path in sorted(find_listings(folder)):
        for item in read_listing(Path(path), path):
            if isinstance(item, Paper):
                yield item


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
    """Build the index, or only parse."""
    count = 0
    if len(sys.argv) == 2:
        count = sum(1 for _ in papers(Path(sys.argv[1])))
    else:
        folder = Path(sys.argv[2])
        folder.mkdir()
        index = tantivy.Index(schema(), str(folder))
        writer = index.writer()
        for paper in papers(Path(sys.argv[1])):
            writer.add_document(document(paper))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
    print(count)


if __name__ == "__main__":
    main()
