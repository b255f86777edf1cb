"""A query tree for papers with all of some words -> one for papers with any of them."""

from __future__ import annotations

from whoosh import query as wq


def loosen(query: wq.Query) -> wq.Query | None:
    """The query for papers that hold any of its words; what it excludes or filters by still holds.

    None for a query that does not ask for several words.
    """
    if not isinstance(query, wq.And):
        return None
    wanted = [child for child in query.subqueries if isinstance(child, wq.Or | wq.Term | wq.Phrase)]
    if len(wanted) < 2:
        return None
    leaves = [leaf for child in wanted for leaf in (child.subqueries if isinstance(child, wq.Or) else [child])]
    held = [child for child in query.subqueries if child not in wanted]
    anything = wq.Or(list(dict.fromkeys(leaves)))
    return wq.And([anything, *held]) if held else anything
