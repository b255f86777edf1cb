"""Papers that answer a query -> the words that tell them from others, to find more papers with: relevance feedback."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whoosh import query as wq

from searcher.paper import Paper
from searcher.ranking.vocabulary import Vocabulary
from searcher.schema import analyze
from searcher.weights import FEEDBACK_FIELDS as FIELDS

_MIN_CHARS = 2
MAX_SHARE = 0.5  # of all papers; words in more of them tell nothing


@dataclass(frozen=True, slots=True)
class TellingTerm:
    """A word, and how much it tells."""

    stem: str
    information: float  # bits


def telling_terms(
    papers: Sequence[tuple[Paper, float]], vocabulary: Vocabulary, count: int, *, min_papers: int = 2
) -> list[TellingTerm]:
    """The words that tell most about some papers, the most telling first; each paper comes with its weight.

    A word must stand in `min_papers` of them.
    """
    mean = sum(weight for _, weight in papers) / max(1, len(papers)) or 1.0
    occurrences, holders = Counter[str](), Counter[str]()
    for paper, weight in papers:
        found = Counter(analyze("title", paper.title)) + Counter(analyze("summary", paper.summary))
        holders.update(found.keys())
        for stem, times in found.items():
            occurrences[stem] += times * weight / mean  # pyright: ignore[reportArgumentType]  (no whole numbers)
    usable = [stem for stem in occurrences if holders[stem] >= min_papers and may_tell(stem)]
    weighed: list[TellingTerm] = []
    for stem in usable:
        chance = share(stem, vocabulary)
        if 0 < chance <= MAX_SHARE:
            weighed.append(TellingTerm(stem, information(occurrences[stem], chance)))
    weighed.sort(key=lambda term: (-term.information, term.stem))
    return weighed[:count]


def information(times: float, chance: float) -> float:
    """The bits it takes to meet a word so many times by chance, in a text where it stands `chance` times on average.

    f log2((1 + P) / P) + log2(1 + P), Bo1 (G. Amati, "Probability models for information retrieval based on divergence
    from randomness", Glasgow 2003); for P we take the share of papers that hold the word.
    """
    return times * math.log2((1 + chance) / chance) + math.log2(1 + chance)


def share(stem: str, vocabulary: Vocabulary) -> float:
    """The share of all papers that hold a word, in title or summary."""
    return max(vocabulary.frequency(name, stem) for name in FIELDS) / max(1, vocabulary.count())


def may_tell(stem: str) -> bool:
    """Whether it is a word that can tell anything: no lone letter, no number."""
    return len(stem) >= _MIN_CHARS and not stem.isdigit()


def weighed_leaves(terms: Iterable[TellingTerm], boost: float) -> list[wq.Query]:
    """The words as leaves of a tree, `boost` shared out among them by what they tell."""
    terms = list(terms)
    total = sum(term.information for term in terms) or 1.0
    return [
        wq.Term(name, term.stem, boost=boost * worth * term.information / total)
        for term in terms
        for name, worth in FIELDS.items()
    ]
