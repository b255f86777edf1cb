"""Find papers, count them, look them up: everything that only reads the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, TypedDict

from whoosh.query import Query

from searcher.app.explaining import Explainer
from searcher.app.finding import Wanted, find
from searcher.app.quoted import QuotedWords
from searcher.app.vocabulary import IndexVocabulary
from searcher.config import Config
from searcher.engine import open_engine
from searcher.errors import QueryError
from searcher.paper import ARCHIVES, CATEGORIES, Paper, canonical_category, parse_id
from searcher.query import ParsedQuery, author_words, build_filters, narrowed, parse, readable, restrict
from searcher.ranking.correct import Corrections, correct, find_corrections, suggest
from searcher.ranking.expand import expand
from searcher.ranking.names import is_like_name
from searcher.ranking.people import find_people
from searcher.ranking.recency import favour_recent
from searcher.ranking.titles import favour_named
from searcher.results import FacetCount, FacetRequest, Filter, SearchRequest, SearchResponse, among
from searcher.schema import FACETS, stem, words
from searcher.selection import Selection, Sort, parse_date
from searcher.snippet import Highlighter

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searcher.reports import Stats

MAX_FACET_VALUES = 1000
MAX_HITS = 10_000


class Filters(TypedDict, total=False):
    """The fields of a Selection but for its query, as they are convenient to write: one value, or several."""

    categories: str | Iterable[str]
    not_categories: str | Iterable[str]
    primaries: str | Iterable[str]
    authors: str | Iterable[str]
    title: str
    since: str | date
    until: str | date
    any_word: bool


@dataclass(frozen=True, slots=True)
class _Understood:
    """What a query means."""

    parsed: ParsedQuery
    asked: str  # as typed
    corrections: Corrections
    typed: Query  # with what was meant in the place of words that were mistyped
    tree: Query  # with other ways to write its words
    warnings: tuple[str, ...]


class Archive:
    """The reading side of an index: opened once, asked many times, in one state of the index."""

    def __init__(self, config: Config) -> None:
        """Open the index. Raises NoIndexError if there is none, UnusableIndexError if it cannot be read."""
        self.config = config
        self._engine = open_engine(*config.place)
        self._vocabulary = IndexVocabulary(self._engine)
        self._quoted = QuotedWords(self._engine)

    def search(
        self,
        query: str | Selection = "*",
        *,
        sort: Sort = "relevance",
        limit: int = 10,
        page: int = 1,
        facets: Iterable[str] = (),
        facet_size: int = MAX_FACET_VALUES,
        explain: bool = False,
        boost_recent: bool = False,
        ids: Collection[str] | None = None,
        **filters: Unpack[Filters],
    ) -> SearchResponse:
        """Find papers, the best first, `limit` of them a page, and count all by facets.

        Filters go with a query that is a text; a Selection has its own. With `ids` only these papers are looked at, and
        each must hold all of the words, however few do. Raises QueryError for what cannot be a date, a facet or a
        number of papers.
        """
        started = time.perf_counter()
        selection = _selection(query, filters)
        _check_page(limit, page)
        counted = tuple(FacetRequest(_checked_facet(name), facet_size) for name in dict.fromkeys(facets))
        understood = self._understand(selection)
        parsed, tree = understood.parsed, understood.tree
        narrow = partial(restrict, title=selection.title, any_word=selection.any_word, boosts=self.config.boosts)
        chosen = (*_filters(selection, self._engine.scan), *(() if ids is None else (among(ids),)))
        request = SearchRequest(tree, chosen, sort, (page - 1) * limit, limit, counted, explain)
        named = favour_named(understood.asked) if parsed.is_plain else ()
        favoured = (*named, *(self._recent() if boost_recent else ()))
        wanted = Wanted(understood.typed, tree, narrow, parsed.is_plain and ids is None, favoured)
        found = find(self._engine, self._vocabulary, request, wanted)
        if explain:
            explainer = Explainer(wanted, parsed.typed)
            found = replace(found, hits=tuple(map(explainer.explain, found.hits)))
        highlighter = Highlighter(narrow(tree))
        return replace(
            found,
            query=selection.query,
            suggestion=suggest(understood.asked, understood.corrections),
            warnings=(*understood.warnings, *_category_warnings(selection), *found.warnings),
            hits=tuple(replace(hit, snippets=highlighter.snippets(hit.paper)) for hit in found.hits),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def similar(
        self,
        example: Paper | str,
        query: str | Selection = "",
        *,
        limit: int = 10,
        page: int = 1,
        **filters: Unpack[Filters],
    ) -> SearchResponse:
        """Find papers like one of the index, which is not among them, or like a text; the most alike first.

        Of a selection only the filters count; the query, a name for the example, is handed back. Raises QueryError for
        a text without words, and like `search`.
        """
        from searcher.app.similar import MAX_CHARS, likeness

        started = time.perf_counter()
        selection = _selection(query, filters)
        _check_page(limit, page)
        if isinstance(example, str) and not words(example[:MAX_CHARS]):
            raise QueryError("the text holds no word; give an abstract, a draft or notes")
        like = likeness(example, self._vocabulary)
        found = self._engine.search(
            SearchRequest(like.query, _filters(selection, self._engine.scan), offset=(page - 1) * limit, limit=limit)
        )
        highlighter = Highlighter(like.shown)
        return replace(
            found,
            query=selection.query,
            warnings=(*_category_warnings(selection), *found.warnings),
            terms=like.terms,
            hits=tuple(replace(hit, snippets=highlighter.snippets(hit.paper)) for hit in found.hits),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def scan(self, selection: Selection) -> Iterator[Paper]:
        """Every paper that is meant, with all of the words, in any order. Raises QueryError like `search`."""
        return self._engine.scan(self._meaning(selection))

    def _meaning(self, selection: Selection) -> Query:
        """A selection as one tree."""
        boosts, any_word = self.config.boosts, selection.any_word
        tree = restrict(self._understand(selection).tree, selection.title, any_word=any_word, boosts=boosts)
        return narrowed(tree, _filters(selection, self._engine.scan))

    def _saved(self, name: str) -> Query:
        from searcher.app.saved import find_saved  # few queries name one

        return self._meaning(find_saved(self.config, name).selection)

    def _understand(self, selection: Selection) -> _Understood:
        parsed = self._parse(selection)
        asked = readable(selection.query)
        corrections = find_corrections(asked, self._vocabulary) if parsed.is_plain else {}
        typed = correct(parsed.query, corrections)
        tree, warnings = self._quoted.hold(typed)
        tree = find_people(tree, parsed.names, self._engine.scan)
        if not selection.any_word:
            meant = {stem(each.meant): each.meant for each in corrections.values()}
            tree = expand(tree, {**parsed.typed, **meant}, self._vocabulary)
        return _Understood(parsed, asked, corrections, typed, tree, (*parsed.warnings, *warnings))

    def _parse(self, selection: Selection) -> ParsedQuery:
        """The query; a name of an author, if it is written as one and somebody has it."""
        if is_like_name(selection.query):
            parsed = parse(f'author:"{selection.query}"', boosts=self.config.boosts)
            query = find_people(parsed.query, parsed.names, self._engine.scan)
            if self._engine.search(SearchRequest(query, limit=0)).total:
                return parsed
        return parse(
            selection.query,
            any_word=selection.any_word,
            boosts=self.config.boosts,
            saved=self._saved,
        )

    def _recent(self) -> list[Query]:
        newest = self._engine.search(SearchRequest(parse("*").query, sort="newest", limit=1)).hits
        return favour_recent(newest[0].paper.published) if newest else []

    def facets(
        self, name: str, query: str | Selection = "*", *, size: int = MAX_FACET_VALUES, **filters: Unpack[Filters]
    ) -> tuple[FacetCount, ...]:
        """Count papers by a facet: the most frequent value first, years and months newest first.

        As in a search, a facet leaves its own filter out of account. Raises QueryError like `search`.
        """
        return self.search(query, limit=0, facets=[name], facet_size=size, **filters).facets[name]

    def __iter__(self) -> Iterator[Paper]:
        """Every paper, in any order."""
        return self.scan(Selection())

    def __len__(self) -> int:
        """How many papers there are."""
        return self._engine.count()

    def __repr__(self) -> str:
        return f"<Archive of {len(self):,} papers in {self.config.engine_folder}>"

    def papers(self, ids: Iterable[str]) -> list[Paper | None]:
        """Look papers up by arXiv id or address, whatever version is named; None where there is none."""
        names = [parse_id(text.strip()) or (readable(text.strip()), None) for text in ids]
        found = self._engine.papers(name for name, _ in names)
        return [found.get(name) for name, _ in names]

    def stats(self) -> Stats:
        """Sum the index up."""
        from searcher.engine import measure
        from searcher.reports import Stats

        every = parse("*").query
        ends = [self._engine.search(SearchRequest(every, sort=order, limit=1)).hits for order in ("oldest", "newest")]
        first, last = (hits[0].paper.published if hits else None for hits in ends)
        return Stats(len(self), first, last, self.config.engine, measure(*self.config.place))


def _selection(query: str | Selection, filters: Filters) -> Selection:
    if isinstance(query, Selection):
        if filters:
            raise QueryError(f"a Selection has filters of its own; add to it: {', '.join(filters)}")
        return query

    def several(values: str | Iterable[str]) -> tuple[str, ...]:
        return (values,) if isinstance(values, str) else tuple(values)

    def day(value: str | date | None) -> str | None:
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else value

    return Selection(
        query,
        several(filters.get("categories", ())),
        several(filters.get("not_categories", ())),
        several(filters.get("primaries", ())),
        several(filters.get("authors", ())),
        filters.get("title"),
        day(filters.get("since")),
        day(filters.get("until")),
        filters.get("any_word", False),
    )


def _check_page(limit: int, page: int) -> None:
    if not 0 <= limit <= MAX_HITS or page < 1:
        raise QueryError(f"ask for 0 to {MAX_HITS} papers a page, and for page 1 or later")


def _checked_facet(name: str) -> str:
    if name not in FACETS:
        near = get_close_matches(name.lower(), FACETS, 1)
        raise QueryError(
            f"there is no facet {name!r}; "
            + (f"did you mean {near[0]}?" if near else f"there are: {', '.join(FACETS)}")
        )
    return name


def _category_warnings(selection: Selection) -> Iterator[str]:
    for value in (*selection.categories, *selection.not_categories, *selection.primaries):
        name = value.strip().removesuffix(".*")
        if canonical_category(name) not in CATEGORIES and name.lower() not in ARCHIVES and "*" not in name:
            near = get_close_matches(canonical_category(name), CATEGORIES, 1)
            yield f"arXiv has no category {value!r}" + (f"; did you mean {near[0]}?" if near else "")


def _filters(selection: Selection, scan: Callable[[Query], Iterator[Paper]]) -> tuple[Filter, ...]:
    for option, values in (
        ("category", selection.categories + selection.not_categories + selection.primaries),
        ("author", selection.authors),
    ):
        if any(not words(value) and "*" not in value for value in values):
            raise QueryError(f"a filter by {option} names none")
    since, until = _day(selection.since, 0), _day(selection.until, 1)
    if since and until and since >= until:
        raise QueryError(f"no day lies between {selection.since} and {selection.until}")
    filters = build_filters(
        categories=selection.categories,
        not_categories=selection.not_categories,
        primaries=selection.primaries,
        authors=selection.authors,
        since=since,
        until=until,
    )
    names = {(field, tuple(words(name))): name for field, name in map(author_words, map(readable, selection.authors))}
    return tuple(replace(each, query=find_people(each.query, names, scan)) for each in filters)


def _day(text: str | None, side: int) -> datetime | None:
    """The first moment of a date (side 0), or the first one after it (side 1)."""
    if text is None:
        return None
    moments = parse_date(text)
    if moments is None:
        raise QueryError(f"{text!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
    return moments[side]
