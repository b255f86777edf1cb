"""Results -> text that fits a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.paper import Paper, page_address
from searcher.results import FacetCount, Hit, SearchResponse, TellingText
from searcher.selection import SavedSearch, as_typed
from searcher.snippet import CLOSE, OPEN

if TYPE_CHECKING:
    from searcher.news import Digest
    from searcher.reports import CheckReport, Fault, IndexReport, Stats

_FACET_VALUES = 10
_FAULTS = 20
_FACET_COLUMN = 36  # cells
_AUTHORS = 3
_BLOCKS = " ▏▎▍▌▋▊▉█"
_MARKS = re.compile(f"{re.escape(OPEN)}|{re.escape(CLOSE)}")
_WIDE = frozenset("WF")
_STYLES = {"title": "1", "match": "1;33", "id": "36", "faint": "2", "bar": "34", "problem": "33"}


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the text is written for."""

    width: int = 80  # cells
    color: bool = False
    links: bool = False  # OSC 8

    def link(self, paper: Paper, text: str) -> str:
        """A text that leads to a paper's page, where links can be clicked; links of one paper belong together."""
        if not self.links or not text:
            return text
        return f"\x1b]8;id={paper.id};{page_address(paper.id)}\x1b\\{text}\x1b]8;;\x1b\\"

    def style(self, name: str, text: str) -> str:
        """A text in one of our styles; as it is where there is no colour."""
        return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if self.color and text and name != "plain" else text

    def fill(self, text: str, indent: str, style: str = "plain", *, is_snippet: bool = False) -> Iterator[str]:
        """Break a text into lines that fit, in a style; in a snippet, what stands between <b> and </b> stands out."""
        room = max(20, self.width - len(indent))
        line, used, lit = "", 0, False
        for word in text.split():
            size = cells(_MARKS.sub("", word) if is_snippet else word)
            if used and used + 1 + size > room:
                yield indent + (self._lit_up(line, lit, style) if is_snippet else self.style(style, line))
                lit = _ends_lit(line, lit)
                line, used = word, size
            else:
                line, used = (f"{line} {word}", used + 1 + size) if used else (word, size)
        if line:
            yield indent + (self._lit_up(line, lit, style) if is_snippet else self.style(style, line))

    def _lit_up(self, line: str, lit: bool, style: str) -> str:
        """A line of a snippet with its marks turned into colour; `lit` if one was left open before it."""
        if lit:
            line = OPEN + line
        if _ends_lit(line, False):
            line += CLOSE
        parts = re.split(f"{OPEN}(.*?){CLOSE}", line)
        return "".join(self.style("match" if n % 2 else style, part) for n, part in enumerate(parts))


def search(response: SearchResponse, first_rank: int, terminal: Terminal) -> str:
    """What else may have been meant, the terms they were found by; hits with their rank; what was found; the facets."""
    lines: list[str] = []
    if response.suggestion:
        lines += (*terminal.fill(f"Did you mean: {printable(response.suggestion)}", "", "faint"), "")
    if response.terms:
        lines += (terminal.style("faint", _terms(response.terms, terminal.width)), "")
    for rank, hit in enumerate(response.hits, first_rank):
        if response.relaxed and response.strict_first and rank == max(first_rank, (response.strict_total or 0) + 1):
            lines += (terminal.style("faint", "Without all of the words:"), "")
        lines += (*_hit(rank, hit, terminal), "")
    lines += terminal.fill(_summary(response, first_rank), "", "faint")
    if response.facets:
        lines += ("", *_facets(response.facets, terminal, _FACET_VALUES))
    return "\n".join(lines)


def digest(digest: Digest, terminal: Terminal) -> str:
    """What is new: each saved search that found something, and its hits."""
    lines: list[str] = []
    for news in digest.found:
        lines += terminal.fill(f"{printable(news.name)}: {_count(len(news.hits), 'new paper')}", "", "title")
        for rank, hit in enumerate(news.hits, 1):
            lines += ("", *_hit(rank, hit, terminal))
            if not terminal.links:
                lines.append(f"    {page_address(hit.paper.id)}")
        lines += ("", "")
    return "\n".join(lines).rstrip("\n")


def saved(searches: Iterable[SavedSearch], terminal: Terminal) -> str:
    """The saved searches, each as it would be typed."""
    lines: list[str] = []
    for each in searches:
        lines += terminal.fill(printable(each.name), "", "title")
        lines += terminal.fill(printable(as_typed(each)), "    ")
    return "\n".join(lines)


def facets(response: SearchResponse, terminal: Terminal) -> str:
    """What a search counted, one value a line."""
    return "\n".join(_facets(response.facets, terminal, None))


