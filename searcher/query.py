"""What a user typed -> Whoosh query tree and filters.

The language is Whoosh's, set up for people who look for papers. `parse` returns an analysed tree in a form that
engines can rely on: And, Or, AndMaybe and Not, where Not stands only inside an And beside something positive;
Term and Phrase, which are weighed; and ConstantScoreQuery around all that is not: Prefix, Wildcard, FuzzyTerm,
DateRange, Every, and Terms of keyword fields. Boosts stand on leaves only.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from whoosh import query as wq
from whoosh.qparser import QueryParser
from whoosh.qparser.syntax import AndGroup

from searcher.errors import QueryError
from searcher.paper import ARCHIVES, CATEGORIES, canonical_category, parse_id
from searcher.ranking.names import TypedNames
from searcher.ranking.verbatim import quote
from searcher.results import Filter
from searcher.schema import AUTHOR_FIELDS, ENGLISH_FIELDS, TEXT_FIELDS, analyze, doi_keys, prefix_tokens, stem, words
from searcher.selection import parse_date
from searcher.syntax import FIELDS, AnyGroup, build_plugins
from searcher.weights import FIELDS as BOOSTS

_MAX_QUERY_CHARS = 2048  # a pasted abstract
_MAX_PATTERN_CHARS = 64
_MAX_FUZZINESS = 2
_MAX_BOOST = 1000.0
_MAX_WEIGHT = _MAX_BOOST**2  # of a leaf: the highest boost typed, on a field of the highest boost in config.yaml
_PARSER_ERRORS = (RecursionError, AttributeError, AssertionError, IndexError, NotImplementedError, ValueError)
"""What Whoosh's parser, which knows no error of its own, raises on operators without operands and deep nesting."""
_QUOTES = str.maketrans("“”„‟«»", '""""""')
_FIRST_AUTHOR = re.compile(r"(?:(?<!\S)|(?<=\())(?:(?:author|au):)?\^(?=[\w\"])", re.IGNORECASE)
_OPERATOR = re.compile(r"\b(AND|OR|NOT)\b")
_SYNTAX = re.compile(r"""[\"()*~^\[\]{}]|\w\?\w|\w:\S|(?:^|\s)[+-]\S|\b(?:AND|OR|NOT)\b""")
_FIELD_FORM = re.compile(r"(\w+):\S")
_WORD_OF_TEXT = r"(?=[\w-]*[^\W\d_])[^\W_][\w+-]*"  # with a letter in it: no part of a DOI, a date or an address
_ALTERNATIVES = re.compile(rf"(?=.*[^\W_]{{2}}){_WORD_OF_TEXT}(?:[/\\|]{_WORD_OF_TEXT})+")
"""`Image/Video`: either will do. Not `w/o`."""


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
        return ParsedQuery(_unweighed(wq.Term("id", identity[0])))
    warnings: list[str] = []
    if len(text) > _MAX_QUERY_CHARS:
        text = text[:_MAX_QUERY_CHARS]
        warnings.append(f"the query is too long; only its first {_MAX_QUERY_CHARS} characters were used")
    text = _FIRST_AUTHOR.sub("first_author:", text.translate(_QUOTES))
    parser = _Parser(boosts, any_word, warnings, saved)
    try:
        tree = _normalize(parser.parse(text, normalize=False))
    except _PARSER_ERRORS:
        warnings.append("the operators in the query could not be understood; it was searched for its words")
        group = wq.Or if any_word else wq.And
        tree = _normalize(group([parser.leaf(None, word, wq.Term) for word in words(_OPERATOR.sub(" ", text))]))
    if tree is None or tree == wq.NullQuery:
        if text and not warnings:
            warnings.append("nothing in the query is a word that can be searched for")
        tree = wq.NullQuery
    is_plain = not (any_word or _SYNTAX.search(text))
    said = tuple(dict.fromkeys(warnings))
    return ParsedQuery(_beside_positive(tree), said, is_plain, parser.typed, parser.names)


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
    found = (_words("title", word, boost) for word in readable(title).split())
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
        add(either(_category, "category", categories), "category")
    if not_categories and (excluded := either(_category, "category", not_categories)):
        add(_beside_positive(wq.Not(excluded)), "category")
    if primaries:
        add(either(_category, "primary", primaries), "primary")
    if authors:
        add(either(lambda _, name: _unweighed(_words(*author_words(name))), "author", authors), "author")
    if since or until:
        add(_dates("published", since, until), "year", "month")
    return tuple(filters)


