"""Papers -> BibTeX.

As in "BibTeXing" by O. Patashnik and, for eprints, https://info.arxiv.org/help/hypertex/bibstyles/. Letters beyond
Latin stay as they are, in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from searcher.paper import Paper, page_address
from searcher.render.tex import escape, pairs
from searcher.schema import FUNCTION_WORDS, words

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SUFFIX = re.compile(r"(.*?),? (Jr\.?|Sr\.?|II|III|IV|Ph\. ?D\.|M\. ?D\.)")
_SEVERAL = re.compile(r"[,{}]|\band\b")  # what BibTeX would take for more than one name, or part
_COMMAND = re.compile(r"\\(?!(?:AE|OE|O|L|AA|DJ|DH|TH)\b)[A-Za-z]+")  # but for those that print a capital


def entries(papers: Iterable[Paper]) -> str:
    """An entry a paper, with an empty line between them."""
    return "\n".join(map(entry, papers))


def entry(paper: Paper) -> str:
    """One paper: @article where it names a journal, @misc otherwise."""
    fields = {
        "title": _title(paper.title),
        "author": " and ".join(map(_name, paper.authors)),
        "journal": escape(paper.journal) if paper.journal else "",
        "year": str(paper.published.year),
        "month": _MONTHS[paper.published.month - 1],
        "eprint": paper.id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.primary,
        "doi": re.sub(r"[{}\\\s].*", "", paper.doi or "", flags=re.DOTALL),
        "url": page_address(paper.id),
    }
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value]
    return "\n".join([f"@{'article' if paper.journal else 'misc'}{{{key(paper)},", *lines, "}", ""])


def key(paper: Paper) -> str:
    """What a paper is cited by, whatever is listed beside it: "doe2024diffusion-2401.00877".

    Surname of the first author, year, first word of the title that says something, and id.
    """
    name = words(paper.authors[0]) if paper.authors else []
    surname = next((word for word in reversed(name) if len(word) > 1 and word not in ("jr", "sr", "ii", "iii")), "")
    title = next((word for word in words(paper.title) if word not in FUNCTION_WORDS), "")
    readable = re.sub(r"[^a-z0-9]", "", f"{surname}{paper.published.year}{title}")
    return f"{readable}-{paper.id.replace('/', '-')}"


def _name(name: str) -> str:
    """A name of one person, or of a group in braces."""
    if found := _SUFFIX.fullmatch(name):
        given, _, surname = found[1].rpartition(" ")
        return ", ".join(map(escape, filter(None, (surname, found[2], given))))
    return f"{{{escape(name)}}}" if _SEVERAL.search(name) else escape(name)


def _title(title: str) -> str:
    """A title whose capitals stay; the first letter BibTeX leaves alone."""
    parts = _parts(escape(title))
    return "".join(f"{{{part}}}" if _holds_capital(part[n == 0 :]) else part for n, part in enumerate(parts))


def _holds_capital(part: str) -> bool:
    is_group = part.startswith("{") and part.endswith("}") and not part.startswith("{\\") and pairs(part[1:-1])
    return not is_group and any(char.isupper() for char in _COMMAND.sub("", part))


def _parts(text: str) -> list[str]:
    """Words and the spaces between them, by turns; what stands in braces is not parted."""
    parts = [""]
    depth = 0
    for char in text:
        if depth == 0 and parts[-1] and char.isspace() != parts[-1][-1].isspace():
            parts.append("")
        depth += (char == "{") - (char == "}")
        parts[-1] += char
    return parts
