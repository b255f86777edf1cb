"""A server on loopback that speaks the Atom of arXiv's API, with its whims.

https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

_RANGE = re.compile(r"cat:(\S+) AND submittedDate:\[(\d{8})0000 TO (\d{8})2359\]")


@dataclass(frozen=True)
class Entry:
    """A paper as the API has it."""

    id: str
    published: str  # 2024-01-02T00:42:06Z
    title: str = "A paper"
    version: int = 1
    updated: str = ""
    authors: tuple[str, ...] = ("Jane Doe",)
    summary: str = "A summary."
    categories: tuple[str, ...] = ("cs.CV",)  # primary first, and classes
    comment: str | None = None
    journal: str | None = None
    doi: str | None = None

    @property
    def atom(self) -> str:
        def element(name: str, text: str | None) -> str:
            return "" if text is None else f'<arxiv:{name} xmlns:arxiv="{_ARXIV}">{escape(text)}</arxiv:{name}>'

        return "".join(
            (
                f"<entry><id>http://arxiv.org/abs/{self.id}v{self.version}</id>",
                f"<updated>{self.updated or self.published}</updated><published>{self.published}</published>",
                f"<title>{escape(self.title)}</title><summary>{escape(self.summary)}</summary>",
                *(f"<author><name>{escape(name)}</name></author>" for name in self.authors),
                element("comment", self.comment),
                element("journal_ref", self.journal),
                element("doi", self.doi),
                f'<link title="pdf" href="http://arxiv.org/pdf/{self.id}v{self.version}" rel="related"/>',
                f'<arxiv:primary_category xmlns:arxiv="{_ARXIV}" term={quoteattr(self.categories[0])}/>',
                *(f"<category term={quoteattr(term)}/>" for term in self.categories),
                "</entry>",
            )
        )


_ARXIV = "http://arxiv.org/schemas/atom"


@dataclass
class ArxivServer:
    """What it holds, what it does next, and what it was asked."""

    address: str = ""
    entries: list[Entry] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # of the next answers, one each; "" is none
    asked: list[tuple[float, str, int]] = field(default_factory=list)  # when, what, from which paper on

    def answer(self, request: Any) -> None:
        """Answer a GET."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        start, size = int(asked.get("start", 0)), int(asked.get("max_results", 10))
        self.asked.append((time.monotonic(), asked["search_query"], start))
        fault = self.faults.pop(0) if self.faults else ""
        matched = _RANGE.fullmatch(asked["search_query"])
        if not matched:
            return _send(request, 400, _feed([], 0, start))
        category, first, last = matched.groups()
        found = sorted(
            (entry for entry in self.entries if category in entry.categories
             and first <= entry.published[:10].replace("-", "") <= last),
            key=lambda entry: entry.published,
        )  # fmt: skip
        page = _feed(found[start : start + size], len(found), start)
        match fault.split():
            case ["status", status, *retry_after]:
                _send(request, int(status), b"no", retry_after[0] if retry_after else None)
            case ["empty"]:
                _send(request, 200, _feed([], len(found), start))
            case ["short"]:
                _send(request, 200, _feed(found[start : start + size - 1][:-1], len(found), start))
            case ["malformed"]:
                _send(request, 200, page[: len(page) // 2])
            case ["html"]:
                _send(request, 200, b"<html><body>Rate exceeded.</body>")
            case ["cut"]:
                request.send_response(200)
                request.send_header("Content-Length", str(len(page)))
                request.end_headers()
                request.wfile.write(page[: len(page) // 2])
                request.close_connection = True
            case ["hang"]:
                time.sleep(5)
            case _:
                _send(request, 200, page)
        return None


def _send(request: Any, status: int, content: bytes, retry_after: str | None = None) -> None:
    request.send_response(status)
    request.send_header("Content-Type", "application/atom+xml")
    request.send_header("Content-Length", str(len(content)))
    if retry_after:
        request.send_header("Retry-After", retry_after)
    request.end_headers()
    request.wfile.write(content)


def _feed(entries: list[Entry], total: int, start: int) -> bytes:
    numbers = {"totalResults": total, "startIndex": start, "itemsPerPage": len(entries)}
    header = "".join(
        f'<opensearch:{name} xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{number}</opensearch:{name}>'
        for name, number in numbers.items()
    )
    body = "".join(entry.atom for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">{header}{body}</feed>'.encode()


@contextmanager
def serving() -> Iterator[ArxivServer]:
    """A server, for as long as the block lasts."""
    state = ArxivServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}/api/query"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
