"""The server of pages, API and feeds."""

from __future__ import annotations

from collections.abc import Callable

from searcher.config import Config
from searcher.listening import LOOPBACK_NAMES, answer, is_loopback, listen
from searcher.web.application import build_application


def serve(config: Config, host: str, port: int, *, timeout_s: float, ready: Callable[[str], None]) -> None:
    """Answer on a port, 0 for a free one, until SIGTERM or Ctrl-C; `ready` is told the address.

    On an address of this machine alone only requests that name it are answered, lest a page from elsewhere has a
    browser ask (DNS rebinding). Raises NoIndexError, UnusableIndexError, and SearcherError if the port cannot be had.
    """
    with listen(host, port) as listening:
        hosts = LOOPBACK_NAMES if is_loopback(listening) else ("*",)
        answer(listening, build_application(config, timeout_s=timeout_s, hosts=hosts), ready)
