"""The query language: what was typed, and the tree that engines get."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from trees import assert_canonical, shown
from whoosh import query as wq

from searcher.app.search import Archive, Selection
from searcher.config import Config
from searcher.errors import QueryError
from searcher.query import parse, restrict


def read(text: str, *, any_word: bool = False) -> str:
    """The tree of a query without warnings, where words are looked for in titles only."""
    parsed = parse(text, any_word=any_word, boosts={"title": 1.0})
    assert parsed.warnings == ()
    return shown(parsed.query)


any_of = partial(read, any_word=True)


def warnings(text: str) -> list[str]:
    return list(parse(text).warnings)


# Words.


def test_a_word_is_looked_for_in_four_fields_each_with_its_boost() -> None:
    found = shown(parse("Networks").query)
    assert found == "(title:network^2 OR summary:network OR author:networks OR comment:network^0.3)"


def test_the_fields_and_boosts_of_config_are_followed() -> None:
    boosts = {"summary": 3.0, "author": 0.5}
    assert shown(parse("networks", boosts=boosts).query) == "(summary:network^3 OR author:networks^0.5)"
    assert shown(parse("summary:networks", boosts=boosts).query) == "summary:network^3"
    assert shown(parse("title:networks", boosts=boosts).query) == "title:network"
    assert shown(parse("a b", boosts={"title": 1.0}).query) == "(title:a AND title:b)"
    assert shown(parse('"neural networks"^2', boosts=boosts).query) == (
        '(summary:"neural network"^6 OR author:"neural networks")'
    )
    assert shown(parse('summary:"neural networks"^2', boosts=boosts).query) == 'summary:"neural network"^6'
    assert shown(parse('title:"neural networks"^2', boosts=boosts).query) == 'title:"neural network"^2'


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("diffusion", "title:diffus"),
        ("Märkisch", "title:markisch"),
        ("diffusion models", "(title:diffus AND title:model)"),
        ("diffusion, models; (3D)!", "(title:diffus AND title:model AND title:3d)"),
        ('"diffusion models"', 'title:"diffus model"'),
        ('"Diffusion"', "title:diffus"),
        ("super-resolution", 'title:"super resolut"'),
        ("image super-resolution", '(title:imag AND title:"super resolut")'),
        ('a "b c" d', '(title:a AND title:"b c" AND title:d)'),
        ('"b c', "(title:b AND title:c)"),
        ("http://x.org", 'title:"http x org"'),
        ("arXiv:neural", 'title:"arxiv neural"'),
        ("what is attention?", "(title:what AND title:is AND title:attent)"),
        ("attention??", "title:attent"),
        ("C++ a&b c/d", '(title:c AND title:"a b" AND title:"c d")'),
        ("https://example.org/x", 'title:"https exampl org x"'),
        ("0<p<=1", 'title:"0 p 1"'),
        (r"$\ell_0$", "title:l0"),
    ],
)
def test_words_and_phrases(typed: str, tree: str) -> None:
    assert read(typed) == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("image/video", "(title:imag OR title:video)"),
        (r"image\video|text", "(title:imag OR title:video OR title:text)"),
        ("image/video^2", "(title:imag^2 OR title:video^2)"),
        ("abs:Image/Video", "(summary:imag OR summary:video)"),
        ("au:Image/Video", "(author:image OR author:video)"),
        ("cat:cs.CV/cs.LG", "<category:cs.CV/cs.LG>"),
        ("w/o", 'title:"w o"'),
        ("1/2", 'title:"1 2"'),
    ],
)
def test_of_words_with_a_slash_between_them_either_will_do(typed: str, tree: str) -> None:
    assert read(typed) == tree


def test_what_was_typed_stays_known_behind_the_stems_and_names() -> None:
    parsed = parse('Networks au:Liu au:"Yang Liu" au:image/video au:[a TO b] comment:page au:wu* au:wang~ cat:cs.CV')
    assert parsed.typed == {"network": "networks", "page": "page"}
    assert parsed.names == {
        ("author", ("liu",)): "Liu",
        ("author", ("yang", "liu")): "Yang Liu",
        ("author", ("image",)): "image",
        ("author", ("video",)): "video",
        ("author", ("a", "to", "b")): "a to b",
    }


# Operators.


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("a AND b", "(title:a AND title:b)"),
        ("a OR b", "(title:a OR title:b)"),
        ("a b OR c", "(title:a AND (title:b OR title:c))"),
        ("a AND b OR c", "((title:a AND title:b) OR title:c)"),
        ("a OR b AND c", "(title:a OR (title:b AND title:c))"),
        ("(a OR b) c", "((title:a OR title:b) AND title:c)"),
        ("a (b (c OR d))", "(title:a AND title:b AND (title:c OR title:d))"),
        ("(a b) OR (c d)", "((title:a AND title:b) OR (title:c AND title:d))"),
        ("((a)", "title:a"),
        ("a) b", "(title:a AND title:b)"),
        ("a NOT b", "(title:a AND NOT title:b)"),
        ("a AND NOT b", "(title:a AND NOT title:b)"),
        ("a -b", "(title:a AND NOT title:b)"),
        ("a −b", "(title:a AND NOT title:b)"),
        ('a -"b c"', '(title:a AND NOT title:"b c")'),
        ("a -(b OR c)", "(title:a AND NOT (title:b OR title:c))"),
        ("a OR -b", "(title:a OR (<*> AND NOT title:b))"),
        ("-b", "(<*> AND NOT title:b)"),
        ("NOT b NOT c", "(<*> AND NOT title:b AND NOT title:c)"),
        ("NOT (NOT b)", "title:b"),
        ("+a b", "(title:a AND title:b)"),
        ("a - b + c", "(title:a AND title:b AND title:c)"),
        ("and or not", "(title:and AND title:or AND title:not)"),
        ("(a ANDNOT b)", "(title:a AND title:andnot AND title:b)"),
        ("(a ANDMAYBE b)", "(title:a AND title:andmayb AND title:b)"),
        ("(a REQUIRE b)", "(title:a AND title:requir AND title:b)"),
        ("ANDROID NOTES", "(title:android AND title:note)"),
        ("a AND", "(title:a AND title:and)"),
        ("OR b", "(title:or AND title:b)"),
    ],
)
def test_operators(typed: str, tree: str) -> None:
    assert read(typed) == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("a", "title:a"),
        ("a b", "(title:a OR title:b)"),
        ('a "b c"', '(title:a OR title:"b c")'),
        ("a AND b", "(title:a AND title:b)"),
        ("+a b", "(title:a MAYBE title:b)"),
        ("+a b c", "(title:a MAYBE (title:b OR title:c))"),
        ("+a +b", "(title:a AND title:b)"),
        ("+a b -c", "((title:a MAYBE title:b) AND NOT title:c)"),
        ("a b -c", "((title:a OR title:b) AND NOT title:c)"),
        ("-c", "(<*> AND NOT title:c)"),
        ("a () !!", "title:a"),
        ("(a b)^2", "(title:a^2 OR title:b^2)"),
        ("(+a +b c)^2", "((title:a^2 AND title:b^2) MAYBE title:c^2)"),
        ("((+a b) c)^2", "((title:a^2 MAYBE title:b^2) OR title:c^2)"),
    ],
)
def test_any_of_the_words_will_do_unless_plus_or_minus_say_otherwise(typed: str, tree: str) -> None:
    assert any_of(typed) == tree


@pytest.mark.parametrize(("any_word", "tree"), [(False, "(title:a AND title:b)"), (True, "(title:a OR title:b)")])
def test_operators_that_make_no_sense_are_told_and_the_words_searched_for(any_word: bool, tree: str) -> None:
    parsed = parse("NOT NOT a b", any_word=any_word, boosts={"title": 1.0})
    assert shown(parsed.query) == tree
    assert parsed.warnings == ("the operators in the query could not be understood; it was searched for its words",)


@pytest.mark.parametrize(
    ("typed", "any_word", "is_plain"),
    [("a b", False, True), ("a b", True, False), ('"a b"', False, False), ("a OR b", False, False)],
)
def test_a_query_of_words_alone_is_plain(typed: str, any_word: bool, is_plain: bool) -> None:
    assert parse(typed, any_word=any_word).is_plain == is_plain


# Fields.


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("title:networks", "title:network"),
        ("ti:networks", "title:network"),
        ("TITLE:networks", "title:network"),
        ("summary:networks", "summary:network"),
        ("abs:networks", "summary:network"),
        ("abstract:networks", "summary:network"),
        ("author:Networks", "author:networks"),
        ("au:liu", "author:liu"),
        ('au:"Yang Liu"', 'author:"yang liu"'),
        ("^Liu", "first_author:liu"),
        ('(au:^"Yang Liu")', 'first_author:"yang liu"'),
        ("comment:pages", "comment:page"),
        ("co:pages", "comment:page"),
        ("journal:imaging", "journal:imag"),
        ("jr:imaging", "journal:imag"),
        ("class:68T45", "classes:68t45"),
        ("class:I.2.10", 'classes:"i 2 10"'),
        ("abs:(a b)", "(summary:a AND summary:b)"),
        ("abs:(a OR au:b)", "(summary:a OR author:b)"),
        ("a -abs:b", "(title:a AND NOT summary:b)"),
        ("cat:cs.CV", "<category:cs.CV>"),
        ("cat:CS.cv", "<category:cs.CV>"),
        ('category:"cs.CV"', "<category:cs.CV>"),
        ("cat:hep-th", "<category:hep-th>"),
        ("cat:cs.*", "<archive:cs>"),
        ("cat:cs", "<archive:cs>"),
        ("cat:cs.C*", "<category:cs.C*>"),
        ("cat:c?.CV", "<category:c?.CV>"),
        ("cat:cs.CV?", "<category:cs.CV>"),
        ("cat:X*", "<category:X*>"),
        ("cat:*", "<*>"),
        ("cat:(cs.CV OR eess.IV)", "(<category:cs.CV> OR <category:eess.IV>)"),
        ("primary:cs.LG", "<primary:cs.LG>"),
        ("primary:cs.*", "<(primary:cs.... OR primary:cs)>"),
        ("archive:eess", "<archive:eess>"),
        ("archive:hep-th", "<archive:hep-th>"),
        ("archive:CS.*", "<archive:cs>"),
        ("archive:q*", "<archive:q*>"),
        ("id:2401.00877", "<id:2401.00877>"),
        ("id:2401.00877v2", "<id:2401.00877>"),
        ("id:https://arxiv.org/abs/2401.00877v2", "<id:2401.00877>"),
        ("id:cs/9810009", "<id:cs/9810009>"),
        ("id:2401*", "<id:2401...>"),
        ("id:MATH/01*", "<id:math/01...>"),
        ("(id:2401.00877)", "<id:2401.00877>"),
        ("doi:10.1109/CVPR.2023.1", "<doi:10.1109/cvpr.2023.1>"),
        ("doi:https://doi.org/10.1109/CVPR.2023.1", "<doi:10.1109/cvpr.2023.1>"),
        ("doi:10.1016/s0031(98)00123-4", "<doi:10.1016/s0031(98)00123-4>"),
        ("(doi:10.1016/s0031(98))", "<doi:10.1016/s0031(98)>"),
        ("DOI:10.1109*", "<doi:10.1109...>"),
        ("doi:10.1109/X*", "<doi:10.1109/x...>"),
    ],
)
def test_fields(typed: str, tree: str) -> None:
    assert read(typed) == tree


@pytest.mark.parametrize(
    ("typed", "warning"),
    [
        ("foo:bar", "there is no field 'foo', so it was searched for as a word"),
        ("titel:bar", "there is no field 'titel', so it was searched for as a word; did you mean title:?"),
    ],
)
def test_an_unknown_field_is_a_word_and_a_warning(typed: str, warning: str) -> None:
    parsed = parse(typed, boosts={"title": 1.0})
    assert shown(parsed.query) == f'title:"{typed.replace(":", " ")}"'
    assert parsed.warnings == (warning,)


@pytest.mark.parametrize(
    "typed", ["2401.00877", "2401.00877v2", " arXiv:2401.00877 ", "https://arxiv.org/abs/2401.00877v2"]
)
def test_an_id_alone_finds_its_paper(typed: str) -> None:
    assert read(typed) == "<id:2401.00877>"


def test_an_old_id_alone_finds_its_paper() -> None:
    assert read("cs/9810009v1") == "<id:cs/9810009>"


# Parts of words, and words that differ.


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("seg*", "<title:seg...>^1"),
        ("transformer*", "<(title:transformer... OR title:transform)>^1"),
        ("au:Transformer*", "<author:transformer...>^1"),
        ("super-res*", "(title:super AND <title:res...>^1)"),
        ("t*former", "<title:t*former>^1"),
        ("Tr?nsformer", "<title:tr?nsformer>^1"),
        ("*former", "<title:*former>^1"),
        ("?ransformer", "<title:?ransformer>^1"),
        ("a?X", "<title:a?x>^1"),
        ("ViX?", "title:vix"),
        ("tr?ns*r", "<title:tr?ns*r>^1"),
        ("tr??sformer", "<title:tr??sformer>^1"),
        ("a*?b**c", "<title:a*?b**c>^1"),
        ("aX*b", "<title:ax*b>^1"),
        ("a½*b", "<title:a12*b>^1"),
        ("title:*", "<title*>"),
        ("*", "<*>"),
        ("*:*", "<*>"),
        ("* -a", "(<*> AND NOT title:a)"),
        ("a *", "title:a"),
        ("a OR *", "(title:a OR <*>)"),
        ("* published:[TO]", "<*>"),
        ("colour~", "<title:colour~1>^1"),
        ("colour~1", "<title:colour~1>^1"),
        ("colour~2", "<title:colour~2>^1"),
        ("networks~", "<title:network~1>^1"),
        ("au:Networks~2", "<author:networks~2>^1"),
        ("super-resolution~", 'title:"super resolut"'),
    ],
)
def test_prefixes_wildcards_and_fuzzy_words(typed: str, tree: str) -> None:
    assert read(typed) == tree


def test_a_distance_above_two_is_two() -> None:
    parsed = parse("colour~3", boosts={"title": 1.0})
    assert shown(parsed.query) == "<title:colour~2>^1"
    assert parsed.warnings == ("~3 allows too many differences; ~2 was used",)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("a^2", "title:a^2"),
        ("a^0.5 b", "(title:a^0.5 AND title:b)"),
        ('"a b"^2', 'title:"a b"^2'),
        ("super-resolution^2", 'title:"super resolut"^2'),
        ("au:a^2", "author:a^2"),
        ('au:"Yang Liu"^2', 'author:"yang liu"^2'),
        ("(a b^3)^2", "(title:a^2 AND title:b^6)"),
        ("((a OR b) c)^2", "((title:a^2 OR title:b^2) AND title:c^2)"),
        ("seg*^2", "<title:seg...>^2"),
        ("super-res*^2", "(title:super^2 AND <title:res...>^2)"),
        ("(seg*)^2", "<title:seg...>^2"),
        ("colour~^2", "<title:colour~1>^2"),
        ("cat:cs.CV^2", "<category:cs.CV>"),
        ("a^5000", "title:a^1000"),
        ("a^2b", 'title:"a 2b"'),
        ("(((a)^1000)^1000)^1000", "title:a^1e+06"),
        ("(a b)^" + "9" * 400, "(title:a^1e+06 AND title:b^1e+06)"),
    ],
)
def test_boosts_end_up_on_the_words(typed: str, tree: str) -> None:
    assert read(typed) == tree


# Dates.


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("published:[2023 TO 2024-06]", "<published:2023-01-01..2024-07-01>"),
        ("published:[2023-02-28 to 2023-02-28]", "<published:2023-02-28..2023-03-01>"),
        ("published:[2023 TO]", "<published:2023-01-01..>"),
        ("published:[2023 TO *]", "<published:2023-01-01..>"),
        ("published:[TO 2023-12]", "<published:..2024-01-01>"),
        ("published:[TO]", "<*>"),
        ("published:{2022 TO 2024}", "<published:2023-01-01..2024-01-01>"),
        ("published:[2022 TO 2024}", "<published:2022-01-01..2024-01-01>"),
        ("published:{2022-12-31 TO 2024]", "<published:2023-01-01..2025-01-01>"),
        ("published:2024", "<published:2024-01-01..2025-01-01>"),
        ("published:2024-02-29", "<published:2024-02-29..2024-03-01>"),
        ("updated:[2024-01 TO 2024-02]", "<updated:2024-01-01..2024-03-01>"),
        ("a published:[2023 TO] -b", "(title:a AND <published:2023-01-01..> AND NOT title:b)"),
        ("published:9999", "<published:9999-01-01..>"),
        ("[a TO b]", 'title:"a to b"'),
        ("au:[a TO b]", 'author:"a to b"'),
    ],
)
def test_date_ranges(typed: str, tree: str) -> None:
    assert read(typed) == tree


@pytest.mark.parametrize(
    ("typed", "tree", "warning"),
    [
        ("published:[2024 TO 2023]", "nothing", "no day lies between 2024 and 2023"),
        ("published:{2023 TO 2023}", "nothing", "no day lies between 2023 and 2023"),
        ("published:May", "title:may", "'May' is not a date (YYYY, YYYY-MM or YYYY-MM-DD); it was searched for"),
        (
            "published:[2024 TO 2024-13]",
            'title:"2024 13"',
            "'2024-13' is not a date (YYYY, YYYY-MM or YYYY-MM-DD); it was searched for",
        ),
    ],
)
def test_a_range_that_makes_no_sense_is_told(typed: str, tree: str, warning: str) -> None:
    parsed = parse(typed, boosts={"title": 1.0})
    assert (shown(parsed.query), parsed.warnings) == (tree, (warning,))


# Saved searches.


def test_a_saved_search_stands_for_its_tree() -> None:
    trees = {"mine": wq.Term("title", "cats"), "her own": wq.Term("title", "dogs")}
    parsed = parse('saved:mine -saved:"her own"', saved=trees.__getitem__)
    assert (shown(parsed.query), parsed.warnings) == ("(title:cats AND NOT title:dogs)", ())


def test_a_saved_search_that_cannot_be_had_finds_nothing_and_says_why() -> None:
    def saved(name: str) -> wq.Query:
        raise QueryError(f"there is no saved search {name!r}")

    parsed = parse("saved:mine", saved=saved)
    assert (shown(parsed.query), parsed.warnings) == ("nothing", ("there is no saved search 'mine'",))


# Whatever is typed.


@pytest.mark.parametrize("typed", ["!!", "~", "-", "+", '""', "()", "^", "title:!!*", 'cat:""', "doi:https://doi.org/"])
def test_without_a_word_nothing_is_found_and_it_is_said(typed: str) -> None:
    assert shown(parse(typed).query) == "nothing"
    assert warnings(typed) == ["nothing in the query is a word that can be searched for"]


def test_an_empty_query_finds_nothing() -> None:
    assert read("") == "nothing"
    assert read(" \n") == "nothing"


def test_nearness_is_not_supported_and_that_is_said() -> None:
    assert warnings('"a b"~3') == ['nearness ("..."~N) is not supported; the phrase was searched for as it stands']


def test_a_query_of_2049_characters_is_cut() -> None:
    assert warnings("a " * 1023 + "bb") == []
    assert warnings("a " * 1023 + "bbb") == ["the query is too long; only its first 2048 characters were used"]


PIECES = (
    *"""()[]{}"~^*?:+-−!.,/\\'""",
    *("AND", "OR", "NOT", "TO", " AND ", " OR ", " NOT ", " -", " +", " (", ") ", " TO "),
    *(
        "title:",
        "au:",
        "cat:",
        "primary:",
        "id:",
        "doi:",
        "published:[",
        "updated:{",
        "foo:",
        "saved:",
        "~2",
        "~9",
        "^2",
        "^0",
    ),
    *("a", "diffusion", "cs.CV", "cs.*", "2401.00877", "10.1109/x", "2023", "2024-02-30", "Märkisch", "*:*", "\u055e"),
)
TYPED = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=25).map(" ".join),
)


