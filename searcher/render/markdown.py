"""Results -> Markdown (CommonMark), for notes and pages."""

from __future__ import annotations

import re

from searcher.news import Digest
from searcher.paper import page_address
from searcher.results import Hit

_AUTHORS = 6
_SPECIAL = re.compile(r"[\\`*_\[\]<>&#|~$]")  # what means something to CommonMark, or to those who extend it
_BEGINS_LIST = re.compile(r"^(\d*)([-+=.)])")  # or underlines a heading


def digest(digest: Digest) -> str:
    """What is new: a heading for each saved search that found something, and its papers."""
    return "\n\n".join(part for news in digest.found for part in (f"## {escape(news.name)}", *map(_paper, news.hits)))


def escape(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return _BEGINS_LIST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", line))


def _paper(hit: Hit) -> str:
    paper = hit.paper
    shown = ", ".join(paper.authors[:_AUTHORS])
    more = len(paper.authors) - _AUTHORS
    facts = (
        escape(f"{shown} and {more} more" if more > 0 else shown),
        f"{paper.published:%Y-%m-%d}",
        escape(" ".join(paper.categories)),
    )
    title = f"### [{escape(paper.title)}]({page_address(paper.id)})"
    return "\n\n".join(filter(None, (title, " · ".join(filter(None, facts)), escape(paper.summary))))
