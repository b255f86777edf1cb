"""Query tree and paper -> excerpts with the words found between <b> and </b>.

Worked out from the text of the paper alone, so that every engine shows the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from whoosh import query as wq

from searcher.distance import is_near
from searcher.paper import Paper
from searcher.schema import analyze, word_spans

OPEN, CLOSE = "<b>", "</b>"
_EXCERPT_CHARS = 240
_FIELDS = ("title", "summary", "comment", "journal")


class Highlighter:
    """Makes the snippets of one query."""

    def __init__(self, query: wq.Query) -> None:
        """Take an analysed query, as `searcher.query.parse` gives it."""
        self._wanted: dict[str, _Wanted] = {}
        for number, leaf in enumerate(_positive_leaves(query)):
            self._wanted.setdefault(leaf.fieldname, _Wanted()).add(number, leaf)

    def snippets(self, paper: Paper) -> dict[str, str]:
        """Field -> excerpt, for the fields where something was found: the title whole, of others the best part."""
        found: dict[str, str] = {}
        for field in _FIELDS:
            text, wanted = getattr(paper, field), self._wanted.get(field)
            if text and wanted and (marked := wanted.find(analyze(field, text))):
                positions = sorted(marked)
                spans = word_spans(text, positions)
                leaves = [marked[position] for position in positions]
                start, end = (0, len(text)) if field == "title" else _best_part(text, spans, leaves)
                found[field] = _mark(text, start, end, spans)
        return found


def _positive_leaves(query: wq.Query) -> Iterator[wq.Query]:
    """The leaves that can be found in a text; what a query excludes is not among them."""
    if isinstance(query, wq.ConstantScoreQuery):
        yield from _positive_leaves(query.child)
    elif isinstance(query, wq.Term | wq.Phrase | wq.Prefix | wq.Wildcard | wq.FuzzyTerm):
        yield query
    elif not isinstance(query, wq.Not):
        for child in query.children():
            yield from _positive_leaves(child)


class _Wanted:
    """What is looked for in one field; each leaf of the query has a number."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._phrases: list[tuple[int, list[str]]] = []
        self._patterns: list[tuple[int, Callable[[str], bool]]] = []

    def add(self, number: int, leaf: wq.Query) -> None:
        match leaf:
            case wq.Term():
                self._terms.setdefault(leaf.text, number)
            case wq.Phrase():
                self._phrases.append((number, list(leaf.words)))
            case wq.Prefix():
                self._patterns.append((number, lambda token: token.startswith(leaf.text)))
            case wq.Wildcard():
                pattern = re.compile(re.escape(leaf.text).replace(r"\*", ".*").replace(r"\?", "."))
                self._patterns.append((number, lambda token: pattern.fullmatch(token) is not None))
            case wq.FuzzyTerm():
                self._patterns.append((number, lambda token: is_near(leaf.text, token, leaf.maxdist)))

    def find(self, tokens: list[str]) -> dict[int, int]:
        """Position of a token -> number of a leaf that it belongs to."""
        vocabulary = set(tokens)
        numbers = {token: self._terms[token] for token in vocabulary & self._terms.keys()}
        for number, matches in self._patterns:
            numbers.update((token, number) for token in vocabulary if token not in numbers and matches(token))
        marked = {n: numbers[token] for n, token in enumerate(tokens) if token in numbers} if numbers else {}
        for number, words in self._phrases:
            if vocabulary.issuperset(words):
                for n, token in enumerate(tokens):
                    if token == words[0] and tokens[n : n + len(words)] == words:
                        marked.update((position, number) for position in range(n, n + len(words)))
        return marked


def _best_part(text: str, spans: Sequence[tuple[int, int]], leaves: Sequence[int]) -> tuple[int, int]:
    """The part of a text, cut at words, that shows the most leaves, then the most matches, then comes first."""
    if len(text) <= _EXCERPT_CHARS:
        return 0, len(text)
    best, best_worth = (0, 0), (0, 0)
    last = 0
    for n, (start, _) in enumerate(spans):
        last = max(last, n)
        while last + 1 < len(spans) and spans[last + 1][1] - start <= _EXCERPT_CHARS:
            last += 1
        worth = (len(set(leaves[n : last + 1])), last + 1 - n)
        if worth > best_worth:
            best, best_worth = (n, last), worth
    first, end = spans[best[0]][0], spans[best[1]][1]
    spare = max(0, _EXCERPT_CHARS - (end - first))
    start = min(first - spare // 3, len(text) - _EXCERPT_CHARS)
    start = 0 if end <= _EXCERPT_CHARS else min(first, _word_start(text, start))
    stop = min(len(text), max(end, start + _EXCERPT_CHARS))
    if stop < len(text):
        stop = max(end, text.rfind(" ", start, stop))
    return start, stop


def _word_start(text: str, position: int) -> int:
    """Where the next word begins; a sentence that begins nearby is a better place still."""
    sentence = text.find(". ", max(0, position - 40), position + 40)
    if sentence >= 0:
        return sentence + 2
    space = text.find(" ", position)
    return space + 1 if space >= 0 else position


def _mark(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = ["… "] if start > 0 else []
    at = start
    for first, last in spans:
        if first >= at and last <= end:
            parts += (text[at:first], OPEN, text[first:last], CLOSE)
            at = last
    parts.append(text[at:end])
    if end < len(text):
        parts.append(" …")
    return "".join(parts).replace(f"{CLOSE} {OPEN}", " ").replace(f"{CLOSE}-{OPEN}", "-")
