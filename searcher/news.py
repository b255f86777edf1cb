"""What a digest tells; apart from other results, since few commands need it."""

from __future__ import annotations

from dataclasses import dataclass

from searcher.results import Hit


@dataclass(frozen=True, slots=True)
class News:
    """What a saved search found among the papers of a digest."""

    name: str
    query: str  # as config.yaml has it
    hits: tuple[Hit, ...]  # in the order of the search


@dataclass(frozen=True, slots=True)
class Digest:
    """What is new."""

    searches: tuple[News, ...]  # every saved search, in the order of config.yaml
    since: str | None = None  # where that decides what is new: the papers published then or later
    is_first: bool = False  # whether none was told before
    warnings: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[News, ...]:
        """The searches that found something."""
        return tuple(news for news in self.searches if news.hits)

    @property
    def papers(self) -> int:
        """How many papers there are, each counted once."""
        return len({hit.paper.id for news in self.searches for hit in news.hits})
