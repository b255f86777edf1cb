"""Results -> Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.relevance.scoring import METRICS, OURS, PEERS, KnownResult, SetResult

_MISSES = 15  # shown of each kind of known items
_SHOWN = ("nDCG@10", "MAP", "recall@100")  # query by query


def report(sets: Sequence[SetResult], known: Sequence[KnownResult], papers: int) -> str:
    """All tables: the means, the known items, then each query."""
    parts = [*map(_means, sets), _known_items(known, papers), *map(_misses, known), *map(_queries, sets)]
    return "\n\n".join(part for part in parts if part)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in line)} |" for line in lines)


def _means(result: SetResult) -> str:
    topics = result.topics
    rows = [[name, *(f"{result.mean(name, metric.name):.4f}" for metric in METRICS)] for name in (*PEERS, OURS)]
    bars = [f"× {metric.gain:.2f}" if metric.gain else "" for metric in METRICS]
    verdicts = ["" if metric.gain is None else "yes" if result.keeps(metric) else "**no**" for metric in METRICS]
    rows += [
        ["best peer", *(result.best_peer(metric.name) for metric in METRICS)],
        [f"{OURS} to best peer", *(f"× {result.gain(metric.name):.3f}" for metric in METRICS)],
        ["bar", *bars],
        ["ok?", *verdicts],
    ]
    return (
        f"## {topics.name}\n\n{len(topics.topics)} topics, asked of {result.papers:,} papers "
        f"({result.missing} more are not in the archive). {OURS} found fewer than ten papers for {result.few} topics, "
        f"and gave papers without all of the words for {result.relaxed}.\n\n"
        + _table(["", *(metric.name for metric in METRICS)], rows)
    )


def _known_items(known: Sequence[KnownResult], papers: int) -> str:
    rows = (
        [
            one.kind,
            str(len(one.items)),
            f"{one.mrr:.3f}",
            str(sum(rank == 1 for rank in one.ranks)),
            str(sum(rank == 0 for rank in one.ranks)),
            f"≥ {one.bar:.2f}" if one.bar else "",
            "" if one.bar is None else "yes" if one.is_kept else "**no**",
        ]
        for one in known
    )
    head = ["remembered", "queries", "MRR@10", "first", "not among ten", "bar", "ok?"]
    return f"## Known items\n\nAsked of {OURS}, of all {papers:,} papers of the archive.\n\n{_table(head, rows)}"


def _misses(result: KnownResult) -> str:
    missed = [item for item, rank in zip(result.items, result.ranks, strict=True) if rank == 0]
    if not missed:
        return ""
    lines = [f"- `{item.query}`: {item.heading.title} ({item.heading.id})" for item in missed[:_MISSES]]
    shown = f", the first {_MISSES} of them" if len(missed) > _MISSES else ""
    return f"### Not among ten: {result.kind}{shown}\n\n" + "\n".join(lines)


def _queries(result: SetResult) -> str:
    """Query by query, the worst for us against the peer with the best mean first."""
    best = [result.best_peer(name) for name in _SHOWN]
    head = ["topic", "papers", *(f"{peer} nDCG@10" for peer in PEERS)]
    for metric, peer in zip(_SHOWN, best, strict=True):
        head += [f"{OURS} {'AP' if metric == 'MAP' else metric}", f"− {peer}"]
    differences = [_differences(result, metric) for metric in _SHOWN]
    order = sorted(range(len(result.topics.topics)), key=lambda n: (differences[0][n], result.topics.topics[n].query))
    won, lost = sum(each > 0 for each in differences[0]), sum(each < 0 for each in differences[0])
    rows = (_row(result, n, [difference[n] for difference in differences]) for n in order)
    return (
        f"## {result.topics.name}, query by query\n\nBy nDCG@10, {OURS} is better than {best[0]} for {won} topics, "
        f"worse for {lost}, equal for {len(order) - won - lost}.\n\n{_table(head, rows)}"
    )


def _differences(result: SetResult, metric: str) -> list[float]:
    ours, theirs = (result.scores[name][metric] for name in (OURS, result.best_peer(metric)))
    return [round(our - their, 6) for our, their in zip(ours, theirs, strict=True)]


def _row(result: SetResult, n: int, differences: Sequence[float]) -> Iterator[str]:
    topic = result.topics.topics[n]
    yield f"`{topic.query}`"
    yield str(len(topic.relevant))
    for peer in PEERS:
        yield f"{result.scores[peer]['nDCG@10'][n]:.3f}"
    for metric, difference in zip(_SHOWN, differences, strict=True):
        yield f"{result.scores[OURS][metric][n]:.3f}"
        yield f"{difference:+.3f}"
