"""Run queries with SQLite's full-text search; print [ms, total] of each as JSON.

Usage: fts5_queries.py QUERIES FILE plain|counted; counted by category and year.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

_WEIGHTS = "2.0, 1.0, 1.0, 0.3"


def run(file: Path, index: Path, is_counted: bool) -> list[tuple[float, int]]:
    """Warm up, with these queries too, then time each once more."""
    connection = sqlite3.connect(index)
    asked = json.loads(file.read_text(encoding="utf-8"))
    for query in (*asked["warming"], *asked["timed"]):
        _search(connection, query, is_counted)
    answers: list[tuple[float, int]] = []
    for query in asked["timed"]:
        started = time.perf_counter()
        total = _search(connection, query, is_counted)
        answers.append(((time.perf_counter() - started) * 1000, total))
    return answers


def _search(connection: sqlite3.Connection, query: dict[str, Any], is_counted: bool) -> int:
    condition, values = _condition(query)
    ranked = f"ORDER BY bm25(texts, {_WEIGHTS}) LIMIT 10"
    hits = connection.execute(
        "SELECT texts.*, papers.* FROM texts JOIN papers ON number = texts.rowid "
        f"WHERE texts.rowid IN (SELECT rowid FROM texts WHERE {condition} {ranked})",
        values,
    )
    hits.fetchall()
    matching = f"SELECT rowid FROM texts WHERE {condition}"
    if is_counted:
        for table, column in (("categories", "category"), ("papers", "year")):
            counts = f"SELECT {column}, count(*) FROM {table} WHERE number IN ({matching}) GROUP BY {column}"
            connection.execute(counts, values).fetchall()
    return connection.execute(f"SELECT count(*) FROM ({matching})", values).fetchone()[0]


def _condition(query: dict[str, Any]) -> tuple[str, list[str]]:
    words = [f'"{word}"' for word in query["words"]]
    text = " ".join(words)
    if query["kind"] == "phrase":
        text = f'"{" ".join(query["words"])}"'
    elif query["kind"] == "prefix":
        text += " *"
    condition, values = "texts MATCH ?", [text]
    if query["category"]:
        condition += " AND +rowid IN (SELECT number FROM categories WHERE category = ?)"
        values.append(query["category"])
    if query["since"]:
        condition += " AND +rowid IN (SELECT number FROM papers WHERE published >= ?)"
        values.append(str(query["since"]))
    return condition, values


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "counted")))
