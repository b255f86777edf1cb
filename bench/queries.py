"""Queries as people type them, made from the titles of the archive: the same ones in every run."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SEED = 20231230
_COUNTS = {"common": 30, "rare": 30, "words": 60, "phrase": 30, "filter": 30, "prefix": 20}  # 200 in all
_CATEGORIES = ("cs.CV", "cs.LG", "eess.IV", "cs.RO", "cs.CL")
_YEARS = range(2012, 2025)
_COMMON, _RARE = 300, range(1, 4)  # among so many most frequent words; in so many titles
_TITLE = re.compile(r"^### (.+)", re.MULTILINE)
_WORD = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Query:
    """A query in parts, for each contender to write in its own way."""

    kind: str
    words: tuple[str, ...]  # all of them are wanted; of a "prefix", the last one is the beginning of a word
    category: str | None = None
    since: int | None = None  # year


@cache
def make_queries(listings: Path, times: int = 1) -> tuple[list[Query], list[Query]]:
    """The 200 queries to be timed, or several times as many, in mixed order, and others of these kinds to warm up with.

    Made once in a run, so that new files do not change them.
    """
    titles = [words for words in _titles(listings) if len(words) >= 6]
    frequencies = Counter(word for words in titles for word in set(words) if len(word) >= 4)
    maker = _Maker(titles, frequencies)
    timed = [maker.make(kind) for kind, count in _COUNTS.items() for _ in range(count * times)]
    warming = [maker.make(kind) for kind in _COUNTS for _ in range(5)]
    random.Random(_SEED).shuffle(timed)
    return timed, warming


def spread(queries: Sequence[Query], count: int) -> list[int]:
    """Where in a list to find about so many queries that stand for all, evenly over the kinds; in order."""
    by_kind = sorted(range(len(queries)), key=lambda place: queries[place].kind)
    return sorted(by_kind[:: max(1, len(queries) // count)])


def _titles(listings: Path) -> Iterator[list[str]]:
    for path in sorted(listings.rglob("*.md")):
        for title in _TITLE.findall(path.read_text(encoding="utf-8", errors="replace")):
            yield _WORD.findall(title.lower())


class _Maker:
    def __init__(self, titles: list[list[str]], frequencies: Counter[str]) -> None:
        self._random = random.Random(_SEED)
        self._titles = titles
        self._common = [word for word, _ in frequencies.most_common(_COMMON)]
        self._rare = [word for word, count in frequencies.items() if count in _RARE]
        self._kinds: dict[str, Callable[[], Query]] = {
            "common": lambda: Query("common", (self._random.choice(self._common),)),
            "rare": lambda: Query("rare", (self._random.choice(self._rare),)),
            "words": lambda: Query("words", self._some_words(2, 6)),
            "phrase": lambda: Query("phrase", self._phrase()),
            "filter": self._filtered,
            "prefix": self._prefix,
        }

    def make(self, kind: str) -> Query:
        return self._kinds[kind]()

    def _some_words(self, least: int, most: int) -> tuple[str, ...]:
        """Words of one title, in its order."""
        title = self._random.choice(self._titles)
        places = self._random.sample(range(len(title)), self._random.randint(least, most))
        return tuple(title[place] for place in sorted(places))

    def _phrase(self) -> tuple[str, ...]:
        title = self._random.choice(self._titles)
        length = self._random.randint(2, 3)
        start = self._random.randrange(len(title) - length + 1)
        return tuple(title[start : start + length])

    def _filtered(self) -> Query:
        chosen = self._random.randrange(3)
        category = self._random.choice(_CATEGORIES) if chosen != 1 else None
        since = self._random.choice(_YEARS) if chosen != 0 else None
        return Query("filter", self._some_words(1, 2), category, since)

    def _prefix(self) -> Query:
        before = self._some_words(1, 1) if self._random.randrange(2) else ()
        beginning = self._random.choice(self._common)[: self._random.randint(4, 6)]
        return Query("prefix", (*before, beginning))
