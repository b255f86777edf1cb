"""arXiv's names: ids, versions, categories, archives."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.paper import OLD_ARCHIVES, Paper, archive_of, canonical_category, id_number, parse_id

PAPER = Paper(
    id="2401.00877",
    version=1,
    title="Improving the Stability of Diffusion Models",
    authors=("Lingchen Sun", "Lei Zhang"),
    categories=("eess.IV", "cs.CV", "cs.LG", "hep-th"),
    classes=(),
    published=datetime(2023, 12, 30, 10, 22, 59, tzinfo=UTC),
    updated=datetime(2023, 12, 30, 10, 22, 59, tzinfo=UTC),
    doi=None,
    journal=None,
    comment=None,
    summary="A summary.",
    pdf="http://arxiv.org/pdf/2401.00877v1",
    url="http://arxiv.org/abs/2401.00877v1",
    listing="cs.CV/2023/12/20231230.md",
)

new_ids = st.from_regex(r"[0-9]{4}\.[0-9]{4,5}|1501\.000[0-2]{1,2}", fullmatch=True)
old_ids = st.builds(
    lambda archive, number: f"{archive}/{number:07}", st.sampled_from(OLD_ARCHIVES), st.integers(0, 9999999)
)
ids = new_ids | old_ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2401.00877", ("2401.00877", None)),
        ("0704.0001", ("0704.0001", None)),
        ("2401.00877v1", ("2401.00877", 1)),
        ("2401.00877v18", ("2401.00877", 18)),
        ("2401.00877V2", ("2401.00877", 2)),
        ("http://arxiv.org/abs/2401.00877v2", ("2401.00877", 2)),
        ("https://arxiv.org/abs/2401.00877", ("2401.00877", None)),
        ("https://www.arxiv.org/abs/2401.00877", ("2401.00877", None)),
        ("http://export.arxiv.org/abs/2401.00877v2", ("2401.00877", 2)),
        ("arxiv.org/abs/2401.00877", ("2401.00877", None)),
        ("https://arxiv.org/pdf/2401.00877v3", ("2401.00877", 3)),
        ("https://arxiv.org/pdf/2401.00877v3.pdf", ("2401.00877", 3)),
        ("https://arxiv.org/html/2401.00877v3", ("2401.00877", 3)),
        ("https://arxiv.org/abs/2401.00877/", ("2401.00877", None)),
        ("arXiv:2401.00877v2", ("2401.00877", 2)),
        ("ARXIV:cs/9810009", ("cs/9810009", None)),
    ],
)
def test_an_id_is_read_bare_with_its_version_and_from_an_address(text: str, expected: tuple[str, int | None]) -> None:
    assert parse_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cs/9810009", ("cs/9810009", None)),
        ("CS/9810009v1", ("cs/9810009", 1)),
        ("cond-mat/0305681v2", ("cond-mat/0305681", 2)),
        ("math-ph/0601001", ("math-ph/0601001", None)),
        ("math/0309136", ("math/0309136", None)),
        ("math.GT/0309136", ("math/0309136", None)),
        ("cs.CV/0305001v2", ("cs/0305001", 2)),
        ("http://arxiv.org/abs/cs/9810009v1", ("cs/9810009", 1)),
        ("http://arxiv.org/pdf/cond-mat/0305681v1.pdf", ("cond-mat/0305681", 1)),
    ],
)
def test_an_old_style_id_keeps_its_slash_and_loses_its_subject(text: str, expected: tuple[str, int | None]) -> None:
    assert parse_id(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "diffusion",
        "2401",
        "2401.",
        "2401.008",
        "2401.008771",
        "240.00877",
        "24010.00877",
        "2401.00877v",
        "2401.00877v0",
        "2401.00877v1234",
        " 2401.00877",
        "2401.00877 ",
        "2401.00877\n",
        "2401.00877, 2401.00878",
        "see 2401.00877",
        "٢٤٠١.٠٠٨٧٧",
        "doi:2401.00877",
        "10.1145/3570991.3570994",
        "9810009",
        "cs/981000",
        "cs/98100090",
        "nonsense/9810009",
        "phyſics/9810009",  # a long s, which is an s to whom case does not matter
        "https://arxiv.org/list/cs.CV/2401.00877",
        "https://example.org/abs/2401.00877",
    ],
)
def test_what_is_not_an_id_and_nothing_but_an_id_is_none(text: str) -> None:
    assert parse_id(text) is None


@given(ids, st.integers(1, 999))
def test_an_id_comes_back_from_every_way_to_write_it(identifier: str, version: int) -> None:
    for form in (identifier, f"arXiv:{identifier}", f"http://arxiv.org/abs/{identifier}"):
        assert parse_id(form) == (identifier, None)
        assert parse_id(f"{form}v{version}") == (identifier, version)


@given(st.lists(ids))
def test_the_numbers_of_ids_order_as_their_strings_do(identifiers: list[str]) -> None:
    assert sorted(identifiers, key=id_number) == sorted(identifiers)


@given(ids, ids)
def test_two_ids_have_one_number_only_if_they_are_one_id(left: str, right: str) -> None:
    assert (id_number(left) == id_number(right)) == (left == right)


@given(ids)
def test_the_number_of_an_id_fits_into_32_bits(identifier: str) -> None:
    assert 0 <= id_number(identifier) < 2**32


def test_ids_of_four_and_five_digits_and_of_every_old_archive_are_in_one_order() -> None:
    in_order = [
        "0704.0001", "0704.9999", "1412.9999", "1501.0001", "1501.00010", "1501.00019", "1501.0002", "9912.99999",
        "acc-phys/9411001", "adap-org/9303001", "alg-geom/9202001", "ao-sci/9503001", "astro-ph/9204001",
        "atom-ph/9509001", "bayes-an/9506001", "chao-dyn/9301001", "chem-ph/9405001", "cmp-lg/9404001",
        "comp-gas/9302001", "cond-mat/9204001", "cs/9301111", "cs/9810009", "dg-ga/9402001", "funct-an/9211001",
        "gr-qc/9207001", "hep-ex/9403001", "hep-lat/9107001", "hep-ph/9203201", "hep-th/9108001", "math-ph/9609001",
        "math/9201239", "mtrl-th/9410001", "nlin/0001001", "nucl-ex/9411001", "nucl-th/9206001", "patt-sol/9302001",
        "physics/9403001", "plasm-ph/9404001", "q-alg/9412001", "q-bio/0309001", "quant-ph/9412001",
        "solv-int/9301001", "supr-con/9506001",
    ]  # fmt: skip
    assert in_order == sorted(in_order)
    numbers = [id_number(identifier) for identifier in in_order]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("identifier", ["", "diffusion", "nonsense/9810009", "cs/x", "2401.x"])
def test_what_is_no_id_has_no_number(identifier: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        id_number(identifier)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cs.CV", "cs.CV"),
        ("CS.cv", "cs.CV"),
        ("math.cv", "math.CV"),
        ("EESS.IV", "eess.IV"),
        ("COND-MAT.MTRL-SCI", "cond-mat.mtrl-sci"),
        ("Physics.Optics", "physics.optics"),
        ("HEP-TH", "hep-th"),
        ("Q-bio", "q-bio"),
        ("cs.ZZ", "cs.ZZ"),
        ("Nonsense", "Nonsense"),
        ("", ""),
    ],
)
def test_a_category_is_spelt_as_arxiv_spells_it_and_an_unknown_one_stays(name: str, expected: str) -> None:
    assert canonical_category(name) == expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.CV", "cs"),
        ("q-bio.NC", "q-bio"),
        ("cond-mat.mtrl-sci", "cond-mat"),
        ("hep-th", "hep-th"),
        ("q-bio", "q-bio"),
    ],
)
def test_the_archive_of_a_category_is_what_stands_before_the_point(category: str, expected: str) -> None:
    assert archive_of(category) == expected


def test_the_primary_category_is_the_first() -> None:
    assert PAPER.primary == "eess.IV"


def test_the_archives_of_a_paper_are_those_of_all_its_categories_each_once() -> None:
    assert PAPER.archives == ("eess", "cs", "hep-th")


def test_a_paper_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PAPER.title = "Another"  # pyright: ignore[reportAttributeAccessIssue]