def paper(paper: Paper, terminal: Terminal) -> str:
    """All that is known of a paper."""
    lines = list(terminal.fill(printable(paper.title), "", "title"))
    lines += terminal.fill(printable(", ".join(paper.authors)), "")
    facts = {
        "id": f"{paper.id} (version {paper.version})",
        "published": f"{paper.published:%Y-%m-%d %H:%M} UTC",
        "updated": f"{paper.updated:%Y-%m-%d %H:%M} UTC",
        "categories": ", ".join(paper.categories),
        "classes": ", ".join(paper.classes),
        "journal": paper.journal,
        "doi": paper.doi,
        "comment": paper.comment,
        "url": paper.url,
        "pdf": paper.pdf,
        "listing": paper.listing,
    }
    lines.append("")
    for name, value in facts.items():
        if value and value.strip():
            first, *others = terminal.fill(printable(value), " " * 12)
            lines += (terminal.style("faint", f"{name:12}") + first[12:], *others)
    return "\n".join([*lines, "", *terminal.fill(printable(paper.summary), "")])


def report(report: IndexReport, *, dry_run: bool) -> str:
    """What a run of `searcher index` did."""
    files = _changes(("new", report.files_added), ("changed", report.files_changed), ("gone", report.files_removed))
    papers = _changes(("new", report.papers_added), ("updated", report.papers_updated), ("gone", report.papers_removed))
    if not files and not report.files_unchanged:
        return "no listing files were found"
    if not files:
        return f"nothing changed: {_count(report.papers_total, 'paper')} in {_count(report.files_unchanged, 'file')}"
    total = report.files_unchanged + report.files_added + report.files_changed
    tense = "a dry run; there would be" if dry_run else "indexed:"
    return (
        f"{tense} {_count(report.papers_total, 'paper')} ({papers or 'none changed'}) "
        f"in {_count(total, 'file')} ({files}), {report.duration_s:.1f} s"
    )


def check(report: CheckReport) -> str:
    """What a check found, and what mends it."""
    lines = [*_faults("was wrong", report.repaired), *_faults("wrong", report.faults)]
    seen = f"{_count(report.papers, 'paper')} in {_count(report.files, 'file')} are as they should be"
    lines.append(
        f"{seen}, {report.duration_s:.1f} s"
        if report.papers or not report.faults
        else "nothing could be held against it"
    )
    if report.files_waiting:
        waiting = _count(report.files_waiting, "file")
        lines.append(f"{waiting} changed since the index was made; take them in with: searcher index")
    commands = {fault.mended_by for fault in report.faults if fault.mended_by}
    if commands:
        lines.append(f"mend it with: {max(commands)}")  # --full mends all that a plain run does
    if any(not fault.mended_by for fault in report.faults):
        lines.append("what cannot be read has to be put right first, or named to searcher index, which takes it out")
    return "\n".join(lines)


def _faults(label: str, faults: Sequence[Fault]) -> Iterator[str]:
    yield from (printable(f"{label}: {fault.what}") for fault in faults[:_FAULTS])
    if len(faults) > _FAULTS:
        yield f"{label}: {len(faults) - _FAULTS:,} more, which --format json lists"


def stats(stats: Stats) -> str:
    """What an index holds."""
    span = f", {stats.oldest:%Y-%m-%d} to {stats.newest:%Y-%m-%d}" if stats.oldest and stats.newest else ""
    held = stats.footprint
    place = Path(held.place)
    shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else held.place
    index = f"{stats.engine} index of {held.size_bytes / 1e6:,.1f} MB in {shown}"
    if held.health:
        index += f"\n{held.health}"
    return f"{_count(stats.papers, 'paper')}{span}\n{index}"


