"""BibTeX: that parsers and BibTeX itself read it, and what is in it."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from commands import Shell
from contract import paper
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import BibliographyData, parse_string

from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.render.bibtex import entries, entry, key
from searcher.render.tex import escape, pairs

PAPER = paper(1)


def parse(text: str) -> BibliographyData:
    return parse_string(text, "bibtex")


def test_a_paper_is_a_misc_entry_with_its_eprint() -> None:
    paper = replace(PAPER, title="NeRF at 100% for $5: a Study", authors=("Erdős Pál", "Sammy Davis, Jr."))
    assert entry(paper) == (
        "@misc{pal2024nerf-2401.00001,\n"
        r"  title = {{NeRF} at 100\% for \$5: a {Study}}," + "\n"
        r"  author = {Erd{\H{o}}s P{\'{a}}l and Davis, Jr., Sammy}," + "\n"
        "  year = {2024},\n"
        "  month = jan,\n"
        "  eprint = {2401.00001},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.CV},\n"
        "  url = {https://arxiv.org/abs/2401.00001},\n"
        "}\n"
    )


def test_a_paper_with_a_journal_is_an_article() -> None:
    written = entry(replace(PAPER, journal="Proc. R&D 12 (2024) 1-9", doi="10.5555/12_3"))
    assert written.startswith("@article{")
    assert r"  journal = {Proc. R\&D 12 (2024) 1-9}," in written
    assert "  doi = {10.5555/12_3}," in written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Müller, Łukasz, Ångström, São, Œuvre",
            r"M{\"{u}}ller, {\L}ukasz, {\r{A}}ngstr{\"{o}}m, S{\~{a}}o, {\OE}uvre",
        ),
        ("Čeněk, Íñigo, ı", r"{\v{C}}en{\v{e}}k, {\'{I}}{\~{n}}igo, {\i}"),
        (r"Erd\H{o}s, \'Etienne, \o re", r"Erd{\H{o}}s, {\'E}tienne, {\o} re"),
        (r"In $\mathcal{O}(n^2)$ time", r"In {$\mathcal{O}(n^2)$} time"),
        ("costs $5 and $10", r"costs \$5 and \$10"),
        ("one $ alone", r"one \$ alone"),
        (r"$\mycommand{x}$", r"\$\textbackslash{}mycommand{x}\$"),
        ("100% of R&D, #1 a_b, x^2, ~5", r"100\% of R\&D, \#1 a\_b, x\textasciicircum{}2, \textasciitilde{}5"),
        (r"already 100\% \& fine", r"already 100\% \& fine"),
        (r"\textbf{S}egment \emph{any}thing", r"\textbf{S}egment \emph{any}thing"),
        ("an {open brace", "an open brace"),
        (r"\textbf{open \{", r"\textbackslash{}textbfopen \textbackslash{}"),
        ("“quoted” – it’s α", "``quoted'' -- it's {$\\alpha$}"),
        ("王伟 Иван", "王伟 Иван"),
    ],
)
def test_a_text_becomes_tex(text: str, expected: str) -> None:
    assert escape(text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A study of NeRF and GANs", "A study of {NeRF} and {GANs}"),
        ("NeRF: Novel views", "{NeRF:} {Novel} views"),
        ("3D-GS in Ångström", r"{3D-GS} in {{\r{A}}ngstr{\"{o}}m}"),
        ("The {NeRF} of {Lukas Kanade}", "The {NeRF} of {Lukas Kanade}"),
        ("On $S^2$ and $S^2$-FPN", "On {$S^2$} and {{$S^2$}-FPN}"),
        (r"On \Oe and \textbf{x}", r"On {\textbackslash{}Oe} and \textbf{x}"),
    ],
)
def test_braces_keep_the_capitals_of_a_title(title: str, expected: str) -> None:
    assert f"  title = {{{expected}}},\n" in entry(replace(PAPER, title=title))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mira J. Okafor", "Mira J. Okafor"),
        ("Laurens van der Maaten", "Laurens van der Maaten"),
        ("Sammy Davis, Jr.", "Davis, Jr., Sammy"),
        ("The Research and Development Team", "{The Research and Development Team}"),
        ("OpenAI, Google", "{OpenAI, Google}"),
    ],
)
def test_an_author_is_one_name(name: str, expected: str) -> None:
    assert f"  author = {{{expected}}},\n" in entry(replace(PAPER, authors=(name,)))


def test_a_key_says_who_when_and_what_and_is_one_of_a_kind() -> None:
    assert key(replace(PAPER, authors=("J. Ångström-Núñez",), title="On the β of it")) == "nunez2024beta-2401.00001"
    assert key(replace(PAPER, id="cs/9810009", authors=("王伟",), title="?")) == "2024-cs-9810009"
    assert key(replace(PAPER, authors=())) == key(replace(PAPER, authors=()))


TEX = st.text(st.sampled_from("aB \\{}$%&#_^~\"'é–α\u0301王\n")) | st.text()


@given(TEX)
def test_braces_pair_and_dollars_are_even_whatever_the_text(text: str) -> None:
    written = escape(text)
    assert pairs(written)
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\$", written)) % 2 == 0


@given(TEX, st.lists(TEX, max_size=3).map(tuple), TEX)
def test_a_parser_reads_any_paper(title: str, authors: tuple[str, ...], journal: str) -> None:
    paper = replace(PAPER, title=title, authors=authors, journal=journal or None, doi=title or None)
    assert list(parse(entry(paper)).entries) == [key(paper)]


@pytest.fixture(scope="session")
def real_papers(real_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """500 real papers, of days from 1998 on, half of them with a journal."""
    folder = tmp_path_factory.mktemp("bibtex")
    days = sorted(path for path in real_archive.rglob("*.md"))
    for day in itertools.islice(days, 0, None, len(days) // 40):
        shutil.copy(day, folder / day.name)
    config = Config(file=None, index=folder / "index", listings=(folder,))
    index(config)
    papers = [hit.paper for hit in Archive(config).search(Selection(), limit=5000).hits]
    journals = [paper for paper in papers if paper.journal]
    chosen = [*journals[:250], *[paper for paper in papers if not paper.journal][: 500 - len(journals[:250])]]
    assert len(chosen) == 500
    return entries(chosen)


def test_a_parser_reads_500_real_papers(real_papers: str) -> None:
    found = parse(real_papers)
    assert len(found.entries) == 500
    assert {entry.type for entry in found.entries.values()} == {"article", "misc"}


@pytest.mark.parametrize("style", ["plain", "alpha", "unsrt"])
def test_bibtex_itself_reads_500_real_papers_without_a_warning(real_papers: str, style: str, tmp_path: Path) -> None:
    if not shutil.which("bibtex"):
        pytest.skip("bibtex is not installed (Debian: texlive-binaries)")
    (tmp_path / "papers.bib").write_text(real_papers, encoding="utf-8")
    (tmp_path / "all.aux").write_text(f"\\citation{{*}}\n\\bibdata{{papers}}\n\\bibstyle{{{style}}}\n")
    run = subprocess.run(["bibtex", "all"], cwd=tmp_path, capture_output=True, text=True)
    assert (run.returncode, [line for line in run.stdout.splitlines() if "arning" in line or "rror" in line]) == (0, [])
    assert (tmp_path / "all.bbl").read_text(encoding="utf-8", errors="replace").count("\\bibitem") == 500


def test_a_search_prints_entries_of_its_papers(library: Shell) -> None:
    ids = library("search diffusion --format ids").out.split()
    printed = library("search diffusion --format bibtex")
    assert [entry.fields["eprint"] for entry in parse(printed.out).entries.values()] == ids
    assert printed.code == 0
