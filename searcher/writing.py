"""Papers -> listing file, in the format that `listing` reads, as its newest writer has it: nothing is wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from searcher.paper import Paper

_DELETED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")


def one_line(text: str) -> str:
    """A text as a listing can hold it: on one line, without control characters. Three spaces may mark a paragraph."""
    return _DELETED.sub("", text.replace("\r\n", "\n")).replace("\n", " ").replace("\r", " ").strip()


def format_listing(category: str, day: date, papers: Iterable[Paper]) -> str:
    """A listing file of one day and category, its papers by time, then id."""
    records = (_record(paper) for paper in sorted(papers, key=lambda paper: (paper.published, paper.id)))
    return "".join((f"# Arxiv Papers in {category} on {day}\n", *records))


def _record(paper: Paper) -> str:
    first, *others = paper.categories
    return (
        f"### {paper.title}\n"
        f"- **Arxiv ID**: {paper.url}\n"
        f"- **DOI**: {paper.doi}\n"
        f"- **Categories**: {', '.join((f'**{first}**', *others, *paper.classes))}\n"
        f"- **Links**: [PDF]({paper.pdf})\n"
        f"- **Published**: {paper.published}\n"
        f"- **Updated**: {paper.updated}\n"
        f"- **Authors**: {', '.join(paper.authors)}\n"
        f"- **Comment**: {paper.comment}\n"
        f"- **Journal**: {paper.journal}\n"
        f"- **Summary**: {paper.summary}\n"
        "\n\n\n"
    )
