"""Listing files -> papers.

The format, measured over 28 years of real files: a header line, then records that start at column 0 with
`### TITLE` and `- **Arxiv ID**: ...`, one field a line, long values wrapped with two spaces of indentation.
What deviates becomes a Problem with its line; the rest of the file is still read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from searcher.errors import ListingError, Problem
from searcher.paper import CATEGORIES, Paper, parse_id

_FIELDS = ("Arxiv ID", "DOI", "Categories", "Links", "Published", "Updated", "Authors", "Comment", "Journal", "Summary")
_REQUIRED = ("Arxiv ID", "Categories", "Published", "Authors", "Summary")
_FIELD = re.compile(rf"\n- \*\*({'|'.join(_FIELDS)})\*\*: ?")
_RECORD = re.compile("\n### ")
_MAX_FILE_BYTES = 512_000_000  # it is read as a whole
_MAX_RECORD_CHARS = 1_000_000  # no paper has a listing like that, and an index could not bear it
_HEADER = "# Arxiv Papers in "
_LINK = re.compile(r"\[PDF\]\(([^()\s]+)\)")
_NOTHING = frozenset({"", "none", "n/a", "na", "-", "no comments"})
_SUFFIXES = frozenset({"Jr.", "Sr.", "Ph. D.", "Ph.D.", "M. D.", "M.D.", "II", "III", "IV"})
_CATEGORY_FORM = re.compile(r"[a-z]+(-[a-z]+)?(\.[A-Za-z-]+)?")
_REPAIRED = re.compile(
    r"^- \*\*Authors\*\*: .*(?:[A-Za-z][\u00c0-\u02ff]|[\u00c0-\u02ff][A-Za-z])|[\u1e00-\u1eff\u2000-\u23ff]",
    re.MULTILINE,
)
_ASCII_CONTROLS = bytes(code for code in range(32) if code not in b"\n\r\t") + b"\x7f"
_OTHER_CONTROLS = re.compile("[\x80-\x9f\ufeff]")


def find_listings(place: Path) -> Iterator[str]:
    """Yield the paths of the listing files at a place, in no certain order.

    In a folder, and the folders in it that are neither hidden nor links, these are `*.md` but for a README, and those
    `*.txt` that begin with a listing's header. A file is taken at its word. Raises ListingError if the place, or a
    folder in it, cannot be read.
    """
    if place.is_file():
        yield str(place)
        return
    waiting = [str(place)]
    try:
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith("."):
                            waiting.append(entry.path)
                    elif _is_listing(entry):
                        yield entry.path
    except OSError as error:
        raise ListingError(f"{error.filename or place}: cannot be read: {error.strerror}") from error


def _is_listing(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    if name.endswith(".md"):
        return name not in ("readme.md", ".md") and _is_file(entry)
    if not name.endswith(".txt") or not _is_file(entry):
        return False
    with open(entry.path, "rb") as file:
        return file.read(len(_HEADER)) == _HEADER.encode()


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def read_listing(path: Path, name: str) -> Iterator[Paper | Problem]:
    """Yield what one listing file holds, in file order, lazily; `name` is what papers carry as their `listing`.

    A record that cannot be understood becomes a Problem and the next record is read.
    Raises ListingError only if the file itself cannot be read.
    """
    return parse_listing(read_content(path), name)


def read_content(path: Path) -> bytes:
    """The bytes of a listing file. Raises ListingError if it cannot be read."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ListingError(f"{path}: larger than {_MAX_FILE_BYTES // 1_000_000} MB; split it, by day for example")
        return path.read_bytes()
    except OSError as error:
        raise ListingError(f"{path}: cannot be read: {error.strerror}") from error


def parse_listing(content: bytes, name: str) -> Iterator[Paper | Problem]:
    """Yield what the bytes of a listing file hold, in file order, lazily. Raises nothing."""
    text, undecodable_line = _decode(content)
    if undecodable_line:
        yield Problem(name, undecodable_line, "not UTF-8; the bytes that cannot be read are shown as �")
    text = "\n" + text  # the first line is then a line like any other
    preamble, *chunks = _RECORD.split(text)
    yield from _check_preamble(preamble, name, has_records=bool(chunks))
    line, counted = preamble.count("\n") + 1, 0  # lines are counted up to where there is a problem
    for number, chunk in enumerate(chunks):
        record = _Record(name)
        paper = record.read(chunk)
        if paper is not None:
            yield paper
        if record.problems:
            line += sum(above.count("\n") + 1 for above in chunks[counted:number])
            counted = number
            yield from (replace(problem, line=line + problem.line) for problem in record.problems)
    if chunks and not text.endswith("\n"):
        last_line = text.count("\n")
        yield Problem(name, last_line, "the file ends inside a line; its last record may be cut off")


def _decode(content: bytes) -> tuple[str, int]:
    """The text of a listing file with its encoding repaired, and the first undecodable line, or 0."""
    content = content.translate(None, _ASCII_CONTROLS)
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    undecodable_line = 0
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        undecodable_line = content.count(b"\n", 0, error.start) + 1
        text = content.decode(errors="replace")
    if not text.isascii():
        repaired = _repair_encoding(text)
        if repaired is not text or _holds_other_controls(content):
            text = _OTHER_CONTROLS.sub("", repaired)
    return text, undecodable_line


def _holds_other_controls(content: bytes) -> bool:
    """Whether UTF-8 holds any of `_OTHER_CONTROLS`, told faster than by the expression."""
    if b"\xef" in content and b"\xef\xbb\xbf" in content:
        return True
    return any(b"\x80" <= rest[:1] <= b"\x9f" for rest in content.split(b"\xc2")[1:])


def _repair_encoding(text: str) -> str:
    """Undo UTF-8 that was read as Mac Roman.

    Judged on the whole file: sound text of more than a few letters does not survive the round trip. Where it does by
    chance ("√π" would become "ù"), what comes out must be seen where chance does not reach: as a letter inside an
    author's name, or as a character of three bytes ("’" came as "‚Äô").
    """
    try:
        text.encode("ascii")
        return text
    except UnicodeEncodeError as error:
        start = error.start
    first_line = text[text.rfind("\n", 0, start) + 1 : text.find("\n", start) + 1]
    try:
        first_line.encode("mac_roman").decode()  # of sound text, this line tells already
        repaired = text.encode("mac_roman").decode()
    except UnicodeError:
        return text
    return repaired if _REPAIRED.search(repaired) else text


def _check_preamble(preamble: str, name: str, has_records: bool) -> Iterator[Problem]:
    lines = preamble.split("\n")[1:]
    stray = next((n for n, line in enumerate(lines, 1) if line.strip() and not line.startswith(_HEADER)), 0)
    if not has_records and (stray or not any(line.startswith(_HEADER) for line in lines)):
        yield Problem(name, 1, "no paper records in this file")
    elif stray:
        yield Problem(name, stray, "text before the first record; a '### title' line may be missing")


class _Record:
    """One record on its way to a Paper; collects its problems, their lines counted from its title, which is line 0."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name

    def read(self, chunk: str) -> Paper | None:
        """The paper of what stands between one `### ` and the next, or None with a problem noted."""
        if len(chunk) > _MAX_RECORD_CHARS:
            return self._report(0, f"the record is longer than {_MAX_RECORD_CHARS:,} characters; it is left out")
        title, *rest = _FIELD.split(chunk)
        names, raw = rest[::2], rest[1::2]
        if tuple(names) != _FIELDS:
            names, raw = self._usable(chunk, names, raw)
            if not names:
                return None
        title, *values = self._unwrap_all([title, *raw])
        return self._paper(title, dict(zip(names, values, strict=True)))

    def _usable(self, chunk: str, names: list[str], raw: list[str]) -> tuple[list[str], list[str]]:
        """The fields of an unusual record that can be used; none if it is not one."""
        if not names or names[0] != "Arxiv ID":
            title = chunk.partition("\n")[0]
            self._report(0, f"no '- **Arxiv ID**: ' below the title {title[:60]!r}")
            return [], []
        count = next((n for n, name in enumerate(names) if name in names[:n]), len(names))
        if count < len(names):
            line = len("".join(raw[:count]).split("\n")) + count
            self._report(line, f"the field {names[count]!r} comes again; a '### title' line may be missing above it")
        missing = [field for field in _REQUIRED if field not in names[:count]]
        if missing:
            self._report(0, f"the record has no field {missing[0]!r}; it may be cut off")
            return [], []
        return names[:count], raw[:count]

    def _unwrap_all(self, values: list[str]) -> list[str]:
        """Join wrapped values; each begins a line below the one before it."""
        unwrapped = []
        for n, value in enumerate(values):
            if "\n" not in value:
                unwrapped.append(value.strip())
                continue
            joined = " ".join([line.strip() for line in value.split("\n  ")])
            if "\n" in joined or ": //" in joined:  # a few; in the others, what follows finds the same
                joined = self._unwrap(value, sum(above.count("\n") + 1 for above in values[:n]))
            unwrapped.append(joined)
        return unwrapped

    def _unwrap(self, value: str, line: int) -> str:
        """Join a wrapped value: with a space, but with nothing where an address was broken after `https:`."""
        first, *others = value.rstrip("\n").split("\n")
        joined = first.strip()
        for number, other in enumerate(others, line + 1):
            if other.startswith("  "):
                part = other.strip()
                address = part.startswith("//") and joined.endswith(("http:", "https:"))
                joined += part if address else f" {part}"
            elif other.strip():
                self._report(number, f"a line that belongs to no field: {other[:60]!r}")
        return joined

    def _paper(self, title: str, values: dict[str, str]) -> Paper | None:
        address = values["Arxiv ID"]
        identity = parse_id(address)
        categories, classes = split_categories(values["Categories"])
        published = _parse_time(values["Published"])
        updated = _parse_time(values["Updated"]) if "Updated" in values else published
        if not title:
            return self._report(0, "the record has no title")
        if identity is None:
            return self._report(1, f"not an arXiv id: {address[:60]!r}")
        if not categories:
            return self._report(0, f"no arXiv category in {values['Categories'][:60]!r}")
        if published is None or updated is None:
            bad = values["Published"] if published is None else values["Updated"]
            return self._report(0, f"not a time: {bad[:60]!r}")
        identifier, version = identity[0], identity[1] or 1
        link = _LINK.search(values.get("Links", ""))
        return Paper(
            id=identifier,
            version=version,
            title=title,
            authors=split_authors(values["Authors"]),
            categories=categories,
            classes=classes,
            published=published,
            updated=updated,
            doi=or_none(values.get("DOI", "")),
            journal=or_none(values.get("Journal", "")),
            comment=or_none(values.get("Comment", "")),
            summary=values["Summary"],
            pdf=link[1] if link else f"https://arxiv.org/pdf/{identifier}v{version}",
            url=address if address.startswith("http") else f"https://arxiv.org/abs/{identifier}v{version}",
            listing=self._name,
        )

    def _report(self, line: int, message: str) -> None:
        self.problems.append(Problem(self._name, line, message))


def or_none(value: str) -> str | None:
    """What a field says, or None where it says that there is nothing."""
    return None if value.lower() in _NOTHING else value


def _parse_time(text: str) -> datetime | None:
    """A time in UTC, in whole seconds."""
    try:
        time = datetime.fromisoformat(text)
        if time.microsecond:
            time = time.replace(microsecond=0)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def split_categories(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell arXiv's categories (primary first, none twice) from the MSC and ACM classes that follow them.

    A category is a whole element of the taxonomy; the one in bold is taken on its word, for arXiv adds new ones.
    """
    bold: list[str] = []
    known: list[str] = []
    classes: list[str] = []
    for element in text.split(","):
        element = element.strip()
        inner = element.removeprefix("**").removesuffix("**")
        if inner != element and _CATEGORY_FORM.fullmatch(inner):
            bold.append(inner)
        elif element in CATEGORIES:
            known.append(element)
        elif element:
            classes.append(element)
    return tuple(dict.fromkeys(bold + known)), tuple(classes)


def split_authors(text: str) -> tuple[str, ...]:
    """The names between commas; a suffix, as Jr., belongs to the name before it."""
    authors: list[str] = []
    for element in text.split(", "):
        author = element.strip(" ,")
        if author in _SUFFIXES and authors:
            authors[-1] += f", {author}"
        elif author and author != ":":
            authors.append(author)
    return tuple(authors)
