"""Words that hardly a paper holds -> the words of the archive that were meant: "did you mean".

A word of the archive is a candidate if one slip leads to it, or two where the word is long, and it stands in many more
papers. Of several candidates the likeliest counts: the one in the most papers, by how often such a slip is made.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from whoosh import query as wq

from searcher.distance import is_near
from searcher.schema import ENGLISH_FIELDS, stem, word_spans, words
from searcher.vocabulary import Vocabulary
from searcher.weights import CORRECTION

_MIN_CHARS, _MIN_CHARS_OF_TWO_SLIPS = 4, 8
_MISTAKABLE = re.compile(rf"[a-z]{{{_MIN_CHARS},32}}")
_MAX_WORDS = 32  # of a query are looked at
_FEW = 30  # papers with a word, so few that all can be looked at: it may be a slip that others made as well
_TIMES = 200  # as many papers must hold what was meant as hold what was typed; and in any case
_ENOUGH = 5  # papers, or
_ENOUGH_SHARE = 0.001  # of all papers, if that is less
_CANDIDATES = 3  # stems of which it is looked up how papers spell them
_LIKELY, _USUAL, _UNLIKELY = 3.0, 1.0, 0.02  # a letter doubled or not, swapped, one vowel for another; any; the first
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Correction:
    """What was meant by a word."""

    meant: str  # normalized; two words, if they were typed as one
    is_certain: bool = True  # no paper holds what was typed


Corrections = Mapping[str, Correction]
"""By words as typed, normalized."""


def find_corrections(text: str, vocabulary: Vocabulary) -> Corrections:
    """The words of a text that were mistyped, with what was meant."""
    typed = list(dict.fromkeys(words(text)))[:_MAX_WORDS]
    found = {word: _correction(word, vocabulary) for word in typed if _MISTAKABLE.fullmatch(word)}
    return {word: correction for word, correction in found.items() if correction}


def correct(query: wq.Query, corrections: Corrections) -> wq.Query:
    """Put what was meant in the place of words that no paper holds, and beside those that a few hold."""
    if not corrections:
        return query
    by_stem = {stem(word): (stem(each.meant), each) for word, each in corrections.items() if " " not in each.meant}
    by_word = {word: (each.meant, each) for word, each in corrections.items() if " " not in each.meant}
    return _corrected(query, by_stem, by_word)


_Table = Mapping[str, tuple[str, Correction]]


def _corrected(query: wq.Query, by_stem: _Table, by_word: _Table) -> wq.Query:
    match query:
        case wq.And():
            return wq.And([_corrected(child, by_stem, by_word) for child in query.subqueries])
        case wq.Or():
            parts = [_corrected(child, by_stem, by_word) for child in query.subqueries]
            flat = [leaf for part in parts for leaf in (part.subqueries if isinstance(part, wq.Or) else [part])]
            return wq.Or(list(dict.fromkeys(flat)))
        case wq.Term() | wq.Phrase():
            table = by_stem if query.fieldname in ENGLISH_FIELDS else by_word
            tokens = [query.text] if isinstance(query, wq.Term) else list(query.words)
            used = [table[token][1] for token in tokens if token in table]
            if not used:
                return query
            meant = [table[token][0] if token in table else token for token in tokens]
            boost = query.boost * (1.0 if all(each.is_certain for each in used) else CORRECTION)
            is_term = isinstance(query, wq.Term)
            other = wq.Term(query.fieldname, *meant, boost) if is_term else wq.Phrase(query.fieldname, meant, boost=boost)
            return other if any(each.is_certain for each in used) else wq.Or([query, other])
    return query


def suggest(text: str, corrections: Corrections) -> str | None:
    """A text with what was meant in the place of what was typed; None if it is as it should be."""
    places = [place for place, word in enumerate(words(text)) if word in corrections]
    if not places:
        return None
    typed = words(text)
    for place, (start, end) in reversed(list(zip(places, word_spans(text, places), strict=True))):
        text = text[:start] + _in_case(corrections[typed[place]].meant, text[start:end]) + text[end:]
    return text


def _in_case(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if like[0].isupper() else word


def _correction(word: str, vocabulary: Vocabulary) -> Correction | None:
    papers = _papers(word, vocabulary)
    if papers > _FEW or vocabulary.frequency("author", word) or (papers and _is_name(word, vocabulary)):
        return None
    least = max(1, min(_ENOUGH, int(_ENOUGH_SHARE * vocabulary.count())), _TIMES * papers)
    slips = _slips(word)
    if meant := _likeliest(slips, least, vocabulary) or _among_names(slips, least, vocabulary):
        return Correction(meant, not papers)
    if len(word) >= _MIN_CHARS_OF_TWO_SLIPS:
        near = {other for paper in vocabulary.near(stem(word)) for other in words(paper.title)}
        slips = {other: _USUAL for other in near if other[0] == word[0] and is_near(word, other, 2)}
        if meant := _likeliest(slips, least, vocabulary):
            return Correction(meant, not papers)
    return None


def _likeliest(slips: Mapping[str, float], least: int, vocabulary: Vocabulary) -> str | None:
    """The word that was most likely meant."""
    worth: dict[str, float] = {}  # by stem
    for other, likelihood in slips.items():
        papers = _papers(other, vocabulary)
        if papers >= least:
            stemmed = stem(other)
            worth[stemmed] = max(worth.get(stemmed, 0.0), papers * likelihood)
    best = sorted(worth, key=lambda each: (-worth[each], each))[:_CANDIDATES]
    for stemmed in best:
        spelt = _spellings(stemmed, vocabulary)
        meant = max((each for each in slips if stem(each) == stemmed), key=lambda each: (spelt[each] * slips[each], each))
        if spelt[meant]:
            return meant
    return None


def _among_names(slips: Mapping[str, float], least: int, vocabulary: Vocabulary) -> str | None:
    worth = {other: vocabulary.frequency("author", other) * likelihood for other, likelihood in slips.items()}
    best = max(worth, key=lambda each: worth[each])
    return best if worth[best] >= least else None


def _papers(word: str, vocabulary: Vocabulary) -> int:
    stemmed = stem(word)
    return max(vocabulary.frequency("title", stemmed), vocabulary.frequency("summary", stemmed))


def _spellings(stemmed: str, vocabulary: Vocabulary) -> Counter[str]:
    """The words of one stem, by how often some papers have them."""
    texts = [paper.title for paper in vocabulary.newest(stemmed, "title")]
    texts = texts or [paper.summary for paper in vocabulary.newest(stemmed, "summary")]
    return Counter(word for text in texts for word in words(text) if stem(word) == stemmed)


def _is_name(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a paper writes a word with a capital inside: "SAMed"."""
    find = re.compile(rf"(?<![^\W_]){word}(?![^\W_])", re.IGNORECASE).findall
    papers = vocabulary.newest(stem(word), "title", "summary")
    return any(not found[1:].islower() for paper in papers for found in find(f"{paper.title} {paper.summary}"))


def _slips(word: str) -> dict[str, float]:
    """What becomes of a word if one slip is undone, with how likely that slip is."""
    found: dict[str, float] = {}

    def add(other: str, likelihood: float) -> None:
        if len(other) >= _MIN_CHARS:
            found[other] = max(likelihood, found.get(other, 0.0))

    for n in range(len(word)):
        before, here, after = word[:n], word[n], word[n + 1 :]
        usual = _USUAL if n else _UNLIKELY
        add(before + after, _LIKELY if n and before[-1] == here else usual)
        if after:
            add(before + after[0] + here + after[1:], _LIKELY if n else usual)
        for letter in string.ascii_lowercase:
            add(before + letter + after, _LIKELY if n and {here, letter} <= _VOWELS else usual)
            add(before + letter + here + after, _LIKELY if n and letter in (before[-1], here) else usual)
    for letter in string.ascii_lowercase:
        add(word + letter, _LIKELY if word[-1] == letter else _USUAL)
    found.pop(word, None)
    return found
