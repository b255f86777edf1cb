"""Papers that somebody knows and looks for, by what is remembered of them: the same ones in every run."""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from searcher.listing import find_listings, read_listing
from searcher.paper import Paper
from searcher.schema import words

_SEED = 20231230
_EACH = 200  # queries of each kind
_NAME = re.compile(r"([^\s:]{3,}):\s")
_LOOKS_LIKE_A_NAME = re.compile(r".+[A-Z0-9]")  # "NeRF", "YOLOv8", "U-Net"; not "Attention"
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+(?:[-'][A-Za-z0-9]+)*")
_MISTAKABLE = re.compile(r"[A-Za-z]{5,}")
_SURNAME = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Heading:
    """What people remember a paper by."""

    id: str
    title: str
    authors: tuple[str, ...]
    year: int  # published


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A query, and the one paper that it means."""

    query: str
    heading: Heading


def read_headings(archive: Path) -> list[Heading]:
    """The papers of an archive, each once, in its highest version, sorted by id."""
    newest: dict[str, tuple[int, Heading]] = {}
    for path in sorted(find_listings(archive)):
        for paper in read_listing(Path(path), path):
            if isinstance(paper, Paper) and paper.version >= newest.get(paper.id, (0,))[0]:
                newest[paper.id] = paper.version, Heading(paper.id, paper.title, paper.authors, paper.published.year)
    return [newest[identifier][1] for identifier in sorted(newest)]


def by_name(headings: Sequence[Heading]) -> list[KnownItem]:
    """Titles of the form "Name: ...", queried by the name as written; no other title begins with it."""
    named = [(match[1], heading) for heading in headings if (match := _NAME.match(heading.title))]
    counts = Counter(name.lower() for name, _ in named)
    usable = [each for each in named if counts[each[0].lower()] == 1 and _LOOKS_LIKE_A_NAME.match(each[0])]
    return [KnownItem(name, heading) for name, heading in _sample(usable)]


def by_fragment(headings: Sequence[Heading]) -> list[KnownItem]:
    """Three to five words of a title, one of them mistyped. Spelt right, they stand so in this title only."""
    chance = random.Random(_SEED)
    titles = "\n".join(f" {' '.join(words(heading.title))} " for heading in headings)
    return _first(_fragments(chance, titles, heading) for heading in _shuffled(chance, headings))


def _fragments(chance: random.Random, titles: str, heading: Heading) -> KnownItem | None:
    remembered = heading.title.split()
    length = chance.randint(3, 5)
    start = chance.randrange(max(1, len(remembered) - length + 1))
    fragment = [word.strip(".,:;!?()\"'") for word in remembered[start : start + length]]
    places = [place for place, word in enumerate(fragment) if _MISTAKABLE.fullmatch(word)]
    if len(fragment) < length or not places or not all(map(_PLAIN_WORD.fullmatch, fragment)):
        return None
    if titles.count(f" {' '.join(words(' '.join(fragment)))} ") != 1:
        return None
    place = chance.choice(places)
    fragment[place] = mistyped(chance, fragment[place])
    return KnownItem(" ".join(fragment), heading)


def mistyped(chance: random.Random, word: str) -> str:
    """A word of two letters or more with one left out, added, changed, or swapped with the next; never its first."""
    place = chance.randrange(1, len(word))
    letter = chance.choice(string.ascii_lowercase.replace(word[place].lower(), ""))
    before, here, after = word[:place], word[place], word[place + 1 :]
    made = [before + after, before + letter + here + after, before + letter + after]
    swappable = [n for n in range(1, len(word) - 1) if word[n] != word[n + 1]]
    if swappable:
        n = chance.choice(swappable)
        made.append(word[:n] + word[n + 1] + word[n] + word[n + 2 :])
    return chance.choice(made)


def by_author_and_year(headings: Sequence[Heading]) -> list[KnownItem]:
    """The surname of the first author and the year; nobody of that name has another paper in that year."""
    counts = Counter((name, heading.year) for heading in headings for name in {*map(_surname, heading.authors)})
    usable = [
        (heading.authors[0].split()[-1], heading)
        for heading in headings
        if heading.authors and counts[_surname(heading.authors[0]), heading.year] == 1
    ]
    usable = [each for each in usable if _SURNAME.fullmatch(each[0])]
    return [KnownItem(f"{surname} {heading.year}", heading) for surname, heading in _sample(usable)]


def _surname(author: str) -> str:
    return " ".join(words(author.split()[-1]))


def _sample(usable: list[tuple[str, Heading]]) -> list[tuple[str, Heading]]:
    return random.Random(_SEED).sample(usable, min(_EACH, len(usable)))


def _shuffled(chance: random.Random, headings: Sequence[Heading]) -> list[Heading]:
    return chance.sample(headings, len(headings))


def _first(items: Iterable[KnownItem | None]) -> list[KnownItem]:
    found: Iterator[KnownItem] = (item for item in items if item)
    return [item for item, _ in zip(found, range(_EACH), strict=False)]
