"""What is the same in every engine about the order of papers."""

from __future__ import annotations

from searcher.paper import Paper, id_number

SCORE_DIGITS = 4
"""What is left of a score when the order in which its parts were summed no longer shows."""

MAX_ID_NUMBER = 0xFFFF_FFFF
_MAX_SECONDS = 0xFFFF_FFFF


def newest_key(paper: Paper) -> int:
    """A number of 64 bits, greater for a newer paper; of papers of the same second, for the one whose id comes first.

    Dates before 1970 and after 2106 count as these.
    """
    seconds = min(max(0, int(paper.published.timestamp())), _MAX_SECONDS)
    return (seconds << 32) + MAX_ID_NUMBER - id_number(paper.id)


def oldest_key(newest: int) -> int:
    """A number that is the smaller, the older a paper is, likewise, from its `newest_key`."""
    return newest ^ MAX_ID_NUMBER


def id_order(newest: int) -> int:
    """A number in the order of ids, from a `newest_key`."""
    return ~newest & MAX_ID_NUMBER
