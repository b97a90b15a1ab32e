"""`/respond/…`: five answers in thirty minutes to what somebody did."""

import json
import time
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack import posting
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, ResponseUrl
from sandbox.world import World

MAX_USES = 5


def respond(world: World, token: str, raw: Json) -> None:
    """Raises SlackError. Posting permission is not asked, visibility never changes, and no ts comes back."""
    slack = world.slack
    known = slack.response_urls.get(token)
    if known is None:
        raise SlackError("invalid_url")
    if slack.clock() - known.issued > slack.timing.response_url:
        raise SlackError("expired_url")
    if known.uses >= MAX_USES:
        raise SlackError("used_url")
    channel = slack.channels[known.channel]
    origin = channel.messages.get(known.origin or "")
    if raw.get("delete_original"):
        known.uses += 1
        if origin is None:
            raise SlackError("message_not_found")
        posting.delete(world, channel, origin)
        return
    body = posting.content(raw)
    known.uses += 1
    if raw.get("replace_original") and origin is not None:
        posting.edit(world, channel, origin, body)
        return
    public = raw.get("response_type") == "in_channel"
    thread = raw.get("thread_ts") if public else None
    message = posting.post(world, channel, body, only_for=None if public else known.user, thread_ts=thread)
    _remember(known, message.ts, ephemeral=not public)


def _remember(known: ResponseUrl, ts: str, *, ephemeral: bool) -> None:
    """The first answer to a command is what replace_original means afterwards."""
    if known.origin is None:
        known.origin, known.origin_ephemeral = ts, ephemeral


def router(world: World) -> APIRouter:
    routes = APIRouter()

    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        entry = world.calls.add(at=world.slack.clock(), method="response_url", args={}, ok=False, error=None, ms=0.0)
        try:
            return await handled(request, entry)
        finally:
            entry["ms"] = round((time.perf_counter() - began) * 1000, 2)

    async def handled(request: Request, entry: Json) -> Response:
        raw = await request.body()
        try:
            if request.headers.get("content-type", "").startswith("application/json"):
                body = json.loads(raw)
            else:
                body = json.loads(parse_qs(raw.decode())["payload"][0])
            if not isinstance(body, dict):
                raise ValueError("not an object")
        except (ValueError, KeyError):
            entry["error"] = "invalid_payload"
            return PlainTextResponse("invalid_payload", 400)
        entry["args"] = body
        if (failure := await world.faults.apply("slack", "response_url")) is not None:
            entry["error"] = "fault"
            return failure
        try:
            respond(world, request.path_params["token"].rpartition("-")[2], body)
        except SlackError as refusal:
            entry["error"] = refusal.code
            gone = refusal.code.endswith("_url")
            return JSONResponse(refusal.body(), 404 if gone else 400)
        entry["ok"] = True
        return PlainTextResponse("ok")

    routes.add_route("/respond/{token}", answer, methods=["POST"])
    return routes
