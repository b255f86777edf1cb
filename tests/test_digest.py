"""`searcher digest`: what the saved searches find among what became indexed since the last one."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome, Shell
from listings import HEADER, record

from searcher.catalog import lock

INDEX = Path("xdg-data/searcher/index")
SETTINGS = """\
listings: [archive]
searches:
  cats: {query: cats}
  owls: {query: owls, sort: oldest}
"""


def paper(number: int, title: str, *, version: int = 1, day: str = "2024-01-01") -> str:
    return record(title, arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v{version}", published=f"{day} 08:00:00+00:00")


def told(outcome: Outcome) -> dict[str, list[int]]:
    """The numbers of the papers that a digest in JSON tells, by saved search."""
    assert outcome.json["schema"] == 1
    return {each["name"]: [int(hit["id"][-5:]) for hit in each["hits"]] for each in outcome.json["searches"]}


@pytest.fixture(params=["tantivy", "whoosh"])
def archive(shell: Shell, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with saved searches, and an index of two papers of which a digest has told."""
    monkeypatch.setattr("searcher.catalog._LOCK_PATIENCE_S", 0.3)
    shell.set(SEARCHER_ENGINE=request.param)
    shell.write("config.yaml", SETTINGS)
    add(shell, "1.md", paper(1, "Of cats"), paper(2, "Of owls"))
    assert told(shell("searcher digest --format json")) == {"cats": [1], "owls": [2]}
    return shell


def add(shell: Shell, name: str, *records: str) -> None:
    """Write a listing file and index it."""
    shell.write(f"archive/{name}", HEADER + "".join(records))
    assert shell("searcher index").code == 0


class TestWhatIsNew:
    """What became indexed since the last digest, each paper once."""

    def test_a_repeated_run_tells_nothing_again(self, archive: Shell) -> None:
        outcome = archive("searcher digest")
        assert (outcome.out, outcome.err, outcome.code) == ("", "searcher: nothing new\n", 1)
        outcome = archive("searcher digest --format json")
        assert (told(outcome), outcome.code) == ({"cats": [], "owls": []}, 1)

    def test_a_late_run_tells_of_every_run_of_index_since_the_last_one(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "More cats"))
        add(archive, "3.md", paper(4, "Cats and owls"), paper(5, "Dogs"))
        outcome = archive("searcher digest --format json")
        assert ({name: sorted(found) for name, found in told(outcome).items()}, outcome.code) == (
            {"cats": [3, 4], "owls": [4]},
            0,
        )
        assert archive("searcher digest").code == 1

    def test_an_old_paper_that_is_indexed_late_is_new(self, archive: Shell) -> None:
        add(archive, "0.md", paper(3, "Old cats", day="1998-05-01"))
        assert told(archive("searcher digest --format json")) == {"cats": [3], "owls": []}

    def test_only_papers_with_all_the_words_are_told_however_few_they_are(self, archive: Shell) -> None:
        archive.write("config.yaml", "listings: [archive]\nsearches: {both: {query: cats owls}}")
        add(archive, "2.md", paper(3, "Cats alone"), paper(4, "Cats and owls"))
        assert told(archive("searcher digest --format json")) == {"both": [4]}

    def test_papers_come_in_the_order_of_the_search(self, archive: Shell) -> None:
        add(
            archive,
            "2.md",
            paper(3, "Owls", day="2024-01-03"),
            paper(4, "Owls", day="2024-01-02"),
            paper(5, "Owls", day="2024-01-04"),
        )
        assert told(archive("searcher digest --format json"))["owls"] == [4, 3, 5]

    @pytest.mark.parametrize(
        "event",
        [
            lambda shell: shell("searcher index --full"),
            lambda shell: ((shell.folder / "archive/1.md").unlink(), shell("searcher index"), again(shell)),
            lambda shell: shell.folder.joinpath("archive/1.md").rename(shell.folder / "archive/9.md"),
            lambda shell: (lost_catalog(shell), shell("searcher index")),
            lambda shell: add(shell, "2.md", paper(1, "New thoughts of cats", version=2)),
            lambda shell: (shell("searcher index --full"), shell("searcher digest"), shell("searcher index --full")),
        ],
        ids=["full build", "file gone and back", "file moved", "catalog lost", "new version", "two full builds"],
    )
    def test_a_paper_that_was_told_never_becomes_new_again(
        self, archive: Shell, event: Callable[[Shell], None]
    ) -> None:
        event(archive)
        archive("searcher index")
        assert archive("searcher digest").code == 1
        add(archive, "3.md", paper(3, "Cats"))
        assert told(archive("searcher digest --format json")) == {"cats": [3], "owls": []}

    def test_another_engine_neither_misses_nor_repeats(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "Cats"))
        for engine in ("whoosh", "tantivy"):
            archive.set(SEARCHER_ENGINE=engine)
            archive("searcher index")
            found = archive("searcher digest --format json")
            assert told(found)["cats"] == ([3] if engine == "whoosh" else [])

    def test_a_search_saved_later_is_not_told_what_was_there_before(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "Dogs"))
        assert archive("searcher digest").code == 1
        archive.write("config.yaml", SETTINGS + "  papers: {query: cats OR owls OR dogs}\n")
        add(archive, "3.md", paper(4, "Dogs"))
        assert told(archive("searcher digest --format json")) == {"cats": [], "owls": [], "papers": [4]}

    def test_a_paper_that_a_new_version_lets_match_is_not_new(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "Dogs"))
        assert archive("searcher digest").code == 1
        add(archive, "3.md", paper(3, "Cats after all", version=2))
        assert archive("searcher digest").code == 1


