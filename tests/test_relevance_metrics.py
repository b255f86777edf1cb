"""The figures of the relevance benchmark, worked out by hand."""

from __future__ import annotations

import pytest

from bench.relevance.metrics import average_precision, ndcg, recall, reciprocal_rank

TEN_OTHERS = list("ABCDEFGHIJ")


def test_ndcg_of_the_best_ranking_is_one() -> None:
    assert ndcg(["b", "a", "X"], {"a", "b"}) == 1


def test_ndcg_discounts_by_the_logarithm_of_the_place() -> None:
    # 1 / log2(2) + 1 / log2(4) = 1.5 of 1 / log2(2) + 1 / log2(3) = 1.6309
    assert ndcg(["a", "X", "b"], {"a", "b"}) == pytest.approx(0.919721)


def test_ndcg_of_papers_that_are_not_found_counts_them_in_the_best_ranking() -> None:
    # 1 / log2(3) = 0.6309 of 1 + 0.6309 + 0.5
    assert ndcg(["X", "a"], {"a", "b", "c"}) == pytest.approx(0.296082)


def test_ndcg_looks_at_ten_places() -> None:
    assert ndcg([*TEN_OTHERS, "a"], {"a"}) == 0
    assert ndcg([*TEN_OTHERS[:9], "a"], {"a"}) == pytest.approx(0.289065)


def test_ndcg_is_one_if_all_ten_places_answer_and_more_would() -> None:
    assert ndcg(TEN_OTHERS, {*TEN_OTHERS, "a", "b"}) == 1


def test_ndcg_looks_as_deep_as_it_is_told() -> None:
    assert ndcg(["X", "a", "b"], {"a", "b"}, depth=2) == pytest.approx(0.386853)


def test_average_precision_is_the_mean_precision_at_the_places_of_answers() -> None:
    assert average_precision(["a", "X", "b", "Y", "Z", "c"], {"a", "b", "c"}) == pytest.approx((1 + 2 / 3 + 3 / 6) / 3)


def test_average_precision_counts_an_answer_that_is_not_ranked_as_nothing() -> None:
    assert average_precision(["X", "a"], {"a", "b"}) == 0.25


def test_average_precision_looks_at_all_places() -> None:
    assert average_precision([*map(str, range(999)), "a"], {"a"}) == 0.001


def test_recall_is_the_part_found_among_a_hundred() -> None:
    others = list(map(str, range(99)))
    assert recall([*others, "a", "b"], {"a", "b"}) == 0.5
    assert recall(["a", "b"], {"a", "b", "c", "d"}) == 0.5
    assert recall(["X", "a", "b"], {"a", "b"}, depth=2) == 0.5


def test_reciprocal_rank_is_one_divided_by_the_place_among_ten() -> None:
    assert reciprocal_rank(["a", "X"], "a") == 1
    assert reciprocal_rank(["X", "Y", "Z", "a"], "a") == 0.25
    assert reciprocal_rank([*TEN_OTHERS, "a"], "a") == 0


def test_nothing_found_is_worth_nothing() -> None:
    assert (ndcg([], {"a"}), average_precision([], {"a"}), recall([], {"a"}), reciprocal_rank([], "a")) == (0, 0, 0, 0)
