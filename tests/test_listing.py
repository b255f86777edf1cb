"""The listing format, field by field. Files that break it: test_listing_damage.py."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from listings import HEADER, NAME, parse, record, titles

from searcher.errors import ListingError
from searcher.listing import Problem, find_listings, read_listing
from searcher.paper import Paper


def only_paper(**fields: str) -> Paper:
    papers, problems = parse(HEADER + record(**fields))
    assert problems == []
    (paper,) = papers
    return paper


# A file.


def test_a_record_becomes_a_paper_with_every_field() -> None:
    assert only_paper(
        title="FlashVideo: A Framework",
        doi="10.1145/3570991.3570994",
        categories="**cs.CV**, cs.LG, 68T45",
        authors="Bin Lei, le Chen",
        comment="8 pages",
        journal="CVPR 2023",
    ) == Paper(
        id="2401.00869",
        version=1,
        title="FlashVideo: A Framework",
        authors=("Bin Lei", "le Chen"),
        categories=("cs.CV", "cs.LG"),
        classes=("68T45",),
        published=datetime(2023, 12, 30, 0, 6, 28, tzinfo=UTC),
        updated=datetime(2024, 1, 3, 10, 12, 30, tzinfo=UTC),
        doi="10.1145/3570991.3570994",
        journal="CVPR 2023",
        comment="8 pages",
        summary="In the evolving field of machine learning.",
        pdf="http://arxiv.org/pdf/2401.00869v1",
        url="http://arxiv.org/abs/2401.00869v1",
        listing="cs.CV/2023/12/20231230.md",
    )


def test_papers_come_in_file_order() -> None:
    papers, problems = parse(HEADER + record("Second") + record("First") + record("Third"))
    assert (titles(papers), problems) == ("Second First Third", [])


def test_a_paper_that_comes_again_is_given_again() -> None:
    papers, problems = parse(HEADER + record() + record(arxiv_id="http://arxiv.org/abs/2401.00869v2"))
    assert ([(paper.id, paper.version) for paper in papers], problems) == ([("2401.00869", 1), ("2401.00869", 2)], [])


def test_a_file_without_a_header_is_read() -> None:
    papers, problems = parse(record("A") + record("B"))
    assert (titles(papers), problems) == ("A B", [])


def test_a_file_with_nothing_but_a_header_holds_no_papers_and_no_problem() -> None:
    assert parse(HEADER) == ([], [])


@pytest.mark.parametrize("content", ["", "\n\n", "A letter to my aunt\n\nDear aunt,\n", "# Another heading\n"])
def test_a_file_that_is_no_listing_is_a_problem_on_its_first_line(content: str) -> None:
    assert parse(content) == ([], [Problem(NAME, 1, "no paper records in this file")])


def test_a_binary_file_is_reported_and_holds_no_papers() -> None:
    assert parse(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe") == (
        [],
        [
            Problem(NAME, 1, "not UTF-8; the bytes that cannot be read are shown as �"),
            Problem(NAME, 1, "no paper records in this file"),
        ],
    )


def test_a_folder_is_searched_for_md_files_and_for_txt_files_with_a_header(tmp_path: Path) -> None:
    listings = ["cs.CV/2023/12/20231230.md", "20231231.MD", "empty.md", "seed/000_380b3b786b5d99e9.txt"]
    others = ["README.md", "seed/readme.txt", ".md", "20231230.md.swp", "20231230.json", ".git/20231230.md"]
    for name in (*listings, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("" if name in ("empty.md", "seed/readme.txt") else HEADER)
    (tmp_path / "notes.txt").write_text("# Notes\n")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "cs.CV")
    assert sorted(find_listings(tmp_path)) == sorted(str(tmp_path / name) for name in listings)


@pytest.mark.parametrize("name", ["README.md", "listing.html"])
def test_a_file_is_taken_at_its_word(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    assert list(find_listings(tmp_path / name)) == [str(tmp_path / name)]


def test_a_place_that_is_not_there_raises_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match=re.escape(f"{tmp_path / 'absent'}: cannot be read: ")):
        list(find_listings(tmp_path / "absent"))


def test_a_file_is_read_under_the_name_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "day.md").write_text(HEADER + record(title="März"), encoding="utf-8")
    (paper,) = read_listing(tmp_path / "day.md", "cs.CV/day.md")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.listing) == ("März", "cs.CV/day.md")


@pytest.mark.parametrize("name", ["absent.md", "."])
def test_a_file_that_cannot_be_read_raises_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ListingError, match=re.escape(f"{tmp_path / name}: cannot be read: ")):
        read_listing(tmp_path / name, name)


# Fields.


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("IEEE Robotics and\n  Automation Letters", "IEEE Robotics and Automation Letters"),
        ("one\n  two\n  three", "one two three"),
        ("Gaze Interaction\n  - COGAIN 2009: ISBN\n  978-87", "Gaze Interaction - COGAIN 2009: ISBN 978-87"),
        ("Manuscript\n  #23-1314. 8 pages", "Manuscript #23-1314. 8 pages"),
        ("Manuscript\n  ### 23", "Manuscript ### 23"),
        ("Manuscript\n  - **Journal**: Nature", "Manuscript - **Journal**: Nature"),
        ("Code available at https:\n  //github.com/JianqiangWan", "Code available at https://github.com/JianqiangWan"),
        ("Code at http:\n  //a.org and\n  //b.org", "Code at http://a.org and //b.org"),
        ("Code at https:\n  to be announced", "Code at https: to be announced"),
        ("either seen categories** -- **facilitates", "either seen categories** -- **facilitates"),
        ("a - **Journal**: b", "a - **Journal**: b"),
    ],
)
def test_a_wrapped_value_is_joined_with_a_space_and_a_broken_address_without(written: str, expected: str) -> None:
    assert only_paper(comment=written).comment == expected


def test_every_field_may_be_wrapped() -> None:
    paper = only_paper(
        doi="10.1145/1\n  10.1145/2",
        categories="**cs.CV**, cs.LG, 68T45,\n  eess.IV",
        authors="Bin Lei,\n  le Chen",
        journal="IEEE\n  RA-L",
        summary="One\n  two.",
    )
    assert paper.doi == "10.1145/1 10.1145/2"
    assert (paper.categories, paper.classes) == (("cs.CV", "cs.LG", "eess.IV"), ("68T45",))
    assert paper.authors == ("Bin Lei", "le Chen")
    assert (paper.journal, paper.summary) == ("IEEE RA-L", "One two.")


@pytest.mark.parametrize("written", ["None", "none", "", "N/A", "NA", "n/a", "-", "No comments"])
def test_what_stands_for_nothing_is_nothing(written: str) -> None:
    paper = only_paper(doi=written, comment=written, journal=written)
    assert (paper.doi, paper.comment, paper.journal) == (None, None, None)


def test_what_only_begins_like_nothing_is_something() -> None:
    assert only_paper(comment="None of the figures is in colour").comment == "None of the figures is in colour"


@pytest.mark.parametrize(
    "doi",
    [
        "10.1145/3243394.3243689 10.1145/3243394.3243689",
        "10.1007/978-3-030-94893-1_1610.1007/978-3-030-94893-1_16",
        "0.1145/3708359.3712144",
        "10.1002/(SICI)1097-0193(1999)8:2/3<151::AID-HBM13>3.0.CO;2-5.",
    ],
)
def test_a_doi_stays_as_it_is_written(doi: str) -> None:
    assert only_paper(doi=doi).doi == doi


@pytest.mark.parametrize(
    ("written", "categories", "classes"),
    [
        ("**cs.CV**", "cs.CV", ()),
        ("**eess.IV**, cs.CV, cs.LG", "eess.IV cs.CV cs.LG", ()),
        ("cs.LG, **cs.CV**", "cs.CV cs.LG", ()),
        ("cs.LG, cs.CV", "cs.LG cs.CV", ()),
        ("**cs.CV**, cs.LG, cs.CV, cs.LG", "cs.CV cs.LG", ()),
        ("**math.CV**, cs.CV", "math.CV cs.CV", ()),
        ("**hep-th**, astro-ph, q-bio, cond-mat.mtrl-sci", "hep-th astro-ph q-bio cond-mat.mtrl-sci", ()),
        ("**cs.NEW**, cs.CV", "cs.NEW cs.CV", ()),
        ("**cs.CV**, 68T45", "cs.CV", ("68T45",)),
        ("**cs.CV**, I.2.10; I.4.9", "cs.CV", ("I.2.10; I.4.9",)),
        ("**cs.CV**, 90D20 (Primary) 90D80, 49N55", "cs.CV", ("90D20 (Primary) 90D80", "49N55")),
        ("**cs.CV**, Primary: G.4, F.2.2; Secondary: 1.4.7", "cs.CV", ("Primary: G.4", "F.2.2; Secondary: 1.4.7")),
        ("**cs.CV**, , 68T45,, ", "cs.CV", ("68T45",)),
        ("**cs.CV**, eess.IV - Image and Video Processing", "cs.CV", ("eess.IV - Image and Video Processing",)),
        ("**cs.CV**, org, ams.org, none", "cs.CV", ("org", "ams.org", "none")),
        ("**cs.CV**, see http://www.ams.org/msc, cs.LG.", "cs.CV", ("see http://www.ams.org/msc", "cs.LG.")),
    ],
)
def test_categories_are_whole_elements_and_the_rest_are_classes(
    written: str, categories: str, classes: tuple[str, ...]
) -> None:
    paper = only_paper(categories=written)
    assert (" ".join(paper.categories), paper.classes) == (categories, classes)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Bin Lei", ["Bin Lei"]),
        ("Bin Lei, le Chen", ["Bin Lei", "le Chen"]),
        ("OpenAI, :, Aaron Hurst, Adam Lerer", ["OpenAI", "Aaron Hurst", "Adam Lerer"]),
        ("Bin Lei, , le Chen", ["Bin Lei", "le Chen"]),
        ("Bin Lei,, le Chen, ", ["Bin Lei", "le Chen"]),
        ("Bin Lei,  le Chen", ["Bin Lei", "le Chen"]),
        ("Ana Diaz, Jr., Bin Lei", ["Ana Diaz, Jr.", "Bin Lei"]),
        ("Ana Diaz, Ph. D., Bin Lei, M. D.", ["Ana Diaz, Ph. D.", "Bin Lei, M. D."]),
        ("Ana Diaz, III, Bin Lei", ["Ana Diaz, III", "Bin Lei"]),
        ("Jr., Bin Lei", ["Jr.", "Bin Lei"]),
        ("Ting-Hao, Huang", ["Ting-Hao", "Huang"]),
        ("Arul S. Periyasamy and Bin Lei", ["Arul S. Periyasamy and Bin Lei"]),
        ('Chiyu "Max" Jiang, Jos$é$, Peter St\\ütz', ['Chiyu "Max" Jiang', "Jos$é$", "Peter St\\ütz"]),
        ("MicroBooNE collaboration, 3D*", ["MicroBooNE collaboration", "3D*"]),
    ],
)
def test_authors_are_parted_by_comma_and_space_and_keep_their_suffixes(written: str, expected: list[str]) -> None:
    assert list(only_paper(authors=written).authors) == expected


@pytest.mark.parametrize(
    ("written", "identifier", "version", "url"),
    [
        ("http://arxiv.org/abs/2401.00869v18", "2401.00869", 18, "http://arxiv.org/abs/2401.00869v18"),
        ("http://arxiv.org/abs/0704.0001v1", "0704.0001", 1, "http://arxiv.org/abs/0704.0001v1"),
        ("http://arxiv.org/abs/cs/9810009v2", "cs/9810009", 2, "http://arxiv.org/abs/cs/9810009v2"),
        ("http://arxiv.org/abs/cond-mat/0305681v1", "cond-mat/0305681", 1, "http://arxiv.org/abs/cond-mat/0305681v1"),
        ("https://arxiv.org/abs/2401.00869", "2401.00869", 1, "https://arxiv.org/abs/2401.00869"),
        ("2401.00869v3", "2401.00869", 3, "https://arxiv.org/abs/2401.00869v3"),
    ],
)
def test_the_id_is_parted_from_its_version(written: str, identifier: str, version: int, url: str) -> None:
    paper = only_paper(arxiv_id=written)
    assert (paper.id, paper.version, paper.url) == (identifier, version, url)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[PDF](https://arxiv.org/pdf/2511.04886v1)", "https://arxiv.org/pdf/2511.04886v1"),
        ("[HTML](http://a.org), [PDF](http://arxiv.org/pdf/cs/9810009v1)", "http://arxiv.org/pdf/cs/9810009v1"),
        ("None", "https://arxiv.org/pdf/2401.00869v1"),
    ],
)
def test_the_pdf_link_is_the_one_written_or_made_from_the_id(written: str, expected: str) -> None:
    assert only_paper(links=written).pdf == expected


@pytest.fixture
def far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as environment:
        environment.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_from_greenwich")
@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2023-12-30 10:22:59+00:00", 10),
        ("2023-12-30T10:22:59Z", 10),
        ("2023-12-30 10:22:59", 10),
        ("2023-12-30 10:22:59.750000+00:00", 10),
        ("2023-12-30 10:22:59+02:00", 8),
    ],
)
def test_times_are_in_utc_wherever_they_are_read(written: str, hour: int) -> None:
    paper = only_paper(published=written, updated=written)
    assert paper.published == paper.updated == datetime(2023, 12, 30, hour, 22, 59, tzinfo=UTC)
    assert (paper.published.tzinfo, paper.updated.tzinfo) == (UTC, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "$\\ell_0$ Minimization",
        "Just Add $100 More",
        "R\\'{e}nyi ``entropy''~of \\boldsymbolσ",
        "where 0<p<=1 and <sub, pred, obj> &amp; more",
        "A paragraph.   Another paragraph.",
        "# a heading, - **Summary**: and ### a title",
        "北京大学 naïve e\u0301cole",
    ],
)
def test_titles_and_summaries_stay_as_they_are_written(text: str) -> None:
    paper = only_paper(title=text, summary=text)
    assert (paper.title, paper.summary) == (text, text)


def test_a_delete_character_is_deleted_and_does_not_part_the_word() -> None:
    assert only_paper(title="Pl\x7fücker Correction", summary="The Pl\x7fucker line").title == "Plücker Correction"


@pytest.mark.parametrize("control", [*map(chr, range(0x80, 0xA0)), "\ufeff"], ids=ascii)
def test_a_control_character_beyond_ascii_is_deleted_too(control: str) -> None:
    papers, problems = parse(record(f"{control}Deep{control}Nets"))
    assert (titles(papers), problems) == ("DeepNets", [])


def test_bytes_that_are_not_utf_8_are_on_their_line_also_below_an_empty_first_one() -> None:
    _, problems = parse(b"\n" + record("Gr\xff\xffe").encode("latin-1"))
    assert {problem.line for problem in problems} == {2}


def test_what_could_be_damaged_text_by_chance_stays() -> None:
    papers, _ = parse(record("The root of √π"))
    assert titles(papers) == "The root of √π"


def test_a_lone_carriage_return_parts_words_and_not_lines() -> None:
    assert only_paper(summary="one\rtwo").summary == "one two"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"e", b"e\x00"),
        lambda content: content.rstrip(b"\n") + b"\n",
        lambda content: content.replace(b": ", b":  ").replace(b"\n-", b"  \n-"),
    ],
    ids=["CRLF", "BOM", "NUL", "no blank lines at the end", "more spaces"],
)
def test_invisible_differences_make_none(change: Callable[[bytes], bytes]) -> None:
    content = (HEADER + record("Größe", comment="one\n  two") + record("B")).encode()
    assert parse(change(content)) == parse(content)