def again(shell: Shell) -> None:
    add(shell, "1.md", paper(1, "Of cats"), paper(2, "Of owls"))


def lost_catalog(shell: Shell) -> None:
    for path in (shell.folder / INDEX).glob("*.catalog.sqlite"):
        path.write_bytes(b"damaged")


class TestTheFirst:
    """The first digest tells the last seven days of the archive; the rest counts as told."""

    @pytest.fixture
    def untold(self, shell: Shell) -> Shell:
        shell.write("config.yaml", SETTINGS)
        days = {1: "2024-01-01", 2: "2024-02-01", 3: "2024-02-03", 4: "2024-02-09"}
        add(shell, "1.md", *(paper(number, "Cats", day=day) for number, day in days.items()))
        return shell

    def test_it_tells_the_last_seven_days_and_says_so(self, untold: Shell) -> None:
        outcome = untold("searcher digest --format json")
        assert told(outcome)["cats"] == [3, 4]
        assert outcome.err == (
            "searcher: the first digest: papers published since 2024-02-03, and from now on what is indexed\n"
        )
        assert untold("searcher digest").code == 1

    def test_it_tells_as_much_as_is_asked_for(self, untold: Shell) -> None:
        outcome = untold("searcher digest --since 2024-02 --format json")
        assert (told(outcome)["cats"], outcome.err) == ([2, 3, 4], "")
        assert untold("searcher digest").code == 1

    def test_of_an_empty_archive_it_tells_nothing_and_the_next_one_all_that_came(self, shell: Shell) -> None:
        shell.write("config.yaml", SETTINGS)
        (shell.folder / "archive").mkdir()
        shell("searcher index")
        assert shell("searcher digest").code == 1
        add(shell, "1.md", paper(1, "Cats", day="1998-01-01"), paper(2, "Cats", day="2024-01-01"))
        assert told(shell("searcher digest --format json"))["cats"] == [1, 2]


class TestSince:
    """--since DATE tells what was published then or later, told or not."""

    def test_it_tells_again(self, archive: Shell) -> None:
        assert told(archive("searcher digest --since 2024 --format json")) == {"cats": [1], "owls": [2]}

    def test_what_it_tells_counts_as_told_and_what_it_leaves_out_does_not(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "Old cats", day="2023-05-01"), paper(4, "New cats", day="2024-05-01"))
        assert told(archive("searcher digest --since 2024-05 --format json")) == {"cats": [4], "owls": []}
        assert told(archive("searcher digest --format json")) == {"cats": [3], "owls": []}

    def test_what_is_no_date_is_an_error(self, archive: Shell) -> None:
        outcome = archive("searcher digest --since yesterday")
        assert outcome.err == "searcher: 'yesterday' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD\n"
        assert outcome.code == 2


