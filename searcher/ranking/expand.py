"""A query tree -> the same one, where words may also be written in another way: as the archive does, without a list.

A word gets alternatives beside it, in title and summary, or in the one field where it is looked for:
`superresolution` its two parts in a row, and these the one word; an acronym what it stands for, and the other way
round. So more can be found, and nothing less. What stands in quotes is left alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from whoosh import query as wq

from searcher.ranking.spelling import sure_spellings
from searcher.ranking.verbatim import VerbatimPhrase, VerbatimTerm
from searcher.ranking.vocabulary import Vocabulary, count_papers, find_parts
from searcher.schema import ENGLISH_FIELDS, FUNCTION_WORDS, analyze, stem
from searcher.weights import ACRONYM, LONG_FORM, YEAR

_MAIN_FIELDS = ("title", "summary")  # where alternatives are looked for, if the word is looked for there
_MAX_FORMS = 2  # of one acronym, or of one long form
_YEAR = re.compile(r"(?:19[89]|20[0-9])\d")
_MIN_SHARE = 0.2  # a long form counts if so many of an acronym's definitions give it
_MIN_OWN_SHARE = 0.5  # an acronym stands for words that were typed if so many of its definitions give them
_MIN_DEFINED = 0.05  # of the papers that hold an acronym, so many must define it
_MIN_LONG_FORM_PAPERS = 3  # a long form that is defined once must stand in so many papers
_MAX_LONG_FORM_WORDS = 6
_INITIALS = range(2, 6)  # letters of an acronym that may be told by its initials
_MIN_INITIALS_PAPERS = 2
_MIN_INITIALS_LEAD = 2  # times as many papers as the next best words with these initials
_RARE = 0.01  # of all papers, or less, hold an acronym that is told by its initials
_RARE_PAPERS = 50  # or so few of them
_MIN_PARTED = 0.01  # of the papers with a word, so many hold its parts in a row: "data set" 3 % of those with "dataset"


def expand(query: wq.Query, typed: Mapping[str, str], vocabulary: Vocabulary) -> wq.Query:
    """Add alternatives to the words of a query; `typed` gives the words as typed by their stems."""
    parts = query.subqueries if isinstance(query, wq.And) else [query]
    slots = [_Slot(part) for part in parts]
    expander = _Expander(typed, vocabulary)
    for run in _runs(slots):
        expander.expand(run)
    return wq.And([slot.query for slot in slots]) if isinstance(query, wq.And) else slots[0].query


class _Slot:
    """A part of a query: what one word, or one word with hyphens, was typed for, or something else."""

    def __init__(self, part: wq.Query) -> None:
        self._part = part
        self._leaves = part.subqueries if isinstance(part, wq.Or) else [part]
        english = [leaf for leaf in self._leaves if leaf.field() in ENGLISH_FIELDS]
        self._main = [leaf for leaf in english if leaf.field() in _MAIN_FIELDS] or english
        written = {_stems(leaf) for leaf in english}
        self.stems: tuple[str, ...] = written.pop() if len(written) == 1 else ()
        """Of the word, or of its parts; empty for something else."""
        self._added: list[wq.Query] = []

    def add(self, stems: Sequence[str], weight: float = 1.0) -> None:
        """Let other words do as well."""
        for leaf in self._main:
            name, boost = leaf.fieldname, leaf.boost * weight
            is_phrase = len(stems) > 1
            self._added.append(wq.Phrase(name, list(stems), boost=boost) if is_phrase else wq.Term(name, *stems, boost))

    def add_spellings(self, word: str, vocabulary: Vocabulary) -> None:
        """Let a name do that has its umlaut as two letters, or the other way round: "mueller" and "muller"."""
        for spelling in sure_spellings(word)[1:]:
            for leaf in self._leaves:
                term = stem(spelling) if leaf.field() in ENGLISH_FIELDS else spelling
                if isinstance(leaf, wq.Term) and vocabulary.frequency(leaf.fieldname, term):
                    self._added.append(wq.Term(leaf.fieldname, term, leaf.boost))

    def add_year(self, word: str) -> None:
        """Let papers of the year do that a number may mean, if it is looked for in more than one field."""
        if _YEAR.fullmatch(word) and len(self._leaves) > 1:
            first, end = datetime(int(word), 1, 1), datetime(int(word) + 1, 1, 1)
            self._added.append(wq.ConstantScoreQuery(wq.DateRange("published", first, end, endexcl=True), YEAR))

    @property
    def query(self) -> wq.Query:
        """The part, with what was added to it."""
        return wq.Or(list(dict.fromkeys([*self._leaves, *self._added]))) if self._added else self._part


def _stems(leaf: wq.Query) -> tuple[str, ...]:
    match leaf:
        case VerbatimTerm() | VerbatimPhrase():
            return ()
        case wq.Term():
            return (leaf.text,)
        case wq.Phrase():
            return tuple(leaf.words)
    return ()


def _runs(slots: Sequence[_Slot]) -> Iterator[list[_Slot]]:
    """The words that stand side by side."""
    run: list[_Slot] = []
    for slot in slots:
        if slot.stems:
            run.append(slot)
        else:
            yield run
            run = []
    yield run


class _Expander:
    def __init__(self, typed: Mapping[str, str], vocabulary: Vocabulary) -> None:
        self._typed = typed
        self._vocabulary = vocabulary

    def expand(self, run: Sequence[_Slot]) -> None:
        """Add to words that stand side by side."""
        for slot in run:
            self._add_to_word(slot)
        for one, other in pairwise(run):
            if len(one.stems) == len(other.stems) == 1:
                self._add_joined(one.stems + other.stems, one, other)
        for first in range(len(run)):
            for end in range(first + 1, len(run) + 1):
                stems = [each for slot in run[first:end] for each in slot.stems]
                if len(stems) > _MAX_LONG_FORM_WORDS:
                    break
                self._add_acronyms(stems, *run[first:end])

    def _add_to_word(self, slot: _Slot) -> None:
        first, *others = slot.stems
        if others:
            self._add_joined(slot.stems, slot)
        else:
            word = self._typed.get(first, first)
            self._add_parted(slot, word)
            slot.add_spellings(word, self._vocabulary)
            slot.add_year(word)
        for long, weight in self._long_forms(self._joined(slot.stems)):
            slot.add(long, weight)

    def _add_joined(self, stems: Sequence[str], *slots: _Slot) -> None:
        joined = self._joined(stems)
        if self._papers(joined):
            for slot in slots:
                slot.add([joined], self._share([joined], *slot.stems))

    def _joined(self, stems: Sequence[str]) -> str:
        return stem("".join(self._typed.get(each, each) for each in stems))

    def _add_parted(self, slot: _Slot, word: str) -> None:
        if parts := find_parts(word, self._vocabulary, least=_MIN_PARTED * self._papers(slot.stems[0])):
            stems = [stem(part) for part in parts]
            slot.add(stems, self._share(stems, *slot.stems))
            self._add_acronyms(stems, slot)

    def _long_forms(self, key: str) -> list[tuple[Sequence[str], float]]:
        """What an acronym stands for, with what it counts."""
        papers = self._papers(key)
        if self._is_defined(key):
            given = Counter(self._defined_as(key))
            longs = [(tuple(long.split()), times) for long, times in given.most_common(_MAX_FORMS)]
            least = _MIN_SHARE * given.total()
            kept = [each for each in longs if each[1] >= least and self._is_long_form(key, *each)]
            if kept:
                return [(long, LONG_FORM * times / kept[0][1] * self._share(long, key)) for long, times in kept]
        return [(long, LONG_FORM * self._share(long, key)) for long in self._by_initials(key, papers)]

    def _share(self, alternative: Sequence[str], *words: str) -> float:
        """What an alternative may count, lest it count more than the words for being rarer."""
        return min(1.0, sum(map(self._idf, words)) / sum(map(self._idf, alternative)))

    def _is_long_form(self, key: str, long: tuple[str, ...], times: int) -> bool:
        return key not in long and (times > 1 or self._vocabulary.count_phrase(long) >= _MIN_LONG_FORM_PAPERS)

    def _by_initials(self, key: str, papers: int) -> Iterator[Sequence[str]]:
        """The words with these initials that stand in many of the papers with an acronym that few define."""
        if len(key) not in _INITIALS or not papers or not self._is_rare(papers):
            return
        counts = Counter[tuple[str, ...]]()
        for paper in self._vocabulary.newest(key, *_MAIN_FIELDS):
            texts = (analyze("title", paper.title), analyze("summary", paper.summary))
            counts.update({words for stems in texts for words in _with_initials(key, stems)})
        (best, most), (_, next_most) = (*counts.most_common(2), ((), 0), ((), 0))[:2]
        if most >= max(_MIN_INITIALS_PAPERS, _MIN_INITIALS_LEAD * next_most):
            yield best

    def _add_acronyms(self, stems: Sequence[str], *slots: _Slot) -> None:
        for short in self._acronyms(" ".join(stems)) if len(stems) > 1 else ():
            for slot in slots:
                slot.add([short], ACRONYM)

    def _acronyms(self, key: str) -> list[str]:
        """The acronyms that stand for just these words."""
        if not self._vocabulary.frequency("acronym", key):
            return []
        shorts = Counter(short for short, long in self._vocabulary.definitions(key) if long == key)
        return [short for short, _ in shorts.most_common(_MAX_FORMS) if self._stands_for(short, key)]

    def _stands_for(self, short: str, long: str) -> bool:
        longs = self._defined_as(short)
        return self._is_defined(short) and longs.count(long) >= _MIN_OWN_SHARE * len(longs)

    def _is_defined(self, short: str) -> bool:
        """Whether enough of the papers that hold an acronym define it."""
        defined = self._vocabulary.frequency("acronym", short)
        return defined > 0 and defined >= _MIN_DEFINED * self._papers(short)

    def _defined_as(self, short: str) -> list[str]:
        return [long for defined, long in self._vocabulary.definitions(short) if defined == short]

    def _papers(self, word: str) -> int:
        return count_papers(word, self._vocabulary)

    def _idf(self, word: str) -> float:
        papers = self._papers(word)
        return math.log(1 + (self._vocabulary.count() - papers + 0.5) / (papers + 0.5))

    def _is_rare(self, papers: int) -> bool:
        return papers <= max(_RARE_PAPERS, _RARE * self._vocabulary.count())


def _with_initials(key: str, stems: Sequence[str]) -> Iterator[tuple[str, ...]]:
    initials = "".join(each[0] for each in stems)
    place = initials.find(key)
    while place >= 0:
        words = tuple(stems[place : place + len(key)])
        if FUNCTION_WORDS.isdisjoint(words):
            yield words
        place = initials.find(key, place + 1)
