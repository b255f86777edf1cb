"""What a search must find, told paper by paper in plain Python: no index, no parser, no query tree of Whoosh's.

A `Question` is made at random from words that occur in the papers, as a small tree of its own. It can be typed
(`arguments`), and it can be asked of each paper in turn (`finds`). Only the tokens are taken from the package.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Protocol

from searcher.paper import Paper
from searcher.schema import analyze, prefix_tokens, words

EVERYWHERE = ("title", "summary", "author", "comment")  # where a word without a field is looked for
_NAMES = {"ti": "title", "abs": "summary", "au": "author", "class": "classes"}


class Document:
    """A paper, with its tokens."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.day = f"{paper.published:%Y-%m-%d}"

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """Field -> its texts: a phrase lies in one of them."""
        paper = self.paper
        single = {"title": paper.title, "summary": paper.summary, "comment": paper.comment, "journal": paper.journal}
        several = {
            "author": list(paper.authors),
            "first_author": list(paper.authors[:1]),
            "classes": list(paper.classes),
        }
        return {name: [text] if text else [] for name, text in single.items()} | several

    @cached_property
    def rows(self) -> dict[str, list[list[str]]]:
        """Field -> the tokens of each of its texts."""
        return {name: [analyze(name, text) for text in texts] for name, texts in self.texts.items()}

    @cached_property
    def tokens(self) -> dict[str, set[str]]:
        """Field -> all its tokens."""
        return {name: {token for row in rows for token in row} for name, rows in self.rows.items()}

    def holds(self, name: str, text: str) -> bool:
        """Whether the words of a text, or others of the same stems, stand in a field, in a row."""
        wanted = analyze(name, text)
        if len(wanted) == 1:
            return wanted[0] in self.tokens[name]
        return any(_follow_each_other(wanted, row) for row in self.rows[name])

    def holds_just(self, name: str, text: str) -> bool:
        """Whether just these words stand in a field, in a row."""
        wanted = words(text)
        return self.holds(name, text) and any(_follow_each_other(wanted, words(each)) for each in self.texts[name])

    def values(self, facet: str) -> set[str]:
        """What a facet counts this paper under."""
        paper = self.paper
        return {
            "category": set(paper.categories),
            "primary": {paper.categories[0]},
            "archive": {category.split(".")[0] for category in paper.categories},
            "author": set(paper.authors),
            "year": {self.day[:4]},
            "month": {self.day[:7]},
        }[facet]


def _follow_each_other(wanted: list[str], row: list[str]) -> bool:
    return any(row[start : start + len(wanted)] == wanted for start in range(len(row)))


# The tree.


class Node(Protocol):
    """A part of a question."""

    def typed(self) -> str:
        """How it is typed."""
        ...

    def finds(self, document: Document, any_word: bool) -> bool:
        """Whether a paper matches; `any_word` is the option --any."""
        ...


@dataclass(frozen=True)
class Every:
    """All papers."""

    def typed(self) -> str:
        return "*"

    def finds(self, document: Document, any_word: bool) -> bool:
        return True


@dataclass(frozen=True)
class Text:
    """A word, a word with hyphens, or in quotes just these words in a row."""

    text: str
    name: str = ""
    boost: str = ""

    def typed(self) -> str:
        text = f'"{self.text}"' if self.is_quoted else self.text
        return f"{self.name}:{text}{self.boost}" if self.name else f"{text}{self.boost}"

    @property
    def is_quoted(self) -> bool:
        return " " in self.text

    def finds(self, document: Document, any_word: bool) -> bool:
        holds = document.holds_just if self.is_quoted else document.holds
        return any(holds(name, self.text) for name in _fields(self.name))


@dataclass(frozen=True)
class Beginning:
    """`seg*`; of `super-res*` only the last word is a beginning, and the others stand in the same field."""

    text: str
    name: str = ""

    def typed(self) -> str:
        return f"{self.name}:{self.text}*" if self.name else f"{self.text}*"

    def finds(self, document: Document, any_word: bool) -> bool:
        *before, last = words(self.text)
        return any(
            all(document.holds(name, word) for word in before)
            and any(token.startswith(last) or token in _stems(name, last) for token in document.tokens[name])
            for name in _fields(self.name)
        )


