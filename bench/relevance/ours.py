"""Us: indexed and asked as a user does it, with the settings that come with the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.paper import Paper


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    ids: tuple[str, ...]  # the best first
    relaxed: bool  # papers without all of the words are among them


class Ours:
    """An index of its own of some listings."""

    def __init__(self, listings: Path, folder: Path, engine: str) -> None:
        config = Config(file=None, index=folder, listings=(listings,), engine=engine)
        index(config)
        self._library = Archive(config)

    def papers(self, ids: tuple[str, ...]) -> list[Paper | None]:
        """What is indexed of these papers; None for what is not."""
        return self._library.papers(ids)

    def answer(self, query: str, limit: int) -> Answer:
        """The first papers for a query as it is typed."""
        found = self._library.search(Selection(query), limit=limit)
        return Answer(tuple(hit.paper.id for hit in found.hits), found.relaxed)
