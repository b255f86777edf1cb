"""`searcher watch`: keep the index up to date while listing files arrive."""

from __future__ import annotations

import signal
import sys
from datetime import datetime
from threading import Event
from typing import Any

from searcher.cli.options import ConfigFile, load_settings
from searcher.cli.running import FOUND


def watch(config: ConfigFile = None) -> int:
    """Keep the index up to date while listing files arrive.

    Examples:
        searcher watch
        systemctl --user enable --now searcher-watch    # see docs/watch.md
    """
    from searcher.app import watch as use_case
    from searcher.render import text

    stop = Event()

    def end(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    for said in use_case.watch(load_settings(config), stop):
        now = f"{datetime.now():%Y-%m-%d %H:%M:%S}"
        if isinstance(said, str):
            print(f"{now} waiting: {text.printable(said)}", file=sys.stderr, flush=True)
            continue
        for problem in said.problems:
            print(f"{now} {text.printable(f'{problem.file}:{problem.line}: {problem.message}')}", file=sys.stderr)
        print(f"{now} {text.report(said, dry_run=False)}", flush=True)
    return FOUND
