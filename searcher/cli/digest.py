"""`searcher digest`: what is new, on stdout, in files, as a feed or a mail."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from searcher.cli import pager
from searcher.cli.options import ConfigFile, load_settings
from searcher.cli.pager import NO_PAGER
from searcher.cli.running import FOUND, NOTHING, say
from searcher.cli.terminal import terminal
from searcher.durable import sync_folder
from searcher.errors import SearcherError

if TYPE_CHECKING:
    from searcher.config import Config
    from searcher.news import Digest

DigestFormat = Literal["text", "markdown", "json", "atom", "eml"]
_EXTENSIONS: dict[str, DigestFormat] = {
    ".txt": "text", ".md": "markdown", ".json": "json", ".atom": "atom", ".xml": "atom", ".eml": "eml",
}  # fmt: skip


def digest(
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="papers published then or later, told or not", show_default=False),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", metavar="FILE", help="write FILE.txt, .md, .json, .atom or .eml", show_default=False),
    ] = None,
    format: Annotated[
        DigestFormat | None,
        typer.Option("--format", metavar="F", show_default=False, help="text, markdown, json, atom or eml"),
    ] = None,
    mail_to: Annotated[
        str | None, typer.Option("--mail-to", metavar="ADDRESS", help="to whom a mail goes", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print it; write nothing, count it as not told")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="say nothing but what is wrong")] = False,
    no_pager: Annotated[bool, NO_PAGER] = False,
    config: ConfigFile = None,
) -> int:
    """Tell what the saved searches find among the papers that are new.

    Examples:
        searcher digest
        searcher digest --output today.md --output feed.atom
        searcher digest --since 2024-03 --dry-run
    """
    from searcher.app import digest as use_case

    formats: dict[Path, DigestFormat] = {file.resolve(): format or _format_of(file) for file in output or ()}
    for file in formats:
        if file.exists() and not file.is_file():
            raise SearcherError(f"{file} is not a file; name another")
    settings = load_settings(config)
    remark = partial(say, "searcher") if not quiet else lambda _: None
    with use_case.digest(settings, since=since, dry_run=dry_run) as found:
        for warning in found.warnings:
            say("searcher", warning)
        if found.is_first and since is None and found.since:
            remark(f"the first digest: papers published since {found.since}, and from now on what is indexed")
        if not found.papers:
            remark("nothing new")
        if formats and not dry_run:
            if found.papers:
                _write({file: _rendered(found, settings, formats[file], mail_to, file) for file in formats})
                for file in formats:
                    remark(f"wrote {file}")
        else:
            shown_as: list[DigestFormat] = [*formats.values(), format or "text"]
            _print(found, settings, shown_as[0], mail_to)
        sys.stdout.flush()
    return FOUND if found.papers else NOTHING


def _format_of(file: Path) -> DigestFormat:
    try:
        return _EXTENSIONS[file.suffix.lower()]
    except KeyError:
        known = ", ".join(_EXTENSIONS)
        choice = "|".join(get_args(DigestFormat))
        raise SearcherError(f"{file}: name a file with one of {known}, or say --format {choice}") from None


def _print(found: Digest, settings: Config, format: DigestFormat, mail_to: str | None) -> None:
    if format == "json" or found.papers:
        shown = _rendered(found, settings, format, mail_to)
        if format == "text":
            pager.show(shown)
        elif format == "atom":  # which says that it is UTF-8, whatever stdout is
            print(shown.encode("ascii", "xmlcharrefreplace").decode(), end="")
        else:
            print(shown, end="" if shown.endswith("\n") else "\n")


def _write(contents: dict[Path, str]) -> None:
    """Write files, each of them whole; none if there is one that cannot be written."""
    unfinished = {file: file.with_name(f".{file.name}.{os.getpid()}.new") for file in contents}
    try:
        for file, content in contents.items():
            try:
                with unfinished[file].open("w", encoding="utf-8", newline="") as stream:
                    stream.write(content if content.endswith("\n") else f"{content}\n")
                    stream.flush()
                    os.fsync(stream.fileno())
            except OSError as error:
                raise SearcherError(f"{file}: {error.strerror}") from error
        for file, new in unfinished.items():
            new.replace(file)
            sync_folder(file.parent)
    finally:
        for new in unfinished.values():
            new.unlink(missing_ok=True)


def _rendered(
    found: Digest, settings: Config, format: DigestFormat, mail_to: str | None, file: Path | None = None
) -> str:
    match format:
        case "json":
            from searcher.render import json

            return json.digest(found)
        case "markdown":
            from searcher.render import markdown

            return markdown.digest(found)
        case "atom":
            return _feed(found, settings, file)
        case "eml":
            from searcher.render import mail

            own = _own_address()
            return mail.message(
                found, sender=f"searcher <{own}>", recipient=own if mail_to is None else mail_to, date=datetime.now(UTC)
            )
        case "text":
            from searcher.render import text

            return text.digest(found, text.Terminal() if file else terminal())


def _feed(found: Digest, settings: Config, file: Path | None) -> str:
    """The feed, which continues the one that the file holds."""
    from uuid import NAMESPACE_URL, uuid5

    from searcher.render import atom

    labels: dict[str, list[str]] = {}
    for news in found.found:
        for hit in news.hits:
            labels.setdefault(hit.paper.id, []).append(news.name)
    place = (file or settings.index / "digest").absolute()
    try:
        return atom.feed(
            (hit for news in found.found for hit in news.hits),
            title="New papers",
            identifier=uuid5(NAMESPACE_URL, place.as_uri()).urn,
            updated=datetime.now(UTC),
            labels=labels,
            earlier=file.read_text(encoding="utf-8") if file and file.exists() else None,
        )
    except ValueError as error:
        raise SearcherError(f"{file} is there and cannot be continued ({error}); delete it or name another") from error


def _own_address() -> str:
    from email.headerregistry import Address
    from getpass import getuser
    from socket import gethostname

    try:
        return Address(username=getuser(), domain=gethostname() or "localhost").addr_spec
    except (OSError, KeyError, ValueError):  # a user without a name; a name that no address may have
        return "searcher@localhost"
