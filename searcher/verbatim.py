"""A query tree with quoted words -> one that holds them to the letter, where an index knows stems only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from whoosh import query as wq

from searcher.paper import Paper
from searcher.schema import ENGLISH_FIELDS, analyze, normalize, words


class VerbatimTerm(wq.Term):
    """The stem of a word that was put in quotes, and the word."""

    def __init__(self, fieldname: str, text: str, words: tuple[str, ...], boost: float = 1.0) -> None:
        super().__init__(fieldname, text, boost)
        self.held = words

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, VerbatimTerm) and self.held == other.held

    def __hash__(self) -> int:
        return super().__hash__() ^ hash(self.held)


class VerbatimPhrase(wq.Phrase):
    """The stems of words that were put in quotes, and the words."""

    def __init__(self, fieldname: str, stems: list[str], words: tuple[str, ...], boost: float = 1.0) -> None:
        super().__init__(fieldname, stems, boost=boost)
        self.held = words

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, VerbatimPhrase) and self.held == other.held

    def __hash__(self) -> int:
        return super().__hash__() ^ hash(self.held)


def quote(field: str, text: str, boost: float) -> wq.Query | None:
    """The leaf of words in quotes, None if there is no word; names are indexed to the letter anyway."""
    stems, held = analyze(field, text), tuple(words(text))
    if field in ENGLISH_FIELDS and stems:
        is_phrase = len(stems) > 1
        return VerbatimPhrase(field, stems, held, boost) if is_phrase else VerbatimTerm(field, stems[0], held, boost)
    if len(stems) > 1:
        return wq.Phrase(field, stems, boost=boost)
    return wq.Term(field, stems[0], boost=boost) if stems else None


def hold_to_words(query: wq.Query, scan: Callable[[wq.Query], Iterator[Paper]]) -> wq.Query:
    """Leave out the papers that hold other words of the same stems; `scan` gives all papers that a query matches.

    What that costs grows with their number: each is read.
    """
    if isinstance(query, VerbatimTerm | VerbatimPhrase):
        return _held(query, scan)
    if isinstance(query, wq.And | wq.Or | wq.AndMaybe | wq.Not):
        return query.apply(lambda child: hold_to_words(child, scan))
    return query


def _held(leaf: VerbatimTerm | VerbatimPhrase, scan: Callable[[wq.Query], Iterator[Paper]]) -> wq.Query:
    in_a_row = r"[\W_]+".join(map(re.escape, leaf.held))
    search = re.compile(rf"{in_a_row}(?![^\W_])").search  # beginning with a letter, which is faster to look for

    def is_held(text: str) -> bool:
        match = search(text)
        while match and text[match.start() - 1 : match.start()].isalnum():  # the end of another word
            match = search(text, match.start() + 1)
        return match is not None

    ids: dict[bool, list[wq.Query]] = {True: [], False: []}
    for paper in scan(leaf):
        ids[is_held(normalize(getattr(paper, leaf.fieldname) or ""))].append(wq.Term("id", paper.id))
    kept, others = (wq.ConstantScoreQuery(wq.Or(ids[held]), 0.0) for held in (True, False))
    if not ids[False]:
        return leaf
    if not ids[True]:
        return wq.NullQuery
    return wq.And([leaf, wq.Not(others)] if len(ids[False]) < len(ids[True]) else [leaf, kept])
