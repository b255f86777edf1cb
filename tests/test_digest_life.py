"""Every paper is told once: whatever happens to the listing files and the index, and however often a digest is made."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule
from listings import HEADER, record

from searcher.app.digest import digest
from searcher.app.index import index
from searcher.app.search import Archive
from searcher.config import Config
from searcher.selection import SavedSearch, Selection

WORDS = ("cats", "dogs", "owls")
SEARCHES = (  # dogs are looked at and told by none
    SavedSearch("cats", Selection("cats")),
    SavedSearch("owls", Selection("owls")),
    SavedSearch("both", Selection("saved:cats OR saved:owls")),
)
NAMES = st.sampled_from(["1.md", "2.md", "a/1.md", "a/2.md", "b/c/1.md"])
ENGINES = st.sampled_from(["tantivy", "tantivy", "whoosh"])
RECORDS = st.lists(
    st.builds(
        lambda number, version, word, year: record(
            f"On {word}",
            arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v{version}",
            published=f"{year}-01-01 00:00:00+00:00",
        ),
        st.integers(1, 8),
        st.integers(1, 3),
        st.sampled_from(WORDS),
        st.sampled_from([1999, 2010, 2024]),
    ),
    max_size=4,
)


class Life(RuleBasedStateMachine):
    """Files come, change, move and go; indexes are updated, rebuilt and damaged; digests are made, and fail."""

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp())
        (self._folder / "listings").mkdir()
        self._looked_at: set[str] = set()  # by digests
        self._told: dict[str, set[str]] = {each.name: set() for each in SEARCHES}
        self.index("tantivy", full=False)
        self.make_a_digest("tantivy")  # the first: of what is not there yet, nothing counts as told

    def teardown(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def config(self, engine: str) -> Config:
        listings = (self._folder / "listings",)
        return Config(None, self._folder / "index", listings, engine, searches=SEARCHES)

    @rule(target=files, name=NAMES, records=RECORDS)
    def write(self, name: str, records: list[str]) -> str:
        path = self._folder / "listings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + "".join(records), encoding="utf-8")
        return name

    @rule(target=files, source=consumes(files), name=NAMES)
    def move(self, source: str, name: str) -> object:
        old, new = (self._folder / "listings" / each for each in (source, name))
        if not old.exists():
            return multiple()
        new.parent.mkdir(parents=True, exist_ok=True)
        old.replace(new)
        return name

    @rule(name=consumes(files))
    def delete(self, name: str) -> None:
        (self._folder / "listings" / name).unlink(missing_ok=True)

    @rule(engine=ENGINES, full=st.booleans())
    def index(self, engine: str, full: bool) -> None:
        index(self.config(engine), full=full)

    @rule(engine=ENGINES)
    def lose_the_catalog(self, engine: str) -> None:
        (self._folder / f"index/{engine}.catalog.sqlite").unlink(missing_ok=True)
        index(self.config(engine))

    @rule(engine=ENGINES)
    def make_a_digest(self, engine: str) -> None:
        config = self.config(engine)
        if not config.engine_folder.exists():
            return
        words = {paper.id: paper.title.removeprefix("On ") for paper in Archive(config)}
        new = words.keys() - self._looked_at
        with digest(config) as found:
            told = {news.name: {hit.paper.id for hit in news.hits} for news in found.searches}
            assert all(len(told[news.name]) == len(news.hits) for news in found.searches)
        cats, owls = ({paper for paper in new if words[paper] == word} for word in ("cats", "owls"))
        assert told == {"cats": cats, "owls": owls, "both": cats | owls}
        for name, papers in told.items():
            assert self._told[name].isdisjoint(papers)
            self._told[name] |= papers
        self._looked_at |= new

    @rule(engine=ENGINES, is_dry=st.booleans())
    def fail_to_make_a_digest(self, engine: str, is_dry: bool) -> None:
        config = self.config(engine)
        if not config.engine_folder.exists():
            return
        try:
            with digest(config, dry_run=is_dry):
                if not is_dry:
                    raise BrokenPipeError
        except BrokenPipeError:
            pass

    @rule(engine=ENGINES)
    def look_back(self, engine: str) -> None:
        config = self.config(engine)
        if not config.engine_folder.exists():
            return
        with digest(config, since="2020") as found:
            told = {hit.paper.id for news in found.searches for hit in news.hits}
        assert told == {
            paper.id for paper in Archive(config) if paper.published.year >= 2020 and paper.title != "On dogs"
        }
        self._looked_at |= told


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
