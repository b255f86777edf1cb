"""`searcher stats`: sum the index up."""

from __future__ import annotations

from searcher import open_archive
from searcher.cli.options import ConfigFile, Format
from searcher.cli.running import FOUND


def stats(format: Format = "text", config: ConfigFile = None) -> int:
    """Say what the index holds.

    Examples:
        searcher stats
    """
    summary = open_archive(config).stats()
    if format == "json":
        from searcher.render import json

        print(json.stats(summary))
    else:
        from searcher.render import text

        print(text.stats(summary))
    return FOUND
