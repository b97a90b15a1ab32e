"""One web application out of all parts, and a way to run it inside a test."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI, WebSocket
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocketDisconnect

from sandbox.client import Control
from sandbox.faults import BreakableConnections
from sandbox.google import api as google_api
from sandbox.google import control as google_control
from sandbox.slack import api as slack_api
from sandbox.slack import control as slack_control
from sandbox.slack import file_routes, response_urls
from sandbox.slack.scheduler import post_scheduled
from sandbox.web import routes as web_routes
from sandbox.world import World


def build_app(world: World) -> FastAPI:
    """Everything at one address: /api, /socket, /respond, /files, /google, /control and the page at /."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(world.keep_saved()), asyncio.create_task(post_scheduled(world))]
        yield
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        await world.delivery.stop()
        world.save()

    app = FastAPI(title="Slotquest sandbox", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    for part in (slack_api, response_urls, file_routes, slack_control, google_api, google_control):
        app.include_router(part.router(world))
    _add_live(app, world)
    _add_faults(app, world)
    app.include_router(web_routes.router())
    return app


def _add_live(app: FastAPI, world: World) -> None:
    @app.websocket("/socket")
    async def socket_mode(websocket: WebSocket) -> None:
        await world.delivery.sockets.serve(websocket)

    @app.websocket("/control/live")
    async def live(websocket: WebSocket) -> None:
        with world.hub.subscribe(websocket.query_params.get("user")) as subscription:
            await websocket.accept()  # whoever is let in already hears everything
            closed = asyncio.create_task(_until_closed(websocket))
            try:
                while not closed.done():
                    notice = asyncio.create_task(subscription.queue.get())
                    await asyncio.wait({notice, closed}, return_when=asyncio.FIRST_COMPLETED)
                    if not notice.done():
                        notice.cancel()
                        break
                    await websocket.send_json(notice.result())
            except (RuntimeError, WebSocketDisconnect):
                return
            finally:
                closed.cancel()


async def _until_closed(websocket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await websocket.receive_text()


def _add_faults(app: FastAPI, world: World) -> None:
    @app.post("/control/faults")
    async def set_faults(request: Request) -> Response:
        body = json.loads(await request.body())
        unknown = set(body) - {"slack", "google", "expire_sync_tokens", "socket"}
        try:
            if unknown:
                raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
            for service in ("slack", "google"):
                if service in body:
                    world.faults.set(service, body[service])
        except (TypeError, ValueError) as wrong:
            return JSONResponse({"ok": False, "error": str(wrong)}, 400)
        if body.get("expire_sync_tokens"):
            world.faults.expire_sync_tokens = True
        answer: dict[str, object] = {"ok": True}
        if body.get("socket") == "refresh":
            answer["connections"] = world.delivery.sockets.refresh()
        elif body.get("socket") == "drop":
            answer["connections"] = world.delivery.sockets.drop()
        return JSONResponse(answer)

    @app.delete("/control/faults")
    async def clear_faults() -> Response:
        world.faults.clear()
        return JSONResponse({"ok": True})


@dataclass
class Served:
    """A running sandbox: its address, its world, and the client that acts on it."""

    url: str
    world: World
    control: Control

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL (or WebClient's base_url) is set to."""
        return f"{self.url}/api/"


def listening(host: str, port: int) -> socket.socket:
    """A bound socket, so that the address (port 0: any free one) is known before the server starts."""
    # Named TCP so that asyncio turns Nagle off: without it each reply on a kept connection waits 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(2048)
    return bound


def server(world: World) -> uvicorn.Server:
    config = uvicorn.Config(
        BreakableConnections(build_app(world)),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
        ws_max_size=64 * 1024 * 1024,
    )
    return uvicorn.Server(config)


@contextmanager
def serve_in_thread(world: World, port: int = 0) -> Iterator[Served]:
    """Runs the sandbox on a thread with its own event loop until the block ends. Sets `world.base_url`."""
    bound = listening("127.0.0.1", port)
    world.base_url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    running = server(world)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]}, name="sandbox", daemon=True)
    thread.start()
    control = Control(world.base_url)
    try:
        control.wait_until_up()
        yield Served(world.base_url, world, control)
    finally:
        control.shut()
        running.should_exit = True
        thread.join(timeout=10)
        bound.close()
