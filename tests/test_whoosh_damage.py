"""What is damaged, or not ours, in the folder of our Whoosh engine: told or harmless, and never unpickled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract import ALL_FACETS, Index, counts, paper, request
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, create_in

from searcher.engine import Engine
from searcher.engine.whoosh.contents import read_contents
from searcher.engine.whoosh.document import SCHEMA
from searcher.errors import NoIndexError, UnusableIndexError
from searcher.results import SearchResponse
from searcher.schema import FACETS, SCHEMA_VERSION


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index of two papers, one of them written twice."""
    index = Index("whoosh", tmp_path / "index")
    engine = index.create(paper(1, title="Two cats", comment="9 pages"), paper(2, title="Dogs", authors=("Bo Wu",)))
    engine.write([paper(1, title="The two cats")])
    return index


# Contents that are not ours.


def test_what_plain_whoosh_wrote_into_our_folder_is_refused(index: Index) -> None:
    writer = create_in(index.folder, SCHEMA).writer()
    writer.add_document(id="2401.00004", title="Newts")
    writer.commit()
    with pytest.raises(UnusableIndexError, match="damaged or not ours"):
        index.open()


def test_an_index_of_plain_whoosh_with_our_mark_is_refused(tmp_path: Path) -> None:
    create_in(tmp_path, SCHEMA)
    (tmp_path / "SCHEMA_VERSION").write_text(str(SCHEMA_VERSION))
    with pytest.raises(UnusableIndexError, match="damaged or not ours"):
        Index("whoosh", tmp_path).open()


class _Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


def test_nothing_is_unpickled(index: Index, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    TOC(SCHEMA, [_Trap(sprung)], 7).write(FileStorage(str(index.folder)), "MAIN")
    with pytest.raises(UnusableIndexError, match="damaged or not ours"):
        index.open()
    assert not sprung.exists()
    TOC.read(FileStorage(str(index.folder)), "MAIN")  # as plain Whoosh does
    assert sprung.exists()


# Damage.

STRIDE = 7  # of the bytes of which a bit is flipped; at the end of each file it is all of them
QUERIES = ("*", "cat OR dog", '"two cats"', "cats -title:dogs", "wri*", "ct~", "cat:cs.* published:2024", "d?gs")


def answers(engine: Engine) -> list[object]:
    """What an engine says, in every way that it may look into its files."""
    found = [engine.search(request(query, facets=ALL_FACETS)) for query in QUERIES]
    found += [engine.search(request("*", sort=sort)) for sort in ("newest", "oldest")]
    return [list(map(told, found)), engine.papers(["2401.00001", "2401.00002", "2401.00003"]), engine.count()]


def told(response: SearchResponse) -> object:
    return response.hits, [counts(response, facet) for facet in FACETS if facet in response.facets]


def files_in_use(index: Index) -> list[Path]:
    contents = read_contents(index.folder)
    names = ["SCHEMA_VERSION", contents.file, *(entry.file for entry in contents.segments)]
    return [index.folder / name for name in names]


def flips(path: Path) -> Iterator[int]:
    """Flip a bit in one byte after the other, and put it right again."""
    content = path.read_bytes()
    for place in sorted({*range(0, len(content), STRIDE), *range(max(0, len(content) - 32), len(content))}):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        yield place
    path.write_bytes(content)


def test_a_byte_more_or_less_at_the_end_of_a_file_is_told(index: Index) -> None:
    for path in files_in_use(index):
        content = path.read_bytes()
        for damaged in (content[:-1], content + b"\0"):
            path.write_bytes(damaged)
            with pytest.raises(UnusableIndexError):
                index.open()
        path.write_bytes(content)


def test_a_flipped_bit_changes_no_answer_or_is_told(index: Index) -> None:
    expected = answers(index.open())
    wrong: list[tuple[str, int, object]] = []
    flipped = ((path, place) for path in files_in_use(index) for place in flips(path))
    for file, place in flipped:
        try:
            found = answers(index.open())
        except (UnusableIndexError, NoIndexError):
            continue
        except Exception as error:  # noqa: BLE001  (each is a failure, to be listed)
            wrong.append((file.suffix, place, repr(error)))
        else:
            if found != expected:
                wrong.append((file.suffix, place, "another answer"))
    assert wrong == []
