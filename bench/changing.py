"""A small archive that changes: days that come, go and are edited, and what an index of them must then show."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from searcher.listing import find_listings, read_listing
from searcher.paper import Paper

_RECORD = "\n### "
_VERSION = re.compile(r"(?<=v)[0-9]+$", re.MULTILINE)  # at the end of a record's first line with an address
_EDITED = 5  # records of a day


@dataclass(frozen=True, slots=True)
class State:
    """All that an index shows: every paper, and how many there are in each category."""

    papers: frozenset[tuple[str, int, str]]  # id, version, title
    categories: frozenset[tuple[str, int]]

    def differences(self, other: State) -> str:
        """How another state differs from this one, in short."""
        missing, new = sorted(self.papers - other.papers), sorted(other.papers - self.papers)
        counts = sorted(self.categories ^ other.categories)
        return f"{len(missing)} papers missing {missing[:2]}, {len(new)} too many {new[:2]}, counts {counts[:4]}"


def expected(listings: Path) -> State:
    """The state that the listing files themselves make: of each paper the newest record."""
    newest: dict[str, tuple[tuple[object, ...], Paper]] = {}
    for path in sorted(find_listings(listings)):
        for position, paper in enumerate(item for item in read_listing(Path(path), path) if isinstance(item, Paper)):
            age = (paper.version, paper.updated, path, position)
            if paper.id not in newest or age > newest[paper.id][0]:
                newest[paper.id] = age, paper
    papers = [paper for _, paper in newest.values()]
    return _state(
        ((paper.id, paper.version, paper.title) for paper in papers),
        Counter(category for paper in papers for category in paper.categories),
    )


def shown(output: str) -> State:
    """The state that `search "*" --format json` shows."""
    found = json.loads(output)
    hits, counts = found["hits"], found["facets"]["category"]
    if found["total"] != len(hits):
        raise ValueError(f"a total of {found['total']}, but {len(hits)} papers")
    papers = ((hit["id"], hit["version"], hit["title"]) for hit in hits)
    return _state(papers, {each["value"]: each["count"] for each in counts})


def _state(papers: Iterable[tuple[str, int, str]], counts: dict[str, int]) -> State:
    return State(frozenset(papers), frozenset(counts.items()))


class Days:
    """The listing files of an archive, and a few days more that may come."""

    def __init__(self, listings: Path, chance: random.Random) -> None:
        self.listings = listings
        self._chance = chance
        self._outside: list[Path] = []
        self._edits = 0

    def add(self) -> None:
        """A day comes."""
        day = self._outside.pop(self._chance.randrange(len(self._outside)))
        day.rename(self.listings / day.name)

    def remove(self) -> None:
        """A day goes."""
        day = self._any()
        outside = self.listings.parent / "outside"
        outside.mkdir(exist_ok=True)
        self._outside.append(day.rename(outside / day.name))

    def change(self) -> None:
        """A day loses a record, has others retitled, and gets a newer version of a paper of some other day."""
        day, other = self._any(), self._any()
        header, *records = day.read_text(encoding="utf-8").rstrip("\n").split(_RECORD)
        del records[self._chance.randrange(len(records))]
        for place in self._chance.sample(range(len(records)), min(_EDITED, len(records))):
            records[place] = self._retitled(records[place])
        newer = self._retitled(self._chance.choice(other.read_text(encoding="utf-8").split(_RECORD)[1:]))
        newer = _VERSION.sub(lambda match: str(int(match[0]) + 1), newer, count=1)
        day.write_text(_RECORD.join((header, *records, newer.rstrip("\n"))) + "\n", encoding="utf-8")

    def _any(self) -> Path:
        return self._chance.choice(sorted(self.listings.iterdir()))

    def _retitled(self, record: str) -> str:
        self._edits += 1
        title, rest = record.split("\n", 1)
        return f"{title.partition(' (edit ')[0]} (edit {self._edits})\n{rest}"
