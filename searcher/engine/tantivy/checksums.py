"""The files of a Tantivy index, held against their checksums, which Tantivy writes and its Python package cannot check.

Every file of a segment ends with a footer: a JSON object with the CRC-32 of all before it, the length of that object,
and a magic number (tantivy/src/directory/footer.rs). `meta.json`, which names the segments, has none; its schema and
settings are held against those that a new index has.
"""

from __future__ import annotations

import json
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tantivy

from searcher.engine.tantivy.document import build_schema

_FOOTER_END = struct.Struct("<II")  # the length of the JSON before it; magic
_MAGIC = 1337
_PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")
_SETTINGS = ("schema", "index_settings")
_PIECE_BYTES = 1 << 22


def find_damage(folder: Path) -> list[str]:
    """What is wrong: a line for each file. Raises nothing."""
    try:
        meta = _read(folder / "meta.json")
        managed = set(_read(folder / ".managed.json"))
        expected = sorted(_files(meta))
        is_ours = {name: meta[name] for name in _SETTINGS} == _settings()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"{folder}: what lists its files cannot be read: {error}"]
    if not is_ours:
        return [f"{folder / 'meta.json'}: not what searcher writes"]
    unmanaged = [f"{folder / name}: not in the list of Tantivy's files" for name in expected if name not in managed]
    return [*unmanaged, *(f"{folder / name}: {fault}" for name, fault in _faults(folder, expected))]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _settings() -> dict[str, Any]:
    """What a `meta.json` says of an index of ours, whatever is in it."""
    with tempfile.TemporaryDirectory(prefix="searcher-check-") as name:
        tantivy.Index(build_schema(), name, reuse=False)
        meta = _read(Path(name) / "meta.json")
    return {name: meta[name] for name in _SETTINGS}


def _files(meta: Any) -> Iterator[str]:
    """The files of the segments."""
    for segment in meta["segments"]:
        name = segment["segment_id"].replace("-", "")
        yield from (f"{name}.{part}" for part in _PARTS)
        if segment["deletes"]:
            yield f"{name}.{segment['deletes']['opstamp']}.del"


def _faults(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            if not _is_sound(folder / name):
                yield name, "damaged; it is not what was written"
        except FileNotFoundError:
            yield name, "gone"
        except OSError as error:
            yield name, f"cannot be read: {error.strerror}"


def _is_sound(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _FOOTER_END.size:
            return False
        file.seek(size - _FOOTER_END.size)
        length, magic = _FOOTER_END.unpack(file.read())
        body_end = size - _FOOTER_END.size - length
        if magic != _MAGIC or body_end < 0:
            return False
        file.seek(body_end)
        try:
            stated = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        checksum, left = 0, body_end
        while left:
            piece = file.read(min(left, _PIECE_BYTES))
            checksum, left = zlib.crc32(piece, checksum), left - len(piece)
        return checksum == stated
