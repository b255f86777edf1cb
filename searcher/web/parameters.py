"""The parameters of an address -> what is asked of the archive. They are named as the options of the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args
from urllib.parse import urlencode

from searcher.errors import QueryError
from searcher.schema import FACETS
from searcher.selection import Selection, Sort

MAX_PAPERS = 100  # a page
MAX_DEPTH = 10_000  # papers, from the first page on
MAX_VALUES = 1000  # of a facet
MAX_CHARS = 2048  # of a value
_MAX_REPEATS = 20  # of a parameter
_EASY_WORDS = 32
_FEW_PAPERS = 50
_COSTLY_SIGNS = frozenset('*?~[{"')  # patterns, and quotes, for which papers are read
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an address."""

    name: str
    schema: dict[str, Any]  # JSON Schema; of one value, where several may be given
    description: str
    is_repeated: bool = False


def _text(name: str, description: str, *, is_repeated: bool = False, example: str | None = None) -> Parameter:
    schema: dict[str, Any] = {"type": "string", "maxLength": MAX_CHARS}
    return Parameter(name, schema if example is None else {**schema, "examples": [example]}, description, is_repeated)


def _flag(name: str, description: str) -> Parameter:
    return Parameter(name, {"type": "boolean"}, description)


def _number(name: str, least: int, most: int, default: int, description: str) -> Parameter:
    return Parameter(
        name, {"type": "integer", "minimum": least, "maximum": most, "default": default}, f"{description} ({default})"
    )


def _choice(name: str, values: Iterable[str], description: str, *, is_repeated: bool = False) -> Parameter:
    return Parameter(name, {"type": "string", "enum": list(values)}, description, is_repeated)


