"""What narrows a search down beside its query: dates, words of the title, filters."""

from __future__ import annotations

from datetime import datetime

import pytest
from trees import shown

from searcher.query import build_filters, narrowed, parse, restrict
from searcher.results import Filter
from searcher.selection import parse_date


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2024", datetime(2024, 1, 1), datetime(2025, 1, 1)),
        (" 2024-02 ", datetime(2024, 2, 1), datetime(2024, 3, 1)),
        ("2024-12", datetime(2024, 12, 1), datetime(2025, 1, 1)),
        ("2024-2-9", datetime(2024, 2, 9), datetime(2024, 2, 10)),
        ("2023-12-31", datetime(2023, 12, 31), datetime(2024, 1, 1)),
        ("9999-12-31", datetime(9999, 12, 31), None),
    ],
)
def test_a_date_is_a_span_of_time(text: str, first: datetime, after: datetime | None) -> None:
    assert parse_date(text) == (first, after)


@pytest.mark.parametrize("text", ["", "24", "0000", "2024-13", "2023-02-29", "2024-01-01T00:00", "2024/01", "May"])
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


# Restrictions and filters.


@pytest.mark.parametrize(
    ("typed", "title", "any_word", "tree"),
    [
        ("a", None, False, "title:a"),
        ("a", "Networks", False, "(title:a AND title:network)"),
        ("*", "b c", False, "(title:b AND title:c)"),
        ("a", "b c", True, "(title:a AND (title:b OR title:c))"),
        ("a OR b", "c-d", False, '((title:a OR title:b) AND title:"c d")'),
        ("-a", "b", False, "(NOT title:a AND title:b)"),
        ("a", "!!", False, "title:a"),
    ],
)
def test_a_query_can_be_restricted_by_title(typed: str, title: str | None, any_word: bool, tree: str) -> None:
    boosts = {"title": 1.0}
    query = parse(typed, any_word=any_word, boosts=boosts).query
    assert shown(restrict(query, title, any_word=any_word, boosts=boosts)) == tree


def test_the_title_of_a_restriction_has_the_boost_of_titles() -> None:
    assert shown(restrict(parse("*").query, "b c")) == "(title:b^2 AND title:c^2)"
    assert shown(restrict(parse("*").query, "b", boosts={"title": 0.5})) == "title:b^0.5"
    assert shown(restrict(parse("*").query, "b", boosts={"summary": 3.0})) == "title:b"


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("a", "(title:a AND <category:cs.CV> AND <published:2024-01-01..>)"),
        ("*", "(<category:cs.CV> AND <published:2024-01-01..>)"),
        ("-a", "(NOT title:a AND <category:cs.CV> AND <published:2024-01-01..>)"),
    ],
)
def test_a_query_and_its_filters_are_one_tree(typed: str, tree: str) -> None:
    filters = build_filters(categories=["cs.CV"], since=datetime(2024, 1, 1))
    assert shown(narrowed(parse(typed, boosts={"title": 1.0}).query, filters)) == tree


@pytest.mark.parametrize(
    ("filters", "tree", "facets"),
    [
        (build_filters(categories=["cs.cv"]), "<category:cs.CV>", ("category",)),
        (build_filters(categories=["cs.CV", "eess.*"]), "(<category:cs.CV> OR <archive:eess>)", ("category",)),
        (build_filters(not_categories=["cs.CV"]), "(<*> AND NOT <category:cs.CV>)", ("category",)),
        (
            build_filters(not_categories=["cs.CV", "math"]),
            "(<*> AND NOT (<category:cs.CV> OR <archive:math>))",
            ("category",),
        ),
        (build_filters(primaries=["cs.LG"]), "<primary:cs.LG>", ("primary",)),
        (build_filters(authors=["Yang Liu"]), '<author:"yang liu">', ("author",)),
        (build_filters(authors=["Liu, Yang", "März"]), '(<author:"yang liu"> OR <author:marz>)', ("author",)),
        (build_filters(authors=["Liu, Yang, Jr"]), '<author:"yang jr liu">', ("author",)),
        (build_filters(authors=[" ^Liu, Yang"]), '<first_author:"yang liu">', ("author",)),
        (build_filters(since=datetime(2024, 1, 1)), "<published:2024-01-01..>", ("year", "month")),
        (
            build_filters(since=datetime(2023, 1, 1), until=datetime(2024, 1, 1)),
            "<published:2023-01-01..2024-01-01>",
            ("year", "month"),
        ),
    ],
)
def test_a_filter_names_the_facets_that_ignore_it(
    filters: tuple[Filter, ...], tree: str, facets: tuple[str, ...]
) -> None:
    assert [(shown(each.query), each.facets) for each in filters] == [(tree, facets)]


def test_each_kind_of_filter_must_hold() -> None:
    filters = build_filters(categories=["cs.CV"], not_categories=["cs.LG"], authors=["!!"], since=datetime(2024, 1, 1))
    assert [shown(each.query) for each in filters] == [
        "<category:cs.CV>",
        "(<*> AND NOT <category:cs.LG>)",
        "<published:2024-01-01..>",
    ]
    assert build_filters() == ()
    assert build_filters(categories=[""]) == ()
