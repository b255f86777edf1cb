"""Words that differ from another by a few letters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

_LAST = chr(0x10FFFF)


def words_within(words: Sequence[str], word: str, distance: int) -> Iterator[int]:
    """The numbers of those of sorted words that become `word` by at most `distance` edits.

    An edit adds, drops or replaces a letter, or swaps two neighbours that are not edited otherwise (the "optimal
    string alignment" distance, which Tantivy uses). Words with the same beginning share the rows of the table that
    belong to it, and are passed over together once no row leaves hope.
    """
    rows = [list(range(len(word) + 1))]  # rows[n][m]: the edits from the first n letters of a word to the first m
    beginning = ""
    number = 0
    while number < len(words):
        candidate = words[number]
        depth = _common_length(beginning, candidate)
        del rows[depth + 1 :]
        while depth < len(candidate) and _has_hope(rows, distance):
            rows.append(_next_row(rows, candidate, word))
            depth += 1
        beginning = candidate[:depth]
        if not _has_hope(rows, distance):
            number = max(number + 1, bisect_left(words, beginning + _LAST, number))
            continue
        if rows[-1][-1] <= distance:
            yield number
        number += 1


def _has_hope(rows: list[list[int]], distance: int) -> bool:
    return min(rows[-1]) <= distance or (len(rows) > 1 and min(rows[-2]) < distance)


def _next_row(rows: list[list[int]], candidate: str, word: str) -> list[int]:
    """The row of one more letter of the candidate."""
    above, depth = rows[-1], len(rows)
    letter = candidate[depth - 1]
    row = [depth]
    for column, other in enumerate(word, 1):
        edits = min(row[-1] + 1, above[column] + 1, above[column - 1] + (letter != other))
        if depth > 1 and column > 1 and letter == word[column - 2] and candidate[depth - 2] == other:
            edits = min(edits, rows[-2][column - 2] + 1)
        row.append(edits)
    return row


def _common_length(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
