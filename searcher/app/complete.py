"""A query that is still being typed -> what it may become, in words that the archive's titles have."""

from __future__ import annotations

import re
from collections import Counter

from searcher.app.search import Archive
from searcher.schema import FUNCTION_WORDS, normalize
from searcher.selection import Selection

_MOST = 8
_PAPERS = 100  # whose titles are looked at
_LEAST_CHARS = 2  # of a word to be completed
_MOST_CHARS = 200
_LAST_WORD = re.compile(r"(?:.*[\s(])?([^\W\d_][\w-]*)", re.DOTALL)
_WORD = re.compile(r"[^\W_][\w-]*")


def complete(archive: Archive, query: str) -> list[str]:
    """Queries that begin like this one, its last word completed, and those that go on with another word.

    The most frequent in the titles of the papers found come first. Nothing for what does not end in a word, or is
    longer than a search box.
    """
    match = _LAST_WORD.fullmatch(query) if len(query) <= _MOST_CHARS else None
    if match is None or len(match[1]) < _LEAST_CHARS:
        return []
    before, last = query[: match.start(1)], normalize(match[1])
    found = archive.search(Selection(f"{before}title:{match[1]}*"), limit=_PAPERS, sort="newest")
    endings = Counter[str]()
    for hit in found.hits:
        words = _WORD.findall(hit.paper.title.lower())
        titles = {
            ending
            for n, word in enumerate(words)
            if normalize(word).startswith(last) and word not in FUNCTION_WORDS
            for ending in _endings(words[n : n + 3])
        }
        endings.update(titles)
    best = sorted(endings, key=lambda ending: (-endings[ending], ending.count(" "), ending))
    return [before + ending for ending in best if ending != match[1].lower()][:_MOST]


def _endings(words: list[str]) -> list[str]:
    """A word, and the word with the next one, if that says something."""
    return [words[0], *([" ".join(words[:2])] if len(words) > 1 and words[1] not in FUNCTION_WORDS else [])]
