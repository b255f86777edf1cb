"""What lies in the segments of our Whoosh engine: just what the schema's own fields give; and that they stay few."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from contract import Index, ids, numbers, paper, request, state
from corpora import Corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir

from searcher.engine.whoosh import committing
from searcher.engine.whoosh.contents import SegmentEntry, read_contents
from searcher.engine.whoosh.document import SCHEMA, stored
from searcher.paper import Paper
from searcher.ranking.acronyms import acronym_keys
from searcher.ranking.titles import name_keys
from searcher.schema import TEXT_FIELDS, author_text, doi_keys

KEY_FIELDS = ("id", "category", "primary", "archive", "acronym", "doi", "day")
Occurrences = dict[str, tuple[float, list[int]]]  # term -> how often it occurs, and where


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index("whoosh", tmp_path / "index")


@pytest.fixture
def papers(example_corpus: Corpus) -> list[Paper]:
    return [each.paper for each in example_corpus.documents]


def segments(index: Index) -> tuple[SegmentEntry, ...]:
    """What the contents name."""
    return read_contents(index.folder).segments


# Terms and positions.


def indexed(folder: Path, field: str) -> dict[str, Occurrences]:
    """What plain Whoosh reads: id of a paper -> the terms of a field."""
    found: dict[str, Occurrences] = {}
    with open_dir(folder).reader() as reader:
        has_positions = reader.schema[field].supports("positions")
        for text in reader.lexicon(field):
            postings = reader.postings(field, text)
            while postings.is_active():
                positions = postings.value_as("positions") if has_positions else []
                identifier = reader.stored_fields(postings.id())["id"]
                found.setdefault(identifier, {})[text.decode()] = postings.weight(), positions
                postings.next()
    return found


def analysed(papers: Iterable[Paper], field: str) -> dict[str, Occurrences]:
    """What Whoosh itself would index."""
    found = {each.id: expected(field, value) for each in papers if (value := text_of(each, field))}
    return {identifier: terms for identifier, terms in found.items() if terms}


def text_of(each: Paper, field: str) -> str:
    """What Whoosh would be given for a field."""
    if field == "first_author":
        return author_text(each.authors[:1])
    if field == "acronym":
        return ",".join((*acronym_keys(each), *name_keys(each.title)))
    return stored(each).get(field, "")


def expected(field: str, value: str) -> Occurrences:
    type_: Any = SCHEMA[field]
    has_positions = type_.supports("positions")
    return {
        text.decode(): (weight, type_.format.decode_positions(encoded) if has_positions else [])
        for text, _, weight, encoded in type_.index(value)
    }


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_text_is_indexed_as_whoosh_would(field: str, index: Index, papers: list[Paper]) -> None:
    index.create(*papers)
    assert indexed(index.folder, field) == analysed(papers, field)


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_text_stays_as_it_is_when_segments_are_merged(field: str, index: Index, papers: list[Paper]) -> None:
    engine = index.create(*papers[:20])
    engine.write([*papers[25:], paper(1)], remove=[each.id for each in papers[:5]])
    engine.write(papers[20:36], remove=["2401.00001"])
    engine.write([], remove=[papers[-1].id])
    assert [(each.documents, len(each.removed)) for each in segments(index)] == [(35, 1)]
    assert indexed(index.folder, field) == analysed(papers[5:-1], field)


@pytest.mark.parametrize("field", [field for field in KEY_FIELDS if field != "doi"])
def test_a_value_that_is_no_text_is_indexed_as_whoosh_would(field: str, index: Index, papers: list[Paper]) -> None:
    index.create(*papers)
    assert indexed(index.folder, field) == analysed(papers, field)


def test_a_doi_is_indexed_as_it_is_compared(index: Index, papers: list[Paper]) -> None:
    index.create(*papers)
    keys = {each.id: doi_keys(each.doi) for each in papers if each.doi}
    assert keys["2403.91038"] == ("10.5555/hdp.2024.0117",)
    assert indexed(index.folder, "doi") == {
        identifier: expected("doi", " ".join(found)) for identifier, found in keys.items()
    }


def test_a_date_is_indexed_by_the_day_as_one_term(index: Index, papers: list[Paper]) -> None:
    index.create(*papers)
    with open_dir(index.folder).reader() as reader:
        days = [SCHEMA["published"].from_bytes(text) for text in reader.lexicon("published")]
        assert [f"{day:%Y-%m-%d %H:%M:%S}" for day in days] == [
            "2024-03-08 00:00:00", "2024-03-09 00:00:00", "2025-11-10 00:00:00",
        ]  # fmt: skip
        assert [reader.doc_frequency("published", text) for text in reader.lexicon("published")] == [14, 13, 13]


def test_positions_are_counted_from_the_start_of_the_field(index: Index) -> None:
    index.create(paper(1, title="Cats"), paper(2, title="The cats and the dogs"))
    assert indexed(index.folder, "title") == {
        "2401.00001": {"cat": (1.0, [0])},
        "2401.00002": {"the": (2.0, [0, 3]), "cat": (1.0, [1]), "and": (1.0, [2]), "dog": (1.0, [4])},
    }


def test_a_position_is_left_out_between_two_names(index: Index) -> None:
    index.create(paper(1, authors=("Bin Lei", "Lei Chen")))
    assert indexed(index.folder, "author")["2401.00001"] == {
        "bin": (1.0, [0]), "lei": (2.0, [1, 3]), "chen": (1.0, [4]),
    }  # fmt: skip


def test_a_word_of_more_than_255_bytes_is_left_out_and_has_no_position(index: Index) -> None:
    index.create(paper(1, title=f"Long {'é' * 127}éé {'я' * 128} {'я' * 127}x words"))
    assert indexed(index.folder, "title")["2401.00001"] == {
        "long": (1.0, [0]), "e" * 129: (1.0, [1]), "я" * 127 + "x": (1.0, [2]), "word": (1.0, [3]),
    }  # fmt: skip


def test_a_word_that_occurs_very_often_is_counted(index: Index) -> None:
    index.create(paper(1, summary="cat " * 70_000), paper(2, summary="a cat"))
    found = indexed(index.folder, "summary")
    assert found["2401.00001"] == {"cat": (70_000.0, list(range(70_000)))}
    assert found["2401.00002"] == {"a": (1.0, [0]), "cat": (1.0, [1])}


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\x1e\x1f")) | st.lists(
    st.sampled_from(["the", "Cats", "cat's", "naïve", "ﬁne", "x²", "北京", "e\u0301", "—", "\u200b", "y" * 256])
).map(" ".join)
PAPERS = st.builds(
    lambda title, summary, comment, journal, authors, classes: {
        "title": title, "summary": summary, "comment": comment, "journal": journal, "authors": authors,
        "classes": classes,
    },
    TEXTS, TEXTS, TEXTS, TEXTS, st.lists(TEXTS, min_size=1).map(tuple), st.lists(TEXTS).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PAPERS, min_size=1, max_size=4), st.booleans())
def test_whatever_the_texts_they_are_indexed_as_whoosh_would(contents: list[dict[str, Any]], is_merged: bool) -> None:
    papers = [paper(number, **fields) for number, fields in enumerate(contents)]
    with TemporaryDirectory() as folder:
        index = Index("whoosh", Path(folder) / "index")
        engine = index.create(*([] if is_merged else papers))
        for each in papers if is_merged else ():
            engine.write([each])
        for field in TEXT_FIELDS:
            assert (field, indexed(index.folder, field)) == (field, analysed(papers, field))


# Few segments.


def test_many_small_writes_leave_few_segments(index: Index) -> None:
    chance = random.Random(8)
    engine = index.create(*(paper(number) for number in range(100)))
    held, most = 100, 0
    for _ in range(60):
        written = chance.randint(1, 5)
        engine.write([paper(number) for number in range(held, held + written)])
        held += written
        most = max(most, len(segments(index)))
    assert most <= 10
    assert len(list(index.folder.glob("*.papers"))) <= 2 * most
    assert engine.count() == index.open().count() == held == sum(each.documents for each in segments(index))


def test_small_segments_are_merged_until_the_next_is_more_than_twice_as_big(index: Index) -> None:
    engine = index.create(*(paper(number) for number in range(9)))
    sizes = []
    for number in (9, 10, 11, 12, 13):
        engine.write([paper(number)])
        sizes.append([each.documents for each in segments(index)])
    assert sizes == [[9, 1], [9, 2], [9, 3], [9, 3, 1], [14]]


def test_a_tiny_segment_does_not_keep_bigger_ones_from_being_merged(index: Index) -> None:
    engine = index.create(*(paper(number) for number in range(200)))
    engine.write([paper(200)])
    for number in range(201, 291, 3):
        engine.write([paper(number), paper(number + 1), paper(number + 2)])
    assert len(segments(index)) <= 10


def test_a_big_segment_is_left_alone(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "_MAX_MERGED", 10)
    engine = index.create(*(paper(number) for number in range(11)))
    engine.write([paper(number) for number in range(11, 22)])
    engine.write([paper(number) for number in range(22, 30)])
    assert [each.documents for each in segments(index)] == [11, 11, 8]


def test_a_segment_is_written_anew_when_more_than_three_tenths_of_it_were_removed(index: Index) -> None:
    engine = index.create(*(paper(number) for number in range(30)))
    size = segments(index)[0].size_bytes
    engine.write([], remove=[paper(number).id for number in range(9)])
    assert [(each.documents, each.removed) for each in segments(index)] == [(30, tuple(range(9)))]
    engine.write([], remove=[paper(9).id])
    (entry,) = segments(index)
    assert (entry.documents, entry.removed) == (20, ())
    assert entry.size_bytes < size
    assert numbers(engine) == numbers(index.open()) == list(range(10, 30))


def test_the_disk_has_its_space_back_after_the_next_change(index: Index, papers: list[Paper]) -> None:
    def size() -> int:
        return sum(path.stat().st_size for path in index.folder.glob("*.papers"))

    engine = index.create(*papers)
    full = size()
    engine.write([], remove=[each.id for each in papers[4:]])
    engine.write([], remove=[papers[0].id])
    assert size() < full / 4


def test_an_index_without_papers_has_no_segments(index: Index) -> None:
    engine = index.create(paper(1), paper(2))
    engine.write([], remove=[paper(1).id, paper(2).id])
    assert segments(index) == ()
    engine.write([paper(3)])
    assert [each.documents for each in segments(index)] == [1]


# Several segments in one build.


@pytest.fixture
def spilling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments are written every 500 words, and not merged."""
    monkeypatch.setattr(committing, "_MAX_MEMORY_BYTES", 500)
    monkeypatch.setattr(committing, "_MAX_MERGED", 0)


