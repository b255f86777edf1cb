"""What trees are expanded by: what an archive knows about words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from searcher.paper import Paper
from searcher.schema import stem

_MIN_PART_CHARS = 3
_PARTINGS = 3  # of a word are looked at


class Vocabulary(Protocol):
    """The words of an archive, as indexed."""

    def count(self) -> int:
        """How many papers there are."""
        ...

    def frequency(self, field: str, term: str) -> int:
        """How many papers hold a term in a field."""
        ...

    def count_phrase(self, stems: Sequence[str]) -> int:
        """How many papers hold words in a row, in title or summary."""
        ...

    def newest(self, term: str, *fields: str) -> Sequence[Paper]:
        """The newest papers that hold a term in one of these fields: some dozens at most."""
        ...

    def definitions(self, key: str) -> Sequence[tuple[str, str]]:
        """What the newest papers define that are filed under an acronym or a long form, as (acronym, long form)."""
        ...

    def near(self, term: str) -> Sequence[Paper]:
        """The newest papers in whose title stands a word at most two edits away from a term: some dozens."""
        ...


def count_papers(term: str, vocabulary: Vocabulary) -> int:
    """In how many papers a stem stands, as far as titles or summaries alone tell."""
    return max(vocabulary.frequency("title", term), vocabulary.frequency("summary", term))


def find_parts(word: str, vocabulary: Vocabulary) -> tuple[tuple[str, str] | None, int]:
    """The two words that a word is made of, and how many papers hold these in a row; of several, the most frequent."""
    rarer: Counter[tuple[str, str]] = Counter()
    for cut in range(1, len(word)):
        is_border = word[cut - 1].isdigit() != word[cut].isdigit()
        is_long = len(word) - cut >= _MIN_PART_CHARS or word[-1].isdigit()  # the v8 of YOLOv8
        if is_border or (cut >= _MIN_PART_CHARS and is_long):
            parts = word[:cut], word[cut:]
            rarer[parts] = min(count_papers(stem(part), vocabulary) for part in parts)
    likely = [parts for parts, papers in rarer.most_common(_PARTINGS) if papers]
    found = {parts: vocabulary.count_phrase((stem(parts[0]), stem(parts[1]))) for parts in likely}
    best = max(likely, key=lambda parts: found[parts], default=None)
    return best, found[best] if best else 0
