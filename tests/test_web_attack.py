"""What strangers write into listings, queries and addresses stays text; what costs too much is cut off."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from commands import INSTALLED
from listings import HEADER, record
from server import Server, serving

from searcher.app.index import index
from searcher.config import Config

pytest.importorskip("starlette", reason="the extra searcher[web] is not installed")

CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
SCRIPT = "<script>document.title='owned'</script>"
EVIL = record(
    f"Evil {SCRIPT} \"quoted\" <img src=x onerror=document.title='owned'> $\\href{{javascript:alert(1)}}{{x}}$",
    arxiv_id="http://arxiv.org/abs/2401.00001v1",
    authors=f"Eve {SCRIPT}, Mallory\" onmouseover=\"document.title='owned'",
    links="[PDF](javascript:document.title='owned')",
    comment=f"{SCRIPT} \x1b[31m",
    journal="</dd><script src=//evil.example></script>",
    summary=f"Evil summary {SCRIPT} {{{{ 7 * 7 }}}} \x1b]0;owned\x07 &lt;b&gt;",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("attack")
    (folder / "evil.md").write_text(HEADER + EVIL, encoding="utf-8")
    (folder / "secret.txt").write_text("secret")
    config = Config(file=None, index=folder / "index")
    index(config, [folder / "evil.md"])
    with serving(config.index, "--timeout", "2") as running:
        yield running


@pytest.mark.parametrize(
    "path",
    ["/?q=evil", "/papers/2401.00001", "/similar/2401.00001", f"/?q={quote(SCRIPT)}", f"/?author={quote(SCRIPT)}",
     f"/?cat={quote(SCRIPT)}", f"/papers/{quote(SCRIPT)}", f"/?{quote(SCRIPT)}=1", f"/?sort={quote(SCRIPT)}",
     f"/?q=x&from={quote(SCRIPT)}"],
)  # fmt: skip
def test_a_script_tag_stays_text(server: Server, path: str) -> None:
    reply = server.raw(path)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>document" not in reply.text
    assert "<img src=x" not in reply.text
    assert "<script src=//evil" not in reply.text
    assert 'href="javascript:' not in reply.text
    assert ' onmouseover="' not in reply.text
    assert "\x1b" not in reply.text


def test_nothing_of_it_runs_in_a_browser(server: Server) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium; install the package chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page()
        for path in ("?q=evil", "papers/2401.00001", f"?q={quote(SCRIPT)}"):
            page.goto(server.address + path)
            page.wait_for_timeout(200)
            assert page.title() != "owned"
            assert page.locator('a[href^="javascript:"]').count() == 0
            assert page.locator("main script, main img").count() == 0
        browser.close()


def test_every_answer_forbids_what_the_page_does_not_need(server: Server) -> None:
    for path in ("/", "/api/search?q=x", "/static/page.js", "/nothing", "/feed.atom", "/health", "/api/nothing"):
        headers = server.raw(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["/static/../secret.txt", "/static/%2e%2e/%2e%2e/secret.txt", "/static/..%2f..%2fapplication.py",
     "/static/%2e%2e/application.py", "/static//etc/passwd", "/static/%00", "/static/..\\application.py",
     "/papers/../../secret.txt", "/papers/%2e%2e%2fsecret.txt", "/papers/..%2f..%2fetc%2fpasswd.bib"],
)  # fmt: skip
def test_no_path_leads_out(server: Server, path: str) -> None:
    reply = server.raw(path)
    assert reply.status in (400, 404)
    assert b"root:" not in reply.body
    assert b"secret\n" not in reply.body
    assert b"import" not in reply.body


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: owned=1", "a\nX-Owned: 1", 'a"; rel="next", <//evil>; rel="x'])
def test_no_header_can_be_slipped_in(server: Server, value: str) -> None:
    reply = server.get("/api/search", q="*", n=0, title=value)
    assert {"set-cookie", "x-owned"}.isdisjoint(reply.headers)
    reply = server.get("/api/search", q="evil", n=1, cat=value)
    assert {"set-cookie", "x-owned"}.isdisjoint(reply.headers)
    assert "<//evil>" not in reply.headers.get("link", "")
    assert server.raw("/api/papers/" + quote(value)).status == 404


@pytest.mark.parametrize("value", ["%ff%fe", "%00", "%ed%a0%80", "%", "\ud800", "🦊" * 500, "%F0%9F"])
def test_text_that_is_none_is_answered_without_a_fault(server: Server, value: str) -> None:
    value = value.encode(errors="replace").decode()
    for address in ("/api/search?q=", "/?q=", "/api/suggest?q=", "/feed.atom?q=", "/api/papers/", "/?cat=", "/?to="):
        assert server.raw(address + value).status in (200, 400, 404)


def test_what_is_sent_by_halves_does_not_hold_the_server_up(server: Server) -> None:
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(50)]
    try:
        for each in sockets:
            each.sendall(b"GET /api/search?q=evil HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert server.get("/api/search", q="evil").status == 200
    finally:
        for each in sockets:
            each.close()
    assert server.get("/health").status == 200


def test_nonsense_instead_of_http_is_refused(server: Server) -> None:
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port))) as each:
        each.sendall(b"\x00\xff\r\n\r\n" * 10)
        assert each.recv(100).startswith(b"HTTP/1.1 400")
    assert server.get("/health").status == 200


def test_no_answer_of_the_documented_api_is_a_fault(server: Server, tmp_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    done = subprocess.run(
        [
            INSTALLED / "schemathesis", "run", f"{server.address}openapi.json", "--max-examples", "60", "--seed", "1",
            "--checks", ",".join(CHECKS),
            "--suppress-health-check", "all", "--no-color",
        ],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.fixture(scope="module")
def large(real_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one real year."""
    config = Config(file=None, index=tmp_path_factory.mktemp("large") / "index")
    index(config, [real_archive / "cs.CV" / "2023"])
    with serving(config.index, "--timeout", "10") as running:
        yield running


@pytest.mark.parametrize(
    "query",
    ["*", "a*b*c*", "?" * 60, "word~2 " * 40, "a* " * 600, "(" * 1000 + "x" + ")" * 1000, "a OR " * 400 + "b",
     '"' + "a " * 900 + '"', "-a " * 600, "author:a* " * 100, "e*e*e*e*e*e* " * 30, "the of and " * 180],
)  # fmt: skip
def test_a_costly_query_is_answered_or_cut_off_and_others_are_answered_meanwhile(large: Server, query: str) -> None:
    replies: list[int] = []
    asking = [
        threading.Thread(target=lambda: replies.append(large.get("/api/search", q=query[:2048]).status))
        for _ in range(4)
    ]
    for each in asking:
        each.start()
    for each in asking:
        time.sleep(0.05)
        assert large.get("/api/search", q=f"diffusion {each.name}", any=1, n=3).status == 200
    for each in asking:
        each.join()
    assert set(replies) <= {200, 400, 503}
