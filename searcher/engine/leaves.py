"""The leaves of a query tree that count for the score, for engines to explain one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whoosh import query as wq


@dataclass(frozen=True, slots=True)
class Leaf:
    """A word, a phrase or a pattern that adds to the score of the papers that hold it."""

    field: str
    text: str  # as an Explanation shows it
    query: wq.Query


def weighed_leaves(query: wq.Query) -> Iterator[Leaf]:
    """The leaves that count, in the order of the query."""
    match query:
        case wq.Term():
            yield Leaf(query.fieldname, query.text, query)
        case wq.Phrase():
            yield Leaf(query.fieldname, " ".join(query.words), query)
        case wq.ConstantScoreQuery() if query.score:
            pattern = query.child if query.child.is_leaf() else query.child.subqueries[0]
            mark = {wq.Prefix: "*", wq.FuzzyTerm: "~"}.get(type(pattern), "")
            yield Leaf(pattern.field(), f"{getattr(pattern, 'text', '*')}{mark}", query)
        case wq.And() | wq.Or() | wq.AndMaybe():
            for child in query.children():
                yield from weighed_leaves(child)
