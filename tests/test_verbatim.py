"""Quoted words mean just these words, and what stands outside of quotes any word of the same stem."""

from __future__ import annotations

import re
from functools import partial

import pytest
from commands import Shell
from contract import ALL, Index, asked, ids, paper
from corpora import Corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from listings import HEADER, record
from oracle import Question, Text
from trees import shown
from whoosh import query as wq

from searcher.app import quoted
from searcher.app.index import index
from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.engine import Engine
from searcher.query import parse
from searcher.ranking.verbatim import find_holders, hold_to_words
from searcher.schema import words

PAPERS = {  # number -> title, summary, comment, authors
    1: ("A network", "One image segmentation.", "Best paper", "Ann Network"),
    2: ("Networks of networks", "Image segmentations, and more.", "Papers with code", "Bo Networks"),
    3: ("Networking", "Segmented images.", "10 pages", "Ann Onym"),
    4: ("NETWORKS: a (super)survey", "Image-segmentation by super-resolution.", "None", "Ann Onym"),
    5: ("Nothing", "Networks in super\n resolutions; ＩＭＡＧＥ segmentations", "None", "Ann Onym"),
    6: ("北京 Œuvre", "Réseaux naïfs of σ-algebras with $S^2$ \\textbf{n}etworks.", "None", "Ann Onym"),
}


@pytest.fixture(scope="module")
def config(folder_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("verbatim")
    (folder / "day.md").write_text(
        HEADER
        + "".join(
            record(
                title,
                arxiv_id=f"http://arxiv.org/abs/2401.{number:05}v1",
                summary=" ".join(summary.split()),
                comment=comment,
                authors=authors,
                categories="**cs.CV**" if number % 2 else "**cs.LG**",
            )
            for number, (title, summary, comment, authors) in PAPERS.items()
        )
    )
    config = Config(file=None, index=folder / "index", engine=folder_engine)
    index(config, [folder / "day.md"])
    return config


@pytest.fixture
def library(config: Config) -> Archive:
    return Archive(config)


def found(library: Archive, query: str) -> list[int]:
    return sorted(int(hit.paper.id[-5:]) for hit in library.search(Selection(query), sort="newest").hits)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("networks", [1, 2, 3, 4, 5, 6]),
        ('"networks"', [2, 4, 5, 6]),
        ('"network"', [1]),
        ('"networking"', [3]),
        ('"Networks of networks"', [2]),
        ('"network of networks"', []),
        ('"image segmentation"', [1, 4]),
        ('"image segmentations"', [2, 5]),
        ('"images segmentation"', []),
        ('"segmented images"', [3]),
        ("“image segmentations”", [2, 5]),
        ('"NETWORKS"', [2, 4, 5, 6]),
    ],
)
def test_the_word_is_meant_and_no_other_of_its_stem(query: str, expected: list[int], library: Archive) -> None:
    assert found(library, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"image-segmentation"', [1, 4]),
        ('"super-resolution"', [4]),
        ('"super resolution"', [4]),
        ('"super-resolutions"', [5]),
        ('"superresolution"', []),
        ('"super"', [4, 5]),
        ('"supersurvey"', []),
        ('"survey"', [4]),
        ('"a super survey"', [4]),
    ],
)
def test_what_stands_between_words_does_not_matter(query: str, expected: list[int], library: Archive) -> None:
    assert found(library, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"image segmentations" network', [2, 5]),
        ('network "image segmentation"', [1, 4]),
        ('"networks" "image segmentations"', [2, 5]),
        ('"networks" -survey', [2, 5, 6]),
        ('segment -"networks"', [1, 3]),
        ('-"networks"', [1, 3]),
        ('"networking" OR "image segmentation"', [1, 3, 4]),
        ('("networking" OR "image segmentation") AND one', [1]),
        ('"networks"^3 image', [2, 4, 5]),
        ('"networks" netw*', [2, 4, 5, 6]),
        ('"networks" cat:cs.LG', [2, 4, 6]),
        ('+"networks" -cat:cs.LG', [5]),
    ],
)
def test_quoted_words_go_with_all_else(query: str, expected: list[int], library: Archive) -> None:
    assert found(library, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('network -"networks"', [1, 3]),
        ('"networks" OR "networking"', [2, 3, 4, 5, 6]),
        ('"networks" OR networking', [1, 2, 3, 4, 5, 6]),
        ('"networking" OR survey network', [3, 4]),
    ],
)
def test_a_word_may_stand_in_quotes_and_without_or_with_another_of_its_stem(
    query: str, expected: list[int], library: Archive
) -> None:
    assert found(library, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('title:"networks"', [2, 4]),
        ('summary:"networks"', [5, 6]),
        ('title:"network"', [1]),
        ('abs:"image segmentations"', [2, 5]),
        ('comment:"papers"', [2]),
        ('comment:"paper"', [1]),
        ('"papers"', [2]),
        ('-comment:"papers" best', [1]),
        ('title:("networks" survey)', [4]),
    ],
)
def test_in_a_field_they_are_meant_there(query: str, expected: list[int], library: Archive) -> None:
    assert found(library, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('author:"networks"', [2]),
        ('author:"Ann Network"', [1]),
        ('author:"ann onym"', [3, 4, 5, 6]),
        ('"Bo Networks"', [2]),
        ('"Ann Networks"', []),
    ],
)
def test_names_have_no_stems_and_are_found_as_before(query: str, expected: list[int], library: Archive) -> None:
    assert found(library, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"北京"', [6]),
        ('"北"', []),
        ('"oeuvre"', [6]),
        ('"œuvre"', [6]),
        ('"reseaux naifs"', [6]),
        ('"reseau naif"', []),
        ('"sigma algebras"', [6]),
        ('"σ-algebras"', [6]),
        ('"σ-algebra"', []),
        ('"s2 networks"', [6]),
        ('"image segmentations"', [2, 5]),
    ],
)
def test_words_of_any_script_are_compared_as_they_are_searched(
    query: str, expected: list[int], library: Archive
) -> None:
    assert found(library, query) == expected


