"""What plain Whoosh reads of an index that our Whoosh engine made: `whoosh.index.open_dir` and its own Searcher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from contract import Index, paper
from corpora import Corpus
from whoosh import query as wq
from whoosh.index import open_dir
from whoosh.qparser import QueryParser
from whoosh.sorting import FieldFacet
from whoosh.writing import IndexingError

from searcher.engine import Engine
from searcher.engine.whoosh.bm25 import BM25
from searcher.engine.whoosh.contents import read_contents
from searcher.results import SearchRequest
from searcher.schema import TEXT_FIELDS

SUPER_RESOLUTION = ["2403.90104", "2403.90302", "2403.90722", "2403.90829", "2511.90233", "2511.90271"]


class Opened(NamedTuple):
    """An index of the examples, as plain Whoosh and as our engine opened it."""

    whoosh: Any
    searcher: Any
    engine: Engine

    def found(self, query: Any, **options: Any) -> list[str]:
        """The ids of all papers that plain Whoosh finds, in its order."""
        return [hit["id"] for hit in self.searcher.search(query, limit=None, **options)]

    def typed(self, query: str) -> list[str]:
        """The ids of the papers that a query typed for plain Whoosh finds, in order of ids."""
        return sorted(self.found(QueryParser("title", self.whoosh.schema).parse(query)))


def opened(index: Index) -> Iterator[Opened]:
    whoosh = open_dir(index.folder)
    with whoosh.searcher() as searcher:
        yield Opened(whoosh, searcher, index.open())
    whoosh.close()


@pytest.fixture(scope="module")
def built(example_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The 40 examples, in one segment."""
    index = Index("whoosh", tmp_path_factory.mktemp("built") / "index")
    index.create(*(each.paper for each in example_corpus.documents))
    return index


