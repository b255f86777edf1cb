"""Words, phrases, patterns, ranges, in a field -> the analysed leaves of a query tree."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from whoosh import query as wq

from searcher.errors import QueryError
from searcher.paper import ARCHIVES, CATEGORIES, canonical_category, parse_id
from searcher.ranking.verbatim import quote
from searcher.schema import AUTHOR_FIELDS, ENGLISH_FIELDS, TEXT_FIELDS, analyze, doi_keys, prefix_tokens, stem, words
from searcher.selection import parse_date

FIELDS = {
    "title": "title", "ti": "title", "summary": "summary", "abs": "summary", "abstract": "summary",
    "author": "author", "au": "author", "comment": "comment", "co": "comment", "journal": "journal", "jr": "journal",
    "first_author": "first_author", "class": "classes",
    "cat": "category", "category": "category", "primary": "primary", "archive": "archive",
    "published": "published", "updated": "updated", "id": "id", "doi": "doi",
}  # fmt: skip
"""What stands before a colon, and the field that is meant."""

MAX_BOOST = 1000.0
_MAX_PATTERN_CHARS = 64
_MAX_FUZZINESS = 2
_FIELD_FORM = re.compile(r"(\w+):\S")
_WORD_OF_TEXT = r"(?=[\w-]*[^\W\d_])[^\W_][\w+-]*"  # with a letter in it: no part of a DOI, a date or an address
_ALTERNATIVES = re.compile(rf"(?=.*[^\W_]{{2}}){_WORD_OF_TEXT}(?:[/\\|]{_WORD_OF_TEXT})+")
"""`Image/Video`: either will do. Not `w/o`."""


class Leaves:
    """Makes the leaves of one query, and notes what its author should be told."""

    def __init__(self, boosts: Mapping[str, float], warnings: list[str], saved: Callable[[str], wq.Query]) -> None:
        """Take the fields that are looked at where none is named."""
        self._boosts = boosts
        self._warnings = warnings
        self._saved = saved
        self.typed: dict[str, str] = {}
        self.names: dict[tuple[str, tuple[str, ...]], str] = {}

    def word(self, field: str | None, text: str, boost: float = 1.0) -> wq.Query | None:
        """The leaf of a word, or of one of the words of `Image/Video`."""
        if (field is None or field in TEXT_FIELDS) and _ALTERNATIVES.fullmatch(text):
            leaves = (self.leaf(field, part, wq.Term, boost) for part in re.split(r"[/\\|]", text))
            return wq.Or([leaf for leaf in leaves if leaf is not None])
        return self.leaf(field, text, wq.Term, boost)

    def leaf(
        self, field: str | None, text: str, kind: type[wq.Query], boost: float = 1.0, fuzziness: int = 0
    ) -> wq.Query | None:
        """The analysed query of one word or quoted phrase; None if there is nothing to search for in it."""
        boost = min(boost, MAX_BOOST)
        if kind is wq.Wildcard and not set("*?") & set(text.rstrip("?")):
            text, kind = text.rstrip("?"), wq.Term  # a question, not a pattern
        if kind is wq.Wildcard and len(text) > _MAX_PATTERN_CHARS:
            self._warnings.append(f"a pattern may have {_MAX_PATTERN_CHARS} characters; it was searched for as words")
            kind = wq.Term
        if field is None:
            if kind is wq.Wildcard and not words(text):
                return unweighed(wq.Every())
            self._warn_of_unknown_field(text)
            leaves = (self._text_leaf(name, text, kind, boost * b, fuzziness) for name, b in self._boosts.items())
            return wq.Or([leaf for leaf in leaves if leaf is not None])
        if field in AUTHOR_FIELDS and kind is wq.Term and not fuzziness:
            self.names[field, tuple(words(text))] = text
        if field in TEXT_FIELDS:
            return self._text_leaf(field, text, kind, boost * self._boosts.get(field, 1.0), fuzziness)
        if field in ("category", "primary", "archive"):
            return category_leaf(field, f"{text}*" if kind is wq.Prefix else text)
        if field in ("published", "updated"):
            return self.date_range(field, text, text)
        return _key(field, text)

    def _text_leaf(self, field: str, text: str, kind: type[wq.Query], boost: float, fuzziness: int) -> wq.Query | None:
        if kind is wq.Prefix:
            return _prefix(field, text, boost)
        if kind is wq.Wildcard:
            return _wildcard(field, text, boost)
        if fuzziness and len(tokens := analyze(field, text)) == 1:
            return unweighed(wq.FuzzyTerm(field, tokens[0], maxdist=fuzziness, prefixlength=0), boost)
        if field in ENGLISH_FIELDS:
            self.typed.update((stem(word), word) for word in words(text))
        return text_leaf(field, text, boost)

    def phrase(self, field: str | None, text: str, slop: int, boost: float) -> wq.Query | None:
        """The leaf of a quoted phrase."""
        if slop != 1:
            self._warnings.append('nearness ("..."~N) is not supported; the phrase was searched for as it stands')
        if field is None:
            leaves = (quote(name, text, boost * b) for name, b in self._boosts.items())
            return wq.Or([leaf for leaf in leaves if leaf is not None])
        if field in ENGLISH_FIELDS:
            return quote(field, text, boost * self._boosts.get(field, 1.0))
        return self.leaf(field, text, wq.Term, boost)

    def date_range(
        self, field: str | None, start: str, end: str, *, after: bool = False, before: bool = False
    ) -> wq.Query | None:
        """Papers from `start` to `end`, both included unless `after` or `before`; "" and "*" leave a side open."""
        if field not in ("published", "updated"):
            return self.leaf(field, f"{start} to {end}", wq.Term)
        first, last = parse_date(start), parse_date(end)
        for side, parsed in ((start, first), (end, last)):
            if parsed is None and side not in ("", "*"):
                self._warnings.append(f"{side!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD); it was searched for")
                return self.leaf(None, side, wq.Term)
        lower = first and first[1 if after else 0]
        upper = last and last[0 if before else 1]
        if lower and upper and lower >= upper:
            self._warnings.append(f"no day lies between {start} and {end}")
            return wq.NullQuery
        return date_leaf(field, lower, upper)

    def fuzzy(self, field: str | None, text: str, distance: int, boost: float) -> wq.Query | None:
        """Words that differ from `text` by at most `distance` letters."""
        if distance > _MAX_FUZZINESS:
            self._warnings.append(f"~{distance} allows too many differences; ~{_MAX_FUZZINESS} was used")
        return self.leaf(field, text, wq.Term, boost, fuzziness=min(distance, _MAX_FUZZINESS))

    def saved(self, name: str) -> wq.Query:
        """What a saved search means."""
        try:
            return self._saved(name)
        except QueryError as error:
            self._warnings.append(str(error))
            return wq.NullQuery

    def _warn_of_unknown_field(self, text: str) -> None:
        if (match := _FIELD_FORM.match(text)) and match[1].lower() not in ("http", "https", "arxiv"):
            near = difflib.get_close_matches(match[1].lower(), FIELDS, 1)
            hint = f"; did you mean {near[0]}:?" if near else ""
            self._warnings.append(f"there is no field {match[1]!r}, so it was searched for as a word{hint}")


def unweighed(query: wq.Query | None, score: float = 0.0) -> wq.Query | None:
    """A query that gives each paper the same score."""
    return None if query is None else wq.ConstantScoreQuery(query, score)


def text_leaf(field: str, text: str, boost: float = 1.0) -> wq.Query | None:
    """A text as it stands in a field: one word, or several in a row."""
    tokens = analyze(field, text)
    if len(tokens) > 1:
        return wq.Phrase(field, tokens, boost=boost)
    return wq.Term(field, tokens[0], boost=boost) if tokens else None


def _prefix(field: str, text: str, boost: float) -> wq.Query | None:
    """The words of a text, the last of them being the beginning of a word."""
    *before, last = words(text) or [""]
    if not last:
        return None
    beginnings = [wq.Prefix(field, last), *(wq.Term(field, token) for token in prefix_tokens(field, last))]
    ending = unweighed(beginnings[0] if len(beginnings) == 1 else wq.Or(beginnings), boost)
    return wq.And([*(text_leaf(field, word, boost) for word in before), ending])


def _wildcard(field: str, text: str, boost: float) -> wq.Query | None:
    """A pattern of `*` and `?`, matched against the tokens of the field."""
    pattern = "".join(char if char in "*?" else "".join(words(char)) for char in text)
    if not pattern.strip("*?"):
        return unweighed(wq.Every(field))
    return unweighed(wq.Wildcard(field, pattern), boost)


def category_leaf(field: str, value: str) -> wq.Query | None:
    """Papers of a category, or of a whole archive: "cs.CV", "cs.*" or "cs"."""
    name = canonical_category(value.strip())
    archive = name.lower().removesuffix(".*")
    if archive in ARCHIVES and name not in CATEGORIES:
        if field == "primary":
            return unweighed(wq.Or([wq.Prefix(field, f"{archive}."), wq.Term(field, archive)]))
        return unweighed(wq.Term("archive", archive))
    if "*" in name or "?" in name:
        return unweighed(wq.Wildcard(field, name) if name.strip("*?") else wq.Every())
    return unweighed(wq.Term(field, name)) if name else None


def date_leaf(field: str, start: datetime | None, end: datetime | None) -> wq.Query:
    """Papers from a moment on, and before another; either may be left out."""
    dates = wq.DateRange(field, start, end, endexcl=True) if start or end else wq.Every()
    return wq.ConstantScoreQuery(dates, 0.0)


def _key(field: str, text: str) -> wq.Query | None:
    """A DOI or an arXiv id, or with a `*` at its end the beginning of one."""
    if text.endswith("*"):
        return unweighed(wq.Prefix(field, text[:_MAX_PATTERN_CHARS].rstrip("*").lower()))
    if field == "id":
        identity = parse_id(text)
        return unweighed(wq.Term(field, identity[0] if identity else text))
    keys = doi_keys(re.sub(r"^https?://(dx\.)?doi\.org/", "", text))
    return unweighed(wq.Term(field, keys[0])) if keys else None
