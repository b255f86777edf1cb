"""Which names, as listings write them, mean the person that a user typed?

A listing writes one person as "Jürgen Q. Doe", "Juergen Doe" and "J. Doe"; two persons may share any of these. So
names are compared word by word: surnames must be equal, given names must not contradict each other. The rules were
chosen by counting, over the authors of cs.CV, how often two names that a rule makes equal share a co-author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from searcher.ranking.spelling import spell_out, spellings, sure_spellings
from searcher.schema import words

Word = tuple[str, ...]
"""A normalized word of a name in every way it is spelled, as typed first: ("muller", "mueller")."""

TypedNames = Mapping[tuple[str, tuple[str, ...]], str]
"""Field and words of a leaf of a query -> the name as typed there."""

_PARTICLES = frozenset(
    {"af", "al", "av", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el"}
    | {"ibn", "la", "le", "st", "te", "ten", "ter", "van", "von", "zu", "zur"}
)
_MIN_PROVEN_LETTERS = 5  # Löw proves nothing about Low
# As text, which `re` compiles when it is first used and keeps: most queries hold no name, and starting is to be quick.
_SUFFIX = r"(?i)[\s,-]+(?:jr|sr|ii|iii|iv|ph\.? ?d)\.?(?=\s*(?:,|$))"
_GLUED_INITIALS = r"[A-Z]{2,3}"
_LIKE_NAME = (
    r"[^\W\d_][\w'’-]+(?: [\w'’-]+){0,3},(?: ?[^\W\d_][\w'’-]*\.?){1,3}"  # Doe, Jane Q.
    r"|(?:[^\W\d_]\.[ -]?)+[^\W\d_][\w'’-]+(?: [\w'’-]+){0,2}"  # J.-P. Doe
)
_HYPHEN = r"[^\W_]\.?[-\u2010-\u2013][^\W_]"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a user typed it, taken apart."""

    given: tuple[Word, ...]  # in order, initials as words of one letter; empty for a surname alone
    surname: tuple[Word, ...]  # with its particles; never empty
    is_hyphenated: bool = False  # the first two given words are one name: "Ming-Hsuan"
    is_certain: bool = False  # a comma or a particle says where the surname begins


def parse_name(text: str) -> Name | None:
    """Take apart "Jane Q. Doe", "Doe, Jane", "JQ Doe", "Jane van der Doe" or "Doe"; None if there is no name in it.

    Particles belong to the surname; Jr, Sr and numbers behind a name are left out.
    """
    parts = [[token for token in part.split() if words(token)] for part in _plain(text).split(",")]
    parts = [part for part in parts if part]
    if not parts:
        return None
    surname, given = parts[0], [token for part in parts[1:] for token in part]
    if not given:
        start = len(surname) - 1
        while start > 1 and surname[start - 1].lower() in _PARTICLES:
            start -= 1
        if start == 1 < len(surname) - 1 and surname[0].lower() in _PARTICLES:  # not in "Bin Wang"
            start = 0
        given, surname = surname[:start], surname[start:]
    is_hyphenated = bool(given and re.search(_HYPHEN, given[0]))
    if given and re.fullmatch(_GLUED_INITIALS, given[0]) and not text.isupper():
        given[:1] = given[0]
    return Name(_forms(given), _forms(surname), is_hyphenated, len(parts) > 1 or len(words(" ".join(surname))) > 1)


def is_like_name(text: str) -> bool:
    """Whether a text is written as only names are: "Doe, J", "Doe, Jane Q." or "J. Doe"."""
    return ("," in text or "." in text) and re.fullmatch(_LIKE_NAME, text.strip()) is not None


def same_person(typed: Name, listed: str) -> bool:
    """Whether a listed name may mean the typed one.

    A single typed word may stand anywhere in the listed name. Otherwise the surname is the same and the given names
    agree in order: in full, as initials, or left out but for the first. "Garcia Molina", where nothing says which
    word is what, may also be the surname of "Hector Garcia-Molina".
    """
    return any(_by_given(typed, reading) or _by_surname(typed, reading) for reading in _readings(listed))


def same_people(typed: Name, listed: Iterable[str]) -> list[str]:
    """Those of the listed names that may mean the typed one, in order; each is judged in the light of the others.

    If a name that matches is written "Jäger", then "Jager" and "Jaeger" are the same. If somebody is listed with the
    given name in full, it is not looked for as a part of surnames.
    """
    names = list(listed)
    found = _matching(typed, names)
    widened = _widened(typed, found)
    if widened != typed:
        found = _matching(widened, names)
    readings = [(name, reading) for name in found for reading in _readings(name) if _by_given(widened, reading)]
    if any(reading.words[0] in typed.given[0] for _, reading in readings if typed.given):
        return list(dict.fromkeys(name for name, _ in readings))
    return found


