"""A paper, or a text -> the terms that tell most about it, and the query for papers like it.

Terms are words, and pairs of words that stand side by side in the title or more than once. A term is worth the
bits it takes to meet it so often by chance (`searcher.ranking.feedback.information`), in a long text as in as many
papers of usual length; the papers that hold the terms worth most are the most alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from whoosh.query import And, AndMaybe, ConstantScoreQuery, Not, NullQuery, Or, Phrase, Query, Term

from searcher.paper import Paper
from searcher.ranking.feedback import MAX_SHARE, information, may_tell, share
from searcher.ranking.vocabulary import Vocabulary
from searcher.results import TellingText
from searcher.schema import stem, words
from searcher.weights import FEEDBACK_FIELDS as FIELDS
from searcher.weights import SIMILAR_TITLE

MAX_CHARS = 1_000_000  # of a text; what follows is not looked at
_WORDS, _PAIRS = 25, 10  # terms of a query
_NEEDED = 10  # of the most telling terms, one that a paper must hold
_PAIRS_COUNTED = 30
_PAPER_WORDS = 190  # of title and summary, on average
_RARE = 0.001  # share of the papers; what fewer hold tells no more than this
_MIN_PAIR_SHARE = 0.0001  # words that stand side by side in fewer papers do so by accident
_STOP_WORDS = """
    a an the this that these those it its they their them we our us i you he she of in on at by for from to with without
    into onto over under between among within through during before after above below via as than then and or but nor
    not no so if while when where which who whose whom what how why is are was were be been being has have had do does
    did can could may might must shall should will would also only just more most less least very much many such some
    any each every all both either neither other another same own there here thus hence however therefore et al
"""
_STOP_STEMS = frozenset(map(stem, _STOP_WORDS.split()))
_CLAUSE_END = re.compile(r"[:;.!?]\s|\n\s*\n")
_WORD = re.compile(r"[^\W_]+")

_Part = TypeVar("_Part")
Stems = tuple[str, ...]
"""Of one word, or of two that stand side by side."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What papers must be like."""

    query: Query  # analysed; NullQuery where no other paper holds a word of it
    shown: Query  # what of it is worth being marked in the papers found
    terms: tuple[TellingText, ...]  # the most telling first


def likeness(example: Paper | str, vocabulary: Vocabulary) -> Likeness:
    """What makes papers like a paper of the archive, which is not among them, or like a text.

    Of a text at most MAX_CHARS count. Words of the title of a paper count as often as `weights.SIMILAR_TITLE` says.
    """
    passages = _passages(example)
    telling = _telling_terms(passages, vocabulary, own=isinstance(example, Paper))
    if not telling:
        return Likeness(NullQuery, NullQuery, ())
    total = sum(bits for _, bits in telling)
    leaves = [list(_leaves(stems, bits / total)) for stems, bits in telling]
    needed, others = (Or([leaf for each in part for leaf in each]) for part in (leaves[:_NEEDED], leaves[_NEEDED:]))
    query = AndMaybe(needed, others) if len(leaves) > _NEEDED else needed
    if isinstance(example, Paper):
        query = And([query, Not(ConstantScoreQuery(Term("id", example.id)))])
    forms = _forms(example, passages, {stems for stems, _ in telling})
    return Likeness(query, needed, tuple(TellingText(forms[stems], bits) for stems, bits in telling))


@dataclass(frozen=True, slots=True)
class _Passage:
    words: list[str]
    stems: list[str]
    worth: float


def _passages(example: Paper | str) -> list[_Passage]:
    """The texts that terms are taken from."""
    texts = [(example, 1.0)] if isinstance(example, str) else [(example.title, SIMILAR_TITLE), (example.summary, 1.0)]
    found = [(list(_words(text[:MAX_CHARS])), worth) for text, worth in texts]
    return [_Passage(each, list(map(stem, each)), worth) for each, worth in found]


