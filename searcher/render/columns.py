"""Papers -> one line or one object each: CSV, JSON lines, ids, and lines for a pipe.

The columns are the keys of a hit in JSON, under the same names.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from searcher.errors import QueryError
from searcher.render.json import hit_fields
from searcher.results import Hit

COLUMNS = (
    "id", "version", "title", "authors", "categories", "primary", "published", "updated", "doi", "journal", "comment",
    "summary", "pdf", "url", "listing", "score", "snippets",
)  # fmt: skip
_IN_A_LINE = ("id", "published", "primary", "title", "authors")
_SEPARATORS = {"authors": "; ", "categories": " "}  # of a list in one cell


def parse_columns(names: str) -> tuple[str, ...]:
    """The columns named in a text, with commas between, in its order. Raises QueryError for one that there is not."""
    columns = tuple(name.strip().lower() for name in names.split(",") if name.strip())
    for name in columns:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(COLUMNS)}"
            raise QueryError(f"--fields: no column {name!r}; {hint}")
    if not columns:
        raise QueryError(f"--fields names no column; there are: {', '.join(COLUMNS)}")
    return columns


def lines(hits: Iterable[Hit], columns: Sequence[str] = ()) -> str:
    """A line a paper with tabs between the columns, for cut and fzf: id, day, primary category, title, authors."""
    chosen = columns or _IN_A_LINE
    return "".join("\t".join(_in_line(hit_fields(hit), name) for name in chosen) + "\n" for hit in hits)


def table(hits: Iterable[Hit], columns: Sequence[str] = ()) -> str:
    """CSV as in RFC 4180, with a line of names first. Lists are joined, authors by "; " and categories by a space."""
    chosen = columns or COLUMNS[:-1]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(chosen)
    writer.writerows([_cell(hit_fields(hit), name) for name in chosen] for hit in hits)
    return written.getvalue()


def objects(hits: Iterable[Hit], columns: Sequence[str] = ()) -> str:
    """A line a paper, each what a hit is in JSON, or the named columns of it in their order."""
    chosen = [hit_fields(hit) for hit in hits]
    if columns:
        chosen = [{name: fields[name] for name in columns} for fields in chosen]
    return "".join(json.dumps(fields, ensure_ascii=False) + "\n" for fields in chosen)


def ids(hits: Iterable[Hit]) -> str:
    """A line an id."""
    return "".join(f"{hit.paper.id}\n" for hit in hits)


def _cell(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if name == "snippets":
        return " … ".join(value.values())
    if name in _SEPARATORS:
        return _SEPARATORS[name].join(value)
    return "" if value is None else str(value)


def _in_line(fields: dict[str, Any], name: str) -> str:
    """A cell that cannot end its line or its column, or steer a terminal; of a time, the day."""
    cell = _cell(fields, name)
    return cell[:10] if name in ("published", "updated") else "".join(c if c.isprintable() else " " for c in cell)
