"""Put into words why papers stand where they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from whoosh.query import Query

from searcher.app.finding import Wanted
from searcher.engine.explaining import explain
from searcher.ranking.lift import neighbours
from searcher.ranking.relax import words_of
from searcher.results import Explanation, Hit

_ALL_WORDS = "it holds all of the words"
_NEIGHBOURS = "they stand side by side"
_FEEDBACK = "it tells much about the papers that come first"
_NAMED = "its title gives it this name"
_RECENT = "it is recent"
_LACKING = "it is not there"

_Key = tuple[str, str]  # field and text of a leaf


class Explainer:
    """Explains the hits of one search."""

    def __init__(self, wanted: Wanted, typed: Mapping[str, str]) -> None:
        """Take the query in its forms, and its words as typed by their stems."""
        self._typed = typed
        self._may_lack = wanted.may_relax
        self._words: list[tuple[str, set[_Key]]] = []  # each as typed, and what shows that a paper holds it
        self._reasons: dict[_Key, str] = {}
        for leaf in neighbours(wanted.typed):
            self._reasons[_key(leaf)] = _NEIGHBOURS
        for part in explain(wanted.narrow(wanted.typed), lambda _: 0.0):
            self._reasons[part.field, part.text] = ""
        for asked, expanded in zip(words_of(wanted.typed), words_of(wanted.expanded), strict=False):
            word = self._as_typed(_key(asked[0])[1]) if asked else ""
            self._words.append((word, set(map(_key, expanded))))
            for leaf in expanded:
                self._reasons.setdefault(_key(leaf), f"it may stand for {word}")
        for leaf in wanted.favoured:
            self._reasons[_key(leaf)] = _NAMED if _key(leaf)[0] == "acronym" else _RECENT

    def explain(self, hit: Hit) -> Hit:
        """The same hit, with a reason for each part of its explanation, and with the words that it lacks."""
        return replace(hit, explanation=tuple(self._explain(hit)))

    def _explain(self, hit: Hit) -> Iterator[Explanation]:
        for part in hit.explanation:
            reason = self._reasons.get((part.field, part.text), _FEEDBACK) if part.field else _ALL_WORDS
            field, text = ("title", part.text[1:]) if reason == _NAMED else (part.field, self._as_typed(part.text))
            yield replace(part, field=field, text=text, reason=reason)
        found = {(part.field, part.text) for part in hit.explanation}
        holds_all = any(not part.field for part in hit.explanation) or not self._may_lack
        for word, shown_by in () if holds_all else self._words:
            if not found & shown_by:
                yield Explanation("", word, 0.0, _LACKING)

    def _as_typed(self, stems: str) -> str:
        return " ".join(self._typed.get(stem, stem) for stem in stems.split())


def _key(leaf: Query) -> _Key:
    (explained,) = explain(leaf, lambda _: 1.0)
    return explained.field, explained.text
