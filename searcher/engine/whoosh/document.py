"""What of a paper goes into which field of the Whoosh schema."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from searcher.paper import Paper
from searcher.ranking.acronyms import acronym_keys
from searcher.ranking.titles import name_keys
from searcher.schema import author_text, build_schema, doi_keys

SCHEMA = build_schema()
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?=\D*$)")


def texts(paper: Paper) -> dict[str, tuple[str, ...]]:
    """Field -> the texts to analyse; a phrase lies in one of them."""
    return {
        "title": (paper.title,),
        "summary": (paper.summary,),
        "comment": (paper.comment,) if paper.comment else (),
        "journal": (paper.journal,) if paper.journal else (),
        "author": paper.authors,
        "first_author": paper.authors[:1],
        "classes": paper.classes,
    }


def terms(paper: Paper) -> dict[str, tuple[bytes, ...]]:
    """Field -> its terms as they stand, none twice, of the fields that are not analysed."""
    return {
        "id": (paper.id.encode(),),
        "category": _encoded(paper.categories),
        "primary": _encoded(paper.categories[:1]),
        "archive": _encoded(paper.archives),
        "doi": _encoded(doi_keys(paper.doi)),
        "acronym": _encoded((*acronym_keys(paper), *name_keys(paper.title))),
        "day": _encoded(_day(paper.listing)),
        "published": (_date_term(paper.published.year, paper.published.month, paper.published.day),),
        "updated": (_date_term(paper.updated.year, paper.updated.month, paper.updated.day),),
    }


def stored(paper: Paper) -> dict[str, Any]:
    """The paper as Whoosh's own Searcher shows it; a field without a value is left out."""
    values = {
        "id": paper.id, "version": paper.version, "title": paper.title, "summary": paper.summary,
        "author": author_text(paper.authors), "category": " ".join(paper.categories), "primary": paper.primary,
        "archive": " ".join(paper.archives), "published": paper.published.replace(tzinfo=None),
        "updated": paper.updated.replace(tzinfo=None), "listing": paper.listing, "day": "".join(_day(paper.listing)),
        "doi": paper.doi, "journal": paper.journal, "comment": paper.comment,
        "classes": author_text(paper.classes), "pdf": paper.pdf, "url": paper.url,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def long_date(seconds: int) -> int:
    """A time, in seconds since 1970, as a DATETIME field of Whoosh counts."""
    return SCHEMA["published"].to_column_value(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None))


def _encoded(values: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple([value.encode() for value in values])


@lru_cache(maxsize=65536)
def _date_term(year: int, month: int, day: int) -> bytes:
    return SCHEMA["published"].to_bytes(datetime(year, month, day))


@lru_cache(maxsize=1024)
def _day(listing: str) -> tuple[str, ...]:
    """The day that a listing file is named after: ("2023-12-30",)."""
    match = _DAY.search(listing)
    return ("-".join(match.groups()),) if match else ()
