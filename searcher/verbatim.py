"""A query tree with quoted words -> one that holds them to the letter, where an index knows stems only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from whoosh import query as wq

from searcher.paper import Paper
from searcher.schema import normalize

Quoted = Mapping[tuple[str, tuple[str, ...]], tuple[str, ...]]
"""Field and stems of a leaf -> the words, normalized, that were put in quotes there."""


def hold_to_words(query: wq.Query, quoted: Quoted, scan: Callable[[wq.Query], Iterator[Paper]]) -> wq.Query:
    """Leave out the papers that hold other words of the same stems; `scan` gives all papers that a query matches.

    What that costs grows with their number: each is read.
    """
    if not quoted:
        return query
    if isinstance(query, wq.Term | wq.Phrase):
        stems = (query.text,) if isinstance(query, wq.Term) else tuple(query.words)
        words = quoted.get((query.fieldname, stems))
        return _held(query, words, scan) if words else query
    if isinstance(query, wq.And | wq.Or | wq.AndMaybe | wq.Not):
        return query.apply(lambda child: hold_to_words(child, quoted, scan))
    return query


def _held(leaf: wq.Query, words: tuple[str, ...], scan: Callable[[wq.Query], Iterator[Paper]]) -> wq.Query:
    in_a_row = r"[\W_]+".join(map(re.escape, words))
    matches = re.compile(rf"{in_a_row}(?![^\W_])").finditer  # beginning with a letter, which is faster to look for

    def is_held(text: str) -> bool:
        return any(not text[match.start() - 1 : match.start()].isalnum() for match in matches(text))

    ids: dict[bool, list[wq.Query]] = {True: [], False: []}
    for paper in scan(leaf):
        ids[is_held(normalize(getattr(paper, leaf.field())))].append(wq.Term("id", paper.id))
    kept, others = (wq.ConstantScoreQuery(wq.Or(ids[held]), 0.0) for held in (True, False))
    if not ids[False]:
        return leaf
    if not ids[True]:
        return wq.NullQuery
    return wq.And([leaf, wq.Not(others)] if len(ids[False]) < len(ids[True]) else [leaf, kept])
