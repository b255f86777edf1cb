"""Papers for other programs: csv, jsonl, ids, and lines in a pipe."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from commands import Shell
from contract import paper
from hypothesis import given
from hypothesis import strategies as st

from searcher.render.columns import COLUMNS, lines, table
from searcher.results import Hit

LISTING = [
    "search 'gaussian splatting'",
    "searcher similar 2403.90147",
    "searcher show 2403.90302 2403.90147",
    "searcher saved run splats",
]


@pytest.fixture
def archive(library: Shell) -> Shell:
    library.write("config.yaml", "searches:\n  splats: {query: gaussian splatting}\n")
    return library


@pytest.mark.parametrize("command", LISTING)
def test_every_format_lists_the_same_papers_in_the_same_order(archive: Shell, command: str) -> None:
    ids = archive(f"{command} --format json").ids
    assert len(ids) > 1
    assert archive(f"{command} --format ids").out.splitlines() == ids
    assert [json.loads(line)["id"] for line in archive(f"{command} --format jsonl").out.splitlines()] == ids
    assert [row["id"] for row in csv.DictReader(io.StringIO(archive(f"{command} --format csv").out))] == ids
    assert archive(f"{command} --fields id").out.splitlines() == ids


@pytest.mark.parametrize("command", LISTING)
@pytest.mark.parametrize("name", ["text", "csv", "jsonl"])
def test_columns_come_in_the_order_they_were_named(archive: Shell, command: str, name: str) -> None:
    first = archive(f"{command} --format {name} --fields title,id").out.splitlines()[:2]
    hit = archive(f"{command} --format json").json["hits"][0]
    assert (
        first[0 if name != "csv" else 1]
        == {
            "text": f"{hit['title']}\t{hit['id']}",
            "csv": f"{hit['title']},{hit['id']}",
            "jsonl": json.dumps({"title": hit["title"], "id": hit["id"]}, ensure_ascii=False),
        }[name]
    )


@pytest.mark.parametrize("command", ["search 'gaussian splatting'", "searcher similar 2403.90147"])
def test_text_in_a_pipe_is_a_line_a_paper(archive: Shell, command: str) -> None:
    hits = archive(f"{command} --format json").json["hits"]
    assert archive.piped(command).out.splitlines() == [
        "\t".join((hit["id"], hit["published"][:10], hit["primary"], hit["title"], "; ".join(hit["authors"])))
        for hit in hits
    ]


@pytest.mark.parametrize("options", ["--explain", "-n 0", "--format text -n 0"])
def test_what_is_for_reading_stays_so_in_a_pipe(archive: Shell, options: str) -> None:
    assert "papers" in archive.piped(f"search diffusion {options}").out


def test_show_is_for_reading_in_a_pipe_too(archive: Shell) -> None:
    assert archive.piped("searcher show 2403.90302").out == archive("searcher show 2403.90302").out


def test_a_pipe_is_told_on_stderr_what_was_meant(archive: Shell) -> None:
    printed = archive.piped("search difusion")
    assert printed.err == "search: did you mean: diffusion\n"
    assert {line.count("\t") for line in printed.out.splitlines()} == {4}


@pytest.mark.parametrize(
    ("name", "out"),
    [("text", ""), ("csv", ",".join(COLUMNS[:-1]) + "\n"), ("jsonl", ""), ("bibtex", ""), ("ids", "")],
)
def test_where_nothing_is_found_nothing_is_printed(archive: Shell, name: str, out: str) -> None:
    printed = archive.piped(f"search nosuchword --format {name}")
    assert (printed.code, printed.out.replace("\r", ""), printed.err) == (1, out, "search: no paper matches\n")


def test_a_page_that_is_not_there_is_told(archive: Shell) -> None:
    printed = archive.piped("search 'gaussian splatting' --page 9 --format ids")
    assert (printed.out, printed.err) == ("", "search: there is no page 9; the last one is 1\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--fields titel", "--fields: no column 'titel'; did you mean title?"),
        ("--fields id,xyzzy", f"--fields: no column 'xyzzy'; there are: {', '.join(COLUMNS)}"),
        ("--fields ,", f"--fields names no column; there are: {', '.join(COLUMNS)}"),
        ("--fields id --format bibtex", "--fields goes with --format text, csv or jsonl, and not with bibtex"),
        ("--fields id --format json", "--fields goes with --format text, csv or jsonl, and not with json"),
    ],
)
@pytest.mark.parametrize("command", LISTING)
def test_columns_that_cannot_be_are_an_error(archive: Shell, command: str, arguments: str, message: str) -> None:
    printed = archive(f"{command} {arguments}")
    assert (printed.code, printed.out, printed.err) == (2, "", f"{command.split()[0]}: {message}\n")


def test_names_of_columns_may_have_spaces_and_capitals(archive: Shell) -> None:
    assert archive("search mri -n 1 --fields ' ID , Primary'").out.count("\t") == 1


def test_a_csv_is_read_back_as_it_was(archive: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(archive("search '*' -n 100 --format csv").out)))
    hits = archive("search '*' -n 100 --format json").json["hits"]
    assert [(row["title"], row["summary"], row["comment"]) for row in rows] == [
        (hit["title"], hit["summary"], hit["comment"] or "") for hit in hits
    ]
    assert [row["authors"].split("; ") for row in rows] == [hit["authors"] for hit in hits]
    assert [row["categories"].split(" ") for row in rows] == [hit["categories"] for hit in hits]


TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from('\t\n\r",;\x1b\u2028\u0085'))


@given(TEXT, st.lists(TEXT).map(tuple))
def test_no_text_breaks_a_line_or_a_column(title: str, authors: tuple[str, ...]) -> None:
    hit = Hit(replace(paper(1), title=title, authors=authors), 1.0)
    written = lines([hit, hit])
    assert written.splitlines(keepends=True) == [f"{line}\n" for line in written.split("\n")[:-1]]
    assert [line.count("\t") for line in written.splitlines()] == [4, 4]
    assert "\x1b" not in written


@given(TEXT)
def test_no_text_breaks_a_csv(title: str) -> None:
    rows = list(csv.reader(io.StringIO(table([Hit(replace(paper(1), title=title), 1.0)], ["id", "title"]), newline="")))
    assert rows == [["id", "title"], ["2401.00001", title]]
