"""What a disk may hold when the power goes: a model of it, fed with the calls that strace saw a program make.

A file holds what it held at its last fsync, and of each write since then all, nothing or the first part. A folder has
the names that it had at its own last fsync, and of the changes since then the first few: journals keep their order. No
file system in use promises less, and POSIX promises no more.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_STRACE = ("strace", "-f", "-qq", "-y", "-xx", "-s", "1000000000")
_CALLS = "openat,write,lseek,pwrite64,ftruncate,rename,renameat,unlink,unlinkat,mkdir,rmdir,fsync,fdatasync,mmap"
_UNKNOWN = (  # those that the model could not follow, and that would make it wrong
    "open,creat,writev,pwritev,pwritev2,truncate,fallocate,renameat2,mkdirat,link,linkat,symlink,symlinkat,"
    "sync_file_range,sendfile,copy_file_range,splice,io_uring_enter"
)
_TEXT = r'"((?:\\x[0-9a-f]{2})*)"'
_FD = r"\d+<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?"
_GRAMMAR = {
    "openat": rf"[^,]*, {_TEXT}, ([A-Z_|]+)(?:, 0[0-7]*)?",
    "write": rf"{_FD}, {_TEXT}, \d+",
    "lseek": rf"{_FD}, -?\d+, \w+",
    "pwrite64": rf"{_FD}, {_TEXT}, \d+, (\d+)",
    "ftruncate": rf"{_FD}, (\d+)",
    "rename": rf"{_TEXT}, {_TEXT}",
    "renameat": rf"[^,]*, {_TEXT}, [^,]*, {_TEXT}",
    "unlink": _TEXT,
    "unlinkat": rf"[^,]*, {_TEXT}, \w+",
    "mkdir": rf"{_TEXT}, 0[0-7]*",
    "rmdir": _TEXT,
    "fsync": _FD,
    "fdatasync": _FD,
    "mmap": r"\w+, \d+, ([A-Z_|]+), ([A-Z_|]+), .*",
}
_LINE = re.compile(r"\d+ +(\w+)\((.*)\) += (\d+)(?:<.*>)?", re.DOTALL)
_UNFINISHED, _RESUMED = " <unfinished ...>", re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_SECTOR_BYTES = 512


def traced(command: Sequence[str | Path], environment: Mapping[str, str], root: Path, log: Path) -> list[Call]:
    """Run a command; the calls that succeeded and touch files below `root`, in their order.

    Raises CalledProcessError where it fails, and AssertionError where it does what the model does not know.
    """
    subprocess.run(
        [*_STRACE, "-o", log, "-e", f"trace={_CALLS},{_UNKNOWN}", *command],
        env={**os.environ, **environment}, check=True, capture_output=True,
    )  # fmt: skip
    marks = ["".join(f"\\x{byte:02x}" for byte in os.fsencode(path)) for path in (root, root.resolve())]
    lines = (line for line in _whole_lines(log) if any(mark in line for mark in marks))
    return [_parsed(line) for line in lines if _LINE.fullmatch(line)]


@dataclass(frozen=True, slots=True)
class Call:
    """A call that succeeded: its arguments that matter, and what it returned."""

    name: str
    arguments: tuple[bytes, ...]
    result: int


def _whole_lines(log: Path) -> Iterator[str]:
    """Calls, one a line, in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in log.read_text().splitlines():
        if line.endswith(_UNFINISHED):
            begun[line.split(" ", 1)[0]] = line.removesuffix(_UNFINISHED)
        elif resumed := _RESUMED.fullmatch(line):
            yield begun.pop(resumed[1]) + resumed[2]
        else:
            yield line


def _parsed(line: str) -> Call:
    whole = _LINE.fullmatch(line)
    assert whole
    name, text, result = whole.groups()
    arguments = re.fullmatch(_GRAMMAR[name], text) if name in _GRAMMAR else None
    assert arguments, f"the model does not know {line[:300]}"
    return Call(name, tuple(_unescaped(each) for each in arguments.groups()), int(result))


def _unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


@dataclass(frozen=True, slots=True)
class _Write:
    """Bytes written at a place."""

    offset: int
    content: bytes

    def apply(self, content: bytearray) -> None:
        content.extend(bytes(max(0, self.offset - len(content))))
        content[self.offset : self.offset + len(self.content)] = self.content

    def torn(self, chance: random.Random) -> _Write:
        """The first sectors of it."""
        sectors = chance.randrange(len(self.content) + 1) // _SECTOR_BYTES
        return _Write(self.offset, self.content[: sectors * _SECTOR_BYTES])


@dataclass(frozen=True, slots=True)
class _Append:
    """Bytes written at the end."""

    content: bytes

    def apply(self, content: bytearray) -> None:
        content.extend(self.content)

    def torn(self, chance: random.Random) -> _Append:
        """The first of it."""
        return _Append(self.content[: chance.randrange(len(self.content) + 1)])


@dataclass(frozen=True, slots=True)
class _Resize:
    """A file cut or made longer."""

    size: int

    def apply(self, content: bytearray) -> None:
        del content[self.size :]
        content.extend(bytes(self.size - len(content)))

    def torn(self, _: random.Random) -> _Resize:
        return self


_Change = _Write | _Append | _Resize


@dataclass
class _File:
    """What is in a file: on the disk for sure, and what was done since."""

    synced: bytes = b""
    unsynced: list[_Change] = field(default_factory=list)

    def sync(self) -> None:
        self.synced, self.unsynced = _applied(self.synced, self.unsynced), []

    def survivor(self, chance: random.Random | None) -> bytes:
        if chance is None:
            return self.synced
        kept = [each for each in self.unsynced if chance.random() < 0.7]
        return _applied(self.synced, [each.torn(chance) if chance.random() < 0.3 else each for each in kept])


