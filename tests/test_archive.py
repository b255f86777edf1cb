"""The whole real archive: every count, told from the files by plain regular expressions; then one day more."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from commands import Shell

from searcher.app.index import index
from searcher.config import Config

DAY = "cs.CV/2025/12/20251218.md"
DAY_PAPERS = 122
PAPERS = 168_928
FILES = 5_551
COMMAND = Path(sys.executable).parent / "searcher"

RECORD = re.compile(r"^- \*\*Arxiv ID\*\*: ", re.MULTILINE)
CATEGORIES = re.compile(r"^- \*\*Categories\*\*: (.*(?:\n  .*)*)", re.MULTILINE)
AUTHORS = re.compile(r"^- \*\*Authors\*\*: (.*)", re.MULTILINE)
MONTH = re.compile(r"^- \*\*Published\*\*: (\d{4}-\d\d)", re.MULTILINE)


def plain_counts(paths: Iterator[Path]) -> dict[str, Counter[str]]:
    """What grep would count. A category is counted as an element between commas, an author likewise."""
    counts: dict[str, Counter[str]] = {
        "category": Counter(),
        "author": Counter(),
        "month": Counter(),
        "paper": Counter(),
    }
    for path in paths:
        text = path.read_text(encoding="utf-8")
        counts["paper"]["all"] += len(RECORD.findall(text))
        counts["month"].update(MONTH.findall(text))
        for element in CATEGORIES.findall(text):
            counts["category"].update(set(re.split(r",\s+", element.replace("**", ""))))
        for line in AUTHORS.findall(text):
            counts["author"].update(set(line.split(", ")))
    return counts


@dataclass(frozen=True)
class ListingFolder:
    """The real archive in an index, and what each run of `searcher index` said."""

    index: Path
    counts: dict[str, Counter[str]]
    without_day: dict[str, Any]  # the report of the first run, in which a day was missing
    years_without_day: dict[str, int]
    again: dict[str, Any]  # nothing had changed
    with_day: dict[str, Any]
    again_with_day: dict[str, Any]
    words_again: str  # the same for people


@pytest.fixture(scope="module")
def archive(real_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> ListingFolder:
    folder = tmp_path_factory.mktemp("archive")
    listings = folder / "listings"
    shutil.copytree(real_archive, listings)
    (listings / DAY).unlink()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SEARCHER_", "XDG_"))}
    environment |= {"SEARCHER_INDEX": str(folder / "index"), "XDG_CONFIG_HOME": str(folder)}

    def searcher(*arguments: str) -> str:
        done = subprocess.run(
            [COMMAND, *arguments], capture_output=True, text=True, check=True, env=environment, cwd=folder
        )
        assert done.stderr == ""
        return done.stdout

    def report(*arguments: str) -> dict[str, Any]:
        return json.loads(searcher("index", *arguments, "--format", "json"))

    without_day = report(str(listings))
    years = json.loads(searcher("facets", "--by", "year", "-n", "1000", "--format", "json"))["facets"]["year"]
    again = report()
    shutil.copy(real_archive / DAY, listings / DAY)
    return ListingFolder(
        index=folder / "index",
        counts=plain_counts(listings.rglob("*.md")),
        without_day=without_day,
        years_without_day={each["value"]: each["count"] for each in years},
        again=again,
        with_day=report(),
        again_with_day=report(),
        words_again=searcher("index"),
    )


@pytest.fixture
def library(archive: ListingFolder, shell: Shell) -> Shell:
    """A shell in which the whole archive is indexed."""
    shell.set(SEARCHER_INDEX=str(archive.index))
    return shell


def unchanged(files: int) -> dict[str, int]:
    return {"added": 0, "changed": 0, "removed": 0, "unchanged": files}


def added(papers: int, total: int) -> dict[str, int]:
    return {"added": papers, "updated": 0, "removed": 0, "total": total}


# Runs of `searcher index`.


def test_the_archive_goes_in_whole_and_without_a_problem(archive: ListingFolder) -> None:
    assert archive.counts["paper"]["all"] == PAPERS
    assert archive.without_day["files"] == {"added": FILES - 1, "changed": 0, "removed": 0, "unchanged": 0}
    assert archive.without_day["papers"] == added(PAPERS - DAY_PAPERS, PAPERS - DAY_PAPERS)
    assert archive.without_day["problems"] == []


def test_a_run_without_a_change_changes_nothing_and_says_so(archive: ListingFolder) -> None:
    assert archive.again["files"] == unchanged(FILES - 1)
    assert archive.again["papers"] == added(0, PAPERS - DAY_PAPERS)


def test_a_day_more_is_all_that_a_run_adds(archive: ListingFolder) -> None:
    assert archive.with_day["files"] == {"added": 1, "changed": 0, "removed": 0, "unchanged": FILES - 1}
    assert archive.with_day["papers"] == added(DAY_PAPERS, PAPERS)
    assert archive.with_day["problems"] == []


def test_a_run_after_that_changes_nothing_and_says_so(archive: ListingFolder) -> None:
    assert archive.again_with_day["files"] == unchanged(FILES)
    assert archive.again_with_day["papers"] == added(0, PAPERS)
    assert "nothing" in archive.words_again


def test_a_day_more_changes_the_count_of_its_year_alone(archive: ListingFolder, library: Shell) -> None:
    years = library("searcher facets --by year -n 1000 --format json").counts("year")
    assert years == archive.years_without_day | {"2025": archive.years_without_day["2025"] + DAY_PAPERS}


def test_the_papers_of_the_day_are_found(archive: ListingFolder, library: Shell) -> None:
    text = (archive.index.parent / "listings" / DAY).read_text(encoding="utf-8")
    ids = re.findall(r"^- \*\*Arxiv ID\*\*: http://arxiv.org/abs/(.*)v\d+$", text, re.MULTILINE)
    found = library("search * --from 2025-12-18 --to 2025-12-18 -n 1000 --no-facets --format json")
    assert len(ids) == DAY_PAPERS
    assert sorted(found.ids) == sorted(ids)
    assert {hit["listing"] for hit in found.json["hits"]} == {DAY}


# Counts.


def test_every_paper_is_found_once(library: Shell) -> None:
    assert library("search * -n 0 --no-facets --format json").json["total"] == PAPERS
    assert library("searcher stats --format json").json["papers"] == PAPERS


def test_every_category_has_its_plain_count(archive: ListingFolder, library: Shell) -> None:
    found = library("searcher facets --by category -n 1000 --format json").counts("category")
    assert (found["cs.CV"], found["cs.LG"], found["eess.IV"]) == (168_928, 39_603, 20_504)
    assert len(found) == 147
    assert found == {category: archive.counts["category"][category] for category in found}


def test_no_category_is_missing(archive: ListingFolder, library: Shell) -> None:
    found = library("searcher facets --by category -n 1000 --format json").counts("category")
    form = re.compile(r"(cs|eess|stat|math|econ|q-bio|q-fin)\.[A-Z]{2}|(physics|cond-mat|astro-ph|nlin)\.[A-Za-z-]+")
    plain = {element for element in archive.counts["category"] if form.fullmatch(element)}
    assert plain - set(found) == set()
    assert set(found) - plain <= {
        *("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"),
        *("astro-ph", "q-bio", "cond-mat"),
    }


def test_every_year_and_month_has_its_plain_count(archive: ListingFolder, library: Shell) -> None:
    months = archive.counts["month"]
    years: Counter[str] = Counter()
    for month, count in months.items():
        years[month[:4]] += count
    assert sum(years.values()) == PAPERS
    assert library("searcher facets --by year -n 1000 --format json").counts("year") == years
    assert library("searcher facets --by month -n 1000 --format json").counts("month") == months


def test_the_20_authors_with_most_papers_have_their_plain_counts(archive: ListingFolder, library: Shell) -> None:
    found = library("searcher facets --by author -n 20 --format json").counts("author")
    plain = sorted(archive.counts["author"].items(), key=lambda each: (-each[1], each[0]))[:20]
    assert (found["Luc Van Gool"], found["Yang Liu"]) == (547, 506)
    assert list(found.items()) == plain


def test_a_name_finds_every_paper_that_lists_it(archive: ListingFolder, library: Shell) -> None:
    hits = library('search * --author "Luc Van Gool" -n 10000 --no-facets --format json').json["hits"]
    exactly = [hit for hit in hits if "Luc Van Gool" in hit["authors"]]
    assert len(exactly) == archive.counts["author"]["Luc Van Gool"] == 547


# The damaged day.


@pytest.fixture(scope="module")
def damaged_index(damaged_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged")
    index(Config(file=None, index=folder), [damaged_day.parent])
    return folder


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Thomas März", "Thomas März"),
        ("thomas marz", "Thomas März"),
        ("Maciej M. Mrugała", "Maciej M. Mrugała"),
        ("Mrugala", "Maciej M. Mrugała"),
        ("Sebastian-Vasile Echim", "Sebastian-Vasile Echim"),
        ("Sebastian Vasile Echim", "Sebastian-Vasile Echim"),
        ("Iulian-Marius Tăiatu", "Iulian-Marius Tăiatu"),
        ("Iulian-Marius Taiatu", "Iulian-Marius Tăiatu"),
    ],
)
def test_a_name_of_the_damaged_day_is_found_with_and_without_accents_and_shown_right(
    typed: str, name: str, damaged_index: Path, shell: Shell
) -> None:
    shell.set(SEARCHER_INDEX=str(damaged_index))
    for line in (f'search "au:({typed})"', f'search * --author "{typed}"'):
        (hit,) = shell(f"{line} --format json").json["hits"]
        assert name in hit["authors"]
        shown = shell(f"searcher show {hit['id']}").out
        assert name in " ".join(shown.split())
