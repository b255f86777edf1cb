"""The newest date of an archive -> optional parts of a query tree that let recent papers come first."""

from __future__ import annotations

from datetime import datetime, timedelta

from whoosh import query as wq

from searcher.weights import RECENCY


def favour_recent(newest: datetime) -> list[wq.Query]:
    """What adds to the score of papers by their age, which is counted back from the newest one."""
    day = newest.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    ages = ((wq.DateRange("published", day - timedelta(days), None), worth) for days, worth in RECENCY.items())
    return [wq.ConstantScoreQuery(dates, worth) for dates, worth in ages]