def test_the_options_mean_quotes_as_well(library: Archive) -> None:
    search = library.search
    assert search(Selection('"networks"', any_word=True), sort="newest").total == 4
    assert search(Selection('"networks" algebra', any_word=True), sort="newest").total == 4
    assert search(Selection('"image segmentation"', title="networks"), sort="newest").total == 2


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("limit", [0, 2, 10, 100])
def test_totals_and_facets_count_those_that_hold_the_words(library: Archive, sort: str, limit: int) -> None:
    options = {"sort": sort, "limit": limit, "facets": ["category", "year"]}
    response = library.search(Selection('"networks"'), **options)  # pyright: ignore[reportArgumentType]
    assert (response.total, response.relaxed, len(response.hits)) == (4, False, min(4, limit))
    assert [(each.value, each.count) for each in response.facets["category"]] == [("cs.LG", 3), ("cs.CV", 1)]
    assert [(each.value, each.count) for each in response.facets["year"]] == [("2023", 4)]


def test_a_quoted_word_counts_as_it_would_without_quotes(library: Archive) -> None:
    weighed = {hit.paper.id: hit.score for hit in library.search(Selection("networks AND of")).hits}
    quoted = library.search(Selection('"networks" AND of')).hits
    assert {hit.paper.id: hit.score for hit in quoted} == pytest.approx(
        {each: weighed[each] for each in ("2401.00002", "2401.00006")}, abs=1e-3
    )


def test_where_too_many_papers_hold_its_stems_other_forms_of_a_quote_are_found_too_and_it_is_said(
    library: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quoted, "_MOST_READ", 0)
    answer = library.search(Selection('"networking"'))
    assert answer.total == 6
    assert answer.warnings == (
        '"networking" is in too many papers to look for just this form; its other forms are found too',
    )


