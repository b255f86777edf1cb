"""Other ways to search the same papers, each written as its library's documentation shows it.

All look for any of a query's words in titles and summaries, with English stems where the library offers them, and
count a title twice where it knows of fields. Each peer takes the papers and gives a function that ranks: it takes a
query and how many ids to give at most, and gives ids, the best first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from searcher.paper import Paper

Rank = Callable[[str, int], list[str]]
Peer = Callable[[Sequence[Paper]], Rank]

_WORD = re.compile(r"\w+")


def words(query: str) -> list[str]:
    """The words of a query, for libraries whose query language would take its punctuation for operators."""
    return _WORD.findall(query)
