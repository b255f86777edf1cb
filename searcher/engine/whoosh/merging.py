"""Several segments -> one, without the papers that were removed."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence, Set
from itertools import chain
from pathlib import Path

from searcher.engine.whoosh.columns import Columns
from searcher.engine.whoosh.segment import Postings, SegmentReader, SegmentWriter, pack_codes
from searcher.schema import TEXT_FIELDS


def merge(segments: Sequence[tuple[SegmentReader, Set[int]]], path: Path) -> int:
    """Write what is left of segments, each given with its removed papers, to a new one; return its size in bytes."""
    sources: list[_Source] = []
    documents = 0
    for segment, removed in segments:
        sources.append(_Source(segment, removed, documents))
        documents += len(sources[-1].kept)
    columns = Columns()
    with SegmentWriter(path, documents) as target:
        target.write_papers(source.segment.packed_paper(each) for source in sources for each in source.kept)
        for source in sources:
            columns.copy(source.segment, source.kept)
        columns.write(target)
        for name in sources[0].segment.fields:
            if name not in TEXT_FIELDS:
                target.write_terms(name, _merged(name, sources))
                continue
            starts, lengths = array("I", [0]), bytearray()
            for source in sources:
                source.place(name, starts, lengths)
            target.write_terms(name, _merged(name, sources))
            target.write_lengths(name, lengths, starts)
    return target.size


class _Source:
    """A segment to be merged, and where what is in it goes."""

    def __init__(self, segment: SegmentReader, removed: Set[int], first: int) -> None:
        self.segment = segment
        self.kept = [each for each in range(segment.documents) if each not in removed]
        self._is_whole = not removed
        self._first = first
        self._numbers = dict(zip(self.kept, range(first, first + len(self.kept)), strict=True))  # old -> new
        self._shifts: dict[int, int] = {}  # of a paper: from its old positions in a field to the new ones

    def place(self, name: str, starts: array[int], lengths: bytearray) -> None:
        """Put the papers' positions in a field behind those that there are."""
        old = self.segment.starts(name)
        for document in self.kept:
            self._shifts[document] = starts[-1] - old[document]
            starts.append(starts[-1] + old[document + 1] - old[document])
        lengths.extend(map(self.segment.lengths(name).__getitem__, self.kept))

    def moved(self, postings: Postings) -> Postings:
        """The postings of the papers that stay, as they will be."""
        if self._is_whole:
            shift = self._shifts.get(0, 0)
            documents = array("I", map(self._first.__add__, postings.documents))
            return Postings(documents, postings.codes, array("I", map(shift.__add__, postings.positions)))
        kept = Postings(array("I"), array("I"))
        if not postings.codes:
            kept.documents.extend(self._numbers[each] for each in postings.documents if each in self._numbers)
        start = 0
        for document, code in zip(postings.documents, postings.codes, strict=False):
            end = start + (code >> 8)
            if document in self._numbers:
                kept.documents.append(self._numbers[document])
                kept.codes.append(code)
                kept.positions.extend(map(self._shifts[document].__add__, postings.positions[start:end]))
            start = end
        return kept


def _merged(name: str, sources: Sequence[_Source]) -> Iterator[tuple[bytes, Postings]]:
    """The terms of a field, in order, with their postings in the new segment."""
    places: dict[bytes, list[tuple[_Source, int]]] = {}
    for source in sources:
        terms = source.segment.terms(name)
        for number in range(len(terms)):
            places.setdefault(terms.text(number), []).append((source, number))
    for text in sorted(places):
        parts = [source.moved(source.segment.terms(name).postings(number)) for source, number in places[text]]
        documents, codes, positions = (
            list(chain.from_iterable(column))
            for column in zip(*((part.documents, part.codes, part.positions) for part in parts), strict=True)
        )
        if documents:
            yield text, Postings(array("I", documents), pack_codes(codes), array("I", positions))
