"""The Whoosh schema: fields, analyzers, boosts. Analysis is defined here, once, for every engine.

A text is first normalized (letters folded and lower-cased, all else that is no digit made a space); its words are
then the runs of letters and digits. English fields stem their words; names are left as they are. An engine may
do this natively, fed with `normalize(text)`, as long as the tokens stay equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import compress
from typing import Any

import Stemmer
from whoosh import fields
from whoosh.analysis import PyStemmerFilter, Token, Tokenizer

from searcher.folding import normalize, normalize_traced

SCHEMA_VERSION = 3
"""To be raised with every change of fields or analysis: an index of another version is never read."""

ENGLISH_FIELDS = ("title", "summary", "comment", "journal")
FUNCTION_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "over", "the", "to", "under",
     "via", "with", "&")
)  # fmt: skip
"""Words that say nothing by themselves; they are indexed like all others."""

AUTHOR_FIELDS = ("author", "first_author")
NAME_FIELDS = (*AUTHOR_FIELDS, "classes")
TEXT_FIELDS = ENGLISH_FIELDS + NAME_FIELDS
FACETS = ("category", "primary", "archive", "author", "year", "month")

_MAX_WORD_BYTES = 255
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")  # the same, and faster, in ASCII
_ASCII_APART = str.maketrans({code: " " for code in range(128) if not chr(code).isalnum()})  # faster still
_SURE_WORD_CHARS = _MAX_WORD_BYTES // 4  # no more bytes than allowed, whatever the letters
_AUTHOR_SEPARATOR = "\n"


def words(text: str) -> list[str]:
    """The words of a text, normalized, in order. A run of 256 or more bytes is no word."""
    normal = normalize(text)
    found = normal.translate(_ASCII_APART).split() if normal.isascii() else _WORD.findall(normal)
    return found if max(map(len, found), default=0) <= _SURE_WORD_CHARS else list(filter(_is_word, found))


def _is_word(word: str) -> bool:
    return len(word) <= _SURE_WORD_CHARS or len(word.encode()) <= _MAX_WORD_BYTES


_stemmer = Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball English stem of one normalized word."""
    return _stemmer.stemWord(word)


def analyze(field: str, text: str) -> list[str]:
    """The tokens of a text in a field, in order: what an engine finds in its index."""
    found = words(text)
    return list(map(stem, found)) if field in ENGLISH_FIELDS else found


def word_spans(text: str, positions: Sequence[int]) -> list[tuple[int, int]]:
    """Where the words at these positions (ascending) of `words(text)` stand in it, as (start, end) in characters."""
    normal, starts, ends = normalize_traced(text)
    chosen = bytearray(max(positions, default=-1) + 1)
    for position in positions:
        chosen[position] = 1
    matches = (_ASCII_WORD if normal.isascii() else _WORD).finditer(normal)
    if max(map(len, normal.split()), default=0) > _SURE_WORD_CHARS:
        matches = (match for match in matches if _is_word(match[0]))
    matches = compress(matches, chosen)
    return [(starts[match.start()], ends[match.end() - 1]) for match in matches]


_ENDINGS = (
    "s", "es", "ed", "ing", "er", "ers", "or", "ors", "ion", "ions", "ation", "ations", "ition", "ative", "ive",
    "ization", "izations", "ize", "ized", "izing", "izer", "al", "ally", "ly", "ity", "ities", "ment", "ments", "ness",
    "able", "ability", "ful", "ance", "ence", "ant", "ent", "ic", "ical", "ically", "y", "ies", "ied", "e",
)  # fmt: skip


def prefix_tokens(field: str, prefix: str) -> list[str]:
    """The tokens, beyond those that begin with it, that stand for words which begin with a prefix.

    "transformer" gives ["transform"], for in an English field that is what "transformers" is indexed as.
    """
    if field not in ENGLISH_FIELDS:
        return []
    completed = (
        prefix[:cut] + ending
        for cut in range(max(3, len(prefix) - 7), len(prefix) + 1)
        for ending in _ENDINGS
        if ending.startswith(prefix[cut:])
    )
    stems = dict.fromkeys(stem(word) for word in completed)
    return [token for token in stems if not token.startswith(prefix)]


def doi_keys(doi: str | None) -> tuple[str, ...]:
    """The DOIs of a paper as they are compared: one each, without case, glued ones parted, trailing dots cut."""
    if doi is None:
        return ()
    parted = re.sub(r"(?<=\S)(?=10\.\d{4,9}/)", " ", doi.lower())
    keys = (re.sub(r"^0\.", "10.", key.rstrip(".,;")) for key in parted.split())
    return tuple(dict.fromkeys(key for key in keys if key))


class WordTokenizer(Tokenizer):
    """`words` for Whoosh. In a text of several lines, a phrase does not reach from one line into the next."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        tokenize: bool = True,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Yield one reused Token a word; offsets count characters of the normalized text."""
        token = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        if not tokenize:
            token.original = token.text = value
            token.boost, token.pos = 1.0, start_pos
            token.startchar, token.endchar = start_char, start_char + len(value)
            yield token
            return
        position = start_pos
        for line in self._lines(value):
            for match in _WORD.finditer(line):
                if not _is_word(match[0]):
                    continue
                token.text = token.original = match[0]
                token.boost, token.stopped, token.pos = 1.0, False, position
                token.startchar, token.endchar = start_char + match.start(), start_char + match.end()
                position += 1
                yield token
            start_char += len(line) + 1
            position += 1

    def _lines(self, value: str) -> list[str]:
        return normalize(value).split(_AUTHOR_SEPARATOR)


def author_text(authors: tuple[str, ...]) -> str:
    """The value of the author field: one name a line."""
    return _AUTHOR_SEPARATOR.join(authors)


def _date(**options: Any) -> fields.DATETIME:
    """A date, indexed as one term and not as eight of falling precision."""
    date = fields.DATETIME(stored=True, **options)
    date.shift_step = 0
    return date


def build_schema() -> fields.Schema:
    """The schema of a paper."""
    english = WordTokenizer() | PyStemmerFilter("english", cachesize=0)
    names = WordTokenizer()
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        version=fields.STORED(),
        title=fields.TEXT(english, stored=True, multitoken_query="phrase"),
        summary=fields.TEXT(english, stored=True, multitoken_query="phrase"),
        author=fields.TEXT(names, stored=True, multitoken_query="phrase"),
        first_author=fields.TEXT(names, multitoken_query="phrase"),
        acronym=fields.KEYWORD(commas=True),  # what the paper defines, and its name: searcher.ranking.acronyms, .titles
        category=fields.KEYWORD(stored=True),  # every arXiv category
        primary=fields.ID(stored=True),
        archive=fields.KEYWORD(stored=True),  # of every category
        published=_date(sortable=True),
        updated=_date(),
        listing=fields.STORED(),  # the file
        day=fields.ID(stored=True),  # the listing's, "2023-12-30"
        doi=fields.KEYWORD(stored=True, lowercase=True),
        journal=fields.TEXT(english, stored=True, multitoken_query="phrase"),
        comment=fields.TEXT(english, stored=True, multitoken_query="phrase"),
        classes=fields.TEXT(names, stored=True, multitoken_query="phrase"),  # MSC and ACM
        pdf=fields.STORED(),
        url=fields.STORED(),
    )
