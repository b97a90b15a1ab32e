"""A small team, and a tiny Bolt app that talks to the sandbox over signed HTTP or Socket Mode."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_bolt import Ack, App, BoltRequest
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk import WebClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Served
from sandbox.slack.manifest import Manifest
from sandbox.world import World

ANNA, BEN, CARL = "U000000001", "U000000002", "U000000003"
BOT = "U0SLOTBOT1"
OPEN, SECRET, ELSEWHERE = "C000000001", "C000000003", "C000000004"

MANIFEST = {
    "display_information": {"name": "Tiny"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Tiny"},
        "slash_commands": [
            {"command": "/book", "description": "Book", "usage_hint": "[when]", "should_escape": False},
            {"command": "/tell", "description": "Tell", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "Book", "type": "global", "callback_id": "book_global", "description": "Book"},
            {"name": "Book from this", "type": "message", "callback_id": "book_message", "description": "Book"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("commands", "chat:write", "im:write", "im:read", "im:history", "channels:read", "channels:history"),
                *("groups:read", "groups:history", "users:read", "users:read.email", "files:read", "files:write"),
                *("reactions:write", "channels:join", "team:read", "app_mentions:read"),
            ]
        }
    },
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {
            "bot_events": [
                *("app_home_opened", "message.im", "message.channels", "user_change", "team_join"),
                *("member_joined_channel", "app_mention"),
            ]
        },
    },
}


def small_team(**options: object) -> World:
    world = World(**options)  # type: ignore[arg-type]
    slack = world.slack
    slack.add_user(ANNA, "anna", "Anna Amsel", locale="de-DE", is_admin=True)
    slack.add_user(BEN, "ben", "Ben Bussard", locale="en-US")
    slack.add_user(CARL, "carl", "Carl Corvus", locale="de-DE")
    slack.add_channel(OPEN, "bookings", members=[ANNA, BEN, CARL, BOT])
    slack.add_channel(SECRET, "admin", is_private=True, members=[ANNA, BOT])
    slack.add_channel(ELSEWHERE, "allgemein", members=[ANNA, BEN, CARL])
    slack.manifest = Manifest.parse(MANIFEST)
    return world


@dataclass
class Tiny:
    """A Bolt app whose listeners a test adds; `seen` keeps what they noted."""

    app: App
    served: Served
    mode: str
    seen: list = field(default_factory=list)
    headers: list = field(default_factory=list)


def dispatcher(app: App, tiny: Tiny) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name: [value] for name, value in self.headers.items()}
            tiny.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = app.dispatch(BoltRequest(body=body, headers=headers))
            content = (answer.body or "").encode()
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            with suppress(ConnectionError):  # Slack did not wait for a late answer
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


class Listening(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True


@contextmanager
def socket_mode(app: App, api_url: str) -> Iterator[SocketModeClient]:
    """Connects over aiohttp on a thread of its own; listeners run on further threads."""
    loop = asyncio.new_event_loop()
    clients: list[SocketModeClient] = []

    async def handle(client: SocketModeClient, request: SocketModeRequest) -> None:
        answer = await loop.run_in_executor(None, run_bolt_app, app, request)
        await send_async_response(client, request, answer, time.time())

    async def connect() -> None:
        web = AsyncWebClient(base_url=api_url)
        client = SocketModeClient(app_token="xapp-sandbox", web_client=web, logger=app.logger, ping_interval=0.2)
        client.socket_mode_request_listeners.append(handle)
        clients.append(client)
        await client.connect()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(connect(), loop).result(20)
    try:
        yield clients[0]
    finally:
        asyncio.run_coroutine_threadsafe(clients[0].close(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@contextmanager
def bolt(served: Served, mode: str, prepare: Callable[[App, Tiny], None]) -> Iterator[Tiny]:
    """Runs an app in one of the two modes until the block ends."""
    app = App(
        client=WebClient(token="xoxb-sandbox", base_url=served.api_url),
        signing_secret=served.world.slack.signing_secret,
        process_before_response=True,
    )
    tiny = Tiny(app, served, mode)
    prepare(app, tiny)
    with ExitStack() as stack:
        if mode == "http":
            listening = Listening(("127.0.0.1", 0), dispatcher(app, tiny))
            threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            stack.callback(listening.server_close)
            stack.callback(listening.shutdown)
            served.control.connect(f"http://127.0.0.1:{listening.server_address[1]}/slack/events")
        else:
            stack.enter_context(socket_mode(app, served.api_url))
        served.control.wait_until_connected()
        yield tiny


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict:
    return {"text": plain(text), "value": text.lower()}


def modal(name: str = "first", **more: object) -> dict:
    return {
        "type": "modal",
        "callback_id": name,
        "title": plain(name),
        "submit": plain("Go"),
        "blocks": [
            {
                "type": "input",
                "block_id": "name",
                "label": plain("Name"),
                "element": {"type": "plain_text_input", "action_id": "text", "initial_value": "Weber"},
            },
            {
                "type": "input",
                "block_id": "slot",
                "label": plain("Slot"),
                "optional": True,
                "dispatch_action": True,
                "element": {"type": "static_select", "action_id": "pick", "options": [option("Nine"), option("Ten")]},
            },
            {
                "type": "section",
                "block_id": "when",
                "text": plain("When"),
                "accessory": {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-20"},
            },
            {
                "type": "input",
                "block_id": "who",
                "label": plain("Who"),
                "optional": True,
                "element": {"type": "external_select", "action_id": "person", "min_query_length": 1},
            },
            {
                "type": "actions",
                "block_id": "do",
                "elements": [{"type": "button", "action_id": "more", "text": plain("More")}],
            },
        ],
        **more,
    }


def opens_a_modal(app: App, tiny: Tiny) -> None:
    @app.command("/book")
    def book(ack: Ack, body: dict, client: WebClient) -> None:
        ack()
        tiny.seen.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))
