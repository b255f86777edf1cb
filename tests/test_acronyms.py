"""Acronyms and what they stand for, as a text defines them: after Schwartz and Hearst (2003), but narrower."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.ranking.acronyms import Acronym, find_acronyms, long_key, short_key


def pairs(text: str) -> list[tuple[str, str]]:
    return [(acronym.short, acronym.long) for acronym in find_acronyms(text)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We train convolutional neural networks (CNN).", "CNN", "convolutional neural networks"),
        ("We use neural radiance fields (NeRF) here.", "NeRF", "neural radiance fields"),
        ("for zero-shot learning (ZSL)", "ZSL", "zero-shot learning"),
        ("with semi-supervised learning (SSL)", "SSL", "semi-supervised learning"),
        ("a region of interest (ROI)", "ROI", "region of interest"),
        ("the mixture of experts (MoE)", "MoE", "mixture of experts"),
        ("the intersection over union (IoU)", "IoU", "intersection over union"),
        ("alternating direction method of multipliers (ADMM)", "ADMM", "alternating direction method of multipliers"),
        ("a multilayer perceptron (MLP)", "MLP", "multilayer perceptron"),
        ("the structural similarity (SSIM)", "SSIM", "structural similarity"),
        ("a Detection Transformer (DETR)", "DETR", "Detection Transformer"),
        ("Contrastive Language-Image Pre-training (CLIP)", "CLIP", "Contrastive Language-Image Pre-training"),
        ("multi-modal large language models (MLLMs)", "MLLMs", "multi-modal large language models"),
        ("A title on classification\nArtificial intelligence (AI)", "AI", "Artificial intelligence"),
        ("signs of Alzheimer's disease (AD)", "AD", "Alzheimer's disease"),
        ("the Fréchet inception distance (FID)", "FID", "Fréchet inception distance"),
        ("a vision–language model (VLM)", "VLM", "vision–language model"),
    ],
)  # fmt: skip
def test_the_words_before_a_short_form_are_what_it_stands_for(text: str, short: str, long: str) -> None:
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("3D Gaussian splatting (3DGS) is fast", "3DGS", "3D Gaussian splatting"),
        ("6 degrees of freedom (6-DoF)", "6-DoF", "6 degrees of freedom"),
        ("text-to-image (T2I) generation", "T2I", "text-to-image"),
        ("plug-and-play (PnP) priors", "PnP", "plug-and-play"),
        ("Plug & Play (PnP) priors", "PnP", "Plug & Play"),
    ],
)
def test_digits_are_letters_and_may_be_spoken(text: str, short: str, long: str) -> None:
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "NeRF (neural radiance fields) is slow",
        "Slow NeRF (neural radiance fields)",
    ],
)
def test_the_long_form_may_stand_in_the_parentheses(text: str) -> None:
    assert pairs(text) == [("NeRF", "neural radiance fields")]


@pytest.mark.parametrize(
    "text",
    [
        "large language models (LLMs)",
        "large language models (LLMs, for short)",
        "large language models (LLMs; see below)",
        '"large language models" (LLMs)',
        "``large language models'' (LLMs)",
        "large language models~(LLMs)",
        "Evaluating\nlarge language models (LLMs)",
        "bigger, large language models (LLMs)",
        "large language models(LLMs)",
    ],
)
def test_what_stands_around_a_definition_does_not_hide_it(text: str) -> None:
    assert pairs(text) == [("LLMs", "large language models")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no parentheses",
        "we evaluate on a large dataset (COCO)",
        "a hepatic lesion (US)",
        "deep learning of a network (DN)",  # "learning of a" is left over
        "non-local attention (LA)",  # would begin inside a word
        "tuberculosis (TB)",  # one word
        "an electroencephalogram (EEG)",
        "deep learning (dl)",
        "deep learning (Dl)",
        "the first item (I)",
        "deep, learning (DL)",
        "deep\nlearning (DL)",
        "a very long acronym thing (AVLATABCDEFGH)",
        "GAN (a generative adversarial network)",  # more than the long form
        "Smith (see the appendix)",
        "SIFT (Lowe 2004)",
        "deep learning (DL",
        "(DL)",
        "of (OF)",
    ],
)
def test_what_the_words_do_not_account_for_is_no_definition(text: str) -> None:
    assert pairs(text) == []


def test_definitions_come_in_order_and_none_twice() -> None:
    text = "deep learning (DL) and machine learning (ML); deep learning (DL) and Deep Learning (DL)"
    assert pairs(text) == [("DL", "deep learning"), ("ML", "machine learning"), ("DL", "Deep Learning")]


def test_an_acronym_tells_its_forms_as_they_are_written() -> None:
    assert find_acronyms("Vision Transformers (ViTs)") == [Acronym(short="ViTs", long="Vision Transformers")]


@pytest.mark.parametrize(
    ("short", "key"),
    [("LLMs", "llm"), ("LLM", "llm"), ("GANs", "gan"), ("6-DoF", "6dof"), ("DoFs", "dof"), ("ResNets", "resnets"),
     ("SfS", "sfs"), ("Ö-Net", "onet"), ("", "")],
)  # fmt: skip
def test_short_forms_are_compared_without_case_hyphens_and_plural(short: str, key: str) -> None:
    assert short_key(short) == key


@pytest.mark.parametrize(
    ("long", "key"),
    [
        ("neural radiance fields", "neural radianc field"),
        ("Neural Radiance Field", "neural radianc field"),
        ("zero-shot learning", "zero shot learn"),
        ("", ""),
    ],
)
def test_long_forms_are_compared_by_their_stems(long: str, key: str) -> None:
    assert long_key(long) == key


FRAGMENTS = st.sampled_from(
    ["(", ")", " ", "-", "–", "\n", ", ", "'", '"', "$^2$", "\\emph{", "}", "İ", "ß", "ﬁ", "a", "and", "to", "of",
     "Deep ", "learning ", "(DL)", "(DL, ", "T2I", "(AAAA)", "NeRF (", "neural-radiance fields", "LLMs", "(İA)"]
)  # fmt: skip
TEXTS = st.text() | st.lists(FRAGMENTS | st.text(max_size=3), max_size=40).map("".join)


@given(TEXTS)
def test_of_any_text_both_forms_stand_in_it(text: str) -> None:
    for acronym in find_acronyms(text):
        assert acronym.short in text
        assert acronym.long in text
        assert short_key(acronym.short)
        assert long_key(acronym.long)


@pytest.mark.parametrize("text", ["a " * 100 + "ab (BAAAAAAAAA)", "a-" * 100 + "ab (BAAAAAAAAA)", "(A" * 100_000])
def test_a_text_with_very_many_ways_to_read_it_is_no_trouble(text: str) -> None:
    assert pairs(text) == []
