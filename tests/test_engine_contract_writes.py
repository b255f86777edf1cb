"""What every engine promises about writing: all or nothing, the last word counts, and no damage goes unnoticed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from contract import ALL_FACETS, Index, asked, counts, numbers, paper, request, state
from corpora import KINDS, Corpus
from oracle import Document
from questions import Inquirer

from searcher.engine import Engine
from searcher.errors import LockedError, NoIndexError, UnusableIndexError
from searcher.paper import Paper
from searcher.results import SearchResponse
from searcher.schema import FACETS


@pytest.fixture
def engine(new_index: Index) -> Engine:
    """An index of three papers: on cats, dogs and owls."""
    return new_index.create(paper(1, title="Cats"), paper(2, title="Dogs"), paper(3, title="Owls"))


def titles(engine: Engine) -> str:
    """The titles of all papers, in the order of their ids."""
    return " ".join(paper.title for paper in state(engine)[0])


class ReadingError(Exception):
    """What went wrong while papers were read."""


def failing(*papers: Paper) -> Iterator[Paper]:
    yield from papers
    raise ReadingError


# Upserts and removals.


def test_a_paper_written_is_found(engine: Engine) -> None:
    engine.write([paper(4, title="Newts")])
    assert titles(engine) == "Cats Dogs Owls Newts"
    assert numbers(engine, "newts") == [4]


def test_writing_the_same_again_changes_nothing(engine: Engine) -> None:
    before = state(engine)
    for _ in range(3):
        engine.write([paper(2, title="Dogs"), paper(1, title="Cats")])
    assert state(engine) == before
    engine.rebuild([paper(1, title="Cats"), paper(2, title="Dogs"), paper(3, title="Owls")])
    assert state(engine) == before


def test_writing_nothing_changes_nothing(engine: Engine) -> None:
    before = state(engine)
    engine.write([])
    engine.write(iter(()), iter(()))
    assert state(engine) == before


def test_a_paper_replaced_is_not_found_by_what_it_said_before(engine: Engine) -> None:
    engine.write([paper(2, version=2, title="Hens", authors=("Bo Wu",), categories=("stat.ML",))])
    assert numbers(engine, "dogs") == []
    assert numbers(engine, "hens") == [2]
    assert numbers(engine, 'author:"Ann Onym"') == [1, 3]
    assert numbers(engine, "cat:cs.CV") == [1, 3]
    assert engine.papers(["2401.00002"])["2401.00002"].version == 2
    assert state(engine)[1]["primary"] == [("cs.CV", 2), ("stat.ML", 1)]


def test_an_older_version_replaces_a_newer_one_for_the_engine_does_not_choose(engine: Engine) -> None:
    engine.write([paper(1, version=3, title="Lions")])
    engine.write([paper(1, version=2, title="Tigers")])
    assert titles(engine) == "Tigers Dogs Owls"


def test_a_paper_removed_is_gone(engine: Engine) -> None:
    engine.write([], remove=["2401.00002"])
    assert titles(engine) == "Cats Owls"
    assert numbers(engine, "dogs") == []
    assert engine.papers(["2401.00002"]) == {}


def test_a_paper_removed_can_be_written_again(engine: Engine) -> None:
    before = state(engine)
    engine.write([], remove=["2401.00002"])
    engine.write([paper(2, title="Dogs")])
    assert state(engine) == before


def test_removing_what_is_not_there_changes_nothing(engine: Engine) -> None:
    before = state(engine)
    engine.write([], remove=["2401.99999", "", "2401", "dogs", "2401.00002v1"])
    assert state(engine) == before


def test_what_is_removed_and_written_at_once_is_there(engine: Engine) -> None:
    engine.write([paper(2, title="Hens")], remove=["2401.00002", "2401.00003"])
    assert titles(engine) == "Cats Hens"


def test_the_last_paper_counts_where_an_id_comes_twice(engine: Engine) -> None:
    twice = [paper(2, title="Hens"), paper(4, title="Newts"), paper(2, title="Geese"), paper(4, title="Toads")]
    engine.write(twice)
    assert titles(engine) == "Cats Geese Owls Toads"
    assert numbers(engine, "hens OR newts OR dogs") == []
    engine.rebuild(twice)
    assert titles(engine) == "Geese Toads"
    assert numbers(engine, "hens OR newts") == []


def test_a_rebuild_leaves_just_its_papers(engine: Engine) -> None:
    engine.rebuild([paper(3, title="Elks"), paper(4, title="Newts")])
    assert titles(engine) == "Elks Newts"
    assert numbers(engine, "cats OR dogs OR owls") == []
    engine.rebuild([])
    assert titles(engine) == ""


# All or nothing.


def test_a_write_that_fails_is_undone(engine: Engine, new_index: Index) -> None:
    before = state(engine)
    with pytest.raises(ReadingError):
        engine.write(failing(paper(2, title="Hens"), paper(4, title="Newts")), remove=["2401.00001"])
    assert state(engine) == state(new_index.open()) == before
    engine.write([paper(5, title="Elks")])
    assert titles(engine) == titles(new_index.open()) == "Cats Dogs Owls Elks"


def test_a_write_whose_removals_fail_is_undone(engine: Engine, new_index: Index) -> None:
    before = state(engine)
    with pytest.raises(ReadingError):
        engine.write([paper(4, title="Newts")], remove=(each.id for each in failing(paper(1))))
    assert state(engine) == state(new_index.open()) == before


def test_a_rebuild_that_fails_is_undone(engine: Engine, new_index: Index) -> None:
    before = state(engine)
    with pytest.raises(ReadingError):
        engine.rebuild(failing(paper(2, title="Hens")))
    assert state(engine) == state(new_index.open()) == before
    engine.rebuild([paper(5, title="Elks")])
    assert titles(engine) == titles(new_index.open()) == "Elks"


@pytest.mark.parametrize("way", ["write", "rebuild"])
def test_nothing_is_seen_of_a_write_until_it_returns(way: str, engine: Engine, new_index: Index) -> None:
    seen: list[str] = []

    def papers() -> Iterator[Paper]:
        yield paper(1, title="Lions")
        yield paper(4, title="Newts")
        seen.extend([titles(engine), titles(new_index.open())])

    getattr(engine, way)(papers())
    assert seen == ["Cats Dogs Owls", "Cats Dogs Owls"]
    assert titles(engine) == titles(new_index.open())
    assert numbers(engine, "lions OR newts") == [1, 4]


@pytest.mark.parametrize("way", ["write", "rebuild"])
def test_there_is_one_writer_at_a_time(way: str, engine: Engine, new_index: Index) -> None:
    def papers() -> Iterator[Paper]:
        yield paper(4, title="Newts")
        for other in (new_index.open().write, new_index.open().rebuild):
            with pytest.raises(LockedError):
                other([paper(5, title="Elks")])

    getattr(engine, way)(papers())
    assert numbers(engine, "newts") == [4]
    assert numbers(engine, "elks") == []
    new_index.open().write([paper(5, title="Elks")])
    assert numbers(new_index.open(), "newts OR elks") == [4, 5]


def test_an_engine_answers_from_what_it_saw_when_it_was_opened_or_last_wrote(engine: Engine, new_index: Index) -> None:
    before = state(engine)
    other = new_index.open()
    other.write([paper(2, title="Hens"), paper(4, title="Newts")], remove=["2401.00003"])
    assert state(engine) == before
    assert numbers(engine, "owls OR dogs") == [2, 3]
    other.rebuild([paper(7, title="Yaks")])
    other.write([paper(8, title="Emus")])
    assert state(engine) == before
    engine.write([paper(9, title="Apes")])
    assert titles(engine) == titles(new_index.open()) == "Yaks Emus Apes"
    assert titles(other) == "Yaks Emus"


# Many writes.


def retold(paper: Paper, version: int) -> Paper:
    """A paper with other words, another author and another date."""
    return replace(
        paper,
        version=version,
        title=f"{paper.title}, told anew for time number{version}",
        authors=(*paper.authors[1:], "Ann Onym"),
        published=paper.updated,
    )


def test_many_small_writes_end_in_what_one_build_of_their_papers_gives(
    new_index: Index, example_corpus: Corpus, tmp_path: Path
) -> None:
    chance = random.Random(40)
    papers = [each.paper for each in example_corpus.documents]
    engine = new_index.create(*papers[:10])
    held = {paper.id: paper for paper in papers[:10]}
    for version in range(2, 62):
        written = [retold(each, version) for each in chance.sample(papers, chance.randint(0, 3))]
        removed = [each.id for each in chance.sample(papers, chance.randint(0, 2))]
        writer = engine if chance.random() < 0.7 else new_index.open()
        writer.write(written, removed)
        held = {name: each for name, each in held.items() if name not in removed} | {each.id: each for each in written}
    engine = new_index.open()
    fresh = Index(new_index.engine, tmp_path / "fresh").create(*held.values())
    assert 20 < len(held) < 40
    assert state(engine) == state(fresh)
    documents = [Document(each) for each in held.values()]
    for questions in Inquirer(documents, seed=1).ask(200).values():
        for question in questions:
            found = engine.search(asked(engine, question, facets=ALL_FACETS))
            expected = {each.paper.id for each in documents if question.finds(each)}
            assert (question, {hit.paper.id for hit in found.hits}) == (question, expected)
            assert found.facets == fresh.search(asked(engine, question, facets=ALL_FACETS)).facets
            newest = asked(engine, question, sort="newest")
            assert engine.search(newest) == fresh.search(newest)


# No papers, no index.


@pytest.mark.parametrize("way", ["never written", "rebuilt of none", "all removed"])
def test_an_empty_index_answers_every_question_with_nothing(way: str, new_index: Index, example_corpus: Corpus) -> None:
    engine = new_index.create()
    if way != "never written":
        engine.write([paper(1), paper(2)])
        engine.rebuild([]) if way == "rebuilt of none" else engine.write([], remove=["2401.00001", "2401.00002"])
    nothing = SearchResponse(total=0, hits=(), facets=dict.fromkeys(FACETS, ()))
    for searcher in (engine, new_index.open()):
        assert searcher.count() == 0
        assert searcher.papers(["2401.00001"]) == {}
        for kind in KINDS:
            question = example_corpus.questions[kind][0]
            for sort in ("relevance", "newest", "oldest"):
                asked_for = asked(engine, question, sort=sort, facets=ALL_FACETS, explain=True)
                assert (question, searcher.search(asked_for)) == (question, nothing)


def test_an_index_that_is_not_complete_is_none_yet(new_index: Index) -> None:
    with pytest.raises(NoIndexError):
        new_index.open()
    new_index.begin().write([paper(1)])
    with pytest.raises(NoIndexError):
        new_index.open()


def test_an_index_can_be_made_anew_in_place_of_another(engine: Engine, new_index: Index) -> None:
    anew = new_index.create(paper(4, title="Newts"))
    assert titles(anew) == titles(new_index.open()) == "Newts"


# Damage. A cluster checks its files itself.


@pytest.fixture
def index_in_folder(folder_engine: str, tmp_path: Path) -> Index:
    """A folder for an index of each engine that keeps its files there."""
    return Index(folder_engine, tmp_path / "index")


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "cut in the middle": lambda content: content[: len(content) // 2],
    "cut at its end": lambda content: content[:-1],
    "emptied": lambda content: b"",
    "deleted": lambda content: None,
    "overwritten": lambda content: b"\xffgarbage" * (len(content) // 8 + 1),
    "overwritten to the middle": lambda content: (
        (b"\xffgarbage" * len(content))[: len(content) // 2] + content[len(content) // 2 :]
    ),
}


def answers(engine: Engine) -> list[object]:
    """What an engine says, in every way that it may look into its files."""
    queries = ["*", "cats", "ca*", '"two cats"', "dgo~", "cat:cs.CV", "published:2024", "-cats", "comment:pages"]
    found = [
        engine.search(request(query, sort=sort, facets=ALL_FACETS, explain=True))
        for query in queries
        for sort in ("relevance", "newest")
    ]
    everything = [([hit.paper for hit in each.hits], [counts(each, facet) for facet in FACETS]) for each in found]
    return [everything, engine.papers(["2401.00001", "2401.00003"]), engine.count()]


def outcome(index: Index, expected: list[object]) -> str:
    try:
        return "right" if answers(index.open()) == expected else "wrong"
    except (UnusableIndexError, NoIndexError):
        return "told"
    except BaseException as error:  # noqa: BLE001  (a panic of Rust's is no Exception)
        return repr(error)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_answers_rightly_or_says_so(damage: str, index_in_folder: Index, tmp_path: Path) -> None:
    engine = index_in_folder.create(paper(1, title="Two cats", comment="9 pages"), paper(2, title="Dogs"), paper(3))
    engine.write([paper(1, title="The two cats", comment="10 pages")], remove=["2401.00003"])
    expected = answers(engine)
    outcomes: dict[str, str] = {}
    for name in sorted(path.name for path in index_in_folder.folder.iterdir()):
        copy = tmp_path / name
        shutil.copytree(index_in_folder.folder, copy)
        content = DAMAGES[damage]((copy / name).read_bytes())
        (copy / name).unlink() if content is None else (copy / name).write_bytes(content)
        outcomes[name] = outcome(Index(index_in_folder.engine, copy), expected)
    assert {name: each for name, each in outcomes.items() if each not in ("right", "told")} == {}


def test_a_damaged_index_can_be_made_anew(index_in_folder: Index) -> None:
    index_in_folder.create(paper(1, title="Cats"))
    for path in index_in_folder.folder.iterdir():
        path.write_bytes(b"garbage")
    with pytest.raises(UnusableIndexError):
        index_in_folder.open()
    index_in_folder.create(paper(2, title="Dogs"))
    assert titles(index_in_folder.open()) == "Dogs"
