"""The name that a title gives its paper: "NeRF" of "NeRF: Representing Scenes as Neural Radiance Fields".

Who types just such a name looks for this paper, and not for the many that mention it. Analysis folds case, so that
"SPLAT" as a word is no rarer than "splat"; as a name it is.
"""

from __future__ import annotations

import re

from whoosh import query as wq

from searcher.schema import words
from searcher.weights import NAME

_NAME = re.compile(r"(\S{2,40}?)\s?:\s")


def name_keys(title: str) -> list[str]:
    """What a paper is filed under, in the field `acronym`, for the name before the colon of its title; one or none."""
    found = _NAME.match(title) if ":" in title else None
    return _keys(found[1]) if found else []


def favour_named(text: str) -> list[wq.Query]:
    """What adds to the score of papers that have what was typed for a name; nothing if it is more than one word."""
    return [wq.ConstantScoreQuery(wq.Term("acronym", key), NAME) for key in _keys(text.strip())]


def _keys(name: str) -> list[str]:
    """How a name is compared: "U-Net" and "UNet" alike. No acronym is written with a "="."""
    letters = "".join(words(name))
    return [f"={letters}"] if letters and " " not in name else []
