"""What is the same in every engine about explaining a score."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
            pattern = query.child if query.child.is_leaf() else query.child.subqueries[0]
            mark = {wq.Prefix: "*", wq.FuzzyTerm: "~"}.get(type(pattern), "")
            yield Explanation(pattern.field(), f"{getattr(pattern, 'text', '*')}{mark}", query.score)
