"""A query tree with names of authors -> one that finds these persons, however listings write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from whoosh import query as wq

from searcher.paper import Paper
from searcher.ranking.names import Name, TypedNames, candidate_words, parse_name, same_people
from searcher.schema import words

_MAX_WRITINGS = 1000  # of one name


def find_people(query: wq.Query, typed: TypedNames, scan: Callable[[wq.Query], Iterator[Paper]]) -> wq.Query:
    """Put all writings of a name in the place of each that was typed; `scan` gives all papers that a query matches.

    Who is meant is told by `names`, from the authors of all papers that hold words of the name.
    """
    if not typed:
        return query
    if isinstance(query, wq.Term | wq.Phrase):
        held = (query.text,) if isinstance(query, wq.Term) else tuple(query.words)
        name = parse_name(typed.get((query.fieldname, held), ""))
        return _writings(query, name, scan) if name else query
    if isinstance(query, wq.ConstantScoreQuery):
        return wq.ConstantScoreQuery(find_people(query.child, typed, scan), query.score)
    if isinstance(query, wq.And | wq.Or | wq.AndMaybe | wq.Not):
        return query.apply(lambda child: find_people(child, typed, scan))
    return query


def _writings(leaf: wq.Query, name: Name, scan: Callable[[wq.Query], Iterator[Paper]]) -> wq.Query:
    field, boost = leaf.field(), leaf.boost
    if isinstance(leaf, wq.Term):
        found: Sequence[Sequence[str]] = [(spelling,) for spelling in name.surname[-1]]
    else:
        papers = scan(_holding(field, name))
        last = 1 if field == "first_author" else None
        listed = {author: None for paper in papers for author in paper.authors[:last]}
        found = [words(author) for author in islice(same_people(name, listed), _MAX_WRITINGS)]
    leaves = dict.fromkeys(_leaf(field, writing, boost) for writing in found if writing)
    return wq.Or(list(leaves)) if len(leaves) > 1 else next(iter(leaves), leaf)


def _leaf(field: str, writing: Sequence[str], boost: float = 1.0) -> wq.Query:
    is_phrase = len(writing) > 1
    return wq.Phrase(field, list(writing), boost=boost) if is_phrase else wq.Term(field, *writing, boost=boost)


def _holding(field: str, name: Name) -> wq.Query:
    """For the papers that one of the name's writings may stand in."""
    groups = [wq.Or([_pattern(field, each) for each in group]) for group in candidate_words(name)]
    return wq.ConstantScoreQuery(wq.And(groups) if len(groups) > 1 else groups[0], 0.0)


def _pattern(field: str, alternative: str) -> wq.Query:
    if alternative.endswith("*"):
        return wq.Prefix(field, alternative[:-1])
    return _leaf(field, alternative.split())
