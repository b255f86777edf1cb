"""Words that hardly a paper holds -> the words of the archive that were meant: "did you mean".

A word of the archive may have been meant if one slip leads to it, or two, and it stands in many more papers than what
was typed. Of several, the likeliest counts: the one in the most papers, by how often such a slip is made. A word that
no paper holds is most likely a mistake; one that a few hold is so only if the slip is a common one, for most such words
are names of methods; and one that an author has, or that has a capital inside, is taken as it is.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from whoosh import query as wq

from searcher.distance import is_near
from searcher.ranking.vocabulary import Vocabulary, count_papers, find_parts, foresee_papers
from searcher.schema import ENGLISH_FIELDS, stem, word_spans, words
from searcher.weights import CORRECTION

_MISTAKABLE = re.compile(r"[a-z]{4,32}")
_MAX_WORDS = 32  # of a query are looked at
_MIN_CHARS = 4  # of what was meant; of these, only common slips
_SHORT = 5  # letters: so many words are a slip away that few of them can be meant
_MIN_CHARS_OF_TWO_SLIPS = 8
_FEW = 30  # papers: so many may share a mistake, and so many are looked at
_TIMES = {7: 200, 5: 3000}  # by letters at least: as many papers must hold what was meant as hold what was typed
_ENOUGH = 5  # papers must hold what was meant; in a small archive,
_MANY = 0.001  # of all papers, and in every archive where it is easily something else
_JOINED = 0.02  # of the papers with two words in a row, no more may hold them as one word
_CANDIDATES = 3  # stems, of which it is looked up how papers spell them
_COMMON, _OTHER, _FIRST = 3.0, 1.0, 0.02  # slips: a letter lost, added or swapped, a vowel; any; in the first letter
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Correction:
    """What was meant by a word."""

    meant: str  # normalized; two words, if they were typed as one
    is_certain: bool  # no paper holds what was typed


Corrections = Mapping[str, Correction]
"""By words as typed, normalized."""


def find_corrections(text: str, vocabulary: Vocabulary) -> Corrections:
    """What was meant by those words of a text that were mistyped."""
    typed = list(dict.fromkeys(words(text)))[:_MAX_WORDS]
    finder = _Finder(vocabulary)
    found = ((word, finder.find(word)) for word in typed if _MISTAKABLE.fullmatch(word))
    corrections = {word: correction for word, correction in found if correction}
    names = _written_as_names(text) if corrections else ()
    return {word: correction for word, correction in corrections.items() if word not in names}


def _written_as_names(text: str) -> set[str]:
    """The words of a text that have a capital inside; where all letters are capitals, the short ones."""
    typed = words(text)
    is_shouted = text.isupper()
    spans = word_spans(text, range(len(typed)))
    return {
        word
        for word, (start, end) in zip(typed, spans, strict=True)
        if not text[start + 1 : end].islower() and (len(word) <= _SHORT or not is_shouted)
    }


def suggest(text: str, corrections: Corrections) -> str | None:
    """The text as it should have been typed, other words as they are; None if it was."""
    typed = words(text)
    places = [place for place, word in enumerate(typed) if word in corrections]
    spans = word_spans(text, places)
    for place, (start, end) in zip(reversed(places), reversed(spans), strict=True):
        text = text[:start] + _in_case(corrections[typed[place]].meant, text[start:end]) + text[end:]
    return text if places else None


def _in_case(word: str, typed: str) -> str:
    if typed.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if typed[0].isupper() else word


def correct(query: wq.Query, corrections: Corrections) -> wq.Query:
    """A tree with what was meant, in the place of a word that no paper holds, and beside one that a few hold.

    Words typed as one are left to `searcher.ranking.expand`.
    """
    single = {word: each for word, each in corrections.items() if " " not in each.meant}
    if not single:
        return query
    by_stem = {stem(word): (stem(each.meant), each.is_certain) for word, each in single.items()}
    by_word = {word: (each.meant, each.is_certain) for word, each in single.items()}
    return _corrected(query, by_stem, by_word)


_Tokens = Mapping[str, tuple[str, bool]]


def _corrected(query: wq.Query, by_stem: _Tokens, by_word: _Tokens) -> wq.Query:
    if isinstance(query, wq.And | wq.Or):
        group = wq.And if isinstance(query, wq.And) else wq.Or
        parts = [_corrected(child, by_stem, by_word) for child in query.subqueries]
        flat = [leaf for part in parts for leaf in (part.subqueries if isinstance(part, group) else [part])]
        once = list(dict.fromkeys(flat))
        return group(once) if len(once) > 1 else once[0]
    if not isinstance(query, wq.Term | wq.Phrase):
        return query
    meant_by = by_stem if query.fieldname in ENGLISH_FIELDS else by_word
    tokens = [query.text] if isinstance(query, wq.Term) else list(query.words)
    certain = [meant_by[token][1] for token in tokens if token in meant_by]
    if not certain:
        return query
    meant = [meant_by[token][0] if token in meant_by else token for token in tokens]
    boost = query.boost if any(certain) else query.boost * CORRECTION
    is_term = isinstance(query, wq.Term)
    other = wq.Term(query.fieldname, *meant, boost) if is_term else wq.Phrase(query.fieldname, meant, boost=boost)
    return other if any(certain) else wq.Or([query, other])


class _Finder:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def find(self, word: str) -> Correction | None:
        """What was meant by a word, if not what was typed."""
        papers = self._papers(word) or self._vocabulary.frequency("comment", stem(word))
        if papers > _JOINED * self._vocabulary.count() or self._vocabulary.frequency("author", word):
            return None
        meant = self._joined_or_mistaken_by_others(word, papers) if papers else self._mistaken(word)
        return Correction(meant, not papers) if meant else None

    def _parted(self, word: str, papers: int) -> str | None:
        parts = find_parts(word, self._vocabulary, least=max(self._many, papers / _JOINED))
        return " ".join(parts) if parts else None

    def _joined_or_mistaken_by_others(self, word: str, papers: int) -> str | None:
        """What was meant by a word that some papers hold."""
        if parted := self._parted(word, papers):
            return parted
        times = next((times for letters, times in _TIMES.items() if len(word) >= letters), 0)
        if papers > _FEW or not times or self._is_name(word):
            return None
        return self._likeliest(_common_slips(word), max(self._enough, times * papers))

    def _mistaken(self, word: str) -> str | None:
        """What was meant by a word that no paper holds."""
        slips = _slips(word) if len(word) > _MIN_CHARS else _common_slips(word)
        if meant := self._likeliest(slips, self._many if len(word) <= _SHORT else self._enough):
            return meant
        if parted := self._parted(word, 0):
            return parted
        if len(word) > _SHORT and (name := self._likeliest_name(_common_slips(word))):
            return name
        if len(word) < _MIN_CHARS_OF_TWO_SLIPS:
            return None
        near = {other for paper in self._vocabulary.near(stem(word)) for other in words(paper.title)}
        twice = {other: _OTHER for other in near if other[0] == word[0] and is_near(word, other, 2)}
        return self._likeliest(twice, self._many)

    def _likeliest(self, slips: Mapping[str, float], least: int) -> str | None:
        """The word that was most likely meant; `least` papers hold it."""
        worth: dict[str, float] = {}  # by stem
        foresee_papers(slips, self._vocabulary)
        for other, likelihood in slips.items():
            papers = self._papers(other)
            if papers >= least:
                stemmed = stem(other)
                worth[stemmed] = max(worth.get(stemmed, 0.0), papers * likelihood)
        for stemmed in sorted(worth, key=lambda each: (-worth[each], each))[:_CANDIDATES]:
            if meant := self._best_spelt(stemmed, {other: slips[other] for other in slips if stem(other) == stemmed}):
                return meant
        return None

    def _best_spelt(self, stemmed: str, slips: Mapping[str, float]) -> str | None:
        """The word of a stem that papers spell so; most often, and with the likeliest slip."""
        papers = self._vocabulary.newest(stemmed, "title") or self._vocabulary.newest(stemmed, "summary")
        for texts in ((paper.title for paper in papers), (paper.summary for paper in papers)):
            counts = Counter(word for text in texts for word in words(text))
            meant = max(sorted(slips), key=lambda other: counts[other] * slips[other])
            if counts[meant]:
                return meant
        return None

    def _likeliest_name(self, slips: Collection[str]) -> str | None:
        self._vocabulary.foresee(slips, "author")
        frequency = {other: self._vocabulary.frequency("author", other) for other in sorted(slips)}
        best = max(frequency, key=lambda other: frequency[other])
        return best if frequency[best] >= self._enough else None

    def _is_name(self, word: str) -> bool:
        """Whether a paper writes a word with a capital inside: "SAMed"."""
        find = re.compile(rf"(?<![^\W_]){word}(?![^\W_])", re.IGNORECASE).findall
        papers = self._vocabulary.newest(stem(word), "title", "summary")
        return any(not found[1:].islower() for paper in papers for found in find(f"{paper.title} {paper.summary}"))

    def _papers(self, word: str) -> int:
        return count_papers(stem(word), self._vocabulary)

    @property
    def _enough(self) -> int:
        return min(_ENOUGH, self._many)

    @property
    def _many(self) -> int:
        return max(1, int(_MANY * self._vocabulary.count()))


def _slips(word: str) -> dict[str, float]:
    """What a word is if one slip is undone, with how likely that slip is."""
    found: dict[str, float] = {}

    def add(other: str, likelihood: float) -> None:
        found[other] = max(likelihood, found.get(other, 0.0))

    for n, here in enumerate(word):
        before, after = word[:n], word[n + 1 :]
        add(before + after, _COMMON if n else _FIRST)
        if after:
            add(before + after[0] + here + after[1:], _COMMON if n else _FIRST)
        for letter in string.ascii_lowercase:
            add(before + letter + after, _FIRST if not n else _COMMON if {here, letter} <= _VOWELS else _OTHER)
            add(before + letter + here + after, _COMMON if n else _FIRST)
    for letter in string.ascii_lowercase:
        add(word + letter, _COMMON)
    return {other: likelihood for other, likelihood in found.items() if other != word and len(other) >= _MIN_CHARS}


def _common_slips(word: str) -> dict[str, float]:
    return {other: likelihood for other, likelihood in _slips(word).items() if likelihood >= _COMMON}
