"""Questions at random, of every kind the query language has, from words that occur in the papers asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from oracle import (
    Beginning,
    Category,
    Dates,
    Document,
    Doi,
    Every,
    Filters,
    Fuzzy,
    Identity,
    Node,
    Operator,
    Pattern,
    Question,
    Text,
    Within,
    Words,
)

from searcher.schema import analyze

_TEXT_FIELDS = ("title", "summary", "author", "comment", "journal", "classes")
_NAMES = {  # each of them in every way it can be typed
    "title": ("title", "ti"),
    "summary": ("summary", "abs"),
    "author": ("author", "au"),
    "comment": ("comment",),
    "journal": ("journal",),
    "classes": ("class",),
}
_WORD = re.compile(r"[^\W_]{3,}")
_HYPHENATED = re.compile(r"[^\W_]{2,}(?:-[^\W_]{2,})+")
_PHRASE = re.compile(r'[^\W_][^\s"]*(?: [^\s"]*[^\W_][^\s"]*){1,2}')
_DOI = re.compile(r"10\.\d{4,9}/\S*\w")
_RESERVED = ("AND", "OR", "NOT", "TO")


class Inquirer:
    """Asks about documents at random; the same questions for the same seed."""

    def __init__(self, documents: Sequence[Document], seed: int) -> None:
        self._documents = documents
        self._random = Random(seed)
        pick = self._random.choice
        self.kinds: dict[str, Callable[[], Question]] = {
            "word": lambda: Question(self._word(self._document())),
            "hyphenated": lambda: Question(self._hyphenated()),
            "phrase": lambda: Question(self._phrase(pick(("", "", "ti", "abs")))),
            "and": lambda: Question(pick((Words, partial(Operator, "AND")))(self._several(same=True))),
            "or": lambda: Question(Operator("OR", self._several(same=False))),
            "not": self._excluding,
            "or not": self._either_or_without,
            "any": lambda: Question(Words(self._several(same=False)), any_word=True),
            "signed": self._signed,
            "nested": self._nested,
            **{name: partial(self._in_field, name) for name in _TEXT_FIELDS},
            "within": self._within,
            "beginning": self._beginning,
            "pattern": self._pattern,
            "fuzzy": partial(self._fuzzy, 1),
            "fuzzier": partial(self._fuzzy, 2),
            "boost": self._boosted,
            "dates": self._dates,
            "cat": lambda: Question(Category("cat", pick(self._document().paper.categories))),
            "archive": lambda: Question(self._archive()),
            "primary": lambda: Question(Category("primary", self._document().paper.primary)),
            "id": lambda: Question(self._identity()),
            "doi": lambda: Question(self._doi()),
            "--cat": lambda: Question(self._broad(), Filters(cat=self._categories())),
            "--not-cat": lambda: Question(self._broad(), Filters(not_cat=self._categories())),
            "--primary": lambda: Question(self._broad(), Filters(primary=(self._document().paper.primary,))),
            "--author": lambda: Question(Every(), Filters(author=self._authors(self._document()))),
            "--title": lambda: Question(Every(), Filters(title=self._title_words(self._document()))),
            "--from --to": lambda: Question(self._broad(), self._days(Filters())),
            "combined": self._combined,
        }

    def ask(self, count: int) -> dict[str, list[Question]]:
        """So many questions, by kind, evenly."""
        questions: dict[str, list[Question]] = {kind: [] for kind in self.kinds}
        for kind in list(self.kinds) * (1 + count // len(self.kinds)):
            if sum(map(len, questions.values())) < count:
                questions[kind].append(self.kinds[kind]())
        return questions

    def _document(self, holding: str = "", like: re.Pattern[str] = _WORD) -> Document:
        """A document; with a field in which something stands."""
        while True:
            document = self._random.choice(self._documents)
            if not holding or any(like.search(text) for text in document.texts[holding]):
                return document

    def _text(self, document: Document, name: str, like: re.Pattern[str] = _WORD) -> str:
        """Something that stands in a field of a document, as it is written there."""
        found = [each for text in document.texts[name] for each in like.findall(text) if each not in _RESERVED]
        return self._random.choice(found)

    def _word(self, document: Document) -> Text:
        return Text(self._text(document, self._random.choice(("title", "summary", "author"))))

    def _several(self, *, same: bool) -> tuple[Node, ...]:
        document = self._document()
        count = self._random.choice((2, 2, 3))
        return tuple(self._word(document if same else self._document()) for _ in range(count))

    def _hyphenated(self) -> Text:
        return Text(self._text(self._document("summary", _HYPHENATED), "summary", _HYPHENATED))

    def _phrase(self, typed_name: str) -> Text:
        name = {"": "summary", "ti": "title", "abs": "summary"}[typed_name]
        return Text(self._text(self._document(name, _PHRASE), name, _PHRASE), typed_name)

    def _excluding(self) -> Question:
        wanted, unwanted = self._word(self._document()), self._word(self._document())
        return Question(
            self._random.choice(
                (
                    Words((wanted,), excluded=(unwanted,)),
                    Words(excluded=(unwanted,)),
                    Operator("NOT", (wanted, unwanted)),
                    Operator("AND NOT", (wanted, unwanted)),
                )
            )
        )

    def _either_or_without(self) -> Question:
        excluded = (self._word(self._document()),)
        return Question(Operator("OR", (self._word(self._document()), Words(excluded=excluded))))

    def _signed(self) -> Question:
        document, other = self._document(), self._document()
        node = Words((self._word(document), self._word(other)), (self._word(document),), (self._word(other),))
        return Question(node, any_word=self._random.random() < 0.8)

    def _nested(self) -> Question:
        document = self._document()
        sides = Operator("OR", (self._phrase(""), Words((self._word(document), self._word(document)))))
        node = self._random.choice(
            (Words((sides, self._word(document))), Operator("AND", (self._word(document), sides)))
        )
        return Question(node, any_word=self._random.random() < 0.3)

    def _in_field(self, name: str) -> Question:
        return Question(Text(self._text(self._document(name), name), self._random.choice(_NAMES[name])))

    def _within(self) -> Question:
        name = self._random.choice(("title", "summary", "author"))
        document = self._document(name)
        parts = (Text(self._text(document, name)), Text(self._text(document, name)))
        return Question(Within(name, parts), any_word=self._random.random() < 0.3)

    def _beginning(self) -> Question:
        text = self._text(self._document("summary", _HYPHENATED), "summary", self._random.choice((_WORD, _HYPHENATED)))
        cut = self._random.choice((len(text), self._random.randint(max(3, len(text) - 4), len(text))))
        return Question(Beginning(text[:cut].rstrip("-"), self._random.choice(("", "", "title", "abs"))))

    def _pattern(self) -> Question:
        token = ""
        while len(token) < 5:
            (token,) = analyze("summary", self._text(self._document("summary"), "summary"))
        start = self._random.randint(1, len(token) - 3)
        hole = self._random.choice(("?", "*"))
        end = start + 1 if hole == "?" else self._random.randint(start, len(token) - 2)
        return Question(Pattern(token[:start] + hole + token[end:], self._random.choice(("", "", "abs"))))

    def _fuzzy(self, distance: int) -> Question:
        name = self._random.choice(("title", "summary", "author"))
        text = ""
        while len(text) < 5 or text.isdecimal():
            text = self._text(self._document(name), name)
        for _ in range(distance):
            place, letter = self._random.randint(1, len(text) - 2), self._random.choice("aeinorst")
            text = self._random.choice(
                (
                    text[:place] + text[place + 1 :],
                    text[:place] + letter + text[place:],
                    text[:place] + letter + text[place + 1 :],
                    text[:place] + text[place + 1] + text[place] + text[place + 2 :],
                )
            )
        return Question(Fuzzy(text, distance, self._random.choice(("", name))))

    def _boosted(self) -> Question:
        document = self._document()
        boosted = replace(self._word(document), boost=self._random.choice(("^2", "^0.5", "^10")))
        return Question(Words((boosted, self._word(document))))

    def _dates(self) -> Question:
        name, days = self._random.choice(("published", "published", "updated")), []
        for _ in range(2):
            day = f"{getattr(self._document().paper, name):%Y-%m-%d}"
            days.append(day[: self._random.choice((4, 7, 10))])
        start, end = sorted(days)
        if end.startswith(start):
            return Question(Dates(name, start, start))
        one_sided = self._random.choice((("", end), (start, ""), (start, end), (start, end)))
        return Question(Dates(name, *one_sided, ends=self._random.choice(("[]", "[]", "{]", "[}"))))

    def _archive(self) -> Category:
        archive = self._random.choice(self._document().paper.categories).split(".")[0]
        return Category(self._random.choice(("cat", "primary", "archive")), f"{archive}.*")

    def _identity(self) -> Identity:
        forms = ("{}", "id:{}", "{}v1", "https://arxiv.org/abs/{}", "arXiv:{}v2")
        return Identity(self._document().paper.id, self._random.choice(forms))

    def _doi(self) -> Doi:
        while True:
            if (doi := self._document().paper.doi) and _DOI.fullmatch(doi):
                return Doi(self._random.choice((doi, doi.upper(), doi[:7] + "*", doi[: len(doi) // 2] + "*")))

    def _broad(self) -> Node:
        """What many papers have in common."""
        document = self._document()
        return self._random.choice((Every(), Operator("OR", (self._word(document), self._word(self._document())))))

    def _categories(self) -> tuple[str, ...]:
        found = [self._random.choice(self._document().paper.categories) for _ in range(self._random.randint(1, 2))]
        return tuple(each.split(".")[0] + ".*" if self._random.random() < 0.2 else each for each in found)

    def _authors(self, document: Document) -> tuple[str, ...]:
        name = self._random.choice(document.paper.authors)
        parts = name.split(" ")
        if len(parts) == 2:
            name = self._random.choice((name, parts[1], f"{parts[1]}, {parts[0]}"))
        another = self._random.choice(self._document().paper.authors)
        return self._random.choice(((name,), (name, another)))

    def _title_words(self, document: Document) -> str:
        return " ".join(self._random.sample(list(document.texts["title"][0].split()), 2))

    def _days(self, filters: Filters) -> Filters:
        start, end = sorted(self._document().day for _ in range(2))
        start, end = start[: self._random.choice((4, 7, 10))], end[: self._random.choice((4, 7, 10))]
        return replace(
            filters, **self._random.choice(({"since": start}, {"until": end}, {"since": start, "until": end}))
        )

    def _combined(self) -> Question:
        document = self._document()
        filters = Filters(
            cat=self._random.choice(((), (document.paper.primary,), self._categories())),
            not_cat=self._random.choice(((), (), self._categories())),
            primary=self._random.choice(((), (), (document.paper.primary,))),
            author=self._random.choice(((), (), self._authors(document))),
            title=self._random.choice(("", "", self._text(document, "title"))),
        )
        node = self._random.choice(
            (
                self._word(document),
                Words((self._word(document), Operator("OR", (self._word(document), self._phrase(""))))),
                Words((self._word(document),), (Text(self._text(document, "title"), "ti"),), (self._hyphenated(),)),
                Operator("AND", (self._word(document), Category("cat", document.paper.primary))),
                Words((Beginning(self._text(document, "title")), self._word(document))),
            )
        )
        return Question(
            node, self._days(filters) if self._random.random() < 0.3 else filters, self._random.random() < 0.4
        )
