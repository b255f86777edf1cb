"""The levels of ARCHITECTURE.md, and the size of a room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "searcher"
LEVELS = {
    "errors": 0,
    "distance": 0,
    "durable": 0,
    "folding": 0,
    "paper": 1,
    "selection": 1,
    "schema": 1,
    "weights": 1,
    "config": 2,
    "id_set": 2,
    "listing": 2,
    "writing": 2,
    "ranking": 2,
    "reports": 2,
    "results": 2,
    "snippet": 2,
    "query": 3,
    "catalog": 3,
    "told": 3,
    "news": 3,
    "engine": 3,
    "arxiv_api": 3,
    "app": 4,
    "render": 4,
    "__init__": 5,
    "open_archive": 5,  # which is there
    "listening": 5,
    "mcp": 6,
    "web": 6,
    "cli": 7,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The name that a module has in LEVELS; a package is one room."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The modules of ours that a module imports anywhere in it, "engine.tantivy" for searcher.engine.tantivy."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "searcher" and rest != "__version__":
                yield rest


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_lower_levels(path: Path) -> None:
    own = room(path)
    upward = [
        name
        for name in imported(path)
        if (other := name.partition(".")[0]) != own and LEVELS[other] >= LEVELS[own] and other != "errors"
    ]
    assert upward == []


def test_the_package_itself_imports_nothing_of_ours_before_an_archive_is_opened() -> None:
    code = "import searcher, sys; print([name for name in sys.modules if name.startswith('searcher')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "['searcher']\n"


@pytest.mark.parametrize("path", sorted((PACKAGE / "engine").rglob("*.py")), ids=lambda path: path.stem)
def test_an_engine_imports_no_engine(path: Path) -> None:
    names = {".".join(name.split(".")[:2]) for name in imported(path) if name.startswith("engine.")}
    own = f"engine.{path.relative_to(PACKAGE).parts[1].removesuffix('.py')}"
    assert names - {own} <= {"engine.explaining", "engine.facets", "engine.ordering", "engine.packing"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_every_module_has_a_level() -> None:
    assert {room(path) for path in MODULES} == set(LEVELS) - {"open_archive"}
