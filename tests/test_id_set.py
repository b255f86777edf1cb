"""A set of arXiv ids in bits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searcher.id_set import IdSet
from searcher.paper import parse_id

NEW = st.from_regex(r"(0[7-9]|[1-9][0-9])(0[1-9]|1[0-2])\.[0-9]{4,5}", fullmatch=True)
OLD = st.from_regex(r"(hep-th|cs|math|astro-ph)/(9[1-9]|0[0-7])(0[1-9]|1[0-2])[0-9]{3}", fullmatch=True)
IDS = (NEW | OLD).filter(lambda text: parse_id(text) == (text, None))


@given(st.lists(IDS, max_size=50))
def test_an_id_is_new_once(ids: list[str]) -> None:
    known: set[str] = set()
    found = IdSet()
    for each in ids + ids:
        assert found.add(each) is (each not in known)
        known.add(each)
