"""The API: what is asked for -> answers in JSON, in the shapes that the commands print, and feeds."""

from __future__ import annotations

from dataclasses import replace

from searcher.app.complete import complete
from searcher.app.search import Archive
from searcher.errors import QueryError
from searcher.paper import Paper
from searcher.render import atom, bibtex, json
from searcher.results import Hit, SearchResponse
from searcher.web.answering import Answer
from searcher.web.parameters import MAX_DEPTH, Asked, Pairs, cursor_to, with_pairs

JSON = "application/json"


class NoPaperError(QueryError):
    """A paper was asked for that the archive does not hold."""


def search(archive: Archive, asked: Asked, path: str, pairs: Pairs) -> Answer:
    """Papers found, and counts by facet."""
    response = run(archive, asked)
    return Answer(json.search(response).encode(), JSON, links=_links(response, asked, path, pairs))


def run(archive: Archive, asked: Asked) -> SearchResponse:
    """The search that is asked for."""
    return archive.search(
        asked.selection,
        sort=asked.sort,
        limit=asked.limit,
        page=asked.page,
        facets=archive.config.facets if asked.facets is None else asked.facets,
        boost_recent=asked.boost_recent,
        explain=asked.explain,
    )


def similar(archive: Archive, asked: Asked, identifier: str, path: str, pairs: Pairs) -> Answer:
    """Papers like one."""
    response = run_similar(archive, asked, look_up(archive, identifier))
    return Answer(json.search(response).encode(), JSON, links=_links(response, asked, path, pairs))


def run_similar(archive: Archive, asked: Asked, example: Paper) -> SearchResponse:
    """The search for papers like one."""
    return archive.similar(example, replace(asked.selection, query=example.id), limit=asked.limit, page=asked.page)


def paper(archive: Archive, identifier: str) -> Answer:
    """One paper, as the one hit of a search."""
    found = look_up(archive, identifier)
    response = SearchResponse(total=1, hits=(Hit(found, 0.0),), facets={}, query=identifier)
    return Answer(json.search(response).encode(), JSON)


def citation(archive: Archive, identifier: str) -> Answer:
    """One paper in BibTeX."""
    return Answer(bibtex.entry(look_up(archive, identifier)).encode(), "text/plain; charset=utf-8")


def look_up(archive: Archive, identifier: str) -> Paper:
    """The paper of an id, or of an address. Raises NoPaperError if there is none."""
    found = archive.papers([identifier])[0]
    if found is None:
        raise NoPaperError(f"there is no paper {identifier[:100]!r} in the index")
    return found


def facets(archive: Archive, asked: Asked) -> Answer:
    """Counts by one facet."""
    response = archive.search(asked.selection, limit=0, facets=[asked.by], facet_size=asked.limit)
    return Answer(json.facets(response).encode(), JSON)


def suggest(archive: Archive, asked: Asked) -> Answer:
    """What may be meant by a query that is still being typed."""
    query = asked.selection.query
    return Answer(json.completions(query, complete(archive, query)).encode(), JSON)


def stats(archive: Archive) -> Answer:
    """What the index holds."""
    return Answer(json.stats(archive.stats()).encode(), JSON)


def feed(archive: Archive, asked: Asked, address: str) -> Answer:
    """The newest papers of a search, as a feed whose address is its identity."""
    response = run(archive, replace(asked, sort="newest", facets=()))
    title = f"{asked.selection.query} - papers" if asked.selection.query != "*" else "Papers"
    return Answer(
        atom.feed(response.hits, title=title, identifier=address, address=address).encode(),
        f"{atom.MEDIA_TYPE}; charset=utf-8",
    )


def _links(response: SearchResponse, asked: Asked, path: str, pairs: Pairs) -> tuple[tuple[str, str], ...]:
    """Where the next page is."""
    is_last = asked.page * asked.limit >= response.total or (asked.page + 1) * asked.limit > MAX_DEPTH
    if is_last or not asked.limit:
        return ()
    return (("next", f"{path}?{with_pairs(pairs, page=None, cursor=cursor_to(asked.page + 1))}"),)
