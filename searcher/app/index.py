"""Build an index, or bring it up to date.

The files on disk are compared with the catalog. What changed is read; for every paper in it the newest record is
told from all records, and written if it differs from what the index holds. The catalog is saved last: a run that
dies before that is made good by the next one, which does the same again.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from whoosh.query import Every

from searcher.catalog import Catalog, Diff, ListingFile, Record, digest, discard_if_damaged, is_damage, lock, scan
from searcher.config import Config
from searcher.engine import Engine, complete_engine, create_engine, open_engine
from searcher.errors import ListingError, NoIndexError, Problem, UnusableIndexError
from searcher.id_set import IdSet
from searcher.listing import parse_listing, read_content
from searcher.paper import Paper
from searcher.reports import IndexReport

Progress = Callable[[int, int], None]
"""Called with the number of files done and of all files to do."""


def index(
    config: Config,
    paths: Iterable[Path] = (),
    *,
    full: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda *_: None,
) -> IndexReport:
    """Bring the index up to date with `paths`, or with `full` build it anew from them.

    Without paths, with the listings of config.yaml and all paths named in earlier runs. A path is remembered once
    named, until a full build that names others. A named path that is gone from the disk is gone from the index.
    A dry run writes nothing. Raises LockedError; ListingError where a folder is missing or there is nothing to
    index; UnusableIndexError where only a full build helps.
    """
    named = [path.expanduser().resolve() for path in paths]
    try:
        try:
            return _index(config, named, full, dry_run, progress)
        except _StaleError:
            if not named:
                raise
            return _index(config, named, full, dry_run, progress, everywhere=True)
    except sqlite3.Error as error:
        remedy = "; rebuild with searcher index --full" if is_damage(error) else ""
        raise UnusableIndexError(f"the catalog in {config.index} cannot be used: {error}{remedy}") from error


def listing_roots(config: Config) -> list[Path]:
    """Where a run without paths looks: the listings of config.yaml, and all paths named in earlier runs."""
    path = config.index / f"{config.engine}.catalog.sqlite"
    if not path.exists():
        return [each.resolve() for each in config.listings]
    with closing(Catalog(path, is_draft=True)) as catalog:
        return _outermost([*(each.resolve() for each in config.listings), *catalog.roots()])


class _StaleError(ListingError):
    """A file outside of what this run looks at is needed, and is not what the catalog says."""


def _index(
    config: Config, named: Sequence[Path], full: bool, dry_run: bool, progress: Progress, *, everywhere: bool = False
) -> IndexReport:
    started = time.monotonic()
    catalog_path = config.index / f"{config.engine}.catalog.sqlite"
    exclusive = nullcontext() if dry_run else lock(config.index / f"{config.engine}.lock")
    with exclusive, closing(_open_catalog(catalog_path, full, dry_run)) as catalog:
        engine = _open_engine(config, full)
        is_lost = engine is not None and (
            engine.state != catalog.state() or (engine.count() > 0 and catalog.count_files() == 0)
        )
        sources = _sources(config, catalog, named, full, everywhere or is_lost)
        files = scan(sources.places)
        run = _Run(catalog, dry_run, progress)
        if is_lost and not full and engine is not None and engine.state:  # it costs less to compare than to build anew
            diff = Diff(added=tuple(files), changed=(), removed=(), unchanged=0)
            catalog.clear()
            run.update(engine, diff, {paper.id for paper in engine.scan(Every())})
        elif full or is_lost or engine is None:
            diff = Diff(added=tuple(files), changed=(), removed=(), unchanged=0)
            catalog.clear()
            if not dry_run:
                catalog.set_roots(sources.remembered)
                catalog.save()  # a run that dies from here on leaves no catalog, and so the next one builds anew
                engine = engine or create_engine(*config.place)
            with _no_collector():
                run.rebuild(engine, files)
            if not dry_run:
                complete_engine(*config.place)
        else:
            diff = catalog.diff(files, sources.covers)
            run.update(engine, diff)
        total = catalog.count_papers()
        if engine is not None and not dry_run:
            if engine.count() != total:
                raise UnusableIndexError("the index does not match its catalog; rebuild with searcher index --full")
            catalog.set_roots(sources.remembered)
            catalog.set_state(engine.state)
            catalog.save()
    return IndexReport(
        files_added=len(diff.added),
        files_changed=len(diff.changed),
        files_removed=len(diff.removed),
        files_unchanged=diff.unchanged,
        papers_added=run.added,
        papers_updated=run.updated,
        papers_removed=run.removed,
        papers_total=total,
        problems=tuple(run.problems),
        duration_s=time.monotonic() - started,
    )


def _open_catalog(path: Path, full: bool, dry_run: bool) -> Catalog:
    if full and not dry_run:
        discard_if_damaged(path)
    return Catalog(path, is_draft=dry_run)


def _open_engine(config: Config, full: bool) -> Engine | None:
    """The index as it is; None if it is to be made."""
    try:
        return open_engine(*config.place)
    except NoIndexError:
        return None
    except UnusableIndexError:
        if not full:
            raise
        return None


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where a run looks."""

    places: tuple[tuple[Path, Path], ...]  # each with the folder that the names of its files are relative to
    scope: tuple[Path, ...]  # files elsewhere are left as they are; empty for no limit
    remembered: tuple[Path, ...]  # for the next run

    def covers(self, path: str) -> bool:
        return not self.scope or any(_is_within(Path(path), place) for place in self.scope)


