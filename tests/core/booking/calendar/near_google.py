"""The real adapter on the sandbox's Google without HTTP between them: quick enough for thousands of calls."""

import json
from collections.abc import Callable
from typing import Any

import httplib2
from googleapiclient.errors import HttpError

from integrations.google_calendar import GoogleCalendar
from sandbox.google import changes, watch
from sandbox.google.errors import GoogleError
from sandbox.google.fields import parse_mask, select
from sandbox.google.listing import list_events, presented
from sandbox.google.query import parse_query
from sandbox.google.state import Google

ROBOT = "bot@slotquest-sandbox.iam.gserviceaccount.com"


class NearGoogle(GoogleCalendar):
    """`calls` says what was asked. `breaks` maps a method to what happens the next times: "down" before, "lost" after."""

    def __init__(self, google: Google) -> None:
        super().__init__({}, "http://near/calendar/v3/")
        self.google = google
        self.calls: list[str] = []
        self.breaks: dict[str, list[str]] = {}
        self.meanwhile: dict[str, Callable[[], None]] = {}
        self._client = Client(self)

    def _connect(self) -> Any:
        return self._client

    def _http(self) -> Any:
        return None


class Client:
    """What googleapiclient builds: `client.events().list(…).execute()`."""

    def __init__(self, near: NearGoogle) -> None:
        self._near = near

    def events(self) -> "Client":
        return self

    def channels(self) -> "Client":
        return self

    def list(self, **asked: Any) -> "Request":
        return self._request("list", asked)

    def __getattr__(self, method: str) -> Callable[..., "Request"]:
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda **asked: self._request(method, asked)

    def _request(self, method: str, asked: dict[str, Any]) -> "Request":
        return Request(self._near, method, asked)


class Request:
    def __init__(self, near: NearGoogle, method: str, asked: dict[str, Any]) -> None:
        self.near, self.method, self.asked = near, method, asked
        self.headers: dict[str, str] = {}

    def execute(self, http: Any = None, num_retries: int = 0) -> Any:
        near = self.near
        near.calls.append(self.method)
        broken = near.breaks.get(self.method) or near.breaks.get("*") or []
        how = broken.pop(0) if broken else ""
        if how == "down":
            raise ConnectionResetError("down")
        try:
            made = json.loads(json.dumps(self._work()))
        except GoogleError as error:
            raise HttpError(
                httplib2.Response({"status": str(error.status)}), json.dumps(error.body()).encode()
            ) from error
        if self.method in near.meanwhile:
            near.meanwhile.pop(self.method)()
        if how == "lost":
            raise TimeoutError("lost")
        fields = self.asked.get("fields")
        return select(made, parse_mask(fields)) if fields and made else made

    def _work(self) -> Any:
        google, asked = self.near.google, dict(self.asked)
        if self.method == "stop":
            return watch.stop_channel(google, asked["body"], ROBOT)
        calendar_id, body = asked.pop("calendarId"), asked.pop("body", None)
        asked.pop("fields", None)
        etag = self.headers.get("If-Match")
        needs = {"list": "freeBusyReader", "get": "freeBusyReader", "watch": "reader"}.get(self.method, "writer")
        calendar = google.calendar(calendar_id, ROBOT, needs)
        match self.method:
            case "list":
                params = {
                    key: [str(value).lower() if isinstance(value, bool) else str(value)]
                    for key, value in asked.items()
                    if value is not None
                }
                return list_events(google, calendar, parse_query(params), calendar.roles[ROBOT])
            case "get":
                found = changes.find(calendar, asked["eventId"])
                return {**presented({**found, "status": "confirmed"}, calendar.roles[ROBOT]), "status": found["status"]}
            case "insert":
                return changes.insert(google, calendar, body, ROBOT)
            case "patch":
                return changes.patch(google, calendar, asked["eventId"], body, ROBOT, etag)
            case "update":
                return changes.replace(google, calendar, asked["eventId"], body, ROBOT, etag)
            case "delete":
                return changes.delete(google, calendar, asked["eventId"], etag)
            case "watch":
                return watch.channel_resource(watch.open_channel(google, calendar, body, ROBOT, "uri"))
        raise AssertionError(self.method)