def _words(text: str) -> Iterator[str]:
    """The words of a text, and an empty one behind each clause, over which no pair reaches."""
    for clause in _CLAUSE_END.split(text):
        yield from words(clause)
        yield ""


def _telling_terms(passages: list[_Passage], vocabulary: Vocabulary, *, own: bool) -> list[tuple[Stems, float]]:
    """The words and pairs that tell most, with their information in bits, the most telling first.

    None that no other paper holds: with `own` the passages are those of a paper of the archive.
    """
    length = max(1.0, sum(sum(map(bool, each.stems)) for each in passages) / _PAPER_WORDS)  # in papers
    times = _count(passages, lambda stems: stems)
    shares = {word: share(word, vocabulary) for word in times if may_tell(word)}
    known = {
        word: chance
        for word, chance in shares.items()
        if chance and (not own or sum(vocabulary.frequency(name, word) for name in FIELDS) > _held(word, passages))
    }
    usable = {
        word: chance for word, chance in known.items() if chance <= MAX_SHARE and word not in _STOP_STEMS
    } or known
    telling = [((word,), information(times[word], max(_RARE, chance) * length)) for word, chance in usable.items()]
    telling = _first(telling, _WORDS)
    together: Mapping[Stems, float] = _count(passages, pairwise)
    candidates = [
        (pair, information(often, min(usable[word] for word in pair) * length))
        for pair, often in together.items()
        if often > 1 and all(word in usable for word in pair)
    ]
    papers = max(1, vocabulary.count())
    pairs: list[tuple[Stems, float]] = []
    for pair, _ in _first(candidates, _PAIRS_COUNTED):
        held = vocabulary.count_phrase(pair)
        if held > max(own, papers * _MIN_PAIR_SHARE):
            pairs.append((pair, information(together[pair], max(_RARE, held / papers) * length)))
    return _first(telling + _first(pairs, _PAIRS), _WORDS + _PAIRS)


def _count(passages: list[_Passage], parts: Callable[[list[str]], Iterable[_Part]]) -> Mapping[_Part, float]:
    """How often something stands in the passages, each time counted as the passage is worth."""
    times: dict[_Part, float] = {}
    for each in passages:
        for part, often in Counter(parts(each.stems)).items():
            times[part] = times.get(part, 0.0) + often * each.worth
    return times


def _held(word: str, passages: list[_Passage]) -> int:
    return sum(word in each.stems for each in passages)


def _first(telling: list[tuple[Stems, float]], count: int) -> list[tuple[Stems, float]]:
    return sorted(telling, key=lambda term: (-term[1], term[0]))[:count]


def _leaves(stems: Stems, boost: float) -> Iterator[Query]:
    for name, worth in FIELDS.items():
        leaf_boost = boost * worth
        yield Term(name, *stems, boost=leaf_boost) if len(stems) == 1 else Phrase(name, list(stems), boost=leaf_boost)


def _forms(example: Paper | str, passages: list[_Passage], wanted: set[Stems]) -> dict[Stems, str]:
    """Stems -> the words that most often stand for them: in small letters, but for names like NeRF and GAN."""
    forms = {stems: Counter[str]() for stems in wanted}
    for each in passages:
        singles = zip(zip(each.stems, strict=True), zip(each.words, strict=True), strict=True)
        pairs = zip(pairwise(each.stems), pairwise(each.words), strict=True)
        for found in (singles, pairs):
            for stems, written in found:
                if stems in wanted:
                    forms[stems][" ".join(written)] += 1
    text = example[:MAX_CHARS] if isinstance(example, str) else f"{example.title}\n{example.summary}"
    spelled: dict[str, str] = {}
    for word, _ in Counter(_WORD.findall(text)).most_common():
        spelled.setdefault(word.lower(), word)
    names = {lower: word for lower, word in spelled.items() if word[1:] != lower[1:]}
    return {
        stems: " ".join(names.get(word, word) for word in counted.most_common(1)[0][0].split())
        for stems, counted in forms.items()
    }
