"""A folder of listing files with an index, for tests of what indexing does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from listings import HEADER, record

from searcher.app.index import index
from searcher.app.search import MAX_HITS, Archive, Selection
from searcher.config import Config
from searcher.engine import open_engine
from searcher.paper import Paper
from searcher.reports import IndexReport
from searcher.results import FacetCount
from searcher.schema import FACETS


@dataclass
class ListingFolder:
    """A folder of listing files and its index."""

    folder: Path
    index_name: str = "index"

    @property
    def config(self) -> Config:
        return Config(file=None, index=self.folder / self.index_name, listings=(self.folder / "listings",))

    def write(self, name: str, *records: str, header: str = HEADER) -> Path:
        path = self.folder / "listings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(header + "".join(records), encoding="utf-8")
        return path

    def index(self, *paths: Path, full: bool = False, dry_run: bool = False) -> IndexReport:
        (self.folder / "listings").mkdir(exist_ok=True)
        return index(self.config, paths, full=full, dry_run=dry_run)

    def titles(self, query: str = "*") -> list[str]:
        return [hit.paper.title for hit in Archive(self.config).search(Selection(query), limit=MAX_HITS).hits]

    def state(self) -> tuple[list[Paper], dict[str, tuple[FacetCount, ...]]]:
        """Every paper, newest first, and every facet."""
        found = Archive(self.config).search(Selection(), limit=MAX_HITS, facets=FACETS)
        assert found.total == len(found.hits) == open_engine("tantivy", self.config.engine_folder).count()
        return [hit.paper for hit in found.hits], dict(found.facets)


def counts(report: IndexReport) -> str:
    """Files new, changed, gone, unchanged; papers new, updated, gone, in all."""
    files = (report.files_added, report.files_changed, report.files_removed, report.files_unchanged)
    held = (report.papers_added, report.papers_updated, report.papers_removed, report.papers_total)
    return f"{' '.join(map(str, files))} | {' '.join(map(str, held))}"


def paper_record(number: int, version: int = 1, title: str = "") -> str:
    return record(title or f"Paper {number}", arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v{version}")
