"""The pages: results -> HTML. Every text is a stranger's, so the templates escape all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from searcher import __version__
from searcher.app.search import Archive
from searcher.paper import Paper, page_address
from searcher.results import FacetCount, Hit, SearchResponse
from searcher.selection import SavedSearch, options
from searcher.snippet import CLOSE, OPEN
from searcher.web import api
from searcher.web.answering import Answer
from searcher.web.parameters import FEED, MAX_DEPTH, Asked, Pairs

_HTML = "text/html; charset=utf-8"
_PARAMETERS = {"category": "cat", "primary": "primary", "archive": "cat", "author": "author"}
"""Which parameter chooses a value of a facet."""
_NAMES = {"category": "Category", "primary": "Primary category", "archive": "Archive", "author": "Author"}
_FED = frozenset(each.name for each in FEED)
_FACET_VALUES = 30
_AUTHORS = 12  # of a hit; a paper's page has them all
_SIMILAR = 5  # on a paper's page
_BAR_HEIGHT = 48
_FORMULA = re.compile(r"\$[^$]{1,400}\$|\\\([^\n]{1,400}?\\\)")
_MARK = re.compile(f"({re.escape(OPEN)}|{re.escape(CLOSE)})")


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of an excerpt."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    """A paper in a list."""

    paper: Paper
    title: list[_Part]
    excerpts: list[list[_Part]]
    authors: Sequence[str]
    others: int  # authors that are not shown


@dataclass(frozen=True, slots=True)
class _Choice:
    """Something that can be clicked to search otherwise."""

    text: str
    address: str
    count: int = 0
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class _Bar:
    """A year of the histogram; places and sizes in units of the picture."""

    choice: _Choice
    x: int
    y: float
    height: float


def search(archive: Archive, asked: Asked, pairs: Pairs, _: Any) -> Answer:
    """The search page."""
    facets = dict.fromkeys(asked.facets if asked.facets is not None else (*archive.config.facets, "year"))
    response = api.run(archive, replace(asked, facets=tuple(facets)))
    place = _Place("/", [(name, value) for name, value in pairs if value.strip() and name != "cursor"])
    years = response.facets.get("year", ())
    return _page(
        "search.html",
        title="" if asked.selection.query == "*" else asked.selection.query,
        asked=asked,
        response=response,
        hits=list(map(_hit, response.hits)),
        first=(asked.page - 1) * asked.limit + 1,
        kept=[(name, value) for name, value in place.pairs if name not in ("q", "page", "from", "to")],
        chosen=list(_chosen(place)),
        facets=[
            (name, _NAMES[name], _values(place, name, counts))
            for name, counts in response.facets.items()
            if name in _PARAMETERS
        ],
        bars=_bars(place, asked, years),
        bar_height=_BAR_HEIGHT,
        sorts=[
            _Choice(
                name, place.with_(sort=None if name == "relevance" else name, page=None), is_chosen=asked.sort == name
            )
            for name in ("relevance", "newest", "oldest")
        ],
        saved=[_Choice(each.name, _address_of(each)) for each in archive.config.searches],
        previous=place.with_(page=str(asked.page - 1)) if asked.page > 1 else None,
        next=place.with_(page=str(asked.page + 1)) if _has_more(response, asked) else None,
        pages=-(-min(response.total, MAX_DEPTH) // max(1, asked.limit)),
        suggestion=place.with_(q=response.suggestion, page=None) if response.suggestion else None,
        any_address=None if response.total or asked.selection.any_word else place.with_(any="1", page=None),
        feed=f"/feed.atom?{urlencode([pair for pair in place.pairs if pair[0] in _FED and pair[0] != 'n'])}",
    )


def similar(archive: Archive, asked: Asked, pairs: Pairs, identifier: str) -> Answer:
    """Papers like one."""
    example = api.look_up(archive, identifier)
    response = api.run_similar(archive, asked, example)
    place = _Place(f"/similar/{quote(example.id)}", [(name, value) for name, value in pairs if name != "cursor"])
    return _page(
        "similar.html",
        title=f"Similar to {example.title}",
        example=example,
        response=response,
        hits=list(map(_hit, response.hits)),
        first=(asked.page - 1) * asked.limit + 1,
        previous=place.with_(page=str(asked.page - 1)) if asked.page > 1 else None,
        next=place.with_(page=str(asked.page + 1)) if _has_more(response, asked) else None,
    )


def paper(archive: Archive, identifier: str) -> Answer:
    """The page of one paper."""
    found = api.look_up(archive, identifier)
    alike = archive.similar(found, found.id, limit=_SIMILAR)
    return _page("paper.html", title=found.title, paper=found, hits=list(map(_hit, alike.hits)), first=1)


def error(status: int, detail: str) -> HTMLResponse:
    """A page that says what went wrong."""
    body = _templates().get_template("error.html").render(title="Nothing here", detail=detail, version=__version__)
    return HTMLResponse(body.encode(errors="replace"), status, {"Cache-Control": "no-store"})


def _page(template: str, **values: Any) -> Answer:
    text = _templates().get_template(template).render(version=__version__, **values)
    return Answer(text.encode(errors="replace"), _HTML)


@lru_cache(1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("searcher.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"path": quote, "web_address": _web_address, "author_address": _author_address}
    environment.globals |= {"arxiv_page": page_address}
    return environment


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one is: the address of other searches is told from it."""

    path: str
    pairs: Sequence[tuple[str, str]]

    def with_(self, **changes: str | None) -> str:
        """The address with some parameters replaced, or left out where None stands for them; from_ is "from"."""
        named = {name.rstrip("_"): value for name, value in changes.items()}
        kept = [(name, value) for name, value in self.pairs if name not in named]
        return self._address(kept + [(name, value) for name, value in named.items() if value is not None])

    def toggled(self, name: str, value: str) -> str:
        """The address, on its first page, with a value chosen that was not, or the other way round."""
        pairs = [pair for pair in self.pairs if pair[0] != "page"]
        chosen = (name, value)
        return self._address([pair for pair in pairs if pair != chosen] if chosen in pairs else [*pairs, chosen])

    def _address(self, pairs: Sequence[tuple[str, str]]) -> str:
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def _has_more(response: SearchResponse, asked: Asked) -> bool:
    return asked.page * asked.limit < min(response.total, MAX_DEPTH - asked.limit)


