"""What `--format json` prints is what docs/json.schema.json says, and docs/json.md names it all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import Shell
from jsonschema import Draft202012Validator
from typer.main import get_command

from searcher.cli.searcher import app

DOCS = Path(__file__).resolve().parents[1] / "docs"
SCHEMA = json.loads((DOCS / "json.schema.json").read_text(encoding="utf-8"))
SAVED = "searches:\n  mri: {query: mri, cat: [eess.IV], from: 2024}\n"

COMMANDS = {
    "search 'gaussian splatting'": "search",
    "search 'gaussian splatting' --explain -n 2": "search",
    "search 'difusion' --facet author --facet year --facet month --facet primary --facet archive": "search",
    "search '*' -n 1000": "search",
    "search nosuchword": "search",
    "searcher show 2403.90302 1": "search",
    "searcher similar 2403.90147": "search",
    "searcher saved run mri": "search",
    "searcher saved list": "saved",
    "searcher facets diffusion --by author": "facet_counts",
    "searcher facets --by month": "facet_counts",
    "searcher trends diffusion mri": "trends",
    "searcher trends diffusion --by month": "trends",
    "searcher digest --dry-run": "digest",
    "searcher stats": "stats",
    "searcher check": "check",
    "searcher index --dry-run": "index",
}
WITHOUT_PAPERS = {"completion", "fetch", "mcp", "serve", "watch"}


def validator(definition: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]})


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("command", "definition"), COMMANDS.items(), ids=list(COMMANDS))
def test_a_command_prints_what_the_schema_says(library: Shell, command: str, definition: str) -> None:
    library.write("config.yaml", SAVED)
    printed = library(f"{command} --format json")
    assert printed.code in (0, 1), printed.err
    assert [error.message for error in validator(definition).iter_errors(printed.json)] == []


def test_problems_of_listings_fit_the_schema(shell: Shell) -> None:
    shell.write("listings/a.md", "# Arxiv Papers in cs.CV on 2024-01-01\n\n### Cut off\n")
    printed = shell("searcher index listings --format json")
    assert printed.code == 1
    assert len(printed.json["problems"]) == 1
    assert [error.message for error in validator("index").iter_errors(printed.json)] == []


@pytest.mark.parametrize("definition", sorted(set(COMMANDS.values()) | {"index"}))
def test_what_lacks_a_key_or_has_another_does_not_fit(definition: str) -> None:
    required = SCHEMA["$defs"][definition]["required"]
    assert len(list(validator(definition).iter_errors({"schema": 1}))) >= len(required) - 1
    assert "schema" in required
    assert any("nonsense" in error.message for error in validator(definition).iter_errors({"nonsense": 1}))


def test_every_key_is_documented() -> None:
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    keys = {key for definition in SCHEMA["$defs"].values() for key in definition.get("properties", {})}
    filters = set(SCHEMA["$defs"]["saved"]["properties"]["searches"]["items"]["properties"]) - {"name", "query"}
    assert {key for key in keys - filters if not re.search(rf"\b{key}\b", text)} == set()


def test_every_command_that_prints_json_is_here() -> None:
    commands: dict[str, Any] = get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]  (a group)
    known = {line.split()[1] for line in COMMANDS if line.startswith("searcher")}
    assert set(commands) - WITHOUT_PAPERS == known


def test_a_line_of_jsonl_is_a_hit(library: Shell) -> None:
    lines = library.piped("search diffusion --format jsonl").out.splitlines()
    assert len(lines) == 10
    assert [error.message for line in lines for error in validator("hit").iter_errors(json.loads(line))] == []
