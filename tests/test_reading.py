"""Reading many listing files by a second process: the same as by this one, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from listings import HEADER, record

from searcher.app.reading import Listing, read_listings
from searcher.catalog import ListingFile, scan


@pytest.fixture
def files(tmp_path: Path) -> list[ListingFile]:
    """300 files, one of them with a record that cannot be understood, one that is gone."""
    for n in range(300):
        address = f"http://arxiv.org/abs/2401.{n:05}v1" if n != 7 else "nonsense"
        (tmp_path / f"{n:03}.md").write_text(HEADER + record(f"Paper {n}: 0<p<=1, Müller", arxiv_id=address))
    found = scan([(tmp_path, tmp_path)])
    (tmp_path / "123.md").unlink()
    return found


def one_by_one(files: list[ListingFile]) -> list[Listing]:
    return [listing for file in files for listing in read_listings([file])]


def children() -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "searcher.app.reading"], capture_output=True, text=True
    )
    return list(map(int, found.stdout.split()))


def test_many_files_are_read_as_one_by_one(files: list[ListingFile]) -> None:
    listings = list(read_listings(files))
    assert listings == one_by_one(files)
    assert [len(listing.papers) for listing in listings].count(1) == 298
    assert [listing.file.name for listing in listings if listing.digest is None] == ["123.md"]
    assert [problem.file for listing in listings for problem in listing.problems] == [files[7].path, files[123].path]


@pytest.mark.parametrize("killed_at", [0, 1, 150, 299])
def test_a_reader_that_is_killed_costs_nothing(files: list[ListingFile], killed_at: int) -> None:
    listings: list[Listing] = []
    for n, listing in enumerate(read_listings(files)):
        if n == killed_at:
            for process in children():
                os.kill(process, signal.SIGKILL)
        listings.append(listing)
    assert listings == one_by_one(files)


def test_the_reader_ends_when_nobody_reads_on(files: list[ListingFile]) -> None:
    reading = read_listings(files)
    next(reading)
    assert len(children()) == 1
    reading.close()  # pyright: ignore[reportAttributeAccessIssue]  (a generator)
    assert children() == []
