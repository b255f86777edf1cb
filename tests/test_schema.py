"""Analysis: what becomes of a text before it is searched, the same in every engine; and the fields of a paper."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import tantivy
from hypothesis import example, given
from hypothesis import strategies as st
from whoosh.index import create_in
from whoosh.query import Phrase

from searcher.listing import parse_listing
from searcher.paper import Paper
from searcher.schema import (
    analyze,
    author_text,
    build_schema,
    doi_keys,
    normalize,
    prefix_tokens,
    stem,
    word_spans,
    words,
)

SCHEMA = build_schema()
ENGLISH = ("title", "summary", "comment", "journal")
NAMES = ("author", "first_author", "classes")


def native(*, is_english: bool) -> tantivy.TextAnalyzer:
    """Tantivy's own analysis, as its engine uses it."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.remove_long(256))
    return (builder.filter(tantivy.Filter.stemmer("english")) if is_english else builder).build()


NATIVE = {field: native(is_english=True) for field in ENGLISH} | {field: native(is_english=False) for field in NAMES}


def in_whoosh(field: str, text: str) -> list[str]:
    return [token.text for token in SCHEMA[field].analyzer(text, mode="index")]


def assert_all_engines_agree(text: str) -> None:
    for field in (*ENGLISH, *NAMES):
        tokens = analyze(field, text)
        assert in_whoosh(field, text) == tokens
        assert NATIVE[field].analyze(normalize(text)) == tokens


