"""Ask everyone, and score what they answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.relevance import metrics
from bench.relevance.known_items import KnownItem
from bench.relevance.ours import Ours
from bench.relevance.peers import Peer
from bench.relevance.peers.bm25s import rank_with_bm25s
from bench.relevance.peers.fts5 import rank_with_fts5
from bench.relevance.peers.tantivy import rank_with_tantivy
from bench.relevance.peers.whoosh import rank_with_whoosh
from bench.relevance.topics import TopicSet

OURS = "searcher"
PEERS: Mapping[str, Peer] = {
    "tantivy": rank_with_tantivy,
    "whoosh": rank_with_whoosh,
    "fts5": rank_with_fts5,
    "bm25s": rank_with_bm25s,
}
_DEPTH = 1000  # so many ids are asked of everyone


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure for one query; of a set, its mean is given."""

    name: str
    score: Callable[[Sequence[str], Collection[str]], float]  # of ranked ids, against those that answer
    gain: float | None = None  # the bar: our mean is at least so many times the best peer's


METRICS = (
    Metric("nDCG@10", metrics.ndcg, 1.10),
    Metric("MAP", metrics.average_precision, 1.15),
    Metric("MAP@100", lambda ranked, relevant: metrics.average_precision(ranked[:100], relevant)),
    Metric("recall@100", metrics.recall, 1.10),
)


@dataclass(frozen=True, slots=True)
class SetResult:
    """What came of one set of topics."""

    topics: TopicSet
    papers: int  # of the collection, found in the archive and asked
    missing: int  # of the collection, not in the archive
    relaxed: int  # topics for which we also gave papers without all of the words
    few: int  # topics for which we found fewer than ten papers
    scores: Mapping[str, Mapping[str, tuple[float, ...]]]  # contender -> metric -> one of each topic

    def mean(self, contender: str, metric: str) -> float:
        """Over all topics."""
        return fmean(self.scores[contender][metric])

    def best_peer(self, metric: str) -> str:
        """The peer with the highest mean."""
        return max(PEERS, key=lambda peer: self.mean(peer, metric))

    def gain(self, metric: str) -> float:
        """Our mean, as a multiple of the best peer's."""
        return self.mean(OURS, metric) / self.mean(self.best_peer(metric), metric)

    def keeps(self, metric: Metric) -> bool:
        """Whether the bar is kept; a metric without one keeps it."""
        return metric.gain is None or self.gain(metric.name) >= metric.gain

    @property
    def is_kept(self) -> bool:
        """Whether all bars are kept."""
        return all(map(self.keeps, METRICS))


def score_set(topics: TopicSet, ours: Ours) -> SetResult:
    """Ask all topics of a set: us, who have indexed its collection, and the peers, who index the same papers now."""
    papers = [paper for paper in ours.papers(topics.collection) if paper]
    answers = [ours.answer(topic.query, _DEPTH) for topic in topics.topics]
    rankings: dict[str, list[Sequence[str]]] = {OURS: [answer.ids for answer in answers]}
    for name, peer in PEERS.items():
        rank = peer(papers)
        rankings[name] = [rank(topic.query, _DEPTH) for topic in topics.topics]
    scores = {
        name: {metric.name: _scores(metric, topics, ranked) for metric in METRICS} for name, ranked in rankings.items()
    }
    return SetResult(
        topics,
        papers=len(papers),
        missing=len(topics.collection) - len(papers),
        relaxed=sum(answer.relaxed for answer in answers),
        few=sum(len(answer.ids) < 10 for answer in answers),
        scores=scores,
    )


def _scores(metric: Metric, topics: TopicSet, rankings: Sequence[Sequence[str]]) -> tuple[float, ...]:
    pairs = zip(topics.topics, rankings, strict=True)
    return tuple(metric.score(ranked, topic.relevant) for topic, ranked in pairs)


@dataclass(frozen=True, slots=True)
class KnownResult:
    """What came of one kind of known items."""

    kind: str
    items: Sequence[KnownItem]
    ranks: tuple[float, ...]  # the reciprocal rank of each
    bar: float | None  # the least that their mean is to be

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank."""
        return fmean(self.ranks)

    @property
    def is_kept(self) -> bool:
        """Whether the bar is kept; without one it is."""
        return self.bar is None or self.mrr >= self.bar


def score_known(kind: str, items: Sequence[KnownItem], bar: float | None, ours: Ours) -> KnownResult:
    """Look for each item among all papers."""
    ranks = (metrics.reciprocal_rank(ours.answer(item.query, 10).ids, item.heading.id) for item in items)
    return KnownResult(kind, items, tuple(ranks), bar)
