"""Listing files for tests: records in the archive's own form, made from literal values."""

from __future__ import annotations

from searcher.listing import Problem, parse_listing
from searcher.paper import Paper

NAME = "cs.CV/2023/12/20231230.md"
HEADER = "# Arxiv Papers in cs.CV on 2023-12-30\n"
FIELDS = {
    "arxiv_id": ("Arxiv ID", "http://arxiv.org/abs/2401.00869v1"),
    "doi": ("DOI", "None"),
    "categories": ("Categories", "**cs.CV**, cs.LG"),
    "links": ("Links", "[PDF](http://arxiv.org/pdf/2401.00869v1)"),
    "published": ("Published", "2023-12-30 00:06:28+00:00"),
    "updated": ("Updated", "2024-01-03 10:12:30+00:00"),
    "authors": ("Authors", "Bin Lei, le Chen"),
    "comment": ("Comment", "None"),
    "journal": ("Journal", "None"),
    "summary": ("Summary", "In the evolving field of machine learning."),
}


def record(title: str = "FlashVideo", **fields: str | None) -> str:
    """A record as the archive's writer makes it, 14 lines long; a field given as None is left out."""
    values = {name: value for name, (_, value) in FIELDS.items()} | fields
    lines = [f"- **{FIELDS[name][0]}**: {value}\n" for name, value in values.items() if value is not None]
    return f"### {title}\n{''.join(lines)}\n\n\n"


def parse(content: str | bytes) -> tuple[list[Paper], list[Problem]]:
    found = list(parse_listing(content.encode() if isinstance(content, str) else content, NAME))
    return [one for one in found if isinstance(one, Paper)], [one for one in found if isinstance(one, Problem)]


def titles(papers: list[Paper]) -> str:
    return " ".join(paper.title for paper in papers)