@dataclass(frozen=True)
class Pattern:
    """`t*former`, `tr?nsformer`."""

    text: str
    name: str = ""

    def typed(self) -> str:
        return f"{self.name}:{self.text}" if self.name else self.text

    def finds(self, document: Document, any_word: bool) -> bool:
        return any(fnmatchcase(token, self.text) for name in _fields(self.name) for token in document.tokens[name])


@dataclass(frozen=True)
class Fuzzy:
    """`wrod~`, `wrod~2`."""

    text: str
    distance: int
    name: str = ""

    def typed(self) -> str:
        tilde = "~" if self.distance == 1 else f"~{self.distance}"
        return f"{self.name}:{self.text}{tilde}" if self.name else f"{self.text}{tilde}"

    def finds(self, document: Document, any_word: bool) -> bool:
        return any(
            differences(wanted, token) <= self.distance
            for name in _fields(self.name)
            for wanted in analyze(name, self.text)
            for token in document.tokens[name]
        )


@dataclass(frozen=True)
class Category:
    """`cat:cs.CV`, `cat:cs.*`, `primary:cs`, `archive:cs`."""

    name: str  # cat, primary or archive
    value: str

    def typed(self) -> str:
        return f"{self.name}:{self.value}"

    def finds(self, document: Document, any_word: bool) -> bool:
        categories = document.paper.categories[:1] if self.name == "primary" else document.paper.categories
        return any(_is_in(category, self.value) for category in categories)


@dataclass(frozen=True)
class Identity:
    """An arXiv id, as `form` writes it."""

    id: str
    form: str

    def typed(self) -> str:
        return self.form.format(self.id)

    def finds(self, document: Document, any_word: bool) -> bool:
        return document.paper.id == self.id


@dataclass(frozen=True)
class Doi:
    """A DOI, or with a star the beginning of one."""

    value: str

    def typed(self) -> str:
        return f"doi:{self.value}"

    def finds(self, document: Document, any_word: bool) -> bool:
        wanted = self.value.lower()
        found = (document.paper.doi or "").lower().split()
        return any(doi.startswith(wanted[:-1]) if wanted.endswith("*") else doi == wanted for doi in found)


@dataclass(frozen=True)
class Dates:
    """`published:[2023 TO 2024-06}`; a date alone for all of it."""

    name: str  # published or updated
    start: str
    end: str
    ends: str = "[]"

    def typed(self) -> str:
        if self.start == self.end and self.ends == "[]":
            return f"{self.name}:{self.start}"
        return f"{self.name}:{self.ends[0]}{self.start} TO {self.end}{self.ends[1]}"

    def finds(self, document: Document, any_word: bool) -> bool:
        day = f"{getattr(document.paper, self.name):%Y-%m-%d}"
        late_enough = day[: len(self.start)] > self.start or (day.startswith(self.start) and self.ends[0] == "[")
        early_enough = day[: len(self.end)] < self.end or (day.startswith(self.end) and self.ends[1] == "]")
        return (not self.start or late_enough) and (not self.end or early_enough)


@dataclass(frozen=True)
class Words:
    """`+required optional -excluded`: all of them, or with --any the required ones, or one of the optional."""

    optional: tuple[Node, ...] = ()
    required: tuple[Node, ...] = ()
    excluded: tuple[Node, ...] = ()

    def typed(self) -> str:
        signed = [f"+{_enclosed(node)}" for node in self.required] + [_enclosed(node) for node in self.optional]
        return " ".join(signed + [f"-{_enclosed(node)}" for node in self.excluded])

    def finds(self, document: Document, any_word: bool) -> bool:
        if any(node.finds(document, any_word) for node in self.excluded):
            return False
        if not any_word or self.required:
            needed = self.required if any_word else (*self.required, *self.optional)
            return all(node.finds(document, any_word) for node in needed)
        return not self.optional or any(node.finds(document, any_word) for node in self.optional)


