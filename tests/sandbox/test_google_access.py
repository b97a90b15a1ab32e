"""Tokens, faults, push channels, free/busy, calendar lists, the control routes and the kept state."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import google.auth.exceptions
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google_auth_httplib2 import Request
from googleapiclient.errors import HttpError
from httplib2 import Http, HttpLib2Error

from sandbox.google import changes, watch
from sandbox.google.listing import list_events
from sandbox.google.query import Query
from sandbox.google.state import Google
from tests.desk import wait_until
from tests.sandbox.google_desk import ALEX, BERND, ROBOT, Desk, fresh_google, refused, timed

DAY = "2026-11-23"


def other_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def test_a_wrong_key_or_an_unknown_account_gets_no_token(desk: Desk) -> None:
    for changed in ({"private_key": other_key()}, {"client_email": "stranger@x.example"}):
        with pytest.raises(google.auth.exceptions.RefreshError) as refusal:
            desk.credentials(**changed).refresh(Request(Http()))
        assert refusal.value.args[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "x"}, "invalid_grant"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "e30.e30.e30"}, "invalid_grant"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "ä.ö.ü"}, "invalid_grant"),
    ],
)
def test_grants_that_are_refused(desk: Desk, form: dict[str, str], error: str) -> None:
    answer = desk.http.post(f"{desk.url}/google/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_delegation_was_not_granted(desk: Desk) -> None:
    with pytest.raises(google.auth.exceptions.RefreshError) as refusal:
        desk.credentials().with_subject(ALEX).refresh(Request(Http()))
    assert refusal.value.args[1]["error"] == "unauthorized_client"


def test_without_a_live_token_401_and_the_client_fetches_a_new_one(desk: Desk) -> None:
    url = f"{desk.url}/google/calendar/v3/calendars/{ALEX}/events"
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
        answer = desk.http.get(url, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["errors"][0]["reason"] == "authError"
    events = desk.client().events()
    events.list(calendarId=ALEX).execute()
    desk.google.expire_access_tokens()
    events.list(calendarId=ALEX).execute()


def test_scopes_bound_what_a_token_may_do(desk: Desk) -> None:
    narrow = desk.client(("https://www.googleapis.com/auth/calendar.events.readonly",))
    narrow.events().list(calendarId=ALEX).execute()
    body = timed(DAY, "09:00", "10:00")
    assert refused(narrow.events().insert(calendarId=ALEX, body=body)) == (403, "insufficientPermissions")
    assert refused(narrow.calendarList().list()) == (403, "insufficientPermissions")


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        ({"mode": "status", "status": 403, "reason": "rateLimitExceeded"}, 403, "rateLimitExceeded"),
        ({"mode": "status", "status": 429, "retry_after": 1}, 429, "rateLimitExceeded"),
        ({"mode": "status", "status": 403, "reason": "quotaExceeded"}, 403, "quotaExceeded"),
        ({"mode": "status", "status": 500}, 500, "backendError"),
    ],
)
def test_faults_on_demand(desk: Desk, fault: dict[str, Any], status: int, reason: str) -> None:
    client = desk.client()
    client.events().list(calendarId=ALEX).execute()
    desk.faults.set("google", {**fault, "methods": ["events.insert"], "times": 1})
    request = client.events().insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00"))
    assert refused(request) == (status, reason)
    assert desk.google.calendars[ALEX].events == {}
    request.execute()


def test_a_lost_reply_leaves_the_event_and_the_repeat_meets_a_duplicate(desk: Desk) -> None:
    events = desk.client().events()
    events.list(calendarId=ALEX).execute()
    desk.faults.set("google", {"lose_reply": True, "methods": ["events.insert"], "times": 1})
    body = timed(DAY, "09:00", "10:00", id="abcdef")
    # The transport may itself repeat a request whose connection broke; then the duplicate shows at once.
    with pytest.raises((HttpError, OSError, HttpLib2Error)):
        events.insert(calendarId=ALEX, body=body).execute()
    assert refused(events.insert(calendarId=ALEX, body=body)) == (409, "duplicate")
    assert set(desk.google.calendars[ALEX].events) == {"abcdef"}


class Listener(HTTPServer):
    """Collects notifications; answers the given statuses in turn, then 200."""

    def __init__(self, statuses: tuple[int, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), Hearer)
        self.statuses = list(statuses)
        self.heard: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/google/notify"

    def wait(self, count: int) -> list[dict[str, str]]:
        deadline = time.monotonic() + 20
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.heard


class Hearer(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.heard.append({key.lower(): value for key, value in self.headers.items()})
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.shutdown()
    made.server_close()


def test_watch_tells_of_changes_until_stopped(desk: Desk, listener: Listener) -> None:
    client = desk.client()
    body = {"id": "one", "type": "web_hook", "address": listener.url, "token": "secret", "params": {"ttl": "60"}}
    channel = client.events().watch(calendarId=ALEX, body=body).execute()
    assert int(channel["expiration"]) / 1000 - time.time() == pytest.approx(60, abs=20)
    first = listener.wait(1)[0]
    assert first["x-goog-resource-state"] == "sync"
    assert first["x-goog-message-number"] == "1"
    client.events().insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    second = listener.wait(2)[1]
    assert second["x-goog-resource-state"] == "exists"
    assert int(second["x-goog-message-number"]) > 1
    assert second["x-goog-channel-id"] == "one"
    assert second["x-goog-channel-token"] == "secret"
    assert second["x-goog-resource-id"] == channel["resourceId"]
    assert refused(client.events().watch(calendarId=ALEX, body=body)) == (400, "channelIdNotUnique")
    client.events().insert(calendarId=BERND, body=timed(DAY, "09:00", "10:00")).execute()
    client.channels().stop(body={"id": "one", "resourceId": channel["resourceId"]}).execute()
    client.events().insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    time.sleep(0.1)
    assert len(listener.heard) == 2
    assert refused(client.channels().stop(body={"id": "one", "resourceId": "x"})) == (404, "notFound")


def test_an_expired_channel_is_silent(desk: Desk, listener: Listener) -> None:
    client = desk.client()
    body = {"id": "short", "type": "web_hook", "address": listener.url}
    client.events().watch(calendarId=ALEX, body=body).execute()
    listener.wait(1)
    desk.google.channels["short"].expires = time.time() - 1
    client.events().insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    time.sleep(0.1)
    assert len(listener.heard) == 1
    client.events().watch(calendarId=ALEX, body=body).execute()


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": "ä"}, {"type": "email"}, {"address": None}, {"address": "ftp://x"}, {"expiration": "1000"}],
)
def test_channels_that_are_refused(desk: Desk, change: dict[str, Any]) -> None:
    body = {"id": "one", "type": "web_hook", "address": "http://127.0.0.1:1/x", **change}
    assert refused(desk.client().events().watch(calendarId=ALEX, body=body))[0] == 400
    assert desk.google.channels == {}


def test_a_notification_is_repeated_after_a_server_error() -> None:
    listener = Listener((503, 500))
    made = fresh_google()
    pusher = watch.Pusher(made, backoff=(0.01, 0.01))
    body = {"id": "one", "type": "web_hook", "address": listener.url}
    watch.open_channel(made, made.calendars[ALEX], body, ROBOT, "http://x/events")
    changes.insert(made, made.calendars[ALEX], timed(DAY, "09:00", "10:00"), None)
    assert len({heard["x-goog-message-number"] for heard in listener.wait(3)}) == 1
    wait_until(lambda: len(pusher.delivered) == 3, "the answer to the last one")
    assert [status for _, _, status in pusher.delivered] == [503, 500, 200]
    listener.shutdown()
    listener.server_close()


def test_free_busy_follows_the_busy_rule(desk: Desk) -> None:
    client = desk.client()
    calendar = desk.google.calendars[ALEX]

    def add(start: str, end: str, **more: Any) -> str:
        made = changes.insert(desk.google, calendar, timed(DAY, start, end, **more), None)
        return str(made["id"])

    add("09:00", "10:00")
    add("09:30", "11:00", status="tentative")
    add("12:00", "13:00", transparency="transparent")
    add("13:00", "14:00", attendees=[{"email": ALEX, "responseStatus": "declined"}])
    add("14:00", "15:00", eventType="workingLocation")
    add("15:00", "16:00", eventType="outOfOffice")
    changes.delete(desk.google, calendar, add("17:00", "18:00"))
    body = {
        "timeMin": f"{DAY}T00:00:00Z",
        "timeMax": "2026-11-24T00:00:00Z",
        "timeZone": "Europe/Berlin",
        "items": [{"id": ALEX}, {"id": "unknown@x.example"}],
    }
    answer = client.freebusy().query(body=body).execute()["calendars"]
    assert answer[ALEX]["busy"] == [
        {"start": f"{DAY}T09:00:00+01:00", "end": f"{DAY}T11:00:00+01:00"},
        {"start": f"{DAY}T15:00:00+01:00", "end": f"{DAY}T16:00:00+01:00"},
    ]
    assert answer["unknown@x.example"]["errors"][0]["reason"] == "notFound"
    many = {**body, "items": [{"id": f"c{n}@x"} for n in range(51)]}
    last = client.freebusy().query(body=many).execute()["calendars"]["c50@x"]
    assert last["errors"][0]["reason"] == "tooManyCalendarsRequested"


def test_a_shared_calendar_is_listed_only_after_it_was_put_on_the_list(desk: Desk) -> None:
    client = desk.client()
    assert client.calendars().get(calendarId=ALEX).execute()["timeZone"] == "Europe/Berlin"
    assert client.calendarList().list().execute()["items"] == []
    assert refused(client.calendarList().get(calendarId=ALEX)) == (404, "notFound")
    client.calendarList().insert(body={"id": ALEX}).execute()
    assert [one["id"] for one in client.calendarList().list().execute()["items"]] == [ALEX]
    assert client.calendarList().get(calendarId=ALEX).execute()["accessRole"] == "writer"
    client.calendarList().delete(calendarId=ALEX).execute()
    assert client.calendarList().list().execute()["items"] == []


def test_colors(desk: Desk) -> None:
    assert set(desk.client().colors().get().execute()["event"]) == {str(n) for n in range(1, 12)}


def test_people_work_through_the_control_routes(desk: Desk) -> None:
    told: list[str] = []
    desk.google.on_change = told.append
    url = f"{desk.url}/control"
    rows = desk.http.get(f"{url}/calendars").json()["calendars"]
    assert [row["id"] for row in rows] == [ALEX, BERND]
    guest = [{"email": ALEX, "responseStatus": "declined"}]
    event = timed(DAY, "09:00", "10:00", attendees=guest)
    made = desk.http.post(f"{url}/events", json={"calendar": ALEX, "event": event}).json()["event"]
    assert made["creator"]["email"] == ALEX
    assert made["attendees"][0]["self"] is True
    days = {"start": {"date": DAY}, "end": {"date": "2026-11-24"}}
    changed = desk.http.patch(f"{url}/events/{ALEX}/{made['id']}", json=days).json()["event"]
    assert changed["start"] == {"date": DAY}
    assert changed["etag"] != made["etag"]
    desk.http.post(f"{url}/events/{ALEX}/{made['id']}/move", json={"to": BERND})
    window = {"from": f"{DAY}T00:00:00+01:00", "to": "2026-11-24T00:00:00+01:00"}
    shown = desk.http.get(f"{url}/events", params=window).json()["events"]
    assert [(row["calendar"], row["event"]["id"]) for row in shown] == [(BERND, made["id"])]
    assert desk.http.delete(f"{url}/events/{BERND}/{made['id']}").json() == {"ok": True}
    gone = desk.http.delete(f"{url}/events/{BERND}/{made['id']}")
    assert (gone.status_code, gone.json()["error"]) == (410, "deleted")
    assert told == [ALEX, ALEX, ALEX, BERND, BERND]


def test_an_instance_dragged_to_another_calendar_leaves_its_series(desk: Desk) -> None:
    series = timed(DAY, "09:00", "10:00", id="series", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    changes.insert(desk.google, desk.google.calendars[ALEX], series, None)
    url = f"{desk.url}/control/events/{ALEX}/series_20261130T080000Z/move"
    made = desk.http.post(url, json={"to": BERND}).json()["event"]
    assert made["start"]["dateTime"] == "2026-11-30T09:00:00+01:00"
    assert "recurringEventId" not in made
    page = list_events(desk.google, desk.google.calendars[ALEX], Query(frozenset(), single=True))
    assert [one["id"] for one in page["items"]] == ["series_20261123T080000Z", "series_20261207T080000Z"]


def test_the_call_log_names_methods(desk: Desk) -> None:
    since = desk.http.get(f"{desk.url}/control/google/calls").json()["next"]
    client = desk.new_client()
    client.events().list(calendarId=ALEX, maxResults=10).execute()
    refused(client.events().get(calendarId=ALEX, eventId="unknown"))
    answer = desk.http.get(f"{desk.url}/control/google/calls", params={"since": since}).json()
    assert [(row["method"], row["status"]) for row in answer["calls"]] == [
        ("token", 200),
        ("events.list", 200),
        ("events.get", 404),
    ]
    assert "maxResults=10" in answer["calls"][1]["path"]
    assert answer["next"] == since + 3


def test_the_state_survives_as_json(desk: Desk) -> None:
    client = desk.client()
    client.events().insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00", id="single")).execute()
    series = timed(DAY, "09:00", "10:00", id="series", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    client.events().insert(calendarId=ALEX, body=series).execute()
    client.events().delete(calendarId=ALEX, eventId="series_20261130T080000Z").execute()
    token = client.events().list(calendarId=ALEX).execute()["nextSyncToken"]
    kept = json.loads(json.dumps(desk.google.snapshot()))
    second = Google()
    second.restore(kept)
    assert second.snapshot() == desk.google.snapshot()
    calendar = second.calendars[ALEX]
    changes.patch(second, calendar, "single", {"summary": "Anders"}, None)
    page = list_events(second, calendar, Query(frozenset({"syncToken"}), sync_token=token))
    assert [one["id"] for one in page["items"]] == ["single"]
