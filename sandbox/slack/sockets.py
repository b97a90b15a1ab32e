"""Socket Mode: up to ten connections, each payload to one of them, refreshed now and then."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack.model import Json
from sandbox.slack.reply import Reply
from sandbox.slack.state import Slack

MAX_CONNECTIONS = 10
TICKET_SECONDS = 30.0


@dataclass(eq=False)
class Connection:
    websocket: WebSocket
    abort: Callable[[], None]
    retiring: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Sockets:
    """The app's WebSocket connections."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.connections: list[Connection] = []
        # An acknowledgement may come on another connection than the payload went out on.
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._tickets: dict[str, tuple[float, bool]] = {}
        self._turn = 0
        self.known = False  # the app was connected at some time

    def ticket(self, *, debug_reconnects: bool = False) -> str:
        """The address for one connection."""
        ticket = uuid.uuid4().hex
        self._tickets[ticket] = (self.slack.clock() + TICKET_SECONDS, debug_reconnects)
        address = self.slack.base_url.replace("http", "ws", 1)
        return f"{address}/socket?ticket={ticket}&app_id={self.slack.app_id}"

    async def serve(self, websocket: WebSocket) -> None:
        """Runs one connection until it ends."""
        until, debug = self._tickets.pop(websocket.query_params.get("ticket", ""), (0.0, False))
        if until < self.slack.clock():
            await websocket.close(4001)
            return
        debug = debug or websocket.query_params.get("debug_reconnects") == "true"
        await websocket.accept()
        if len(self.connections) >= MAX_CONNECTIONS:
            await websocket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await websocket.close()
            return
        abort = websocket.scope.get("sandbox.abort", lambda: None)
        connection = Connection(websocket, abort)
        life = min(self.slack.timing.socket_life, 360.0) if debug else self.slack.timing.socket_life
        self.connections.append(connection)
        self.known = True
        self.slack.hub.tell("workspace")
        try:
            await websocket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.connections),
                    "connection_info": {"app_id": self.slack.app_id},
                    "debug_info": {
                        "host": "sandbox",
                        "started": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.slack.clock())),
                        "build_number": 1,
                        "approximate_connection_time": int(life),
                    },
                }
            )
            self._background(connection, self._age(connection, life))
            while True:
                self._acknowledged(await websocket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            for task in connection.tasks:
                task.cancel()
            if connection in self.connections:
                self.connections.remove(connection)
            self.slack.hub.tell("workspace")

    def _background(self, connection: Connection, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        connection.tasks.add(task)
        task.add_done_callback(connection.tasks.discard)

    def _acknowledged(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        waiting = self._waiting.get(str(frame.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(frame.get("payload"))

    async def _age(self, connection: Connection, life: float) -> None:
        await asyncio.sleep(max(0.0, life - self.slack.timing.socket_warning))
        await self._retire(connection)

    async def _retire(self, connection: Connection) -> None:
        """Warns, asks to refresh, and closes a moment later: a client that follows has two connections for a while."""
        if connection.retiring:
            return
        connection.retiring = True
        try:
            await self._say(connection, "warning")
            await asyncio.sleep(self.slack.timing.socket_warning)
            await self._say(connection, "refresh_requested")
            await asyncio.sleep(self.slack.timing.socket_overlap)
            await connection.websocket.close()
        except (RuntimeError, WebSocketDisconnect):
            return  # the client was faster and closed it

    async def _say(self, connection: Connection, reason: str) -> None:
        facts = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        await connection.websocket.send_json(facts)

    def refresh(self) -> int:
        """Begins to replace every connection, as Slack does every few hours."""
        for connection in self.connections:
            self._background(connection, self._retire(connection))
        return len(self.connections)

    def drop(self) -> int:
        """Cuts every connection without a word."""
        cut, self.connections = self.connections, []
        for connection in cut:
            connection.abort()
        return len(cut)

    def _next(self) -> Connection | None:
        ready = [c for c in self.connections if not c.retiring] or self.connections
        if not ready:
            return None
        self._turn += 1
        return ready[self._turn % len(ready)]

    async def send(self, kind: str, payload: Json, *, answered: bool, retry: int = 0, reason: str = "") -> Reply:
        """Sends one envelope and waits for its acknowledgement, 3 seconds at most."""
        connection = self._next()
        if connection is None:
            return Reply(error="dispatch_failed", reason="connection_failed")
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": answered,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        began = time.perf_counter()
        try:
            await connection.websocket.send_text(json.dumps(envelope))
            body = await asyncio.wait_for(waiting, self.slack.timing.acknowledge)
            return Reply(status=200, body=body, ms=(time.perf_counter() - began) * 1000)
        except TimeoutError:
            elapsed = (time.perf_counter() - began) * 1000
            return Reply(error="operation_timeout", reason="timeout", ms=elapsed)
        except (RuntimeError, WebSocketDisconnect):
            elapsed = (time.perf_counter() - began) * 1000
            return Reply(error="dispatch_failed", reason="connection_failed", ms=elapsed)
        finally:
            self._waiting.pop(envelope["envelope_id"], None)