def author_words(name: str) -> tuple[str, str]:
    """The field in which an author is looked for, and the name as it is said: "Liu, Yang" as "Yang Liu".

    A caret asks for the first author.
    """
    field = "first_author" if name.lstrip().startswith("^") else "author"
    last, comma, first = name.partition(",")
    return field, f"{first} {last}" if comma else name


def _unweighed(query: wq.Query | None, score: float = 0.0) -> wq.Query | None:
    return None if query is None else wq.ConstantScoreQuery(query, score)


def _words(field: str, text: str, boost: float = 1.0) -> wq.Query | None:
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
    ending = _unweighed(beginnings[0] if len(beginnings) == 1 else wq.Or(beginnings), boost)
    return wq.And([*(_words(field, word, boost) for word in before), ending])


def _wildcard(field: str, text: str, boost: float) -> wq.Query | None:
    """A pattern of `*` and `?`, matched against the tokens of the field."""
    pattern = "".join(char if char in "*?" else "".join(words(char)) for char in text)
    if not pattern.strip("*?"):
        return _unweighed(wq.Every(field) if pattern and field else None)
    return _unweighed(wq.Wildcard(field, pattern), boost)


def _category(field: str, value: str) -> wq.Query | None:
    """Papers of a category, or of a whole archive: "cs.CV", "cs.*" or "cs"."""
    name = canonical_category(value.strip())
    archive = name.lower().removesuffix(".*")
    if archive in ARCHIVES and (name not in CATEGORIES or field == "archive"):
        if field == "primary":
            return _unweighed(wq.Or([wq.Prefix(field, f"{archive}."), wq.Term(field, archive)]))
        return _unweighed(wq.Term("archive", archive))
    if "*" in name or "?" in name:
        return _unweighed(wq.Wildcard(field, name) if name.strip("*?") else wq.Every())
    return _unweighed(wq.Term(field, name)) if name else None


def _dates(field: str, start: datetime | None, end: datetime | None) -> wq.Query:
    dates = wq.DateRange(field, start, end, endexcl=True) if start or end else wq.Every()
    return wq.ConstantScoreQuery(dates, 0.0)


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
        if len(flat) > 1 and group is wq.And:
            flat = [child for child in flat if not _is_every(child)] or flat[:1]
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


