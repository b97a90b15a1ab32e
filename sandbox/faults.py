"""What is broken at the moment, for Slack and for Google alike."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass
class Connection:
    """The HTTP connection that is being answered; `lose_reply` breaks it where the answer would begin."""

    abort: Callable[[], None]
    lose_reply: bool = False


_connection: contextvars.ContextVar[Connection | None] = contextvars.ContextVar("sandbox_connection", default=None)


@dataclass
class Fault:
    """One switched-on fault.

    mode: "down" breaks the connection before any work is done, "slow" waits `seconds` and then works, "status" answers
    `status` without doing the work, "" changes nothing by itself (for `lose_reply` alone).
    methods: the methods (Google: resource names) that it hits, or None for all. times: how often it still strikes.
    """

    mode: str = ""
    seconds: float = 10.0
    status: int = 500
    reason: str = ""
    retry_after: float | None = None
    methods: list[str] | None = None
    times: int | None = None
    lose_reply: bool = False

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> "Fault":
        """Raises ValueError for an unknown mode or field, so that a mistyped fault does not pass as health."""
        unknown = set(raw) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"unknown fault fields: {', '.join(sorted(unknown))}")
        fault = cls(**raw)
        if fault.mode not in {"", "down", "slow", "status"}:
            raise ValueError(f"unknown fault mode: {fault.mode}")
        return fault

    def strikes(self, method: str) -> bool:
        """True when it hits this call; counts the strike."""
        if self.methods is not None and method not in self.methods:
            return False
        if self.times is not None:
            if self.times <= 0:
                return False
            self.times -= 1
        return True


class Faults:
    """The switches. `apply` is asked once at the start of every call of a service."""

    def __init__(self) -> None:
        self.slack: Fault | None = None
        self.google: Fault | None = None
        self.expire_sync_tokens = False

    def set(self, service: str, raw: dict[str, Any] | None) -> None:
        fault = Fault.parse(raw) if raw else None
        if service == "slack":
            self.slack = fault
        elif service == "google":
            self.google = fault
        else:
            raise ValueError(f"unknown service: {service}")

    def clear(self) -> None:
        self.slack = None
        self.google = None
        self.expire_sync_tokens = False

    async def apply(self, service: str, method: str) -> Response | None:
        """The answer to send instead of working, or None to go on."""
        fault = self.slack if service == "slack" else self.google
        if fault is None or not fault.strikes(method):
            return None
        connection = _connection.get()
        if fault.lose_reply and connection is not None:
            connection.lose_reply = True
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.mode == "down":
            if connection is not None:
                connection.lose_reply = True
            return Response(status_code=503)
        if fault.mode == "status":
            return slack_failure(fault) if service == "slack" else google_failure(fault)
        return None


def _headers(fault: Fault) -> dict[str, str]:
    return {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}


def slack_failure(fault: Fault) -> Response:
    headers = _headers(fault)
    if fault.status == 429:
        headers.setdefault("Retry-After", "1")
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
    return JSONResponse({"ok": False, "error": fault.reason or "internal_error"}, fault.status, headers)


def google_failure(fault: Fault) -> Response:
    reason = fault.reason or {403: "rateLimitExceeded", 429: "rateLimitExceeded"}.get(fault.status, "backendError")
    domain = "usageLimits" if "imit" in reason or "quota" in reason.lower() else "global"
    message = {"rateLimitExceeded": "Rate Limit Exceeded", "quotaExceeded": "Quota exceeded"}.get(reason, reason)
    errors = [{"domain": domain, "reason": reason, "message": message}]
    body = {"error": {"code": fault.status, "message": message, "errors": errors}}
    return JSONResponse(body, fault.status, _headers(fault))


class BreakableConnections:
    """Lets a fault break the connection instead of answering (the work may be done by then).

    It has to be the outermost layer of the application: it needs the server's own `send` to reach the connection.
    """

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if scope["type"] == "websocket" and transport is not None:
            scope["sandbox.abort"] = transport.abort
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = Connection(abort=transport.abort if transport is not None else lambda: None)
        broken = False

        async def send_unless_broken(message: Message) -> None:
            nonlocal broken
            if connection.lose_reply and not broken:
                broken = True
                connection.abort()
                await asyncio.sleep(0.01)
            if not broken or transport is None:
                await send(message)

        token = _connection.set(connection)
        try:
            await self.app(scope, receive, send_unless_broken)
        finally:
            _connection.reset(token)