def _sources(config: Config, catalog: Catalog, named: Sequence[Path], full: bool, everywhere: bool) -> _Sources:
    configured = [path.resolve() for path in config.listings]
    gone = [path for path in named if not path.exists() and catalog.holds(path)]
    earlier = [] if full and named else [path for path in catalog.roots() if path not in gone]
    known = _outermost([*([] if full and named else configured), *earlier, *named])
    looked_at = [path for path in (known if everywhere or not named else named) if path not in gone]
    if not looked_at and not gone:
        raise ListingError("there is nothing to index yet; name a folder of listing files: searcher index FOLDER")
    missing = next((path for path in looked_at if not path.exists() and catalog.holds(path)), None)
    if missing:
        raise ListingError(f"{missing} is not there; to take its papers out of the index: searcher index {missing}")
    places = tuple((path, _folder_of(next(root for root in known if _is_within(path, root)))) for path in looked_at)
    by_hand = [path for path in _outermost([*earlier, *named]) if path not in gone]
    remembered = [path for path in by_hand if not any(_is_within(path, root) for root in configured)]
    return _Sources(places, () if full or everywhere else tuple(named), tuple(remembered))


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths that lie in none of the others, in order, none twice."""
    kept = dict.fromkeys(paths)
    return [path for path in kept if not any(path != other and _is_within(path, other) for other in kept)]


def _is_within(path: Path, place: Path) -> bool:
    return path == place or place in path.parents


def _folder_of(root: Path) -> Path:
    return root.parent if root.is_file() else root


@contextmanager
def _no_collector() -> Iterator[None]:
    """Let Python not look for cycles meanwhile: a build makes none, and to look costs a twentieth of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Run:
    """The work of one run, and what it counts."""

    def __init__(self, catalog: Catalog, dry_run: bool, progress: Progress) -> None:
        self.problems: list[Problem] = []
        self.added = self.updated = self.removed = 0
        self._catalog = catalog
        self._dry_run = dry_run
        self._progress = progress

    def rebuild(self, engine: Engine | None, files: Sequence[ListingFile]) -> None:
        """Index files, and nothing else."""
        papers = self._newest_so_far(files)
        if engine is None or self._dry_run:
            for _ in papers:
                pass
        else:
            engine.rebuild(papers)
        self.added = self._catalog.count_papers()

    def _newest_so_far(self, files: Sequence[ListingFile]) -> Iterator[Paper]:
        """Each paper, and again where a later record is newer."""
        seen = IdSet()
        for file, content, papers in self._read_new(files):
            self._catalog.add(file, content, papers)
            for position, paper in enumerate(papers):
                if seen.add(paper.id) or self._catalog.is_newest(paper.id, file.path, position):
                    yield paper

    def update(self, engine: Engine, diff: Diff, unknown: Set[str] = frozenset()) -> None:
        """Make the index follow what changed; of `unknown` papers in it, the catalog knows nothing."""
        unfinished = self._catalog.unfinished() | unknown
        touched = set(unfinished)
        shown: dict[str, Record] = {}  # what the index holds of those touched, as far as the catalog knows

        def touch(ids: set[str]) -> None:
            shown.update(self._catalog.newest(ids - touched))
            touched.update(ids)

        for path in diff.removed:
            touch(self._catalog.ids(path))
            self._catalog.remove(path)
        for file, content, papers in self._read_new((*diff.added, *diff.changed)):
            touch({paper.id for paper in papers} | self._catalog.ids(file.path))
            self._catalog.remove(file.path)
            self._catalog.add(file, content, papers)
        newest = self._catalog.newest(touched)
        gone = sorted(touched - newest.keys())
        rest = {paper: record for paper, record in newest.items() if shown.get(paper) != record}
        if not rest and not gone:
            return
        self.removed = len(gone)
        papers = self._different(engine, rest, shown.keys() | unfinished)
        if self._dry_run:
            for _ in papers:
                pass
        else:
            self._catalog.announce((*gone, *rest))
            engine.write(papers, gone)

    def _read_new(self, files: Sequence[ListingFile]) -> Iterator[tuple[ListingFile, bytes, list[Paper]]]:
        """Read and parse files; what is wrong with them is noted, and one that cannot be read is left out."""
        self._progress(0, len(files))
        for done, file in enumerate(files, 1):
            try:
                file.path.encode()
                content = read_content(Path(file.path))
            except (ListingError, UnicodeEncodeError) as error:
                reason = error if isinstance(error, ListingError) else "its name is not UTF-8; rename it"
                self.problems.append(Problem(file.path, 1, f"not indexed: {reason}"))
                continue
            papers: list[Paper] = []
            for item in parse_listing(content, file.name):
                if isinstance(item, Paper):
                    papers.append(item)
                else:
                    self.problems.append(replace(item, file=file.path))
            yield file, content, papers
            self._progress(done, len(files))

    def _different(self, engine: Engine, newest: dict[str, Record], indexed_before: Set[str]) -> Iterator[Paper]:
        """The papers of these records that differ from what the index holds."""
        by_file: dict[str, list[Record]] = {}
        for record in newest.values():
            by_file.setdefault(record.path, []).append(record)
        for path, chosen_records in sorted(by_file.items()):
            try:
                content = read_content(Path(path))
            except ListingError as error:
                raise _StaleError(str(error)) from error
            if digest(content) != chosen_records[0].digest:
                raise _StaleError(f"{path}: changed while it was being indexed; nothing was done, so run it again")
            papers = [item for item in parse_listing(content, chosen_records[0].name) if isinstance(item, Paper)]
            chosen = [papers[record.position] for record in chosen_records]
            indexed = engine.papers(paper.id for paper in chosen if paper.id in indexed_before)
            for paper in chosen:
                if paper.id not in indexed:
                    self.added += 1
                elif indexed[paper.id] != paper:
                    self.updated += 1
                else:
                    continue
                yield paper