class _Parser(QueryParser):
    """Whoosh's parser with our plugins; leaves are analysed here rather than by Whoosh's schema look-up."""

    def __init__(
        self,
        boosts: Mapping[str, float],
        any_word: bool,
        warnings: list[str],
        saved: Callable[[str], wq.Query],
    ) -> None:
        super().__init__(None, None, build_plugins(), group=AnyGroup if any_word else AndGroup)
        self.phraseclass = self._phrase
        self._boosts = boosts
        self._warnings = warnings
        self._saved = saved
        self.typed: dict[str, str] = {}
        self.names: dict[tuple[str, tuple[str, ...]], str] = {}

    def term_query(
        self,
        fieldname: str | None,
        text: str,
        termclass: type[wq.Query],
        boost: float = 1.0,
        tokenize: bool = True,
        removestops: bool = True,
    ) -> wq.Query | None:
        """Called by Whoosh for every word, prefix and wildcard."""
        if termclass is wq.Term and (fieldname is None or fieldname in TEXT_FIELDS) and _ALTERNATIVES.fullmatch(text):
            leaves = (self.leaf(fieldname, part, wq.Term, boost) for part in re.split(r"[/\\|]", text))
            return wq.Or([leaf for leaf in leaves if leaf is not None])
        return self.leaf(fieldname, text, termclass, boost)

    def leaf(
        self, field: str | None, text: str, kind: type[wq.Query], boost: float = 1.0, fuzziness: int = 0
    ) -> wq.Query | None:
        """The analysed query of one word or quoted phrase; None if there is nothing to search for in it."""
        boost = min(boost, _MAX_BOOST)
        if kind is wq.Wildcard and text.rstrip("?").count("*") + text.rstrip("?").count("?") == 0:
            text, kind = text.rstrip("?"), wq.Term  # a question, not a pattern
        if kind is wq.Wildcard and len(text) > _MAX_PATTERN_CHARS:
            self._warnings.append(f"a pattern may have {_MAX_PATTERN_CHARS} characters; it was searched for as words")
            kind = wq.Term
        if field is None:
            if kind is wq.Wildcard and not words(text):
                return _unweighed(wq.Every())
            self._warn_of_unknown_field(text)
            leaves = (self._text_leaf(name, text, kind, boost * b, fuzziness) for name, b in self._boosts.items())
            return wq.Or([leaf for leaf in leaves if leaf is not None]) if words(text) else None
        if field in AUTHOR_FIELDS and kind is wq.Term and not fuzziness:
            self.names[field, tuple(words(text))] = text
        if field in TEXT_FIELDS:
            return self._text_leaf(field, text, kind, boost * self._boosts.get(field, 1.0), fuzziness)
        if field in ("category", "primary", "archive"):
            return _category(field, f"{text}*" if kind is wq.Prefix else text)
        if field in ("published", "updated"):
            return self.date_range(field, text, text)
        return _key(field, text)

    def _text_leaf(self, field: str, text: str, kind: type[wq.Query], boost: float, fuzziness: int) -> wq.Query | None:
        if kind is wq.Prefix:
            return _prefix(field, text, boost)
        if kind is wq.Wildcard:
            return _wildcard(field, text, boost)
        if fuzziness and len(tokens := analyze(field, text)) == 1:
            return _unweighed(wq.FuzzyTerm(field, tokens[0], maxdist=fuzziness, prefixlength=0), boost)
        if field in ENGLISH_FIELDS:
            self.typed.update((stem(word), word) for word in words(text))
        return _words(field, text, boost)

    def _phrase(self, fieldname: str | None, found: list[str], slop: int, boost: float, **_: Any) -> wq.Query | None:
        """Called by Whoosh for every quoted phrase."""
        if slop != 1:
            self._warnings.append('nearness ("..."~N) is not supported; the phrase was searched for as it stands')
        text = " ".join(found)
        if fieldname is None:
            leaves = (quote(name, text, boost * b) for name, b in self._boosts.items())
            return wq.Or([leaf for leaf in leaves if leaf is not None]) if words(text) else None
        if fieldname in ENGLISH_FIELDS:
            return quote(fieldname, text, boost * self._boosts.get(fieldname, 1.0))
        return self.leaf(fieldname, text, wq.Term, boost)

    def date_range(self, field: str | None, start: str, end: str, *, after: bool = False, before: bool = False) -> Any:
        """Papers from `start` to `end`, both included unless `after` or `before`; "" and "*" leave a side open."""
        if field not in ("published", "updated"):
            return self.leaf(field, f"{start} to {end}", wq.Term)
        first, last = (None if side in ("", "*") else parse_date(side) for side in (start, end))
        for side, parsed in ((start, first), (end, last)):
            if parsed is None and side not in ("", "*"):
                self._warnings.append(f"{side!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD); it was searched for")
                return self.leaf(None, side, wq.Term)
        lower = first and first[1 if after else 0]
        upper = last and last[0 if before else 1]
        if lower and upper and lower >= upper:
            self._warnings.append(f"no day lies between {start} and {end}")
            return wq.NullQuery
        return _dates(field, lower, upper)

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


def _key(field: str, text: str) -> wq.Query | None:
    """A DOI or an arXiv id, or with a `*` at its end the beginning of one."""
    if text.endswith("*"):
        return _unweighed(wq.Prefix(field, text[:_MAX_PATTERN_CHARS].rstrip("*").lower()))
    if field == "id":
        identity = parse_id(text)
        return _unweighed(wq.Term(field, identity[0] if identity else text))
    keys = doi_keys(re.sub(r"^https?://(dx\.)?doi\.org/", "", text))
    return _unweighed(wq.Term(field, keys[0])) if keys else None