def printable(text: str) -> str:
    """A text that cannot steer a terminal: control characters and the like are shown as a mark."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _terms(terms: Sequence[TellingText], width: int) -> str:
    """As many as fit on a line."""
    line = "by:"
    for n, term in enumerate(terms):
        part = f" {printable(term.text)} ({term.bits:.0f}{'' if n else ' bits'})"
        if cells(line + part) + 1 > width:
            return line.removesuffix(",") if n else cut("by:" + part, width).rstrip()
        line += part + ("," if n + 1 < len(terms) else "")
    return line


def _hit(rank: int, hit: Hit, terminal: Terminal) -> Iterator[str]:
    indent = " " * max(4, len(f"{rank} "))
    title = hit.snippets.get("title", hit.paper.title)
    lines = list(terminal.fill(printable(title), indent, "title", is_snippet="title" in hit.snippets)) or [indent]
    linked = [terminal.link(hit.paper, line[len(indent) :]) for line in lines]
    yield f"{rank:>{len(indent) - 1}} {linked[0]}"
    yield from (indent + line for line in linked[1:])
    identity = hit.paper.id
    facts = (identity, _authors(hit.paper), f"{hit.paper.published:%Y-%m-%d}", " ".join(hit.paper.categories))
    first, *others = Terminal(terminal.width).fill(printable(" · ".join(filter(None, facts))), indent)
    yield (
        indent
        + terminal.link(hit.paper, terminal.style("id", identity))
        + terminal.style("faint", first[len(indent) + len(identity) :])
    )
    yield from (terminal.style("faint", line) for line in others)
    found = next((hit.snippets[field] for field in ("summary", "comment", "journal") if field in hit.snippets), None)
    yield from terminal.fill(printable(found or _beginning(hit.paper.summary)), indent, is_snippet=found is not None)
    for part in hit.explanation:
        what = ": ".join(filter(None, (part.field, part.text)))
        told = " - ".join(filter(None, (what, part.reason)))
        first, *others = Terminal(terminal.width).fill(printable(told), f"{indent}{'':10}")
        yield f"{indent}{part.score:8.3f}  {first.lstrip()}"
        yield from others
    if hit.explanation:
        yield f"{indent}{hit.score:8.3f}  in all"


def _beginning(summary: str) -> str:
    return summary if len(summary) <= 200 else summary[: summary.rfind(" ", 0, 200)] + " …"


def _authors(paper: Paper) -> str:
    shown = ", ".join(paper.authors[:_AUTHORS])
    more = len(paper.authors) - _AUTHORS
    return f"{shown} and {more} more" if more > 0 else shown


def _summary(response: SearchResponse, first_rank: int) -> str:
    about = "" if response.total_is_exact else "about "
    shown = f", {first_rank:,}–{first_rank + len(response.hits) - 1:,} shown" if response.hits else ""
    if len(response.hits) == response.total:
        shown = ""
    found = f"{about}{_count(response.total, 'paper')}"
    if response.strict_total is not None:
        found += f", {response.strict_total or 'none'} of them with all of the words"
    return f"{found}{shown}, {response.took_ms:.0f} ms"


def _facets(facets: Mapping[str, Sequence[FacetCount]], terminal: Terminal, size: int | None) -> Iterator[str]:
    """The facets: `size` values of each, in columns side by side as they fit; or all values, each facet by itself."""
    width = _FACET_COLUMN if size else min(terminal.width, 2 * _FACET_COLUMN)
    blocks = [
        list(_facet(name, counts[:size], len(counts), width, terminal)) for name, counts in facets.items() if counts
    ]
    side_by_side = max(1, (terminal.width + 2) // (width + 2))
    for start in range(0, len(blocks), side_by_side):
        row = blocks[start : start + side_by_side]
        if start:
            yield ""
        for n in range(max(map(len, row))):
            cells = [block[n] if n < len(block) else (" " * width, "") for block in row]
            yield "  ".join(styled or plain for plain, styled in cells).rstrip()


def _facet(
    name: str, shown: Sequence[FacetCount], known: int, width: int, terminal: Terminal
) -> Iterator[tuple[str, str]]:
    """Lines of one facet, each in so many cells: plain, and styled where that differs."""
    most = max(each.count for each in shown)
    yield f"{name:{width}}", terminal.style("faint", f"{name:{width}}")
    value_width = min(max(cells(each.value) for each in shown), width // 2)
    count_width = len(f"{most:,}")
    room = width - value_width - count_width - 3
    for each in shown:
        value = cut(printable(each.value), value_width)
        drawn = bar(each.count / most, room)
        yield (
            f" {value} {each.count:>{count_width},} {drawn}",
            f" {value} {each.count:>{count_width},} {terminal.style('bar', drawn)}",
        )
    if known > len(shown):
        yield f"{f' and {known - len(shown):,} more':{width}}", ""


def bar(share: float, width: int) -> str:
    """A bar over a share of so many cells, at least an eighth of one, padded to all of them."""
    eighths = max(1, round(share * width * 8))
    full, part = divmod(eighths, 8)
    return (_BLOCKS[8] * full + (_BLOCKS[part] if part else "")).ljust(width)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _changes(*counts: tuple[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts if count)


def cells(text: str) -> int:
    """The width of a text on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )


def cut(text: str, width: int) -> str:
    """A text in exactly so many cells."""
    while cells(text) > width:
        text = text[:-2] + "…"
    return text + " " * (width - cells(text))


def _ends_lit(line: str, lit: bool) -> bool:
    for mark in _MARKS.findall(line):
        lit = mark == OPEN
    return lit
