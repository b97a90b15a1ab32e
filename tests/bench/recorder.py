"""A stand-in for Slack that does next to nothing, so that the server under test is what is measured.

It answers every method with the least that the SDK accepts, notes when a call had arrived in full, and sends signed requests
as Slack does, over connections that stay open.
"""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlencode

from tests.bench.firm import people

T = TypeVar("T")

SECRET = "secret"
TEAM, CALLER = "T000000001", "U000000004"
WAIT_S = 10.0


class Recorder:
    """Slack's side on a loop in a thread of its own. `calls` counts what the app asked for, by method."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.opened: dict[str, Any] = {}
        self._waiting: dict[str, asyncio.Future[tuple[float, dict[str, Any]]]] = {}
        self._connections: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
        self._number = 0
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.port: int = self.run(self._listen())

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is to be."""
        return f"http://127.0.0.1:{self.port}/api/"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Stop answering."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def command(self, port: int, text: str = "", name: str = "/book") -> tuple[float, dict[str, Any]]:
        """Send a slash command; seconds until the modal that it opens had arrived here, and that modal."""
        self._number += 1
        trigger = f"trigger.{self._number}"
        arrived = self._waiting[trigger] = self._loop.create_future()
        body = urlencode(
            {
                "team_id": TEAM,
                "user_id": CALLER,
                "channel_id": "D1",
                "command": name,
                "text": text,
                "trigger_id": trigger,
                "response_url": f"http://127.0.0.1:{self.port}/response",
            }
        ).encode()
        began = time.perf_counter()
        status = await self._post(port, body)
        if status != 200:
            raise ConnectionError(f"{name} was answered with {status}")
        at, view = await asyncio.wait_for(arrived, WAIT_S)
        return at - began, view

    async def _post(self, port: int, body: bytes) -> int:
        if port not in self._connections or self._connections[port][0].at_eof():  # closed when it was idle for 5 s
            self._connections[port] = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = self._connections[port]
        stamp = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signed}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status, heads = await _head(reader)
        await reader.readexactly(int(heads.get("content-length", 0)))
        return int(status.split()[1])

    async def _listen(self) -> int:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=512)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call of the app's; the SDK opens a connection for each."""
        try:
            start, heads = await _head(reader)
            body = await reader.readexactly(int(heads.get("content-length", 0)))
            at = time.perf_counter()
            method = start.split()[1].rpartition("/")[2].partition("?")[0]
            self.calls[method] = self.calls.get(method, 0) + 1
            answer = json.dumps(self._said(method, body, heads, at)).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-oauth-scopes: commands,chat:write\r\n"
                b"Connection: close\r\nContent-Length: " + str(len(answer)).encode() + b"\r\n\r\n" + answer
            )
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _said(self, method: str, body: bytes, heads: dict[str, str], at: float) -> dict[str, Any]:
        if method == "views.open":
            given = json.loads(body)
            waiting = self._waiting.pop(given["trigger_id"], None)
            if waiting is not None and not waiting.done():
                waiting.set_result((at, given["view"]))
            return {"ok": True, "view": {"id": "V1", "hash": "1"}}
        if method == "auth.test":
            return {"ok": True, "team_id": TEAM, "team": "Rheinblick", "user_id": "U0SLOTBOT1", "bot_id": "B0SLOTBOT1"}
        if method == "users.list":
            return {"ok": True, "members": people(), "response_metadata": {"next_cursor": ""}}
        self._number += 1
        return {"ok": True, "channel": "C000000001", "ts": f"{self._number}.000100"}


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return lines[0], {name.strip().lower(): value.strip() for name, _, value in pairs}
