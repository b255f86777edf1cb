r"""Text as listings have it -> TeX that can stand in a bibliography.

Listings mix Unicode with the TeX that authors typed: `Erd\H{o}s`, `$\mathcal{O}(n)$`, but also `100%` and `R&D`. What
is TeX stays; what would break it is escaped; accented letters become TeX's, as BibTeX sorts and abbreviates these only.
"""

from __future__ import annotations

import re
import unicodedata

# https://ctan.org/pkg/bibtex, "btxdoc", and L. Lamport, "LaTeX: A Document Preparation System", tables 3.1 and 3.2
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c",
    "\u0328": "k", "\u0331": "b",
}  # fmt: skip
_LETTERS = {
    "ß": r"\ss", "æ": r"\ae", "Æ": r"\AE", "œ": r"\oe", "Œ": r"\OE", "ø": r"\o", "Ø": r"\O", "ł": r"\l", "Ł": r"\L",
    "đ": r"\dj", "Đ": r"\DJ", "ð": r"\dh", "Ð": r"\DH", "þ": r"\th", "Þ": r"\TH", "ı": r"\i", "ȷ": r"\j",
}  # fmt: skip
_SIGNS = {
    "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "…": r"\ldots{}", "\u00a0": "~", "‐": "-",
    "‑": "-", "×": r"$\times$", "±": r"$\pm$", "·": r"$\cdot$", "°": r"$^\circ$", "≤": r"$\leq$", "≥": r"$\geq$",
    "→": r"$\to$", "≈": r"$\approx$", "∞": r"$\infty$", "−": "$-$", "²": "$^2$", "³": "$^3$", "µ": r"$\mu$",
}  # fmt: skip
_GREEK = {
    code: rf"$\{'var' * name.startswith('final ')}{name.removeprefix('final ')}$"
    for code in map(chr, range(0x3B1, 0x3CA))
    for name in [unicodedata.name(code).removeprefix("GREEK SMALL LETTER ").lower().replace("lamda", "lambda")]
    if name != "omicron"
}
_ESCAPED = {char: f"\\{char}" for char in "&%#_$"} | {
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "\\": r"\textbackslash{}",
}  # fmt: skip
_KEPT = re.compile(
    r"""
      (?P<formula>\$[^$]+\$)
    | (?P<letter>
        \\(?:["'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z])|[A-Za-z])
        | [Hbcdkruv]\{\\?[A-Za-z]\} | (?:ss|ae|AE|oe|OE|o|O|l|L|aa|AA)(?![A-Za-z])))
    | (?P<style>\\(?:emph|text(?:bf|it|tt|sc|rm|sf|superscript|subscript))(?=\{))
    | (?P<brace>\\[{}])
    | \\[&%$#_ ]
    """,
    re.VERBOSE,
)
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """
        alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
        upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega mathcal mathbf
        mathrm mathit mathsf mathtt times pm mp cdot cdots ldots dots leq geq le ge neq ne approx sim simeq equiv
        to rightarrow leftarrow Rightarrow leftrightarrow infty circ ell partial nabla sum prod int sqrt frac hat tilde
        bar vec dot ddot overline underline prime dagger ast star log exp min max sin cos in subset cup cap forall
        exists left right langle rangle lfloor rfloor lceil rceil perp parallel propto ll gg bf rm it cal textbf textit
        textrm texttt mid vert quad
        """,
    )
)
"""What plain LaTeX knows in a formula."""


def escape(text: str) -> str:
    """A text as TeX. Its braces pair and its dollars are even, whatever the text."""
    has_groups = pairs(text)
    parts: list[str] = []
    last = 0
    for kept in _KEPT.finditer(text):
        if not (_is_formula(kept[0][1:-1]) if kept["formula"] else has_groups or not (kept["style"] or kept["brace"])):
            continue
        is_braced = kept["formula"] or kept["letter"]  # BibTeX takes a letter for one, and lets capitals be, in braces
        parts += _plain(text[last : kept.start()], has_groups), f"{{{kept[0]}}}" if is_braced else kept[0]
        last = kept.end()
    return "".join([*parts, _plain(text[last:], has_groups)])


def _is_formula(text: str) -> bool:
    """Whether what stands between two dollars is a formula, and one that every LaTeX can set."""
    is_price = text[0].isspace() != text[-1].isspace()  # "costs $5 and $10"
    is_known = all(name in _COMMANDS for name in _COMMAND.findall(text))
    return is_known and not is_price and pairs(text) and text.isascii() and not any(char in text for char in "%#&~")


def pairs(text: str) -> bool:
    """Whether the braces of a text pair. BibTeX counts those behind a backslash as well."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def _plain(text: str, has_groups: bool) -> str:
    """A text without TeX, but for braces where they pair."""
    return "".join(_char(char) for char in unicodedata.normalize("NFC", text) if has_groups or char not in "{}")


def _char(char: str) -> str:
    if char < "\x7f":
        return _ESCAPED.get(char, char)
    if char in _LETTERS:
        return f"{{{_LETTERS[char]}}}"
    if found := _SIGNS.get(char) or _GREEK.get(char):
        return f"{{{found}}}" if "$" in found else found
    base, *marks = unicodedata.normalize("NFD", char)
    if len(marks) == 1 and marks[0] in _ACCENTS and base.isascii():
        is_above = marks[0] not in "\u0323\u0327\u0328\u0331"
        return f"{{\\{_ACCENTS[marks[0]]}{{{chr(92) if base in 'ij' and is_above else ''}{base}}}}}"
    return char
