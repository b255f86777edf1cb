"""What is asked for, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from whoosh.query import ConstantScoreQuery, Not, NullQuery, Or, Phrase, Query, Term

from searcher.paper import Paper
from searcher.selection import Sort


@dataclass(frozen=True, slots=True)
class Filter:
    """Papers must match `query`, which does not count for the score.

    The counts of the facets named in `facets` leave this filter out, so that they show what else could be chosen.
    """

    query: Query  # analysed
    facets: tuple[str, ...] = ()


def among(ids: Iterable[str]) -> Filter:
    """The papers of these ids, and no others."""
    terms = [Term("id", each) for each in ids]
    return Filter(ConstantScoreQuery(Or(terms), 0.0) if terms else NullQuery)


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """Count the papers by the values of one facet."""

    name: str  # one of schema.FACETS
    size: int  # at most this many values come back


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as an engine gets it: analysed, with nothing left to interpret."""

    query: Query  # analysed: And, Or, Not, Term, Phrase, Prefix, Wildcard, FuzzyTerm, DateRange, Every, NullQuery
    filters: tuple[Filter, ...] = ()
    sort: Sort = "relevance"  # ties by id, ascending; a query without words to weigh is sorted newest first
    offset: int = 0
    limit: int = 10
    facets: tuple[FacetRequest, ...] = ()
    explain: bool = False

    @property
    def is_ranked(self) -> bool:
        """Whether papers come by score: that is asked for, and there are words whose weight tells papers apart."""
        return self.sort == "relevance" and _is_weighed(self.query)


def _is_weighed(query: Query) -> bool:
    if isinstance(query, ConstantScoreQuery | Not):
        return False
    return isinstance(query, Term | Phrase) or any(map(_is_weighed, query.children()))


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the papers found carry one value of a facet."""

    value: str  # as displayed: "cs.CV", "Yang Liu", "2023", "2023-12"
    count: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one part of a query adds to the score of a paper."""

    field: str  # empty for what stands in none
    text: str  # a word, or words with a space between: from an engine as indexed, in a response as typed
    score: float
    reason: str = ""  # why it counts, if it is not a word of the query


@dataclass(frozen=True, slots=True)
class Hit:
    """One paper found."""

    paper: Paper
    score: float  # 0.0 where nothing was weighed
    snippets: Mapping[str, str] = field(default_factory=dict)  # field -> excerpt, words found between <b> and </b>
    explanation: tuple[Explanation, ...] = ()  # where the request asks for it; the parts sum up to the score


@dataclass(frozen=True, slots=True)
class TellingText:
    """A word, or several in a row, that tell what a text is about."""

    text: str  # as the text has it: "radiance fields"
    bits: float  # how much it tells


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """What a search found; to iterate over it is to iterate over its hits.

    An engine fills in total, hits and facets, and warnings where a facet is not exact; the application the rest.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]  # by count, then value; years and months newest first
    total_is_exact: bool = True
    query: str = ""  # as typed
    strict_total: int | None = None  # how many of them hold all the words, where papers with some of them follow
    strict_first: bool = True  # whether these come before all others, and not among them
    suggestion: str | None = None  # the query with other words in the place of those that were mistyped
    warnings: tuple[str, ...] = ()
    terms: tuple[TellingText, ...] | None = None  # by which papers like another were found, the most telling first
    took_ms: float = 0.0

    @property
    def relaxed(self) -> bool:
        """Whether papers that lack some of the words are among those found."""
        return self.strict_total is not None

    def __iter__(self) -> Iterator[Hit]:
        """The hits of this page, in order."""
        return iter(self.hits)

    def __repr__(self) -> str:
        return f"<{self.total:,} papers found, {len(self.hits):,} of them here, for {self.query!r}>"

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        from html import escape

        def shown(hit: Hit) -> str:
            paper = hit.paper
            facts = " · ".join((paper.id, ", ".join(paper.authors[:3]), f"{paper.published:%Y-%m-%d}"))
            return f'<li><a href="{escape(paper.url)}">{escape(paper.title)}</a><br><small>{escape(facts)}</small></li>'

        return f"<p>{self.total:,} papers</p><ol>{''.join(map(shown, self.hits))}</ol>"
