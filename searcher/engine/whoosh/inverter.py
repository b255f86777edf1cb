"""Papers -> a segment: terms and postings are gathered in memory, field by field, and written at once."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from searcher.engine.packing import pack
from searcher.engine.whoosh.bm25 import length_byte
from searcher.engine.whoosh.columns import Columns
from searcher.engine.whoosh.document import terms, texts
from searcher.engine.whoosh.segment import Postings, SegmentWriter, pack_codes
from searcher.paper import Paper
from searcher.schema import TEXT_FIELDS, analyze, words

_COMPRESSION_LEVEL = 1
_POSITION_BYTES, _WORD_BYTES = 8, 350  # in memory


class Inverter:
    """Gathers the papers of one segment."""

    def __init__(self) -> None:
        """Begin without papers."""
        self.documents = 0
        self.newest: dict[str, int] = {}  # id -> the paper that came last
        self.replaced: list[int] = []  # papers that another of the same id came after
        self._texts = {name: _TextField(name) for name in TEXT_FIELDS}
        self._keys: defaultdict[str, defaultdict[bytes, array[int]]] = defaultdict(lambda: defaultdict(_numbers))
        self._papers: list[bytes] = []
        self._stored_bytes = 0
        self._columns = Columns()

    @property
    def memory_bytes(self) -> int:
        """About what the papers take up until they are written."""
        return self._stored_bytes + sum(field.memory_bytes for field in self._texts.values())

    def add(self, paper: Paper) -> None:
        """Add a paper; they are numbered from 0."""
        if paper.id in self.newest:
            self.replaced.append(self.newest[paper.id])
        self.newest[paper.id] = self.documents
        for name, found in texts(paper).items():
            self._texts[name].add(self.documents, found)
        for name, found in terms(paper).items():
            postings = self._keys[name]
            for term in found:
                postings[term].append(self.documents)
        stored = zlib.compress(pack(paper).encode(), _COMPRESSION_LEVEL)
        self._papers.append(stored)
        self._stored_bytes += len(stored)
        self._columns.add(paper)
        self.documents += 1

    def write(self, path: Path) -> int:
        """Write the segment to a new file, durably; return its size in bytes."""
        with SegmentWriter(path, self.documents) as segment:
            segment.write_papers(self._papers)
            self._columns.write(segment)
            for name, field in self._texts.items():
                segment.write_terms(name, field.postings())
                segment.write_lengths(name, field.lengths, field.starts)
            for name, postings in self._keys.items():
                segment.write_terms(name, ((term, Postings(postings[term])) for term in sorted(postings)))
        return segment.size


class _TextField:
    """The occurrences of words in a field.

    The words of all papers are counted through, so that all there is to keep of one is its number. A number is left
    out between texts, for no phrase reaches from one into the next.
    """

    def __init__(self, name: str) -> None:
        self.starts = array("I", [0])  # the first position of each paper, and the end of the last one
        self.lengths = bytearray()
        self._positions = _PositionsByWord(name)
        self._documents = array("I")  # the paper that each position is in

    @property
    def memory_bytes(self) -> int:
        """About what the words take up."""
        return _POSITION_BYTES * len(self._documents) + _WORD_BYTES * len(self._positions)

    def add(self, document: int, found: Sequence[str]) -> None:
        """Add the texts of the next paper."""
        positions_of, length = self._positions.__getitem__, 0
        for text in found:
            normal = words(text)
            first = len(self._documents)
            for positions, position in zip(map(positions_of, normal), range(first, first + len(normal)), strict=True):
                positions.append(position)
            self._documents.extend(array("I", [document]) * (len(normal) + 1))
            length += len(normal)
        self.starts.append(len(self._documents))
        self.lengths.append(length_byte(length))

    def postings(self) -> Iterator[tuple[bytes, Postings]]:
        """The postings of each term, in order."""
        document_of, lengths = self._documents.__getitem__, self.lengths
        for term, positions in sorted(self._positions.of_terms.items()):
            counts = Counter(map(document_of, positions))
            codes = pack_codes([count << 8 | lengths[document] for document, count in counts.items()])
            yield term.encode(), Postings(array("I", counts), codes, positions)


class _PositionsByWord(dict[str, array]):
    """Word, not yet stemmed -> the positions of its term, so that a word is stemmed once and not at each occurrence."""

    def __init__(self, field: str) -> None:
        self.of_terms: defaultdict[str, array[int]] = defaultdict(_numbers)
        self._field = field

    def __missing__(self, word: str) -> array[int]:
        (term,) = analyze(self._field, word)
        self[word] = positions = self.of_terms[term]
        return positions


def _numbers() -> array[int]:
    return array("I")
