"""Index listing files with Whoosh, as a plain program would; print how many papers there were.

Usage: whoosh_build.py LISTINGS INDEX
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from records import papers
from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer

from searcher.paper import Paper


def schema() -> fields.Schema:
    """Text, filters and facets; every field of a paper is stored."""
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        title=fields.TEXT(StemmingAnalyzer(), stored=True),
        summary=fields.TEXT(StemmingAnalyzer(), stored=True),
        comment=fields.TEXT(StemmingAnalyzer(), stored=True),
        journal=fields.TEXT(StemmingAnalyzer(), stored=True),
        author=fields.TEXT(stored=True),
        category=fields.KEYWORD(stored=True),
        primary=fields.ID(stored=True),
        year=fields.NUMERIC(stored=True, sortable=True),
        published=fields.DATETIME(stored=True, sortable=True),
        updated=fields.DATETIME(stored=True),
        version=fields.STORED(),
        doi=fields.ID(stored=True),
        classes=fields.KEYWORD(stored=True, commas=True),
        pdf=fields.STORED(),
        url=fields.STORED(),
        listing=fields.STORED(),
    )


def document(paper: Paper) -> dict[str, Any]:
    """One paper as the library's own documentation would write it."""
    return {
        "id": paper.id,
        "title": paper.title,
        "summary": paper.summary,
        "comment": paper.comment or "",
        "journal": paper.journal or "",
        "author": ", ".join(paper.authors),
        "category": " ".join(paper.categories),
        "primary": paper.primary,
        "year": paper.published.year,
        "published": paper.published.replace(tzinfo=None),  # Whoosh knows no time zones
        "updated": paper.updated.replace(tzinfo=None),
        "version": paper.version,
        "doi": paper.doi or "",
        "classes": ", ".join(paper.classes),
        "pdf": paper.pdf,
        "url": paper.url,
        "listing": paper.listing,
    }


def main() -> None:
    """Build the index."""
    listings, folder = map(Path, sys.argv[1:])
    folder.mkdir()
    writer = index.create_in(folder, schema()).writer(limitmb=256)
    count = 0
    for paper in papers(listings):
        writer.add_document(**document(paper))
        count += 1
    writer.commit()
    print(count)


if __name__ == "__main__":
    main()
