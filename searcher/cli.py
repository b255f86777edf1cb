"""The two commands, `search` and `searcher`: translate what is typed, print what comes back, decide 0, 1 or 2."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from searcher import __version__
from searcher.errors import SearcherError

if TYPE_CHECKING:
    from searcher.app.search import Selection
    from searcher.config import Config
    from searcher.paper import Paper
    from searcher.render.text import Terminal

FOUND, NOTHING, ERROR = 0, 1, 2
_UsageError: Any = typer.BadParameter.__base__  # of every complaint about what was typed; typer exports none but this

Query = Annotated[list[str] | None, typer.Argument(help="What to look for; * is every paper.", show_default=False)]
Categories = Annotated[
    list[str] | None,
    typer.Option("--cat", metavar="C", help="In this category, cross-listed or not; cs.* for all of cs."),
]
NotCategories = Annotated[list[str] | None, typer.Option("--not-cat", metavar="C", help="Not in this category.")]
Primaries = Annotated[list[str] | None, typer.Option("--primary", metavar="C", help="With this primary category.")]
Authors = Annotated[list[str] | None, typer.Option("--author", metavar="NAME", help="By this author.")]
Title = Annotated[str | None, typer.Option("--title", metavar="WORDS", help="With these words in the title.")]
Since = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Published on or after YYYY, YYYY-MM or YYYY-MM-DD.")
]
Until = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published on or before.")]
AnyWord = Annotated[bool, typer.Option("--any", help="Papers with any of the words, not only those with all.")]
Format = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings, instead of ./config.yaml.", show_default=False),
]

_OPTIONS = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False}
search_app = typer.Typer(**_OPTIONS)
searcher_app = typer.Typer(**_OPTIONS, help="Find papers in an archive of daily listing files.")


@search_app.command()
def search(
    query: Query = None,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    title: Title = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[
        Literal["relevance", "newest", "oldest"], typer.Option(help="Which papers come first.")
    ] = "relevance",
    limit: Annotated[int, typer.Option("-n", min=0, metavar="N", help="How many papers a page.")] = 10,
    page: Annotated[int, typer.Option(min=1, metavar="P", help="Which page.")] = 1,
    facet: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Count by category, primary, archive, author, year or month."),
    ] = None,
    no_facets: Annotated[bool, typer.Option("--no-facets", help="Count nothing.")] = False,
    any_word: AnyWord = False,
    boost_recent: Annotated[bool, typer.Option("--boost-recent", help="Let recent papers come first.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why a paper stands where it does.")] = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Find papers: all the words, "a phrase", AND OR NOT, title: author: cat: and more, prefix*, fuzzy~."""
    from searcher.app.search import Library

    selection = _selection(query, cat, not_cat, primary, author, title, since, until, any_word)
    settings = _settings(config)
    response = Library(settings).search(
        selection,
        sort=sort,
        limit=limit,
        page=page,
        facets=() if no_facets else facet or settings.facets,
        explain=explain,
        boost_recent=boost_recent,
    )
    for warning in response.warnings:
        _say("search", warning)
    if format == "json":
        from searcher.render import json

        print(json.search(response))
    elif response.total:
        from searcher.render import text

        print(text.search(response, (page - 1) * limit + 1, _terminal()))
        if limit and not response.hits:
            _say("search", f"there is no page {page}; the last one is {-(-response.total // limit)}")
    else:
        if response.suggestion:
            hint = f"; did you mean: {response.suggestion}"
        else:
            hint = "" if any_word or len(selection.query.split()) < 2 else "; --any finds those with any of the words"
        _say("search", f"no paper matches{hint}")
    return FOUND if response.total else NOTHING


@searcher_app.command()
def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders or files of listings.", show_default=False)
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Build the index anew.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Build the index, or bring it up to date with the listing files."""
    from searcher.app import index as use_case

    with _ProgressBar() as bar:
        report = use_case.index(_settings(config), paths or (), full=full, dry_run=dry_run, progress=bar.show)
    if format == "json":
        from searcher.render import json

        print(json.report(report))
    else:
        from searcher.render import text

        for problem in report.problems:
            print(text.printable(f"{problem.file}:{problem.line}: {problem.message}"), file=sys.stderr)
        print(text.report(report, dry_run=dry_run))
    return NOTHING if report.problems else FOUND


@searcher_app.command()
def facets(
    query: Query = None,
    by: Annotated[
        Literal["category", "primary", "archive", "author", "year", "month"], typer.Option(help="What to count by.")
    ] = "category",
    limit: Annotated[int, typer.Option("-n", min=1, max=1000, metavar="N", help="How many values.")] = 20,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    title: Title = None,
    since: Since = None,
    until: Until = None,
    any_word: AnyWord = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Count papers by category, author, year and the like; without a query, all papers."""
    from searcher.app.search import Library

    selection = _selection(query or ["*"], cat, not_cat, primary, author, title, since, until, any_word)
    response = Library(_settings(config)).search(selection, limit=0, facets=[by], facet_size=limit)
    for warning in response.warnings:
        _say("searcher", warning)
    if response.suggestion:
        _say("searcher", f"did you mean: {response.suggestion}")
    if format == "json":
        from searcher.render import json

        print(json.facets(response))
    elif response.total:
        from searcher.render import text

        print(text.facets(response, _terminal()))
    else:
        _say("searcher", "no paper matches")
    return FOUND if response.total else NOTHING


