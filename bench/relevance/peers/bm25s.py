"""bm25s: its tokenizer and stop words, PyStemmer's stems; a paper is one text, for it knows of no fields."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import Stemmer

from bench.relevance.peers import Rank
from searcher.paper import Paper

bm25s: Any = import_module("bm25s")  # of the extra "bench", which checking types must not need


def rank_with_bm25s(papers: Sequence[Paper]) -> Rank:
    """Index papers in memory."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]):
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    retriever = bm25s.BM25()
    retriever.index(tokens([f"{paper.title} {paper.summary}" for paper in papers]), show_progress=False)

    def rank(query: str, limit: int) -> list[str]:
        asked = tokens([query])
        if not asked.vocab:
            return []
        places, scores = retriever.retrieve(asked, k=min(limit, len(papers)), show_progress=False)
        return [papers[place].id for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    return rank
