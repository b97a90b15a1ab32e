"""The Web API over HTTP: `/api/<method>`, with tokens, scopes, limits, faults and the log of calls."""

import json
import time
from copy import deepcopy
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack import methods as _methods  # importing it defines the methods
from sandbox.slack.call import METHODS, Call, Method, invalid
from sandbox.slack.errors import RateLimited, SlackError
from sandbox.slack.model import Json
from sandbox.world import World

__all__ = ["router"]
assert _methods  # the import is for its effect


async def arguments(request: Request) -> Json:
    """Query, form or JSON, whichever came."""
    found: Json = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type == "application/json":
        body = await request.body()
        if body:
            try:
                parsed = json.loads(body)
            except ValueError:
                raise SlackError("invalid_json") from None
            if not isinstance(parsed, dict):
                raise SlackError("json_not_object")
            found |= parsed
    elif content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = await request.form()
        found |= {key: value for key, value in form.items() if isinstance(value, str)}
    return found


def check_token(world: World, chosen: Method, request: Request, given: Json) -> None:
    """The header counts; a token in the body does too, but not for apps.connections.open."""
    if chosen.token == "none":
        given.pop("token", None)
        return
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    in_body = given.pop("token", None)
    if scheme.lower() != "bearer" or not token:
        token = "" if chosen.token == "app" else str(in_body or "")
    if not token:
        raise SlackError("not_authed")
    right, other = world.slack.bot_token, world.slack.app_token
    if chosen.token == "app":
        right, other = other, right
    if token == other:
        raise SlackError("not_allowed_token_type")
    if token != right:
        raise SlackError("invalid_auth")


def run(world: World, name: str, request: Request, given: Json) -> Json:
    chosen = METHODS.get(name)
    if chosen is None:
        raise SlackError("unknown_method", req_method=name)
    check_token(world, chosen, request, given)
    call = Call(world, given)
    if chosen.token == "bot":
        call.need(*chosen.scopes)
    if world.slack.rate_limits:
        world.limits.method(name, chosen.tier)
    return {"ok": True, **chosen.run(call)}


def router(world: World) -> APIRouter:
    routes = APIRouter()

    async def call(request: Request) -> Response:
        name = request.path_params["method"]
        began = time.perf_counter()
        entry = world.calls.add(at=world.slack.clock(), method=name, args={}, ok=False, error=None, ms=0.0)
        headers: dict[str, str] = {}
        status = 200
        body: Any
        try:
            given = await arguments(request)
            entry["args"] = {key: value for key, value in given.items() if key != "token"}
            if (failure := await world.faults.apply("slack", name)) is not None:
                entry["error"] = "fault"
                return failure
            body = run(world, name, request, deepcopy(given))
        except RateLimited as limited:
            status, body = 429, limited.body()
            headers["Retry-After"] = str(limited.retry_after)
        except SlackError as refusal:
            body = refusal.body()
        except (AttributeError, KeyError, TypeError, ValueError) as wrong:  # arguments of a shape that no client sends
            body = invalid(f"malformed arguments: {wrong!r}").body()
        finally:
            entry["ms"] = round((time.perf_counter() - began) * 1000, 2)
        entry["ok"] = body["ok"]
        entry["error"] = body.get("error")
        scopes = ["connections:write"] if name.startswith("apps.connections") else world.slack.manifest.scopes
        headers |= {"x-oauth-scopes": ",".join(scopes), "x-slack-req-id": world.slack.new_id("", 16).lower()}
        return JSONResponse(body, status, headers)

    routes.add_route("/api/{method}", call, methods=["GET", "POST"])
    return routes