@given(typed=TYPED, any_word=st.booleans(), title=st.one_of(st.none(), st.text(max_size=10)))
@example("(a OR (NOT b)) -c", True, "d")
@example("+() -() ()", True, None)
@example("published:[2024 TO 2023] OR -a", False, "!")
@settings(max_examples=600, deadline=None)
def test_whatever_is_typed_gives_a_tree_in_the_promised_form(typed: str, any_word: bool, title: str | None) -> None:
    query = parse(typed, any_word=any_word).query
    assert_canonical(query)
    assert_canonical(restrict(query, title, any_word=any_word))


@pytest.mark.parametrize("any_word", [False, True])
@pytest.mark.parametrize(
    "unit", [*PIECES, "(a ", "(a OR ", "-(a ", "a AND NOT ", '"a', "a~ ", "[TO] ", "id:a(", "a?", "((a) OR "]
)
def test_much_of_the_same_is_a_query_too(unit: str, any_word: bool) -> None:
    assert_canonical(parse(unit * 2048, any_word=any_word).query)


@given(
    words=st.lists(st.text("aZ9éß", min_size=1, max_size=4), min_size=1, max_size=5),
    any_word=st.booleans(),
    data=st.data(),
)
def test_words_alone_mean_what_they_mean_in_parentheses(words: list[str], any_word: bool, data: st.DataObject) -> None:
    text = words[0]
    for word in words[1:]:
        text += data.draw(st.sampled_from([" ", "  ", "-"])) + word
    alone, grouped = parse(text, any_word=any_word), parse(f"({text})", any_word=any_word)
    assert (alone.query, alone.typed, alone.warnings) == (grouped.query, grouped.typed, grouped.warnings)


