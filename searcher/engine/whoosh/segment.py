"""A segment on disk: a file that holds some papers, their terms and postings, and columns; written once, as a whole.

The file is a row of sections, followed by a directory of them in JSON and a fixed footer. Numbers are arrays in the
machine's own byte order. What is read is checked first: a section against its checksum when it is first used, a
postings list against its own, a stored paper against that of zlib.

    papers, papers.ends               each paper packed and compressed; where it ends
    column.NAME                       one number a paper, see NUMBER_COLUMNS
    NAME.sets, column.NAME            the distinct sets of values that papers have of a facet; the number of a paper's
    FIELD.lengths, FIELD.starts       of each paper: its tokens, as `bm25` encodes lengths; its first position
    FIELD.terms, FIELD.ends           the terms in the order of their bytes, a line feed after each; where each ends
    FIELD.postings, FIELD.postings.ends    the postings lists, one after the other; where each ends
    FIELD.document_frequencies, FIELD.total_frequencies, FIELD.checksums    of each term, and of its postings
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from searcher.engine.packing import unpack
from searcher.errors import UnusableIndexError
from searcher.paper import Paper

MEMBER_END, SET_END = "\x1f", "\x1e"
NUMBER_COLUMNS = {
    "newest": "Q",  # seconds since 1970 in the upper half; in the lower one the less, the later the id comes
    "published": "q",  # seconds since 1970
    "updated": "q",
    "month": "I",  # of publication, counted from the year 0
}
SET_COLUMNS = ("categories", "authors")  # primary first; none twice
_TERM_COLUMNS = {
    "ends": "I",
    "document_frequencies": "I",
    "total_frequencies": "I",
    "postings.ends": "Q",
    "checksums": "I",
}
_SELF_CHECKED = ("papers", ".postings")  # big sections, checked piece by piece
_FOOTER = struct.Struct("<IIQ8s")  # of the directory: checksum, length, offset; magic
_MAGIC = f"papers{sys.byteorder[0]}1".encode()


class DamagedError(UnusableIndexError):
    """A segment is not what was written."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(f"the index is damaged ({path.name}); rebuild with searcher index --full")


@dataclass(slots=True)
class Postings:
    """The papers that hold a term, ascending, and how they hold it."""

    documents: array[int]
    codes: array[int] = field(default_factory=lambda: array("H"))
    """Of each paper: occurrences << 8 | length byte of the field. Empty in a field that is not weighed."""
    positions: array[int] = field(default_factory=lambda: array("I"))
    """Of all occurrences, ascending; those in a paper count from its start, and no two papers have neighbours."""


def pack_codes(codes: Sequence[int]) -> array[int]:
    """The codes of a postings list, in as few bytes as they need."""
    try:
        return array("H", codes)
    except OverflowError:
        return array("I", codes)


