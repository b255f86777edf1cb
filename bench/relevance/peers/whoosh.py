"""Plain Whoosh: StemmingAnalyzer, MultifieldParser, its BM25F, the title boosted."""

from __future__ import annotations

from collections.abc import Sequence

from whoosh import fields
from whoosh.analysis import StemmingAnalyzer
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import MultifieldParser, OrGroup

from bench.relevance.peers import Rank, words
from searcher.paper import Paper


def rank_with_whoosh(papers: Sequence[Paper]) -> Rank:
    """Index papers in memory."""
    analyzer = StemmingAnalyzer()
    schema = fields.Schema(id=fields.ID(stored=True), title=fields.TEXT(analyzer), summary=fields.TEXT(analyzer))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for paper in papers:
        writer.add_document(id=paper.id, title=paper.title, summary=paper.summary)
    writer.commit()
    searcher = index.searcher()
    parser = MultifieldParser(["title", "summary"], schema, fieldboosts={"title": 2.0}, group=OrGroup)

    def rank(query: str, limit: int) -> list[str]:
        return [hit["id"] for hit in searcher.search(parser.parse(" ".join(words(query))), limit=limit)]

    return rank
