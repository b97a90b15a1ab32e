"""The HTTP side of the process: Slack's requests, Google's notifications, health. Bolt's dispatch runs in worker threads."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from slack_bolt import App, BoltRequest

log = logging.getLogger(__name__)

REQUEST_THREADS = 12  # a request takes milliseconds of Python; more threads only take turns
LARGEST_BODY = 1_000_000  # bytes; Slack's largest payload is a view of 250 kB
NOTIFICATIONS = "google/notifications"
HANDLED = {
    *("event_callback", "block_actions", "block_suggestion", "shortcut", "message_action"),
    *("view_submission", "view_closed"),
}

Health = Callable[[], tuple[bool, dict[str, Any]]]
Notified = Callable[[str, str, str], None]


def build_server(
    app: App | None, health: Health, notified: Notified | None, running: Callable[[], AbstractAsyncContextManager[None]]
) -> FastAPI:
    """The web application. `app` None: Slack comes by WebSocket; `notified` None: Google does not notify."""
    threads = ThreadPoolExecutor(REQUEST_THREADS, thread_name_prefix="request")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield
        threads.shutdown(wait=True)

    server = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)

    @server.get("/healthz")
    async def healthz() -> JSONResponse:
        """200 when every part works, 503 with the part that does not."""
        well, parts = await asyncio.get_running_loop().run_in_executor(None, health)
        return JSONResponse(parts, status_code=200 if well else 503)

    if app is not None:

        @server.post("/slack/events")
        async def slack_events(request: Request) -> Response:
            """Everything that Slack sends: commands, interactions, events."""
            body = await _body(request)
            if body is None:
                return Response(status_code=413)
            bolt = _request(body, request.url.query, _headers(request))
            if bolt is None:
                return Response(status_code=400)
            answer = await asyncio.get_running_loop().run_in_executor(threads, app.dispatch, bolt)
            if answer.status == 401:
                log.warning(
                    "a request was refused: its signature or its time is wrong. Is SLACK_SIGNING_SECRET this app's?"
                )
            if answer.status == 404 and bolt.body.get("type") == "app_rate_limited":  # signed; Bolt knows no such event
                log.warning("Slack holds back events of this app: there are too many of them")
                return Response(status_code=200)
            return Response(answer.body, answer.status, headers={k: v[0] for k, v in answer.headers.items()})

    if notified is not None:

        @server.post(f"/{NOTIFICATIONS}")
        async def google_notification(request: Request) -> Response:
            """A calendar has changed; the body is empty, the headers say which."""
            heads = request.headers
            channel, token = heads.get("x-goog-channel-id", ""), heads.get("x-goog-channel-token", "")
            resource = heads.get("x-goog-resource-id", "")
            await asyncio.get_running_loop().run_in_executor(None, notified, channel, token, resource)
            return Response(status_code=204)

    return server


async def _body(request: Request) -> str | None:
    """The raw body as text; None when it is larger than anything Slack sends."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            return None
    return raw.decode("utf-8", "replace")


def _request(body: str, query: str, headers: dict[str, str | Sequence[str]]) -> BoltRequest | None:
    """The request as Bolt reads it; None for a body that is broken or lacks what tells one request from another.

    Bolt takes for granted that Slack wrote it; it would end in a server error, or drop the connection.
    """
    try:
        request = BoltRequest(body=body, query=query, headers=headers)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return request if _told_apart(request.body) else None


def _told_apart(body: dict[str, Any]) -> bool:
    match body:
        case {"type": "event_callback", "event": {"type": str()}}:
            return True
        case {"type": "block_actions", "actions": [_, *_] as pressed}:
            return all(isinstance(one, dict) and isinstance(one.get("action_id"), str) for one in pressed)
        case {"type": "block_suggestion", "action_id": str()}:
            return True
        case {"type": "shortcut" | "message_action", "callback_id": str()}:
            return True
        case {"type": "view_submission" | "view_closed", "view": {"id": str(), "type": str(), "callback_id": str()}}:
            return True
        case {"type": str() as kind}:
            return kind not in HANDLED
    return "command" in body or "ssl_check" in body


def _headers(request: Request) -> dict[str, str | Sequence[str]]:
    return dict(request.headers.items())