def candidate_words(typed: Name) -> tuple[tuple[str, ...], ...]:
    """What the author field of a paper holds if `same_people` may find one of its authors: one of every group.

    An alternative is a word, several words in a row ("ming hsuan"), or the beginning of a word ("j*").
    """
    surname = tuple(spellings(*forms) for forms in typed.surname)
    if not typed.given:
        return surname
    first, *others = typed.given
    if len(first[0]) == 1:
        return (*surname, (f"{first[0]}*",))
    found = list(spellings(*first))
    if typed.is_hyphenated and others:
        found = [f"{one} {other}" for one in found for other in (*spellings(*others[0]), others[0][0][0])]
    found += [first[0] + other[0] for other in others[:1]]
    found += [_initials(typed.given[:count]) for count in (1, 2, 3)]
    found += [f"{form[:cut]} {form[cut:]}" for form in first for cut in range(1, len(form))]
    return (*surname, tuple(dict.fromkeys(found)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A listed name, its umlauts either folded or spelled out."""

    words: list[str]
    is_hyphenated: bool
    is_capital: bool  # the first of its words


def _readings(listed: str) -> Iterator[_Reading]:
    name = _plain(listed).partition(",")[0]
    first = name.lstrip().partition(" ")[0]
    for text in (name,) if name.isascii() else (name, spell_out(name)):
        if found := words(text):
            yield _Reading(found, bool(re.search(_HYPHEN, first)), first.isupper())


def _matching(typed: Name, listed: Iterable[str]) -> list[str]:
    """The listed names for which `same_person` holds; most are ruled out by a glance at their letters."""
    first, last = typed.given[0] if typed.given else ("",), typed.surname[-1]

    def may_match(name: str) -> bool:
        lower = name.lower()
        return any(form in lower for form in last) and (
            lower.startswith(first[0][:1]) or any(form in lower for form in first)
        )

    return [name for name in listed if (not name.isascii() or may_match(name)) and same_person(typed, name)]


def _by_given(typed: Name, listed: _Reading) -> bool:
    """Whether the listed name is the typed one, given names as given names."""
    count = len(typed.surname)
    if not typed.given and count == 1:
        return any(word in typed.surname[0] for word in listed.words)
    if not _are(typed.surname, listed.words[-count:]):
        return False
    given = tuple((word,) for word in listed.words[:-count])
    return not typed.given or (bool(given) and _agree(typed, listed, given))


def _by_surname(typed: Name, listed: _Reading) -> bool:
    """Whether the typed words are all the surname of somebody, whose given name was not typed."""
    if typed.is_certain or len(typed.given) != 1:
        return False
    return len(listed.words) > 2 + listed.is_hyphenated and _are(typed.given + typed.surname, listed.words[-2:])


def _agree(typed: Name, listed: _Reading, theirs: tuple[Word, ...]) -> bool:
    """Whether the given names nowhere contradict each other."""
    ours, same = typed.given, 1
    if _is_joined(ours, theirs[0]):
        ours = (theirs[0], *ours[2:])
    elif _is_joined(theirs, ours[0]):
        theirs = (ours[0], *theirs[2:])
    elif listed.is_capital and len(theirs[0][0]) in (2, 3) and _initials(ours).startswith(theirs[0][0]):  # JP Doe
        theirs = (*((letter,) for letter in theirs[0][0]), *theirs[1:])
    elif (typed.is_hyphenated and len(theirs[0][0]) > 1) or (listed.is_hyphenated and len(ours[0][0]) > 1):
        same = 2  # "Yu" and "Yu-Ming" are two names (0.05 share a co-author), though "Y." may be either
    if min(len(ours), len(theirs)) < same or not all(map(_is_same, ours[:same], theirs[:same])):
        return False
    shorter, longer = sorted((ours[same:], theirs[same:]), key=len)
    remaining = iter(longer)
    return all(any(_is_same(one, other) for other in remaining) for one in shorter)


def _is_same(one: Word, other: Word) -> bool:
    """Whether two given names are the same, or one is the initial of the other."""
    has_initial = len(one[0]) == 1 or len(other[0]) == 1
    return one[0][0] == other[0][0] if has_initial else any(form in other for form in one)


def _is_joined(given: tuple[Word, ...], name: Word) -> bool:
    """Whether the first two names are written as one: "Ming-Hsuan" as "Minghsuan", "J. P." as "JP"."""
    return len(given) > 1 and given[0][0] + given[1][0] in name


def _initials(given: Iterable[Word]) -> str:
    return "".join(word[0][0] for word in given)


def _are(typed: Sequence[Word], listed: Sequence[str]) -> bool:
    return len(typed) == len(listed) and all(word in forms for forms, word in zip(typed, listed, strict=True))


def _widened(typed: Name, found: Iterable[str]) -> Name:
    """The typed name with the spellings that names with an umlaut prove to be the same."""
    pairs = (pair for name in found if not name.isascii() for pair in _folded_and_exact(name))
    told = {pair for pair in pairs if len(pair[1]) >= _MIN_PROVEN_LETTERS}

    def widen(forms: Word) -> Word:
        return tuple(dict.fromkeys((*forms, *sorted(word for pair in told if set(pair) & set(forms) for word in pair))))

    return replace(typed, given=tuple(map(widen, typed.given)), surname=tuple(map(widen, typed.surname)))


def _forms(tokens: Iterable[str]) -> tuple[Word, ...]:
    pairs = _folded_and_exact(" ".join(tokens))
    return tuple(tuple(dict.fromkeys((*sure_spellings(folded), exact))) for folded, exact in pairs)


def _folded_and_exact(name: str) -> Iterator[tuple[str, str]]:
    """The words of a name with umlauts folded, and spelled out."""
    folded, exact = words(name), words(spell_out(name))
    return zip(folded, exact if len(exact) == len(folded) else folded, strict=True)


def _plain(name: str) -> str:
    """A name without a Jr at its end, and "C. -B.", as arXiv writes it, with its hyphen where it belongs."""
    return re.sub(_SUFFIX, "", name).replace(" -", "-")
