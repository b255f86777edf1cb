"""What trees are expanded by: what an archive knows about words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from searcher.paper import Paper
from searcher.schema import FUNCTION_WORDS, stem

_MIN_PART_CHARS = 3
_MIN_TOGETHER = 0.1  # of the papers that hold the rarer part of two, so many hold both in a row
_PARTINGS = 3  # of a word are looked at


class Vocabulary(Protocol):
    """The words of an archive, as indexed."""

    def count(self) -> int:
        """How many papers there are."""
        ...

    def frequency(self, field: str, term: str) -> int:
        """How many papers hold a term in a field."""
        ...

    def foresee(self, terms: Iterable[str], *fields: str) -> None:
        """Be told that the frequencies of these terms in these fields are about to be asked for, one by one."""
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


def foresee_papers(words: Iterable[str], vocabulary: Vocabulary) -> None:
    """Tell a vocabulary of the words of whose stems the papers are about to be counted."""
    vocabulary.foresee(map(stem, words), "title", "summary")


def count_papers(term: str, vocabulary: Vocabulary) -> int:
    """In how many papers a stem stands, as far as titles or summaries alone tell."""
    return max(vocabulary.frequency("title", term), vocabulary.frequency("summary", term))


def find_parts(word: str, vocabulary: Vocabulary, least: float = 1) -> tuple[str, str] | None:
    """The two words that a word is made of, if so many papers hold these in a row; of several, the most frequent.

    A part of one or two letters, the "x" of "xray", is believed in only if most papers write it apart, and if the two
    belong together: a paper holds the other part without it ten times at most as often.
    """
    cuts = [cut for cut in range(1, len(word)) if _may_part(word, cut)]
    foresee_papers((word, *(part for cut in cuts for part in (word[:cut], word[cut:]))), vocabulary)
    papers = count_papers(stem(word), vocabulary)
    rarer: Counter[tuple[str, str]] = Counter()
    needed: dict[tuple[str, str], float] = {}
    for cut in cuts:
        parts = word[:cut], word[cut:]
        either = min(count_papers(stem(part), vocabulary) for part in parts)
        is_sure = cut >= _MIN_PART_CHARS or _is_border(word, cut)
        needed[parts] = max(1, least if is_sure else max(papers + 1, _MIN_TOGETHER * either))
        if either >= needed[parts]:
            rarer[parts] = either
    likely = [parts for parts, _ in rarer.most_common(_PARTINGS)]
    found = {parts: vocabulary.count_phrase((stem(parts[0]), stem(parts[1]))) for parts in likely}
    sure = [parts for parts in likely if found[parts] >= needed[parts]]
    return max(sure, key=lambda parts: found[parts], default=None)


def _may_part(word: str, cut: int) -> bool:
    parts = word[:cut], word[cut:]
    is_long = len(parts[1]) >= _MIN_PART_CHARS or word[-1].isdigit()  # the v8 of YOLOv8
    return _is_border(word, cut) or (is_long and FUNCTION_WORDS.isdisjoint(map(stem, parts)))


def _is_border(word: str, cut: int) -> bool:
    return word[cut - 1].isdigit() != word[cut].isdigit()
