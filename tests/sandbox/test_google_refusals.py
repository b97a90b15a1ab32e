"""What Google refuses and is easily forgotten: the quota, series without a zone, values of the wrong kind."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.google import changes, watch
from sandbox.google.errors import GoogleError
from sandbox.google.quota import PER_MINUTE, Quota
from sandbox.world import World
from tests.desk import wait_until
from tests.sandbox.google_desk import ALEX, ROBOT, Desk, fresh_google, refused, running, timed

DAY = "2026-11-23"
WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=3"]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running() as opened:
        yield opened


def test_the_quota_is_a_window_of_a_minute_for_each_account(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    quota = Quota()
    for n in range(PER_MINUTE):
        now[0] = n / 100
        quota.spend(ROBOT)
    with pytest.raises(GoogleError, match="rateLimitExceeded"):
        quota.spend(ROBOT)
    quota.spend("another@example.com")
    now[0] = 60.0
    quota.spend(ROBOT)
    with pytest.raises(GoogleError, match="rateLimitExceeded"):
        quota.spend(ROBOT)


def test_who_asks_too_often_meets_the_quota(desk: Desk) -> None:
    desk.google.quota = Quota(2)
    try:
        events = desk.client().events()
        for _ in range(2):
            events.list(calendarId=ALEX).execute()
        assert refused(events.list(calendarId=ALEX)) == (403, "rateLimitExceeded")
    finally:
        desk.google.quota = Quota(None)


def test_throughput_tests_lift_the_quota() -> None:
    assert World().google.quota.per_minute == PER_MINUTE
    assert World(rate_limits=False).google.quota.per_minute is None


def test_a_series_names_its_zone(desk: Desk) -> None:
    events = desk.client().events()
    body = {
        "start": {"dateTime": f"{DAY}T09:00:00+01:00"},
        "end": {"dateTime": f"{DAY}T10:00:00+01:00"},
    }
    assert refused(events.insert(calendarId=ALEX, body={**body, "recurrence": WEEKLY})) == (400, "required")
    single = events.insert(calendarId=ALEX, body=body).execute()
    series = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00", recurrence=WEEKLY)).execute()
    again = events.update(calendarId=ALEX, eventId=series["id"], body={**body, "recurrence": WEEKLY})
    assert refused(again) == (400, "required")
    assert events.patch(calendarId=ALEX, eventId=single["id"], body={"recurrence": WEEKLY}).execute()["recurrence"]


def test_a_person_need_not_name_the_zone_of_a_series() -> None:
    google = fresh_google()
    body = {"start": {"dateTime": f"{DAY}T09:00:00+01:00"}, "end": {"dateTime": f"{DAY}T10:00:00+01:00"}}
    made = changes.insert(google, google.calendars[ALEX], {**body, "recurrence": WEEKLY}, None)
    assert made["start"]["timeZone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/calendars/{c}/events", {"colorId": []}),
        ("POST", "/calendars/{c}/events", {"colorId": {}}),
        ("POST", "/calendars/{c}/events", {"start": {"dateTime": f"{DAY}T09:00:00", "timeZone": ["x"]}}),
        ("POST", "/calendars/{c}/events", {"recurrence": [5]}),
        ("POST", "/calendars/{c}/events", {"recurrence": ["RRULE:FREQ=DAILY;INTERVAL=99999999999"]}),
        ("POST", "/calendars/{c}/events", {"start": {"date": "9999-12-31"}, "end": {"date": "9999-12-31"}}),
        ("POST", "/calendars/{c}/events", {"attendees": "anna@example.com"}),
        ("POST", "/calendars/{c}/events", {"sequence": "x"}),
        ("POST", "/calendars/{c}/events", {"iCalUID": 5}),
        ("POST", "/calendars/{c}/events", {"reminders": []}),
        ("POST", "/calendars/{c}/events", {"extendedProperties": []}),
        ("POST", "/freeBusy", {"timeMin": [], "timeMax": {}}),
        ("POST", "/freeBusy", {"calendarExpansionMax": "many"}),
        ("POST", "/freeBusy", {"items": [{"id": ["x"]}]}),
        ("POST", "/calendars/{c}/events/watch", {"params": 5}),
        ("POST", "/calendars/{c}/events/watch", {"expiration": "never"}),
        ("POST", "/calendars/{c}/events/watch", {"expiration": {"a": 1}}),
        ("GET", "/calendars/{c}/events?pageToken=W10", None),
        ("GET", "/calendars/{c}/events?pageToken=eyJmIjoxfQ", None),
        ("GET", "/calendars/{c}/events?syncToken=e30", None),
        ("GET", "/calendars/{c}/events?syncToken=ä", None),
        ("GET", "/calendars/{c}/events?maxResults=99999999999999999999999", None),
        ("GET", "/calendars/{c}/events?timeMin=0001-01-01T00:00:00%2B23:59", None),
        ("GET", "/calendars/{c}/events?fields=((", None),
    ],
)
def test_what_is_malformed_is_the_callers_fault(
    desk: Desk, method: str, path: str, body: dict[str, Any] | None
) -> None:
    credentials = desk.credentials()
    desk.client().events().list(calendarId=ALEX).execute()
    token = desk.google.issue_token(ROBOT, frozenset(credentials.scopes))
    whole = {
        "/calendars/{c}/events": timed(DAY, "09:00", "10:00"),
        "/freeBusy": {"timeMin": f"{DAY}T00:00:00Z", "timeMax": f"{DAY}T23:00:00Z", "items": [{"id": ALEX}]},
        "/calendars/{c}/events/watch": {"id": "bad", "type": "web_hook", "address": "http://127.0.0.1:9/x"},
    }.get(path, {})
    address = f"{desk.url}/google/calendar/v3{path.replace('{c}', ALEX)}"
    json = None if body is None else {**whole, **body}
    answer = desk.http.request(method, address, json=json, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 400, 403, 410), answer.text
    assert "error" not in answer.json() or answer.json()["error"]["errors"][0]["reason"]
    for single in (True, False):
        assert desk.client().events().list(calendarId=ALEX, singleEvents=single).execute()["items"] is not None


@pytest.mark.parametrize("field", ["status", "eventType", "sequence", "iCalUID", "reminders"])
def test_null_leaves_what_every_event_has(desk: Desk, field: str) -> None:
    events = desk.client().events()
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00", **{field: None})).execute()
    assert made[field] is not None
    if field in ("status", "sequence"):
        assert field in events.patch(calendarId=ALEX, eventId=made["id"], body={field: None}).execute()
    events.list(calendarId=ALEX).execute()


def test_a_notification_that_nobody_takes_is_lost() -> None:
    """Only the four server errors are repeated: whoever was not there has to look for himself."""
    google = fresh_google()
    pusher = watch.Pusher(google, backoff=(0.01, 0.01))
    body = {"id": "one", "type": "web_hook", "address": "http://127.0.0.1:9/x"}
    watch.open_channel(google, google.calendars[ALEX], body, ROBOT, "http://x/events")
    pusher.send("one", "exists")
    wait_until(lambda: bool(pusher.delivered), "the attempt")
    time.sleep(0.1)
    assert pusher.delivered == [("one", "exists", 0)]