# Words.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CVPR Workshop", "cvpr workshop"),
        ("Patrick Pérez", "patrick perez"),
        ("Iulian-Marius Tăiatu", "iulian marius taiatu"),
        ("Maciej M. Mrugała", "maciej m mrugala"),
        ("Plücker naïve Çağlar Ǧ", "plucker naive caglar g"),
        ("Æsir œuvre Œdipe", "aesir oeuvre oedipe"),
        ("Straße GROẞ", "strasse gross"),
        ("Þórðarson", "thordarson"),
        ("Søren Øst Đorđe Łukasz", "soren ost dorde lukasz"),
        ("İstanbul ısı", "istanbul isi"),
        ("ﬁne ﬀ", "fine ff"),
        ("σ-algebra Σ ς µ μ", "sigma algebra sigma sigma mu mu"),
        ("北京大学 CVPR", "北京大学 cvpr"),
        ("Йод", "иод"),
        ("x² ½ Ⅷ １２", "x2 1 2 viii 12"),
    ],
)
def test_letters_are_folded_and_lower_cased(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("super-resolution", "super resolution"),
        ("x_ray x-ray xray", "x ray x ray xray"),
        ("0<p<=1 and $\\ell_0$ 10,000", "0 p 1 and l0 10 000"),
        ("D'Artagnan D’Artagnan DʼArtagnan", "d artagnan d artagnan d artagnan"),
        ("en–dash em—dash a…b", "en dash em dash a b"),
        ("no\u00a0break zero\u200bwidth", "no break zero width"),
        ("soft\u00adhyphen joi\u200dned", "softhyphen joined"),
        ("😀smile", "smile"),
        ("Bin Lei\nle Chen", "bin lei le chen"),
        ("", ""),
        ("-- … ___", ""),
    ],
)
def test_words_are_the_runs_of_letters_and_digits(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


@pytest.mark.parametrize("mark", ["\u0301", "\u0308", "\u0327", "\u20dd"])
def test_a_combining_mark_is_dropped_and_does_not_part_the_word(mark: str) -> None:
    assert words(f"ecole{mark}s") == ["ecoles"]


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="\\$")))
def test_latin_text_gives_the_same_words_composed_or_not(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text())
def test_the_words_of_words_are_the_same_words(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.parametrize(
    ("word", "is_kept"),
    [
        ("a" * 255, True),
        ("a" * 256, False),
        ("北" * 85, True),
        ("北" * 86, False),
        ("é" * 255, True),
        ("Æ" * 128, False),
    ],
)
def test_a_run_of_256_bytes_is_no_word(word: str, is_kept: bool) -> None:
    assert words(f"one {word} two") == ["one", *([normalize(word)] if is_kept else []), "two"]


@pytest.mark.parametrize(
    ("text", "positions", "expected"),
    [
        ("a super-resolution model", [0, 2], ["a", "resolution"]),
        ("Iulian-Marius Tăiatu & Œdipe!", [1, 2, 3], ["Marius", "Tăiatu", "Œdipe"]),
        (f"one {'a' * 256} two", [1], ["two"]),
        (f"öne {'a' * 256} two", [1], ["two"]),
        ("½ x", [0, 1, 2], ["½", "½", "x"]),
        ("at $0$0$\\to$ 1", [1, 2], ["0$0", "1"]),
        ("no words", [], []),
    ],
)
def test_a_word_is_found_again_in_the_text_as_it_was_written(
    text: str, positions: list[int], expected: list[str]
) -> None:
    assert [text[start:end] for start, end in word_spans(text, positions)] == expected


WITHOUT_TEX = st.characters(exclude_characters="\\${}")  # what it prints depends on what stands around it


@given(st.text(WITHOUT_TEX) | st.text(st.characters(max_codepoint=0x24F, exclude_characters="\\${}")))
def test_where_a_word_is_said_to_stand_it_stands(text: str) -> None:
    found = words(text)
    for word, (start, end) in zip(found, word_spans(text, range(len(found))), strict=True):
        assert word in words(text[start:end])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("running", "run"),
        ("added", "add"),
        ("international", "internat"),
        ("transformers", "transform"),
        ("diffusion", "diffus"),
        ("studies", "studi"),
        ("images", "imag"),
        ("news", "news"),
        ("cvpr", "cvpr"),
        ("σ", "σ"),
    ],
)
def test_the_stem_is_the_english_one_of_snowball(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize("field", ENGLISH)
def test_an_english_field_holds_stems(field: str) -> None:
    assert analyze(field, "Diffusion Models for Tăiatu") == ["diffus", "model", "for", "taiatu"]


@pytest.mark.parametrize("field", NAMES)
def test_a_field_of_names_holds_the_words_themselves(field: str) -> None:
    assert analyze(field, "Banks, Jr. Müllers") == ["banks", "jr", "mullers"]


# Every engine holds the same tokens.


@given(st.text() | st.text(st.characters(max_codepoint=0x24F)) | st.from_regex(r"\A[a-z]{1,9}(ies|ing|ed|ation|ly)\Z"))
@example("a" * 256)
@example("北" * 86)
@example("x_ray Tăiatu-Œ ŉ ½ ก็ क्षि e\u0301 \u200b \x00\x1f")
def test_whoosh_and_tantivy_find_the_tokens_of_any_text(text: str) -> None:
    assert_all_engines_agree(text)


@given(st.characters())
def test_whoosh_and_tantivy_agree_on_what_each_character_is(character: str) -> None:
    assert_all_engines_agree(f"a{character}b {character} {character}1")


def test_whoosh_and_tantivy_find_the_tokens_of_real_papers(real_archive: Path) -> None:
    listings = sorted(real_archive.rglob("*.md"))[::15]
    assert len(listings) > 300
    for listing in listings:
        paper = next(parse_listing(listing.read_bytes(), listing.name))
        assert isinstance(paper, Paper)
        for text in (paper.title, paper.summary, paper.comment or "", author_text(paper.authors)):
            assert_all_engines_agree(text)


# Prefixes.


@pytest.mark.parametrize(
    ("prefix", "token"),
    [
        ("transformer", "transform"),
        ("diffusio", "diffus"),
        ("segmentatio", "segment"),
        ("generaliz", "general"),
        ("learning", "learn"),
        ("studies", "studi"),
        ("images", "imag"),
        ("classifier", "classifi"),
    ],
)
@pytest.mark.parametrize("field", ENGLISH)
def test_a_prefix_longer_than_the_stem_finds_the_stem(field: str, prefix: str, token: str) -> None:
    assert token in prefix_tokens(field, prefix)


@pytest.mark.parametrize("prefix", ["", "a", "tr", "transf", "cvpr", "北京", "transformer", "segmentation"])
def test_no_token_that_begins_with_the_prefix_is_named(prefix: str) -> None:
    assert [token for token in prefix_tokens("title", prefix) if token.startswith(prefix)] == []


@pytest.mark.parametrize("field", NAMES)
def test_names_are_not_stemmed_so_their_prefixes_stand_for_nothing_else(field: str) -> None:
    assert prefix_tokens(field, "transformer") == []


# DOIs.


@pytest.mark.parametrize(
    ("doi", "expected"),
    [
        (None, ()),
        ("", ()),
        ("10.1145/3570991.3570994", ("10.1145/3570991.3570994",)),
        ("10.1109/ACCESS.2017.DOI", ("10.1109/access.2017.doi",)),
        ("10.1145/3581961.3609889 10.1145/3586182.3616635", ("10.1145/3581961.3609889", "10.1145/3586182.3616635")),
        ("10.1117/12.2644087 10.1117/12.2644087", ("10.1117/12.2644087",)),
        (
            "10.1007/978-3-030-94893-1_16 10.1007/978-3-030-94893-1_1610.1007/978-3-030-94893-1_16",
            ("10.1007/978-3-030-94893-1_16",),
        ),
        ("0.1145/3708359.3712144", ("10.1145/3708359.3712144",)),
        ("10.1007/978-981-97-7190-5_9.", ("10.1007/978-981-97-7190-5_9",)),
        (
            "10.1002/(SICI)1097-0193(1999)8:2/3<151::AID-HBM13>3.0.CO;2-5",
            ("10.1002/(sici)1097-0193(1999)8:2/3<151::aid-hbm13>3.0.co;2-5",),
        ),
        (".", ()),
    ],
)
def test_dois_are_compared_one_each_without_case_and_trailing_dots(doi: str | None, expected: tuple[str, ...]) -> None:
    assert doi_keys(doi) == expected


# The schema.


def test_the_schema_has_the_fields_of_a_paper_and_stores_all_but_two_that_follow_from_others() -> None:
    stored = [
        "id", "version", "title", "summary", "author", "category", "primary", "archive", "published", "updated",
        "listing", "day", "doi", "journal", "comment", "classes", "pdf", "url",
    ]  # fmt: skip
    assert SCHEMA.stored_names() == sorted(stored)
    assert SCHEMA.names() == sorted([*stored, "first_author", "acronym"])


def test_the_positions_of_two_authors_leave_a_gap() -> None:
    tokens = SCHEMA["author"].analyzer(author_text(("Iulian Tăiatu", "le Chen")), positions=True, mode="index")
    assert [(token.text, token.pos) for token in tokens] == [("iulian", 0), ("taiatu", 1), ("le", 3), ("chen", 4)]


def test_offsets_point_into_the_normalized_text() -> None:
    text = author_text(("Œdipe Lei", "le Chen"))
    tokens = SCHEMA["author"].analyzer(text, chars=True, mode="index")
    assert [normalize(text)[token.startchar : token.endchar] for token in tokens] == ["oedipe", "lei", "le", "chen"]


@pytest.mark.parametrize(("phrase", "is_found"), [("bin lei", True), ("le chen", True), ("lei le", False)])
def test_a_phrase_does_not_cross_two_authors(tmp_path: Path, phrase: str, is_found: bool) -> None:
    index = create_in(tmp_path, SCHEMA)
    writer = index.writer()
    writer.add_document(id="2401.00877", author=author_text(("Bin Lei", "le Chen")))
    writer.commit()
    with index.searcher() as searcher:
        assert bool(searcher.search(Phrase("author", phrase.split()))) is is_found
