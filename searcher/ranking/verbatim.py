"""A query tree with quoted words -> one that holds them to the letter, where an index knows stems only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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


Verbatim = VerbatimTerm | VerbatimPhrase


def quote(field: str, text: str, boost: float) -> wq.Query | None:
    """The leaf of words in quotes, None if there is no word; names are indexed to the letter anyway."""
    stems, held = analyze(field, text), tuple(words(text))
    if field in ENGLISH_FIELDS and stems:
        is_phrase = len(stems) > 1
        return VerbatimPhrase(field, stems, held, boost) if is_phrase else VerbatimTerm(field, stems[0], held, boost)
    if len(stems) > 1:
        return wq.Phrase(field, stems, boost=boost)
    return wq.Term(field, stems[0], boost=boost) if stems else None


@dataclass(frozen=True, slots=True)
class Holders:
    """The papers that hold quoted words to the letter, among those that hold their stems."""

    ids: tuple[str, ...]  # of these papers, or of all others: whichever are fewer
    are_others: bool


def hold_to_words(query: wq.Query, holders: Callable[[Verbatim], Holders | None]) -> wq.Query:
    """Leave out the papers that hold other words of the same stems; `holders` is `find_holders`.

    Where it gives None, a leaf is left as it is.
    """
    if isinstance(query, VerbatimTerm | VerbatimPhrase):
        found = holders(query)
        if found is None:
            return query
        if not found.ids:
            return query if found.are_others else wq.NullQuery
        papers = wq.ConstantScoreQuery(wq.Or([wq.Term("id", each) for each in found.ids]), 0.0)
        return wq.And([query, wq.Not(papers) if found.are_others else papers])
    if isinstance(query, wq.And | wq.Or | wq.AndMaybe | wq.Not):
        return query.apply(lambda child: hold_to_words(child, holders))
    return query


def find_holders(leaf: Verbatim, scan: Callable[[wq.Query], Iterator[Paper]]) -> Holders:
    """Read all papers with the stems of a leaf, which `scan` gives. What that costs grows with their number."""
    in_a_row = r"[\W_]+".join(map(re.escape, leaf.held))
    search = re.compile(rf"{in_a_row}(?![^\W_])").search  # beginning with a letter, which is faster to look for

    def is_held(text: str) -> bool:
        match = search(text)
        while match and text[match.start() - 1 : match.start()].isalnum():  # the end of another word
            match = search(text, match.start() + 1)
        return match is not None

    ids: dict[bool, list[str]] = {True: [], False: []}
    for paper in scan(leaf):
        ids[is_held(normalize(getattr(paper, leaf.fieldname) or ""))].append(paper.id)
    are_others = not ids[False] or len(ids[False]) < len(ids[True])
    return Holders(tuple(ids[not are_others]), are_others)