@dataclass(frozen=True, slots=True)
class _Rename:
    """A name that another one takes over; None takes it away."""

    old: str
    new: str | None

    def apply(self, names: dict[str, _File | _Folder]) -> None:
        node = names.pop(self.old)
        if self.new is not None:
            names[self.new] = node


@dataclass(frozen=True, slots=True)
class _Add:
    """A new name."""

    name: str
    node: _File | _Folder

    def apply(self, names: dict[str, _File | _Folder]) -> None:
        names[self.name] = self.node


@dataclass
class _Folder:
    """The names in a folder: on the disk for sure, and what was done since."""

    synced: dict[str, _File | _Folder] = field(default_factory=dict)
    unsynced: list[_Rename | _Add] = field(default_factory=list)

    def names(self, changes: int | None = None) -> dict[str, _File | _Folder]:
        """Those there are after so many of the changes, or all."""
        names = dict(self.synced)
        for change in self.unsynced[:changes]:
            change.apply(names)
        return names

    def sync(self) -> None:
        self.synced, self.unsynced = self.names(), []

    def survivor(self, chance: random.Random | None) -> dict[str, _File | _Folder]:
        return self.names(chance.randint(0, len(self.unsynced)) if chance else 0)


def _applied(content: bytes, changes: Sequence[_Change]) -> bytes:
    changed = bytearray(content)
    for change in changes:
        change.apply(changed)
    return bytes(changed)


class Disk:
    """A folder as programs see it, and as it may be found after a loss of power."""

    def __init__(self, folder: Path) -> None:
        """What is in the folder is on the disk for sure."""
        self._place = folder
        self._root = _loaded(folder)
        self._offsets: dict[bytes, int | None] = {}  # of the one who writes to a file; None for its end

    def apply(self, call: Call) -> bool:
        """Let a call happen. Whether it changed what the disk may hold."""
        first, *rest = call.arguments
        match call.name:
            case "openat":
                return self._open(first, rest[0].decode().split("|"))
            case "lseek":
                if self._offsets.get(first, 0) is not None:
                    self._offsets[first] = call.result
            case "write":
                offset = self._offsets.get(first, 0)
                if offset is None:
                    return self._change(first, _Append(rest[0][: call.result]))
                self._offsets[first] = offset + call.result
                return self._change(first, _Write(offset, rest[0][: call.result]))
            case "pwrite64":
                return self._change(first, _Write(int(rest[1]), rest[0][: call.result]))
            case "ftruncate":
                return self._change(first, _Resize(int(rest[0])))
            case "mkdir":
                return self._rename(first, _Folder())
            case "rename" | "renameat":
                self._offsets.pop(first, None)
                return self._rename(first, rest[0])
            case "unlink" | "unlinkat" | "rmdir":
                return self._rename(first, None)
            case "fsync" | "fdatasync":
                if node := self._find(first):
                    node.sync()
                return node is not None
            case _:  # mmap
                assert "PROT_WRITE" not in first.decode() or "MAP_SHARED" not in rest[0].decode(), call
        return False

    def files(self) -> dict[str, bytes]:
        """What programs see: the content of each file by its path in the folder."""
        return dict(_seen(self._root, ""))

    def save_survivor(self, folder: Path, chance: random.Random | None) -> None:
        """Write what may be left into a new folder; without a chance, what is there for sure and nothing else."""
        _save(self._root, folder, chance)

    def _open(self, path: bytes, flags: Sequence[str]) -> bool:
        self._offsets[path] = None if "O_APPEND" in flags else 0
        node = self._find(path)
        if node is None and "O_CREAT" in flags:
            return self._rename(path, _File())
        return "O_TRUNC" in flags and self._change(path, _Resize(0))

    def _change(self, path: bytes, change: _Change) -> bool:
        node = self._find(path)
        if isinstance(node, _File):
            node.unsynced.append(change)
        return isinstance(node, _File)

    def _rename(self, path: bytes, new: bytes | _File | _Folder | None) -> bool:
        """Give a name to a new file or folder, another name to an old one, or none."""
        folder = self._find(os.path.dirname(path))
        if not isinstance(folder, _Folder):
            return False
        name = os.fsdecode(os.path.basename(path))
        if isinstance(new, _File | _Folder):
            folder.unsynced.append(_Add(name, new))
        else:
            assert new is None or os.path.dirname(new) == os.path.dirname(path), "the model moves within one folder"
            folder.unsynced.append(_Rename(name, os.fsdecode(os.path.basename(new)) if new else None))
        return True

    def _find(self, path: bytes) -> _File | _Folder | None:
        """What programs see at a path below the folder, or as the folder itself; None where there is nothing."""
        node: _File | _Folder | None = self._root
        try:
            parts = Path(os.fsdecode(path)).relative_to(self._place).parts
        except ValueError:
            return None
        for part in parts:
            node = node.names().get(part) if isinstance(node, _Folder) else None
        return node


def _seen(node: _File | _Folder, path: str) -> Iterator[tuple[str, bytes]]:
    if isinstance(node, _File):
        yield path, _applied(node.synced, node.unsynced)
        return
    for name, each in node.names().items():
        yield from _seen(each, f"{path}/{name}" if path else name)


def _loaded(path: Path) -> _Folder:
    """A folder of the disk."""
    return _Folder({each.name: _loaded(each) if each.is_dir() else _File(each.read_bytes()) for each in path.iterdir()})


def _save(node: _File | _Folder, path: Path, chance: random.Random | None) -> None:
    if isinstance(node, _File):
        path.write_bytes(node.survivor(chance))
        return
    path.mkdir()
    for name, each in node.survivor(chance).items():
        _save(each, path / name, chance)
