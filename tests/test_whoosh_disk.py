"""Our Whoosh engine on disk: synced before it counts, undone when the disk is full, clean after a killed run."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from contract import Index, paper, state
from whoosh.index import open_dir

import searcher.engine.whoosh as engine_package
from searcher.engine import Engine
from searcher.engine.whoosh import committing
from searcher.engine.whoosh.contents import Contents, read_contents
from searcher.engine.whoosh.segment import SegmentReader, SegmentWriter
from searcher.errors import UnusableIndexError


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index of three papers, on cats, dogs and owls: contents 1, and contents 0 before them."""
    index = Index("whoosh", tmp_path / "index")
    index.create(paper(1, title="Cats"), paper(2, title="Dogs"), paper(3, title="Owls"))
    return index


def titles(engine: Engine) -> str:
    return " ".join(paper.title for paper in state(engine)[0])


def files(index: Index) -> set[str]:
    """The files of an index, but for those that are always there."""
    return {path.name for path in index.folder.iterdir()} - {"SCHEMA_VERSION", "MAIN_WRITELOCK"}


def segments(index: Index) -> list[str]:
    """The files that the contents name."""
    return [entry.file for entry in read_contents(index.folder).segments]


# On the disk before it counts.


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """What is synced, and renamed to what: with the name, and the size at this moment."""
    found: list[tuple[str, str, int]] = []
    fsync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        found.append(("sync", path.name, 0 if path.is_dir() else path.stat().st_size))
        fsync(handle)

    def replaced(source: Path, target: Path) -> None:
        found.append(("rename", Path(target).name, Path(source).stat().st_size))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    return found


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the name of an open file is asked of /proc")


@on_linux
def test_a_change_is_on_the_disk_before_the_contents_say_so(index: Index, events: list[tuple[str, str, int]]) -> None:
    index.open().write([paper(4, title="Newts")], remove=["2401.00002"])
    (segment,) = segments(index)
    new, old = ((index.folder / name).stat().st_size for name in ("_MAIN_2.toc", "_MAIN_1.toc.previous"))
    assert events[-6:] == [
        ("sync", segment, (index.folder / segment).stat().st_size),
        ("sync", "_MAIN_2.toc.draft", new),
        ("sync", "index", 0),
        ("rename", "_MAIN_2.toc", new),
        ("sync", "index", 0),
        ("rename", "_MAIN_1.toc.previous", old),
    ]