def _chosen(place: _Place) -> Iterator[_Choice]:
    """What narrows the search, each to be taken away."""
    shown = {"cat": "", "not-cat": "not ", "primary": "primary ", "author": "by ", "title": "title: "}
    shown |= {"from": "from ", "to": "to ", "any": "any word"}
    for name, value in place.pairs:
        if name in shown:
            yield _Choice(shown[name] + ("" if name == "any" else value), place.toggled(name, value))


def _values(place: _Place, facet: str, counts: Sequence[FacetCount]) -> list[_Choice]:
    """The values of a facet, those chosen among them whatever their count."""
    name = _PARAMETERS[facet]
    chosen = [value for key, value in place.pairs if key == name]
    ending = ".*" if facet == "archive" else ""
    found = [
        _Choice(each.value, place.toggled(name, each.value + ending), each.count, each.value + ending in chosen)
        for each in counts
    ]
    return [each for n, each in enumerate(found) if n < _FACET_VALUES or each.is_chosen]


def _bars(place: _Place, asked: Asked, years: Sequence[FacetCount]) -> list[_Bar]:
    """A bar for each year from the first to the last, in order."""
    counts = {int(each.value): each.count for each in years}
    if not counts:
        return []
    since, until = asked.selection.since, asked.selection.until
    first, last = int(since[:4]) if since else 0, int(until[:4]) if until else 9999
    highest = max(counts.values())
    bars: list[_Bar] = []
    for n, year in enumerate(range(min(counts), max(counts) + 1)):
        count = counts.get(year, 0)
        height = max(1.0, round(_BAR_HEIGHT * count / highest, 1)) if count else 0.0
        is_chosen = bool(since or until) and first <= year <= last
        is_only = since == until == str(year)
        address = place.with_(from_=None if is_only else str(year), to=None if is_only else str(year), page=None)
        bars.append(_Bar(_Choice(str(year), address, count, is_chosen), n * 10, _BAR_HEIGHT - height, height))
    return bars


def _address_of(saved: SavedSearch) -> str:
    """The address of a saved search."""
    pairs = [("q", saved.selection.query), *((name, value or "1") for name, value in options(saved))]
    return f"/?{urlencode(pairs)}"


def _hit(hit: Hit) -> _Hit:
    paper, snippets = hit.paper, hit.snippets
    excerpts = [snippets.get("summary", paper.summary[:240] + " …" if len(paper.summary) > 240 else paper.summary)]
    excerpts += [f"{name.capitalize()}: {snippets[name]}" for name in ("comment", "journal") if name in snippets]
    return _Hit(
        paper,
        _parts(snippets.get("title", paper.title)),
        list(map(_parts, excerpts)),
        paper.authors[:_AUTHORS],
        max(0, len(paper.authors) - _AUTHORS),
    )


def _parts(excerpt: str) -> list[_Part]:
    """An excerpt in stretches. A formula stays in one piece, for it cannot be set otherwise."""
    whole = _FORMULA.sub(lambda formula: formula[0].replace(OPEN, "").replace(CLOSE, ""), excerpt)
    parts: list[_Part] = []
    is_match = False
    for text in _MARK.split(whole):
        if text in (OPEN, CLOSE):
            is_match = text == OPEN
        elif text:
            parts.append(_Part(text, is_match))
    return parts


def _web_address(address: str) -> str:
    """An address that a listing gave, if it is one of the web, or nothing; it may be anything."""
    return address if re.fullmatch(r"https?://\S+", address) else ""


def _author_address(name: str) -> str:
    return f"/?{urlencode({'author': name})}"
