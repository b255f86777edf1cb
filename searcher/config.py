"""Settings: config.yaml, then the environment, then flags, each before the one before it; checked, and frozen."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast, get_args

from searcher.errors import ConfigError
from searcher.schema import FACETS, TEXT_FIELDS
from searcher.selection import SavedSearch, Selection, Sort, parse_date, references
from searcher.weights import FIELDS as BOOSTS

if TYPE_CHECKING:
    import yaml

ENGINES = ("tantivy", "whoosh", "opensearch")
_SEARCH_KEYS = ("query", "cat", "not_cat", "primary", "author", "title", "from", "to", "any", "sort")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """Where the cluster is, for `engine: opensearch`."""

    hosts: tuple[str, ...] = ("http://127.0.0.1:9200",)
    index: str = "papers"  # the alias that is searched; the names of all indexes of ours begin with it
    shards: int = 1
    replicas: int = 1
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca: Path | None = None  # certificates to trust, instead of the system's
    verify: bool = True  # the cluster's certificate
    timeout_s: float = 10.0  # of one question


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. Paths are absolute."""

    file: Path | None  # None where no config.yaml was found
    index: Path  # one folder per engine below it
    listings: tuple[Path, ...] = ()  # files or folders
    engine: str = "tantivy"
    opensearch: OpenSearch = OpenSearch()
    boosts: Mapping[str, float] = field(default_factory=lambda: dict(BOOSTS))  # the fields a word is looked for in
    facets: tuple[str, ...] = ("category", "year")  # counted unless --facet says otherwise
    searches: tuple[SavedSearch, ...] = ()

    @property
    def engine_folder(self) -> Path:
        """Where the chosen engine keeps its index."""
        return self.index / self.engine

    @property
    def place(self) -> tuple[str, Path, OpenSearch]:
        """Where the index is: the engine, its folder, and the cluster if it is on one."""
        return self.engine, self.engine_folder, self.opensearch


def load_config(flag: Path | None, environment: Mapping[str, str]) -> Config:
    """Read the settings.

    The file is the one that `flag` or $SEARCHER_CONFIG names, else ./config.yaml, else the one in the user's
    configuration folder; without any, the index goes to the user's data folder. $SEARCHER_INDEX, $SEARCHER_ENGINE
    and $SEARCHER_OPENSEARCH_HOSTS, _USER, _PASSWORD and _API_KEY replace what it says. Raises ConfigError, with file
    and line, for what cannot be followed.
    """
    config = _from_file(_find(flag, environment), environment)
    if index := environment.get("SEARCHER_INDEX"):
        config = replace(config, index=Path(index).absolute())
    if engine := environment.get("SEARCHER_ENGINE"):
        if engine not in ENGINES:
            raise ConfigError(f"$SEARCHER_ENGINE: {_unknown('engine', engine, ENGINES)}")
        config = replace(config, engine=engine)
    return replace(config, opensearch=_with_secrets(config.opensearch, environment))


def _with_secrets(settings: OpenSearch, environment: Mapping[str, str]) -> OpenSearch:
    """The settings with what the environment says in the place of what a file need not hold."""
    if hosts := environment.get("SEARCHER_OPENSEARCH_HOSTS"):
        settings = replace(settings, hosts=tuple(hosts.split()))
        if problem := next(filter(None, map(_host_problem, settings.hosts)), None):
            raise ConfigError(f"$SEARCHER_OPENSEARCH_HOSTS: {problem}")
    return replace(
        settings,
        user=environment.get("SEARCHER_OPENSEARCH_USER") or settings.user,
        password=environment.get("SEARCHER_OPENSEARCH_PASSWORD") or settings.password,
        api_key=environment.get("SEARCHER_OPENSEARCH_API_KEY") or settings.api_key,
    )


def _host_problem(host: str) -> str | None:
    """What is wrong with the address of a host; it is not repeated, for it may hold a password."""
    if not re.match(r"https?://[^/]", host):
        return "a host is an address like http://127.0.0.1:9200"
    if "@" in host:
        return "user and password do not belong into the address of a host; give them by name, or in the environment"
    return None


def _find(flag: Path | None, environment: Mapping[str, str]) -> Path | None:
    named = flag or (Path(environment["SEARCHER_CONFIG"]) if environment.get("SEARCHER_CONFIG") else None)
    if named is not None:
        return named.absolute()
    home = _folder(environment, "XDG_CONFIG_HOME", ".config")
    candidates = (Path("config.yaml").absolute(), home / "searcher" / "config.yaml")
    return next((path for path in candidates if path.is_file()), None)


