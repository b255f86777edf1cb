"""What an index holds follows from the files alone, whatever happened to them in between."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from archives import ListingFolder, counts, paper_record
from listings import HEADER

from searcher.app.check import check
from searcher.app.index import index
from searcher.app.search import Archive
from searcher.catalog import Catalog
from searcher.config import Config
from searcher.engine import open_engine
from searcher.errors import ListingError, NoIndexError, UnusableIndexError


@pytest.fixture
def archive(tmp_path: Path) -> ListingFolder:
    return ListingFolder(tmp_path)


def die(catalog: Catalog) -> None:
    raise KeyboardInterrupt


def test_a_run_counts_what_is_new_changed_and_gone(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1), paper_record(2))
    archive.write("2.md", paper_record(3))
    assert counts(archive.index()) == "2 0 0 0 | 3 0 0 3"
    archive.write("1.md", paper_record(1), paper_record(2, title="Another"), paper_record(4))
    (archive.folder / "listings/2.md").unlink()
    archive.write("3.md", paper_record(5))
    assert counts(archive.index()) == "1 1 1 0 | 2 1 1 4"
    assert sorted(archive.titles()) == ["Another", "Paper 1", "Paper 4", "Paper 5"]


def test_a_second_run_changes_nothing(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    before = {path: path.read_bytes() for path in archive.config.engine_folder.iterdir()}
    assert counts(archive.index()) == "0 0 0 1 | 0 0 0 1"
    assert {path: path.read_bytes() for path in archive.config.engine_folder.iterdir()} == before


def test_a_file_with_a_new_date_and_the_same_content_is_unchanged(archive: ListingFolder) -> None:
    paths = [archive.write(f"{number}.md", paper_record(number)) for number in (1, 2, 3)]
    archive.index()
    for path in paths[1:]:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert counts(archive.index()) == "0 0 0 3 | 0 0 0 3"


def test_a_file_of_the_same_size_and_date_is_not_read_again(archive: ListingFolder) -> None:
    for title in ("Cats", "Dogs"):
        path = archive.write("1.md", paper_record(1, title=title))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        report = archive.index()
    assert counts(report) == "0 0 0 1 | 0 0 0 1"
    assert archive.titles() == ["Cats"]


def test_a_change_that_keeps_size_and_date_a_moment_after_indexing_is_seen(archive: ListingFolder) -> None:
    path = archive.write("1.md", paper_record(1, title="Cats"))
    status = path.stat()
    archive.index()
    archive.write("1.md", paper_record(1, title="Dogs"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert counts(archive.index()) == "0 1 0 0 | 0 1 0 1"
    assert archive.titles() == ["Dogs"]


def test_the_newest_version_wins_whichever_file_holds_it(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1, 2, title="Second thoughts"))
    archive.write("2.md", paper_record(1, 1, title="First thoughts"))
    archive.index()
    assert archive.titles() == ["Second thoughts"]


def test_a_new_paper_that_stands_in_two_new_files_is_indexed_once(archive: ListingFolder) -> None:
    archive.write("0.md", paper_record(9))
    archive.index()
    archive.write("1.md", paper_record(1, 2, title="Second thoughts"))
    archive.write("2.md", paper_record(1, 1, title="First thoughts"))
    assert counts(archive.index()) == "2 0 0 1 | 1 0 0 2"
    assert sorted(archive.titles()) == ["Paper 9", "Second thoughts"]


def test_a_newest_record_that_went_unnoticed_is_noticed_when_it_is_needed(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1, 1, title="First thoughts"))
    second = archive.write("2.md", paper_record(1, 2, title="Second thoughts"))
    third = archive.write("3.md", paper_record(1, 3, title="Third thoughts"))
    archive.index()
    second.unlink()
    third.unlink()
    assert counts(archive.index(third)) == "0 0 2 1 | 0 1 0 1"
    assert archive.titles() == ["First thoughts"]


def test_a_file_that_came_with_a_run_that_died_and_went_again_leaves_nothing(
    archive: ListingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write("1.md", paper_record(1, 1, title="First thoughts"), paper_record(3))
    archive.index()
    newer = archive.write("2.md", paper_record(1, 2, title="Second thoughts"), paper_record(2), paper_record(3, 2))
    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "save", die)
        with pytest.raises(KeyboardInterrupt):
            archive.index()
    assert sorted(archive.titles()) == ["Paper 2", "Paper 3", "Second thoughts"]
    newer.unlink()
    archive.index()
    assert sorted(archive.titles()) == ["First thoughts", "Paper 3"]


def test_when_the_newest_version_goes_the_next_newest_returns(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1, 1, title="First thoughts"))
    newest = archive.write("2.md", paper_record(1, 2, title="Second thoughts"))
    archive.index()
    newest.unlink()
    assert counts(archive.index()) == "0 0 1 1 | 0 1 0 1"
    assert archive.titles() == ["First thoughts"]


def test_a_moved_file_gives_its_papers_its_new_name(archive: ListingFolder) -> None:
    path = archive.write("1.md", paper_record(1))
    archive.index()
    path.rename(path.with_name("2.md"))
    assert counts(archive.index()) == "1 0 1 0 | 0 1 0 1"
    assert [paper.listing for paper in archive.state()[0]] == ["2.md"]


def test_a_dry_run_counts_and_writes_nothing(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    assert counts(archive.index(dry_run=True)) == "1 0 0 0 | 1 0 0 1"
    assert not archive.config.index.exists()
    archive.index()
    archive.write("2.md", paper_record(2))
    assert counts(archive.index(dry_run=True)) == "1 0 0 1 | 1 0 0 2"
    assert archive.titles() == ["Paper 1"]


def test_problems_are_reported_with_file_and_line_and_the_rest_is_indexed(archive: ListingFolder) -> None:
    path = archive.write("1.md", paper_record(1), "### A title and no more\n", paper_record(2))
    report = archive.index()
    assert [(problem.file, problem.line) for problem in report.problems] == [(str(path), 16)]
    assert report.papers_total == 2


def test_a_file_that_cannot_be_read_is_reported_and_its_papers_stay(archive: ListingFolder) -> None:
    path = archive.write("1.md", paper_record(1))
    archive.index()
    path.unlink()
    path.symlink_to("/proc/self/mem")  # a file, for stat, which no one can read from its start
    report = archive.index()
    assert [(problem.file, problem.line) for problem in report.problems] == [(str(path), 1)]
    assert archive.titles() == ["Paper 1"]


def test_a_listing_folder_that_is_gone_stops_the_run_and_loses_nothing(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    (archive.folder / "listings").rename(archive.folder / "elsewhere")
    with pytest.raises(ListingError, match="listings is not there; to take its papers out of the index"):
        index(archive.config)
    assert archive.titles() == ["Paper 1"]


def test_a_path_named_once_is_remembered_and_the_others_are_left_alone(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    extra = archive.folder / "extra"
    extra.mkdir()
    (extra / "a.md").write_text(HEADER + paper_record(7))
    (archive.folder / "listings/1.md").unlink()
    assert counts(archive.index(extra)) == "1 0 0 0 | 1 0 0 2"
    (extra / "b.md").write_text(HEADER + paper_record(8))
    assert counts(archive.index()) == "1 0 1 1 | 1 0 1 2"
    assert sorted(archive.titles()) == ["Paper 7", "Paper 8"]


def test_a_named_path_inside_a_known_folder_is_named_as_the_folder_would(archive: ListingFolder) -> None:
    archive.write("2024/1.md", paper_record(1))
    archive.index()
    path = archive.write("2024/2.md", paper_record(2))
    archive.write("2025/3.md", paper_record(3))
    assert counts(archive.index(path)) == "1 0 0 0 | 1 0 0 2"
    assert sorted(paper.listing for paper in archive.state()[0]) == ["2024/1.md", "2024/2.md"]


def test_a_named_path_that_is_gone_from_the_disk_goes_from_the_index(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    extra = archive.folder / "extra"
    extra.mkdir()
    (extra / "a.md").write_text(HEADER + paper_record(7))
    archive.index()
    archive.index(extra)
    shutil.rmtree(extra)
    with pytest.raises(ListingError):
        archive.index()
    assert counts(archive.index(extra)) == "0 0 1 0 | 0 0 1 1"
    assert counts(archive.index()) == "0 0 0 1 | 0 0 0 1"


def test_a_full_build_of_named_paths_forgets_the_others(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    extra = archive.folder / "extra"
    extra.mkdir()
    (extra / "a.md").write_text(HEADER + paper_record(7))
    assert counts(archive.index(extra, full=True)) == "1 0 0 0 | 1 0 0 1"
    assert archive.titles() == ["Paper 7"]


@pytest.mark.parametrize("damage", [b"", b"no catalog at all, but longer than a header of SQLite is" * 40])
def test_a_lost_catalog_is_made_anew_from_all_files(archive: ListingFolder, damage: bytes) -> None:
    archive.write("1.md", paper_record(1), paper_record(2))
    archive.index()
    archive.write("1.md", paper_record(1))
    (archive.config.index / "tantivy.catalog.sqlite").write_bytes(damage)
    assert counts(archive.index()) == "1 0 0 0 | 1 0 0 1"
    assert archive.titles() == ["Paper 1"]


def test_a_catalog_whose_tables_have_names_that_are_no_text_is_made_anew(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    catalog = archive.config.index / "tantivy.catalog.sqlite"
    damaged = catalog.read_bytes().replace(b"TABLE roots", b"TABLE \xff\xfe\xfd\xfc\xfb")
    assert damaged != catalog.read_bytes()
    catalog.write_bytes(damaged)
    assert counts(archive.index()) == "1 0 0 0 | 1 0 0 1"


@pytest.mark.parametrize("change", ["DROP TABLE records", "PRAGMA user_version = 2"])
def test_a_catalog_of_another_make_is_made_anew(archive: ListingFolder, change: str) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    with closing(sqlite3.connect(archive.config.index / "tantivy.catalog.sqlite")) as catalog:
        catalog.execute(change)
    assert counts(archive.index()) == "1 0 0 0 | 1 0 0 1"


def test_a_catalog_from_before_there_were_states_is_used(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    with closing(sqlite3.connect(archive.config.index / "tantivy.catalog.sqlite")) as catalog:
        catalog.execute("DROP TABLE described")
    assert counts(archive.index()) == "0 0 0 1 | 0 0 0 1"


def test_a_dry_run_leaves_a_damaged_catalog_as_it_is(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    catalog = archive.config.index / "tantivy.catalog.sqlite"
    catalog.write_bytes(b"no catalog at all, but longer than a header of SQLite is" * 40)
    assert counts(archive.index(dry_run=True)) == "1 0 0 0 | 1 0 0 1"
    assert catalog.read_bytes().startswith(b"no catalog at all")


def test_a_full_build_makes_a_catalog_anew_that_holds_what_is_no_text(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    with closing(sqlite3.connect(archive.config.index / "tantivy.catalog.sqlite")) as catalog:
        catalog.execute("INSERT INTO roots VALUES (CAST(x'ff' AS TEXT))")
        catalog.commit()
    assert counts(archive.index(full=True)) == "1 0 0 0 | 1 0 0 1"


def test_a_full_build_makes_a_damaged_catalog_anew_and_still_knows_the_folders_named_by_hand(
    archive: ListingFolder, tmp_path: Path
) -> None:
    archive.write("1.md", paper_record(1))
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra/2.md").write_text(HEADER + paper_record(2))
    archive.index()
    archive.index(tmp_path / "extra")
    catalog = archive.config.index / "tantivy.catalog.sqlite"
    before, in_the_table, in_its_index = catalog.read_bytes().split(b"2401.00002")
    catalog.write_bytes(before + b"2401.00002" + in_the_table + b"2401.00003" + in_its_index)
    assert any("missing from index records_by_paper" in fault.what for fault in check(archive.config).faults)
    assert counts(archive.index(full=True)) == "2 0 0 0 | 2 0 0 2"
    assert check(archive.config).faults == ()


@pytest.mark.parametrize("flags", [{"dry_run": True}, {"full": True}], ids=str)
def test_a_catalog_that_is_in_use_is_not_taken_for_a_damaged_one(
    archive: ListingFolder, flags: dict[str, bool]
) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    catalog = archive.config.index / "tantivy.catalog.sqlite"
    with closing(sqlite3.connect(catalog)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnusableIndexError, match="database is locked"):
            archive.index(**flags)
    assert counts(archive.index()) == "0 0 0 1 | 0 0 0 1"


def test_a_folder_indexed_again_through_the_one_above_gives_its_files_their_longer_names(tmp_path: Path) -> None:
    config = Config(file=None, index=tmp_path / "index")
    (tmp_path / "top/cs.CV").mkdir(parents=True)
    (tmp_path / "top/cs.CV/1.md").write_text(HEADER + paper_record(1))
    index(config, [tmp_path / "top/cs.CV"])
    assert counts(index(config, [tmp_path / "top"])) == "0 1 0 0 | 0 1 0 1"
    assert [paper and paper.listing for paper in Archive(config).papers(["2401.00001"])] == ["cs.CV/1.md"]


def test_a_first_build_that_was_interrupted_is_no_index_yet_and_is_done_again(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))

    def interrupt(done: int, todo: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index(archive.config, progress=interrupt)
    with pytest.raises(NoIndexError, match="still being built"):
        archive.titles()
    assert counts(archive.index()) == "1 0 0 0 | 1 0 0 1"
    assert archive.titles() == ["Paper 1"]


def test_an_index_that_does_not_fit_its_catalog_is_not_taken_for_whole(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    open_engine("tantivy", archive.config.engine_folder).write([], remove=["2401.00001"])
    with pytest.raises(UnusableIndexError, match="rebuild with searcher index --full"):
        archive.index()
    archive.index(full=True)
    assert archive.titles() == ["Paper 1"]


def test_a_run_that_died_before_its_catalog_was_saved_is_made_good_by_the_next(
    archive: ListingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write("1.md", paper_record(1), paper_record(2))
    archive.index()
    archive.write("1.md", paper_record(1, title="Another"))
    archive.write("2.md", paper_record(3))

    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "save", die)
        with pytest.raises(KeyboardInterrupt):
            archive.index()
    archive.index()
    assert sorted(archive.titles()) == ["Another", "Paper 3"]
    assert counts(archive.index()) == "0 0 0 2 | 0 0 0 2"


def test_a_paper_is_found_by_id_and_by_address(archive: ListingFolder) -> None:
    archive.write("1.md", paper_record(1))
    archive.index()
    found = Archive(archive.config).papers(["2401.00001", "https://arxiv.org/pdf/2401.00001v3", "2401.99999"])
    assert [paper and paper.title for paper in found] == ["Paper 1", "Paper 1", None]
