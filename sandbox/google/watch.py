"""Push channels: opened by events.watch, told of each change of their calendar, ended by channels.stop or by time.

Unlike Google, plain http addresses are allowed: the listener of a sandbox has no certificate.
"""

import hashlib
import heapq
import itertools
import re
import threading
import time
from email.utils import formatdate
from typing import Any

import httpx

from sandbox.google.errors import GoogleError, invalid, missing
from sandbox.google.state import Calendar, Channel, Google

CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
DEFAULT_TTL = 604_800
LONGEST_TTL = 2_592_000
RETRIED = {500, 502, 503, 504}
BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each retry of a notification; after the last one it is lost."""


def resource_id(calendar_id: str) -> str:
    return hashlib.sha256(f"events of {calendar_id}".encode()).hexdigest()[:27]


def _expiry(body: dict[str, Any], now: float) -> float:
    try:
        if body.get("expiration"):
            asked = int(body["expiration"]) / 1000
        else:
            asked = now + int((body.get("params") or {}).get("ttl") or DEFAULT_TTL)
    except (TypeError, ValueError) as problem:
        raise invalid("Invalid channel expiration.", "expiration") from problem
    if asked <= now:
        raise invalid("The channel expiration must be in the future.", "expiration")
    return min(asked, now + LONGEST_TTL)


def open_channel(google: Google, calendar: Calendar, body: Any, account: str, uri: str) -> Channel:
    """A new channel; 400 for a used or malformed id, another type than web_hook or no address."""
    if not isinstance(body, dict):
        raise GoogleError(400, "parseError")
    channel_id, address, token = body.get("id"), body.get("address"), body.get("token")
    if not channel_id:
        raise missing("channel id")
    if not isinstance(channel_id, str) or not CHANNEL_ID.fullmatch(channel_id):
        raise GoogleError(400, "channelIdInvalid", "Invalid channel id", location="id")
    if body.get("type") not in ("web_hook", "webhook"):
        raise GoogleError(400, "channelUnknown", "Unknown channel type", location="type")
    if not isinstance(address, str) or not re.match(r"https?://[^/]+", address):
        raise GoogleError(400, "push.webhookUrlInvalid", "Invalid WebHook callback", location="address")
    if token is not None and (not isinstance(token, str) or len(token) > 256):
        raise invalid("Invalid channel token.", "token")
    with google.lock:
        drop_expired(google)
        expires = _expiry(body, google.clock().timestamp())
        if channel_id in google.channels:
            raise GoogleError(400, "channelIdNotUnique", f"Channel id {channel_id} not unique", location="id")
        channel = Channel(channel_id, resource_id(calendar.id), calendar.id, uri, address, token, expires, account)
        google.channels[channel_id] = channel
    return channel


def channel_resource(channel: Channel) -> dict[str, Any]:
    made = {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": channel.resource_uri,
        "expiration": str(int(channel.expires * 1000)),
    }
    return made | ({"token": channel.token} if channel.token else {})


def stop_channel(google: Google, body: Any, account: str) -> None:
    """404 unless id and resourceId name a live channel of this account."""
    if not isinstance(body, dict):
        raise GoogleError(400, "parseError")
    channel = google.channels.get(str(body.get("id")))
    if channel is None or channel.resource_id != body.get("resourceId") or channel.account != account:
        raise GoogleError(404, "notFound", f"Channel '{body.get('id')}' not found for project 'sandbox'")
    del google.channels[channel.id]


def drop_expired(google: Google) -> None:
    now = google.clock().timestamp()
    for channel in [one for one in google.channels.values() if one.expires <= now]:
        del google.channels[channel.id]


def headers(channel: Channel, state: str) -> dict[str, str]:
    """The headers of a notification; its body is empty."""
    made = {
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Channel-Expiration": formatdate(channel.expires, usegmt=True),
        "X-Goog-Message-Number": str(channel.number),
        "X-Goog-Resource-ID": channel.resource_id,
        "X-Goog-Resource-State": state,
        "X-Goog-Resource-URI": channel.resource_uri,
        "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
    }
    return made | ({"X-Goog-Channel-Token": channel.token} if channel.token else {})


class Pusher:
    """Delivers notifications on a thread of its own, which lives only while something is due.

    Changes that come while a notification for the channel is still waiting are covered by it.
    """

    def __init__(self, google: Google, backoff: tuple[float, ...] = BACKOFF, timeout: float = 5.0) -> None:
        self.google = google
        self.backoff = backoff
        self.timeout = timeout
        self.delivered: list[tuple[str, str, int]] = []
        """(channel, state, HTTP status), 0 where nobody answered, which is not repeated; the last 1,000."""
        self._due: list[tuple[float, int, str, str, int]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        google.on_push = self.changed

    def changed(self, calendar_id: str) -> None:
        with self.google.lock:
            drop_expired(self.google)
            told = [one.id for one in self.google.channels.values() if one.calendar == calendar_id]
        for channel_id in told:
            self.send(channel_id, "exists")

    def send(self, channel_id: str, state: str) -> None:
        with self._wake:
            if any(waiting[2:4] == (channel_id, state) for waiting in self._due):
                return
            self._push(0.02, channel_id, state, 0)

    def _push(self, wait: float, channel_id: str, state: str, attempt: int) -> None:
        heapq.heappush(self._due, (time.monotonic() + wait, next(self._order), channel_id, state, attempt))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="google-push", daemon=True)
            self._thread.start()
        self._wake.notify()

    def _run(self) -> None:
        with httpx.Client(timeout=self.timeout, trust_env=False) as client:
            while True:
                with self._wake:
                    while self._due and (wait := self._due[0][0] - time.monotonic()) > 0:
                        self._wake.wait(wait)
                    if not self._due:
                        self._thread = None
                        return
                    _, _, channel_id, state, attempt = heapq.heappop(self._due)
                self._deliver(client, channel_id, state, attempt)

    def _deliver(self, client: httpx.Client, channel_id: str, state: str, attempt: int) -> None:
        channel = self.google.channels.get(channel_id)
        if channel is None:
            return
        if state != "sync" and attempt == 0:
            # Numbers rise, with gaps: a listener must not count on each of them.
            channel.number += 1 if channel.number % 3 else 2
        try:
            status = client.post(channel.address, headers=headers(channel, state)).status_code
        except httpx.HTTPError:
            status = 0
        self.delivered = [*self.delivered[-999:], (channel_id, state, status)]
        if status in RETRIED and attempt < len(self.backoff):
            with self._wake:
                self._push(self.backoff[attempt], channel_id, state, attempt + 1)
