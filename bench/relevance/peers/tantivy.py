"""Plain tantivy-py: its English stemmer, its query parser, the title boosted."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy

from bench.relevance.peers import Rank, words
from searcher.paper import Paper


def rank_with_tantivy(papers: Sequence[Paper]) -> Rank:
    """Index papers in memory."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("title", tokenizer_name="en_stem")
    builder.add_text_field("summary", tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer(50_000_000, 1)
    for paper in papers:
        writer.add_document(tantivy.Document(id=paper.id, title=paper.title, summary=paper.summary))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def rank(query: str, limit: int) -> list[str]:
        parsed = index.parse_query(" ".join(words(query)), ["title", "summary"], field_boosts={"title": 2.0})
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(parsed, limit).hits]

    return rank
