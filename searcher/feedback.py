"""Papers that answer a query -> the words that tell them from others, to find more papers with: relevance feedback."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whoosh import query as wq

from searcher.paper import Paper
from searcher.schema import analyze
from searcher.vocabulary import Vocabulary
from searcher.weights import FEEDBACK_FIELDS as FIELDS

_MIN_CHARS = 2
_MAX_SHARE = 0.5  # of all papers; words in more of them tell nothing


@dataclass(frozen=True, slots=True)
class TellingTerm:
    """A word, and how much it tells."""

    stem: str
    information: float  # bits


def telling_terms(
    papers: Sequence[tuple[Paper, float]], vocabulary: Vocabulary, count: int, *, min_papers: int = 2
) -> list[TellingTerm]:
    """The words that tell most about some papers, the most telling first; each paper comes with its weight.

    Weighed by Bo1 (G. Amati, "Probability models for information retrieval based on divergence from randomness",
    Glasgow 2003): f log2((1 + P) / P) + log2(1 + P), the bits it takes to meet a word f times by chance, where a paper
    holds it P times on average; here P counts the papers that hold it. A word must stand in `min_papers` of them.
    """
    mean = sum(weight for _, weight in papers) / max(1, len(papers)) or 1.0
    occurrences, holders = Counter[str](), Counter[str]()
    for paper, weight in papers:
        found = Counter(analyze("title", paper.title)) + Counter(analyze("summary", paper.summary))
        holders.update(found.keys())
        for stem, times in found.items():
            occurrences[stem] += times * weight / mean  # pyright: ignore[reportArgumentType]  (no whole numbers)
    total = max(1, vocabulary.count())
    usable = [stem for stem in occurrences if holders[stem] >= min_papers and _may_tell(stem)]
    weighed: list[TellingTerm] = []
    for stem in usable:
        chance = max(vocabulary.frequency(name, stem) for name in FIELDS) / total
        if 0 < chance <= _MAX_SHARE:
            information = occurrences[stem] * math.log2((1 + chance) / chance) + math.log2(1 + chance)
            weighed.append(TellingTerm(stem, information))
    weighed.sort(key=lambda term: (-term.information, term.stem))
    return weighed[:count]


def _may_tell(stem: str) -> bool:
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