@dataclass(frozen=True)
class Operator:
    """`a AND b`, `a OR b`, `a NOT b`, `a AND NOT b`."""

    operator: str
    parts: tuple[Node, ...]

    def typed(self) -> str:
        return f" {self.operator} ".join(map(_enclosed, self.parts))

    def finds(self, document: Document, any_word: bool) -> bool:
        first, *others = (part.finds(document, any_word) for part in self.parts)
        if self.operator == "OR":
            return first or any(others)
        return first and (all(others) if self.operator == "AND" else not any(others))


@dataclass(frozen=True)
class Within:
    """`title:(a b)`."""

    name: str
    parts: tuple[Text, ...]

    def typed(self) -> str:
        return f"{self.name}:({' '.join(part.typed() for part in self.parts)})"

    def finds(self, document: Document, any_word: bool) -> bool:
        return Words(tuple(replace(part, name=self.name) for part in self.parts)).finds(document, any_word)


def _enclosed(node: Node) -> str:
    return f"({node.typed()})" if isinstance(node, Words | Operator) else node.typed()


def _fields(name: str) -> tuple[str, ...]:
    return (_NAMES.get(name, name),) if name else EVERYWHERE


_stems = lru_cache(prefix_tokens)


def _is_in(category: str, value: str) -> bool:
    return category == value or category.split(".")[0] == value.removesuffix(".*")


@lru_cache(maxsize=200_000)
def differences(one: str, other: str) -> int:
    """The edits that make one word the other: a letter more, less or other, two neighbours swapped; 3 for many."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    last = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        row = [n]
        for m, its in enumerate(other, 1):
            best = min(last[m] + 1, row[m - 1] + 1, last[m - 1] + (letter != its))
            if n > 1 and m > 1 and letter == other[m - 2] and one[n - 2] == its:
                best = min(best, before[m - 2] + 1)
            row.append(best)
        before, last = last, row
    return min(3, last[-1])


# The question.


@dataclass(frozen=True)
class Filters:
    """The options that narrow a search down."""

    cat: tuple[str, ...] = ()
    not_cat: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    title: str = ""
    since: str = ""
    until: str = ""

    def arguments(self) -> list[str]:
        """As they are typed."""
        typed = [
            (f"--{name.replace('_', '-')}", v)
            for name in ("cat", "not_cat", "primary", "author")
            for v in getattr(self, name)
        ]
        typed += [("--title", self.title), ("--from", self.since), ("--to", self.until)]
        return [part for option in typed if option[1] for part in option]

    def finds(self, document: Document, any_word: bool) -> bool:
        """Whether a paper gets through."""
        categories = document.paper.categories
        title = [document.holds("title", word) for word in self.title.split()]
        return (
            (not self.cat or any(_is_in(has, value) for has in categories for value in self.cat))
            and not any(_is_in(has, value) for has in categories for value in self.not_cat)
            and (not self.primary or any(_is_in(categories[0], value) for value in self.primary))
            and (not self.author or any(document.holds("author", _in_order(name)) for name in self.author))
            and (not title or (any(title) if any_word else all(title)))
            and document.day[: len(self.since)] >= self.since
            and (not self.until or document.day[: len(self.until)] <= self.until)
        )

    def ignored_by(self, facet: str) -> Filters:
        """Without those that a facet ignores, so that it shows what else could be chosen."""
        if facet == "category":
            return replace(self, cat=(), not_cat=())
        if facet in ("year", "month"):
            return replace(self, since="", until="")
        return replace(self, **{facet: ()}) if facet in ("primary", "author") else self


def _in_order(name: str) -> str:
    return " ".join(reversed(name.split(", ")))


@dataclass(frozen=True)
class Question:
    """A search to be typed, or asked of each paper."""

    node: Node
    filters: Filters = field(default_factory=Filters)
    any_word: bool = False

    def arguments(self) -> list[str]:
        """What is typed behind `search`."""
        return [*self.filters.arguments(), *(["--any"] if self.any_word else []), "--", self.node.typed()]

    def finds(self, document: Document) -> bool:
        """Whether a paper is found."""
        return self.node.finds(document, self.any_word) and self.filters.finds(document, self.any_word)
