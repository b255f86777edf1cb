"""Who is meant by a name: the names that listings write for the person that a user typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.ranking.names import Name, candidate_words, parse_name, same_people, same_person
from searcher.ranking.spelling import spellings, sure_spellings


def name(typed: str) -> Name:
    found = parse_name(typed)
    assert found is not None
    return found


def parts(typed: str) -> tuple[str, str]:
    """The given names and the surname, as typed first."""
    found = name(typed)
    return " ".join(word[0] for word in found.given), " ".join(word[0] for word in found.surname)


@pytest.mark.parametrize(
    ("typed", "given", "surname"),
    [
        ("Jane Doe", "jane", "doe"),
        ("Jane Q. Doe", "jane q", "doe"),
        ("Doe, Jane", "jane", "doe"),
        ("Doe, J. Q.", "j q", "doe"),
        ("Doe,J", "j", "doe"),
        ("J Q Doe", "j q", "doe"),
        ("JQ Doe", "j q", "doe"),
        ("Doe, JQ", "j q", "doe"),
        ("J.-P. Doe", "j p", "doe"),
        ("C. -B. Doe", "c b", "doe"),
        ("Doe", "", "doe"),
        ("Doe,", "", "doe"),
        (", Doe", "", "doe"),
        ("WEI WANG", "wei", "wang"),
        ("van der Maaten", "", "van der maaten"),
        ("Laurens van der Maaten", "laurens", "van der maaten"),
        ("van der Maaten, L.", "l", "van der maaten"),
        ("Garcia Molina, Hector", "hector", "garcia molina"),
        ("Hector Garcia Molina", "hector garcia", "molina"),
        ("Hector Garcia-Molina", "hector", "garcia molina"),
        ("Bin Wang", "bin", "wang"),
        ("Zhi-Bin Liu", "zhi bin", "liu"),
        ("Jürgen Müller", "jurgen", "muller"),
        ("Doe, Jr., Jane", "jane", "doe"),
        ("Doe, Jane, Jr.", "jane", "doe"),
        ("Jane Doe Jr", "jane", "doe"),
        ("Jane Doe-Jr.", "jane", "doe"),
        ("Jane Doe III", "jane", "doe"),
        ("Jane Doe, Ph. D.", "jane", "doe"),
    ],
)
def test_a_typed_name_is_taken_apart(typed: str, given: str, surname: str) -> None:
    assert parts(typed) == (given, surname)


@pytest.mark.parametrize("typed", ["", "  ", ",", "., -"])
def test_without_a_word_there_is_no_name(typed: str) -> None:
    assert parse_name(typed) is None


SAME = [
    ("Jane Doe", "Jane Doe"),
    ("Jane Doe", "jane doe"),
    ("Jane Doe", "Jane Q. Doe"),
    ("Jane Doe", "J. Doe"),
    ("Jane Doe", "J. Q. Doe"),
    ("Jane Doe", "Jane Mary Doe"),
    ("Jane Doe", "Jane Doe Jr"),
    ("Jane Doe", "Jane Doe, M. D."),
    ("Jane Q. Doe", "Jane Doe"),
    ("Jane Q. Doe", "Jane Quincy Doe"),
    ("Jane Q. R. Doe", "Jane R. Doe"),
    ("Doe, J.", "Jane Q. Doe"),
    ("J. Q. Doe", "Jane Quincy Doe"),
    # A surname alone
    ("Doe", "Jane Doe"),
    ("Doe", "Doe Jane"),
    ("Maaten", "Laurens van der Maaten"),
    ("van der Maaten", "Laurens van der Maaten"),
    ("Van Gool", "Luc Van Gool"),
    # Surnames of several words
    ("L. van der Maaten", "Laurens van der Maaten"),
    ("van der Maaten, L.", "Laurens J. P. van der Maaten"),
    ("Laurens Maaten", "Laurens van der Maaten"),
    ("Hector Garcia Molina", "Hector Garcia-Molina"),
    ("Garcia Molina, Hector", "H. Garcia-Molina"),
    ("Garcia Molina", "Hector Garcia Molina"),
    ("Hector Molina", "Hector Garcia Molina"),
    # As it stands
    ("Wang Wei", "Wang Wei"),
    ("Li Fei-Fei", "Li Fei-Fei"),
    ("Weinan E", "Weinan E"),
    # Two names in one
    ("Jean-Pierre Doe", "Jean Pierre Doe"),
    ("Jean-Pierre Doe", "Jeanpierre Doe"),
    ("Jean-Pierre Doe", "J.-P. Doe"),
    ("Jean-Pierre Doe", "J. -P. Doe"),
    ("Jean-Pierre Doe", "J.P. Doe"),
    ("Jean-Pierre Doe", "J. P. Doe"),
    ("Jean-Pierre Doe", "JP Doe"),
    ("Jean-Pierre Doe", "Jean-P. Doe"),
    ("Jean-Pierre Doe", "J. Doe"),
    ("JP Doe", "Jean-Pierre Doe"),
    ("JP Doe", "JP Doe"),
    ("Minghsuan Yang", "Ming-Hsuan Yang"),
    ("Minghsuan Yang", "Ming Hsuan Yang"),
    # Letters
    ("Müller", "Jürgen Müller"),
    ("Jürgen Müller", "Juergen Mueller"),
    ("Jürgen Müller", "Jurgen Muller"),
    ("Juergen Mueller", "Jürgen Müller"),
    ("Jurgen Muller", "Juergen Mueller"),
    ("Jörg Doe", "Joerg Doe"),
    ("Joerg Doe", "Jörg Doe"),
    ("Paul Jaeger", "Paul Ja\u0308ger"),
    ("Anna Soerensen", "Anna Sørensen"),
    ("Anna Ångström", "Anna Aangstroem"),
    ("Novak Djokovic", "Novak Đoković"),
]
OTHERS = [
    ("Jane Doe", "John Doe"),
    ("Jane Doe", "Jane Smith"),
    ("Jane Doe", "Doe Jane"),
    ("Jane Doe", "Doe"),
    ("Jane Doe", "Jane Doering"),
    ("Jane Doe", "Jan Doe"),
    ("Jane Doe", "Q. Jane"),
    ("Jane Q. Doe", "Jane R. Doe"),
    ("J. Q. Doe", "Jane R. Doe"),
    ("Doe, J.", "Mary Doe"),
    ("Doe", "Jane Doering"),
    ("Luc Van Gool", "Luc Gool"),
    # These are two names: in the archive, few of such pairs share a co-author
    ("Hector Garcia", "Hector Garcia Molina"),
    ("Garcia Molina, Hector", "Hector Molina"),
    ("Yu Zhang", "Yu-Ming Zhang"),
    ("Yu-Ming Zhang", "Yu Zhang"),
    ("Yu Zhang", "Y.-M. Zhang"),
    ("Wei Wang", "Jian-Wei Wang"),
    ("Wang, Wei", "Jian Wei Wang"),
    ("Xiang Tang", "Xu Tang"),
    ("Xiang U. Tang", "Xu Tang"),
    # Letters
    ("Wei Xu", "Wei Xue"),
    ("Lei Yu", "Lei Yue"),
    ("Wei Lu", "Wei Lue"),
    ("Jae Kim", "Ja Kim"),
    ("Xinyu Peng", "Xinyue Peng"),
    ("Dahyun Kim", "Daehyun Kim"),
    ("Youngjun Cho", "Youngjun Choe"),
    ("Stefan Bauer", "Stefan Baur"),
    ("Aaditya Singh", "Aditya Singh"),
    ("Michael Geyer", "Michal Geyer"),
]


@pytest.mark.parametrize(("typed", "listed"), SAME)
def test_a_listed_name_may_mean_the_typed_one(typed: str, listed: str) -> None:
    assert same_person(name(typed), listed)


@pytest.mark.parametrize(("typed", "listed"), OTHERS)
def test_a_listed_name_means_somebody_else(typed: str, listed: str) -> None:
    assert not same_person(name(typed), listed)


def test_people_come_in_the_order_they_are_listed() -> None:
    assert same_people(name("Jane Doe"), ["J. Doe", "John Doe", "Jane Doe", "Jane Q. Doe"]) == [
        "J. Doe",
        "Jane Doe",
        "Jane Q. Doe",
    ]


def test_a_name_with_its_umlaut_proves_that_both_spellings_are_one() -> None:
    assert same_people(name("Paul Jaeger"), ["Paul Jager", "Paul Jaeger"]) == ["Paul Jaeger"]
    assert same_people(name("Paul Jaeger"), ["Paul Jager", "P. Jäger"]) == ["Paul Jager", "P. Jäger"]
    assert same_people(name("Paul Jager"), ["Paul Jaeger", "Paul Jäger"]) == ["Paul Jaeger", "Paul Jäger"]


def test_an_umlaut_in_a_short_word_or_of_somebody_else_proves_nothing() -> None:
    assert same_people(name("Loew"), ["Murray Loew", "Adrian Low", "Jonas Löw"]) == ["Murray Loew", "Jonas Löw"]
    assert same_people(name("Paul Jaeger"), ["Paul Jager", "Anna Jäger"]) == []


def test_a_given_name_that_is_listed_in_full_is_no_part_of_a_surname() -> None:
    assert same_people(name("Wei Wang"), ["Jian Wei Wang", "W. Wang"]) == ["Jian Wei Wang", "W. Wang"]
    assert same_people(name("Wei Wang"), ["Jian Wei Wang", "W. Wang", "Wei Wang"]) == ["W. Wang", "Wei Wang"]


@pytest.mark.parametrize(
    ("typed", "groups"),
    [
        ("Doe", [["doe"]]),
        ("Wang, W.", [["wang"], ["w*"]]),
        ("Wei Wang", [["wang"], ["wei", "w", "we i", "w ei"]]),
        ("Ming-Hsuan Yang", [["yang"], ["ming hsuan", "ming h", "minghsuan", "m", "mh"]]),
        ("van der Maaten", [["van"], ["der"], ["maaten"]]),
        ("Anna Jäger", [["jager", "jaeger"], ["anna", "a"]]),
        ("Anna Jaeger", [["jager", "jaeger"], ["anna", "a"]]),
    ],
)
def test_papers_of_a_person_hold_one_word_of_every_group(typed: str, groups: list[list[str]]) -> None:
    found = candidate_words(name(typed))
    assert len(found) == len(groups)
    for words, expected in zip(found, groups, strict=True):
        assert set(expected) <= set(words)


@pytest.mark.parametrize(("typed", "listed"), SAME)
def test_a_name_that_matches_holds_a_word_of_every_group(typed: str, listed: str) -> None:
    held = " " + " ".join(word[0] for part in [name(f"Zz, {listed.partition(',')[0]}").given] for word in part) + " "
    for group in candidate_words(name(typed)):
        assert any(f" {each.removesuffix('*')}" + ("" if each.endswith("*") else " ") in held for each in group)


@pytest.mark.parametrize(
    ("word", "among", "sure"),
    [
        ("muller", ["mueller"], ["mueller"]),
        ("mueller", ["muller"], ["muller"]),
        ("jager", ["jaeger"], []),
        ("schauble", ["schaeuble"], []),
        ("vaelimaeki", ["valimaki"], []),
        ("djokovic", ["dokovic"], []),
    ],
)
def test_words_have_other_spellings(word: str, among: list[str], sure: list[str]) -> None:
    assert spellings(word)[0] == word
    assert set(among) <= set(spellings(word))
    assert set(sure) <= set(sure_spellings(word))
    assert not (set(among) - set(sure)) & set(sure_spellings(word))


@pytest.mark.parametrize(("word", "other"), [("xue", "xu"), ("yuexin", "yuxin"), ("bauer", "baur"), ("lue", "lu")])
def test_these_are_no_spellings_of_one_word(word: str, other: str) -> None:
    assert other not in spellings(word)
    assert word not in spellings(other)


def test_a_word_has_at_most_eight_spellings() -> None:
    assert len(spellings("aabbaaccooddoollmuunn" * 3)) == 8


WORD = st.text("abcdejmqrüöøåđéИ", min_size=1, max_size=9)
TYPED = st.lists(
    WORD | st.sampled_from(["J.", "Q.", "van", "der", "de", "JP", "Jean-Pierre", "Jr.", "III"]), min_size=1
)


@given(TYPED.map(" ".join))
def test_a_name_matches_itself_as_listed(listed: str) -> None:
    typed = parse_name(listed)
    assert typed is not None
    assert same_person(typed, listed)
    assert same_people(typed, [listed]) == [listed]


@given(st.text(), st.lists(st.text()))
def test_nothing_typed_or_listed_is_too_strange(text: str, listed: list[str]) -> None:
    typed = parse_name(text)
    if typed is not None:
        assert set(same_people(typed, listed)) <= set(listed)
        assert all(all(group) for group in candidate_words(typed))
