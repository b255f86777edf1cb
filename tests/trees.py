"""Query trees for tests: how they read, and the form they have."""

from __future__ import annotations

from whoosh import query as wq

from searcher.schema import TEXT_FIELDS

KEYWORDS = ("id", "doi", "category", "primary", "archive")


def shown(query: wq.Query) -> str:
    """A tree on one line: boosts behind ^, and what counts nothing for the score between < and >."""
    match query:
        case wq.And() | wq.Or():
            word = " AND " if isinstance(query, wq.And) else " OR "
            return f"({word.join(map(shown, query.subqueries))})"
        case wq.AndMaybe():
            return f"({shown(query.a)} MAYBE {shown(query.b)})"
        case wq.Not():
            return f"NOT {shown(query.query)}"
        case wq.ConstantScoreQuery():
            assert query.score >= 0
            return f"<{shown(query.child)}>" + (f"^{query.score:g}" if query.score else "")
        case wq.Term():
            assert query.fieldname in ("id", "doi") or not set(query.text) & set("*?")
            return f"{query.fieldname}:{query.text}" + (f"^{query.boost:g}" if query.boost != 1 else "")
        case wq.Phrase():
            return f'{query.fieldname}:"{" ".join(query.words)}"' + (f"^{query.boost:g}" if query.boost != 1 else "")
        case wq.Prefix():
            return f"{query.fieldname}:{query.text}..."
        case wq.Wildcard():
            assert set(query.text) & set("*?")
            return f"{query.fieldname}:{query.text}"
        case wq.FuzzyTerm():
            assert query.prefixlength == 0
            return f"{query.fieldname}:{query.text}~{query.maxdist}"
        case wq.DateRange():
            start, end = (f"{date:%Y-%m-%d}" if date else "" for date in (query.startdate, query.enddate))
            assert not query.startexcl
            assert query.endexcl
            return f"{query.fieldname}:{start}..{end}"
        case wq.Every():
            return f"{query.fieldname or ''}*"
    assert query == wq.NullQuery
    return "nothing"


def assert_canonical(query: wq.Query) -> None:
    """What the docstring of searcher.query promises to engines."""
    match query:
        case wq.And() | wq.Or():
            assert query.boost == 1.0
            assert len(query.subqueries) > 1
            positive = [child for child in query.subqueries if not isinstance(child, wq.Not)]
            assert positive
            assert isinstance(query, wq.And) or len(positive) == len(query.subqueries)
            for child in query.subqueries:
                assert_canonical(child.query if isinstance(child, wq.Not) else child)
        case wq.AndMaybe():
            assert query.boost == 1.0
            assert_canonical(query.a)
            assert_canonical(query.b)
        case wq.ConstantScoreQuery():
            assert 0 <= query.score <= 1e6
            parts = query.child.subqueries if isinstance(query.child, wq.Or) else [query.child]
            assert parts
            for part in parts:
                assert part.boost == 1.0
                assert isinstance(
                    part, wq.Term | wq.Phrase | wq.Prefix | wq.Wildcard | wq.FuzzyTerm | wq.DateRange | wq.Every
                )
                assert part.field() in (*TEXT_FIELDS, *KEYWORDS, "published", "updated", None)
        case wq.Term():
            assert query.fieldname in TEXT_FIELDS
            assert query.text
            assert 0 <= query.boost <= 1e6
        case wq.Phrase():
            assert query.fieldname in TEXT_FIELDS
            assert len(query.words) > 1
            assert all(query.words)
            assert 0 <= query.boost <= 1e6
        case _:
            assert query == wq.NullQuery
