"""How else may a word of a name be spelled where there is no ä, ö, ü, ø, å or đ?

Folding makes "muller" of "Müller", and many authors write "Mueller". That two ASCII words differ only in this way
proves nothing: Xu and Xue, Cho and Choe, Michal and Michael are other people. Over the authors of cs.CV, ASCII names
that differ by oe or ue in a word of seven letters or more share a co-author about as often (4 of 6 pairs) as two
writings of one name do (0.68); given names that differ by ae or aa seldom (0.1 to 0.2: Dahyun and Daehyun), by ue
after x, y or the like hardly ever (0.05 of 493).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa", "đ": "dj"})
_LONG = re.compile(r"(?<![aeiouqxy])(?:[aou]e|aa)(?=[^\Waeiouy])|ae(?=u)|dj(?=[aeiou])")
_SHORT = re.compile(r"(?<![aeiouqxy])[aou](?=[^\Waeiouy])|a(?=u)|d(?=[aeiou])")
_LONGER = {"a": ("ae", "aa"), "o": ("oe",), "u": ("ue",), "d": ("dj",)}
_MIN_LETTERS = 4  # of the longer spelling
_MIN_SURE_LETTERS = 7
_MAX_SPELLINGS = 8


def spell_out(text: str) -> str:
    """A text in lower case with its umlauts and their like as two letters: "mueller" for "Müller"."""
    return unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)


@lru_cache(maxsize=1024)
def spellings(*forms: str) -> tuple[str, ...]:
    """What a normalized word, or one known in several forms, may also be spelled like; these first, eight at most.

    "jager" gives "jager", "jaeger" and "jaager"; whether these are one name must be known from elsewhere.
    """
    shorter = (_LONG.sub(lambda match: match[0][0], form) for form in forms if len(form) >= _MIN_LETTERS)
    others = (other for form in forms for other, _ in _respelled(form))
    return tuple(dict.fromkeys((*forms, *shorter, *others)))[:_MAX_SPELLINGS]


@lru_cache(maxsize=1024)
def sure_spellings(word: str) -> tuple[str, ...]:
    """Those of `spellings` that are the same name whoever writes it, the word itself first."""
    sure = (other for other, digraph in _respelled(word) if digraph in ("oe", "ue") and _is_long(word, other))
    return tuple(dict.fromkeys((word, *sure)))[:_MAX_SPELLINGS]


def _is_long(*words: str) -> bool:
    return max(map(len, words)) >= _MIN_SURE_LETTERS


def _respelled(word: str) -> Iterator[tuple[str, str]]:
    """A word with one letter spelled otherwise, for each letter that may be, and the two letters in question."""
    if len(word) >= _MIN_LETTERS:
        for match in _LONG.finditer(word):
            yield word[: match.start()] + match[0][0] + word[match.end() :], match[0]
    if len(word) >= _MIN_LETTERS - 1:
        for match in _SHORT.finditer(word):
            for longer in _LONGER[match[0]]:
                yield word[: match.start()] + longer + word[match.end() :], longer
