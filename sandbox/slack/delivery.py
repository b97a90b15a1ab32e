"""Bringing payloads to the app: over its sockets when it has any, else signed to its request URL."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from sandbox.slack.journal import Journal
from sandbox.slack.model import Channel, Json
from sandbox.slack.reply import Reply
from sandbox.slack.signed_http import SignedHttp
from sandbox.slack.sockets import Sockets
from sandbox.slack.state import Slack


class Delivery:
    """Requests and events on their way to the app; everything sent is in `journal`.

    events_url: the app's request URL; several, separated by commas, take turns as behind a load balancer.
    """

    def __init__(self, slack: Slack, journal: Journal) -> None:
        self.slack = slack
        self.journal = journal
        self.sockets = Sockets(slack)
        self.http = SignedHttp(slack)
        self.events_url: str | None = None
        self.pending = 0  # events whose first delivery has not ended
        self._turn = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def mode(self) -> str:
        if self.sockets.connections:
            return "socket"
        return "http" if self.events_url else "none"

    def _url(self) -> str | None:
        urls = [url.strip() for url in (self.events_url or "").split(",") if url.strip()]
        if not urls:
            return None
        self._turn += 1
        return urls[self._turn % len(urls)]

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.http.close()

    async def request(self, kind: str, payload: Json, *, answered: bool = True) -> Reply:
        """A command ("slash_commands") or an interaction ("interactive"): once, never repeated."""
        if kind == "interactive" and not self.slack.manifest.interactivity:
            return Reply(error="interactivity_disabled")
        return await self._send(kind, payload, answered=answered)

    async def _send(self, kind: str, payload: Json, *, answered: bool, retry: int = 0, reason: str = "") -> Reply:
        name = payload.get("command") or (payload["event"]["type"] if "event" in payload else payload.get("type"))
        entry = self.journal.add(
            kind=kind, name=name, at=self.slack.clock(), status=0, ms=0.0, retry=retry, body=payload, error=None
        )
        url = None if self.sockets.connections else self._url()
        if url is None:
            reply = await self.sockets.send(kind, payload, answered=answered, retry=retry, reason=reason)
        else:
            reply = await self.http.send(url, kind, payload, retry=retry, reason=reason)
        entry |= {"status": reply.status, "ms": round(reply.ms, 2), "error": reply.error, "answer": reply.body}
        reply.entry = entry
        return reply

    def event(self, event: Json, *, subscription: str | None = None) -> None:
        """Sends an event in the background if the app subscribed to it (`subscription`, by default its type)."""
        name = subscription or event["type"]
        if not self.slack.manifest.subscribed(name) or (self.mode == "none" and not self.sockets.known):
            return  # an app that was never there misses nothing; one that went away gets it again later
        now = self.slack.clock()
        event.setdefault("event_ts", self.slack.next_ts())
        payload = {
            "token": self.slack.verification_token,
            "team_id": self.slack.team.id,
            "context_team_id": self.slack.team.id,
            "context_enterprise_id": None,
            "api_app_id": self.slack.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.slack.new_id("Ev"),
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.slack.team.id,
                    "user_id": self.slack.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self.slack.new_id('', 20)}",
        }
        self.pending += 1
        self.spawn(self._deliver(payload))

    def channel_event(self, channel: Channel, event: Json) -> None:
        """An event of a conversation, which the app hears only when its bot is in it."""
        if self.slack.bot.id in channel.members:
            names = {"im": "message.im", "group": "message.groups", "channel": "message.channels"}
            self.event({**event, "channel_type": channel.channel_type}, subscription=names[channel.channel_type])

    async def _deliver(self, payload: Json) -> None:
        """First try, then three more after 0 s, 1 min and 5 min; a non-200 with X-Slack-No-Retry ends it."""
        try:
            reply = await self._send("events_api", payload, answered=False)
        finally:
            self.pending -= 1
        for number, delay in enumerate(self.slack.timing.retries, start=1):
            if reply.ok or reply.headers.get("x-slack-no-retry") == "1":
                return
            await asyncio.sleep(delay)
            reply = await self._send(
                "events_api", payload, answered=False, retry=number, reason=reply.reason or "unknown_error"
            )

    async def raw(self, body: bytes, headers: dict[str, str], *, sign: bool) -> Reply:
        """Any body to the request URL, for forged, repeated and broken requests. Dispatch failures are in `error`."""
        url = self._url()
        if url is None:
            return Reply(error="dispatch_failed", reason="connection_failed")
        content_type = "application/json" if body[:1] in (b"{", b"[") else "application/x-www-form-urlencoded"
        own = self.http.headers(body, content_type) if sign else {"Content-Type": content_type}
        given = {name.lower() for name in headers}
        merged = {name: value for name, value in own.items() if name.lower() not in given} | headers
        entry = self.journal.add(
            kind="raw", name="raw", at=self.slack.clock(), status=0, ms=0.0, retry=0, body=body.decode(errors="replace")
        )
        reply = await self.http.post(url, body, merged)
        entry |= {"status": reply.status, "ms": round(reply.ms, 2), "error": reply.error, "answer": reply.body}
        return reply

    async def probe(self) -> bool:
        """Whether the app answers: by its sockets, or by an ssl_check."""
        url = self._url()
        if self.mode == "http" and url is not None:
            check = {"ssl_check": "1", "token": self.slack.verification_token}
            return (await self.http.send(url, "slash_commands", check)).ok
        return self.mode == "socket"

    async def replay(self, n: int) -> Reply | None:
        """Sends delivery `n` of the journal again, unchanged: Slack's retry, or a second click. None: forgotten."""
        found = next((entry for entry in self.journal.since(n - 1) if entry["n"] == n), None)
        if found is None or not isinstance(found["body"], dict):
            return None
        event = found["kind"] == "events_api"
        again = (found["retry"] + 1, "http_timeout") if event else (0, "")
        return await self._send(found["kind"], found["body"], answered=not event, retry=again[0], reason=again[1])

    async def verify(self) -> Json:
        """Asks the request URL for the two things Slack asks before it trusts it: ssl_check and the challenge."""
        challenge = self.slack.new_id("", 32)
        asked = {"token": self.slack.verification_token, "type": "url_verification", "challenge": challenge}
        url = self._url()
        if url is None:
            return {"ok": False, "error": "no_request_url"}
        answer = await self.http.send(url, "events_api", asked)
        text = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        check = {"ssl_check": "1", "token": self.slack.verification_token}
        ssl = await self.http.send(url, "slash_commands", check)
        return {"ok": answer.ok and text == challenge and ssl.ok, "challenge": text == challenge, "ssl_check": ssl.ok}
