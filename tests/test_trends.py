"""`searcher trends`, and the charts of `trends` and `facets`. The papers are those of examples/ or written here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from commands import Shell
from listings import HEADER, record

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def months(shell: Shell) -> Shell:
    """Papers of January, March and April 2024, two of them about splats, and of no other month."""
    papers = [
        ("2401.00001", "2024-01-05", "Splats"),
        ("2403.00001", "2024-03-10", "Splats of March"),
        ("2403.00002", "2024-03-20", "Other"),
        ("2404.00001", "2024-04-02", "Others"),
    ]
    records = [
        record(title, arxiv_id=f"http://arxiv.org/abs/{name}v1", published=f"{day} 08:00:00+00:00")
        for name, day, title in papers
    ]
    shell.write("listings/20240402.md", HEADER + "".join(records))
    assert shell("searcher index listings").code == 0
    return shell


def test_the_json_of_trends_is_this(months: Shell) -> None:
    assert months("searcher trends splats other --by month --format json").json == {
        "schema": 1,
        "by": "month",
        "periods": ["2024-01", "2024-02", "2024-03", "2024-04"],
        "papers": [1, None, 2, 1],
        "trends": [
            {"query": "splats", "total": 2, "counts": [1, None, 1, 0], "shares": [1.0, None, 0.5, 0.0]},
            {"query": "other", "total": 2, "counts": [0, None, 1, 1], "shares": [0.0, None, 0.5, 1.0]},
        ],
    }


def test_a_month_of_which_the_archive_holds_nothing_is_missing_and_not_zero(months: Shell) -> None:
    assert months("searcher trends splats --by month").out.splitlines() == [
        "         splats",
        f"2024-01  1 {'█' * 58}",
        "2024-02  –",
        f"2024-03  1 {'█' * 58}",
        "2024-04  0",
        "",
        "– the archive holds no paper of 2024-02",
    ]


@pytest.mark.parametrize(
    ("dates", "counts"),
    [
        ("--from 2024-03-11", {"2024-03": 1, "2024-04": 1}),
        ("--to 2024-03-10", {"2024-01": 1, "2024-02": None, "2024-03": 1}),
        ("--from 2024-03-10 --to 2024-03-15", {"2024-03": 1}),
        ("--from 2024-02 --to 2024", {"2024-02": None, "2024-03": 2, "2024-04": 1}),
        ("--from 2023 --to 2030", {"2024-01": 1, "2024-02": None, "2024-03": 2, "2024-04": 1}),
    ],
)
def test_a_period_that_a_date_cuts_is_counted_up_to_it(
    months: Shell, dates: str, counts: dict[str, int | None]
) -> None:
    found = months(f"searcher trends '*' --by month {dates} --format json").json
    assert dict(zip(found["periods"], found["trends"][0]["counts"], strict=True)) == counts


@pytest.mark.parametrize("width", [60, 80, 140])
def test_no_line_is_wider_than_the_terminal(library: Shell, width: int) -> None:
    library.set(COLUMNS=str(width))
    lines = library("searcher trends diffusion gan nerf depth video image mri --share").out.splitlines()
    assert max(map(len, lines)) <= width


def test_filters_hold_for_the_queries_and_for_what_the_shares_are_of(library: Shell) -> None:
    found = library("searcher trends diffusion --cat eess.IV --format json").json
    assert (found["papers"], found["trends"][0]["counts"]) == ([9, 5], [7, 3])


def test_no_paper_is_exit_code_1(library: Shell) -> None:
    outcome = library("searcher trends zzzqqq")
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "searcher: no paper matches\n")


@pytest.mark.parametrize("command", ["trends diffusion '$gan _nerf$' --by year", "facets --by author"])
def test_a_chart_is_an_svg_or_a_png_on_white(library: Shell, command: str) -> None:
    for name in ("chart.svg", "chart.PNG"):
        outcome = library(f"searcher {command} --output {name}")
        assert (outcome.code, outcome.out, outcome.err) == (0, "", f"searcher: wrote {name}\n")
    root = ElementTree.parse(library.folder / "chart.svg").getroot()
    assert root.tag == f"{SVG}svg"
    assert "#ffffff" in (library.folder / "chart.svg").read_text(encoding="utf-8")
    assert (library.folder / "chart.PNG").read_bytes().startswith(b"\x89PNG")
    assert all(path.stat().st_size < 200_000 for path in library.folder.glob("chart.*"))


def test_the_same_chart_is_the_same_file(library: Shell) -> None:
    library("searcher trends diffusion --output one.svg")
    library("searcher trends diffusion --output two.svg")
    one, two = ((library.folder / name).read_bytes() for name in ("one.svg", "two.svg"))
    assert one == two


def test_a_chart_of_another_kind_is_an_error(library: Shell) -> None:
    outcome = library("searcher facets --output chart.jpg")
    assert (outcome.code, outcome.err) == (2, "searcher: chart.jpg: a chart is a file that ends in .svg or .png\n")


def test_without_matplotlib_it_is_said_what_to_install(library: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = library("searcher trends diffusion --output chart.svg")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "searcher: a chart is drawn by matplotlib; install it with: pip install 'searcher[charts]'\n"


def test_matplotlib_is_imported_for_a_chart_only() -> None:
    code = "import sys, searcher.cli.searcher, searcher.render.figure; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_a_folder_that_is_not_there_is_told(library: Shell) -> None:
    outcome = library("searcher trends diffusion --output nowhere/chart.svg")
    assert (outcome.code, outcome.err) == (2, "searcher: nowhere/chart.svg: No such file or directory\n")
    assert not Path("nowhere").exists()
