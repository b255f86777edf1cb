"""What is new -> a mail, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from html import escape

from searcher.errors import SearcherError
from searcher.news import Digest
from searcher.paper import page_address
from searcher.render import text
from searcher.results import Hit

_MAX_SUBJECT = 120
_STYLE = "font-family: sans-serif; line-height: 1.4; max-width: 45em"


def message(digest: Digest, *, sender: str, recipient: str, date: datetime) -> str:
    """A whole mail, headers included, in ASCII with CRLF at the ends of its lines: to be kept as .eml, or sent.

    Raises SearcherError for a sender or a recipient that is no address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _subject(digest)
    for header, address in (("From", sender), ("To", recipient)):
        try:
            mail[header] = address
        except ValueError as error:  # a line break
            raise SearcherError(f"{address!r} is not an address for a mail") from error
        if mail[header].defects or not mail[header].addresses:
            raise SearcherError(f"{address!r} is not an address for a mail")
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = make_msgid(domain="searcher.invalid")
    mail.set_content(f"{text.digest(digest, text.Terminal())}\n", cte="quoted-printable")
    mail.add_alternative(_html(digest), subtype="html", cte="quoted-printable")
    return mail.as_bytes().decode("ascii")


def _subject(digest: Digest) -> str:
    found = ", ".join(f"{text.printable(news.name)} ({len(news.hits)})" for news in digest.found)
    subject = f"{digest.papers} new {'paper' if digest.papers == 1 else 'papers'}: {found}"
    return subject if len(subject) <= _MAX_SUBJECT else subject[: _MAX_SUBJECT - 2] + " …"


def _html(digest: Digest) -> str:
    parts = (line for news in digest.found for line in (f"<h2>{_shown(news.name)}</h2>", *map(_paper, news.hits)))
    head = '<meta charset="utf-8"><title>New papers</title>'
    return "\n".join(
        ("<!DOCTYPE html>", f'<html><head>{head}</head><body style="{_STYLE}">', *parts, "</body></html>\n")
    )


def _paper(hit: Hit) -> str:
    return "\n".join(_paragraphs(hit))


def _paragraphs(hit: Hit) -> Iterator[str]:
    paper = hit.paper
    facts = " · ".join(
        filter(None, (", ".join(paper.authors), f"{paper.published:%Y-%m-%d}", " ".join(paper.categories)))
    )
    yield f'<h3><a href="{escape(page_address(paper.id))}">{_shown(paper.title)}</a></h3>'
    yield f'<p style="color: #555">{_shown(facts)}</p>'
    yield f"<p>{_shown(paper.summary)}</p>"


def _shown(text_: str) -> str:
    return escape(text.printable(text_))