@searcher_app.command()
def show(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="arXiv ids or addresses.", show_default=False)],
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Print papers by arXiv id."""
    from searcher.app.search import Library

    papers = Library(_settings(config)).papers(ids)
    found = [paper for paper in papers if paper is not None]
    if format == "json":
        from searcher.render import json

        print(json.papers(" ".join(ids), found))
    elif found:
        from searcher.render import text

        print("\n\n\n".join(text.paper(paper, _terminal()) for paper in found))
    for name, paper in zip(ids, papers, strict=True):
        if paper is None:
            _say("searcher", f"there is no paper {name!r} in the index")
    return FOUND if len(found) == len(papers) else NOTHING


@searcher_app.command()
def similar(
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="An arXiv id or address.", show_default=False)
    ] = None,
    text_file: Annotated[
        str | None, typer.Option("--text", metavar="FILE", help="Papers like the text in a file; - is stdin.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", min=0, metavar="N", help="How many papers a page.")] = 10,
    page: Annotated[int, typer.Option(min=1, metavar="P", help="Which page.")] = 1,
    cat: Categories = None,
    not_cat: NotCategories = None,
    primary: Primaries = None,
    author: Authors = None,
    since: Since = None,
    until: Until = None,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Find papers like a paper, or like a text: an abstract, a draft, notes."""
    from searcher.app.search import Library
    from searcher.results import SearchResponse

    if (id is None) == (text_file is None):
        raise SearcherError("name one paper or one text: searcher similar ID, or searcher similar --text FILE")
    name = id or text_file or ""
    library = Library(_settings(config))
    example: Paper | str | None = library.papers([name])[0] if text_file is None else _read_text(text_file)
    if example is None:
        response = SearchResponse(total=0, hits=(), facets={}, query=name)
    else:
        selection = _selection([name], cat, not_cat, primary, author, None, since, until, False)
        response = library.similar(example, selection, limit=limit, page=page)
    for warning in response.warnings:
        _say("searcher", warning)
    if format == "json":
        from searcher.render import json

        print(json.similar(response))
    elif response.total:
        from searcher.render import text

        print(text.search(response, (page - 1) * limit + 1, _terminal()))
    if example is None:
        _say("searcher", f"there is no paper {name!r} in the index")
    elif not response.total and format == "text":
        _say("searcher", "no paper is like it")
    elif limit and not response.hits and format == "text":
        _say("searcher", f"there is no page {page}; the last one is {-(-response.total // limit)}")
    return FOUND if response.total else NOTHING


@searcher_app.command()
def stats(format: Format = "text", config: ConfigFile = None) -> int:
    """Say what the index holds."""
    from searcher.app.search import Library

    summary = Library(_settings(config)).stats()
    if format == "json":
        from searcher.render import json

        print(json.stats(summary))
    else:
        from searcher.render import text

        print(text.stats(summary))
    return FOUND


@searcher_app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    if version:
        print(f"searcher {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def run_search() -> None:
    """Entry point of `search`."""
    _run(search_app, "search")


def run_searcher() -> None:
    """Entry point of `searcher`."""
    _run(searcher_app, "searcher")


def _run(app: typer.Typer, name: str) -> None:
    """Run a command and exit with its code; an error is one line on stderr, a closed pipe is none."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  (None where it came closed: >&-)
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue]  (a TextIOWrapper here)
    try:
        code = app(prog_name=name, standalone_mode=False) or FOUND
        sys.stdout.flush()
    except SearcherError as error:
        code = _say(name, str(error))
    except _UsageError as error:
        code = _say(name, f"{error.format_message().rstrip('.')}; see {name} --help")
    except (BrokenPipeError, SystemExit):  # Typer makes the one the other
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FOUND
    except OSError as error:
        code = _say(name, f"{error.filename or 'input or output'}: {error.strerror}")
    sys.exit(code)


def _say(name: str, message: str) -> int:
    line = "".join(char if char.isprintable() else "?" for char in message.replace("\n", " "))
    print(f"{name}: {line}", file=sys.stderr)
    return ERROR


def _settings(file: Path | None) -> Config:
    from searcher.config import load_config

    return load_config(file, os.environ)


def _read_text(file: str) -> str:
    """The text of a file, or of stdin where that is -; no more of it than is looked at."""
    from searcher.app.similar import MAX_CHARS

    if file == "-" and sys.stdin is None:
        raise SearcherError("there is no text on stdin")
    try:
        with open(0 if file == "-" else file, encoding="utf-8-sig", closefd=file != "-") as stream:
            return stream.read(MAX_CHARS)
    except ValueError:  # of its encoding, or a name that no file can have
        raise SearcherError(f"{file}: not a text in UTF-8; convert it first") from None


def _selection(
    query: list[str] | None,
    cat: list[str] | None,
    not_cat: list[str] | None,
    primary: list[str] | None,
    author: list[str] | None,
    title: str | None,
    since: str | None,
    until: str | None,
    any_word: bool,
) -> Selection:
    from searcher.app.search import Selection

    filters = (cat, not_cat, primary, author, title, since, until)
    if not query and not any(filters):
        raise SearcherError('what are you looking for? try: search "diffusion super-resolution"')
    return Selection(
        " ".join(query or ["*"]),
        tuple(cat or ()),
        tuple(not_cat or ()),
        tuple(primary or ()),
        tuple(author or ()),
        title,
        since,
        until,
        any_word,
    )


def _terminal() -> Terminal:
    from searcher.render.text import Terminal

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Terminal(max(40, shutil.get_terminal_size().columns), color)


class _ProgressBar:
    """A bar on stderr, there only if that is a terminal."""

    def __enter__(self) -> _ProgressBar:
        self._bar = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.__exit__(None, None, None)

    def show(self, done: int, todo: int) -> None:
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb" or not todo:
            return
        if self._bar is None:
            self._bar = typer.progressbar(length=todo, label="indexing", file=sys.stderr)
            self._bar.__enter__()
        if done == todo or done % max(1, todo // 100) == 0:
            self._bar.update(done - self._bar.pos)
