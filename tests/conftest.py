"""What the tests share: shells, an index of the examples; the real archive and the damaged day from `../shared`."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
from commands import EXAMPLES, Shell

from searcher.app.index import index
from searcher.config import Config

SHARED = Path(__file__).resolve().parents[2] / "shared"


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


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings of an index of the examples: 40 papers in 3 files, one of them in two versions."""
    config = Config(file=None, index=tmp_path_factory.mktemp("examples") / "index")
    index(config, [EXAMPLES])
    return config


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A shell in an empty folder, where nothing has been indexed."""
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def library(shell: Shell, examples: Config) -> Shell:
    """A shell in which the examples are indexed."""
    shell.set(SEARCHER_INDEX=str(examples.index))
    return shell
