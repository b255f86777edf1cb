"""`searcher mcp`: the archive as tools for agents."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searcher.cli.options import ConfigFile, load_settings
from searcher.cli.running import FOUND
from searcher.errors import MissingPackageError


def mcp(
    http: Annotated[bool, typer.Option("--http", help="over HTTP instead of stdin and stdout")] = False,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", show_default=False, help="where to listen (127.0.0.1, 8081)")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", show_default=False, help="")] = 8081,
    config: ConfigFile = None,
) -> int:
    """Serve search, paper, similar and facets as tools for agents (MCP).

    Examples:
        searcher mcp
        searcher mcp --http --port 8081
    """
    settings = load_settings(config)
    try:
        from searcher import mcp as server
    except ImportError as error:
        raise MissingPackageError("mcp needs a package; install it with: pip install 'searcher[mcp]'") from error
    if http:
        server.serve_http(settings, host, port, lambda address: print(f"searcher: {address}", file=sys.stderr))
    else:
        server.serve_stdio(settings)
    return FOUND
