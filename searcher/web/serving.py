"""The server: a socket, the application on it, and an end in good order."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address

import uvicorn

from searcher.config import Config
from searcher.errors import SearcherError
from searcher.web.application import build_application

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_SWITCH_S = 0.001  # between threads; Python's own 5 ms would let others wait while one works
_END_S = 5  # for answers that are being given


def serve(
    config: Config, host: str, port: int, *, timeout_s: float, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Answer on a port, 0 for a free one, until SIGTERM or Ctrl-C; `ready` is told the address.

    On an address of this machine alone only requests that name it are answered, lest a page from elsewhere has a
    browser ask (DNS rebinding). Raises NoIndexError, UnusableIndexError, and SearcherError if the port cannot be had.
    """
    listening = _listen(host, port)
    with listening:
        is_loopback = _is_loopback(listening.getsockname()[0])
        application = build_application(config, timeout_s=timeout_s, hosts=_LOOPBACK_NAMES if is_loopback else ("*",))
        sys.setswitchinterval(_SWITCH_S)
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=True,
                timeout_graceful_shutdown=_END_S,
                h11_max_incomplete_event_size=32_768,
                lifespan="on",
            )
        )
        signal.signal(signal.SIGTERM, lambda *_: None)  # which uvicorn raises again when it has ended
        ready(_address(listening))
        server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
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


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _is_loopback(host: str) -> bool:
    return ip_address(host.partition("%")[0]).is_loopback