class SegmentWriter:
    """Writes a segment; used as a context, it leaves a file that is complete and on the disk, or none."""

    def __init__(self, path: Path, documents: int) -> None:
        """Begin a new file for so many papers."""
        self._path = path
        self._documents = documents
        self._occurrences: dict[str, int] = {}
        self._sections: dict[str, tuple[int, int, int]] = {}
        self.size = 0

    def __enter__(self) -> SegmentWriter:
        self._file = self._path.open("xb")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._file:
            if kind is None:
                content = {"documents": self._documents, "occurrences": self._occurrences, "sections": self._sections}
                directory, offset = json.dumps(content).encode(), self._file.tell()
                self._file.write(directory + _FOOTER.pack(zlib.crc32(directory), len(directory), offset, _MAGIC))
                self._file.flush()
                os.fsync(self._file.fileno())
                self.size = self._file.tell()
        if kind is not None:
            self._path.unlink()

    def write(self, name: str, content: Iterable[bytes]) -> None:
        """Write a section, given in pieces."""
        start, checksum = self._file.tell(), 0
        for piece in content:
            if not name.endswith(_SELF_CHECKED):
                checksum = zlib.crc32(piece, checksum)
            self._file.write(piece)
        self._sections[name] = start, self._file.tell() - start, checksum

    def write_papers(self, papers: Iterable[bytes]) -> None:
        """Write the stored papers, compressed."""
        ends = array("Q")

        def noted() -> Iterator[bytes]:
            end = 0
            for paper in papers:
                end += len(paper)
                ends.append(end)
                yield paper

        self.write("papers", noted())
        self.write("papers.ends", [ends.tobytes()])

    def write_lengths(self, name: str, lengths: bytearray, starts: array[int]) -> None:
        """Write how long a field is in each paper, and at which position it starts."""
        self.write(f"{name}.lengths", [bytes(lengths)])
        self.write(f"{name}.starts", [starts.tobytes()])

    def write_terms(self, name: str, terms: Iterable[tuple[bytes, Postings]]) -> None:
        """Write the terms of a field, which come in the order of their bytes, with their postings."""
        texts: list[bytes] = []
        table = {column: array(code) for column, code in _TERM_COLUMNS.items()}
        columns = [column.append for column in table.values()]

        def noted() -> Iterator[bytes]:
            text_end = postings_end = 0
            for text, postings in terms:
                parts = (postings.documents, postings.codes, postings.positions)
                content = b"".join([part.tobytes() for part in parts])
                text_end += len(text) + 1
                postings_end += len(content)
                row = (text_end, len(postings.documents), len(postings.positions), postings_end, zlib.crc32(content))
                for append, value in zip(columns, row, strict=True):
                    append(value)
                texts.append(text)
                yield content

        self.write(f"{name}.postings", noted())
        self.write(f"{name}.terms", [b"".join([text + b"\n" for text in texts])])
        for column, values in table.items():
            self.write(f"{name}.{column}", [values.tobytes()])
        if occurrences := sum(table["total_frequencies"]):
            self._occurrences[name] = occurrences


class SegmentReader:
    """Reads a segment as it was when it was opened. What meets damage raises DamagedError."""

    def __init__(self, path: Path, size: int) -> None:
        """Open a segment of this many bytes and read its directory."""
        self.path = path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != size or size < _FOOTER.size:
                raise DamagedError(path)
            self.file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        checksum, length, offset, magic = _FOOTER.unpack(self.file[-_FOOTER.size :])
        directory = self.file[offset : offset + length]
        if magic != _MAGIC or zlib.crc32(directory) != checksum:
            raise DamagedError(path)
        content = json.loads(directory)
        self.documents: int = content["documents"]
        self.occurrences: dict[str, int] = content["occurrences"]  # field of text -> how many words it has in all
        self._sections: dict[str, tuple[int, int, int]] = content["sections"]
        self._arrays: dict[str, array[int]] = {}
        self._value_sets: dict[str, ValueSets] = {}
        self._terms: dict[str, Terms] = {}

    def verify(self) -> None:
        """Read everything, and so hold it against its checksum."""
        for name in self._sections:
            if not name.endswith(_SELF_CHECKED):
                self.section(name)
        for document in range(self.documents):
            self.paper(document)
        for name in self.fields:
            terms = self.terms(name)
            for number in range(len(terms)):
                terms.postings(number)

    @property
    def fields(self) -> list[str]:
        """The indexed fields."""
        return [name.removesuffix(".terms") for name in self._sections if name.endswith(".terms")]

    def read(self, start: int, end: int) -> bytes:
        """A piece of the file."""
        return self.file[start:end]

    def offset(self, name: str) -> int:
        """Where a section starts that is checked piece by piece."""
        return self._sections[name][0]

    def section(self, name: str) -> bytes:
        """All of a section."""
        offset, length, checksum = self._sections[name]
        content = self.read(offset, offset + length)
        if zlib.crc32(content) != checksum:
            raise DamagedError(self.path)
        return content

    def numbers(self, name: str, typecode: str) -> array[int]:
        """A section of numbers; kept."""
        if name not in self._arrays:
            self._arrays[name] = array(typecode, self.section(name))
        return self._arrays[name]

    def column(self, name: str) -> array[int]:
        """One number a paper; see NUMBER_COLUMNS."""
        return self.numbers(f"column.{name}", NUMBER_COLUMNS[name])

    def value_sets(self, name: str) -> ValueSets:
        """What each paper has of a facet; see SET_COLUMNS."""
        if name not in self._value_sets:
            self._value_sets[name] = ValueSets(self, name)
        return self._value_sets[name]

    def lengths(self, name: str) -> array[int]:
        """The length byte of each paper in a field, 0 where there is none."""
        return self.numbers(f"{name}.lengths", "B")

    def starts(self, name: str) -> array[int]:
        """The first position of each paper in a field, and the end of the last one."""
        return self.numbers(f"{name}.starts", "I")

    def terms(self, name: str) -> Terms:
        """The terms of a field."""
        if name not in self._terms:
            self._terms[name] = Terms(self, name)
        return self._terms[name]

    def packed_paper(self, document: int) -> bytes:
        """A paper as it is stored."""
        ends = self.numbers("papers.ends", "Q")
        offset = self.offset("papers")
        return self.read(offset + (ends[document - 1] if document else 0), offset + ends[document])

    def paper(self, document: int) -> Paper:
        """One of the papers."""
        try:
            return unpack(zlib.decompress(self.packed_paper(document)).decode())
        except zlib.error as error:
            raise DamagedError(self.path) from error


