"""Index listing files with SQLite's full-text search, as its documentation has it; print how many papers there were.

Usage: fts5_build.py LISTINGS FILE
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

from records import papers

_SCHEMA = """
CREATE TABLE papers (number INTEGER PRIMARY KEY, id TEXT, published TEXT, year TEXT, rest TEXT);
CREATE TABLE categories (category TEXT, number INTEGER, PRIMARY KEY (category, number)) WITHOUT ROWID;
CREATE INDEX by_number ON categories (number, category);
CREATE INDEX by_date ON papers (published);
CREATE VIRTUAL TABLE texts USING fts5(title, summary, authors, comment, tokenize = 'porter unicode61');
"""


def build(listings: Path, file: Path) -> int:
    """Index all papers in one transaction; how many there were."""
    connection = sqlite3.connect(file)
    connection.executescript(_SCHEMA)
    count = 0
    for count, paper in enumerate(papers(listings), 1):
        rest = json.dumps([paper.journal, paper.doi, paper.pdf, paper.url, paper.listing], ensure_ascii=False)
        published = paper.published.isoformat()
        row = (count, paper.id, published, published[:4], rest)
        connection.execute("INSERT INTO papers VALUES (?, ?, ?, ?, ?)", row)
        connection.executemany("INSERT INTO categories VALUES (?, ?)", ((each, count) for each in paper.categories))
        text = (count, paper.title, paper.summary, ", ".join(paper.authors), paper.comment)
        connection.execute("INSERT INTO texts(rowid, title, summary, authors, comment) VALUES (?, ?, ?, ?, ?)", text)
    connection.commit()
    connection.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    connection.commit()
    connection.close()
    return count


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
