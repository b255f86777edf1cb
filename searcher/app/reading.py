"""Read and parse listing files, many of them in a second process, ahead of the one that indexes them.

Half of the time that a full build takes in Python goes into parsing. The reader is a process of our own code, which is
told the files through stdin and answers through stdout; a full pipe keeps it from running far ahead, and it ends when
nobody reads any more. If it dies, the rest is read without it.
"""

from __future__ import annotations

import marshal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from searcher.catalog import ListingFile, digest
from searcher.errors import ListingError, Problem
from searcher.listing import parse_listing, read_content
from searcher.paper import Paper

_MANY = 200  # files that are worth starting a process for
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing file held when it was read."""

    file: ListingFile
    size: int  # bytes
    digest: bytes | None  # None where the file could not be read
    papers: tuple[Paper, ...]  # in file order
    problems: tuple[Problem, ...]  # with the path of the file


def read_listings(files: Sequence[ListingFile]) -> Iterator[Listing]:
    """Read files, in the order given. A file that cannot be read has a problem that says so, and no digest."""
    done = 0
    if len(files) >= _MANY and sys.executable:
        for listing in _read_elsewhere(files):
            yield listing
            done += 1
    yield from map(_read, files[done:])


def _read(file: ListingFile) -> Listing:
    try:
        file.path.encode()
        content = read_content(Path(file.path))
    except (ListingError, UnicodeEncodeError) as error:
        reason = error if isinstance(error, ListingError) else "its name is not UTF-8; rename it"
        return Listing(file, 0, None, (), (Problem(file.path, 1, f"not indexed: {reason}"),))
    papers: list[Paper] = []
    problems: list[Problem] = []
    for item in parse_listing(content, file.name):
        if isinstance(item, Paper):
            papers.append(item)
        else:
            problems.append(replace(item, file=file.path))
    return Listing(file, len(content), digest(content), tuple(papers), tuple(problems))


def _read_elsewhere(files: Sequence[ListingFile]) -> Iterator[Listing]:
    """The same by another process, for as long as it lives."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from searcher.app.reading import serve; serve()"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        assert reader.stdin
        assert reader.stdout
        try:
            try:
                with reader.stdin as questions:
                    marshal.dump([(file.path, file.name) for file in files], questions)
            except BrokenPipeError:
                return
            for file in files:
                try:
                    size, mark, papers, problems = _receive(reader.stdout)
                except (EOFError, ValueError, TypeError):
                    return
                yield Listing(file, size, mark, tuple(map(_paper, papers)), tuple(Problem(*each) for each in problems))
        finally:
            reader.kill()


def serve() -> None:
    """Read the files that stdin names, until nobody wants them any more."""
    try:
        for path, name in marshal.load(sys.stdin.buffer):
            read = _read(ListingFile(path, name, 0, 0))
            problems = [(each.file, each.line, each.message) for each in read.problems]
            _send((read.size, read.digest, list(map(_fields, read.papers)), problems), sys.stdout.buffer)
        sys.stdout.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        sys.stdout = None


def _send(message: tuple[Any, ...], pipe: IO[bytes]) -> None:
    """Write a message behind its length: `marshal.load` would ask the pipe for each number and text in turn."""
    written = marshal.dumps(message)
    pipe.write(len(written).to_bytes(_LENGTH_BYTES))
    pipe.write(written)


def _receive(pipe: IO[bytes]) -> tuple[Any, ...]:
    return marshal.loads(pipe.read(int.from_bytes(pipe.read(_LENGTH_BYTES))))


def _fields(paper: Paper) -> tuple[Any, ...]:
    return (
        paper.id, paper.version, paper.title, paper.authors, paper.categories, paper.classes,
        paper.published.timestamp(), paper.updated.timestamp(), paper.doi, paper.journal, paper.comment,
        paper.summary, paper.pdf, paper.url, paper.listing,
    )  # fmt: skip


def _paper(fields: tuple[Any, ...]) -> Paper:
    identifier, version, title, authors, categories, classes, published, updated, *rest = fields
    doi, journal, comment, summary, pdf, url, listing = rest
    return Paper(
        identifier, version, title, authors, categories, classes,
        datetime.fromtimestamp(published, UTC), datetime.fromtimestamp(updated, UTC), doi, journal, comment,
        summary, pdf, url, listing,
    )  # fmt: skip
