"""Text -> the acronyms it defines: "neural radiance fields (NeRF)", "NeRF (neural radiance fields)".

After A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003, but narrower. There, a letter may come from anywhere in a word and a word may give none; here, every
word gives its first letter, unless it is a function word or the later part of a word with a hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from searcher.paper import Paper
from searcher.schema import FUNCTION_WORDS, analyze, normalize, stem

_PARENTHESIS = re.compile(
    r"\((?:([^\W_][\w-]{0,8}[^\W_])(?=[),;])"  # a short form, alone or before a comma
    r"|(?<=[A-Z\ds] \()([^\W_][^()\n]{4,120})\))"  # what may be a long form, behind what may be a short one
)
_SHORT_BEFORE = re.compile(r"(?<![\w-])[^\W_][\w-]{0,8}[^\W_](?= \Z)")
_CAPITALS = re.compile(r"(?=.*[A-Z]).*[A-Z\d].*[A-Z\d]")  # two, or one and a digit
_PART = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[^\w \t]")  # a word, what a hyphen parts, or one other character
_PLAIN = str.maketrans("‐‑–İ", "---I")  # hyphens, and the one letter that is two when it is lower-cased
_QUOTES = " ~\"'`“”‘’"  # "~" is TeX for a space
_SPOKEN = {"to": "2", "for": "4", "and": "n", "&": "n"}
_LETTERS_A_WORD = 16  # room enough for all but the longest words


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and what it stands for, both as written in the text."""

    short: str
    long: str


def find_acronyms(text: str) -> list[Acronym]:
    """The acronyms that a text defines, in order, none twice. Raises nothing, whatever the text.

    A short form has 2 to 10 characters, two of them capitals, or a capital and a digit; a long form has two words or
    more, parted by spaces or hyphens. Either may stand in parentheses behind the other. All letters of the short form
    but a plural s come in the long form in order, and each word gives its first letter; only function words ("of") and
    later parts of a word with hyphens may give none. T2I means text to image.
    """
    return [Acronym(short, long) for short, long in _find(text)]


def _find(text: str) -> dict[tuple[str, str], str]:
    """Short and long forms, each with how the short one is indexed."""
    found: dict[tuple[str, str], str] = {}
    before = 0  # the end of the parenthesis before this one
    for parenthesis in _PARENTHESIS.finditer(text):
        short, inner = parenthesis.groups()
        start, end = parenthesis.span()
        if short:
            letters, term = _short_form(short)
            if letters and (long := _long_form(text, before, start, letters)):
                found[short, long] = term
        elif outside := _SHORT_BEFORE.search(text, max(before, start - 12), start):
            letters, term = _short_form(outside[0])
            if letters and _long_form(inner, 0, len(inner), letters) == inner:
                found[outside[0], inner] = term
        before = end
    return found


def short_key(short: str) -> str:
    """How a short form is compared: "LLMs" and "LLM" give "llm", "6-DoF" gives "6dof"."""
    singular = short[:-1] if short[-1:] == "s" and short[-2:-1].isupper() else short
    return "".join(filter(str.isalnum, normalize(singular)))


def long_key(long: str) -> str:
    """How a long form is compared: the stems of its words, "neural radianc field" for "neural radiance fields"."""
    words = long.lower().replace("-", " ")
    if words.isascii() and words.replace(" ", "").isalnum():  # nearly all, and what follows finds it too
        return " ".join(map(stem, words.split()))
    return " ".join(analyze("title", long))


@lru_cache(maxsize=65536)
def _short_form(short: str) -> tuple[str, str]:
    """What a long form has to account for, and how the short form is indexed; nothing if this is no short form."""
    letters = short_key(short) if _CAPITALS.match(short) else ""
    return (letters, stem(letters)) if len(letters) > 1 else ("", "")


def _long_form(text: str, start: int, end: int, letters: str) -> str:
    """The last words of a part of a text that account for the letters, or nothing."""
    size = len(letters)
    near = end - _LETTERS_A_WORD * (size + 2)
    ending = text[start:end].rstrip(_QUOTES) if near <= start else text[near:end].rstrip(_QUOTES).partition(" ")[2]
    tail = (ending if ending.isascii() else ending.translate(_PLAIN)).lower()
    flat = tail.replace("-", " ")
    last = flat.rsplit(None, size)[-size:]
    if "".join([word[0] for word in last]) == letters:  # the plain case, four in five, and what follows finds it too
        long = " ".join(last)
        if flat.endswith(long) and "".join(last).isalnum() and tail[: -len(long)][-1:] != "-":
            return ending[-len(long) :]
    elif not last or (last[-1][0] not in letters and "-" not in tail):
        return ""
    parts = _PART.findall(tail)[-size - 6 :]  # Schwartz and Hearst look at five words more; it bounds what is tried
    if parts[-1] in FUNCTION_WORDS:
        return ""
    first = _first(parts, len(parts) - 1, letters)
    if not 0 <= first < len(parts) - 1:
        return ""
    begin = len(tail)
    for part in reversed(parts[first:]):
        begin = tail.rindex(part, 0, begin)
    return ending[begin:]


def _first(parts: list[str], last: int, letters: str) -> int:
    """Where the long form begins whose words up to the last account for the letters, or -1.

    Letters are taken from the end, by each word as few as can be: "semi-supervised learning" is what SSL means, though
    "supervised" alone holds both S.
    """
    if last < 0:
        return -1
    part = parts[last]
    inside = last > 0 and parts[last - 1] == "-"
    before = last - 2 if inside else last - 1
    for size in _sizes(part, letters):
        first = _first(parts, before, letters[:-size]) if size < len(letters) else -1 if inside else last
        if first >= 0:
            return first
    return _first(parts, before, letters) if inside or part in FUNCTION_WORDS else -1


def _sizes(part: str, letters: str) -> Iterator[int]:
    """How many of the last letters a part may account for, the likeliest first."""
    for size in range(1, len(letters) + 1):
        if part[0] == letters[-size] and (size == 1 or _holds(part, letters[-size:])):
            yield size
    if _SPOKEN.get(part) == letters[-1]:
        yield 1


def _holds(word: str, letters: str) -> bool:
    """Whether a word that begins with the first of the letters holds the others behind it, in order."""
    place = 0
    for letter in letters[1:]:
        place = word.find(letter, place + 1)
        if place < 0:
            return False
    return True


def find_definitions(paper: Paper) -> list[tuple[str, str]]:
    """What title and summary of a paper define, as words are indexed: ("nerf", "neural radianc field"), none twice."""
    found = _find(f"{paper.title}\n{paper.summary}")
    return list(dict.fromkeys([(term, long_key(long)) for (_, long), term in found.items()])) if found else []


def acronym_keys(paper: Paper) -> list[str]:
    """Under what a paper is indexed as one that defines an acronym: the short forms and the long ones."""
    keys: dict[str, None] = {}
    for (_, long), term in _find(f"{paper.title}\n{paper.summary}").items():
        keys[term] = keys[long_key(long)] = None
    return list(keys)
