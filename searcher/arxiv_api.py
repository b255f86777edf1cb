"""The papers of a day, asked of arXiv's API through the `arxiv` package, the extra `searcher[fetch]`.

One request at a time, three seconds apart, as https://info.arxiv.org/help/api/tou.html asks for; what fails is tried
again, later and later. The package does neither tell a feed that was cut off nor wait as long as it is told to, so its
client is extended here.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from searcher.errors import FetchError, MissingPackageError
from searcher.listing import or_none, split_authors, split_categories
from searcher.paper import Paper, parse_id
from searcher.writing import one_line

try:
    import arxiv
    import requests
    from requests.adapters import HTTPAdapter
except ImportError as error:
    raise MissingPackageError("fetch needs a package; install it with: pip install 'searcher[fetch]'") from error

logging.getLogger("arxiv").setLevel(logging.CRITICAL)  # what is wrong is told once, as an error
_DELAY_S = 3.0
_TIMEOUT_S = 60.0
_PAGE_SIZE = 500
_TRIES = 5
_LONGEST_WAIT_S = 300.0
_WORTH_A_TRY = frozenset({408, 429, 500, 502, 503, 504})


class ArxivApi:
    """arXiv's API, or what speaks like it at `$SEARCHER_ARXIV_API`, where `$SEARCHER_ARXIV_DELAY_S` may be shorter."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Ask nothing yet. Raises FetchError for a delay that is no number."""
        address = environment.get("SEARCHER_ARXIV_API", "")
        self.delay_s = _DELAY_S
        if address:
            try:
                self.delay_s = float(environment.get("SEARCHER_ARXIV_DELAY_S", _DELAY_S))
            except ValueError:
                raise FetchError("$SEARCHER_ARXIV_DELAY_S is not a number of seconds") from None
        self._client = _Client(self.delay_s)
        if address:
            self._client.query_url_format = f"{address}?{{}}"

    def papers(self, category: str, day: date) -> list[Paper]:
        """The papers that carry a category and were first submitted on a day (UTC), in no certain order.

        Raises FetchError if the API does not give all of them, after some tries that may take minutes.
        """
        search = arxiv.Search(
            f"cat:{category} AND submittedDate:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]",
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )
        for attempt in range(1, _TRIES + 1):
            try:
                results = list(self._client.results(search))
                if len(results) < self._client.total:
                    raise FetchError(f"it told of {self._client.total} papers and gave {len(results)}")
                papers = {paper.id: paper for paper in filter(None, map(_paper, results))}
                return [paper for paper in papers.values() if paper.published.date() == day]
            except (arxiv.ArxivError, requests.RequestException, FetchError) as error:
                status = getattr(error, "status", None)
                if attempt == _TRIES or (status is not None and status not in _WORTH_A_TRY):
                    raise FetchError(f"the arXiv API does not give {category} of {day}: {_reason(error)}") from error
                self._wait(attempt)
        raise AssertionError

    def _wait(self, attempt: int) -> None:
        """Wait as long as the API told, or twice as long as the last time."""
        backoff_s = self.delay_s * 2**attempt
        time.sleep(min(max(backoff_s, self._client.retry_after_s), _LONGEST_WAIT_S))


class _Client(arxiv.Client):
    """The package's client, which tries nothing again and knows how many papers there are."""

    def __init__(self, delay_s: float) -> None:
        super().__init__(page_size=_PAGE_SIZE, delay_seconds=delay_s, num_retries=0)
        self.total = 0
        self._adapter = _Adapter()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)

    @property
    def retry_after_s(self) -> float:
        return self._adapter.retry_after_s

    def _parse_feed(self, url: str, first_page: bool = True, _try_index: int = 0) -> Any:
        feed = super()._parse_feed(url, first_page, _try_index)
        if feed.malformed or not self._adapter.is_whole:
            raise FetchError("its answer is no Atom feed")
        self.total = feed.header.total_results
        return feed


class _Adapter(HTTPAdapter):
    """Requests that end in time, and what the package does not look at in their answers."""

    retry_after_s = 0.0
    is_whole = False  # a feed to its end; the parser makes an empty one of anything

    def send(self, *args: Any, **options: Any) -> requests.Response:
        response = super().send(*args, **{**options, "timeout": _TIMEOUT_S})
        told = response.headers.get("Retry-After", "")
        self.retry_after_s = float(told) if told.isdecimal() else 0.0
        self.is_whole = b"totalResults>" in response.content and response.content.rstrip().endswith(b"</feed>")
        return response


def _reason(error: Exception) -> str:
    if isinstance(error, arxiv.HTTPError):
        return f"it answers with status {getattr(error, 'status', '')}"
    if isinstance(error, arxiv.UnexpectedEmptyPageError):
        return "it gives an empty page"
    if isinstance(error, requests.Timeout):
        return "it does not answer"
    if isinstance(error, requests.ConnectionError):
        return "it cannot be reached"
    return "its answer is cut off" if isinstance(error, requests.RequestException) else str(error)


def _paper(result: arxiv.Result) -> Paper | None:
    """A paper as a listing has it; None for what is none, as an error told among the papers."""
    identity = parse_id(result.entry_id)
    named = ", ".join(_terms(result))
    categories, classes = split_categories(named)
    title = one_line(result.title)
    if identity is None or not categories or not title:
        return None
    identifier, version = identity[0], identity[1] or 1
    return Paper(
        id=identifier,
        version=version,
        title=title,
        authors=split_authors(", ".join(one_line(author.name) for author in result.authors)),
        categories=categories,
        classes=classes,
        published=result.published,
        updated=result.updated,
        doi=or_none(one_line(result.doi or "")),
        journal=or_none(one_line(result.journal_ref or "")),
        comment=or_none(one_line(result.comment or "")),
        summary=one_line(result.summary),
        pdf=f"https://arxiv.org/pdf/{identifier}v{version}",
        url=f"http://arxiv.org/abs/{identifier}v{version}",
        listing="",
    )


def _terms(result: arxiv.Result) -> Iterator[str]:
    primary = one_line(result.primary_category)
    if primary:
        yield f"**{primary}**"
    yield from (term for term in map(one_line, result.categories) if term != primary)
