"""Text -> the text that is searched: TeX as what it means, accents and case folded, Greek letters by name.

First TeX, edit by edit; then each character; then Greek letters that stand alone. `normalize` and `normalize_traced`
apply the same three steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_LINE_END = "\n"  # parts authors: TeX does not reach over it

# Letters that Unicode does not decompose, as Lucene's ASCIIFoldingFilter writes them.
_FOLDED = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ĸ": "q", "ŋ": "n",
    "ŧ": "t", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ǝ": "e", "ə": "a", "ɛ": "e", "ƒ": "f", "ɠ": "g",
    "ƕ": "hv", "ɨ": "i", "ɩ": "i", "ƙ": "k", "ƚ": "l", "ɲ": "n", "ƞ": "n", "ɔ": "o", "ɵ": "o", "ȣ": "ou", "ƥ": "p",
    "ʀ": "r", "ʃ": "s", "ƫ": "t", "ƭ": "t", "ʈ": "t", "ʊ": "u", "ʋ": "v", "ƴ": "y", "ƶ": "z", "ȥ": "z", "ʒ": "z",
    "ŉ": "n", "ŀ": "l", "ʼ": " ", "ǥ": "g", "ȷ": "j", "ɡ": "g", "ɫ": "l", "ʉ": "u", "∞": "∞",
}  # fmt: skip

_NAMES = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "∞": "infinity",
}  # fmt: skip
_LONE = re.compile(rf"∞|(?<![\u0370-\u03ff])[{''.join(_NAMES)}](?![\u0370-\u03ff])")

# What the commands of TeX stand for that the archive uses; those of formatting need no list, they have an argument.
_NAMED = {"infty": "infinity"} | {
    form: name for name in _NAMES.values() for form in (name, name.capitalize(), f"var{name}") if name != "infinity"
}
_LETTERS = {
    "o": "o", "O": "O", "l": "l", "L": "L", "i": "i", "j": "j", "ae": "ae", "AE": "AE", "oe": "oe", "OE": "OE",
    "aa": "a", "AA": "A", "ss": "ss", "ell": "l",
}  # fmt: skip
_SWITCHES = frozenset({
    "em", "it", "bf", "rm", "tt", "sc", "sf", "sl", "cal", "itshape", "bfseries", "left", "right", "big", "limits",
})  # fmt: skip
_FUNCTIONS = frozenset({
    "log", "ln", "exp", "min", "max", "sin", "cos", "tan", "tanh", "arg", "sup", "inf", "lim", "LaTeX",
})  # fmt: skip
_SPACES = frozenset({
    "deg", "degree", "textdegree", "circ", "times", "pm", "sim", "approx", "cdot", "ldots", "dots", "leq", "geq",
    "le", "ge", "rightarrow", "leftarrow", "leftrightarrow", "uparrow", "downarrow", "textemdash", "textendash",
    "textasciitilde", "textgreater", "textless", "textregistered", "textquotesingle", "textquotedbl", "dag",
    "pounds", "small", "par", "noindent", "url", "href", "hyperlink", "hyperref", "footnote", "frac", "sqrt",
})  # fmt: skip

# Each alternative begins with a literal: so the text up to the next one is skipped at once.
_TOKEN = re.compile(
    r"""
      \\(?:
        (?P<dropped>cite[a-z]*\*?\ ?(?:\[[^]\n]*\])?\{[^{}\n]*\})
      | (?P<colour>(?:text)?color\{[^{}\n]*\})
      | unicode\{x(?P<code>[0-9A-Fa-f]{2,4})\}
      | ['"`^~=.](?:\{\\?(?P<group>[^\W\d_]+)\}|\\(?P<dotless>[ij])(?![A-Za-z])[ ]?|(?P<accented>[^\W\d_]))
      | (?P<accent>[bcdHkruv])(?:\{\\?(?P<base>[^\W\d_]+)\}|[ ](?P<next>[A-Za-z]))
      | (?P<name>[A-Za-z]+)
      | (?P<sign>(?:_|[^\w\n])?)
      )
    | \{ | \} | \$ | _ | \^
    """,
    re.VERBOSE,
)
_OWN_S = re.compile(r"(?<=[A-Za-z])\\'s(?![A-Za-z])")  # Parkinson\'s
_ARGUMENT = re.compile(r"\{(?!\})")
_DIGIT = re.compile(r"\{?[0-9]")
_JOINED_DIGIT = re.compile(r"[${}_^]*[0-9]")
_LONG_SCRIPT = re.compile(r"\{?(?:\\[a-z]+[ {])?[A-Za-z]{3}")

Edit = tuple[int, int, str]
"""Start and end in a text, and what comes in place of it."""


class _Folder(dict[int, str]):
    """A translation table for str.translate that works each character out when it first meets it."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded

    def _fold(self, char: str) -> str:
        category = unicodedata.category(char)
        if category in ("Mn", "Me") or (category == "Cf" and char != "\u200b"):
            return ""
        if (lower := char.casefold()) in _FOLDED:
            return _FOLDED[lower]
        letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
        return "".join(
            _FOLDED.get(letter, letter if letter.isalnum() else " ")
            for letter in letters
            if unicodedata.category(letter) not in ("Mn", "Me")
        )


_folder = _Folder({ord(_LINE_END): _LINE_END})


def normalize(text: str) -> str:
    r"""Text as it is searched: "Tăiatu $\alpha$-GAN" gives "taiatu  alpha  gan".

    ASCII punctuation may stay: no tokenizer takes it for a letter. What is normalized stays as it is.
    """
    if "\\" in text or "$" in text or "{" in text:
        text = _edited(text, _tex_edits(text))
    if text.isascii():
        return text.lower()
    folded = text.translate(_folder)
    return folded if folded.isascii() else _edited(folded, _name_edits(folded))


