"""The columns of a segment: what papers are sorted and counted by."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from searcher.engine.ordering import newest_key
from searcher.engine.whoosh.segment import (
    MEMBER_END,
    NUMBER_COLUMNS,
    SET_COLUMNS,
    SET_END,
    SegmentReader,
    SegmentWriter,
)
from searcher.paper import Paper


class Columns:
    """Columns in the making: a row for each paper, in order."""

    def __init__(self) -> None:
        """Begin without papers."""
        self._numbers = {name: array(code) for name, code in NUMBER_COLUMNS.items()}
        self._sets = {name: dict[str, int]() for name in SET_COLUMNS}
        self._set_numbers = {name: array("I") for name in SET_COLUMNS}

    def add(self, paper: Paper) -> None:
        """Add the row of a paper."""
        row = {
            "newest": newest_key(paper),
            "published": int(paper.published.timestamp()),
            "updated": int(paper.updated.timestamp()),
            "month": paper.published.year * 12 + paper.published.month - 1,
        }
        for name, value in row.items():
            self._numbers[name].append(value)
        self._add_set("categories", MEMBER_END.join(paper.categories))
        self._add_set("authors", MEMBER_END.join(dict.fromkeys(paper.authors)))

    def copy(self, segment: SegmentReader, documents: Sequence[int]) -> None:
        """Add the rows of some papers of a segment."""
        for name, column in self._numbers.items():
            column.extend(map(segment.column(name).__getitem__, documents))
        for name in SET_COLUMNS:
            values = segment.value_sets(name)
            for document in documents:
                self._add_set(name, values.joined[values.of_document[document]])

    def write(self, segment: SegmentWriter) -> None:
        """Write the columns."""
        for name, column in self._numbers.items():
            segment.write(f"column.{name}", [column.tobytes()])
        for name, sets in self._sets.items():
            segment.write(f"{name}.sets", [SET_END.join(sets).encode()])
            segment.write(f"column.{name}", [self._set_numbers[name].tobytes()])

    def _add_set(self, name: str, joined: str) -> None:
        sets = self._sets[name]
        self._set_numbers[name].append(sets.setdefault(joined, len(sets)))