@pytest.mark.usefixtures("spilling")
def test_a_build_of_several_segments_answers_as_one_of_one(
    index: Index, example_corpus: Corpus, papers: list[Paper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = index.create(*papers)
    assert len(segments(index)) > 10
    monkeypatch.undo()
    one = Index("whoosh", tmp_path / "one")
    assert state(one.create(*papers)) == state(several) == state(index.open())
    assert len(segments(one)) == 1
    for query in ("super-resolution", '"diffusion model" OR splat*', "title:image -summary:video", "imege~"):
        assert several.search(request(query)) == one.open().search(request(query))


@pytest.mark.usefixtures("spilling")
def test_the_last_paper_of_an_id_counts_though_it_comes_in_a_later_segment(index: Index) -> None:
    fillers = [paper(number, summary="word " * 120) for number in range(10, 30)]
    first, second, last = (paper(1, title=title) for title in ("Cats", "Dogs", "Owls"))
    engine = index.create(first, *fillers[:10], second, *fillers[10:], paper(2), last, paper(3))
    assert len(segments(index)) > 3
    assert engine.count() == 23
    assert numbers(engine, "cats OR dogs") == []
    assert ids(engine.search(request("owls"))) == ["2401.00001"]
    assert engine.papers(["2401.00001"])["2401.00001"].title == "Owls"


@pytest.mark.usefixtures("spilling")
def test_an_update_of_several_segments_replaces_papers_of_all(index: Index, papers: list[Paper]) -> None:
    engine = index.create(*papers)
    engine.write(papers[::3], remove=[papers[1].id, papers[2].id])
    assert {each.id for each in state(engine)[0]} == {each.id for each in [papers[0], *papers[3:]]}
    assert ids(engine.search(request("title:superresolution"))) == ["2403.90483"]
