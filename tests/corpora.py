"""Papers to ask about, and the 200 questions: the examples, and some days of the real archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from oracle import Document, Question
from questions import Inquirer

from searcher.listing import read_listing
from searcher.paper import Paper

KINDS = tuple(Inquirer((), 0).kinds)
DAYS = (  # of the archive's folder cs.CV: 2,000 papers
    "2003/07/20030720", "2004/12/20041217", "2010/04/20100401", "2012/06/20120618", "2013/12/20131220",
    "2015/11/20151119", "2016/02/20160218", "2017/11/20171117", "2018/11/20181119", "2019/11/20191118",
    "2020/11/20201130", "2021/03/20210330", "2022/03/20220329", "2023/03/20230330", "2023/11/20231130",
    "2023/12/20231219", "2024/03/20240318", "2024/11/20241125", "2025/03/20250310", "2025/03/20250311",
    "2025/05/20250527", "2025/12/20251218",
)  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """The papers of a folder of listings, what to ask about them, and what a scan answers."""

    listings: Path
    documents: Sequence[Document] = field(repr=False)
    questions: dict[str, list[Question]] = field(repr=False)  # by kind
    _found: dict[Question, set[str]] = field(default_factory=dict, repr=False)

    def expected(self, question: Question) -> set[str]:
        """The ids of the papers that a scan finds."""
        if question not in self._found:
            self._found[question] = {each.paper.id for each in self.documents if question.finds(each)}
        return self._found[question]

    def oldest_first(self, question: Question) -> list[Paper]:
        """What a scan finds in the order of dates, those of one moment in the order of their ids."""
        expected = self.expected(question)
        papers = (each.paper for each in self.documents if each.paper.id in expected)
        return sorted(papers, key=lambda paper: (paper.published, paper.id))

    def newest_first(self, question: Question) -> list[Paper]:
        """The same, with the dates backwards."""
        by_id = sorted(self.oldest_first(question), key=lambda paper: paper.id)
        return sorted(by_id, key=lambda paper: paper.published, reverse=True)

    def counts(self, question: Question, facet: str) -> list[tuple[str, int]]:
        """A facet: the most frequent value first, of years and months the newest."""
        expected = self.expected(replace(question, filters=question.filters.ignored_by(facet)))
        found = (each for each in self.documents if each.paper.id in expected)
        counted = Counter(value for each in found for value in each.values(facet))
        if facet in ("year", "month"):
            return sorted(counted.items(), reverse=True)
        return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def read_corpus(listings: Path) -> Corpus:
    """The papers of all listings below a folder, each in its newest version, and 200 questions."""
    newest: dict[str, Paper] = {}
    for path in sorted(listings.rglob("*.md")):
        for paper in read_listing(path, path.name):
            assert isinstance(paper, Paper), paper
            if paper.id not in newest or paper.version > newest[paper.id].version:
                newest[paper.id] = paper
    documents = [Document(paper) for paper in newest.values()]
    return Corpus(listings, documents, Inquirer(documents, seed=20231230).ask(200))
