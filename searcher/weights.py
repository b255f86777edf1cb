"""What counts how much for the order of papers: every weight there is.

They were chosen by the topics of CVPR-2023. Those of CVPR-2024 were looked at along the way and decided between
designs, so neither set is unseen; what they give is in bench/relevance/RESULTS.md.
"""

from __future__ import annotations

FIELDS = {"title": 2.0, "summary": 1.0, "author": 1.0, "comment": 0.3}
"""A word, by where it is found, unless config.yaml says otherwise."""

NEIGHBOURS = {"title": 3.0}
"""Two words that stand side by side as they do in the query. In summaries it tells too little for what it costs."""

NAME = 20.0
"""Being the paper that its title gives just the name that was typed, "NeRF: ..."."""

LONG_FORM = 0.7
"""What an acronym that was typed stands for, against the acronym; the most frequent of its long forms."""

ACRONYM = 0.2
"""The acronym of words that were typed, against each of them."""

YEAR = 1.0
"""Being published in the year that a number in the query may mean."""

CORRECTION = 0.5
"""What was meant by a word that a few papers hold, against that word."""

FEEDBACK = 2.0
"""All words together that were taken from the first papers, against each word of the query; in title and summary."""

FEEDBACK_FIELDS = {"title": 2.0, "summary": 1.0}

SIMILAR_TITLE = 3.0
"""A word in the title of the paper that others are to be like, against one in its summary."""

ALL_WORDS = 6.0
"""Holding all words of the query, where papers with some of them are ranked among these."""

ALL_OF_FEW = 1000.0
"""The same where hardly a paper holds all: more than anything else can count, so that those few come first."""

RECENCY = {90: 2.0, 365: 2.0, 730: 2.0, 1461: 2.0}
"""With --boost-recent: not being older than so many days, added up."""
