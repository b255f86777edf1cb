"""A port, and an application that answers on it until it is told to end."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import uvicorn

from searcher.errors import SearcherError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_SWITCH_S = 0.001  # between threads; Python's own 5 ms would let others wait while one works
_END_S = 5  # for answers that are being given


def listen(host: str, port: int) -> socket.socket:
    """Listen on a port, 0 for a free one. Raises SearcherError if it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(512)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SearcherError(f"cannot listen on {host} port {port}: {reason}; choose another with --port") from error
    return listening


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine can ask."""
    return ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def answer(listening: socket.socket, application: Any, ready: Callable[[str], None]) -> None:
    """Let an ASGI application answer until SIGTERM or Ctrl-C; `ready` is told the address."""
    sys.setswitchinterval(_SWITCH_S)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_END_S,
            lifespan="on",
        )
    )
    signal.signal(signal.SIGTERM, lambda *_: None)  # which uvicorn raises again when it has ended
    host, port = listening.getsockname()[:2]
    ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    server.run(sockets=[listening])