class TestToldInFull:
    """Papers count as told only when all of the digest has been passed on."""

    @pytest.fixture
    def waiting(self, archive: Shell) -> Shell:
        add(archive, "2.md", *(paper(number, f"Cats {number}") for number in range(3, 203)))
        return archive

    def still_new(self, shell: Shell) -> bool:
        return sorted(told(shell("searcher digest --format json"))["cats"]) == list(range(3, 203))

    def test_a_dry_run_tells_and_changes_nothing(self, waiting: Shell) -> None:
        before = {path: path.read_bytes() for path in (waiting.folder / INDEX).glob("digest*")}
        assert waiting("searcher digest --dry-run").out.startswith("cats: 200 new papers\n")
        assert {path: path.read_bytes() for path in (waiting.folder / INDEX).glob("digest*")} == before
        assert waiting("searcher digest --dry-run --output x.md").out.startswith("## cats\n\n### [Cats ")
        assert not (waiting.folder / "x.md").exists()
        assert self.still_new(waiting)

    def test_a_reader_who_leaves_early_is_told_again(self, waiting: Shell) -> None:
        assert waiting.bash("searcher digest --format json | head -n 1").out == "{\n"
        assert self.still_new(waiting)

    def test_a_digest_that_is_killed_while_it_is_read_is_told_again(self, waiting: Shell) -> None:
        command = [Path(sys.executable).with_name("searcher"), "digest", "--format", "json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout
            assert process.stdout.read(10) == b'{\n "schema'  # the pipe is full, and the process waits
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert self.still_new(waiting)

    def test_a_full_disk_is_an_error_and_all_is_told_again(self, waiting: Shell) -> None:
        outcome = waiting.bash("searcher digest > /dev/full")
        assert outcome.code == 2
        assert outcome.err.startswith("searcher: ")
        assert self.still_new(waiting)

    def test_a_file_that_cannot_be_written_is_an_error_and_all_is_told_again(self, waiting: Shell) -> None:
        outcome = waiting("searcher digest --output x.md --output nowhere/x.md")
        assert outcome.err == f"searcher: {waiting.folder}/nowhere/x.md: No such file or directory\n"
        assert outcome.code == 2
        assert [path.name for path in waiting.folder.glob("*x.md*")] == []
        assert self.still_new(waiting)

    def test_while_one_digest_is_being_made_another_waits_and_then_says_who_makes_it(self, waiting: Shell) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, waiting.folder / INDEX / "digest.lock"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder:
            assert holder.stdout
            holder.stdout.readline()
            outcome = waiting("searcher digest")
            holder.communicate()
        assert outcome.err.startswith(f"searcher: a digest is being made by process {holder.pid} since ")
        assert outcome.code == 2
        assert self.still_new(waiting)

    def test_of_two_digests_at_once_one_tells_all_and_the_other_nothing(self, waiting: Shell) -> None:
        waiting.bash("for n in 1 2 3; do searcher digest --format json > $n & done; wait")
        found = [told(Outcome(0, (waiting.folder / name).read_text(), ""))["cats"] for name in "123"]
        assert sorted(map(len, found)) == [0, 0, 200]


class TestNoAnswer:
    """Where what is new cannot be told, that is an error, and nothing is missed."""

    def test_while_the_index_is_written_a_digest_waits_and_then_says_by_whom(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "Cats"))
        (locked,) = (archive.folder / INDEX).glob("[tw]*.lock")
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, locked], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout
            holder.stdout.readline()
            outcome = archive("searcher digest")
            holder.communicate()
        assert outcome.err.startswith(f"searcher: the index is being written by process {holder.pid} since ")
        assert outcome.code == 2
        assert told(archive("searcher digest --format json"))["cats"] == [3]

    @pytest.mark.parametrize("content", [None, b"damaged"])
    def test_without_a_catalog_it_asks_for_one(self, archive: Shell, content: bytes | None) -> None:
        add(archive, "2.md", paper(3, "Cats"))
        (catalog,) = (archive.folder / INDEX).glob("*.catalog.sqlite")
        if content is None:
            catalog.unlink()
        else:
            catalog.write_bytes(content)
        outcome = archive("searcher digest")
        assert outcome.err == (
            "searcher: the catalog of the index is not complete, so what is new cannot be told; run: searcher index\n"
        )
        assert outcome.code == 2
        archive("searcher index")
        assert told(archive("searcher digest --format json"))["cats"] == [3]

    def test_papers_that_a_run_died_over_are_left_for_the_next_digest(self, archive: Shell) -> None:
        add(archive, "2.md", paper(3, "Cats"), paper(4, "Cats"))
        (catalog,) = (archive.folder / INDEX).glob("*.catalog.sqlite")
        catalog.with_suffix(".pending").write_text("2401.00004")
        assert told(archive("searcher digest --format json"))["cats"] == [3]
        archive("searcher index")
        assert told(archive("searcher digest --format json"))["cats"] == [4]

    @pytest.mark.parametrize("content", [b"damaged" * 999, b""])
    def test_a_damaged_memory_is_not_taken_for_none(self, archive: Shell, content: bytes) -> None:
        file = archive.folder / INDEX / "digest.sqlite"
        file.write_bytes(content)
        outcome = archive("searcher digest --format json")
        if content:
            assert outcome.err == (
                f"searcher: {file} cannot be read (file is not a database); delete it, and the next digest is as the "
                "first one\n"
            )
            assert outcome.code == 2
        else:  # what a run leaves that was killed before it wrote for the first time
            assert told(outcome) == {"cats": [1], "owls": [2]}

    def test_a_saved_search_without_meaning_is_named(self, archive: Shell) -> None:
        archive.write("config.yaml", SETTINGS + "  never: {from: 2024, to: 2023}\n")
        add(archive, "2.md", paper(3, "Cats"))
        outcome = archive("searcher digest")
        assert outcome.err == "searcher: saved search 'never': no day lies between 2024 and 2023\n"
        assert outcome.code == 2

    def test_what_is_odd_in_a_saved_search_is_said_with_its_name(self, archive: Shell) -> None:
        archive.write("config.yaml", SETTINGS + "  odd: {cat: eess.VI}\n")
        add(archive, "2.md", paper(3, "Cats"))
        outcome = archive("searcher digest")
        assert outcome.err == ("searcher: saved search 'odd': arXiv has no category 'eess.VI'; did you mean eess.IV?\n")
        assert outcome.code == 0


HOLD = f"""
import sys
from pathlib import Path
from {lock.__module__} import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
