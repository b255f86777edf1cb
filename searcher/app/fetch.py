"""Write listing files for days that are missing.

arXiv shows a paper days after it was submitted: those of a Friday on Monday night, those put on hold later still. So a
file counts as settled if it was written a week after its day; until then the day is asked for again, and what came
meanwhile is added. A paper that a file holds is never taken out of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from searcher.durable import replace_file
from searcher.errors import FetchError
from searcher.listing import parse_listing, read_content
from searcher.paper import CATEGORIES, Paper
from searcher.selection import parse_date
from searcher.writing import format_listing

_SETTLED_AFTER = timedelta(days=7)


class Source(Protocol):
    """Where papers come from."""

    def papers(self, category: str, day: date) -> Sequence[Paper]:
        """The papers of a category first submitted on a day (UTC). Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class FetchedDay:
    """What came of asking for one day."""

    day: date
    name: str  # of its file, relative to the folder of listings
    papers: int  # that the file holds now
    added: int  # of these, since before


def fetch(
    source: Source,
    folder: Path,
    categories: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
    now: datetime | None = None,
) -> Iterator[FetchedDay]:
    """Ask for each day that is missing or not yet settled, write its file, and tell of it; the oldest day first.

    Without categories, for those that the folder has. From `since` on, or else from a week before the newest file's
    day; up to `until`, or else yesterday (UTC). Each file is written whole or not at all, before its day is told.
    Raises FetchError where a category or date has no meaning, where there is nothing to begin with, and where the
    source gives up.
    """
    now = now or datetime.now(UTC)
    for category in _chosen(folder, categories):
        place = folder if folder.name == category else folder / category
        days = _files(place)
        first = _day(since, 0) if since else None
        if first is None:
            if not days:
                raise FetchError(
                    f"there are no listings of {category} in {folder}; say where to begin: --from 2024-01-01"
                )
            first = max(days) - _SETTLED_AFTER
        last = min(_day(until, 1) if until else date.max, now.date() - timedelta(days=1))
        day = first
        while day <= last:
            if day not in days or _written(days[day]) < _end(day) + _SETTLED_AFTER:
                path = place / f"{day:%Y/%m/%Y%m%d}.md"
                yield _fetch_day(source, category, day, path, str(path.relative_to(folder)))
            day += timedelta(days=1)


def _fetch_day(source: Source, category: str, day: date, path: Path, name: str) -> FetchedDay:
    held = _held(path, name)
    found = {paper.id: replace(paper, listing=name) for paper in source.papers(category, day)}
    papers = {**held, **{key: paper for key, paper in found.items() if key not in held or _is_newer(paper, held[key])}}
    if papers != held or (papers and _written(path) < _end(day) + _SETTLED_AFTER):
        text = format_listing(category, day, papers.values())
        if {paper.id: paper for paper in parse_listing(text.encode(), name) if isinstance(paper, Paper)} != papers:
            raise FetchError(f"{name}: a paper of this day cannot be written so that it is read back as it is")
        _write(path, text)
    return FetchedDay(day, name, len(papers), len(papers.keys() - held.keys()))


def _is_newer(paper: Paper, held: Paper) -> bool:
    return (paper.version, paper.updated) > (held.version, held.updated)


def _held(path: Path, name: str) -> dict[str, Paper]:
    """The papers of a file that may be written over; none if there is no file."""
    if not path.exists():
        return {}
    papers: dict[str, Paper] = {}
    for item in parse_listing(read_content(path), name):
        if not isinstance(item, Paper):
            raise FetchError(f"{path}:{item.line}: {item.message}; mend or delete the file, which is left as it is")
        if item.id not in papers or _is_newer(item, papers[item.id]):
            papers[item.id] = item
    return papers


def _write(path: Path, text: str) -> None:
    """Put a file in its place, whole and durable; what a killed run began is taken away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.new"):
        left.unlink(missing_ok=True)
    replace_file(path, text.encode(), path.with_name(f".{path.name}.{os.getpid()}.new"))


def _chosen(folder: Path, categories: Sequence[str]) -> Sequence[str]:
    for name in categories:
        if name not in CATEGORIES:
            from difflib import get_close_matches

            near = get_close_matches(name, CATEGORIES, 1)
            raise FetchError(f"arXiv has no category {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    if not categories:
        found = [folder.name] if folder.name in CATEGORIES else []
        found = found or sorted(path.name for path in folder.glob("*") if path.name in CATEGORIES and path.is_dir())
        if not found:
            raise FetchError(f"{folder} holds no category yet; name one: --cat cs.CV")
        return found
    return list(dict.fromkeys(categories))


def _files(place: Path) -> dict[date, Path]:
    """The listing files of a category, by day."""
    found: dict[date, Path] = {}
    for path in place.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9]*.md"):
        try:
            found[datetime.strptime(path.stem, "%Y%m%d").date()] = path
        except ValueError:
            continue
    return found


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else datetime.min.replace(tzinfo=UTC)


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _day(text: str, side: int) -> date:
    """The first or the last day of a date."""
    moments = parse_date(text)
    if moments is None:
        raise FetchError(f"not a date: {text!r}; write YYYY, YYYY-MM or YYYY-MM-DD")
    start, end = moments
    return start.date() if not side else (end - timedelta(days=1)).date() if end else date.max
