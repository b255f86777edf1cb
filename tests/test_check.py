"""`searcher check`: what is wrong is found, told with what mends it, and mended."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import tantivy
from commands import EXAMPLES, Shell
from listings import HEADER, record

from searcher import open_archive
from searcher.app.check import FULL, check
from searcher.app.index import index
from searcher.config import Config
from searcher.engine import open_engine
from searcher.engine.tantivy import TantivyEngine
from searcher.engine.tantivy.document import make_document
from searcher.errors import LockedError, UnusableIndexError
from searcher.query import parse
from searcher.reports import CheckReport

_FLIPS = int(os.environ.get("SEARCHER_TORTURE_FLIPS", "12"))  # a file
_QUERIES = ("*", "gaussian splatting", "diffusion super-resolution", '"neural"', "author:okafor", "mri*")


@pytest.fixture(params=["tantivy", "whoosh"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """An index of the examples, of which one day came later and one went again."""
    listings = tmp_path / "listings"
    shutil.copytree(EXAMPLES, listings)
    days = sorted(listings.rglob("*.md"))
    later = days[-1].read_text(encoding="utf-8")
    days[-1].unlink()
    extra = listings / "extra.md"
    extra.write_text(HEADER + record(), encoding="utf-8")
    made = Config(file=None, index=tmp_path / "index", listings=(listings,), engine=request.param)
    index(made)
    extra.unlink()
    days[-1].write_text(later, encoding="utf-8")
    index(made)
    return made


def faults(report: CheckReport) -> str:
    return "\n".join(fault.what for fault in report.faults)


def answers(config: Config) -> list[object]:
    archive = open_archive(config)
    found = [archive.search(query, limit=100, facets=("category", "author", "month")) for query in _QUERIES]
    return [replace(response, took_ms=0.0) for response in found]


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    """Another file in the place of one, of the same age; the one itself may still be mapped into memory."""
    status, kept, new = path.stat(), path.with_name(f"{path.name}.kept"), path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
    path.rename(kept)
    new.rename(path)
    try:
        yield
    finally:
        kept.rename(path)


def test_a_sound_index_has_no_faults(config: Config) -> None:
    report = check(config)
    assert (report.faults, report.files, report.papers, report.files_waiting) == ((), 3, 40, 0)


def test_a_flipped_bit_in_any_file_of_the_index_is_found_or_harmless(config: Config) -> None:
    right = answers(config)
    chance = random.Random(7)
    files = [path for path in config.engine_folder.rglob("*") if path.is_file() and path.stat().st_size]
    assert len(files) > 3
    for path in files:
        content = path.read_bytes()
        for place in {0, len(content) - 1, *(chance.randrange(len(content)) for _ in range(_FLIPS))}:
            flipped = bytearray(content)
            flipped[place] ^= 1 << chance.randrange(8)
            with changed(path, bytes(flipped)):
                if not check(config).faults:
                    assert answers(config) == right, (path.name, place)


def test_a_flipped_bit_in_the_catalog_is_found_or_harmless(config: Config) -> None:
    path = config.index / f"{config.engine}.catalog.sqlite"
    content = path.read_bytes()
    aside = config.index.with_name("aside")
    chance = random.Random(8)
    was_told = 0
    for place in (chance.randrange(len(content)) for _ in range(60)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.randrange(8)
        with changed(path, bytes(flipped)):
            found = check(config)
            if found.faults or found.is_behind:
                was_told += 1
                shutil.copytree(config.index, aside, symlinks=True)
                assert check(config, repair=True).faults == ()
                shutil.rmtree(config.index)
                aside.rename(config.index)
                continue
            report = index(config, dry_run=True)
        assert (report.files_unchanged, report.papers_total) == (3, 40)
        assert (report.papers_added, report.papers_updated, report.papers_removed) == (0, 0, 0)
    assert was_told > 3


def test_a_file_of_the_index_that_is_gone_is_found(config: Config) -> None:
    path = max(config.engine_folder.iterdir(), key=lambda path: path.stat().st_size)
    path.unlink()
    report = check(config)
    assert path.name in faults(report)
    assert all(fault.mended_by == FULL for fault in report.faults)


def test_damage_that_keeps_papers_from_being_read_is_mended(config: Config) -> None:
    largest = max(config.engine_folder.iterdir(), key=lambda path: path.stat().st_size)
    size = largest.stat().st_size
    largest.unlink()
    largest.write_bytes(bytes(size))
    report = check(config, repair=True)
    assert (report.faults, report.papers, len(report.repaired)) == ((), 40, 1)


def test_a_paper_that_is_missing_from_the_index_is_found_and_mended(config: Config) -> None:
    open_engine(config.engine, config.engine_folder).write([], ["2403.90147"])
    assert "2403.90147: is in cs.CV/2024/03/20240309.md, but not in the index" in faults(check(config))
    report = check(config, repair=True)
    assert (report.faults, report.papers, len(report.repaired)) == ((), 40, 1)
    assert check(config).faults == ()


def test_a_paper_that_differs_from_its_listing_is_found(config: Config) -> None:
    engine = open_engine(config.engine, config.engine_folder)
    engine.write([replace(engine.papers(["2403.90147"])["2403.90147"], title="Another")])
    assert faults(check(config)) == "2403.90147: is not in the index as cs.CV/2024/03/20240309.md has it"


def test_a_paper_that_is_in_no_listing_is_found(config: Config) -> None:
    engine = open_engine(config.engine, config.engine_folder)
    engine.write([replace(engine.papers(["2403.90147"])["2403.90147"], id="2403.99999")])
    assert faults(check(config)) == "2403.99999: is in the index, but in no listing"


@pytest.mark.parametrize("config", ["tantivy"], indirect=True)
def test_a_paper_that_is_in_the_index_twice_is_found_and_mended(config: Config) -> None:
    twice = open_engine(config.engine, config.engine_folder).papers(["2403.90147"])["2403.90147"]
    behind = tantivy.Index.open(str(config.engine_folder))
    TantivyEngine(behind, config.engine_folder)  # gives it the analyzers
    writer = behind.writer()
    writer.add_document(make_document(twice))
    writer.commit()
    writer.wait_merging_threads()
    assert faults(check(config)) == "2403.90147: is in the index 2 times"
    assert check(config, repair=True).faults == ()


def test_listings_that_are_not_there_are_told_and_not_called_a_fault_of_the_index(config: Config) -> None:
    config.listings[0].rename(config.listings[0].with_name("elsewhere"))
    (fault,) = check(config).faults
    assert (fault.what, fault.mended_by) == (f"{config.listings[0]}: cannot be read: No such file or directory", None)


def test_a_listing_that_changed_behind_its_time_is_found_and_taken_in(config: Config) -> None:
    path = sorted(config.listings[0].rglob("*.md"))[0]
    content = path.read_bytes()
    with changed(path, content.replace(b"Gaussian", b"Gauusian", 1)):
        assert "its content changed, and its time did not" in faults(check(config))
        assert check(config, repair=True).faults == ()


def test_a_record_that_the_catalog_does_not_know_is_found(config: Config) -> None:
    path = config.index / f"{config.engine}.catalog.sqlite"
    database = sqlite3.connect(path)
    database.execute("DELETE FROM records WHERE paper = '2403.90147'")
    database.commit()
    database.close()
    assert "the catalog says otherwise what it holds" in faults(check(config))


def test_a_catalog_that_is_none_is_found_and_made_anew(config: Config) -> None:
    path = config.index / f"{config.engine}.catalog.sqlite"
    path.write_bytes(b"not a catalog" * 100)
    assert faults(check(config)) == f"{path}: the catalog is damaged: it names no listing file"
    assert check(config, repair=True).faults == ()


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"CREATE TABLE files", b"CREATE TABLE f\xf3les"),
        (b"CREATE TABLE records", b"CREATE TABLE recards"),
        (b"mtime_ns INTEGER", b"mtime_nz INTEGER"),
        (b"CREATE INDEX records_by_file", b"CREATE INDUX records_by_file"),
    ],
)  # fmt: skip
def test_a_catalog_whose_tables_are_damaged_is_found_and_made_anew(config: Config, good: bytes, bad: bytes) -> None:
    path = config.index / f"{config.engine}.catalog.sqlite"
    path.write_bytes(path.read_bytes().replace(good, bad))
    assert "the catalog is damaged" in faults(check(config))
    assert check(config, repair=True).faults == ()


def test_a_full_build_mends_a_catalog_with_lost_pages_and_remembers_folders_named_by_hand(config: Config) -> None:
    named = config.index.with_name("named")
    named.mkdir()
    (named / "1.md").write_text(HEADER + record(), encoding="utf-8")
    index(config, [named])
    path = config.index / f"{config.engine}.catalog.sqlite"
    database = sqlite3.connect(path)
    pages = database.execute("SELECT rootpage FROM sqlite_schema WHERE name GLOB 'records*'").fetchall()
    (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    content = bytearray(path.read_bytes())
    for (page,) in pages:
        content[(page - 1) * page_bytes : page * page_bytes] = bytes(page_bytes)
    path.write_bytes(content)
    with pytest.raises(UnusableIndexError, match="rebuild with searcher index --full"):
        index(config)
    report = check(config, repair=True)
    assert (report.faults, report.papers) == ((), 41)


def test_a_catalog_that_is_gone_is_found_and_made_anew(config: Config) -> None:
    (config.index / f"{config.engine}.catalog.sqlite").unlink()
    assert "the catalog is gone" in faults(check(config))
    assert check(config, repair=True).faults == ()


def test_what_is_not_indexed_yet_is_no_fault_but_told(config: Config) -> None:
    new = config.listings[0] / "new.md"
    new.write_text(HEADER + record(), encoding="utf-8")
    report = check(config)
    assert (report.faults, report.files_waiting) == ((), 1)
    report = check(config, repair=True)
    assert (report.faults, report.files_waiting, report.papers) == ((), 0, 41)


def test_a_run_that_died_is_found(config: Config) -> None:
    (config.index / f"{config.engine}.catalog.pending").write_text("2403.90147")
    assert faults(check(config)) == "a run died before it was done with 1 papers"
    assert check(config, repair=True).faults == ()


def test_nobody_indexes_meanwhile(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    from searcher import catalog

    monkeypatch.setattr(catalog, "_LOCK_PATIENCE_S", 0.0)
    with catalog.lock(config.index / f"{config.engine}.lock"), pytest.raises(LockedError):
        check(config)


def test_the_command_says_what_is_wrong_and_what_mends_it(shell: Shell) -> None:
    shell("searcher index " + str(EXAMPLES))
    printed = shell("searcher check")
    assert printed.code == 0
    assert printed.out.startswith("40 papers in 3 files are as they should be, ")
    folder = next(path for path in shell.folder.rglob("tantivy") if path.is_dir())
    open_engine("tantivy", folder).write([], ["2403.90147"])
    printed = shell("searcher check")
    assert printed.code == 1
    assert printed.out.splitlines()[0] == ("wrong: 2403.90147: is in cs.CV/2024/03/20240309.md, but not in the index")
    assert printed.out.splitlines()[-1] == "mend it with: searcher index --full"
    printed = shell("searcher check --repair --format json")
    assert printed.code == 0
    assert printed.json["faults"] == []
    assert printed.json["repaired"][0]["mended_by"] == "searcher index --full"


def test_of_many_faults_the_first_are_told_and_how_many_there_are(shell: Shell) -> None:
    shell("searcher index " + str(EXAMPLES))
    folder = next(path for path in shell.folder.rglob("tantivy") if path.is_dir())
    engine = open_engine("tantivy", folder)
    engine.write([], [paper.id for paper in list(engine.scan(parse("*").query))[:25]])
    told = shell("searcher check").out.splitlines()
    assert [line.startswith("wrong: 2") for line in told] == [True] * 20 + [False] * 3
    assert told[20] == "wrong: 5 more, which --format json lists"
    assert len(shell("searcher check --format json").json["faults"]) == 25


def test_a_folder_that_cannot_be_written_is_not_called_damaged(shell: Shell) -> None:
    shell("searcher index " + str(EXAMPLES))
    lockfile = next(shell.folder.rglob(".tantivy-meta.lock"))
    lockfile.unlink()
    lockfile.mkdir()  # cannot be opened for writing, whoever one is
    printed = shell("search splatting")
    assert printed.code == 2
    assert printed.err == (
        f"search: the index in {lockfile.parent} cannot be opened: Is a directory; "
        "Tantivy must be able to write there, the engine whoosh need not\n"
    )


def test_without_an_index_there_is_nothing_to_check(shell: Shell) -> None:
    printed = shell("searcher check")
    assert (printed.code, printed.err) == (2, "searcher: there is no index yet; make one with: searcher index FOLDER\n")
