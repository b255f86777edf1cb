"""A query tree for papers with all of some words -> trees for papers with all but one, and with any."""

from __future__ import annotations

from collections.abc import Iterator

from whoosh import query as wq

_MAX_WORDS = 8  # of a query from which each in turn is left out


def loosen(query: wq.Query) -> Iterator[wq.Query]:
    """The queries for papers that lack one word, then for those that hold any; what is no word holds for all.

    Nothing for a query that does not ask for several words.
    """
    parts = query.subqueries if isinstance(query, wq.And) else []
    words = [child for child in parts if _is_word(child)]
    others = [child for child in parts if child not in words]
    if 2 < len(words) <= _MAX_WORDS:
        yield _with(_all_but_one(words), others)
    if len(words) > 1:
        alternatives = [leaf for word in words_of(query) for leaf in word]
        yield _with(wq.Or(list(dict.fromkeys(alternatives))), others)


def _all_but_one(words: list[wq.Query]) -> wq.Query:
    """For papers that lack one of the words; what a paper that lacks none scores means nothing.

    It lacks one of the first half, or one of the second: far fewer parts than one for each word left out.
    """
    if len(words) == 2:
        return wq.Or(words)
    first, second = words[: len(words) // 2], words[len(words) // 2 :]
    lacking_first = [_all_but_one(first)] if len(first) > 1 else []
    return wq.Or([wq.And([*lacking_first, *second]), wq.And([*first, _all_but_one(second)])])


def words_of(query: wq.Query) -> list[list[wq.Query]]:
    """The words of a query, each as the leaves of which any will do."""
    words = [part for part in (query.subqueries if isinstance(query, wq.And) else [query]) if _is_word(part)]
    alternatives = (word.subqueries if isinstance(word, wq.Or) else [word] for word in words)
    return [[leaf for leaf in found if isinstance(leaf, wq.Term | wq.Phrase)] for found in alternatives]


def _is_word(part: wq.Query) -> bool:
    return isinstance(part, wq.Or | wq.Term | wq.Phrase)


def _with(words: wq.Query, others: list[wq.Query]) -> wq.Query:
    return wq.And([words, *others]) if others else words
