"""Socket Mode: Slack by WebSocket, without a public address.

The SDK's builtin client is deaf for 3 s when Slack refreshes a connection, and its asyncio client closes the old one before it
opens the new one, so that a click in between finds nobody. Here the new one stands before the old one goes. Bolt's own adapter
would run the listeners on the loop; here they run in threads.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltRequest
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

THREADS = 24
LONGEST_WAIT_S = 30.0
LONGEST_STOP_S = 5.0
OVERLAP_S = 1.0  # how long a replaced connection still listens for what was on its way


class _Connection(SocketModeClient):
    """A connection that has itself replaced when Slack announces its end; a broken one is mended by the SDK."""

    announced: "Callable[[_Connection], Awaitable[None]]"

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        if force:
            await self.announced(self)
        else:
            await super().connect_to_new_endpoint()


class Sockets:
    """The connection to Slack, kept up until `stop`."""

    def __init__(self, app: App, app_token: str, api_url: str) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._app_token, self._api_url = app_token, api_url
        self._client: _Connection | None = None
        self._leaving: list[_Connection] = []
        self._stopping = False
        self._under_way: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Connect; while Slack cannot be reached, try again and again, ever more slowly up to every 30 s."""
        self._client = client = self._connection()
        wait_s = 0.5
        while not self._stopping:
            try:
                await client.connect()
            except (TimeoutError, SlackClientError, OSError) as error:
                log.warning("socket: no connection to Slack, next try in %.0f s: %s", wait_s, error)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            else:
                return

    async def stop(self) -> None:
        """Take nothing more, finish and acknowledge what was taken."""
        self._stopping = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LONGEST_STOP_S)
        for client in (self._client, *self._leaving):
            if client is not None:
                await client.close()
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    def _connection(self) -> _Connection:
        client = _Connection(app_token=self._app_token, web_client=AsyncWebClient(base_url=self._api_url))
        client.announced = self._replace
        client.socket_mode_request_listeners.append(self._handle)
        return client

    async def _replace(self, old: _Connection) -> None:
        """Slack is about to close this one (it says so twice): connect anew, and only then let go of it."""
        if self._stopping or old in self._leaving or old is not self._client:
            return
        self._leaving.append(old)
        new = self._connection()
        await new.connect()  # tries until it stands; the old one serves as long as Slack lets it
        self._client, old.auto_reconnect_enabled = new, False
        await asyncio.sleep(OVERLAP_S)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LONGEST_STOP_S)
        self._leaving.remove(old)
        await (new if self._stopping else old).close()

    @property
    def alive(self) -> bool:
        """Whether the connection stands at this moment."""
        session = self._client.current_session if self._client else None
        return session is not None and not session.closed

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._stopping:
            return  # not acknowledged, so not taken
        task = asyncio.create_task(self._answer(client, request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await task

    async def _answer(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        headers: dict[str, str | Sequence[str]] = {}
        if request.retry_attempt is not None:
            headers["x-slack-retry-num"] = str(request.retry_attempt)
            headers["x-slack-retry-reason"] = str(request.retry_reason)
        bolt = BoltRequest(mode="socket_mode", body=request.payload, headers=headers)
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._app.dispatch, bolt)
        if answer.status != 200:
            return  # not acknowledged: Slack says so to the user, or sends an event again
        payload = answer.body if answer.body else None
        content_type = answer.first_headers().get("content-type", "")
        response = SocketModeResponse(envelope_id=request.envelope_id, payload=_payload(payload, content_type))
        try:
            await client.send_socket_mode_response(response)
        except ConnectionError as error:
            if self._client in (None, client):
                log.warning("socket: an acknowledgement was lost with its connection: %s", error)
                return
            await self._client.send_socket_mode_response(response)  # Slack takes it on whichever connection it comes


def _payload(body: str | None, content_type: str) -> dict[str, object] | None:
    if not body:
        return None
    return json.loads(body) if content_type.startswith("application/json") else {"text": body}
