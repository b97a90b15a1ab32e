"""A server under test in a process of its own: `python -m tests.bench.serve bot|bare`, configured by the environment.

The bare one is the least that Bolt allows: a listener that acknowledges and opens a fixed modal (the file in BENCH_MODAL), on
the same web server as the bot. The bot's clock begins at the firm's moment, so that every run books the same day.
"""

import gc
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.__main__ import SWITCH_S
from tests.bench.firm import NOW


def bot() -> FastAPI:
    """The bot as `slotquest run` makes it, without its periodic jobs."""
    from bot.settings import load_settings
    from bot.wiring import build

    began = time.monotonic()

    def clock() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began)

    return build(load_settings(_env_file=None), clock=clock, jobs=False).serve


def bare() -> FastAPI:
    """A Bolt listener that opens a fixed modal."""
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.server import build_server

    view = json.loads(Path(os.environ["BENCH_MODAL"]).read_text("utf-8"))
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])

    @app.command("/book")
    def book(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        yield

    return build_server(app, lambda: (True, {}), None, running)


def main() -> None:
    """Serve on the socket whose number is BENCH_SOCKET."""
    bound = socket.socket(fileno=int(os.environ["BENCH_SOCKET"]))
    served = {"bot": bot, "bare": bare}[sys.argv[1]]()
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()  # as `slotquest run` does, for both
    server = uvicorn.Server(uvicorn.Config(served, log_config=None, access_log=False))
    server.run(sockets=[bound])


if __name__ == "__main__":
    main()
