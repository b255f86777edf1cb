"""What Whoosh's own Index and Searcher need to read our segments: a codec."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from whoosh.codec import base
from whoosh.columns import Column, ColumnReader
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.formats import Format, Positions
from whoosh.index import TOC
from whoosh.matching import ListMatcher, Matcher
from whoosh.reading import TermInfo
from whoosh.writing import IndexingError

from searcher.engine.whoosh.bm25 import LENGTHS
from searcher.engine.whoosh.contents import INDEX_NAME, Contents, SegmentEntry
from searcher.engine.whoosh.document import SCHEMA, long_date, stored
from searcher.engine.whoosh.segment import Postings, SegmentReader
from searcher.schema import TEXT_FIELDS


def whoosh_toc(contents: Contents) -> bytes:
    """The contents as Whoosh writes them."""
    storage = RamStorage()
    toc = TOC(SCHEMA, [PapersSegment(entry) for entry in contents.segments], contents.generation)
    toc.write(storage, INDEX_NAME)
    return storage.files[contents.file]


class PapersCodec(base.Codec):
    """Reads; papers are written by `searcher index` alone."""

    def terms_reader(self, storage: FileStorage, segment: PapersSegment) -> _TermsReader:
        """The terms and postings of a segment."""
        return _TermsReader(segment.open(storage))

    def per_document_reader(self, storage: FileStorage, segment: PapersSegment) -> _DocumentReader:
        """The papers of a segment."""
        return _DocumentReader(segment.open(storage), segment.entry)


class PapersSegment(base.Segment):
    """A segment as a TOC names it."""

    def __init__(self, entry: SegmentEntry) -> None:
        """Stand for one of our segments."""
        super().__init__(INDEX_NAME)
        self.segid = entry.id
        self.entry = entry

    def codec(self) -> PapersCodec:
        """What reads it."""
        return PapersCodec()

    def open(self, storage: FileStorage) -> SegmentReader:
        """Open its file."""
        return SegmentReader(Path(storage.folder) / self.entry.file, self.entry.size_bytes)

    def doc_count_all(self) -> int:
        """How many papers it holds, removed ones included."""
        return self.entry.documents

    def deleted_count(self) -> int:
        """How many of its papers were removed."""
        return len(self.entry.removed)

    def deleted_docs(self) -> Iterator[int]:
        """The papers that were removed."""
        return iter(self.entry.removed)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a paper was removed."""
        return docnum in self.entry.removed

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Refuse: what is not in the listing files is not in the index."""
        raise IndexingError("papers are removed by searcher index")


class _DocumentReader(base.PerDocumentReader):
    """The papers of a segment, for Whoosh."""

    def __init__(self, segment: SegmentReader, entry: SegmentEntry) -> None:
        """Read from an open segment."""
        self._segment = segment
        self._removed = frozenset(entry.removed)

    def doc_count(self) -> int:
        return self._segment.documents - len(self._removed)

    def doc_count_all(self) -> int:
        return self._segment.documents

    def has_deletions(self) -> bool:
        return bool(self._removed)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._removed

    def deleted_docs(self) -> frozenset[int]:
        return self._removed

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname == "published"

    def column_reader(self, fieldname: str, column: Column) -> ColumnReader:
        return _DateColumn(self._segment.column(fieldname))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return (LENGTHS[self._segment.lengths(fieldname)[docnum]] if fieldname in TEXT_FIELDS else 0) or default

    def field_length(self, fieldname: str) -> int:
        return self._segment.occurrences.get(fieldname, 0)

    def min_field_length(self, fieldname: str) -> int:
        return LENGTHS[min(self._segment.lengths(fieldname))] if fieldname in TEXT_FIELDS else 0

    def max_field_length(self, fieldname: str) -> int:
        return LENGTHS[max(self._segment.lengths(fieldname))] if fieldname in TEXT_FIELDS else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return stored(self._segment.paper(docnum))


class _DateColumn(ColumnReader):
    def __init__(self, seconds: array[int]) -> None:
        super().__init__(None, 0, 0, len(seconds))
        self._seconds = seconds
        self._sign = 1

    def __getitem__(self, docnum: int) -> int:
        return long_date(self._seconds[docnum])

    def sort_key(self, docnum: int) -> int:
        return self._sign * self[docnum]

    def set_reverse(self) -> None:
        self._sign = -1


class _TermsReader(base.TermsReader):
    """The terms and postings of a segment, for Whoosh."""

    def __init__(self, segment: SegmentReader) -> None:
        """Read from an open segment."""
        self._segment = segment
        self._fields = sorted(segment.fields)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return name in self._fields and self._segment.terms(name).find(text) is not None

    def indexed_field_names(self) -> list[str]:
        return self._fields

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        return _Cursor(self, fieldname, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self._fields:
            yield from self._terms_of(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name in self._fields:
            if name >= fieldname:
                yield from self._terms_of(name, prefix if name == fieldname else b"")

    def _terms_of(self, name: str, start: bytes) -> Iterator[tuple[str, bytes]]:
        terms = self._segment.terms(name)
        return ((name, terms.text(number)) for number in range(terms.first_from(start), len(terms)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        postings = self._postings(fieldname, text)
        weights = _weights(postings)
        lengths = [LENGTHS[code & 255] for code in postings.codes] or [0]
        documents = postings.documents
        return TermInfo(
            sum(weights), len(documents), min(lengths), max(lengths), max(weights), documents[0], documents[-1]
        )

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> Matcher:
        postings = self._postings(fieldname, text)
        values = None
        if postings.codes:
            values = _EncodedPositions(postings, self._segment.starts(fieldname))
        info = self.term_info(fieldname, text) if scorer else None
        return ListMatcher(
            postings.documents, _weights(postings), values, format_, scorer, term=(fieldname, text), terminfo=info
        )

    def _postings(self, name: str, text: bytes) -> Postings:
        terms = self._segment.terms(name)
        number = terms.find(text)
        if number is None:
            raise KeyError((name, text))
        return terms.postings(number)


def _weights(postings: Postings) -> list[float]:
    return [float(code >> 8) for code in postings.codes] or [1.0] * len(postings.documents)


class _EncodedPositions(Sequence[bytes]):
    """The positions in each paper as Whoosh encodes them, when they are asked for."""

    def __init__(self, postings: Postings, starts: array[int]) -> None:
        self._postings = postings
        self._starts = starts
        self._ends = array("I")
        end = 0
        for code in postings.codes:
            end += code >> 8
            self._ends.append(end)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        start = self._starts[self._postings.documents[index]]
        first = self._ends[index - 1] if index else 0
        return Positions().encode(
            [position - start for position in self._postings.positions[first : self._ends[index]]]
        )


class _Cursor(base.FieldCursor):
    """Goes through the terms of a field."""

    def __init__(self, reader: _TermsReader, name: str, field: Any) -> None:
        self._reader, self._name, self._field = reader, name, field
        self._terms = reader._segment.terms(name)
        self._number = 0

    def is_valid(self) -> bool:
        return self._number < len(self._terms)

    def text(self) -> Any:
        return self._field.from_bytes(self._terms.text(self._number)) if self.is_valid() else None

    def first(self) -> Any:
        self._number = 0
        return self.text()

    def find(self, string: Any) -> Any:
        text = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._number = self._terms.first_from(text)
        return self.text()

    def next(self) -> Any:
        self._number += 1
        return self.text()

    def term_info(self) -> TermInfo:
        return self._reader.term_info(self._name, self._terms.text(self._number))
