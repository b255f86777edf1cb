"""The files that pages are made of: styles, scripts, fonts."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles as _StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"


class StaticFiles(_StaticFiles):
    """Serves them; a browser may keep them for a day."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER, follow_symlink=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One of them."""
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", "max-age=86400")
        return response
