"""Snippets: the part of a text that shows best why a paper was found, with the words found between <b> and </b>."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from listings import HEADER, parse, record

from searcher.query import parse as parse_query
from searcher.query import restrict
from searcher.snippet import Highlighter

((PAPER,), _) = parse(HEADER + record())
LONG = " ".join(f"word{n}" for n in range(200))


def snippets(query: str, *, any_word: bool = False, **fields: str | None) -> dict[str, str]:
    paper = replace(PAPER, **{"title": "", "summary": "", "comment": None, "journal": None} | fields)
    return Highlighter(parse_query(query, any_word=any_word).query).snippets(paper)


def bare(snippet: str) -> str:
    return re.sub("</?b>", "", snippet).removeprefix("… ").removesuffix(" …")


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("diffusion", "On Diffusion.", "On <b>Diffusion</b>."),
        ("restore", "We restored it", "We <b>restored</b> it"),
        ("hjortdal", "A Hjörtdal prior", "A <b>Hjörtdal</b> prior"),
        ("Møller", "moller scattering", "<b>moller</b> scattering"),
        ("cat dog", "a dog, a cat", "a <b>dog</b>, a <b>cat</b>"),
        ("big cat", "a big cat", "a <b>big cat</b>"),
        ("super-resolution", "image super-resolution", "image <b>super-resolution</b>"),
        ("super-resolution", "super resolution", "<b>super resolution</b>"),
        ("super-resolution", "a super idea of resolution", None),
        ('"big cat"', "cat, big; a big cat", "cat, big; a <b>big cat</b>"),
        ('"big cat"', "a cat", None),
        ("diff*", "diffusion differs", "<b>diffusion differs</b>"),
        ("d?g", "dog dug drag", "<b>dog dug</b> drag"),
        ("difusion~", "diffusion", "<b>diffusion</b>"),
        ("acress~", "across", "<b>across</b>"),
        ("cat NOT dog", "cat or dog", "<b>cat</b> or dog"),
        ("cat -dog", "cat or dog", "<b>cat</b> or dog"),
        ("*", "anything", None),
        ("dog", "a cat", None),
        ("2403.90983", "see 2403.90983", None),
        ("cat:cs.CV", "cs.CV", None),
        ("resolution", "$\\ell_0$ resolution", "$\\ell_0$ <b>resolution</b>"),
    ],
)
def test_the_words_found_are_marked_as_they_are_written(query: str, text: str, marked: str | None) -> None:
    assert snippets(query, any_word=True, summary=text).get("summary") == marked


class TestFields:
    """Each field shows what was looked for in it."""

    def test_only_fields_with_something_found_have_one(self) -> None:
        found = snippets("cat", title="A cat", summary="No", comment="The cat!", journal=None)
        assert found == {"title": "A <b>cat</b>", "comment": "The <b>cat</b>!"}

    def test_a_word_looked_for_in_one_field_is_marked_in_no_other(self) -> None:
        assert snippets("title:cat", title="A cat", summary="A cat") == {"title": "A <b>cat</b>"}

    def test_words_of_the_title_option_are_marked_in_the_title(self) -> None:
        query = restrict(parse_query("dog").query, "cat")
        found = Highlighter(query).snippets(replace(PAPER, title="A cat", summary="A dog and a cat"))
        assert found == {"title": "A <b>cat</b>", "summary": "A <b>dog</b> and a cat"}

    def test_a_title_is_shown_whole_however_long(self) -> None:
        assert snippets("word199", title=LONG)["title"] == LONG.replace("word199", "<b>word199</b>")


class TestExcerpt:
    """Of a long text, the part that shows the most."""

    def test_a_short_text_is_shown_whole(self) -> None:
        assert snippets("cat", summary="A cat. " * 30)["summary"] == ("A <b>cat</b>. " * 30)

    def test_a_long_one_is_cut_at_words_and_says_so(self) -> None:
        snippet = snippets("word100", summary=LONG)["summary"]
        assert snippet.startswith("… word")
        assert snippet.endswith(" …")
        assert " <b>word100</b> " in snippet
        assert f" {bare(snippet)} " in f" {LONG} "

    @pytest.mark.parametrize(("word", "start", "end"), [("word0", "<b>word0</b> word1", " …"), ("word199", "… ", "")])
    def test_nothing_is_cut_where_the_text_begins_or_ends(self, word: str, start: str, end: str) -> None:
        snippet = snippets(word, summary=LONG)["summary"]
        assert snippet.startswith(start)
        assert snippet.endswith(end or f"<b>{word}</b>")

    def test_the_part_with_the_most_different_words_is_best(self) -> None:
        text = f"cat cat cat cat {LONG} a dog and a cat {LONG}"
        assert "a <b>dog</b> and a <b>cat</b>" in snippets("cat dog", summary=text)["summary"]

    def test_of_equal_parts_the_first_is_best(self) -> None:
        text = f"first cat {LONG} second cat {LONG}"
        assert "first <b>cat</b>" in snippets("cat", summary=text)["summary"]

    def test_it_likes_to_begin_with_a_sentence(self) -> None:
        text = f"{LONG}. Here begins a sentence with some more words about the one cat. {LONG}"
        assert snippets("cat", summary=text)["summary"].startswith("… Here begins a sentence")


WORDS = st.lists(
    st.sampled_from(["cat", "cats", "dog", "Dögs,", "big-cat", "x" * 90, "é", "a.", "<b>", "\u200b", "中"])
)


@given(words=WORDS, query=st.sampled_from(["cat", "cat dog", '"cat dog"', "c*", "dgo~", "big-cat", "xxx*"]))
@example(words=["x" * 90] * 40, query="xxx*")
def test_a_snippet_is_a_part_of_the_text_and_not_much_longer_than_it_has_to_be(words: list[str], query: str) -> None:
    text = " ".join(word for word in words if word != "<b>")
    for snippet in snippets(query, any_word=True, summary=text).values():
        assert bare(snippet) in text
        assert len(bare(snippet)) <= 240 + 100
        assert snippet.count("<b>") == snippet.count("</b>") > 0
        assert "</b> <b>" not in snippet
