"""What the tests share: shells, an index of the examples; the real archive and the damaged day from `../shared`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import clusters
import pytest
from clusters import Cluster
from commands import EXAMPLES, Shell
from contract import ENGINES, FOLDER_ENGINES, Index
from corpora import DAYS, Corpus, read_corpus
from hypothesis import settings

from searcher.app.index import index
from searcher.config import Config

settings.register_profile("searcher", deadline=None)  # no test asserts a time
settings.load_profile("searcher")

SHARED = Path(__file__).resolve().parents[2] / "shared"
_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips."""
    return _required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips as a whole."""
    return _required((yield))


def _required(report: _Report) -> _Report:
    """The report; a failure where it is a skip and `$SEARCHER_REQUIRE_ALL` says that everything needed is installed."""
    if report.skipped and os.environ.get("SEARCHER_REQUIRE_ALL"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and $SEARCHER_REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def real_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real archive: it holds cs.CV/2023/12/20231230.md and 5,550 more."""
    if unpacked := os.environ.get("SEARCHER_TEST_ARCHIVE"):
        return Path(unpacked)
    packed = SHARED / "archive" / "cs.CV-1998-2025.tar.xz"
    if not packed.exists():
        pytest.skip(f"the real archive is not here: {packed}")
    folder = tmp_path_factory.mktemp("archive")
    with tarfile.open(packed) as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def damaged_day() -> Path:
    """2023-12-30 as it once reached us: UTF-8 read as Mac Roman."""
    found = sorted((SHARED / "seed").glob("*.txt"))
    if not found:
        pytest.skip(f"the damaged day is not here: {SHARED / 'seed'}")
    return found[0]


@pytest.fixture(scope="session", params=FOLDER_ENGINES)
def examples(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings of an index of the examples: 40 papers in 3 files, one of them in two versions."""
    config = Config(file=None, index=tmp_path_factory.mktemp("examples") / "index", engine=request.param)
    index(config, [EXAMPLES])
    return config


@pytest.fixture(scope="session")
def example_corpus() -> Corpus:
    """The 40 papers of the examples, and 200 questions."""
    return read_corpus(EXAMPLES)


@pytest.fixture(scope="session")
def real_corpus(real_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """2,000 papers of the real archive, and 200 questions."""
    listings = tmp_path_factory.mktemp("real")
    for day in DAYS:
        path = listings / "cs.CV" / f"{day}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(real_archive / "cs.CV" / f"{day}.md", path)
    return read_corpus(listings)


@pytest.fixture(scope="session", params=["example_corpus", "real_corpus"])
def corpus(request: pytest.FixtureRequest) -> Corpus:
    """Each of the two."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each of the engines."""
    return request.param


@pytest.fixture(scope="session", params=FOLDER_ENGINES)
def folder_engine(request: pytest.FixtureRequest) -> str:
    """Each of the engines that keep an index in a folder."""
    return request.param


@pytest.fixture
def new_index(engine_name: str, tmp_path: Path) -> Iterator[Index]:
    """A place for an index of each engine; there is none yet."""
    index = Index(engine_name, tmp_path / "index")
    yield index
    index.wipe()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A real OpenSearch cluster of three nodes."""
    return clusters.running()


def pytest_sessionfinish() -> None:
    """Leave no cluster behind."""
    clusters.stop()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A shell in an empty folder, where nothing has been indexed."""
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def library(shell: Shell, examples: Config) -> Shell:
    """A shell in which the examples are indexed."""
    shell.set(SEARCHER_INDEX=str(examples.index), SEARCHER_ENGINE=examples.engine)
    return shell


@pytest.fixture(scope="session")
def tracing() -> None:
    """Skips where strace cannot be used."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here")
