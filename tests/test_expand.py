"""Words may be written as the archive writes them: in one word or in two, by an acronym or by what it stands for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pytest
from contract import Index, ids, request
from corpora import Corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import assert_canonical, shown
from vocabularies import Titles

from searcher.app.search import Archive, Selection
from searcher.app.vocabulary import IndexVocabulary
from searcher.config import Config
from searcher.engine import Engine
from searcher.query import parse
from searcher.ranking.expand import expand
from searcher.ranking.vocabulary import Vocabulary

BOOSTS = {"title": 1.0}


def expanded(typed: str, titles: Sequence[str], **boosts: float) -> str:
    """The tree of a query in an archive of these titles."""
    parsed = parse(typed, boosts=boosts or BOOSTS)
    query = expand(parsed.query, parsed.typed, Titles(titles))
    assert_canonical(query)
    return shown(query)


def unweighed(typed: str, titles: Sequence[str], **boosts: float) -> str:
    """The same without boosts."""
    return re.sub(r"\^[\d.]+", "", expanded(typed, titles, **boosts))


# In one word, in two, with a hyphen.


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("superresolution", '(title:superresolut OR title:"super resolut")'),
        ("SuperResolution", '(title:superresolut OR title:"super resolut")'),
        ("super-resolution", '(title:"super resolut" OR title:superresolut)'),
        (
            "super resolution",
            "((title:super OR title:superresolut) AND (title:resolut OR title:superresolut))",
        ),
        ("superresolution images", '((title:superresolut OR title:"super resolut") AND title:imag)'),
        (
            "super resolution -video",
            "((title:super OR title:superresolut) AND (title:resolut OR title:superresolut) AND NOT title:video)",
        ),
        ("resolution super", "(title:resolut AND title:super)"),
        ("images", "title:imag"),
    ],
)
def test_two_words_are_also_looked_for_as_one_and_one_as_two(typed: str, tree: str) -> None:
    assert unweighed(typed, ["Superresolution", "Super-resolution", "Super resolution of images"]) == tree


@pytest.mark.parametrize(
    ("typed", "titles", "tree"),
    [
        ("super-resolution", ["Super-resolution"], 'title:"super resolut"'),
        ("superresolution", ["Superresolution", "Resolution of super images"], "title:superresolut"),
        ("superresolution", ["Superresolution"] * 300 + ["Super-resolution"] * 2, "title:superresolut"),
        ("often", ["Often"] * 60 + ["Of ten"] * 30, "title:often"),
        ("database", ["Database", "Da tabase"], "title:databas"),
        ("", ["Super-resolution"], "nothing"),
        ("*", ["Super-resolution"], "<*>"),
    ],
)
def test_not_if_hardly_a_paper_writes_it_so(typed: str, titles: list[str], tree: str) -> None:
    assert unweighed(typed, titles) == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("6DoF", '(title:6dof OR title:"6 dof")'),
        ("6-DoF", '(title:"6 dof" OR title:6dof)'),
        ("6 DoF", "((title:6 OR title:6dof) AND (title:dof OR title:6dof))"),
        ("YOLO-v8", '(title:"yolo v8" OR title:yolov8)'),
        ("yolo v8", "((title:yolo OR title:yolov8) AND (title:v8 OR title:yolov8))"),
        ("yolo8", '(title:yolo8 OR title:"yolo 8")'),
    ],
)
def test_a_word_is_parted_between_a_letter_and_a_digit_however_short_the_parts(typed: str, tree: str) -> None:
    titles = ["6DoF pose", "6-DoF pose", "YOLOv8 is fast", "YOLO v8 here", "YOLO 8 there"]
    assert unweighed(typed, titles) == tree


@pytest.mark.parametrize(
    ("typed", "titles", "tree"),
    [
        ("xray", ["X-ray"] * 3 + ["Xray"], '(title:xray OR title:"x ray")'),
        ("xray", ["X-ray"] * 3 + ["Xray"] * 3, "title:xray"),
        ("strain", ["Let's train"] * 3 + ["Strain"] + ["Train", "Agent's trainer"] * 30, "title:strain"),
        ("abroad", ["A broad view"] * 3 + ["Abroad"], "title:abroad"),
        ("detectors", ["Detect or"] * 3 + ["Detectors"], "title:detector"),
    ],
)
def test_a_part_of_a_letter_or_two_must_be_usual_and_belong_to_the_other(
    typed: str, titles: list[str], tree: str
) -> None:
    assert unweighed(typed, titles) == tree


def test_a_word_of_most_papers_is_parted_too() -> None:
    titles = ["Multimodal"] * 200 + ["Multi-modal"] * 3
    assert unweighed("multimodal", titles) == '(title:multimod OR title:"multi modal")'


@pytest.mark.parametrize("typed", ["super-resolution", "super resolution", "superresolution", "6 DoF"])
def test_another_way_to_write_a_word_counts_no_more_than_the_word(typed: str) -> None:
    parsed = parse(typed, boosts={"title": 2.0})
    query = expand(parsed.query, parsed.typed, Titles(["Superresolution", "Super-resolution", "6DoF", "6-DoF"] * 2))
    boosts = [leaf.boost for leaf in query.leaves()]
    assert len(boosts) > 1
    assert max(boosts) == 2.0


# Acronyms.

NERF = ["Neural radiance fields (NeRF)"] * 3 + ["NeRF at night"] * 3
GAN = (
    ["Generative adversarial networks (GAN)"] * 3
    + ["Graph attention network (GAN)"] * 2
    + ["Global average nets (GAN)"]
)


@pytest.mark.parametrize(
    ("typed", "titles", "tree"),
    [
        ("nerf", NERF, '(title:nerf OR title:"neural radianc field")'),
        ("NeRFs", NERF, '(title:nerf OR title:"neural radianc field")'),
        ("NeRF night", NERF, '((title:nerf OR title:"neural radianc field") AND title:night)'),
        (
            "neural radiance fields",
            NERF,
            "((title:neural OR title:nerf) AND (title:radianc OR title:nerf) AND (title:field OR title:nerf))",
        ),
        (
            "fast neural radiance field",
            NERF,
            "(title:fast AND (title:neural OR title:nerf) AND (title:radianc OR title:nerf) "
            "AND (title:field OR title:nerf))",
        ),
        ("radiance fields", NERF, "(title:radianc AND title:field)"),
        ("fields radiance neural", NERF, "(title:field AND title:radianc AND title:neural)"),
        ("night -nerf", NERF, "(title:night AND NOT title:nerf)"),
    ],
)
def test_an_acronym_is_also_what_it_stands_for_and_the_other_way_round(
    typed: str, titles: list[str], tree: str
) -> None:
    assert unweighed(typed, titles) == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        (
            "gan",
            '(title:gan OR title:"generat adversari network" OR title:"graph attent network")',
        ),
        (
            "generative adversarial network",
            "((title:generat OR title:gan) AND (title:adversari OR title:gan) AND (title:network OR title:gan))",
        ),
        ("graph attention network", "(title:graph AND title:attent AND title:network)"),
        ("global average nets", "(title:global AND title:averag AND title:net)"),
    ],
)
def test_of_several_long_forms_two_count_by_their_share_and_the_acronym_stands_for_the_first(
    typed: str, tree: str
) -> None:
    assert unweighed(typed, GAN) == tree


@pytest.mark.parametrize(
    ("times", "tree"),
    [(1, "title:ssl"), (2, "title:ssl"), (3, '(title:ssl OR title:"semi supervis learn")')],
)
def test_a_long_form_that_is_defined_once_must_stand_in_three_papers(times: int, tree: str) -> None:
    titles = ["Semi-supervised learning (SSL)"] + ["Semi-supervised learning"] * (times - 1)
    assert unweighed("ssl", titles) == tree


@pytest.mark.parametrize(("others", "is_expanded"), [(38, True), (39, False)])
def test_a_word_that_one_in_twenty_papers_defines_is_an_acronym(others: int, is_expanded: bool) -> None:
    titles = ["Structural similarity (SSIM)"] * 2 + ["By SSIM"] * others
    assert (expanded("ssim", titles) != "title:ssim") is is_expanded


@pytest.mark.parametrize(
    ("typed", "titles", "tree"),
    [
        ("nas", ["NAS: neural architecture search"] * 2, '(title:nas OR title:"neural architectur search")'),
        ("nas", ["NAS: neural architecture search"], "title:nas"),
        ("nas", ["NAS: neural architecture search"] * 2 + ["NAS: new attention spans"], None),
        ("nas", ["NAS: neural architecture search"] * 3 + ["NAS: new attention spans"] * 2, "title:nas"),
        ("nas", ["NAS", "Neural architecture search"] * 2, "title:nas"),
        ("slam", ["SLAM: simultaneous localization and mapping"] * 2, "title:slam"),
        ("transformer", ["Transformer"] * 2, "title:transform"),
    ],
)
def test_an_acronym_that_none_defines_is_told_by_its_initials_in_the_papers_that_hold_it(
    typed: str, titles: list[str], tree: str | None
) -> None:
    assert unweighed(typed, titles) == (tree or '(title:nas OR title:"neural architectur search")')


# Where, and how much.


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("title:nerf", '(title:nerf OR title:"neural radianc field")'),
        ("summary:nerf", '(summary:nerf OR summary:"neural radianc field")'),
        ("nerf", '(title:nerf OR author:nerf OR title:"neural radianc field")'),
        ("nerf^3", '(title:nerf OR author:nerf OR title:"neural radianc field")'),
        ("author:nerf", "author:nerf"),
        ("ner*", "<title:ner...>"),
        ("nerf~", "<title:nerf~1>"),
        ("cat:cs.CV", "<category:cs.CV>"),
    ],
)
def test_what_is_added_stays_in_the_fields_asked_for_and_counts_by_their_boosts(typed: str, tree: str) -> None:
    boosts = {"title": 4.0} if "*" in typed or "~" in typed else {"title": 4.0, "author": 1.0}
    assert unweighed(typed, NERF, **boosts) == tree


@pytest.mark.parametrize("typed", ["nerf OR night", "neural OR radiance OR fields", "neural cat:cs.CV radiance fields"])
def test_words_are_taken_together_only_side_by_side_and_where_all_are_asked_for(typed: str) -> None:
    assert unweighed(typed, NERF) == shown(parse(typed, boosts=BOOSTS).query)


def test_quoted_words_and_any_of_the_words_are_looked_for_as_they_are(examples: Config) -> None:
    library = Archive(examples)
    assert library.search(Selection("super-resolution"), sort="newest").total == 15
    assert library.search(Selection("superresolution"), sort="newest").total == 15
    assert library.search(Selection('"super-resolution"'), sort="newest").total == 14
    assert library.search(Selection("super-resolution", any_word=True), sort="newest").total == 14
    assert library.search(Selection("superresolution", any_word=True), sort="newest").total == 1


# More is found, and nothing less.


@pytest.fixture(scope="module")
def engine(folder_engine: str, example_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    index = Index(folder_engine, tmp_path_factory.mktemp("index"))
    return index.create(*(each.paper for each in example_corpus.documents))


@pytest.fixture(scope="module")
def vocabulary(engine: Engine) -> Vocabulary:
    return IndexVocabulary(engine)


WORDS = st.sampled_from(
    ["super", "resolution", "superresolution", "super-resolution", "gaussian", "splatting", "NeRF", "radiance",
     "fields", "neural", "diffusion", "models", "3D", "3", "D", "the", "MRI", "magnetic", "resonance", "imaging",
     "LDM", "latent", "-image", "title:diffusion", "CT", "computed", "tomography", "x-ray", "xray",
     "data set", "dataset"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(typed=st.lists(WORDS, min_size=1, max_size=5).map(" ".join))
def test_every_paper_that_holds_the_words_as_typed_is_found(typed: str, engine: Engine, vocabulary: Vocabulary) -> None:
    parsed = parse(typed)
    query = expand(parsed.query, parsed.typed, vocabulary)
    assert_canonical(query)
    assert set(ids(engine.search(request(query)))) >= set(ids(engine.search(request(parsed.query))))


def test_what_an_acronym_stands_for_counts_less_than_the_acronym_however_rare_its_words() -> None:
    titles = ["Neural radiance fields (NeRF)", "NeRF at night", "NeRF by day", *["Owls"] * 20]
    parsed = parse("nerf", boosts={"title": 1.0})
    _, long = expand(parsed.query, parsed.typed, Titles(titles * 2)).subqueries
    idf = {holders: math.log(1 + (46 - holders + 0.5) / (holders + 0.5)) for holders in (2, 6)}
    assert long.boost == pytest.approx(0.7 * idf[6] / (3 * idf[2]))
