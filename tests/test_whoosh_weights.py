"""The numbers that our Whoosh engine works with: lengths in a byte, BM25, and the words a few edits away."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract import Index, paper, request
from hypothesis import example, given
from hypothesis import strategies as st
from oracle import differences
from whoosh.query import Term

from searcher.engine.whoosh.bm25 import LENGTHS, idf, length_byte, term_frequency_weight
from searcher.engine.whoosh.fuzzy import words_within

# Lengths.


@pytest.mark.parametrize("length", range(41))
def test_a_length_to_40_is_kept_exactly(length: int) -> None:
    assert length_byte(length) == length
    assert LENGTHS[length] == length


@pytest.mark.parametrize(
    ("length", "byte", "kept"),
    [
        (41, 40, 40), (42, 41, 42), (43, 41, 42), (44, 42, 44), (55, 47, 54), (56, 48, 56), (57, 48, 56), (59, 48, 56),
        (60, 49, 60), (100, 57, 96), (104, 58, 104), (300, 72, 280), (1000, 87, 984), (65_535, 135, 61_464),
        (2_013_265_943, 254, 1_879_048_216), (2_013_265_944, 255, 2_013_265_944), (2**40, 255, 2_013_265_944),
    ],
)  # fmt: skip
def test_a_greater_length_is_rounded_down_to_four_significant_bits(length: int, byte: int, kept: int) -> None:
    assert (length_byte(length), LENGTHS[length_byte(length)]) == (byte, kept)


def test_there_is_a_length_for_every_byte_and_they_ascend() -> None:
    assert len(LENGTHS) == 256
    assert sorted(set(LENGTHS)) == list(LENGTHS)
    assert [length_byte(length) for length in LENGTHS] == list(range(256))


@given(st.integers(41, 10**9))
def test_a_length_loses_less_than_an_eighth(length: int) -> None:
    kept = LENGTHS[length_byte(length)]
    assert kept <= length < kept * 9 / 8


# BM25, by hand: k1 = 1.2, b = 0.75.


@pytest.mark.parametrize(
    ("papers", "frequency", "expected"),
    [
        (1, 1, 0.287682),  # ln(1 + 0.5 / 1.5) = ln(4 / 3)
        (3, 1, 0.980829),  # ln(1 + 2.5 / 1.5) = ln(8 / 3)
        (10, 3, 1.145132),  # ln(1 + 7.5 / 3.5) = ln(22 / 7)
        (10, 10, 0.046520),  # ln(1 + 0.5 / 10.5) = ln(22 / 21): never negative
        (100_000, 0, 12.206083),  # ln(1 + 100000.5 / 0.5) = ln(200002)
    ],
)
def test_a_term_is_the_more_telling_the_fewer_papers_hold_it(papers: int, frequency: int, expected: float) -> None:
    assert idf(papers, frequency) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("frequency", "length", "average", "expected"),
    [
        (1, 5, 5, 1.0),  # 2.2 / (1 + 1.2)
        (2, 5, 5, 1.375),  # 4.4 / (2 + 1.2)
        (2, 10, 5, 1.073171),  # 4.4 / (2 + 1.2 * (0.25 + 0.75 * 2)) = 4.4 / 4.1
        (1, 1, 4, 1.442623),  # 2.2 / (1 + 1.2 * (0.25 + 0.75 / 4)) = 2.2 / 1.525
        (1000, 1000, 1000, 2.197364),  # 2200 / 1001.2: 2.2 at most
    ],
)
def test_a_word_counts_more_the_more_often_it_stands_in_a_shorter_text(
    frequency: int, length: int, average: float, expected: float
) -> None:
    assert term_frequency_weight(frequency, length, average) == pytest.approx(expected, abs=1e-6)


def test_a_score_is_idf_times_weight_times_boost(tmp_path: Path) -> None:
    index = Index("whoosh", tmp_path / "index")
    engine = index.create(
        paper(1, title="Cats"),
        paper(2, title="Cats and dogs and cats again"),
        paper(3, title="Owls at night"),
    )
    found = engine.search(request(Term("title", "cat", boost=3)))
    # 3 * ln(1 + 1.5 / 2.5) = 1.410011; lengths of 1 and 6, on average (1 + 6 + 3) / 3
    assert [(hit.paper.id, hit.score) for hit in found.hits] == [
        ("2401.00001", pytest.approx(1.410011 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 0.3)), abs=1e-4)),
        ("2401.00002", pytest.approx(1.410011 * 4.4 / (2 + 1.2 * (0.25 + 0.75 * 1.8)), abs=1e-4)),
    ]


# Fuzzy words.


def within(words: list[str], word: str, distance: int) -> list[str]:
    return [words[number] for number in words_within(words, word, distance)]


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (0, "word"),
        (1, "ord word wordy work wrod"),
        (2, "ord rod swords word wordy work wrod"),
    ],
)
def test_an_edit_adds_drops_or_replaces_a_letter_or_swaps_two_neighbours(distance: int, expected: str) -> None:
    words = sorted(["ord", "rod", "sentence", "swords", "tower", "word", "wordy", "work", "wrod"])
    assert " ".join(within(words, "word", distance)) == expected


def test_two_swapped_neighbours_are_not_edited_otherwise() -> None:
    assert within(["abc", "ca"], "ca", 2) == ["ca"]
    assert within(["abc", "ca"], "abc", 3) == ["abc", "ca"]


def test_no_words_are_near_where_there_are_none() -> None:
    assert within([], "word", 2) == []


def test_every_word_as_short_as_the_distance_is_near_the_empty_one() -> None:
    assert within(["a", "ab", "abc"], "", 2) == ["a", "ab"]


def test_letters_of_all_planes_are_letters() -> None:
    words = sorted(["a北", "北京", "北京大", "𝔘b", "a𠀀", "a𠀀b", "𠀀𠀀"])
    assert within(words, "北京", 1) == ["北京", "北京大"]
    assert within(words, "a𠀀", 1) == ["a北", "a𠀀", "a𠀀b", "𠀀𠀀"]


def every_word(letters: str, *, most: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(letters), max_size=most)


@given(st.sets(every_word("ab", most=6), max_size=40), every_word("ab", most=6), st.integers(0, 2))
@example({"ab", "ba", "bab"}, "ab", 1)
@example({"aba", "abba", "baab"}, "abab", 2)
def test_the_words_found_are_those_a_plain_comparison_finds(words: set[str], word: str, distance: int) -> None:
    ordered = sorted(words)
    assert within(ordered, word, distance) == [each for each in ordered if differences(each, word) <= distance]


@given(st.sets(every_word("abcé北𠀀", most=7), max_size=60), st.data(), st.integers(0, 2))
def test_so_are_those_of_more_letters_near_one_of_them(words: set[str], data: st.DataObject, distance: int) -> None:
    ordered = sorted(words)
    word = data.draw(st.sampled_from(ordered)) if ordered else "a"
    assert within(ordered, word, distance) == [each for each in ordered if differences(each, word) <= distance]
