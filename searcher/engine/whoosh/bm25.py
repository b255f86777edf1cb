"""BM25 as design.md gives it, and the lengths it works with.

    score = boost * idf * (k1 + 1) * tf / (tf + k1 * (1 - b + b * length / average length))
    idf = ln(1 + (N - n + 0.5) / (n + 0.5))

as in Lucene before version 8 and in Tantivy. N and n count removed papers too, until their segment is merged.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Any

from whoosh.scoring import BaseScorer, WeightingModel, WeightLengthScorer, WeightScorer

K1, B = 1.2, 0.75
_SHIFT = 24  # added to what a float with four significant bits says, which is exact to 16


def _decoded(byte: int) -> int:
    """https://github.com/apache/lucene/blob/main/lucene/core/src/java/org/apache/lucene/util/SmallFloat.java."""
    if byte < _SHIFT + 8:
        return byte
    exponent, mantissa = divmod(byte - _SHIFT, 8)
    return _SHIFT + ((mantissa | 8) << (exponent - 1))


LENGTHS = tuple(map(_decoded, range(256)))
"""What each length byte stands for: lengths to 40 exactly, greater ones with four significant bits, rounded down."""


def length_byte(length: int) -> int:
    """The byte for a length."""
    return bisect_right(LENGTHS, length) - 1


def idf(papers: int, frequency: int) -> float:
    """How telling a term is that so many of all papers hold."""
    return math.log(1 + (papers - frequency + 0.5) / (frequency + 0.5))


def term_frequency_weight(frequency: float, length: float, average_length: float) -> float:
    """What so many occurrences in a text of this length count: from 0 to k1 + 1."""
    return (K1 + 1) * frequency / (frequency + K1 * (1 - B + B * length / average_length))


class BM25(WeightingModel):
    """For a Searcher of Whoosh's own: `index.searcher(weighting=BM25())`."""

    def idf(self, searcher: Any, fieldname: str, text: bytes) -> float:
        """The idf of a term."""
        parent = searcher.get_parent()
        return idf(parent.doc_count_all(), parent.doc_frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: float = 1) -> BaseScorer:
        """Called by Whoosh for every term of a query."""
        if not searcher.schema[fieldname].scorable:
            return WeightScorer.for_(searcher, fieldname, text)
        return _Scorer(self, searcher, fieldname, text)


class _Scorer(WeightLengthScorer):
    def __init__(self, model: BM25, searcher: Any, field: str, text: bytes) -> None:
        self._idf = model.idf(searcher, field, text)
        self._average_length = searcher.get_parent().avg_field_length(field) or 1
        self.setup(searcher, field, text)

    def _score(self, weight: float, length: float) -> float:
        return self._idf * term_frequency_weight(weight, length, self._average_length)