class ValueSets:
    """What papers have of a facet: papers with the same values share a set."""

    def __init__(self, segment: SegmentReader, name: str) -> None:
        """Read the sets; their members are told apart when they are asked for."""
        self.of_document = segment.numbers(f"column.{name}", "I")
        self.joined = segment.section(f"{name}.sets").decode().split(SET_END)

    def members(self, number: int) -> list[str]:
        """The values of a set, in order."""
        joined = self.joined[number]
        return joined.split(MEMBER_END) if joined else []


class Terms:
    """The terms of a field: a sorted table, which is searched where it lies, and the postings of each."""

    def __init__(self, segment: SegmentReader, name: str) -> None:
        """Read the table of a field."""
        self._file, self._path = segment.file, segment.path
        self._texts = segment.section(f"{name}.terms")
        columns = (segment.numbers(f"{name}.{column}", code) for column, code in _TERM_COLUMNS.items())
        self._ends, self.document_frequencies, self._total_frequencies, self._postings_ends, self._checksums = columns
        self._postings_offset = segment.offset(f"{name}.postings")

    def __len__(self) -> int:
        """How many terms there are."""
        return len(self._ends)

    def text(self, number: int) -> bytes:
        """One term."""
        return self._texts[self._ends[number - 1] if number else 0 : self._ends[number] - 1]

    def first_from(self, text: bytes) -> int:
        """The number of the first term that is not before `text`."""
        return bisect_left(range(len(self)), text, key=self.text)

    def find(self, text: bytes) -> int | None:
        """The number of a term."""
        number = self.first_from(text)
        return number if number < len(self) and self.text(number) == text else None

    @cached_property
    def words(self) -> list[str]:
        """All terms, of a field of text or keywords."""
        return self._texts.decode().split("\n")[:-1]

    def postings(self, number: int) -> Postings:
        """The postings of a term."""
        start = self._postings_offset + (self._postings_ends[number - 1] if number else 0)
        content = self._file[start : self._postings_offset + self._postings_ends[number]]
        if zlib.crc32(content) != self._checksums[number]:
            raise DamagedError(self._path)
        documents_end = 4 * self.document_frequencies[number]
        codes_end = len(content) - 4 * self._total_frequencies[number]
        has_wide_codes = codes_end == 2 * documents_end
        return Postings(
            array("I", content[:documents_end]),
            array("I" if has_wide_codes else "H", content[documents_end:codes_end]),
            array("I", content[codes_end:]),
        )
