"""Settings: which file counts, what it may say, and where exactly it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.config import Config, OpenSearch, load_config
from searcher.errors import ConfigError
from searcher.selection import SavedSearch, Selection
from searcher.weights import FIELDS as BOOSTS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home, where we stand in an empty folder `work`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(text: str, environment: Mapping[str, str] | None = None) -> Config:
    return load_config(write(Path("config.yaml"), text), environment or {})


class TestWhere:
    """--config > $SEARCHER_CONFIG > ./config.yaml > the user's configuration folder > none."""

    def test_the_nearest_file_counts_and_only_it(self, home: Path) -> None:
        flag = write(home / "flag.yaml", "index: by-flag")
        variable = write(home / "variable.yaml", "index: by-variable")
        here = write(home / "work/config.yaml", "index: by-folder")
        users = write(home / ".config/searcher/config.yaml", "index: by-user")
        environment = {"SEARCHER_CONFIG": str(variable)}
        assert load_config(flag, environment).index == home / "by-flag"
        assert load_config(None, environment).index == home / "by-variable"
        assert load_config(None, {}).index == home / "work/by-folder"
        here.unlink()
        assert load_config(None, {}).index == home / ".config/searcher/by-user"
        users.unlink()
        assert load_config(None, {}) == Config(file=None, index=home / ".local/share/searcher/index")

    def test_the_users_folders_may_lie_elsewhere(self, home: Path) -> None:
        write(home / "conf/searcher/config.yaml", "engine: tantivy")
        environment = {"XDG_CONFIG_HOME": str(home / "conf"), "XDG_DATA_HOME": str(home / "data")}
        config = load_config(None, environment)
        assert config.file == home / "conf/searcher/config.yaml"
        assert config.index == home / "data/searcher/index"

    def test_a_relative_user_folder_is_ignored_as_the_xdg_specification_says(self, home: Path) -> None:
        assert load_config(None, {"XDG_DATA_HOME": "data"}).index == home / ".local/share/searcher/index"

    @pytest.mark.parametrize("name", ["flag", "variable"])
    def test_a_named_file_must_be_there(self, home: Path, name: str) -> None:
        missing = home / "missing.yaml"
        flag, environment = (missing, {}) if name == "flag" else (None, {"SEARCHER_CONFIG": str(missing)})
        with pytest.raises(ConfigError) as error:
            load_config(flag, environment)
        assert str(error.value) == f"{missing}: cannot be read: No such file or directory"

    def test_relative_paths_are_relative_to_the_file_that_names_them(self, home: Path) -> None:
        file = write(home / "a/b/settings.yaml", "listings: [papers, ../more, /far/away, ~/mine]\nindex: ../index")
        config = load_config(file, {})
        assert [path.resolve() for path in config.listings] == [
            home / "a/b/papers",
            home / "a/more",
            Path("/far/away"),
            home / "mine",
        ]
        assert config.index.resolve() == home / "a/index"

    def test_paths_are_absolute_even_if_the_file_is_named_by_a_relative_one(self, home: Path) -> None:
        write(home / "work/settings.yaml", "listings: papers\nindex: index")
        config = load_config(Path("settings.yaml"), {})
        assert (config.file, config.index) == (home / "work/settings.yaml", home / "work/index")
        assert config.listings == (home / "work/papers",)


class TestEnvironment:
    """Variables replace what the file says."""

    def test_searcher_index_is_relative_to_where_we_stand(self, home: Path) -> None:
        write(home / "settings.yaml", "index: elsewhere")
        environment = {"SEARCHER_INDEX": "here"}
        assert load_config(home / "settings.yaml", environment).index == home / "work/here"

    def test_searcher_engine_chooses_the_engine_and_its_folder(self, home: Path) -> None:
        config = load("engine: tantivy\nindex: index", {"SEARCHER_ENGINE": "whoosh"})
        assert (config.engine, config.engine_folder) == ("whoosh", home / "work/index/whoosh")

    def test_an_unknown_searcher_engine_is_an_error(self) -> None:
        with pytest.raises(ConfigError) as error:
            load("", {"SEARCHER_ENGINE": "wosh"})
        assert str(error.value) == "$SEARCHER_ENGINE: unknown engine 'wosh'; did you mean 'whoosh'?"

    def test_empty_variables_count_as_unset(self, home: Path) -> None:
        empty = {"SEARCHER_CONFIG": "", "SEARCHER_INDEX": "", "SEARCHER_ENGINE": "", "XDG_DATA_HOME": ""}
        assert load_config(None, empty) == Config(file=None, index=home / ".local/share/searcher/index")


