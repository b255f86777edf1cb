"""SQLite FTS5: its Porter stemmer, its bm25(), the title weighted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bench.relevance.peers import Rank, words
from searcher.paper import Paper

_TABLE = "CREATE VIRTUAL TABLE papers USING fts5(id UNINDEXED, title, summary, tokenize = 'porter unicode61')"
_SEARCH = "SELECT id FROM papers WHERE papers MATCH ? ORDER BY bm25(papers, 0, 2, 1) LIMIT ?"


def rank_with_fts5(papers: Sequence[Paper]) -> Rank:
    """Index papers in memory."""
    database = sqlite3.connect(":memory:")
    database.execute(_TABLE)
    rows = ((paper.id, paper.title, paper.summary) for paper in papers)
    database.executemany("INSERT INTO papers VALUES (?, ?, ?)", rows)

    def rank(query: str, limit: int) -> list[str]:
        expression = " OR ".join(f'"{word}"' for word in words(query))
        return [row[0] for row in database.execute(_SEARCH, (expression, limit))] if expression else []

    return rank
