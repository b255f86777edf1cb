"""The index is a pure function of the listing files: whatever happens to them, in whatever order."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from archives import ListingFolder, counts
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from listings import record

NAMES = st.sampled_from(["1.md", "2.md", "a/1.md", "a/2.md", "b/c/1.md"])
RECORDS = st.lists(
    st.builds(
        lambda number, version, word, day: record(
            f"On {word}",
            arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v{version}",
            updated=f"2024-01-{day:02} 00:00:00+00:00",
            authors=f"Ann {word.title()}, Bo Li",
        ),
        st.integers(1, 5),
        st.integers(1, 3),
        st.sampled_from(["cats", "dogs", "owls"]),
        st.integers(1, 3),
    )
    | st.just("### Half a record\n"),
    max_size=4,
)


class Life(RuleBasedStateMachine):
    """Files come, change, move and go, with runs of `index` in between."""

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp())
        self._archive = ListingFolder(self._folder)
        self._is_indexed = False

    def teardown(self) -> None:
        self.index()
        incremental = self._archive.state()
        self._archive.index(full=True)
        assert incremental == self._archive.state()
        fresh = ListingFolder(self._folder, "fresh")
        fresh.index()
        assert incremental == fresh.state()
        shutil.rmtree(self._folder, ignore_errors=True)

    @rule(target=files, name=NAMES, records=RECORDS)
    def write(self, name: str, records: list[str]) -> str:
        self._archive.write(name, *records)
        self._is_indexed = False
        return name

    @rule(target=files, source=consumes(files), name=NAMES)
    def move(self, source: str, name: str) -> object:
        old, new = (self._folder / "listings" / each for each in (source, name))
        if not old.exists():
            return multiple()
        new.parent.mkdir(parents=True, exist_ok=True)
        old.replace(new)
        self._is_indexed = False
        return name

    @rule(name=consumes(files))
    def delete(self, name: str) -> None:
        (self._folder / "listings" / name).unlink(missing_ok=True)
        self._is_indexed = False

    @rule(name=files, seconds=st.integers(1, 10**9))
    def touch(self, name: str, seconds: int) -> None:
        path = self._folder / "listings" / name
        if path.exists():
            os.utime(path, (seconds, seconds))

    @rule()
    def index(self) -> None:
        self._archive.index()
        self._is_indexed = True

    @rule(name=NAMES)
    def index_one(self, name: str) -> None:
        path = self._folder / "listings" / name
        if path.exists():
            self._archive.index(path)

    @invariant()
    def a_run_after_a_run_changes_nothing(self) -> None:
        if self._is_indexed:
            assert counts(self._archive.index(dry_run=True)).startswith("0 0 0 ")


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
