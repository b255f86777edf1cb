"""Errors as RFC 9457 problems."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str) -> Response:
    """What went wrong, in one line, and what to do."""
    title = HTTPStatus(status).phrase
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}, ensure_ascii=False)
    headers = {"Retry-After": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return Response(body.encode(errors="replace"), status, {**headers, "Cache-Control": "no-store"}, MEDIA_TYPE)
