"""A digest as text, Markdown, JSON, a feed and a mail; on stdout and in files."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import feedparser
import pytest
from commands import Shell
from listings import HEADER, record

SETTINGS = """\
listings: [archive]
searches:
  cats: {query: cats}
  owls: {query: owls}
  none: {query: unicorns}
"""
CATS = record(
    "Cats *and* <i>owls</i> & $x_1$", arxiv_id="http://arxiv.org/abs/2401.00001v1", summary="- [ ] `Both` 1 < 2."
)
OWLS = record("Owls", arxiv_id="http://arxiv.org/abs/2401.00002v1", authors=", ".join(f"Ann{n} Lee" for n in range(9)))


@pytest.fixture
def archive(shell: Shell) -> Shell:
    """A shell with saved searches and an index of two papers, both of which are new."""
    shell.write("config.yaml", SETTINGS)
    shell.write("archive/1.md", HEADER + CATS + OWLS)
    shell("searcher index")
    return shell


def test_text_fits_the_terminal_and_groups_papers_by_search(archive: Shell) -> None:
    archive.set(COLUMNS="60")
    assert archive("searcher digest").out == (
        "cats: 1 new paper\n"
        "\n"
        "  1 Cats *and* <i>owls</i> & $x_1$\n"
        "    2401.00001 · Bin Lei, le Chen · 2023-12-30 · cs.CV cs.LG\n"
        "    - [ ] `Both` 1 < 2.\n"
        "    https://arxiv.org/abs/2401.00001\n"
        "\n"
        "\n"
        "owls: 2 new papers\n"
        "\n"
        "  1 Owls\n"
        "    2401.00002 · Ann0 Lee, Ann1 Lee, Ann2 Lee and 6 more ·\n"
        "    2023-12-30 · cs.CV cs.LG\n"
        "    In the evolving field of machine learning.\n"
        "    https://arxiv.org/abs/2401.00002\n"
        "\n"
        "  2 Cats *and* <i>owls</i> & $x_1$\n"
        "    2401.00001 · Bin Lei, le Chen · 2023-12-30 · cs.CV cs.LG\n"
        "    - [ ] `Both` 1 < 2.\n"
        "    https://arxiv.org/abs/2401.00001\n"
    )


def test_markdown_shows_texts_as_they_are(archive: Shell) -> None:
    assert archive("searcher digest --format markdown").out == (
        "## cats\n"
        "\n"
        "### [Cats \\*and\\* \\<i\\>owls\\</i\\> \\& \\$x\\_1\\$](https://arxiv.org/abs/2401.00001)\n"
        "\n"
        "Bin Lei, le Chen · 2023-12-30 · cs.CV cs.LG\n"
        "\n"
        "\\- \\[ \\] \\`Both\\` 1 \\< 2.\n"
        "\n"
        "## owls\n"
        "\n"
        "### [Owls](https://arxiv.org/abs/2401.00002)\n"
        "\n"
        "Ann0 Lee, Ann1 Lee, Ann2 Lee, Ann3 Lee, Ann4 Lee, Ann5 Lee and 3 more · 2023-12-30 · cs.CV cs.LG\n"
        "\n"
        "In the evolving field of machine learning.\n"
        "\n"
        "### [Cats \\*and\\* \\<i\\>owls\\</i\\> \\& \\$x\\_1\\$](https://arxiv.org/abs/2401.00001)\n"
        "\n"
        "Bin Lei, le Chen · 2023-12-30 · cs.CV cs.LG\n"
        "\n"
        "\\- \\[ \\] \\`Both\\` 1 \\< 2.\n"
    )


def test_json_has_every_search_and_hits_as_a_search_has(archive: Shell) -> None:
    found = archive("searcher digest --format json").json
    assert list(found) == ["schema", "searches"]
    assert [(list(each), each["name"], each["query"], len(each["hits"])) for each in found["searches"]] == [
        (["name", "query", "hits"], "cats", "cats", 1),
        (["name", "query", "hits"], "owls", "owls", 2),
        (["name", "query", "hits"], "none", "unicorns", 0),
    ]
    searched = archive("search cats --no-facets --format json").json["hits"]
    assert list(found["searches"][0]["hits"][0]) == list(searched[0])


class TestFeed:
    """A file that feed readers may read at any time."""

    def read(self, file: Path) -> list[tuple[str, list[str]]]:
        """The ids of the entries, and the searches that found them."""
        found = feedparser.parse(file.read_bytes())
        assert not found.bozo
        return [
            (entry.id.rpartition("/")[2], [tag.term for tag in entry.tags if not tag.scheme]) for entry in found.entries
        ]

    def test_it_holds_each_paper_once_with_the_searches_that_found_it(self, archive: Shell) -> None:
        outcome = archive("searcher digest --output new.atom")
        assert (outcome.out, outcome.code) == ("", 0)
        assert outcome.err.endswith(f"searcher: wrote {archive.folder}/new.atom\n")
        assert self.read(archive.folder / "new.atom") == [("2401.00001", ["cats", "owls"]), ("2401.00002", ["owls"])]

    def test_a_later_digest_goes_before_what_was_there_and_nothing_new_leaves_it_alone(self, archive: Shell) -> None:
        file = archive.folder / "new.atom"
        archive("searcher digest --output new.atom")
        identifier = feedparser.parse(file.read_bytes()).feed.id
        file = file.rename(archive.folder / "moved.xml")
        archive.write("archive/2.md", HEADER + record("Cats", arxiv_id="http://arxiv.org/abs/2401.00003v1"))
        archive("searcher index")
        assert archive("searcher digest --output moved.xml").code == 0
        expected = [("2401.00003", ["cats"]), ("2401.00001", ["cats", "owls"]), ("2401.00002", ["owls"])]
        assert self.read(file) == expected
        assert feedparser.parse(file.read_bytes()).feed.id == identifier
        before = file.read_bytes()
        assert archive("searcher digest --output moved.xml").code == 1
        assert file.read_bytes() == before

    def test_what_is_told_again_stands_in_it_once(self, archive: Shell) -> None:
        archive("searcher digest --output new.atom")
        archive("searcher digest --since 2023 --output new.atom")
        assert [name for name, _ in self.read(archive.folder / "new.atom")] == ["2401.00001", "2401.00002"]

    def test_on_stdout_it_can_be_read_whatever_the_encoding_of_stdout(self, archive: Shell) -> None:
        archive.write("archive/2.md", HEADER + record("Cats of Łódź", arxiv_id="http://arxiv.org/abs/2401.00003v1"))
        archive("searcher index")
        outcome = archive.bash("PYTHONIOENCODING=latin-1 searcher digest --format atom")
        assert "Cats of Łódź" in [entry.title for entry in feedparser.parse(outcome.out.encode()).entries]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [("my diary", "not XML: syntax error: line 1, column 0"), ("<html/>", "not an Atom feed")],
    )
    def test_a_file_that_is_something_else_is_left_alone(self, archive: Shell, content: str, reason: str) -> None:
        file = archive.write("new.xml", content)
        outcome = archive("searcher digest --output new.xml")
        assert outcome.err.splitlines()[-1] == (
            f"searcher: {file} is there and cannot be continued ({reason}); delete it or name another"
        )
        assert (outcome.code, file.read_text()) == (2, content)
        assert archive("searcher digest").code == 0


class TestMail:
    """A mail that mail programs open and mail servers take."""

    def read(self, archive: Shell, line: str = "searcher digest --output new.eml") -> EmailMessage:
        assert archive(line).code == 0
        data = (archive.folder / "new.eml").read_bytes()
        assert data.isascii()
        assert max(map(len, data.splitlines())) <= 998
        assert data.count(b"\n") == data.count(b"\r\n")
        mail = message_from_bytes(data, policy=default)
        assert not mail.defects
        assert isinstance(mail, EmailMessage)
        return mail

    def test_its_headers_say_what_is_new_and_for_whom(self, archive: Shell) -> None:
        mail = self.read(archive, "searcher digest --output new.eml --mail-to 'Ann Lee <ann@example.org>'")
        assert mail["Subject"] == "2 new papers: cats (1), owls (2)"
        assert [(each.display_name, each.addr_spec) for each in mail["To"].addresses] == [
            ("Ann Lee", "ann@example.org")
        ]
        assert len(mail["From"].addresses) == 1
        assert mail["Date"].datetime
        assert mail["Message-ID"]

    def test_it_is_text_and_html(self, archive: Shell) -> None:
        text = archive("searcher digest --dry-run").out
        mail = self.read(archive)
        assert mail.get_content_type() == "multipart/alternative"
        plain, rich = mail.iter_parts()
        assert plain.get_content().replace("\r\n", "\n") == text
        assert rich.get_content_type() == "text/html"
        assert 'href="https://arxiv.org/abs/2401.00001">Cats *and* &lt;i&gt;owls&lt;/i&gt; &amp; $x_1$</a>' in (
            rich.get_content()
        )
        assert tags(rich.get_content()) == {"html", "head", "meta", "title", "body", "h2", "h3", "a", "p"}

    def test_no_name_can_add_a_header_or_a_tag(self, archive: Shell) -> None:
        name = '"cats\\r\\nBcc: eve@example.org\\r\\n\\r\\n<script>alert(1)</script>"'
        archive.write("config.yaml", f"listings: [archive]\nsearches: {{{name}: {{query: cats}}}}\n")
        mail = self.read(archive)
        assert set(map(str.lower, mail.keys())) == {
            "subject", "from", "to", "date", "message-id", "mime-version", "content-type",
        }  # fmt: skip
        assert "script" not in tags(list(mail.iter_parts())[1].get_content())

    @pytest.mark.parametrize("address", ["nobody", "a@b\nBcc: c@d", "", "a@b, ", "@", "ä@example.org"])
    def test_what_is_no_address_is_an_error(self, archive: Shell, address: str) -> None:
        outcome = archive(f"searcher digest --output new.eml --mail-to '{address}'")
        assert re.search(r"\nsearcher: '.*' is not an address for a mail\n$", outcome.err)
        assert outcome.code == 2
        assert not (archive.folder / "new.eml").exists()
        assert archive("searcher digest").code == 0


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


def tags(html: str) -> set[str]:
    parser = Tags()
    parser.feed(html)
    return parser.found


def test_several_files_tell_the_same(archive: Shell) -> None:
    outcome = archive("searcher digest --output a.md --output b.json --output c.txt")
    assert outcome.out == ""
    for name in ("a.md", "b.json", "c.txt"):
        assert "Owls" in (archive.folder / name).read_text()
    assert archive("searcher digest").code == 1


def test_the_format_of_a_file_is_told_by_its_name_or_by_hand(archive: Shell) -> None:
    outcome = archive("searcher digest --output new.html")
    assert outcome.err == (
        "searcher: new.html: name a file with one of .txt, .md, .json, .atom, .xml, .eml, "
        "or say --format text|markdown|json|atom|eml\n"
    )
    assert outcome.code == 2
    assert archive("searcher digest --output new.html --format markdown").code == 0
    assert (archive.folder / "new.html").read_text().startswith("## cats\n")


def test_quiet_says_nothing_but_what_is_wrong(archive: Shell) -> None:
    outcome = archive("searcher digest --quiet --output new.md")
    assert (outcome.out, outcome.err, outcome.code) == ("", "", 0)
    outcome = archive("searcher digest -q")
    assert (outcome.out, outcome.err, outcome.code) == ("", "", 1)
    assert archive("searcher digest -q --output new.html").err != ""


def test_without_saved_searches_it_says_where_they_belong(archive: Shell) -> None:
    archive.write("config.yaml", "listings: [archive]\n")
    outcome = archive("searcher digest")
    assert outcome.err == f"searcher: {archive.folder}/config.yaml: no searches are saved; name them under searches:\n"
    assert outcome.code == 2


def test_every_option_is_in_the_documentation(shell: Shell) -> None:
    text = (Path(__file__).parents[1] / "docs/digest.md").read_text(encoding="utf-8")
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", shell("searcher digest --help").out))
    assert {option for option in options - {"--help", "--config", "--no-pager"} if f"{option}" not in text} == set()
    assert options > {"--since", "--output"}


def test_without_an_index_it_says_how_to_make_one(shell: Shell) -> None:
    shell.write("config.yaml", SETTINGS)
    outcome = shell("searcher digest")
    assert outcome.err == "searcher: there is no index yet; make one with: searcher index FOLDER\n"
    assert outcome.code == 2
    assert not (shell.folder / "xdg-data").exists()