@on_linux
def test_every_segment_of_a_build_is_on_the_disk_before_the_contents_say_so(
    index: Index, events: list[tuple[str, str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "_MAX_MEMORY_BYTES", 20)
    monkeypatch.setattr(committing, "_MAX_MERGED", 0)
    index.open().rebuild(paper(number) for number in range(20))
    renamed = [kind for kind, _, _ in events].index("rename")
    synced = {(name, size) for kind, name, size in events[:renamed] if kind == "sync"}
    assert len(segments(index)) > 2
    assert {(name, (index.folder / name).stat().st_size) for name in segments(index)} < synced


# All or nothing.


def failing_at(call: int, function: Callable[..., Any], error: BaseException) -> Callable[..., Any]:
    """A function that raises when it is called for the n-th time."""
    calls = 0

    def called(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            raise error
        return function(*args)

    return called


FAILURES: dict[str, tuple[object, str, int]] = {
    "the segment cannot be begun": (SegmentWriter, "__enter__", 1),
    "the segment cannot be written": (SegmentWriter, "write", 9),
    "the segment cannot be synced": (os, "fsync", 1),
    "the contents cannot be made": (committing, "pack_contents", 1),
    "the contents cannot be synced": (os, "fsync", 2),
    "the contents cannot be put in place": (os, "replace", 1),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_full_disk_leaves_everything_as_it_was(failure: str, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = index.open()
    before, files_before = state(engine), files(index)
    owner, name, call = FAILURES[failure]
    with monkeypatch.context() as patches:
        full = OSError(errno.ENOSPC, "No space left on device")
        patches.setattr(owner, name, failing_at(call, getattr(owner, name), full))
        with pytest.raises(UnusableIndexError, match=r"could not be written .*No space left on device.*as it was"):
            engine.write([paper(4)])
    assert files(index) - files_before == set()
    assert state(engine) == state(index.open()) == before
    engine.write([paper(6, title="Newts")])
    assert titles(engine) == titles(index.open()) == "Cats Dogs Owls Newts"


@pytest.mark.parametrize("failure", FAILURES)
def test_a_user_who_interrupts_leaves_everything_as_it_was(
    failure: str, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name, call = FAILURES[failure]
    with monkeypatch.context() as patches:
        patches.setattr(owner, name, failing_at(call, getattr(owner, name), KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            index.open().write([paper(4)])
    assert titles(index.open()) == "Cats Dogs Owls"
    index.open().write([paper(6, title="Newts")])
    assert titles(index.open()) == "Cats Dogs Owls Newts"


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("fsync", 1),
        ("fsync", 2),
        ("fsync", 3),
        ("fsync", 4),
        ("replace", 1),
        ("replace", 2),
        ("unlink", 1),
        ("unlink", 2),
    ],
)
def test_what_fails_only_after_it_was_done_leaves_the_old_state_or_the_new_one(
    name: str, call: int, error: BaseException, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = getattr(os, name)
    fails = failing_at(call, lambda *_: None, error)

    def failing_once_done(*arguments: Any, **options: Any) -> None:
        done(*arguments, **options)
        fails()

    with monkeypatch.context() as patches, suppress(UnusableIndexError, KeyboardInterrupt):
        patches.setattr(os, name, failing_once_done)
        index.open().write([paper(4, title="Newts")])
    assert titles(index.open()) in ("Cats Dogs Owls", "Cats Dogs Owls Newts")
    index.open().write([paper(6, title="Moles")])
    assert "Moles" in titles(index.open())


@pytest.mark.parametrize(("name", "call"), [("fsync", 4), ("replace", 2)])
def test_it_is_true_what_is_told_if_something_fails_once_the_new_contents_are_in_place(
    name: str, call: int, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patches:
        patches.setattr(os, name, failing_at(call, getattr(os, name), OSError(errno.EIO, "Input/output error")))
        with pytest.raises(UnusableIndexError) as told:
            index.open().write([paper(4, title="Newts")])
    says_nothing_changed = "as it was before" in str(told.value)
    assert titles(index.open()) == ("Cats Dogs Owls" if says_nothing_changed else "Cats Dogs Owls Newts")


# Old files, and those of a killed run.


def test_the_contents_before_and_their_segments_are_kept_and_older_ones_are_not(index: Index) -> None:
    engine = index.open()
    (first,) = segments(index)
    assert files(index) == {"_MAIN_0.toc.previous", "_MAIN_1.toc", first}
    engine.rebuild([paper(4)])
    (second,) = segments(index)
    assert files(index) == {"_MAIN_1.toc.previous", "_MAIN_2.toc", first, second}
    engine.rebuild([paper(5)])
    (third,) = segments(index)
    assert files(index) == {"_MAIN_2.toc.previous", "_MAIN_3.toc", second, third}


def test_what_a_killed_run_left_behind_disturbs_nobody_and_goes_with_the_next_write(index: Index) -> None:
    (segment,) = segments(index)
    for stray in ("MAIN_0123456789abcdef.papers", "_MAIN_9.toc.draft", "_MAIN_0.toc", "MAIN_1.tmp"):
        (index.folder / stray).write_bytes(b"half of it")
    (index.folder / "notes.txt").write_text("mine")
    engine = index.open()
    assert titles(engine) == "Cats Dogs Owls"
    with open_dir(index.folder).searcher() as plain:
        assert plain.doc_count() == 3
    engine.write([paper(4, title="Newts"), paper(5, title="Elks")])
    assert files(index) == {"_MAIN_1.toc.previous", "_MAIN_2.toc", segment, *segments(index), "notes.txt"}
    assert titles(index.open()) == "Cats Dogs Owls Newts Elks"


# A reader beside a writer.


class _Changing:
    """Reads the contents, and lets another program write so many times before their segments are opened."""

    def __init__(self, index: Index, writes: int) -> None:
        self._index, self.writes = index, writes

    def __call__(self, folder: Path) -> Contents:
        contents = read_contents(folder)
        while self.writes:
            self.writes -= 1
            committing.change(self._index.folder, [paper(9 - self.writes, title="Newts")], keep=False)
        return contents


@pytest.mark.parametrize(("writes", "found"), [(1, "Cats Dogs Owls"), (2, "Newts"), (5, "Newts")])
def test_a_reader_that_opens_while_the_index_changes_finds_one_state(
    writes: int, found: str, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_package, "read_contents", _Changing(index, writes))
    assert titles(index.open()) == found


@pytest.mark.parametrize("name", ["read_contents", "SegmentReader"])
def test_a_reader_looks_again_if_a_file_was_gone(name: str, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    function = {"read_contents": read_contents, "SegmentReader": SegmentReader}[name]
    monkeypatch.setattr(engine_package, name, failing_at(1, function, FileNotFoundError()))
    assert titles(index.open()) == "Cats Dogs Owls"


def test_a_segment_that_is_gone_for_good_is_told(index: Index) -> None:
    (index.folder / segments(index)[0]).unlink()
    with pytest.raises(UnusableIndexError, match="is gone; rebuild with searcher index --full"):
        index.open()


def test_a_write_that_changes_nothing_leaves_the_contents_before_too(index: Index) -> None:
    index.open().rebuild([paper(4)])
    before = files(index)
    index.open().write([], remove=["2401.00099"])
    assert files(index) == before


@on_linux
def test_files_that_are_gone_are_let_go_of_at_once(index: Index) -> None:
    engine = index.open()
    gc.disable()  # which would let go of them in the end
    try:
        open_files = []
        for number in range(10, 30):
            engine.write([paper(number)])
            assert titles(engine).count("Untitled") == number - 9
            open_files.append(len(os.listdir("/proc/self/fd")))
    finally:
        gc.enable()
    assert max(open_files) - min(open_files) <= 10
