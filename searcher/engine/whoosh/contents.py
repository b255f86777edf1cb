"""The table of contents of an index: the segments that it consists of, and which of their papers are gone.

It is Whoosh's own TOC, for Whoosh to read, with the same said once more behind it in JSON, for us to read: a TOC is a
pickle, and nothing is unpickled here. A checksum of it all stands at the end.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from searcher.errors import UnusableIndexError

INDEX_NAME = "MAIN"  # Whoosh's default
_FOOTER = struct.Struct("<8sII")  # magic; length of the JSON; checksum of all before it
_MAGIC = b"contents"
_CHECKSUM_BYTES = 4
_NAME = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment, and which of its papers are gone."""

    id: str
    size_bytes: int
    documents: int  # the removed ones included
    removed: tuple[int, ...] = ()

    @property
    def file(self) -> str:
        """The name of the segment's file."""
        return f"{INDEX_NAME}_{self.id}.papers"


@dataclass(frozen=True, slots=True)
class Contents:
    """One state of an index."""

    generation: int
    segments: tuple[SegmentEntry, ...]

    @property
    def file(self) -> str:
        """The name of the file that says this."""
        return f"_{INDEX_NAME}_{self.generation}.toc"

    @property
    def file_after(self) -> str:
        """The name of that file once there are newer contents; under it nobody takes them for the newest."""
        return f"{self.file}.previous"


def read_contents(folder: Path) -> Contents:
    """The newest contents.

    Raises FileNotFoundError if there are none, UnusableIndexError if they are damaged or we did not write them.
    """
    path = newest_contents(folder)
    if path is None:
        raise FileNotFoundError(f"no table of contents in {folder}")
    content = path.read_bytes()
    magic, length, checksum = _FOOTER.unpack(content[-_FOOTER.size :].rjust(_FOOTER.size, b"\0"))
    if magic != _MAGIC or zlib.crc32(content[:-_CHECKSUM_BYTES]) != checksum:
        raise UnusableIndexError(f"{path} is damaged or not ours; rebuild with searcher index --full")
    said = json.loads(content[-_FOOTER.size - length : -_FOOTER.size])
    return Contents(said["generation"], tuple(_entry(**each) for each in said["segments"]))


def newest_contents(folder: Path) -> Path | None:
    """The file of the newest contents, if there are any. Raises FileNotFoundError without the folder."""
    generations = [int(match[1]) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return folder / Contents(max(generations), ()).file if generations else None


def _entry(removed: list[int], **rest: Any) -> SegmentEntry:
    return SegmentEntry(**rest, removed=tuple(removed))


def pack_contents(contents: Contents, whoosh_toc: bytes) -> bytes:
    """What to write into the file."""
    said = json.dumps(asdict(contents)).encode()
    content = whoosh_toc + said + _FOOTER.pack(_MAGIC, len(said), 0)[:-_CHECKSUM_BYTES]
    return content + zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "little")
