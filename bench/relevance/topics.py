"""Sets of topics, as they lie in files: what to index, what to ask, and which papers answer it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bench.process import BenchError


@dataclass(frozen=True, slots=True)
class Topic:
    """A query, and the papers that answer it."""

    query: str
    relevant: frozenset[str]  # ids without version, at least one


@dataclass(frozen=True, slots=True)
class TopicSet:
    """The topics of one conference, to be asked of its papers."""

    name: str  # "CVPR-2023"
    collection: tuple[str, ...]  # ids without version
    topics: tuple[Topic, ...]


def read_sets(folder: Path) -> list[TopicSet]:
    """The sets in `topics-*.json` of a folder, by file name. Raises BenchError if there are none, or one is no set."""
    files = sorted(folder.glob("topics-*.json"))
    if not files:
        raise BenchError(
            f"{folder} holds no topics-*.json; name the folder that does: python -m bench.relevance FOLDER"
        )
    return [_read_set(file) for file in files]


def _read_set(file: Path) -> TopicSet:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        topics = tuple(Topic(each["query"], frozenset(each["relevant"])) for each in content["queries"])
        found = TopicSet(content["name"], tuple(dict.fromkeys(content["collection"])), topics)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchError(f"{file} cannot be read as a set of topics: {error!r}") from error
    if not topics or any(not topic.relevant for topic in topics):
        raise BenchError(f"{file} holds no topics, or one that no paper answers")
    return found
