"""Results -> an Atom feed (RFC 4287), for feed readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from xml.etree import ElementTree

from searcher.paper import Paper, page_address
from searcher.results import Hit

MEDIA_TYPE = "application/atom+xml"
_MAX_ENTRIES = 500
_NAMESPACE = "http://www.w3.org/2005/Atom"
_SCHEME = "http://arxiv.org/schemas/atom"  # of arXiv's categories, in its own feeds
_NO_XML = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(
    hits: Iterable[Hit],
    *,
    title: str,
    identifier: str,
    address: str | None = None,
    updated: datetime | None = None,
    labels: Mapping[str, Iterable[str]] = MappingProxyType({}),
    earlier: str | None = None,
) -> str:
    """A feed of papers, in their order, none twice.

    `identifier` is an IRI that tells this feed from all others, for good: the address of the feed, or a `urn:`.
    `address` is where the feed itself can be had (its link `self`). `updated` is when it last changed; if that is not
    said, when a paper of it last did. A paper's own identifier is the address of its page, whatever its version.
    `labels` gives papers, by id, further categories. A feed that continues an `earlier` one keeps its identifier, and
    as many of its entries as make 500 in all. Raises ValueError if that is no feed.
    """
    papers = list({hit.paper.id: hit.paper for hit in hits}.values())
    if updated is None:
        updated = max((paper.updated for paper in papers), default=datetime(1970, 1, 1, tzinfo=UTC))
    before = _read(earlier) if earlier else ElementTree.Element("feed")
    root = ElementTree.Element("feed", xmlns=_NAMESPACE)
    _add(root, "id", before.findtext("id") or identifier)
    _add(root, "title", title)
    _add(root, "updated", _time(updated))
    _add(_add(root, "author"), "name", "searcher")  # of the entries of papers without authors
    _add(root, "generator", "searcher")
    if address:
        _add(root, "link", rel="self", type=MEDIA_TYPE, href=address)
    new = [_entry(paper, labels.get(paper.id, ())) for paper in papers]
    told = {entry.findtext("id") for entry in new}
    old = [entry for entry in before.iterfind("entry") if entry.findtext("id") not in told]
    root.extend([*new, *old[: max(0, _MAX_ENTRIES - len(new))]])
    ElementTree.indent(root, "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _read(text: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from error
    if root.tag != f"{{{_NAMESPACE}}}feed":
        raise ValueError("not an Atom feed")
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_NAMESPACE}}}")  # the namespace of all we write
    return root


def _entry(paper: Paper, labels: Iterable[str]) -> ElementTree.Element:
    address = page_address(paper.id)
    entry = ElementTree.Element("entry")
    _add(entry, "id", address)
    _add(entry, "title", paper.title)
    _add(entry, "updated", _time(paper.updated))
    _add(entry, "published", _time(paper.published))
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    if paper.pdf:
        _add(entry, "link", rel="related", type="application/pdf", title="PDF", href=paper.pdf)
    for author in paper.authors:
        _add(_add(entry, "author"), "name", author)
    for category in paper.categories:
        _add(entry, "category", term=category, scheme=_SCHEME)
    for label in labels:
        _add(entry, "category", term=label)
    _add(entry, "summary", paper.summary)
    return entry


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, {key: _legal(value) for key, value in attributes.items()})
    child.text = text and _legal(text)
    return child


def _legal(text: str) -> str:
    """A text as it may stand in XML, which has no place for most control characters."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
