"""`searcher check`: hold listings, catalog and index against one another."""

from __future__ import annotations

from typing import Annotated

import typer

from searcher.cli.options import ConfigFile, Format, load_settings
from searcher.cli.running import FOUND, NOTHING


def check(
    repair: Annotated[bool, typer.Option("--repair", help="mend what is wrong")] = False,
    format: Format = "text",
    config: ConfigFile = None,
) -> int:
    """Check that the index is whole and says what the listings say.

    Examples:
        searcher check
        searcher check --repair
    """
    from searcher.app import check as use_case

    report = use_case.check(load_settings(config), repair=repair)
    if format == "json":
        from searcher.render import json

        print(json.check(report))
    else:
        from searcher.render import text

        print(text.check(report))
    return NOTHING if report.faults else FOUND
