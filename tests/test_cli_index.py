"""`searcher index`: what it finds, what it says, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from commands import EXAMPLES, Shell
from listings import HEADER, record

from searcher.catalog import lock

INDEX = Path("xdg-data/searcher/index")


@pytest.fixture
def archive(shell: Shell) -> Shell:
    """A shell with an archive of two papers in two files."""
    shell.write("archive/1.md", HEADER + record("First", arxiv_id="2401.00001v1"))
    shell.write("archive/2.md", HEADER + record("Second", arxiv_id="2401.00002v1"))
    return shell


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_json_of_a_run_is_this(shell: Shell) -> None:
    report = shell(f"searcher index {EXAMPLES} --format json").json
    assert isinstance(report.pop("seconds"), float)
    assert report == {
        "schema": 1,
        "files": {"added": 3, "changed": 0, "removed": 0, "unchanged": 0},
        "papers": {"added": 40, "updated": 0, "removed": 0, "total": 40},
        "problems": [],
    }
    assert list(report) == ["schema", "files", "papers", "problems"]


def test_without_config_the_index_goes_to_the_users_data_folder_and_search_finds_it(shell: Shell) -> None:
    outcome = shell(f"searcher index {EXAMPLES}")
    assert outcome.code == 0
    assert outcome.out.startswith("indexed: 40 papers (40 new) in 3 files (3 new), ")
    assert outcome.err == ""
    assert (shell.folder / INDEX / "tantivy").is_dir()
    assert shell("search kelp --format json").ids == ["2403.90566"]


def test_with_config_the_listings_and_the_index_are_where_it_says(archive: Shell) -> None:
    archive.write("settings/config.yaml", "listings: [../archive]\nindex: here\n")
    assert archive("searcher index --config settings/config.yaml --format json").json["papers"]["total"] == 2
    assert (archive.folder / "settings/here/tantivy").is_dir()
    assert archive("search second --config settings/config.yaml --format json").ids == ["2401.00002"]


def test_a_path_is_remembered_once_named(archive: Shell) -> None:
    archive("searcher index archive")
    archive.write("archive/3.md", HEADER + record("Third", arxiv_id="2401.00003v1"))
    assert archive("searcher index --format json").json["files"] == {
        "added": 1, "changed": 0, "removed": 0, "unchanged": 2,
    }  # fmt: skip


def test_a_second_run_changes_nothing_and_says_so(archive: Shell) -> None:
    archive("searcher index archive")
    before = files_below(archive.folder / INDEX / "tantivy")
    outcome = archive("searcher index archive")
    assert (outcome.out, outcome.err, outcome.code) == ("nothing changed: 2 papers in 2 files\n", "", 0)
    assert files_below(archive.folder / INDEX / "tantivy") == before


@pytest.mark.parametrize(
    ("change", "files", "papers", "text"),
    [
        ({"3.md": ("Third", "2401.00003v1")}, (1, 0, 0, 2), (1, 0, 0, 3),
         "3 papers (1 new) in 3 files (1 new)"),
        ({"2.md": ("Other", "2401.00002v1")}, (0, 1, 0, 1), (0, 1, 0, 2),
         "2 papers (1 updated) in 2 files (1 changed)"),
        ({"2.md": ("Else", "2401.00009v1")}, (0, 1, 0, 1), (1, 0, 1, 2),
         "2 papers (1 new, 1 gone) in 2 files (1 changed)"),
        ({"3.md": ("Newer", "2401.00002v2")}, (1, 0, 0, 2), (0, 1, 0, 2),
         "2 papers (1 updated) in 3 files (1 new)"),
        ({"0.md": ("Older", "2401.00002v1")}, (1, 0, 0, 2), (0, 0, 0, 2),
         "2 papers (none changed) in 3 files (1 new)"),
        ({"2.md": None}, (0, 0, 1, 1), (0, 0, 1, 1),
         "1 paper (1 gone) in 1 file (1 gone)"),
    ],
)  # fmt: skip
def test_files_that_come_change_and_go_are_followed(
    archive: Shell,
    change: dict[str, tuple[str, str] | None],
    files: tuple[int, ...],
    papers: tuple[int, ...],
    text: str,
) -> None:
    archive("searcher index archive")
    for name, content in change.items():
        if content is None:
            (archive.folder / "archive" / name).unlink()
        else:
            archive.write(f"archive/{name}", HEADER + record(content[0], arxiv_id=content[1]))
    would = archive("searcher index --dry-run --format json").json
    outcome = archive("searcher index")
    assert tuple(would["files"].values()) == files
    assert tuple(would["papers"].values()) == papers
    assert outcome.out.startswith(f"indexed: {text}, ")
    assert outcome.code == 0
    assert archive("search * --format json").json["total"] == papers[-1]


def test_a_dry_run_makes_no_folder(archive: Shell) -> None:
    outcome = archive("searcher index archive --dry-run")
    assert outcome.code == 0
    assert outcome.out.startswith("a dry run; there would be 2 papers (2 new) in 2 files (2 new), ")
    assert not (archive.folder / "xdg-data").exists()


def test_a_dry_run_leaves_an_index_as_it_was(archive: Shell) -> None:
    archive("searcher index archive")
    archive.write("archive/3.md", HEADER + record("Third", arxiv_id="2401.00003v1"))
    before = files_below(archive.folder / INDEX)
    archive("searcher index archive --dry-run")
    archive("searcher index archive --dry-run --full")
    assert files_below(archive.folder / INDEX) == before


def test_a_full_run_forgets_what_it_is_not_given(archive: Shell) -> None:
    archive("searcher index archive")
    report = archive("searcher index --full archive/2.md --format json").json
    assert (report["files"]["added"], report["papers"]["total"]) == (1, 1)
    assert archive("search * --format json").ids == ["2401.00002"]


class TestProblems:
    """A record that cannot be parsed is told of; the rest of its file is indexed."""

    @pytest.fixture
    def damaged(self, shell: Shell) -> Shell:
        shell.write(
            "archive/1.md",
            HEADER
            + record("Good", arxiv_id="2401.00001v1")
            + record("Bad", arxiv_id="2401.00002v1", published="yesterday")
            + record("Good too", arxiv_id="2401.00003v1"),
        )
        return shell

    def test_text_names_file_and_line_on_stderr(self, damaged: Shell) -> None:
        outcome = damaged("searcher index archive")
        (line,) = outcome.err.splitlines()
        assert line.startswith(f"{damaged.folder}/archive/1.md:16: ")
        assert "yesterday" in line
        assert outcome.out.startswith("indexed: 2 papers (2 new) in 1 file (1 new), ")
        assert outcome.code == 1
        assert damaged("search good --sort oldest --format json").ids == ["2401.00001", "2401.00003"]

    def test_json_holds_them(self, damaged: Shell) -> None:
        outcome = damaged("searcher index archive --format json")
        (problem,) = outcome.json["problems"]
        assert list(problem) == ["file", "line", "message"]
        assert (problem["file"], problem["line"]) == (f"{damaged.folder}/archive/1.md", 16)
        assert outcome.err == ""
        assert outcome.code == 1

    def test_a_file_that_is_not_text_spoils_no_other(self, damaged: Shell) -> None:
        (damaged.folder / "archive/2.md").write_bytes(bytes(range(256)))
        outcome = damaged("searcher index archive")
        assert outcome.code == 1
        assert f"{damaged.folder}/archive/2.md:" in outcome.err
        assert damaged("search * --format json").json["total"] == 2


class TestNothing:
    """No index, no listings, no papers."""

    @pytest.mark.parametrize("line", ["search kelp", "searcher facets", "searcher show 2403.90566", "searcher stats"])
    def test_before_there_is_an_index_one_line_says_how_to_make_one(self, shell: Shell, line: str) -> None:
        outcome = shell(line)
        name = line.split()[0]
        assert outcome.err == f"{name}: there is no index yet; make one with: searcher index FOLDER\n"
        assert (outcome.out, outcome.code) == ("", 2)

    def test_a_folder_that_is_not_there_is_an_error(self, shell: Shell) -> None:
        outcome = shell("searcher index nowhere")
        assert outcome.err == f"searcher: {shell.folder}/nowhere: cannot be read: No such file or directory\n"
        assert outcome.code == 2

    def test_nothing_to_index_is_an_error_that_says_what_to_name(self, shell: Shell) -> None:
        outcome = shell("searcher index")
        assert outcome.err == (
            "searcher: there is nothing to index yet; name a folder of listing files: searcher index FOLDER\n"
        )
        assert outcome.code == 2

    def test_a_listing_without_papers_makes_an_empty_index(self, shell: Shell) -> None:
        shell.write("archive/1.md", HEADER)
        outcome = shell("searcher index archive")
        assert outcome.out.startswith("indexed: 0 papers (none changed) in 1 file (1 new), ")
        assert outcome.code == 0
        found = shell("search *")
        assert (found.out, found.err, found.code) == ("", "search: no paper matches\n", 1)


class TestTrouble:
    """Another run, another version, another's files."""

    def test_two_runs_at_once_are_refused_and_the_other_is_named(self, archive: Shell) -> None:
        archive("searcher index archive")
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(archive.folder / INDEX / "tantivy.lock")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        outcome = archive("searcher index archive")
        found = archive("search second --format json")
        holder.communicate()
        assert outcome.err.startswith(f"searcher: the index is being written by process {holder.pid} since ")
        assert outcome.err.endswith("; try again when it is done\n")
        assert outcome.code == 2
        assert found.ids == ["2401.00002"]  # one may search all the while
        assert archive("searcher index archive").code == 0

    def test_an_index_of_another_version_is_refused_and_a_full_run_mends_it(self, archive: Shell) -> None:
        archive("searcher index archive")
        (archive.folder / INDEX / "tantivy/SCHEMA_VERSION").write_text("999")
        for line in ("search first", "searcher index", "searcher stats"):
            outcome = archive(line)
            assert "rebuild with searcher index --full" in outcome.err
            assert (outcome.out, outcome.code) == ("", 2)
        assert archive("searcher index --full archive").code == 0
        assert archive("search first --format json").ids == ["2401.00001"]

    @pytest.mark.parametrize("lost", ["meta.json", "*.term", "*"])
    def test_a_damaged_index_is_refused_and_a_full_run_mends_it(self, archive: Shell, lost: str) -> None:
        archive("searcher index archive")
        for path in (archive.folder / INDEX / "tantivy").glob(lost):
            path.write_bytes(b"damaged") if lost == "*" else path.unlink()
        outcome = archive("search first")
        assert "rebuild with searcher index --full" in outcome.err
        assert outcome.err.count("\n") == 1
        assert outcome.code == 2
        assert archive("searcher index --full").code == 0
        assert archive("search first --format json").ids == ["2401.00001"]

    def test_a_lost_catalog_is_made_anew(self, archive: Shell) -> None:
        archive("searcher index archive")
        (archive.folder / INDEX / "tantivy.catalog.sqlite").write_bytes(b"damaged")
        assert archive("searcher index archive").code == 0
        assert archive("searcher index").out == "nothing changed: 2 papers in 2 files\n"
        assert archive("search first --format json").ids == ["2401.00001"]

    @pytest.mark.parametrize("flags", ["", "--full"])
    def test_a_folder_that_holds_anything_else_is_left_alone(self, archive: Shell, flags: str) -> None:
        archive.write("mine/tantivy/thesis.tex", "years of work")
        archive.set(SEARCHER_INDEX="mine")
        outcome = archive(f"searcher index archive {flags}")
        assert outcome.err == (
            f"searcher: {archive.folder}/mine/tantivy holds files but no index; choose another folder for the index\n"
        )
        assert outcome.code == 2
        assert files_below(archive.folder / "mine/tantivy") == {"thesis.tex": b"years of work"}

    def test_where_nothing_may_be_written_one_line_says_so(self, archive: Shell) -> None:
        archive.write("taken", "a file, not a folder")
        archive.set(SEARCHER_INDEX="taken")
        outcome = archive("searcher index archive")
        assert outcome.err == f"searcher: {archive.folder}/taken: File exists\n"
        assert outcome.code == 2

    def test_the_listing_files_are_never_written(self, archive: Shell) -> None:
        before = files_below(archive.folder / "archive")
        archive("searcher index archive")
        archive("searcher index --full archive")
        assert files_below(archive.folder / "archive") == before


HOLD = f"""
import sys
from pathlib import Path
from {lock.__module__} import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
