"""The API of `searcher serve`: the answers of the commands, over HTTP, from a server that runs."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from commands import INSTALLED, Shell
from jsonschema import Draft202012Validator
from server import Server, serving

from searcher.config import Config

pytest.importorskip("starlette", reason="the extra searcher[web] is not installed")

SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "docs/json.schema.json").read_text(encoding="utf-8"))
SAVED = "searches:\n  mri: {query: mri, cat: [eess.IV]}\n"


@pytest.fixture(scope="module")
def server(examples: Config) -> Iterator[Server]:
    with serving(examples.index, config=SAVED, engine=examples.engine) as running:
        yield running


def is_what_the_schema_says(reply: Any, definition: str) -> bool:
    schema = {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    return not list(Draft202012Validator(schema).iter_errors(reply))


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "took_ms"}


@pytest.mark.parametrize(
    ("path", "parameters", "command"),
    [
        ("/api/search", {"q": "gaussian splatting"}, "search 'gaussian splatting'"),
        ("/api/search", {"q": "mri", "cat": ["eess.IV", "cs.LG"], "sort": "oldest"},
         "search mri --cat eess.IV --cat cs.LG --sort oldest"),
        ("/api/search", {"q": "*", "not-cat": "cs.CV", "from": "2024-03-09", "n": 3, "page": 2, "facet": "author"},
         "search '*' --not-cat cs.CV --from 2024-03-09 -n 3 --page 2 --facet author"),
        ("/api/search", {"author": "Mira Okafor"}, "search --author 'Mira Okafor'"),
        ("/api/search", {"q": "difusion"}, "search difusion"),
        ("/api/search", {"q": "mri", "cat": "eess.VI"}, "search mri --cat eess.VI"),
        ("/api/search", {"q": "mri ultrasound", "any": "true", "no-facets": "1", "explain": "yes"},
         "search mri ultrasound --any --no-facets --explain"),
        ("/api/search", {"q": "saved:mri"}, "search saved:mri"),
        ("/api/papers/2403.90147", {}, "searcher show 2403.90147"),
        ("/api/papers/2403.90147v1", {}, "searcher show 2403.90147v1"),
        ("/api/similar/2403.90147", {"n": 5}, "searcher similar 2403.90147 -n 5"),
        ("/api/facets", {"by": "author", "n": 4}, "searcher facets --by author -n 4"),
        ("/api/facets", {"q": "diffusion", "by": "month"}, "searcher facets diffusion --by month"),
        ("/api/stats", {}, "searcher stats"),
    ],
)  # fmt: skip
def test_the_api_answers_as_the_command_does(
    server: Server, library: Shell, path: str, parameters: dict[str, Any], command: str
) -> None:
    library.write("config.yaml", SAVED)
    reply = server.get(path, **parameters)
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    printed = library(f"{command} --format json").json
    assert without_time(reply.json) == without_time(printed)


def test_the_next_page_is_where_the_link_says(server: Server) -> None:
    ids: list[str] = []
    address = "/api/search?q=%2A&n=15&sort=newest"
    while address:
        reply = server.raw(address)
        ids += reply.ids
        address = reply.next if "link" in reply.headers else ""
    assert ids == server.get("/api/search", q="*", n=100, sort="newest").ids
    assert len(ids) == 40


def test_a_paper_may_be_asked_for_by_an_old_id_or_its_address(server: Server) -> None:
    for name in ("2403.90147", "arXiv:2403.90147v2", "https://arxiv.org/abs/2403.90147"):
        assert server.get(f"/api/papers/{name}").ids == ["2403.90147"]


def test_an_answer_is_not_sent_again_while_the_index_is_the_same(server: Server) -> None:
    first = server.get("/api/search", q="mri")
    tag = first.headers["etag"]
    again = server.get("/api/search", {"If-None-Match": f'W/"other", {tag}'}, q="mri")
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert server.get("/api/search", {"If-None-Match": 'W/"other"'}, q="mri").ids == first.ids


def test_a_query_being_typed_is_completed(server: Server) -> None:
    reply = server.get("/api/suggest", q="gaussian spl")
    assert is_what_the_schema_says(reply.json, "completions")
    assert reply.json["completions"][:2] == ["gaussian splat", "gaussian splats"]
    assert server.get("/api/suggest", q='"').json["completions"] == []


def test_health_says_how_many_papers_there_are(server: Server) -> None:
    health = server.get("/health").json
    assert (health["status"], health["papers"]) == ("ok", 40)


def test_a_search_is_a_feed(server: Server) -> None:
    reply = server.get("/feed.atom", q="diffusion", cat="eess.IV")
    assert reply.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(reply.body)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.id == feed.feed.links[0].href == f"{server.address}feed.atom?q=diffusion&cat=eess.IV"
    newest = server.get("/api/search", q="diffusion", cat="eess.IV", sort="newest", n=50).ids
    assert [entry.id.rsplit("/", 1)[1] for entry in feed.entries] == newest


def test_the_page_leads_to_the_feed_whatever_else_it_shows(server: Server) -> None:
    page = server.get("/", q="diffusion", cat="eess.IV", facet="author", sort="oldest", n=5, page=2)
    (address,) = re.findall(r'href="(/feed[^"]*)" id="feed"', page.text)
    assert address == "/feed.atom?q=diffusion&amp;cat=eess.IV"
    assert server.raw(address.replace("&amp;", "&")).status == 200


@pytest.mark.parametrize(
    ("address", "status", "detail"),
    [
        ("/api/search?qq=x", 400, "there is no parameter 'qq'; did you mean q?"),
        ("/api/search?q=x&sort=newst", 400, "sort: there is no 'newst'; did you mean newest?"),
        ("/api/search?q=x&n=101", 400, "n: '101' is not a number from 0 to 100"),
        ("/api/search?q=x&n=ten", 400, "n: 'ten' is not a number from 0 to 100"),
        ("/api/search?q=x&from=yesterday", 400, "'yesterday' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"),
        ("/api/search?q=x&facet=years", 400, "facet: there is no 'years'; did you mean year?"),
        ("/api/search?q=x&any=maybe", 400, "any: 'maybe' is neither true nor false"),
        ("/api/search?q=x&q=y", 400, "q: given 2 times; at most 1 can be"),
        ("/api/search?q=x&page=2000", 400, "no paper beyond the first 10,000 can be asked for; narrow the query"),
        ("/api/search?q=x&cursor=2", 400, "cursor: not one that the header Link gave"),
        (f"/api/search?q={'x' * 2049}", 400, "q: at most 2,048 characters can be asked for"),
        (f"/api/search?q={'x' * 17000}", 414, "the address is too long"),
        ("/api/papers/2403.99999", 404, "there is no paper '2403.99999' in the index"),
        ("/api/similar/nothing", 404, "there is no paper 'nothing' in the index"),
        ("/api/nothing", 404, "there is nothing at this address"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_problem_in_one_line(server: Server, address: str, status: int, detail: str) -> None:
    reply = server.raw(address)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["detail"] == detail
    assert reply.json["status"] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(server: Server, method: str) -> None:
    reply = server.get("/api/search", method=method, q="x")
    assert (reply.status, sorted(reply.headers["allow"].split(", "))) == (405, ["GET", "HEAD"])
    assert reply.json["detail"] == "only GET and HEAD are answered; nothing can be changed here"


def test_the_document_of_the_api_names_each_parameter(server: Server) -> None:
    paths = server.get("/openapi.json").json["paths"]
    names = {each["name"] for each in paths["/api/search"]["get"]["parameters"]}
    assert names == {
        "q", "cat", "not-cat", "primary", "author", "title", "from", "to", "any", "sort", "n", "page", "cursor",
        "facet", "no-facets", "boost-recent", "explain",
    }  # fmt: skip


def test_other_names_of_this_machine_are_not_answered(server: Server) -> None:
    assert server.get("/api/stats", {"Host": "evil.example"}).status == 400
    assert server.get("/api/stats", {"Host": "localhost"}).status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_in_silence(examples: Config, number: signal.Signals) -> None:
    with serving(examples.index, engine=examples.engine) as running:
        assert running.get("/health").status == 200
        code = running.end(number)
    assert (code, running.said) == (0 if number == signal.SIGTERM else 130, [])


def test_a_port_that_is_taken_is_said_in_one_line(library: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        printed = library.bash(f"searcher serve --port {port}")
    assert printed.code == 2
    assert printed.err == (
        f"searcher: cannot listen on 127.0.0.1 port {port}: Address already in use; choose another with --port\n"
    )


def test_without_an_index_there_is_nothing_to_serve(shell: Shell) -> None:
    printed = shell.bash("searcher serve --port 0")
    assert (printed.code, printed.err) == (2, "searcher: there is no index yet; make one with: searcher index FOLDER\n")


def test_the_server_listens_on_this_machine_alone(server: Server) -> None:
    assert server.address.startswith("http://127.0.0.1:")


def test_what_serve_needs_is_not_imported_by_search() -> None:
    code = (
        "import searcher.cli.search, searcher.cli.searcher, sys; "
        "print([name for name in sys.modules if name in ('starlette', 'uvicorn', 'jinja2')])"
    )
    done = subprocess.run([INSTALLED / "python", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