def normalize_traced(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """`normalize(text)`, and for each of its characters where what gave it starts and ends in the text."""
    starts: Sequence[int] = range(len(text))
    ends: Sequence[int] = range(1, len(text) + 1)
    if "\\" in text or "$" in text or "{" in text:
        text, starts, ends = _traced(text, _tex_edits(text), starts, ends)
    if text.isascii():
        return text.lower(), starts, ends
    folds = [(n, n + 1, _folder[ord(char)]) for n, char in enumerate(text)]
    text, starts, ends = _traced(text, folds, starts, ends)
    return _traced(text, list(_name_edits(text)), starts, ends)


def _edited(text: str, edits: Iterable[Edit]) -> str:
    parts: list[str] = []
    last = 0
    for start, end, new in edits:
        parts += text[last:start], new
        last = end
    parts.append(text[last:])
    return "".join(parts)


def _traced(
    text: str, edits: list[Edit], starts: Sequence[int], ends: Sequence[int]
) -> tuple[str, list[int], list[int]]:
    """The edited text, and what its characters start and end at, given the same of the text."""
    new_starts: list[int] = []
    new_ends: list[int] = []
    last = 0
    for start, end, new in edits:
        new_starts += starts[last:start]
        new_starts += [starts[start]] * len(new)
        new_ends += ends[last:start]
        new_ends += [ends[end - 1]] * len(new)
        last = end
    return _edited(text, edits), [*new_starts, *starts[last:]], [*new_ends, *ends[last:]]


def _name_edits(folded: str) -> Iterator[Edit]:
    """Greek letters that stand alone, in a folded text, become their names."""
    for match in _LONE.finditer(folded):
        yield match.start(), match.end(), _apart(_NAMES[match[0]], folded, match.end())


def _apart(name: str, text: str, end: int) -> str:
    """A name as a word of its own, but for digits that follow: a model is called pi0, not pi 0."""
    return f" {name}" if _JOINED_DIGIT.match(text, end) else f" {name} "


def _tex_edits(text: str) -> list[Edit]:
    """What to replace so that only what TeX would print is left; in order. Lines are apart from each other."""
    if _LINE_END not in text:
        return _line_edits(text, 0)
    edits: list[Edit] = []
    start = 0
    for line in text.split(_LINE_END):
        edits += _line_edits(line, start)
        start += len(line) + 1
    return edits


def _line_edits(text: str, offset: int) -> list[Edit]:
    tokens = [(match[0], match) for match in _TOKEN.finditer(text)]
    formulas = _formulas(text, [match.start() for token, match in tokens if token == "$"])
    are_groups = _are_balanced(token for token, _ in tokens)
    is_formula = False
    edits: list[Edit] = []
    for token, match in tokens:
        start, end = match.span()
        if token == "$":
            is_formula = formulas.get(start, False)
            new = "" if start in formulas else " "
        elif token in "{}":
            new = "" if are_groups and text[start : end + 1] != "}{" else " "
        elif token in "_^":
            if not is_formula:
                continue
            is_power = _DIGIT.match(text, end) and text[max(0, start - 4) : start].rstrip("${}")[-1:].isdigit()
            new = " " if is_power or _LONG_SCRIPT.match(text, end) else ""
        elif match.lastgroup == "name":
            new = _command(token[1:], text, end, is_formula)
            if text.startswith(" ", end) and (token[1:] in _LETTERS or token[1:] in _SWITCHES):
                end += 1  # as TeX does: Bj\o ntegaard
        else:
            new = _printed(match)
        edits.append((offset + start, offset + end, new))
    return edits


def _formulas(text: str, dollars: list[int]) -> dict[int, bool]:
    """Where the dollars around formulas stand, and whether each opens one. None if their number is odd.

    "costs $5 and $10" holds no formula: a space stands at one end only.
    """
    if len(dollars) % 2:
        return {}
    found: dict[int, bool] = {}
    for first, last in zip(dollars[::2], dollars[1::2], strict=True):
        if text[first + 1].isspace() == text[last - 1].isspace():
            found[first], found[last] = True, False
    return found


def _are_balanced(tokens: Iterable[str]) -> bool:
    depth = 0
    for token in tokens:
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0


def _command(name: str, text: str, end: int, is_formula: bool) -> str:
    """What a command prints, without its arguments."""
    if name in _NAMED:
        return _apart(_NAMED[name], text, end)
    if name in _LETTERS:
        return _LETTERS[name]
    if name in _FUNCTIONS:
        return f" {name} "
    if name in _SPACES:
        return " "
    if name in _SWITCHES or _ARGUMENT.match(text, end):
        return ""
    return " " if is_formula else f" {name} "


def _printed(match: re.Match[str]) -> str:
    """What a command prints that is no name: an accented letter, a character by its number, a sign."""
    kind = match.lastgroup or ""
    if kind == "colour":
        return ""
    if kind == "code":
        char = chr(int(match[kind], 16))
        return char if char.isalnum() else " "
    if kind in ("dropped", "sign"):
        return " "
    if _OWN_S.match(match.string, match.start()):
        return " s"
    accent, base = match["accent"] or "", match[kind]
    if len(base) == 1 or not accent:
        return base
    word = accent + base  # arXiv took its first letter for an accent: \b{eta}, \c{opyright}
    return _apart(_NAMED[word], match.string, match.end()) if word in _NAMED else word
