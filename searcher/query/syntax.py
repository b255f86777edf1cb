"""The grammar of the query language: Whoosh's parser plugins, set up for people who look for papers.

The plugins find words, fields, phrases, ranges and operators in what was typed; `leaves` gives them their meaning.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from whoosh import query as wq
from whoosh.qparser import QueryParser, plugins, syntax

from searcher.query.leaves import FIELDS, Leaves
from searcher.selection import REFERENCE

_KEYS = ("id", "doi")  # fields whose values hold characters that mean something elsewhere


class _RequiredGroup(syntax.Wrapper):
    """What stands after a `+`."""

    def query(self, parser: QueryParser) -> wq.Query | None:
        return self.nodes[0].query(parser)


class _AnyGroup(syntax.OrGroup):
    """Words of which any will do, except where `+` or `-` say otherwise."""

    def query(self, parser: QueryParser) -> wq.Query | None:
        """The query of the group: all that is required, best with what is optional, without what is excluded."""
        parts: dict[type, list[wq.Query]] = {_RequiredGroup: [], syntax.NotGroup: []}
        optional: list[wq.Query] = []
        for node in self.nodes:
            found = node.query(parser)
            if found is not None:
                parts.get(type(node), optional).append(found)
        required, excluded = parts.values()
        wanted: wq.Query = wq.Or(optional, boost=self.boost)
        if required:
            wanted = wq.AndMaybe(wq.And(required, boost=self.boost), wanted)
        return wq.And([wanted, *excluded])


class _KeyPlugin(plugins.TaggingPlugin):
    """`id:` and `doi:`, whose values run to the next space whatever they hold."""

    expr = rf'(?i:(?<!\w)(?P<field>{"|".join(_KEYS)})):(?P<text>"[^"]*"|[^\s"(][^\s"]*)'
    priority = -10

    class KeyNode(syntax.SyntaxNode):
        def __init__(self, field: str, text: str) -> None:
            closing = len(text) - len(text.rstrip(")"))
            surplus = min(closing, max(0, text.count(")") - text.count("(")))
            self.field, self.text = field.lower(), text[: len(text) - surplus].strip('"')

        def query(self, parser: Any) -> wq.Query | None:
            return parser.leaves.leaf(self.field, self.text, wq.Term)

    nodetype = KeyNode


class _ReferencePlugin(plugins.TaggingPlugin):
    """`saved:`, before the name of a saved search."""

    expr = REFERENCE
    priority = -10

    class ReferenceNode(syntax.SyntaxNode):
        def __init__(self, quoted: str | None, bare: str | None) -> None:
            self.name = quoted or bare or ""

        def query(self, parser: Any) -> wq.Query | None:
            return parser.leaves.saved(self.name)

    nodetype = ReferenceNode


class _WildcardPlugin(plugins.WildcardPlugin):
    """`*` and `?`, also in a row: `tr??sformer`, which Whoosh takes for two words."""

    expr = r"(?P<text>[*?]+)"


class _RangePlugin(plugins.RangePlugin):
    """`[FROM TO TO]`, with `{` and `}` for excluded ends; a side may be left out."""

    class Tagger(plugins.RangePlugin.RangeTagger):
        def create(self, parser: QueryParser, match: re.Match[str]) -> syntax.SyntaxNode:
            return _RangePlugin.Node(match["start"], match["end"], match["open"] == "{", match["close"] == "}")

    class Node(syntax.RangeNode):
        def query(self, parser: Any) -> wq.Query | None:
            return parser.leaves.date_range(
                self.fieldname, self.start, self.end, after=self.startexcl, before=self.endexcl
            )

    _SIDE = r"[^\s\[\]{}]{0,30}"
    _RANGE = re.compile(rf"(?P<open>[\[{{])\s?(?P<start>{_SIDE})\s?\b(?i:TO)\b\s?(?P<end>{_SIDE})\s?(?P<close>[\]}}])")

    def taggers(self, parser: QueryParser) -> list[tuple[Any, int]]:
        return [(self.Tagger(self._RANGE, "{", "}"), 1)]


class _FuzzyPlugin(plugins.FuzzyTermPlugin):
    """`word~` and `word~2`."""

    class FuzzyTermNode(plugins.FuzzyTermPlugin.FuzzyTermNode):
        def query(self, parser: Any) -> wq.Query | None:
            return parser.leaves.fuzzy(self.fieldname, self.text, self.maxdist, self.boost)


class _AliasPlugin(plugins.FieldsPlugin):
    """Field names in any case, and their short forms."""

    class FieldnameTagger(plugins.FieldsPlugin.FieldnameTagger):
        def create(self, parser: QueryParser, match: re.Match[str]) -> syntax.SyntaxNode:
            return syntax.FieldnameNode(FIELDS[match["text"].lower()], match[0])


def _plugins() -> list[plugins.Plugin]:
    names = "|".join(FIELDS)
    operator = plugins.OperatorsPlugin.OpTagger
    start = r"(?:^|(?<=[\s(]))"
    return [
        _KeyPlugin(),
        _ReferencePlugin(),
        _AliasPlugin(rf"(?i:(?<![\w:])(?P<text>{names}):)(?=[^\s:])"),
        _WildcardPlugin(),
        plugins.PhrasePlugin('"(?P<text>[^"]*)"(~(?P<slop>[1-9][0-9]?))?'),
        _RangePlugin(),
        plugins.GroupPlugin(),
        plugins.OperatorsPlugin(
            ops=[(operator(rf"{start}\+(?=[^\s+-])", _RequiredGroup, syntax.PrefixOperator), 0)],
            Not=rf"{start}(?:NOT(?=\s)|[-−](?=[^\s+-]))",
            AndNot=None,
            AndMaybe=None,
            Require=None,
        ),
        _FuzzyPlugin(),  # before boosts: `word~^2`
        plugins.BoostPlugin(),
    ]


class Grammar(QueryParser):
    """Whoosh's parser with our plugins; its leaves are made by `leaves` rather than from a schema."""

    def __init__(self, leaves: Leaves, any_word: bool) -> None:
        """Read one query, of whose words all are meant, or any."""
        super().__init__(None, None, _plugins(), group=_AnyGroup if any_word else syntax.AndGroup)
        self.phraseclass = partial(_phrase, leaves)
        self.leaves = leaves

    def term_query(
        self,
        fieldname: str | None,
        text: str,
        termclass: type[wq.Query],
        boost: float = 1.0,
        tokenize: bool = True,
        removestops: bool = True,
    ) -> wq.Query | None:
        """Called by Whoosh for every word, prefix and wildcard."""
        if termclass is wq.Term:
            return self.leaves.word(fieldname, text, boost)
        return self.leaves.leaf(fieldname, text, termclass, boost)


def _phrase(
    leaves: Leaves, fieldname: str | None, found: list[str], slop: int, boost: float, **_: Any
) -> wq.Query | None:
    """Called by Whoosh for every quoted phrase."""
    return leaves.phrase(fieldname, " ".join(found), slop, boost)
