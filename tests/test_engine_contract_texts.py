"""What every engine promises about texts: the tokens of the schema, whatever is written, and papers of any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from contract import Index, counts, ids, numbers, paper, request, state
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Document
from weights import Scale, rounded_length
from whoosh.query import Phrase, Query, Term

from searcher.engine import Engine
from searcher.errors import UnusableIndexError
from searcher.paper import Paper
from searcher.results import FacetRequest
from searcher.schema import ENGLISH_FIELDS, NAME_FIELDS, TEXT_FIELDS, analyze

# Tokens.

TEXTS = (
    "Super-resolution of MRI: a ResNet-50's self-attention",
    "running runs ran, transformers transform transformation; generously general",
    "The and of it is not a",
    "Patrick Pérez, Çağlar Ǧ, Iulian-Marius Tăiatu",
    "Pe\u0301rez, C\u0327ag\u0306lar, e\u0301\u0302\u0303",
    "Œuvre of Æsir in Straße und GROẞSTADT, Þórðarson, Søren Øst, Łukasz",
    "İstanbul ısı Isparta IRIŞ diyarbakır",
    "ﬁne ﬂow ﬀ ĳ ǆ",
    "北京大学 CVPR 研究 ひらがな カタカナ ｶﾀｶﾅ 한국어",
    "Σίσυφος σ-algebra ς µ μ Ω Ω",
    "Йод ёлка, עברית, عَرَبِيّ, हिन्दी, ไทย",
    "😀smile 👩‍🔬 scientist 🇨🇭 ☃",
    "zero\u200bwidth joi\u200dned soft\u00adhyphen no\u00a0break left\u200eright",
    "x_ray 3_4 __init__ snake_case_1",
    "10,000 x² ½ Ⅷ １２ 3.14 1e-5 ٣",
    "𝒳 𝕏 𝐛𝐨𝐥𝐝 ℝ ℓ₂ Ａ",
    "$\\ell_0$ <b>bold</b> \"quoted\" 'single' a&b C++ C# #1 @home 50%",
    "D'Artagnan D’Artagnan DʼArtagnan O`Neil",
    f"long {'a' * 255} {'é' * 255} {'北' * 85} words",
    "",
    "-- … ___ * ?",
)


def everywhere(number: int, text: str) -> Paper:
    """A paper with the same text in every field."""
    return paper(
        number, title=text, summary=text, comment=text, journal=text, authors=(text,), classes=(text,) if text else ()
    )


def holding(streams: Iterable[Sequence[str]], wanted: Sequence[str]) -> list[int]:
    """The numbers of the streams in which tokens follow each other."""
    size = len(wanted)
    return [
        number
        for number, stream in enumerate(streams)
        if any(list(stream[at : at + size]) == list(wanted) for at in range(len(stream) - size + 1))
    ]


def assert_indexed(engine: Engine, field: str, streams: Sequence[Sequence[str]], words: Iterable[str] = ()) -> None:
    """Tokens and pairs of them are found where they are, and other words nowhere."""
    queries: dict[Query, Sequence[str]] = {Term(field, word): [word] for word in words if word}
    for stream in streams:
        queries |= {Term(field, token): [token] for token in stream}
        for pair in pairwise(stream):
            queries |= {Phrase(field, list(pair)): pair, Phrase(field, [*pair][::-1]): pair[::-1]}
        if len(stream) > 1:
            queries[Phrase(field, list(stream))] = stream
    for query, wanted in queries.items():
        assert (query, numbers(engine, query)) == (query, holding(streams, wanted))


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_paper_is_found_by_the_tokens_of_its_texts_and_by_no_other_word(field: str, new_index: Index) -> None:
    engine = new_index.create(*(everywhere(number, text) for number, text in enumerate(TEXTS)))
    words = {word for text in TEXTS for form in (text, text.lower(), text.casefold()) for word in form.split()}
    tokens = {token for text in TEXTS for other in ("title", "author") for token in analyze(other, text)}
    assert_indexed(engine, field, [analyze(field, text) for text in TEXTS], words | tokens)


WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40) | st.text(
    "aäßıİσςﬁæ北1½٣ -_'\u200b\u200d\u0301\u00ad", min_size=1, max_size=20
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WRITTEN, min_size=2, max_size=2))
def test_any_text_is_found_by_its_tokens_and_given_back_as_it_was(texts: list[str], new_index: Index) -> None:
    papers = [everywhere(number, text) for number, text in enumerate(texts)]
    engine = new_index.create(*papers)
    assert engine.papers(paper.id for paper in papers) == {paper.id: paper for paper in papers}
    for field in ("title", "author", "comment"):
        assert_indexed(engine, field, [analyze(field, text) for text in texts])


def test_words_are_stemmed_in_english_fields_and_not_in_names(new_index: Index) -> None:
    engine = new_index.create(everywhere(1, "Running"))
    for field in ENGLISH_FIELDS:
        assert numbers(engine, Term(field, "run")) == [1]
        assert numbers(engine, Term(field, "running")) == []
    for field in NAME_FIELDS:
        assert numbers(engine, Term(field, "run")) == []
        assert numbers(engine, Term(field, "running")) == [1]


@pytest.mark.parametrize("word", ["a" * 256, "é" * 300, "Æ" * 128, "北" * 86])
def test_a_word_of_256_bytes_is_none(word: str, new_index: Index) -> None:
    engine = new_index.create(paper(1, title=f"before {word} after"))
    assert numbers(engine, "before after") == [1]
    assert numbers(engine, Term("title", word)) == numbers(engine, f"{word[:9]}*") == []


# Phrases.


@pytest.mark.parametrize("field", ["author", "class"])
def test_a_phrase_does_not_reach_from_one_name_into_the_next(field: str, new_index: Index) -> None:
    names = ("Ann Li", "Bo Wu Chen", "Dee")
    engine = new_index.create(paper(1, authors=names, classes=names))
    assert numbers(engine, f'{field}:"Bo Wu Chen"') == [1]
    assert numbers(engine, f'{field}:"Wu Chen"') == [1]
    assert numbers(engine, f'{field}:"Li Bo"') == []
    assert numbers(engine, f'{field}:"Chen Dee"') == []
    assert numbers(engine, f"{field}:(Li Bo Dee)") == [1]


def test_a_phrase_does_not_reach_from_one_field_or_paper_into_the_next(new_index: Index) -> None:
    engine = new_index.create(paper(1, title="One two", summary="Three four"), paper(2, title="Three", summary="Four"))
    assert numbers(engine, '"two three"') == []
    assert numbers(engine, '"three four"') == [1]


def test_a_word_too_long_to_be_one_parts_no_phrase(new_index: Index) -> None:
    engine = new_index.create(paper(1, title=f"before {'a' * 300} after"))
    assert analyze("title", f"before {'a' * 300} after") == ["befor", "after"]
    assert numbers(engine, f'"before {"a" * 300} after"') == numbers(engine, '"before after"') == [1]


# Sizes.


def test_a_field_of_50_000_characters_is_searched_to_its_end(new_index: Index) -> None:
    text = "word " * 9_994 + "one haystack with needles end"
    assert len(text) == 50_000 - 1
    engine = new_index.create(paper(1, title=text), paper(2, summary=text), paper(3, comment=text, journal=text))
    assert numbers(engine, "needles") == [1, 2, 3]
    assert numbers(engine, "title:needles") == [1]
    assert numbers(engine, "journal:needles") == [3]
    assert numbers(engine, '"haystack with needles end"') == [1, 2, 3]
    assert numbers(engine, '"word one haystack"') == [1, 2, 3]
    assert numbers(engine, '"end word"') == []
    assert engine.papers(["2401.00001"])["2401.00001"].title == text


def test_positions_go_beyond_65_535(new_index: Index) -> None:
    words = ["alpha", *["filler"] * 65_536, "beta", *["filler"] * 34_460, "gamma", "delta"]
    engine = new_index.create(paper(1, summary=" ".join(words)), paper(2, summary="alpha beta"))
    assert len(words) == 100_000
    assert numbers(engine, '"gamma delta"') == [1]
    assert numbers(engine, '"filler beta filler"') == [1]
    assert numbers(engine, '"alpha beta"') == [2]
    assert numbers(engine, '"delta alpha"') == []


@pytest.mark.parametrize("times", [1, 39, 40, 41, 100, 255, 256, 257, 1_000, 70_000])
def test_a_word_counts_as_often_as_it_occurs_in_a_text_of_any_length(times: int, new_index: Index) -> None:
    papers = [
        paper(1, title="needle " * times, summary="Some hay and a needle."),
        paper(2, title="hay " * times + "needle case"),
        paper(3, title="needle case " * times, comment="needle"),
        paper(4, title="Needle"),
    ]
    engine = new_index.create(*papers)
    scale = Scale(list(map(Document, papers)))
    for query in ("needle", '"needle case"', "needle OR case", "title:needle^3"):
        asked_for = request(query)
        scores = {hit.paper.id: hit.score for hit in engine.search(asked_for).hits}
        assert scores == pytest.approx(scale.scores(asked_for.query), rel=1e-5, abs=1e-4)


@pytest.mark.parametrize(
    ("length", "expected"), [(0, 0), (39, 39), (40, 40), (41, 40), (55, 54), (56, 56), (59, 56), (100, 96), (313, 312)]
)
def test_the_scan_rounds_lengths_as_lucene_does(length: int, expected: int) -> None:
    assert rounded_length(length) == expected


def test_a_paper_may_have_2_000_authors(new_index: Index) -> None:
    names = tuple(f"Ann{number} Author{number}" for number in range(2_000))
    engine = new_index.create(paper(1, authors=names))
    assert numbers(engine, "au:Author0") == numbers(engine, 'au:"Ann1999 Author1999"') == [1]
    assert numbers(engine, 'au:"Author0 Ann1"') == numbers(engine, 'au:"Author1998 Ann1999"') == []
    assert engine.papers(["2401.00001"])["2401.00001"].authors == names
    found = engine.search(request("*", facets=(FacetRequest("author", 2_000),)))
    assert counts(found, "author") == sorted((name, 1) for name in names)


@pytest.mark.parametrize("size", [1, 2_000, 2_001, 5_000])
def test_a_facet_may_have_more_than_2_000_values(size: int, new_index: Index) -> None:
    names = tuple(f"Ann{number} Author{number}" for number in range(2_000))
    engine = new_index.create(paper(1, authors=names))
    engine.write([paper(2, authors=("Bo Wu", names[7]))])
    found = engine.search(request("*", facets=(FacetRequest("author", size),)))
    once = sorted({*names, "Bo Wu"} - {names[7]})
    assert counts(found, "author") == [(names[7], 2), *((name, 1) for name in once)][:size]


def test_an_author_named_twice_is_counted_once(new_index: Index) -> None:
    engine = new_index.create(paper(1, authors=("Bo Wu", "Ann Li", "Bo Wu")))
    assert state(engine)[1]["author"] == [("Ann Li", 1), ("Bo Wu", 1)]


# What a paper may be.


def test_a_paper_comes_back_as_it_was_written(new_index: Index) -> None:
    full = paper(
        1,
        version=12,
        title='Über $\\ell_2$ — 北京 😀 "quoted" \\ <b>',
        authors=("Łukasz Ǧ", "O’Neil, Jr.", "北京 大学"),
        categories=("cs.CV", "eess.IV", "stat.ML"),
        classes=("68T45", "I.4.9; I.2"),
        published=datetime(1998, 12, 31, 23, 59, 59, tzinfo=UTC),
        updated=datetime(2024, 2, 29, 0, 0, 1, tzinfo=UTC),
        doi="10.1109/CVPR.2023.1 10.1/ÄB",
        journal="Journal of Ünïcode 1 (2024)",
        comment="10 pages\u2028and 𝒳",
        summary="A\u00a0summary\u200b with e\u0301 and é.",
        pdf="http://arxiv.org/pdf/2401.00001v12",
        url="http://arxiv.org/abs/2401.00001v12",
        listing="cs.CV/ü/2024 01.md",
    )
    bare = paper(2, summary="", doi=None, journal=None, comment=None, classes=())
    engine = new_index.create(full, bare)
    assert engine.papers([full.id, bare.id]) == {full.id: full, bare.id: bare}
    assert [hit.paper for hit in engine.search(request("*", sort="oldest")).hits] == [full, bare]
    assert [hit.paper for hit in new_index.open().search(request("journal:Ünïcode")).hits] == [full]


def test_papers_without_comment_journal_and_doi_are_found_beside_those_with_them(new_index: Index) -> None:
    engine = new_index.create(paper(1), paper(2, comment="Cats", journal="Cats", doi="10.1/cats", classes=("Cats",)))
    for query in ("comment:cats", "journal:cats", "class:cats", "doi:10.1/CATS", "doi:10.*", "comment:*", "journal:c*"):
        assert numbers(engine, query) == [2]
        assert numbers(engine, f"-{query}") == [1]


def test_papers_of_1986_and_2091_have_their_place(new_index: Index) -> None:
    engine = new_index.create(
        paper(1, published=datetime(2091, 12, 31, 23, 59, 59, tzinfo=UTC)),
        paper(2, published=datetime(1986, 4, 25, tzinfo=UTC), updated=datetime(2091, 1, 1, tzinfo=UTC)),
        paper(3),
    )
    assert ids(engine.search(request("*", sort="newest"))) == ["2401.00001", "2401.00003", "2401.00002"]
    assert ids(engine.search(request("*", sort="oldest"))) == ["2401.00002", "2401.00003", "2401.00001"]
    assert numbers(engine, "published:1986") == numbers(engine, "published:[* TO 1986-04-25]") == [2]
    assert numbers(engine, "published:2091-12-31") == [1]
    assert numbers(engine, "updated:[2090 TO *]") == [2]
    assert state(engine)[1]["year"] == [("2091", 1), ("2024", 1), ("1986", 1)]
    assert state(engine)[1]["month"] == [("2091-12", 1), ("2024-01", 1), ("1986-04", 1)]


def test_a_day_ends_with_its_last_second(new_index: Index) -> None:
    engine = new_index.create(
        paper(1, published=datetime(2023, 12, 29, 23, 59, 59, tzinfo=UTC)),
        paper(2, published=datetime(2023, 12, 30, 0, 0, 0, tzinfo=UTC)),
        paper(3, published=datetime(2023, 12, 30, 23, 59, 59, tzinfo=UTC)),
        paper(4, published=datetime(2023, 12, 31, 0, 0, 0, tzinfo=UTC)),
    )
    assert numbers(engine, "published:2023-12-30") == [2, 3]
    assert numbers(engine, "published:{2023-12-30 TO 2023-12-31]") == [4]
    assert numbers(engine, "published:[2023-12-29 TO 2023-12-30}") == [1]


def test_old_ids_are_ids(new_index: Index) -> None:
    old, new = paper(0, id="cs/9810009", title="Old"), paper(0, id="1501.0001", title="New")
    engine = new_index.create(old, new)
    assert engine.papers(["cs/9810009", "cs/9810008"]) == {"cs/9810009": old}
    for query in ("cs/9810009", "id:cs/9810009", "cs.CV/9810009v2"):
        assert ids(engine.search(request(query))) == ["cs/9810009"]
    engine.write([paper(0, id="cs/9810009", title="Older")], remove=["1501.0001"])
    assert [hit.paper.title for hit in engine.search(request("*")).hits] == ["Older"]


def test_papers_of_any_year_come_in_the_order_of_their_dates(new_index: Index) -> None:
    years = (9999, 2107, 2105, 1999, 1970)
    engine = new_index.create(*(paper(year, published=datetime(year, 6, 1, tzinfo=UTC)) for year in years))
    assert len(numbers(engine, "*")) == len(years)
    found = engine.search(request("*", sort="newest")).hits
    assert [hit.paper.published.year for hit in found][2:] == [2105, 1999, 1970]


def test_a_control_character_in_a_name_is_refused_and_harms_nothing(new_index: Index) -> None:
    engine = new_index.create(paper(1))
    with pytest.raises((ValueError, UnusableIndexError), match="control character"):
        engine.write([paper(2), paper(3, authors=("A\x1eB",))])
    assert numbers(engine, "*") == [1]