@pytest.fixture(scope="module")
def updated(example_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The same 40, in three segments; of the first one, two papers were removed."""
    index = Index("whoosh", tmp_path_factory.mktemp("updated") / "index")
    papers = [each.paper for each in example_corpus.documents]
    outdated = replace(papers[10], title="Obsolete", categories=("cs.OH",))
    engine = index.create(paper(1, title="Withdrawn"), *papers[:10], outdated, *papers[11:37])
    engine.write([papers[10], *papers[37:39]], remove=["2401.00001"])
    engine.write([papers[39]])
    assert [(each.documents, len(each.removed)) for each in read_contents(index.folder).segments] == [
        (38, 2), (3, 0), (1, 0),
    ]  # fmt: skip
    return index


@pytest.fixture(scope="module", params=["built", "updated"])
def index(request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Each of the two: what is found is the same."""
    yield from opened(request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def one_segment(built: Index) -> Iterator[Opened]:
    yield from opened(built)


@pytest.fixture(scope="module")
def with_removals(updated: Index) -> Iterator[Opened]:
    yield from opened(updated)


# What there is.


def test_it_counts_the_papers(index: Opened) -> None:
    assert index.whoosh.doc_count() == 40


def test_it_counts_removed_papers_apart(one_segment: Opened, with_removals: Opened) -> None:
    assert one_segment.whoosh.doc_count_all() == 40
    assert with_removals.whoosh.doc_count_all() == 42


def test_it_knows_the_schema(index: Opened) -> None:
    assert index.whoosh.schema.names() == [
        "acronym", "archive", "author", "category", "classes", "comment", "day", "doi", "first_author", "id", "journal",
        "listing", "pdf", "primary", "published", "summary", "title", "updated", "url", "version",
    ]  # fmt: skip


def test_a_paper_comes_with_all_its_fields(index: Opened) -> None:
    found = index.searcher.document(id="2403.91038")
    assert found.pop("summary").startswith("In many manuscripts the ink of the reverse side shines through the paper")
    assert found == {
        "id": "2403.91038",
        "version": 1,
        "title": "Ink Through Paper: Separating Recto and Verso in Digitised Manuscripts",
        "author": "Margarethe Stiegelmayr\nEwan Dalgleish\nKatalin Somogyvári",
        "category": "cs.CV cs.DL",
        "primary": "cs.CV",
        "archive": "cs",
        "classes": "68U10",
        "published": datetime(2024, 3, 9, 20, 17, 52),
        "updated": datetime(2024, 3, 9, 20, 17, 52),
        "listing": "20240309.md",
        "day": "2024-03-09",
        "doi": "10.5555/hdp.2024.0117.",
        "comment": "To be presented at the Digital Heritage and Palaeography Meeting 2024",
        "pdf": "http://arxiv.org/pdf/2403.91038v1",
        "url": "http://arxiv.org/abs/2403.91038v1",
    }


def test_a_paper_removed_is_not_found(with_removals: Opened) -> None:
    assert with_removals.searcher.document(id="2401.00001") is None
    assert with_removals.found(wq.Term("title", "withdrawn")) == []
    assert len(with_removals.found(wq.Every())) == 40


def test_a_paper_replaced_is_found_as_it_is_now(with_removals: Opened) -> None:
    assert with_removals.found(wq.Term("title", "obsolet")) == []
    assert with_removals.found(wq.Term("category", "cs.OH")) == []
    assert [each["version"] for each in with_removals.searcher.documents(id="2403.90147")] == [2]


# Queries.


def test_it_finds_a_term(index: Opened) -> None:
    assert sorted(index.found(wq.Term("title", "super"))) == SUPER_RESOLUTION


def test_it_finds_a_prefix(index: Opened) -> None:
    assert sorted(index.found(wq.Prefix("title", "superr"))) == ["2403.90483"]
    assert sorted(index.found(wq.Prefix("author", "drozd"))) == ["2403.90104", "2403.90722", "2511.90233"]


def test_it_finds_a_wildcard_and_a_fuzzy_word(index: Opened) -> None:
    assert index.typed("superres*n") == []  # the pattern is one of stems
    assert index.typed("superres*t") == ["2403.90483"]
    assert index.found(wq.FuzzyTerm("author", "drozdalsky")) == index.found(wq.Term("author", "drozdalski"))


def test_it_finds_a_phrase(index: Opened) -> None:
    assert index.typed('"super resolution"') == SUPER_RESOLUTION
    assert index.typed("super-resolution") == SUPER_RESOLUTION
    assert index.typed('"resolution super"') == []


def test_a_phrase_does_not_reach_from_one_author_into_the_next(index: Opened) -> None:
    assert index.typed('author:"Keiko Amabuchi"') == ["2403.90104", "2403.90722"]
    assert index.typed('author:"Drozdalski Keiko"') == []


def test_it_finds_a_category_as_it_stands(index: Opened) -> None:
    assert len(index.typed("category:eess.IV")) == 14
    assert index.typed("category:eess") == []
    assert index.typed("primary:q-bio.QM") == ["2403.90870"]


def test_it_finds_a_range_of_dates(index: Opened) -> None:
    assert len(index.typed("published:[20240101 TO 20241231]")) == 27
    assert len(index.typed("published:[20240308 TO 20240308]")) == 14
    assert len(index.typed("published:20251110")) == 13
    assert len(index.typed("updated:[20240309 TO]")) == 27
    assert index.typed("published:[20241231 TO 20250101]") == []


def test_it_sorts_by_date(index: Opened) -> None:
    oldest = index.found(wq.Term("title", "super"), sortedby="published")
    assert oldest == SUPER_RESOLUTION
    assert index.found(wq.Term("title", "super"), sortedby="published", reverse=True) == oldest[::-1]


def test_it_sorts_by_a_facet_of_dates_in_reverse(index: Opened) -> None:
    newest = FieldFacet("published", reverse=True)
    assert index.found(wq.Term("title", "super"), sortedby=newest) == SUPER_RESOLUTION[::-1]


def test_it_groups_by_category(index: Opened) -> None:
    facet = FieldFacet("category", allow_overlap=True)
    groups = index.searcher.search(wq.Term("title", "super"), limit=None, groupedby={"category": facet}).groups()
    assert {value: len(documents) for value, documents in groups.items()} == {
        "cs.CV": 6, "eess.IV": 5, "physics.med-ph": 2, "cs.AI": 1, "cs.LG": 1,
    }  # fmt: skip


def test_it_highlights_what_it_found(index: Opened) -> None:
    (hit,) = index.searcher.search(wq.Term("title", "superresolut"))
    assert hit.highlights("title", text=hit["title"]).startswith('<b class="match term0">Superresolution</b> of Ground')


def test_it_suggests_words(index: Opened) -> None:
    assert index.searcher.suggest("author", "drozdalsky") == ["drozdalski"]
    assert index.searcher.suggest("title", "segmant") == ["segment"]


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_with_our_weighting_it_gives_our_scores(field: str, index: Opened) -> None:
    with index.whoosh.searcher(weighting=BM25()) as searcher:
        terms = [text.decode() for text in searcher.reader().lexicon(field)]
        for word in terms[:: max(1, len(terms) // 60)]:
            term = wq.Term(field, word, boost=1.5)
            hits = index.engine.search(SearchRequest(term, limit=100)).hits
            ours = {hit.paper.id: hit.score for hit in hits}
            theirs = {hit["id"]: hit.score for hit in searcher.search(term, limit=None)}
            assert (word, theirs) == (word, pytest.approx(ours, abs=1e-4))


# Terms.


def test_all_terms_come_in_order_and_once(index: Opened) -> None:
    terms = list(index.searcher.reader().all_terms())
    assert terms == sorted(set(terms))
    assert len({field for field, _ in terms}) == 16
    assert ("title", b"super") in terms


def test_terms_from_a_word_on_come_in_order(index: Opened) -> None:
    terms = list(index.searcher.reader().terms_from("primary", b"eess"))
    assert [text for field, text in terms if field == "primary"] == [
        b"eess.IV", b"math.NA", b"physics.ao-ph", b"q-bio.QM", b"stat.ML",
    ]  # fmt: skip
    assert terms == [each for each in index.searcher.reader().all_terms() if each >= ("primary", b"eess")]


def test_a_lexicon_is_sorted(one_segment: Opened) -> None:
    assert list(one_segment.searcher.reader().lexicon("archive")) == [
        b"astro-ph", b"cs", b"eess", b"math", b"physics", b"q-bio", b"stat",
    ]  # fmt: skip


def test_a_prefix_expands_to_the_terms_that_begin_with_it(index: Opened) -> None:
    assert list(index.searcher.reader().expand_prefix("title", "segm")) == [b"segment"]


def test_the_facts_on_a_term(one_segment: Opened) -> None:
    info = one_segment.searcher.reader().term_info("title", "super")
    assert (info.weight(), info.doc_frequency(), info.max_weight()) == (6.0, 6, 1.0)
    assert (info.min_length(), info.max_length()) == (10, 13)
    assert (info.min_id(), info.max_id()) == (0, 29)


def test_the_facts_on_a_term_in_several_segments(with_removals: Opened) -> None:
    reader = with_removals.searcher.reader()
    assert (reader.doc_frequency("category", "cs.CV"), reader.frequency("category", "cs.CV")) == (41, 41.0)
    info = reader.term_info("category", "cs.CV")
    assert (info.doc_frequency(), info.min_id(), info.max_id()) == (41, 0, 41)


def test_a_term_that_there_is_not(index: Opened) -> None:
    assert index.searcher.reader().doc_frequency("title", "unheard") == 0
    assert index.found(wq.Term("title", "unheard")) == []


def test_a_cursor_goes_through_the_terms_of_a_field(one_segment: Opened) -> None:
    cursor = one_segment.searcher.reader().cursor("primary")
    assert cursor.first() == "astro-ph.IM"
    assert [cursor.find(b"m"), cursor.next(), cursor.text()] == ["math.NA", "physics.ao-ph", "physics.ao-ph"]
    assert cursor.find(b"zzz") is None
    assert not cursor.is_valid()


def test_the_lengths_of_fields(one_segment: Opened) -> None:
    reader = one_segment.searcher.reader()
    assert reader.doc_field_length(0, "title") == 10
    assert (reader.min_field_length("title"), reader.max_field_length("title")) == (8, 23)
    assert reader.field_length("title") == sum(reader.doc_field_length(each, "title") for each in range(40))


def test_a_searcher_of_plain_whoosh_keeps_to_one_state_until_it_is_refreshed(tmp_path: Path) -> None:
    index = Index("whoosh", tmp_path / "index")
    engine = index.create(paper(1, title="Cats"))
    searcher = open_dir(index.folder).searcher()
    assert searcher.up_to_date()
    engine.write([paper(2, title="Dogs")])
    assert (searcher.up_to_date(), searcher.doc_count()) == (False, 1)
    assert [hit["title"] for hit in searcher.search(wq.Every())] == ["Cats"]
    assert [hit["title"] for hit in searcher.refresh().search(wq.Every())] == ["Cats", "Dogs"]


def test_plain_whoosh_may_not_remove_a_paper(tmp_path: Path) -> None:
    index = Index("whoosh", tmp_path / "index")
    index.create(paper(1, title="Cats"))
    writer = open_dir(index.folder).writer()
    with pytest.raises(IndexingError, match="papers are removed by searcher index"):
        writer.delete_by_term("id", "2401.00001")
    writer.cancel()
    assert open_dir(index.folder).doc_count() == 1
