"""What is the same in every engine about explaining a score."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from whoosh import query as wq

from searcher.results import Explanation


def explain(query: wq.Query, score: Callable[[wq.Query], float | None]) -> Iterator[Explanation]:
    """What each leaf of a tree adds to the score of a paper that matches it, in the order of the tree.

    `score` gives what a part of the tree scores for that paper, None where the paper does not match it.
    """
    match query:
        case wq.And() | wq.Or() | wq.AndMaybe():
            for child in query.children():
                if not isinstance(child, wq.Not) and score(child) is not None:
                    yield from explain(child, score)
        case wq.Term():
            yield Explanation(query.fieldname, query.text, score(query) or 0.0)
        case wq.Phrase():
            yield Explanation(query.fieldname, " ".join(query.words), score(query) or 0.0)
        case wq.ConstantScoreQuery() if query.score:
            yield Explanation(*_constant(query.child), query.score)


def _constant(query: wq.Query) -> tuple[str, str]:
    """Field and text of what counts the same wherever it stands; both empty for a whole tree."""
    pattern = query if query.is_leaf() else query.subqueries[0]
    match pattern:
        case wq.DateRange():
            return pattern.fieldname, "..".join(f"{date:%Y-%m-%d}" if date else "" for date in _ends(pattern))
        case wq.Prefix() | wq.FuzzyTerm():
            return pattern.fieldname, pattern.text + ("*" if isinstance(pattern, wq.Prefix) else "~")
        case wq.Term() | wq.Wildcard():
            return pattern.fieldname, pattern.text
        case wq.Every() if pattern.fieldname:
            return pattern.fieldname, "*"
    return "", ""


def _ends(dates: wq.DateRange) -> tuple[datetime | None, datetime | None]:
    return dates.startdate, dates.enddate
