"""A query tree -> the same papers, with those first whose words stand together as they do in the query."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

from whoosh import query as wq

from searcher.weights import NEIGHBOURS

_MAX_PHRASES = 24  # of a query; a pasted abstract has hundreds of neighbours


def lift_neighbours(query: wq.Query, asked: wq.Query | None = None) -> wq.Query:
    """Let papers come first that hold neighbouring words of the query, or of what was `asked`, side by side.

    What is found stays the same. A query without words to stand together comes back as it is.
    """
    phrases = neighbours(asked or query)
    if not phrases:
        return query
    return wq.AndMaybe(query, wq.Or(phrases) if len(phrases) > 1 else phrases[0])


def neighbours(query: wq.Query) -> list[wq.Query]:
    """A phrase, in each field where it counts, for every pair of words that follow one another."""
    return list(dict.fromkeys(_phrases(query)))[: _MAX_PHRASES * len(NEIGHBOURS)]


def _phrases(query: wq.Query) -> Iterator[wq.Query]:
    words = [_alternatives(child) for child in query.subqueries] if isinstance(query, wq.And | wq.Or) else []
    for these, those in pairwise(words):
        for one, other in product(these, those):
            for field, boost in NEIGHBOURS.items():
                yield wq.Phrase(field, [one[-1], other[0]], boost=boost)


def _alternatives(word: wq.Query) -> list[list[str]]:
    """What a word of the query may be, each as its tokens; nothing for what is no word looked for in the title."""
    leaves = word.subqueries if isinstance(word, wq.Or) else [word]
    found = [leaf for leaf in leaves if isinstance(leaf, wq.Term | wq.Phrase) and leaf.fieldname == "title"]
    return [[leaf.text] if isinstance(leaf, wq.Term) else list(leaf.words) for leaf in found]
