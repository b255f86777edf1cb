"""`searcher fetch`, against a server that speaks arXiv's API."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from arxiv_server import ArxivServer, Entry, serving
from commands import INSTALLED, Outcome, Shell
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("arxiv", reason="the extra searcher[fetch] is not installed")

from searcher.arxiv_api import ArxivApi
from searcher.listing import parse_listing, read_listing
from searcher.paper import Paper
from searcher.writing import format_listing

DAY = "cs.CV/2024/01/20240102.md"
FIRST = Entry(
    "2401.00979",
    "2024-01-02T00:42:06Z",
    title="3D Visibility-aware\n  Radiance Fields",
    version=2,
    updated="2024-02-03T01:02:03Z",
    authors=("Xuan Huang", "Hanhui Li"),
    summary="  Neural radiance fields\nare promising.\n  A second paragraph.\n",
    categories=("cs.CV", "cs.AI", "68T45"),
    comment="Accepted by\n AAAI-24",
)
SECOND = Entry("2401.00986", "2024-01-02T23:59:59Z", doi="10.5555/1", journal="J. 1 (2024)")
WRITTEN = """\
# Arxiv Papers in cs.CV on 2024-01-02
### 3D Visibility-aware Radiance Fields
- **Arxiv ID**: http://arxiv.org/abs/2401.00979v2
- **DOI**: None
- **Categories**: **cs.CV**, cs.AI, 68T45
- **Links**: [PDF](https://arxiv.org/pdf/2401.00979v2)
- **Published**: 2024-01-02 00:42:06+00:00
- **Updated**: 2024-02-03 01:02:03+00:00
- **Authors**: Xuan Huang, Hanhui Li
- **Comment**: Accepted by  AAAI-24
- **Journal**: None
- **Summary**: Neural radiance fields are promising.   A second paragraph.



### A paper
- **Arxiv ID**: http://arxiv.org/abs/2401.00986v1
- **DOI**: 10.5555/1
- **Categories**: **cs.CV**
- **Links**: [PDF](https://arxiv.org/pdf/2401.00986v1)
- **Published**: 2024-01-02 23:59:59+00:00
- **Updated**: 2024-01-02 23:59:59+00:00
- **Authors**: Jane Doe
- **Comment**: None
- **Journal**: J. 1 (2024)
- **Summary**: A summary.



"""


class Desk(NamedTuple):
    """A shell whose fetch asks the server."""

    shell: Shell
    server: ArxivServer

    def fetch(self, arguments: str) -> Outcome:
        return self.shell.bash(f"searcher fetch {arguments}")

    @property
    def folder(self) -> Path:
        return self.shell.folder / "listings"

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def ids(self, name: str) -> list[str]:
        return [item.id for item in read_listing(self.folder / name, name) if isinstance(item, Paper)]


@pytest.fixture
def desk(shell: Shell) -> Iterator[Desk]:
    with serving() as server:
        shell.set(SEARCHER_ARXIV_API=server.address, SEARCHER_ARXIV_DELAY_S="0.01")
        shell.write("config.yaml", "listings: [listings]\n")
        yield Desk(shell, server)


def some(day: str, count: int, first: int = 0) -> list[Entry]:
    return [Entry(f"2401.{first + n:05}", f"{day}T00:{n // 60 % 60:02}:{n % 60:02}Z") for n in range(count)]


def test_a_day_is_written_in_the_archive_s_own_format(desk: Desk) -> None:
    desk.server.entries = [SECOND, FIRST, Entry("2401.99999", "2024-01-03T00:00:00Z"), *some("2024-01-01", 1)]
    assert desk.fetch("--cat cs.CV --from 2024-01-02 --to 2024-01-02") == Outcome(
        0, f"{DAY}: 2 papers, 2 of them new\n", ""
    )
    assert desk.files() == [DAY]
    assert (desk.folder / DAY).read_text(encoding="utf-8") == WRITTEN


def test_what_is_fetched_is_found(desk: Desk) -> None:
    desk.server.entries = [FIRST]
    desk.fetch("--cat cs.CV --from 2024-01-02 --to 2024-01-02")
    assert desk.shell.bash("searcher index && search 'radiance fields' --fields id,listing").out.endswith(
        f"2401.00979\t{DAY}\n"
    )


def test_every_missing_day_gets_its_file(desk: Desk) -> None:
    desk.server.entries = [*some("2024-01-01", 2), *some("2024-01-03", 3, 100), *some("2024-02-29", 1, 200)]
    ran = desk.fetch("--cat cs.CV --from 2024-01 --to 2024-02")
    assert ran.code == 0
    assert desk.files() == [f"cs.CV/2024/{day[:2]}/2024{day}.md" for day in ("0101", "0103", "0229")]
    assert ran.out.splitlines()[:2] == [
        "cs.CV/2024/01/20240101.md: 2 papers, 2 of them new",
        "cs.CV/2024/01/20240102.md: no papers, and so no file",
    ]
    assert len(desk.server.asked) == 60


def test_a_day_that_is_there_is_not_asked_for_again(desk: Desk) -> None:
    desk.server.entries = [*some("2024-01-01", 1), *some("2024-01-02", 1, 100)]
    desk.fetch("--cat cs.CV --from 2024-01-01 --to 2024-01-02")
    asked = len(desk.server.asked)
    again = desk.fetch("--cat cs.CV --from 2024-01-01 --to 2024-01-02")
    assert again == Outcome(1, "", "searcher: nothing new\n")
    assert len(desk.server.asked) == asked


def test_a_day_of_the_last_week_is_asked_for_again_and_keeps_what_it_has(desk: Desk) -> None:
    day = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}"
    name = f"cs.CV/{day[:4]}/{day[5:7]}/{day.replace('-', '')}.md"
    desk.server.entries = some(day, 2)
    assert desk.fetch(f"--cat cs.CV --from {day}").code == 0
    later = Entry("2401.00000", f"{day}T00:00:00Z", version=2, updated=f"{day}T12:00:00Z", title="Second version")
    desk.server.entries = [later, *some(day, 1, 50)]  # and 2401.00001 is withheld
    assert f"{name}: 3 papers, 1 of them new" in desk.fetch("").out
    assert sorted(desk.ids(name)) == ["2401.00000", "2401.00001", "2401.00050"]
    assert "### Second version\n" in (desk.folder / name).read_text()


def test_today_is_not_over_and_left_out(desk: Desk) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    desk.server.entries = some(today, 2)
    assert desk.fetch(f"--cat cs.CV --from {today}").code == 1
    assert desk.server.asked == []


def test_without_options_it_goes_on_where_the_newest_files_end(desk: Desk) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    begun = yesterday - timedelta(days=12)
    for category in ("cs.CV", "eess.IV"):
        path = desk.folder / f"{category}/{begun:%Y/%m/%Y%m%d}.md"
        path.parent.mkdir(parents=True)
        path.write_text(format_listing(category, begun, []))
    desk.server.entries = [Entry("2401.00001", f"{yesterday}T01:00:00Z", categories=("cs.CV", "eess.IV"))]
    ran = desk.fetch("")
    assert ran.code == 0
    assert f"eess.IV/{yesterday:%Y/%m/%Y%m%d}.md" in desk.files()
    assert f"cs.CV/{yesterday:%Y/%m/%Y%m%d}.md" in desk.files()
    assert {query.split()[0] for _, query, _ in desk.server.asked} == {"cat:cs.CV", "cat:eess.IV"}
    assert len(desk.server.asked) == 2 * (12 + 7)


def test_a_folder_that_is_a_category_is_written_into(desk: Desk) -> None:
    desk.shell.write("config.yaml", "listings: [listings/cs.CV]\n")
    (desk.folder / "cs.CV").mkdir(parents=True)
    desk.server.entries = some("2024-01-02", 1)
    assert desk.fetch("--from 2024-01-02 --to 2024-01-02").out == "2024/01/20240102.md: 1 papers, 1 of them new\n"
    assert desk.files() == [DAY]


def test_a_day_of_many_pages_is_whole(desk: Desk) -> None:
    desk.server.entries = some("2024-01-02", 1203)
    assert desk.fetch("--cat cs.CV --from 2024-01-02 --to 2024-01-02").code == 0
    assert len(desk.ids(DAY)) == 1203
    assert [start for _, _, start in desk.server.asked] == [0, 500, 1000]


@pytest.mark.parametrize(
    "faults",
    [
        ["status 503"],
        ["status 429", "status 500"],
        ["", "empty"],
        ["empty"],
        ["short"],
        ["malformed"],
        ["html"],
        ["cut"],
        ["", "cut", "", "", "status 502"],
    ],
    ids=" ".join,
)
def test_what_fails_is_tried_again(desk: Desk, faults: list[str]) -> None:
    desk.server.entries = some("2024-01-02", 700)
    desk.server.faults = faults
    ran = desk.fetch("--cat cs.CV --from 2024-01-02 --to 2024-01-02")
    assert (ran.code, ran.err) == (0, "")
    assert len(desk.ids(DAY)) == 700


@pytest.mark.parametrize(
    ("fault", "tries", "reason"),
    [
        ("status 503", 5, "it answers with status 503"),
        ("status 400", 1, "it answers with status 400"),
        ("status 403", 1, "it answers with status 403"),
        ("empty", 5, "it told of 3 papers and gave 0"),
        ("malformed", 5, "its answer is no Atom feed"),
        ("html", 5, "its answer is no Atom feed"),
        ("cut", 5, "its answer is cut off"),
    ],
)
def test_what_goes_on_failing_is_an_error_and_leaves_no_file(desk: Desk, fault: str, tries: int, reason: str) -> None:
    desk.server.entries = [*some("2024-01-01", 1, 500), *some("2024-01-02", 3)]
    desk.server.faults = ["", *[fault] * 20]
    ran = desk.fetch("--cat cs.CV --from 2024-01-01 --to 2024-01-03")
    assert ran.code == 2
    assert ran.err == f"searcher: the arXiv API does not give cs.CV of 2024-01-02: {reason}\n"
    assert desk.files() == ["cs.CV/2024/01/20240101.md"]
    assert len(desk.server.asked) == 1 + tries


def test_without_a_network_it_says_so(desk: Desk) -> None:
    desk.shell.set(SEARCHER_ARXIV_API="http://127.0.0.1:9/api/query")
    ran = desk.fetch("--cat cs.CV --from 2024-01-02 --to 2024-01-02")
    assert (ran.code, ran.err) == (
        2,
        "searcher: the arXiv API does not give cs.CV of 2024-01-02: it cannot be reached\n",
    )


def test_the_next_run_goes_on_where_one_failed(desk: Desk) -> None:
    desk.server.entries = [*some("2024-01-01", 1, 500), *some("2024-01-02", 3)]
    desk.server.faults = ["", *["status 503"] * 5]
    assert desk.fetch("--cat cs.CV --from 2024-01-01 --to 2024-01-02").code == 2
    assert desk.fetch("--cat cs.CV --from 2024-01-01 --to 2024-01-02").code == 0
    assert desk.files() == ["cs.CV/2024/01/20240101.md", DAY]


def test_requests_keep_their_distance_and_wait_as_long_as_told(desk: Desk) -> None:
    desk.shell.set(SEARCHER_ARXIV_DELAY_S="0.3")
    desk.server.entries = some("2024-01-02", 600)
    desk.server.faults = ["", "", "status 503 2"]
    desk.fetch("--cat cs.CV --from 2024-01-02 --to 2024-01-03")
    times = [when for when, _, _ in desk.server.asked]
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert len(waits) == 3
    assert all(wait >= 0.29 for wait in waits)
    assert waits[2] >= 1.99


def test_arxiv_itself_is_asked_once_in_three_seconds() -> None:
    assert ArxivApi({}).delay_s == 3.0
    assert ArxivApi({"SEARCHER_ARXIV_DELAY_S": "0"}).delay_s == 3.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "{folder} holds no category yet; name one: --cat cs.CV"),
        ("--cat cs.CV", "there are no listings of cs.CV in {folder}; say where to begin: --from 2024-01-01"),
        ("--cat cs.CX --from 2024", "arXiv has no category 'cs.CX'; did you mean cs.CY?"),
        ("--cat cs.CV --from soon", "not a date: 'soon'; write YYYY, YYYY-MM or YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_fetched_is_told(desk: Desk, arguments: str, message: str) -> None:
    ran = desk.fetch(arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.split("; did")[0] in (
        f"searcher: {message.format(folder=desk.folder)}\n",
        "searcher: arXiv has no category 'cs.CX'",
    )
    assert desk.server.asked == []


def test_a_damaged_file_is_left_as_it_is(desk: Desk) -> None:
    day = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}"
    name = f"listings/cs.CV/{day[:4]}/{day[5:7]}/{day.replace('-', '')}.md"
    path = desk.shell.write(name, "# Arxiv Papers in cs.CV\n\n### Cut off\n")
    desk.server.entries = some(day, 1)
    ran = desk.fetch(f"--cat cs.CV --from {day}")
    assert ran.code == 2
    assert f"{path}:3: " in ran.err
    assert path.read_text() == "# Arxiv Papers in cs.CV\n\n### Cut off\n"


def test_a_killed_run_leaves_no_half_file_and_the_next_one_goes_on(desk: Desk) -> None:
    desk.server.entries = [entry for n in range(20) for entry in some(f"2024-01-{n + 1:02}", 150, n * 200)]
    command = [INSTALLED / "searcher", "fetch", "--cat", "cs.CV", "--from", "2024-01-01", "--to", "2024-01-20"]
    whole = set()
    for pause_s in (0.35, 0.45, 0.55, 0.65):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(pause_s)
        process.kill()
        process.wait()
        for name in desk.files():
            if name.endswith(".md"):
                assert len(desk.ids(name)) == 150
                whole.add(name)
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode in (0, 1)
    assert whole <= set(desk.files())
    assert desk.files() == [f"cs.CV/2024/01/202401{n + 1:02}.md" for n in range(20)]


LINES = [
    "### x",
    "\n### x\n",
    "- **Summary**: y",
    "\n- **Arxiv ID**: z",
    "None",
    "N/A",
    "---",
    "# Arxiv Papers in",
    "Ã©",
]
NASTY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n#-*:[]() ,<>&\\${}é–√©\t\u2028\u00a0")
) | st.sampled_from(LINES)
ENTRIES = st.builds(
    Entry,
    id=st.just("2401.00001"),
    published=st.just("2024-01-02T00:00:00Z"),
    title=NASTY.filter(lambda text: text.strip() != ""),
    version=st.integers(1, 20),
    authors=st.lists(NASTY, min_size=1, max_size=4).map(tuple),
    summary=NASTY,
    categories=st.lists(st.sampled_from(["cs.AI", "eess.IV", "68T45", "I.2.10; I.4.9", "hep-th"])).map(
        lambda others: ("cs.CV", *others)
    ),
    comment=st.none() | NASTY,
    journal=st.none() | NASTY,
    doi=st.none() | st.just("10.1/x y"),
)


@settings(deadline=None)
@given(ENTRIES)
def test_what_fetch_writes_is_read_back_unchanged(entry: Entry) -> None:
    with serving() as server:
        server.entries = [entry]
        fetched = ArxivApi({"SEARCHER_ARXIV_API": server.address, "SEARCHER_ARXIV_DELAY_S": "0"}).papers(
            "cs.CV", date(2024, 1, 2)
        )
    written = format_listing("cs.CV", date(2024, 1, 2), fetched)
    assert list(parse_listing(written.encode(), "")) == fetched
    assert len(fetched) == 1
    assert fetched[0].version == entry.version
    assert "".join(fetched[0].title.split()) == "".join(entry.title.split())
