"""What trees are expanded by: what an archive knows about words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from searcher.paper import Paper


class Vocabulary(Protocol):
    """The words of an archive, as indexed."""

    def count(self) -> int:
        """How many papers there are."""
        ...

    def frequency(self, field: str, term: str) -> int:
        """How many papers hold a term in a field."""
        ...

    def count_phrase(self, stems: Sequence[str]) -> int:
        """How many papers hold words in a row, in title or summary."""
        ...

    def newest(self, term: str, *fields: str) -> Sequence[Paper]:
        """The newest papers that hold a term in one of these fields: some dozens at most."""
        ...

    def near(self, stem: str) -> Sequence[Paper]:
        """The newest papers in whose title stands a word two edits from a stem at most: some dozens."""
        ...