def _folder(environment: Mapping[str, str], variable: str, default: str) -> Path:
    """A folder of the XDG base directory specification, whose relative values are to be ignored."""
    value = Path(environment.get(variable) or "")
    return value if value.is_absolute() else Path.home() / default


def _from_file(path: Path | None, environment: Mapping[str, str]) -> Config:
    default_index = _folder(environment, "XDG_DATA_HOME", ".local/share") / "searcher" / "index"
    if path is None:
        return Config(file=None, index=default_index)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text") from error
    return _Reader(path).config(text, default_index)


def _unknown(kind: str, value: str, known: Iterable[str]) -> str:
    known = tuple(known)
    near = difflib.get_close_matches(value, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
    return f"unknown {kind} {value!r}; {hint}"


class _Reader:
    """Reads one file node by node, for a node knows its line."""

    def __init__(self, path: Path) -> None:
        import yaml  # only where there is a file to read

        self._path = path
        self._yaml = yaml

    def config(self, text: str, default_index: Path) -> Config:
        yaml = self._yaml
        is_deep = text.count("[") + text.count("{") > 1000  # libyaml would run out of stack, and take Python with it
        loader = yaml.SafeLoader if is_deep else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            root = yaml.compose(text, loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = f"{self._path}:{mark.line + 1}:{mark.column + 1}" if mark else str(self._path)
            raise ConfigError(f"{where}: not YAML: {error.problem}") from error
        except yaml.reader.ReaderError as error:
            line, column = text.count("\n", 0, error.position) + 1, error.position - text.rfind("\n", 0, error.position)
            raise ConfigError(f"{self._path}:{line}:{column}: not YAML: {error.reason}") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise ConfigError(f"{self._path}: not YAML: {error}") from error
        if root is None or root.value == "":  # nothing, or nothing after a "---"
            return Config(file=self._path, index=default_index)
        values = self._fields(
            root, "key", ("listings", "index", "engine", "opensearch", "boosts", "facets", "searches")
        )
        config = Config(file=self._path, index=default_index)
        if node := values.get("listings"):
            config = replace(config, listings=self._list(node, self._file))
        if node := values.get("index"):
            config = replace(config, index=self._file(node))
        if node := values.get("engine"):
            config = replace(config, engine=self._choice(node, "engine", ENGINES))
        if node := values.get("opensearch"):
            config = replace(config, opensearch=self._opensearch(node))
        if node := values.get("boosts"):
            boosts = self._fields(node, "field", TEXT_FIELDS)
            if not boosts:
                self._fail(node, f"at least one field is expected here; there are: {', '.join(TEXT_FIELDS)}")
            config = replace(config, boosts={name: self._boost(value) for name, value in boosts.items()})
        if node := values.get("facets"):
            config = replace(config, facets=self._list(node, lambda item: self._choice(item, "facet", FACETS)))
        if node := values.get("searches"):
            config = replace(config, searches=tuple(self._searches(node)))
        return config

    def _opensearch(self, node: yaml.Node) -> OpenSearch:
        values = self._fields(node, "key", tuple(each.name for each in dataclass_fields(OpenSearch)))
        settings = OpenSearch()
        if found := values.get("hosts"):
            settings = replace(settings, hosts=self._list(found, self._host))
        if found := values.get("index"):
            settings = replace(settings, index=self._index_name(found))
        for name in ("user", "password", "api_key"):
            if found := values.get(name):
                settings = replace(settings, **{name: self._text(found)})
        if found := values.get("ca"):
            settings = replace(settings, ca=self._file(found))
        if found := values.get("verify"):
            settings = replace(settings, verify=self._flag(found))
        if found := values.get("timeout_s"):
            settings = replace(settings, timeout_s=float(self._whole(found, at_least=1)))
        if found := values.get("shards"):
            settings = replace(settings, shards=self._whole(found, at_least=1))
        if found := values.get("replicas"):
            settings = replace(settings, replicas=self._whole(found, at_least=0))
        return settings

    def _searches(self, node: yaml.Node) -> Iterator[SavedSearch]:
        nodes = dict(self._pairs(node))
        queries: dict[str, yaml.Node] = {}
        for name, value in nodes.items():
            fields = self._fields(value, "key", _SEARCH_KEYS)
            if "query" in fields:
                queries[name] = fields["query"]
            yield SavedSearch(name, self._selection(fields), self._sort(fields))
        self._check_references(queries, tuple(nodes))

    def _selection(self, fields: Mapping[str, yaml.Node]) -> Selection:
        def texts(key: str) -> tuple[str, ...]:
            return self._list(fields[key], self._text) if key in fields else ()

        def one(key: str, read: Callable[[yaml.Node], str]) -> str | None:
            return read(fields[key]) if key in fields else None

        return Selection(
            one("query", self._text) or "*",
            texts("cat"),
            texts("not_cat"),
            texts("primary"),
            texts("author"),
            one("title", self._text),
            one("from", self._date),
            one("to", self._date),
            "any" in fields and self._flag(fields["any"]),
        )

    def _sort(self, fields: Mapping[str, yaml.Node]) -> Sort:
        return cast("Sort", self._choice(fields["sort"], "order", get_args(Sort))) if "sort" in fields else "relevance"

    def _check_references(self, queries: Mapping[str, yaml.Node], names: tuple[str, ...]) -> None:
        """Saved searches may name each other, if all these exist and none comes to name itself."""
        named = {name: references(self._text(node)) for name, node in queries.items()}
        for name, node in queries.items():
            for other in named[name]:
                if other not in names:
                    self._fail(node, _unknown("saved search", other, names))
        checked: set[str] = set()

        def check(path: tuple[str, ...]) -> None:
            for other in named.get(path[-1], ()):
                if other in path:
                    cycle = " -> ".join((*path[path.index(other) :], other))
                    self._fail(queries[path[-1]], f"a saved search may not name itself: {cycle}")
                if other not in checked:
                    check((*path, other))
            checked.add(path[-1])

        for name in queries:
            check((name,))

    def _fields(self, node: yaml.Node, kind: str, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        fields: dict[str, yaml.Node] = {}
        for name, value in self._pairs(node, kind, known):
            fields[name] = value
        return fields

    def _pairs(
        self, node: yaml.Node, kind: str = "", known: tuple[str, ...] | None = None
    ) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, self._yaml.MappingNode):
            self._fail(node, "'key: value' lines are expected here")
        seen: set[str] = set()
        for key, value in node.value:
            name = self._text(key)
            if known is not None and name not in known:
                self._fail(key, _unknown(kind, name, known))
            if name in seen:
                self._fail(key, f"{name!r} stands here twice")
            seen.add(name)
            yield name, value

    def _list(self, node: yaml.Node, read: Callable[[yaml.Node], _T]) -> tuple[_T, ...]:
        """A list, or one value for a list of one."""
        return tuple(map(read, node.value)) if isinstance(node, self._yaml.SequenceNode) else (read(node),)

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, self._yaml.ScalarNode) or not node.value or "\0" in node.value:
            self._fail(node, "a text is expected here")
        if node.tag == "tag:yaml.org,2002:null":
            self._fail(node, f"{node.value} is YAML for nothing; to mean the text, put it in quotes")
        return node.value

    def _file(self, node: yaml.Node) -> Path:
        try:
            return self._path.parent / Path(self._text(node)).expanduser()
        except RuntimeError:
            self._fail(node, f"there is no home folder for {node.value!r}")

    def _choice(self, node: yaml.Node, kind: str, known: tuple[str, ...]) -> str:
        value = self._text(node)
        if value not in known:
            self._fail(node, _unknown(kind, value, known))
        return value

    def _boost(self, node: yaml.Node) -> float:
        try:
            value = float(self._text(node))
        except ValueError:
            value = math.nan
        if not 0 < value <= 1000:
            self._fail(node, f"a boost is a number above 0 and up to 1000, not {node.value!r}")
        return value

    def _date(self, node: yaml.Node) -> str:
        value = self._text(node)
        if parse_date(value) is None:
            self._fail(node, f"{value!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
        return value

    def _flag(self, node: yaml.Node) -> bool:
        value = self._text(node)
        if value not in ("true", "false"):
            self._fail(node, f"true or false is expected here, not {value!r}")
        return value == "true"

    def _host(self, node: yaml.Node) -> str:
        host = self._text(node)
        if problem := _host_problem(host):
            self._fail(node, problem)
        return host

    def _index_name(self, node: yaml.Node) -> str:
        name = self._text(node)
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,99}", name):
            self._fail(node, f"a name of small letters, digits and - is expected here, not {name!r}")
        return name

    def _whole(self, node: yaml.Node, at_least: int) -> int:
        value = self._text(node)
        if not value.isdecimal() or int(value) < at_least:
            self._fail(node, f"a whole number of at least {at_least} is expected here, not {value!r}")
        return int(value)

    def _fail(self, node: yaml.Node, message: str) -> NoReturn:
        raise ConfigError(f"{self._path}:{node.start_mark.line + 1}:{node.start_mark.column + 1}: {message}")