def test_the_command_finds_and_marks_them(config: Config, shell: Shell) -> None:
    shell.set(SEARCHER_INDEX=str(config.index), SEARCHER_ENGINE=config.engine)
    outcome = shell("""search '"image segmentations"' --sort oldest --format json""")
    assert outcome.ids == ["2401.00002", "2401.00005"]
    assert outcome.json["hits"][0]["snippets"] == {"summary": "<b>Image segmentations</b>, and more."}
    assert shell("""search '"image segmentatio"'""").code == 1


# The tree.

TITLES = {1: "Cats", 2: "A cat", 3: "Cats and cats", 4: "Owls"}
ALL_OF_THEM = [paper(number, title=title) for number, title in TITLES.items()]


@pytest.mark.parametrize(
    ("query", "titles", "tree"),
    [
        ('"cats"', [1, 3], "title:cat"),
        ('"cats"', [1, 2, 3], "(title:cat AND NOT <(id:2401.00002)>)"),
        ('"cats"', [1, 2], "(title:cat AND <(id:2401.00001)>)"),
        ('"cats"', [2], "nothing"),
        ('"cats"', [], "title:cat"),
        ('"cats" owls', [1, 2], "((title:cat AND <(id:2401.00001)>) AND title:owl)"),
        ('owls -"cats"', [1, 2, 3], "(title:owl AND NOT (title:cat AND NOT <(id:2401.00002)>))"),
        ("cats", [1, 2], "title:cat"),
    ],
)
def test_papers_that_hold_other_words_are_left_out_by_their_ids(query: str, titles: list[int], tree: str) -> None:
    papers = [each for each in ALL_OF_THEM if int(each.id[-5:]) in titles]
    parsed = parse(query, boosts={"title": 1.0})
    assert shown(hold_to_words(parsed.query, partial(find_holders, scan=lambda _: iter(papers)))) == tree


def test_a_phrase_of_one_word_twice_may_follow_the_end_of_another_word() -> None:
    papers = [paper(1, title="Tomcat cat cat"), paper(2, title="Tomcat cat"), paper(3, title="Cat cat")]
    parsed = parse('"cat cat"', boosts={"title": 1.0})
    query = hold_to_words(parsed.query, partial(find_holders, scan=lambda _: iter(papers)))
    assert shown(query) == '(title:"cat cat" AND NOT <(id:2401.00002)>)'


def test_of_a_query_without_quotes_no_paper_is_read() -> None:
    parsed = parse("cats -dogs author:\"Ann Li\" owl* 'a b'")

    def scan(_: wq.Query):
        raise AssertionError

    assert hold_to_words(parsed.query, partial(find_holders, scan=scan)) == parsed.query


# Any phrase, against a plain scan.


@pytest.fixture(scope="module")
def engine(folder_engine: str, example_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    made = Index(folder_engine, tmp_path_factory.mktemp("index"))
    return made.create(*(each.paper for each in example_corpus.documents))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_phrase_is_found_where_it_stands_to_the_letter(
    data: st.DataObject, engine: Engine, example_corpus: Corpus
) -> None:
    document = data.draw(st.sampled_from(example_corpus.documents))
    name = data.draw(st.sampled_from(["title", "summary"]))
    text = words(document.texts[name][0])
    start = data.draw(st.integers(0, len(text) - 1))
    phrase = text[start : start + data.draw(st.integers(1, 4))]
    if data.draw(st.booleans()):
        phrase[-1] = data.draw(st.sampled_from([re.sub("s$", "", phrase[-1]), phrase[-1] + "s", phrase[-1] + "ing"]))
    typed = " ".join(phrase) if len(phrase) > 1 else f"{phrase[0]} "
    question = Question(Text(typed, data.draw(st.sampled_from(["", name]))))
    query = asked(engine, question, limit=ALL)
    assert set(ids(engine.search(query))) == example_corpus.expected(question)
