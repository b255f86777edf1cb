"""A server between us and a cluster, that answers some requests itself: as one does that is busy, old or mute."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, Any]
"""A status, and what becomes JSON."""


@contextmanager
def interposed(
    host: str,
    answer: Callable[[str, str], Answer | None] = lambda *_: None,
    certificate: Path | None = None,
    authorizations: list[str | None] | None = None,
    is_lost: Callable[[str, str], bool] = lambda *_: False,
) -> Iterator[str]:
    """The address of such a server. `answer` gets method and path; where it has none, the cluster at `host` has.

    An answer that `is_lost` becomes a 503, after the cluster has done what was asked.

    With a certificate, a file that holds its key too, it speaks TLS. What was sent to be let in by is noted.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if authorizations is not None:
                authorizations.append(self.headers.get("authorization"))
            given = answer(self.command, self.path)
            if given:
                status, content = given[0], json.dumps(given[1]).encode()
            else:
                connection = http.client.HTTPConnection(urllib.parse.urlsplit(host).netloc, timeout=60)
                kind = {"content-type": self.headers.get("content-type", "application/json")}
                connection.request(self.command, self.path, body, kind)
                found = connection.getresponse()
                status, content = found.status, found.read()
                connection.close()
                if is_lost(self.command, self.path):
                    status, content = 503, b'{"error": {"type": "node_closed_exception", "reason": "node closed"}}'
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
