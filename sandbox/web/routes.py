"""The page: static files, served as they are. What they show comes from the control interface."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

STATIC = (Path(__file__).parent / "static").resolve()

_POLICY = (
    "default-src 'self'; img-src 'self' data: http: https:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
# Files change while somebody works on them, so browsers ask each time; the ETag keeps the answer short.
_HEADERS = {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}


def router() -> APIRouter:
    """`/` and `/web/…`.

    The policy allows scripts and styles from the page's own files alone, so that no message can bring code along.
    """
    routes = APIRouter(include_in_schema=False)
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}

    def answer(path: Path) -> FileResponse:
        kind = types.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return FileResponse(path, media_type=kind, headers=_HEADERS)

    @routes.get("/")
    def page() -> FileResponse:
        return answer(STATIC / "index.html")

    @routes.get("/web/{name:path}")
    def file(name: str) -> FileResponse:
        """No name leads out of the directory, however it is written."""
        if "\0" in name:
            raise HTTPException(404)
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            raise HTTPException(404)
        return answer(path)

    return routes
