"""A vocabulary in memory, for tests of what it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract import paper

from searcher.distance import is_near
from searcher.paper import Paper
from searcher.ranking.acronyms import acronym_keys, find_definitions
from searcher.schema import analyze


@dataclass(frozen=True)
class Titles:
    """The words of papers that have nothing but a title: a `Vocabulary`."""

    titles: Sequence[str]

    @property
    def papers(self) -> list[Paper]:
        """One paper a title."""
        return [paper(number, title=title, summary="") for number, title in enumerate(self.titles)]

    def count(self) -> int:
        """How many there are."""
        return len(self.titles)

    def frequency(self, field: str, term: str) -> int:
        """How many hold a term."""
        return len(self._holders(term, field))

    def foresee(self, terms: Iterable[str], *fields: str) -> None:
        """Nothing is slow here."""

    def count_phrase(self, stems: Sequence[str]) -> int:
        """How many hold words in a row."""
        return sum(f" {' '.join(stems)} " in f" {' '.join(analyze('title', title))} " for title in self.titles)

    def newest(self, term: str, *fields: str) -> Sequence[Paper]:
        """All that hold a term."""
        return self._holders(term, *fields)

    def definitions(self, key: str) -> Sequence[tuple[str, str]]:
        """What papers define under a key."""
        papers = self._holders(key, "acronym")
        return [pair for paper in papers for pair in find_definitions(paper)]

    def near(self, term: str) -> Sequence[Paper]:
        """All in whose title stands a word at most two edits away from a term."""
        return [each for each in self.papers if any(is_near(term, other, 2) for other in _terms(each, "title"))]

    def _holders(self, term: str, *fields: str) -> list[Paper]:
        return [each for each in self.papers if any(term in _terms(each, field) for field in fields)]


def _terms(each: Paper, field: str) -> Sequence[str]:
    return acronym_keys(each) if field == "acronym" else analyze(field, getattr(each, field))
