"""Two words -> how far one is from the other."""

from __future__ import annotations


def is_near(word: str, token: str, distance: int) -> bool:
    """Whether at most `distance` insertions, deletions, changes or swaps of neighbours lead from word to token."""
    if abs(len(word) - len(token)) > distance:
        return False
    before: list[int] = []
    row = list(range(len(token) + 1))
    for i, left in enumerate(word, 1):
        above, before, row = before, row, [i]
        for j, right in enumerate(token, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == token[j - 2] and word[i - 2] == right:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1] <= distance
