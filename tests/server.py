"""A running `searcher serve` for tests, and what it replies."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

from commands import INSTALLED

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def ids(self) -> list[str]:
        return [hit["id"] for hit in self.json["hits"]]

    @property
    def next(self) -> str:
        """The address of the next page."""
        found = re.fullmatch(r'<([^>]*)>; rel="next"', self.headers["link"])
        assert found
        return found[1]


class Server:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        self.said: list[str] = []
        assert process.stderr
        threading.Thread(target=self._read, args=(process.stderr,), daemon=True).start()

    def _read(self, stream: IO[str]) -> None:
        self.said.extend(stream)

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", **parameters: Any) -> Reply:
        """Ask for an address; of several values of a parameter each is sent, from_ is "from"."""
        pairs = [
            (name.rstrip("_").replace("_", "-"), each)
            for name, value in parameters.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        return self.raw(f"{path}?{urlencode(pairs)}" if pairs else path, headers, method)

    def raw(self, target: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Reply:
        """Ask for an address as it stands."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=_PATIENCE_S)
        try:
            connection.putrequest(
                method, quote(target, safe="%/:?&=+,;@!$'()*~[]#\\<>\""), skip_host=bool(headers and "Host" in headers)
            )
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Reply(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Have it end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_S)


@contextmanager
def serving(index: Path, *options: str, config: str = "", engine: str = "tantivy") -> Iterator[Server]:
    """A server for an index, on a free port, ended at the end."""
    settings = index.parent / "serving.yaml"
    settings.write_text(config, encoding="utf-8")
    process = subprocess.Popen(
        [INSTALLED / "searcher", "serve", "--port", "0", "--config", settings, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SEARCHER_INDEX": str(index), "SEARCHER_ENGINE": engine},
    )
    try:
        assert process.stderr
        line = process.stderr.readline()
        found = re.fullmatch(r"searcher: (http://\S+/)\n", line)
        assert found, line
        yield Server(process, found[1])
    finally:
        process.kill()
        process.wait()
