"""`searcher serve`: the search page, the API and feeds."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searcher.cli.options import ConfigFile, load_settings
from searcher.cli.running import FOUND
from searcher.errors import MissingPackageError


def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", show_default=False, help="where to listen (127.0.0.1, 8080)")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", show_default=False, help="")] = 8080,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=600, metavar="S", show_default=False, help="seconds for one answer (5)")
    ] = 5.0,
    config: ConfigFile = None,
) -> int:
    """Serve a search page, an API and feeds; Ctrl-C ends it.

    Examples:
        searcher serve
        searcher serve --host 0.0.0.0 --port 80
    """
    settings = load_settings(config)
    try:
        from searcher.web.serving import serve as run
    except ImportError as error:
        raise MissingPackageError("serve needs packages; install them with: pip install 'searcher[web]'") from error
    run(settings, host, port, timeout_s=timeout, ready=lambda address: print(f"searcher: {address}", file=sys.stderr))
    return FOUND
