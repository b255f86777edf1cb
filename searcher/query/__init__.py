"""What a user typed -> Whoosh query tree and filters.

The language is Whoosh's, set up for people who look for papers. `parse` returns an analysed tree in a form that
engines can rely on: And, Or, AndMaybe and Not, where Not stands only inside an And beside something positive;
Term and Phrase, which are weighed; and ConstantScoreQuery around all that is not: Prefix, Wildcard, FuzzyTerm,
DateRange, Every, and Terms of keyword fields. Boosts stand on leaves only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from whoosh import query as wq

from searcher.paper import parse_id
from searcher.query.leaves import MAX_BOOST, Leaves, category_leaf, date_leaf, text_leaf, unweighed
from searcher.ranking.names import TypedNames
from searcher.results import Filter
from searcher.schema import words
from searcher.weights import FIELDS as BOOSTS

_MAX_QUERY_CHARS = 2048  # a pasted abstract
_MAX_WEIGHT = MAX_BOOST**2  # of a leaf: the highest boost typed, on a field of the highest boost in config.yaml
_PARSER_ERRORS = (RecursionError, AttributeError, AssertionError, IndexError, NotImplementedError, ValueError)
"""What Whoosh's parser, which knows no error of its own, raises on operators without operands and deep nesting."""
_QUOTES = str.maketrans("“”„‟«»", '""""""')
_FIRST_AUTHOR = re.compile(r"(?:(?<!\S)|(?<=\())(?:(?:author|au):)?\^(?=[\w\"])", re.IGNORECASE)
_OPERATOR = re.compile(r"\b(AND|OR|NOT)\b")
_SYNTAX = re.compile(r"""[\"()*~^\[\]{}]|\w\?\w|\w:\S|(?:^|\s)[+-]\S|\b(?:AND|OR|NOT)\b""")
_WORDS = re.compile(r"[^\W_]+(?:(?: +|-)[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query ready for an engine, and what its author should be told about it."""

    query: wq.Query
    warnings: tuple[str, ...] = ()
    is_plain: bool = False  # words and nothing else: no operator, quotes, field or pattern
    typed: Mapping[str, str] = field(default_factory=dict)  # stem -> the word as typed, normalized
    names: TypedNames = field(default_factory=dict)


def parse(
    text: str,
    *,
    any_word: bool = False,
    boosts: Mapping[str, float] = BOOSTS,
    saved: Callable[[str], wq.Query] = lambda _: wq.NullQuery,
) -> ParsedQuery:
    """Parse what a user typed; never raises, whatever it is.

    Words are looked for in the fields of `boosts`, all of them unless `any_word`. What has no meaning is taken
    for words, and said so in the warnings. An arXiv id or its address alone finds that paper. In the place of
    `saved:NAME` stands what `saved` gives for the name, a tree of the form that this module promises, or nothing, with
    a warning, if it raises QueryError.
    """
    text = readable(text.strip())
    if identity := parse_id(text):
        return ParsedQuery(unweighed(wq.Term("id", identity[0])))
    warnings: list[str] = []
    if len(text) > _MAX_QUERY_CHARS:
        text = text[:_MAX_QUERY_CHARS]
        warnings.append(f"the query is too long; only its first {_MAX_QUERY_CHARS} characters were used")
    text = _FIRST_AUTHOR.sub("first_author:", text.translate(_QUOTES))
    leaves = Leaves(boosts, warnings, saved)
    try:
        tree = _normalize(_read(text, leaves, any_word))
    except _PARSER_ERRORS:
        warnings.append("the operators in the query could not be understood; it was searched for its words")
        tree = _normalize(_all_or_any(words(_OPERATOR.sub(" ", text)), leaves, any_word))
    if tree is None or tree == wq.NullQuery:
        if text and not warnings:
            warnings.append("nothing in the query is a word that can be searched for")
        tree = wq.NullQuery
    is_plain = not (any_word or _SYNTAX.search(text))
    said = tuple(dict.fromkeys(warnings))
    return ParsedQuery(_beside_positive(tree), said, is_plain, leaves.typed, leaves.names)


def _read(text: str, leaves: Leaves, any_word: bool) -> wq.Query | None:
    if _WORDS.fullmatch(text) and not _OPERATOR.search(text):  # what Whoosh's parser finds in it too, in more time
        return _all_or_any(text.split(), leaves, any_word)
    from searcher.query.syntax import Grammar  # which imports that parser

    return Grammar(leaves, any_word).parse(text, normalize=False)


def _all_or_any(found: Iterable[str], leaves: Leaves, any_word: bool) -> wq.Query:
    group = wq.Or if any_word else wq.And
    return group([leaf for word in found if (leaf := leaves.leaf(None, word, wq.Term)) is not None])


def readable(text: str) -> str:
    """A text with a question mark for whatever of it is no UTF-8: what a terminal passed on as a lone surrogate."""
    return text.encode(errors="replace").decode()


def restrict(
    query: wq.Query, title: str | None, *, any_word: bool = False, boosts: Mapping[str, float] = BOOSTS
) -> wq.Query:
    """The same query for papers whose title, too, holds these words; they count for the score."""
    if title is None:
        return query
    boost = boosts.get("title", 1.0)
    found = (text_leaf("title", word, boost) for word in readable(title).split())
    group = wq.Or if any_word else wq.And
    wanted = group([each for each in found if each is not None])
    return _beside_positive(_normalize(wq.And([query, wanted])) or wq.NullQuery)


def narrowed(query: wq.Query, filters: Iterable[Filter]) -> wq.Query:
    """The query and its filters as one tree."""
    return _beside_positive(_normalize(wq.And([query, *(each.query for each in filters)])) or wq.NullQuery)


def build_filters(
    *,
    categories: Sequence[str] = (),
    not_categories: Sequence[str] = (),
    primaries: Sequence[str] = (),
    authors: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Filter, ...]:
    """The filters of a search. Several values of one kind mean either; `until` is exclusive."""
    filters: list[Filter] = []

    def add(query: wq.Query | None, *facets: str) -> None:
        if query is not None:
            filters.append(Filter(query, facets))

    def either(leaf: Callable[[str, str], wq.Query | None], field: str, values: Iterable[str]) -> wq.Query | None:
        found = (leaf(field, readable(value)) for value in values)
        return _normalize(wq.Or([each for each in found if each is not None]))

    if categories:
        add(either(category_leaf, "category", categories), "category")
    if not_categories and (excluded := either(category_leaf, "category", not_categories)):
        add(_beside_positive(wq.Not(excluded)), "category")
    if primaries:
        add(either(category_leaf, "primary", primaries), "primary")
    if authors:
        add(either(lambda _, name: unweighed(text_leaf(*author_words(name))), "author", authors), "author")
    if since or until:
        add(date_leaf("published", since, until), "year", "month")
    return tuple(filters)


def author_words(name: str) -> tuple[str, str]:
    """The field in which an author is looked for, and the name as it is said: "Liu, Yang" as "Yang Liu".

    A caret asks for the first author.
    """
    field = "first_author" if name.lstrip().startswith("^") else "author"
    last, comma, first = name.partition(",")
    return field, f"{first} {last}" if comma else name


def _normalize(query: wq.Query | None) -> wq.Query | None:
    """Bring a tree into the form that this module promises; None for a query without a word."""
    if query is None:
        return None
    if isinstance(query, wq.And | wq.Or):
        group = wq.And if isinstance(query, wq.And) else wq.Or
        found = [_boosted(child, query.boost) for child in map(_normalize, query.subqueries) if child is not None]
        if group is wq.Or:
            found = [_beside_positive(child) for child in found]
        flat: list[wq.Query] = []
        for child in found:
            flat.extend(child.subqueries if isinstance(child, group) else [child])
        flat = list(dict.fromkeys(flat))
        if group is wq.And:
            flat = [child for child in flat if not _is_every(child)] or flat
        return flat[0] if len(flat) == 1 else group(flat) if flat else None
    if isinstance(query, wq.AndMaybe):
        required, optional = _normalize(query.a), _normalize(query.b)
        if required is None or optional is None:
            return required or optional
        return wq.AndMaybe(_beside_positive(required), _beside_positive(optional))
    if isinstance(query, wq.Not):
        inner = _normalize(query.query)
        if inner is None:
            return None
        return inner.query if isinstance(inner, wq.Not) else wq.Not(_beside_positive(inner))
    return query


def _beside_positive(query: wq.Query) -> wq.Query:
    """A query that only excludes, as one that excludes from every paper."""
    if isinstance(query, wq.Not):
        return wq.And([wq.ConstantScoreQuery(wq.Every(), 0.0), query])
    if isinstance(query, wq.And) and all(isinstance(child, wq.Not) for child in query.subqueries):
        return wq.And([wq.ConstantScoreQuery(wq.Every(), 0.0), *query.subqueries])
    return query


def _is_every(query: wq.Query) -> bool:
    return isinstance(query, wq.ConstantScoreQuery) and isinstance(query.child, wq.Every) and not query.child.fieldname


def _boosted(query: wq.Query, boost: float) -> wq.Query:
    """The same tree with the boost of a group moved to its leaves."""
    if boost == 1.0:
        return query
    if isinstance(query, wq.ConstantScoreQuery):
        return wq.ConstantScoreQuery(query.child, min(query.score * boost, _MAX_WEIGHT))
    if isinstance(query, wq.Term | wq.Phrase):
        return query.with_boost(min(query.boost * boost, _MAX_WEIGHT))
    return query.apply(lambda child: _boosted(child, boost))