EVERYTHING = """\
listings: [examples]            # files or folders
index: index                    # one folder per engine below it
engine: opensearch
opensearch: {hosts: ["http://a:9200", "http://b:9200"], index: arxiv, shards: 3, replicas: 0}
boosts: {title: 3, comment: 0.5}
facets: [primary, month]
searches:
  super-resolution: {query: diffusion super-resolution, cat: [eess.IV, cs.CV]}
  counting: {query: count, cat: cs.CV, not_cat: cs.GR, primary: [cs.*], author: Liu, title: crowd,
             from: 2023-05, to: 2024, any: true, sort: newest}
  graphics: {cat: cs.GR}
  both: {query: "saved:counting OR saved:graphics"}
"""


class TestWhat:
    """What a file may say."""

    def test_every_setting(self, home: Path) -> None:
        assert load(EVERYTHING) == Config(
            file=home / "work/config.yaml",
            index=home / "work/index",
            listings=(home / "work/examples",),
            engine="opensearch",
            opensearch=OpenSearch(("http://a:9200", "http://b:9200"), "arxiv", 3, 0),
            boosts={"title": 3.0, "comment": 0.5},
            facets=("primary", "month"),
            searches=(
                SavedSearch(
                    "super-resolution", Selection("diffusion super-resolution", categories=("eess.IV", "cs.CV"))
                ),
                SavedSearch(
                    "counting",
                    Selection("count", ("cs.CV",), ("cs.GR",), ("cs.*",), ("Liu",), "crowd", "2023-05", "2024", True),
                    "newest",
                ),
                SavedSearch("graphics", Selection("*", categories=("cs.GR",))),
                SavedSearch("both", Selection("saved:counting OR saved:graphics")),
            ),
        )

    @pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "---\n", "\ufeff"])
    def test_an_empty_file_leaves_every_default(self, home: Path, text: str) -> None:
        config = load(text)
        assert config == Config(file=home / "work/config.yaml", index=home / ".local/share/searcher/index")
        assert (config.engine, config.facets, config.boosts) == ("tantivy", ("category", "year"), BOOSTS)
        assert config.opensearch == OpenSearch(("http://127.0.0.1:9200",), "papers", 1, 1)

    def test_facets_may_be_none(self) -> None:
        assert load("facets: []").facets == ()

    def test_one_value_stands_for_a_list_of_one(self) -> None:
        assert load("facets: year").facets == ("year",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("enginee: tantivy", "1:1: unknown key 'enginee'; did you mean 'engine'?"),
        ("index: a\nlisting: b", "2:1: unknown key 'listing'; did you mean 'listings'?"),
        (
            "colour: red",
            "1:1: unknown key 'colour'; there are: listings, index, engine, opensearch, boosts, facets, searches",
        ),
        ("engine: wosh", "1:9: unknown engine 'wosh'; did you mean 'whoosh'?"),
        ("engine: sqlite", "1:9: unknown engine 'sqlite'; there are: tantivy, whoosh, opensearch"),
        ("facets: [year,\n  categories]", "2:3: unknown facet 'categories'; did you mean 'category'?"),
        ("boosts: {titel: 2}", "1:10: unknown field 'titel'; did you mean 'title'?"),
        ("boosts:\n  title: big", "2:10: a boost is a number above 0 and up to 1000, not 'big'"),
        ("boosts: {title: 0}", "1:17: a boost is a number above 0 and up to 1000, not '0'"),
        ("boosts: {title: -1}", "1:17: a boost is a number above 0 and up to 1000, not '-1'"),
        ("boosts: {title: .nan}", "1:17: a boost is a number above 0 and up to 1000, not '.nan'"),
        ("boosts: {title: inf}", "1:17: a boost is a number above 0 and up to 1000, not 'inf'"),
        (
            "boosts: {}",
            "1:9: at least one field is expected here; there are: title, summary, comment, journal, author, "
            "first_author, classes",
        ),
        ("boosts: 2", "1:9: 'key: value' lines are expected here"),
        ("[]", "1:1: 'key: value' lines are expected here"),
        ("tantivy", "1:1: 'key: value' lines are expected here"),
        ("index: ''", "1:8: a text is expected here"),
        ("index: [a, b]", "1:8: a text is expected here"),
        ("index: {a: b}", "1:8: a text is expected here"),
        ("listings: [a, [b]]", "1:15: a text is expected here"),
        ("index: ~", "1:8: ~ is YAML for nothing; to mean the text, put it in quotes"),
        ('index: "a\\0b"', "1:8: a text is expected here"),
        ("index: ~nobody-of-this-name/x", "1:8: there is no home folder for '~nobody-of-this-name/x'"),
        ("engine: tantivy\nengine: whoosh", "2:1: 'engine' stands here twice"),
        ("searches:\n  a: {query: x}\n  a: {query: y}", "3:3: 'a' stands here twice"),
        ("searches: {a: {quer: x}}", "1:16: unknown key 'quer'; did you mean 'query'?"),
        ("searches: {a: {sort: date}}", "1:22: unknown order 'date'; there are: relevance, newest, oldest"),
        ("searches: {a: {any: maybe}}", "1:21: true or false is expected here, not 'maybe'"),
        ("searches: {a: {from: May}}", "1:22: 'May' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"),
        (
            "searches:\n  nerfs: {query: nerf}\n  a: {query: saved:nerf}",
            "3:14: unknown saved search 'nerf'; did you mean 'nerfs'?",
        ),
        ("searches:\n  a: {query: x saved:b}", "2:14: unknown saved search 'b'; there are: a"),
        ("searches:\n  a: {query: saved:a}", "2:14: a saved search may not name itself: a -> a"),
        (
            "searches:\n  a: {query: saved:b}\n  b: {query: x}\n  c: {query: saved:d}\n  d: {query: -saved:b saved:c}",
            "5:14: a saved search may not name itself: c -> d -> c",
        ),
        ("searches: {a: x}", "1:15: 'key: value' lines are expected here"),
        ("opensearch: {host: x}", "1:14: unknown key 'host'; did you mean 'hosts'?"),
        ("opensearch: {shards: 0}", "1:22: a whole number of at least 1 is expected here, not '0'"),
        ("opensearch: {shards: 1.5}", "1:22: a whole number of at least 1 is expected here, not '1.5'"),
        ("opensearch: {replicas: -1}", "1:24: a whole number of at least 0 is expected here, not '-1'"),
        ("a: 1\n---\nb: 2", "2:1: not YAML: but found another document"),
        ("index: [a", "2:1: not YAML: did not find expected ',' or ']'"),
        ("index: *a", "1:8: not YAML: found undefined alias"),
        ("engine: a\n\tindex: b", "2:1: not YAML: found a tab character that violates indentation"),
        ("engine: tantivy\n\x07", "2:1: not YAML: control characters are not allowed"),
    ],
)
def test_what_cannot_be_followed_is_told_with_file_line_and_column(home: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(text)
    assert str(error.value) == f"{home}/work/config.yaml:{message}"


def test_a_file_that_is_not_utf8_is_an_error(home: Path) -> None:
    (home / "work/config.yaml").write_bytes(b"index: caf\xe9")
    with pytest.raises(ConfigError) as error:
        load_config(None, {})
    assert str(error.value) == f"{home}/work/config.yaml: is not UTF-8 text"


YAML = st.text("abc :-[]{}#&*!|>'\"%@`~\n\t\\0é\x00", max_size=60)


@given(st.one_of(YAML, st.tuples(st.sampled_from(EVERYTHING.splitlines()), YAML).map("".join)))
def test_whatever_a_file_holds_it_is_settings_or_an_error_of_one_line(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = write(tmp_path_factory.getbasetemp() / "any.yaml", text)
    complaint = f"{file}: fine"
    try:
        load_config(file, {})
    except ConfigError as error:
        complaint = str(error)
    assert complaint.startswith(f"{file}:")
    assert "\n" not in complaint
