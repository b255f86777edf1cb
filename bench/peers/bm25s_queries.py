"""bm25s: index listing files in memory, then run the queries; print seconds of the build and [ms, hits] of each query.

Usage: bm25s_queries.py LISTINGS QUERIES. It knows words alone: no phrases, filters, prefixes, counts or totals, and
finds what holds any of the words.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import bm25s
import Stemmer
from records import papers


def main() -> None:
    """Build, warm up, then time each query once more."""
    listings, file = map(Path, sys.argv[1:])
    stemmer = Stemmer.Stemmer("english")
    started = time.perf_counter()
    found = list(papers(listings))
    texts = [" ".join((each.title, each.summary, *each.authors, each.comment or "")) for each in found]
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False), show_progress=False)
    build_s = time.perf_counter() - started
    asked = json.loads(file.read_text(encoding="utf-8"))
    answers: list[tuple[float, int]] = []
    for is_timed in (False, True):
        for query in asked["timed"]:
            started = time.perf_counter()
            words = " ".join(query["words"])
            tokens = bm25s.tokenize(words, stopwords=None, stemmer=stemmer, show_progress=False, return_ids=False)
            best, _ = index.retrieve(tokens, k=10, show_progress=False)
            hits = [found[number] for number in best[0]]
            if is_timed:
                answers.append(((time.perf_counter() - started) * 1000, len(hits)))
    print(json.dumps({"build_s": build_s, "answers": answers}))


if __name__ == "__main__":
    main()
