"""What a ranking is worth.

`ranked` is ids, the best first, none twice; `relevant` the ids that answer, at least one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence


def ndcg(ranked: Sequence[str], relevant: Collection[str], depth: int = 10) -> float:
    """Normalized discounted cumulative gain of the first `depth` places, 0 to 1.

    A paper is worth 1 or nothing, divided by log2(place + 1); the best possible ranking of `relevant` has 1.
    """
    gains = sum(_discount(place) for place, one in enumerate(ranked[:depth], 1) if one in relevant)
    return gains / sum(_discount(place) for place in range(1, min(depth, len(relevant)) + 1))


def _discount(place: int) -> float:
    return 1 / math.log2(place + 1)


def average_precision(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """The mean, over all of `relevant`, of the precision at the place of each; 0 for one that is not ranked."""
    found, total = 0, 0.0
    for place, one in enumerate(ranked, 1):
        if one in relevant:
            found += 1
            total += found / place
    return total / len(relevant)


def recall(ranked: Sequence[str], relevant: Collection[str], depth: int = 100) -> float:
    """The part of `relevant` that is among the first `depth`."""
    return sum(one in relevant for one in ranked[:depth]) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], wanted: str, depth: int = 10) -> float:
    """1 divided by the place of one paper; 0 if it is not among the first `depth`."""
    first = ranked[:depth]
    return 1 / (first.index(wanted) + 1) if wanted in first else 0.0