_DATE = r"^\d{4}(-\d{1,2}(-\d{1,2})?)?$"
QUERY = _text("q", "what to look for, in the query language; * is every paper", example="diffusion super-resolution")
FILTERS = (
    _text("cat", "papers of this category, cross-listings included; cs.* is all of cs; several mean either",
          is_repeated=True, example="eess.IV"),
    _text("not-cat", "no papers of this category", is_repeated=True),
    _text("primary", "papers of this primary category", is_repeated=True),
    _text("author", "papers of this author; ^NAME is the first author", is_repeated=True),
    _text("title", "papers whose title holds these words, too"),
    Parameter("from", {"type": "string", "pattern": _DATE}, "published on or after YYYY, YYYY-MM or YYYY-MM-DD"),
    Parameter("to", {"type": "string", "pattern": _DATE}, "published on or before, likewise"),
    _flag("any", "any of the words instead of all"),
)  # fmt: skip
SORT = _choice("sort", get_args(Sort), "the best first (relevance), or newest or oldest")
PAGING = (
    _number("n", 0, MAX_PAPERS, 10, "papers a page"),
    _number("page", 1, MAX_DEPTH, 1, f"which page; no further than {MAX_DEPTH:,} papers"),
    _text("cursor", "where to go on, from the header Link of the page before; in place of page"),
)
COUNTING = (
    _choice("facet", FACETS, "count by this; several count by each", is_repeated=True),
    _flag("no-facets", "count nothing"),
)
SEARCH = (
    QUERY, *FILTERS, SORT, *PAGING, *COUNTING,
    _flag("boost-recent", "let recent papers come first"),
    _flag("explain", "say why a paper stands where it does"),
)  # fmt: skip
SIMILAR = (*(each for each in FILTERS if each.name not in ("title", "any")), *PAGING)
FACET_COUNTS = (
    QUERY, *FILTERS, _choice("by", FACETS, "what to count by (category)"),
    _number("n", 1, MAX_VALUES, 20, "how many values"),
)  # fmt: skip
FEED = (QUERY, *FILTERS, _number("n", 1, MAX_PAPERS, 50, "how many papers"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    selection: Selection
    sort: Sort = "relevance"
    limit: int = 10
    page: int = 1
    facets: tuple[str, ...] | None = None  # None for those of config.yaml
    by: str = "category"
    boost_recent: bool = False
    explain: bool = False

    @property
    def is_costly(self) -> bool:
        """Whether to answer it may take long: it must then not stand in the way of others."""
        query = f"{self.selection.query} {self.selection.title or ''} {' '.join(self.selection.authors)}"
        return (
            (query.strip() != "*" and not _COSTLY_SIGNS.isdisjoint(query))
            or len(query.split()) > _EASY_WORDS
            or self.limit * self.page > _FEW_PAPERS * 10
            or self.limit > _FEW_PAPERS
            or self.explain
            or bool({"author", "month"}.intersection(self.facets or (self.by,)))
        )


Pairs = Sequence[tuple[str, str]]
"""The parameters of an address, decoded, in order."""


def parse(pairs: Pairs, known: Sequence[Parameter]) -> Asked:
    """What they ask for. Raises QueryError for what cannot be asked, with the nearest name or value there is."""
    values = _Values(pairs, known)
    since, until = values.text("from"), values.text("to")
    selection = Selection(
        values.text("q") or "*",
        values.texts("cat"),
        values.texts("not-cat"),
        values.texts("primary"),
        values.texts("author"),
        values.text("title"),
        since,
        until,
        values.flag("any"),
    )
    limit, page = values.number("n"), values.number("page")
    if cursor := values.text("cursor"):
        page = _page_at(cursor)
    if page > 1 and page * limit > MAX_DEPTH:
        raise QueryError(f"no paper beyond the first {MAX_DEPTH:,} can be asked for; narrow the query")
    return Asked(
        selection,
        sort=values.choice("sort", "relevance"),
        limit=limit,
        page=page,
        facets=() if values.flag("no-facets") else values.texts("facet") or None,
        by=values.choice("by", "category"),
        boost_recent=values.flag("boost-recent"),
        explain=values.flag("explain"),
    )


def cursor_to(page: int) -> str:
    """The cursor of a page; to be handed back as it is."""
    return f"p{page}"


def _page_at(cursor: str) -> int:
    number = cursor.removeprefix("p")
    if cursor == number or not (number.isascii() and number.isdigit() and 1 <= len(number) <= 5):
        raise QueryError("cursor: not one that the header Link gave")
    return max(1, int(number))


def with_pairs(pairs: Pairs, **changes: str | None) -> str:
    """The query string of the same parameters with some replaced, or left out where None stands for them."""
    kept = [(name, value) for name, value in pairs if name not in changes]
    return urlencode(kept + [(name, value) for name, value in changes.items() if value is not None])


class _Values:
    """Parameters by name, checked."""

    def __init__(self, pairs: Pairs, known: Sequence[Parameter]) -> None:
        self._known = {each.name: each for each in known}
        self._given: dict[str, list[str]] = {}
        for name, value in pairs:
            self._check(name, value)
            self._given.setdefault(name, []).append(value)
        for name, values in self._given.items():
            most = _MAX_REPEATS if self._known[name].is_repeated else 1
            if len(values) > most:
                raise QueryError(f"{name}: given {len(values)} times; at most {most} can be")

    def text(self, name: str) -> str | None:
        """One value; None if it is not given, or empty."""
        return (self._given.get(name) or [""])[0].strip() or None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(value.strip() for value in self._given.get(name, ()) if value.strip())

    def flag(self, name: str) -> bool:
        return self._checked(name, lambda value: value in _YES, False)

    def number(self, name: str) -> int:
        schema = self._known[name].schema if name in self._known else {"default": 1}
        return self._checked(name, int, schema["default"])

    def choice(self, name: str, default: Any) -> Any:
        return self.text(name) or default

    def _checked(self, name: str, read: Callable[[str], Any], default: Any) -> Any:
        value = self.text(name)
        return default if value is None else read(value.lower())

    def _check(self, name: str, value: str) -> None:
        if name not in self._known:
            near = get_close_matches(name, self._known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(self._known)}"
            raise QueryError(f"there is no parameter {name[:60]!r}; {hint}")
        schema, value = self._known[name].schema, value.strip()
        if len(value) > MAX_CHARS:
            raise QueryError(f"{name}: at most {MAX_CHARS:,} characters can be asked for")
        if schema["type"] == "integer" and value:
            least, most = schema["minimum"], schema["maximum"]
            if not (value.isascii() and value.isdigit() and len(value) <= 9 and least <= int(value) <= most):
                raise QueryError(f"{name}: {value[:60]!r} is not a number from {least} to {most}")
        if schema["type"] == "boolean" and value.lower() not in _YES + _NO:
            raise QueryError(f"{name}: {value[:60]!r} is neither true nor false")
        if value and value not in schema.get("enum", (value,)):
            near = get_close_matches(value, schema["enum"], 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(schema['enum'])}"
            raise QueryError(f"{name}: there is no {value[:60]!r}; {hint}")
