"""Folding: TeX as what it means, Greek letters by name, and where each word came from."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.folding import normalize, normalize_traced
from searcher.schema import author_text, word_spans, words

TEX = st.lists(
    st.sampled_from(
        [
            "Ab", "cat", "x", "2", " ", "\n", "-", "$", "{", "}", "_", "^", "\\", "\\\\", "\\%", "\\alpha",
            "\\textbf", "\\'", "\\H", "\\c", "\\o", "\\em", "\\times", "\\foo", "\\cite", "\\unicode{x2010}", "\\color",
            "π", "∞", "é", "\u0301",
        ]
    )
).map("".join)  # fmt: skip
ANY = st.text() | TEX


def as_words(text: str) -> str:
    return " ".join(words(text))


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"Erd\H{o}s Erd\H os", "Erdős Erdős"),
        (r"M\"uller M\"{u}ller M{\"u}ller", "Müller Müller Müller"),
        (r"Fr\'echet R\'{e}nyi Lo\`eve", "Fréchet Rényi Loève"),
        (r"fa\c{c}ade Timi\c{s}oara Ha\v{c}ek Ciuc\u{a}", "façade Timișoara Haček Ciucă"),
        (r"identifica\c{c}\~ao k\={a}k\={a}", "identificação kākā"),
        (r"na\"{\i}ve na{\i}ve na\"\i ve", "naïve naıve naïve"),
        (r"Troms{\o} Bj\o ntegaard {\L}ojasiewicz", "Tromsø Bjøntegaard Łojasiewicz"),
        (r"B{\ae}rum Breu{\ss} \r{A}ngstr\"{o}m 3{\AA}", "Bærum Breuß Ångström 3Å"),
        ("Jos$é$ Koš{č}ević Ya{ğ}mur", "José Koščević Yağmur"),
        (r"sub-\b{eta} \r{ho} \c{opyright} 2020", "sub-β ρ copyright 2020"),
    ],
)
def test_an_accent_written_in_tex_gives_the_word_of_the_letter(tex: str, plain: str) -> None:
    assert as_words(tex) == as_words(plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S$^2$-FPN S²-FPN", "s2 fpn s2 fpn"),
        (r"R$^2$Gaussian R\textsuperscript{2}Gaussian R²Gaussian", "r2gaussian r2gaussian r2gaussian"),
        (r"$L_2$ $L_{2}$ L$_2$ L₂ $\ell_2$", "l2 l2 l2 l2 l2"),
        (r"$\mathcal{O}(L^2)$ and O($n\log n$)", "o l2 and o n log n"),
        ("$VILA^2$ AP$_{50}$ 2$^{nd}$ $^{18}$F-FDG", "vila2 ap50 2nd 18f fdg"),
        (r"FD$_\text{DINOv2}$ $\mathrm{SAM^{Med}}$ $U_{wind}$", "fd dinov2 sam med u wind"),
        (r"$\textrm{A}^{\textrm{2}}$RNet $\bf{D^3}$QE PCM$^{\rm 3}$", "a2rnet d3qe pcm3"),
        ("$1024^2$ 10$^6$ PASCAL-5$^i$", "1024 2 10 6 pascal 5i"),
        ("$10^{-3}$ $k$NN $k$-means", "10 3 knn k means"),
        (r"$L_\infty$ $\infty$-Brush ∞-Brush", "l infinity infinity brush infinity brush"),
        (r"360{\deg} 360$^\circ$ 10$\times$ faster $\sim$3 \% \& \_", "360 360 10 faster 3"),
        (r"MRI$\unicode{x2013}$based", "mri based"),
    ],
)
def test_a_formula_is_the_words_people_type(text: str, expected: str) -> None:
    assert as_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\textbf{S}egment \emph{any} {\em thing} \texttt{NePhi}", "segment any thing nephi"),
        (r"\unknown{Foo} $\unknown{x}$ $\unknown y$", "foo x y"),
        (r"our \method's score, \ie, \ours{}", "our method s score ie ours"),
        (r"\textcolor{red}{Foo} {\color{blue}B}ar", "foo bar"),
        (r"at \url{http://a.org/b_c} code\footnote{Here}", "at http a org b c code here"),
        (r"\href{http://x.y}{there}", "http x y there"),
        (r"Net\cite{he2016deep} and \citep[p. 3]{x}", "net and"),
        (r"Parkinson\'s Parkinson's Parkinson’s", "parkinson s parkinson s parkinson s"),
    ],
)  # fmt: skip
def test_a_command_leaves_its_argument(text: str, expected: str) -> None:
    assert as_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Just Add $100 More_x", "just add 100 more x"),
        ("costs $5 and $10 of x_1", "costs 5 and 10 of x 1"),
        ("the}Bouligand {open", "the bouligand open"),
        ("{https://a.b}{https://a.c}", "https a b https a c"),
        (r"a\\b\ c \ d\(x\)", "a b c d x"),
        (r"St\ütz \3", "st utz 3"),
        ("\\", ""),
        ("$$ {", ""),
    ],
)
def test_what_is_tex_only_in_part_loses_no_word(text: str, expected: str) -> None:
    assert as_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"α-GAN $α$-GAN $\alpha$-GAN {\alpha}-GAN alpha-GAN", " ".join(["alpha gan"] * 5)),
        ("ε-greedy ϵ-greedy $\\varepsilon$-greedy", "epsilon greedy epsilon greedy epsilon greedy"),
        ("$α$Surf μCT Hα DεpS 2π", "alpha surf mu ct h alpha d epsilon ps 2 pi"),
        (r"5μm 5µm 5$\mu$m $5\,\mu m$", "5 mu m 5 mu m 5 mu m 5 mu m"),
        (r"π0 π₀ $π_0$ $\pi_0$ pi0 $\pi_t$", "pi0 pi0 pi0 pi0 pi0 pi t"),
        (r"$\alpha\beta$", "alpha beta"),
        ("λόγος αβ", "λογοσ αβ"),
    ],
)
def test_a_greek_letter_alone_is_its_name_and_more_of_them_are_a_word(text: str, expected: str) -> None:
    assert as_words(text) == expected


@pytest.mark.parametrize("dash", list("-‐‑‒–—−"))
def test_every_dash_parts_words(dash: str) -> None:
    assert words(f"T1{dash}weighted") == ["t1", "weighted"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"of Erd\H{o}s and", {1: r"Erd\H{o}s"}),
        (r"M\"{u}ller", {0: r"M\"{u}ller"}),
        (r"a $\beta$-VAE", {1: r"\beta", 2: "VAE"}),
        (r"an $L_2$ norm", {1: "L_2"}),
        (r"\emph{cat} dog", {0: "cat", 1: "dog"}),
        ("é $α$Surf", {1: "α", 2: "Surf"}),
    ],
)
def test_a_word_stands_where_its_tex_stands(text: str, expected: dict[int, str]) -> None:
    spans = word_spans(text, list(expected))
    assert [text[start:end] for start, end in spans] == list(expected.values())


@given(ANY)
def test_what_is_normalized_stays_as_it_is(text: str) -> None:
    assert words(normalize(text)) == words(text)
    assert not set(normalize(text)) & set("\\$")


@given(ANY)
def test_a_traced_text_is_the_normalized_one(text: str) -> None:
    normal, starts, ends = normalize_traced(text)
    assert normal == normalize(text)
    assert len(starts) == len(ends) == len(normal)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert (list(starts), list(ends)) == (sorted(starts), sorted(ends))


@given(ANY.filter(str.isascii))
def test_letters_outside_of_commands_stay(text: str) -> None:
    command = r"\\(cite[a-z]*|color|textcolor|unicode)\*? ?(\[[^]]*\])?\{[^{}]*\}|\\[A-Za-z]+|\\."
    runs = re.findall("[A-Za-z]+", re.sub(command, " ", text))
    normal, last = normalize(text), 0
    for run in runs:
        last = normal.index(run.lower(), last) + len(run)


@given(st.lists(ANY.filter(lambda name: "\n" not in name)))
def test_tex_does_not_reach_from_one_author_into_the_next(names: list[str]) -> None:
    lines = normalize(author_text(tuple(names))).split("\n")
    assert list(map(words, lines)) == [words(name) for name in names or [""]]


@given(st.text(st.characters(max_codepoint=127, exclude_characters="\\${")))
def test_text_without_tex_is_lower_cased_and_nothing_else(text: str) -> None:
    assert normalize(text) == text.lower()
