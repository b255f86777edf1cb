"""The papers of a set, taken out of the archive as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.relevance.topics import TopicSet
from searcher.listing import find_listings
from searcher.paper import parse_id

_RECORD = "\n### "
_ID = re.compile(r"^- \*\*Arxiv ID\*\*: (\S+)", re.MULTILINE)


def write_collections(archive: Path, sets: Sequence[TopicSet], folder: Path) -> list[Path]:
    """Write the papers of each set to a listing file in a folder of its own; give these folders, in order.

    A record is copied as it is, in the order of the collection; of several of one paper, the highest version. What
    the archive does not hold is left out.
    """
    wanted = {identifier for one in sets for identifier in one.collection}
    newest: dict[str, tuple[int, str]] = {}
    for identifier, version, record in _records(archive):
        if identifier in wanted and version >= newest.get(identifier, (0, ""))[0]:
            newest[identifier] = version, record
    folders = [folder / str(number) for number in range(len(sets))]
    for one, place in zip(sets, folders, strict=True):
        place.mkdir(parents=True)
        records = (newest[identifier][1] for identifier in one.collection if identifier in newest)
        text = f"# Arxiv Papers in {one.name}\n" + "".join(f"### {record.rstrip()}\n\n" for record in records)
        (place / "papers.md").write_text(text, encoding="utf-8")
    return folders


def _records(archive: Path) -> Iterator[tuple[str, int, str]]:
    """Each record of the archive that has an id, with the id and the version, in the order of the files' names."""
    for path in sorted(find_listings(archive)):
        _, *records = ("\n" + Path(path).read_text(encoding="utf-8", errors="replace")).split(_RECORD)
        for record in records:
            match = _ID.search(record)
            identity = parse_id(match[1]) if match else None
            if identity:
                yield identity[0], identity[1] or 1, record
