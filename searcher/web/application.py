"""Which address is answered by what, and what holds for every answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from hashlib import blake2b
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searcher import __version__
from searcher.app.current import CurrentArchive
from searcher.app.search import Archive
from searcher.config import Config
from searcher.errors import QueryError, SearcherError
from searcher.web import api, openapi, page
from searcher.web.answering import Answer, Answerer, BusyError
from searcher.web.files import FOLDER, StaticFiles
from searcher.web.parameters import FACET_COUNTS, FEED, QUERY, SEARCH, SIMILAR, Asked, Pairs, Parameter, parse
from searcher.web.problems import problem

_MAX_ADDRESS_CHARS = 16_384
_MAX_PAIRS = 200
_HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    b"img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}
_Make = Callable[[Archive, Asked, Pairs, Request], Answer]


def build_application(config: Config, *, timeout_s: float, hosts: Sequence[str] = ("*",)) -> Starlette:
    """The application for the index of these settings, for requests that name one of the hosts.

    Raises NoIndexError if there is no index, UnusableIndexError if it cannot be read.
    """
    answerer = Answerer(CurrentArchive(config), timeout_s=timeout_s)
    answered = partial(_endpoint, answerer, config)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        looking = asyncio.create_task(answerer.look())
        yield
        looking.cancel()
        answerer.close()

    def identifier(request: Request) -> str:
        return request.path_params["identifier"]

    routes = [
        Route("/", answered(SEARCH, page.search)),
        Route("/papers/{identifier:path}.bib", answered((), lambda a, _, __, r: api.citation(a, identifier(r)))),
        Route("/papers/{identifier:path}", answered((), lambda a, _, __, r: page.paper(a, identifier(r)))),
        Route("/similar/{identifier:path}", answered(SIMILAR, lambda a, q, p, r: page.similar(a, q, p, identifier(r)))),
        Route("/feed.atom", answered(FEED, lambda a, q, _, r: api.feed(a, q, str(r.url)))),
        Route("/api/search", answered(SEARCH, lambda a, q, p, r: api.search(a, q, r.url.path, p))),
        Route("/api/papers/{identifier:path}", answered((), lambda a, _, __, r: api.paper(a, identifier(r)))),
        Route(
            "/api/similar/{identifier:path}",
            answered(SIMILAR, lambda a, q, p, r: api.similar(a, q, identifier(r), r.url.path, p)),
        ),
        Route("/api/facets", answered(FACET_COUNTS, lambda a, q, *_: api.facets(a, q))),
        Route("/api/suggest", answered((QUERY,), lambda a, q, *_: api.suggest(a, q))),
        Route("/api/stats", answered((), lambda a, *_: api.stats(a))),
        Route("/openapi.json", lambda _: JSONResponse(openapi.DOCUMENT)),
        Route("/health", partial(_health, answerer)),
        Route("/favicon.ico", lambda _: FileResponse(FOLDER / "icon.svg")),
        Mount("/static", StaticFiles()),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(_Guard),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=1),
        ],
        exception_handlers={SearcherError: _on_error, HTTPException: _on_error, Exception: _on_error},
        lifespan=life,
    )


def _endpoint(
    answerer: Answerer, config: Config, known: Sequence[Parameter], make: _Make
) -> Callable[[Request], Awaitable[Response]]:
    """What answers the requests of one route."""
    fixed = blake2b(f"{__version__} {config}".encode(errors="replace"), digest_size=6).hexdigest()

    async def endpoint(request: Request) -> Response:
        pairs = request.query_params.multi_items()
        asked = parse(pairs, known)
        state = answerer.state()
        if _holds(request.headers.get("if-none-match", ""), tag := f'W/"{state.generation}-{fixed}"'):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag, "Cache-Control": "no-cache"})
        answer = await answerer.answer(
            state,
            str(request.url),
            lambda archive: make(archive, asked, pairs, request),
            is_costly=asked.is_costly,
        )
        headers = {"ETag": f'W/"{answer.generation}-{fixed}"', "Cache-Control": "no-cache"}
        if answer.links:
            headers["Link"] = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in answer.links)
        return Response(answer.body, HTTPStatus.OK, headers, answer.media_type)

    return endpoint


def _holds(if_none_match: str, tag: str) -> bool:
    return tag in (each.strip() for each in if_none_match.split(","))


async def _health(answerer: Answerer, _: Request) -> Response:
    state = answerer.state()
    return JSONResponse(
        {"status": "ok", "papers": len(state.archive), "generation": state.generation},
        headers={"Cache-Control": "no-store"},
    )


def _on_error(request: Request, error: Exception) -> Response:
    """An error as a page for who looks at pages, and as a problem for programs."""
    if isinstance(error, HTTPException):
        status, detail = error.status_code, _DETAILS.get(error.status_code, error.detail)
    elif isinstance(error, api.NoPaperError):
        status, detail = HTTPStatus.NOT_FOUND, str(error)
    elif isinstance(error, QueryError):
        status, detail = HTTPStatus.BAD_REQUEST, str(error)
    elif isinstance(error, BusyError | SearcherError):
        status, detail = HTTPStatus.SERVICE_UNAVAILABLE, str(error)
    else:
        status, detail = HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of searcher; what happened stands in its log"
    path = request.url.path
    is_page = not path.startswith(("/api/", "/feed.atom", "/openapi", "/health")) and not path.endswith(".bib")
    response = page.error(int(status), detail) if is_page else problem(int(status), detail)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


_DETAILS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "there is nothing at this address",
    HTTPStatus.METHOD_NOT_ALLOWED: "only GET and HEAD are answered; nothing can be changed here",
}


class _Guard:
    """Refuses what is too long before anything looks at it, and adds the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        address = scope["query_string"]
        if len(scope.get("raw_path") or b"") + len(address) > _MAX_ADDRESS_CHARS or address.count(b"&") > _MAX_PAIRS:
            await problem(HTTPStatus.REQUEST_URI_TOO_LONG, "the address is too long")(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)