@given(typed=TYPED, any_word=st.booleans())
@example(typed="published:[TO]", any_word=False)
@example(typed="a*b" * 500, any_word=False)
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_has_an_answer(typed: str, any_word: bool, examples: Config) -> None:
    assert Archive(examples).search(Selection(typed, any_word=any_word), limit=1).total <= 40


def test_a_pattern_that_would_take_too_long_finds_nothing_or_is_an_error(examples: Config) -> None:
    try:
        assert Archive(examples).search(Selection("*a" + "?" * 20 + "b")).total == 0
    except QueryError as error:
        assert "too long" in str(error)  # noqa: PT017  (an engine may do either)


def test_of_a_long_beginning_of_a_doi_only_its_start_is_looked_for(examples: Config) -> None:
    assert Archive(examples).search(Selection("doi:10." + "1" * 1500 + "*")).total == 0


def test_quotes_as_they_are_printed_make_a_phrase() -> None:
    assert parse("“neural radiance”") == parse('"neural radiance"')


def test_a_page_far_past_the_end_is_empty(examples: Config) -> None:
    found = Archive(examples).search(Selection("*"), page=10**30)
    assert (found.total, found.hits) == (40, ())
    assert Archive(examples).search(Selection("image"), page=10**30).hits == ()


def test_a_pattern_of_65_characters_is_searched_for_as_words() -> None:
    assert warnings("a*" + "b" * 62) == []
    assert warnings("a*" + "b" * 63) == ["a pattern may have 64 characters; it was searched for as words"]


@pytest.mark.parametrize("text", ["\udcff", "cat:\udcff", "doi:10.1/\udcff", "a\udcffb", "id:\udcff*", '"\udcff x"'])
def test_bytes_that_are_no_text_are_no_more_than_a_character(text: str) -> None:
    shown(parse(text).query).encode()
