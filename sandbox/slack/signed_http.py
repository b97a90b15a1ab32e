"""Delivery to the app's request URL: signed, three seconds, form or JSON."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.model import Json
from sandbox.slack.reply import Reply
from sandbox.slack.state import Slack

USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
MAX_REDIRECTS = 2
FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and its content type: commands are form fields, interactions a form with `payload`, events JSON."""
    if kind == "slash_commands":
        return urlencode({key: value for key, value in payload.items() if value is not None}).encode(), FORM
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), FORM
    return json.dumps(payload).encode(), "application/json"


class SignedHttp:
    """One pool of connections to the app."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self._client: aiohttp.ClientSession | None = None

    def client(self) -> aiohttp.ClientSession:
        if self._client is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
            self._client = aiohttp.ClientSession(
                connector=connector, timeout=aiohttp.ClientTimeout(total=None), auto_decompress=True
            )
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def headers(self, body: bytes, content_type: str) -> dict[str, str]:
        timestamp = str(int(self.slack.clock()))
        return {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.slack.signing_secret, timestamp, body),
        }

    async def send(self, url: str, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Reply:
        body, content_type = encode(kind, payload)
        headers = self.headers(body, content_type)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        reply = await self.post(url, body, headers, redirects=kind == "events_api")
        accepted = 200 <= reply.status < 300 if kind == "events_api" else reply.status == 200
        if reply.error is None and not accepted:
            reply.error, reply.reason = "dispatch_failed", "http_error"
        return reply

    async def post(self, url: str, body: bytes, headers: dict[str, str], *, redirects: bool = False) -> Reply:
        """Any body with any headers; no judgement of the status."""
        began = time.perf_counter()

        def failed(error: str, reason: str) -> Reply:
            return Reply(error=error, reason=reason, ms=(time.perf_counter() - began) * 1000)

        try:
            async with (
                asyncio.timeout(self.slack.timing.acknowledge),
                self.client().post(
                    url, data=body, headers=headers, allow_redirects=redirects, max_redirects=MAX_REDIRECTS + 1
                ) as answer,
            ):
                content = await answer.read()
        except TimeoutError:
            return failed("operation_timeout", "http_timeout")
        except aiohttp.TooManyRedirects:
            return failed("dispatch_failed", "too_many_redirects")
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
            return failed("dispatch_failed", "connection_failed")
        except (aiohttp.ClientError, ValueError):
            return failed("dispatch_failed", "unknown_error")
        elapsed = (time.perf_counter() - began) * 1000
        kept = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, _parsed(content, kept.get("content-type", "")), ms=elapsed, headers=kept)


def _parsed(content: bytes, content_type: str) -> Any:
    if not content:
        return None
    text = content.decode(errors="replace")
    if content_type.startswith("application/json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
