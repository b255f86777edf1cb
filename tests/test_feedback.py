"""The words that tell some papers from all others: weighed by Bo1, most telling first."""

from __future__ import annotations

from math import log2

import pytest
from contract import paper
from hypothesis import given
from hypothesis import strategies as st
from trees import shown
from vocabularies import Titles

from searcher.paper import Paper
from searcher.ranking.feedback import TellingTerm, telling_terms, weighed_leaves


def held(*titles: str, weight: float = 1.0) -> list[tuple[Paper, float]]:
    """Papers that came first, each of the same weight."""
    return [(paper(number, title=title, summary=""), weight) for number, title in enumerate(titles)]


def test_a_word_weighs_the_bits_it_takes_to_meet_it_so_often_by_chance() -> None:
    archive = Titles(["Foxes"] * 2 + ["Owls"] * 14)
    # 2 of 16 papers hold it, so P = 1/8; it is met 3 times: 3 * log2((1 + 1/8) / (1/8)) + log2(1 + 1/8)
    (term,) = telling_terms(held("Foxes", "Foxes and foxes"), archive, 10)
    assert (term.stem, term.information) == ("fox", pytest.approx(9.6797, abs=1e-4))
    assert term.information == pytest.approx(3 * log2(9) + log2(9 / 8))


def test_words_of_title_and_summary_are_counted_as_stems() -> None:
    papers = [(paper(number, title="Fox", summary="Two foxes."), 1.0) for number in (1, 2)]
    (term,) = telling_terms(papers, Titles(["Fox"] + ["Owl"] * 15), 10)
    assert (term.stem, term.information) == ("fox", pytest.approx(4 * log2(17) + log2(17 / 16)))


def test_a_paper_counts_by_its_share_of_the_weight() -> None:
    papers = [(paper(1, title="Fox", summary=""), 3.0), (paper(2, title="Fox owl", summary=""), 1.0)]
    fox, owl = telling_terms(papers, Titles(["Fox owl"] + ["Hen"] * 7), 10, min_papers=1)
    assert (fox.stem, fox.information) == ("fox", pytest.approx(2.0 * log2(9) + log2(9 / 8)))  # 1.5 and 0.5
    assert (owl.stem, owl.information) == ("owl", pytest.approx(0.5 * log2(9) + log2(9 / 8)))


def test_the_most_telling_come_first_and_of_equals_by_their_letters() -> None:
    archive = Titles(["Rare words"] + ["Common words", "Even more common words", "Common"] + ["Nothing"] * 9)
    papers = held("Rare words, common words", "Common rare", "Rare even more")
    terms = telling_terms(papers, archive, 10, min_papers=1)
    assert [term.stem for term in terms] == ["rare", "common", "word", "even", "more"]
    assert [term.information for term in terms] == sorted((term.information for term in terms), reverse=True)
    assert [term.stem for term in telling_terms(papers, archive, 2, min_papers=1)] == ["rare", "common"]


@pytest.mark.parametrize(("min_papers", "stems"), [(1, "fox red"), (2, "fox red"), (3, "fox"), (4, "")])
def test_a_word_must_stand_in_so_many_of_the_papers(min_papers: int, stems: str) -> None:
    archive = Titles(["Red fox"] + ["Owl"] * 9)
    terms = telling_terms(held("Red fox", "Red fox", "Fox"), archive, 10, min_papers=min_papers)
    assert " ".join(term.stem for term in terms) == stems


@pytest.mark.parametrize(
    ("word", "holders", "is_telling"),
    [
        ("fox", 1, True),
        ("fox", 5, True),
        ("fox", 6, False),  # more than half of the papers
        ("fox", 0, False),  # none that the archive knows of
        ("x", 1, False),
        ("2024", 1, False),
        ("3d", 1, True),
        ("北京", 1, True),
    ],
)
def test_frequent_words_single_letters_and_numbers_tell_nothing(word: str, holders: int, is_telling: bool) -> None:
    archive = Titles([word] * holders + ["Owl"] * (10 - holders))
    assert [term.stem for term in telling_terms(held(word, word), archive, 10)] == [word] * is_telling


@pytest.mark.parametrize("weight", [0.0, 0.5, 7.0])
def test_papers_that_weigh_the_same_are_counted_alike_whatever_they_weigh(weight: float) -> None:
    archive = Titles(["Fox"] + ["Owl"] * 9)
    terms = telling_terms(held("Fox", "Fox", weight=weight), archive, 10)
    expected = 0.0 if weight == 0.0 else 2 * log2(11)
    assert [term.information for term in terms] == [pytest.approx(expected + log2(1.1))]


def test_no_papers_tell_nothing() -> None:
    assert telling_terms([], Titles(["Fox"]), 10) == []
    assert telling_terms(held("Fox", "Fox"), Titles([]), 10) == []


@given(
    st.lists(
        st.lists(st.sampled_from(["fox", "owl", "hen", "red", "old", "the"]), min_size=1).map(" ".join), max_size=6
    )
)
def test_every_word_told_stands_in_two_of_the_papers_and_is_worth_something(titles: list[str]) -> None:
    archive = Titles([*titles, *["Nothing"] * 7])
    terms = telling_terms(held(*titles), archive, 3)
    assert len(terms) <= 3
    for term in terms:
        assert term.information > 0
        assert sum(term.stem in title.split() for title in titles) >= 2


# Leaves.


def test_the_boost_is_shared_out_by_what_the_words_tell_and_title_counts_twice() -> None:
    leaves = weighed_leaves([TellingTerm("fox", 6.0), TellingTerm("red", 2.0)], 4.0)
    assert " ".join(map(shown, leaves)) == "title:fox^6 summary:fox^3 title:red^2 summary:red"


def test_no_words_are_no_leaves() -> None:
    assert weighed_leaves([], 4.0) == []


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.floats(0.1, 20))
def test_in_the_summary_all_leaves_together_have_the_boost(bits: list[float], boost: float) -> None:
    leaves = weighed_leaves([TellingTerm(f"w{number}", each) for number, each in enumerate(bits)], boost)
    assert sum(leaf.boost for leaf in leaves if leaf.field() == "summary") == pytest.approx(boost)
