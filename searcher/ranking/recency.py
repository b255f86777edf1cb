"""The newest date of an archive -> an optional part of a query tree that lets recent papers come first."""

from __future__ import annotations

from datetime import datetime, timedelta

from whoosh import query as wq

from searcher.weights import RECENCY


def favour_recent(newest: datetime) -> wq.Query:
    """What adds to the score of papers by their age, which is counted back from the newest one."""
    day = newest.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    ages = ((wq.DateRange("published", day - timedelta(days), None), worth) for days, worth in RECENCY.items())
    return wq.Or([wq.ConstantScoreQuery(dates, worth) for dates, worth in ages])
