"""Results as an Atom feed: what RFC 4287 asks for, as feed readers read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import feedparser
from hypothesis import given
from hypothesis import strategies as st
from listings import HEADER, parse, record

from searcher.paper import Paper
from searcher.render import atom
from searcher.results import Hit

ATOM = "{http://www.w3.org/2005/Atom}"
((PAPER,), _) = parse(HEADER + record())


def feed(*papers: Paper, **options: Any) -> str:
    options = {"title": "New papers", "identifier": "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6"} | options
    return atom.feed([Hit(paper, 0.0) for paper in papers], **options)


def read(text: str) -> Any:
    found = feedparser.parse(text.encode(), sanitize_html=False)
    assert not found.bozo
    assert found.version == "atom10"
    return found


def test_a_feed_is_this() -> None:
    paper = replace(PAPER, title="Is 0<p<=1 & q?", authors=("Bin Lei",), categories=("cs.CV",), summary="Yes.")
    assert feed(paper, address="https://example.org/feed.atom?q=a&b") == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        "<id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>\n"
        "<title>New papers</title>\n"
        "<updated>2024-01-03T10:12:30Z</updated>\n"
        "<author>\n<name>searcher</name>\n</author>\n"
        "<generator>searcher</generator>\n"
        '<link rel="self" type="application/atom+xml" href="https://example.org/feed.atom?q=a&amp;b" />\n'
        "<entry>\n"
        "<id>https://arxiv.org/abs/2401.00869</id>\n"
        "<title>Is 0&lt;p&lt;=1 &amp; q?</title>\n"
        "<updated>2024-01-03T10:12:30Z</updated>\n"
        "<published>2023-12-30T00:06:28Z</published>\n"
        '<link rel="alternate" type="text/html" href="https://arxiv.org/abs/2401.00869" />\n'
        '<link rel="related" type="application/pdf" title="PDF" href="http://arxiv.org/pdf/2401.00869v1" />\n'
        "<author>\n<name>Bin Lei</name>\n</author>\n"
        '<category term="cs.CV" scheme="http://arxiv.org/schemas/atom" />\n'
        "<summary>Yes.</summary>\n"
        "</entry>\n"
        "</feed>\n"
    )


def test_a_feed_reader_reads_what_the_listing_said() -> None:
    (entry,) = read(feed(PAPER)).entries
    assert (entry.id, entry.link) == ("https://arxiv.org/abs/2401.00869", "https://arxiv.org/abs/2401.00869")
    assert [author.name for author in entry.authors] == ["Bin Lei", "le Chen"]
    assert [tag.term for tag in entry.tags] == ["cs.CV", "cs.LG"]
    assert (entry.published, entry.updated) == ("2023-12-30T00:06:28Z", "2024-01-03T10:12:30Z")


def test_an_entry_keeps_its_identifier_when_the_paper_has_a_new_version() -> None:
    newer = replace(PAPER, version=2, url="http://arxiv.org/abs/2401.00869v2")
    assert read(feed(newer)).entries[0].id == read(feed(PAPER)).entries[0].id


def test_a_paper_comes_once_however_often_it_was_found() -> None:
    other = replace(PAPER, id="cs/9810009")
    assert [entry.id for entry in read(feed(PAPER, other, PAPER)).entries] == [
        "https://arxiv.org/abs/2401.00869",
        "https://arxiv.org/abs/cs/9810009",
    ]


def test_a_feed_changed_when_it_is_told_so_or_when_a_paper_last_did() -> None:
    newest = replace(PAPER, id="2401.00870", updated=datetime(2024, 2, 1, tzinfo=UTC))
    assert read(feed(newest, PAPER)).feed.updated == "2024-02-01T00:00:00Z"
    assert read(feed(PAPER, updated=datetime(2025, 1, 1, tzinfo=UTC))).feed.updated == "2025-01-01T00:00:00Z"
    assert read(feed()).feed.updated == "1970-01-01T00:00:00Z"


def test_every_element_that_the_standard_asks_for_is_there_as_often_as_it_may_be() -> None:
    """RFC 4287, 4.1.1 and 4.1.2."""
    other = replace(PAPER, id="2401.00870", authors=(), summary="", pdf="")
    root = ElementTree.fromstring(feed(PAPER, other, address="https://example.org/feed.atom"))
    for element in (root, *root.iterfind(f"{ATOM}entry")):
        names = [child.tag.removeprefix(ATOM) for child in element]
        assert [names.count(name) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert max(names.count(name) for name in ("published", "summary", "generator")) == 1
        addresses = {(link.get("rel"), link.get("type")): link.get("href") for link in element.iterfind(f"{ATOM}link")}
        assert len(addresses) == names.count("link")
        assert all(addresses.values())
        assert ("self" if element is root else "alternate") in {rel for rel, _ in addresses}
        for date in (*element.iterfind(f"{ATOM}updated"), *element.iterfind(f"{ATOM}published")):
            assert datetime.strptime(date.text or "", "%Y-%m-%dT%H:%M:%SZ")
    assert len({entry.findtext(f"{ATOM}id") for entry in root.iterfind(f"{ATOM}entry")}) == 2


class TestEarlier:
    """A feed that continues another keeps its identifier and its entries, up to 500 in all."""

    def test_what_is_new_goes_first_and_what_comes_again_takes_its_new_place(self) -> None:
        older, newer = (replace(PAPER, id=f"2401.0000{number}") for number in (1, 2))
        first = feed(older, PAPER, labels={older.id: ["cats & dogs"]})
        found = read(feed(newer, PAPER, earlier=first, identifier="urn:uuid:0"))
        assert [entry.id[-10:] for entry in found.entries] == ["2401.00002", "2401.00869", "2401.00001"]
        assert found.feed.id == "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6"
        assert [tag.term for tag in found.entries[2].tags] == ["cs.CV", "cs.LG", "cats & dogs"]

    def test_to_continue_a_feed_with_nothing_changes_no_entry(self) -> None:
        first = feed(PAPER, replace(PAPER, id="2401.00001"))
        assert feed(earlier=first, updated=PAPER.updated) == first

    def test_what_is_new_is_never_cut(self) -> None:
        papers = [replace(PAPER, id=f"2401.{number:05}") for number in range(510)]
        assert len(read(feed(*papers)).entries) == 510
        kept = read(feed(*papers[:100], earlier=feed(*papers[100:]))).entries
        assert [entry.id[-5:] for entry in kept] == [f"{number:05}" for number in range(500)]


def test_papers_without_authors_are_by_the_author_of_the_feed() -> None:
    root = ElementTree.fromstring(feed(replace(PAPER, authors=())))
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "searcher"
    assert root.find(f"{ATOM}entry/{ATOM}author") is None


def seen(text: str | None) -> str:
    """A text with a question mark for what cannot be seen, and for what stands in its place."""
    return "".join(char if char in "\t\n" or char.isprintable() else "?" for char in text or "").replace("\ufffd", "?")


@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_a_text_holds_it_comes_out_as_it_went_in_but_for_control_characters(title: str, name: str) -> None:
    paper = replace(PAPER, title=title, authors=(name,), summary=title, pdf=name)
    root = ElementTree.fromstring(feed(paper, title=name, address=title).encode())
    paths = ("title", f"entry/{ATOM}title", f"entry/{ATOM}summary", f"entry/{ATOM}author/{ATOM}name")
    found = [root.findtext(f"{ATOM}{path}") for path in paths]
    assert list(map(seen, found)) == list(map(seen, (name, title, title, name)))
