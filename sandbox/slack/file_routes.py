"""Bytes of files: the upload address, and the files and pictures for the page."""

from html import escape
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.world import World


def avatar(name: str, hue: int) -> str:
    initials = escape("".join(part[0] for part in name.split()[:2]).upper())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72" role="img">'
        f'<rect width="72" height="72" rx="12" fill="hsl({hue} 45% 42%)"/>'
        '<text x="36" y="47" font-family="sans-serif" font-size="30" font-weight="600" fill="#fff"'
        f' text-anchor="middle">{initials}</text></svg>'
    )


def router(world: World) -> APIRouter:
    routes = APIRouter()
    slack = world.slack

    async def upload(request: Request) -> Response:
        file = slack.files.get(request.path_params["id"])
        if file is None or file.complete:
            return PlainTextResponse("file_not_found", 404)
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await request.form()
            parts = [part for part in form.values() if not isinstance(part, str)]
            content = await parts[0].read() if parts else b""
        else:
            content = await request.body()
        if len(content) != file.size:
            return PlainTextResponse(f"expected {file.size} bytes, got {len(content)}", 400)
        slack.file_bytes[file.id] = content
        file.uploaded = True
        return PlainTextResponse(f"OK - {file.size}")

    async def download(request: Request) -> Response:
        file = slack.files.get(request.path_params["id"])
        content = slack.file_bytes.get(request.path_params["id"])
        if file is None or content is None or not file.complete:
            return PlainTextResponse("file_not_found", 404)
        shown = "inline" if file.mimetype.startswith(("image/", "text/plain", "application/pdf")) else "attachment"
        disposition = f"{shown}; filename*=UTF-8''{quote(file.name)}"
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        kind = "text/plain" if file.mimetype == "text/html" else file.mimetype
        return Response(content, media_type=kind, headers=headers)

    async def picture(request: Request) -> Response:
        user = slack.users.get(request.path_params["id"].removesuffix(".svg"))
        if user is None:
            return PlainTextResponse("user_not_found", 404)
        return Response(avatar(user.real_name, user.avatar_hue), media_type="image/svg+xml")

    routes.add_route("/files/upload/{id}", upload, methods=["POST", "PUT"])
    routes.add_route("/files/{id}/{name:path}", download, methods=["GET"])
    routes.add_route("/avatar/{id}", picture, methods=["GET"])
    return routes
