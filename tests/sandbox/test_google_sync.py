"""Listing, paging and incremental sync, and series with their exceptions."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.google import changes
from sandbox.google.listing import list_events
from sandbox.google.query import Query
from sandbox.google.recurrence import instances
from tests.sandbox.google_desk import ALEX, BERND, ROBOT, Desk, fresh_google, refused, timed, utc

DAY = "2026-11-23"
BERLIN = ZoneInfo("Europe/Berlin")


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["items"]]


def add(desk: Desk, event_id: str, start: str = "09:00", end: str = "10:00", **more: Any) -> dict[str, Any]:
    """As a person adds it in Google's own interface."""
    body = {"calendar": ALEX, "event": timed(more.pop("day", DAY), start, end, id=event_id, **more)}
    answer = desk.http.post(f"{desk.url}/control/events", json=body).json()
    assert answer["ok"], answer
    event: dict[str, Any] = answer["event"]
    return event


def test_time_min_bounds_the_end_and_time_max_the_start(desk: Desk, events: Any) -> None:
    add(desk, "first0", "08:00", "09:00")
    add(desk, "across", "08:30", "09:30")
    add(desk, "inside", "09:30", "10:00")
    add(desk, "later", "10:00", "11:00")
    window = {"timeMin": f"{DAY}T09:00:00+01:00", "timeMax": f"{DAY}T10:00:00+01:00"}
    assert ids(events.list(calendarId=ALEX, **window).execute()) == ["across", "inside"]
    assert refused(events.list(calendarId=ALEX, timeMin=f"{DAY}T09:00:00"))[0] == 400


def test_filters_and_order(desk: Desk, events: Any) -> None:
    add(desk, "second", "10:00", "11:00", summary="Frau Weber", extendedProperties={"private": {"slotquest": "a"}})
    add(desk, "first0", "09:00", "10:00", summary="Teamrunde", eventType="focusTime")
    by_start = events.list(calendarId=ALEX, singleEvents=True, orderBy="startTime").execute()
    assert ids(by_start) == ["first0", "second"]
    assert "nextSyncToken" not in by_start
    assert ids(events.list(calendarId=ALEX, q="weber").execute()) == ["second"]
    assert ids(events.list(calendarId=ALEX, privateExtendedProperty="slotquest=a").execute()) == ["second"]
    assert ids(events.list(calendarId=ALEX, iCalUID="first0@google.com").execute()) == ["first0"]
    assert ids(events.list(calendarId=ALEX, eventTypes=["focusTime"]).execute()) == ["first0"]
    assert refused(events.list(calendarId=ALEX, orderBy="startTime")) == (400, "invalid")


def test_pages_end_with_the_sync_token(desk: Desk, events: Any) -> None:
    names = [f"event{n}" for n in range(7)]
    for name in names:
        add(desk, name)
    seen, request, pages = [], events.list(calendarId=ALEX, maxResults=3), []
    while request is not None:
        page = request.execute()
        pages.append(page)
        seen += ids(page)
        request = events.list_next(request, page)
    assert seen == names
    assert ["nextSyncToken" in page for page in pages] == [False, False, True]


def test_pages_may_be_short_or_empty(desk: Desk, events: Any) -> None:
    names = [f"event{n}" for n in range(5)]
    for name in names:
        add(desk, name)
    desk.google.short_pages = True
    pages, request = [], events.list(calendarId=ALEX, maxResults=4)
    while request is not None:
        pages.append(request.execute())
        request = events.list_next(request, pages[-1])
    desk.google.short_pages = False
    assert [ids(page) for page in pages] == [[], names[:2], names[2:4], names[4:]]
    assert "nextSyncToken" in pages[-1]


def test_a_change_between_pages_comes_with_the_next_sync(desk: Desk, events: Any) -> None:
    for n in range(4):
        add(desk, f"event{n}")
    first = events.list(calendarId=ALEX, maxResults=2).execute()
    events.patch(calendarId=ALEX, eventId="event0", body={"summary": "changed"}).execute()
    events.patch(calendarId=ALEX, eventId="event3", body={"summary": "changed"}).execute()
    add(desk, "event9")
    last = events.list(calendarId=ALEX, maxResults=2, pageToken=first["nextPageToken"]).execute()
    assert ids(last) == ["event2"]
    synced = events.list(calendarId=ALEX, syncToken=last["nextSyncToken"]).execute()
    assert ids(synced) == ["event0", "event3", "event9"]


def test_sync_brings_changes_and_bare_tombstones_only(desk: Desk, events: Any) -> None:
    for name in ("kept00", "moves0", "goes00"):
        add(desk, name)
    token = events.list(calendarId=ALEX).execute()["nextSyncToken"]
    assert events.list(calendarId=ALEX, syncToken=token).execute()["items"] == []
    events.patch(calendarId=ALEX, eventId="moves0", body=timed(DAY, "15:00", "16:00")).execute()
    events.delete(calendarId=ALEX, eventId="goes00").execute()
    page = events.list(calendarId=ALEX, syncToken=token).execute()
    assert ids(page) == ["moves0", "goes00"]
    assert set(page["items"][1]) == {"kind", "etag", "id", "status"}
    assert events.list(calendarId=ALEX, syncToken=page["nextSyncToken"]).execute()["items"] == []
    assert ids(events.list(calendarId=ALEX).execute()) == ["kept00", "moves0"]
    assert ids(events.list(calendarId=ALEX, showDeleted=True).execute()) == ["kept00", "moves0", "goes00"]


@pytest.mark.parametrize(
    "more",
    [
        {"timeMin": f"{DAY}T00:00:00Z"},
        {"timeMax": f"{DAY}T00:00:00Z"},
        {"updatedMin": f"{DAY}T00:00:00Z"},
        {"q": "x"},
        {"iCalUID": "x"},
        {"orderBy": "updated"},
        {"privateExtendedProperty": "a=b"},
        {"sharedExtendedProperty": "a=b"},
        {"showDeleted": False},
    ],
)
def test_a_sync_token_excludes_filters(events: Any, more: dict[str, Any]) -> None:
    token = events.list(calendarId=ALEX).execute()["nextSyncToken"]
    assert refused(events.list(calendarId=ALEX, syncToken=token, **more)) == (400, "invalid")


def test_sync_tokens_of_no_use(desk: Desk, events: Any) -> None:
    token = events.list(calendarId=ALEX).execute()["nextSyncToken"]
    assert refused(events.list(calendarId=BERND, syncToken=token)) == (410, "fullSyncRequired")
    assert refused(events.list(calendarId=ALEX, syncToken=token, singleEvents=True)) == (410, "fullSyncRequired")
    assert refused(events.list(calendarId=ALEX, syncToken="rubbish")) == (400, "invalid")
    desk.faults.expire_sync_tokens = True
    assert refused(events.list(calendarId=ALEX, syncToken=token)) == (410, "fullSyncRequired")
    fresh = events.list(calendarId=ALEX).execute()["nextSyncToken"]
    events.list(calendarId=ALEX, syncToken=fresh).execute()
    assert refused(events.list(calendarId=ALEX, updatedMin="2020-01-01T00:00:00Z")) == (410, "updatedMinTooLongAgo")


WEEKLY = ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE", "EXDATE;TZID=Europe/Berlin:20261125T090000"]
TWO_WEEKS = {"timeMin": "2026-11-23T00:00:00+01:00", "timeMax": "2026-12-07T00:00:00+01:00"}


def test_a_series_whole_and_expanded(desk: Desk, events: Any) -> None:
    add(desk, "series", recurrence=WEEKLY)
    assert ids(events.list(calendarId=ALEX, **TWO_WEEKS).execute()) == ["series"]
    page = events.list(calendarId=ALEX, singleEvents=True, orderBy="startTime", **TWO_WEEKS).execute()
    assert ids(page) == ["series_20261123T080000Z", "series_20261130T080000Z", "series_20261202T080000Z"]
    one = page["items"][1]
    assert one["recurringEventId"] == "series"
    assert one["originalStartTime"] == one["start"]
    assert "recurrence" not in one
    assert ids(events.instances(calendarId=ALEX, eventId="series", **TWO_WEEKS).execute()) == ids(page)


def test_changed_and_cancelled_instances(desk: Desk, events: Any) -> None:
    add(desk, "series", recurrence=WEEKLY)
    single = {"singleEvents": True, **TWO_WEEKS}
    expanded = events.list(calendarId=ALEX, **single).execute()["nextSyncToken"]
    whole = events.list(calendarId=ALEX, **TWO_WEEKS).execute()["nextSyncToken"]
    moved, gone = "series_20261130T080000Z", "series_20261202T080000Z"
    url = f"{desk.url}/control/events/{ALEX}"
    body = timed("2026-12-01", "15:00", "16:00")
    assert desk.http.patch(f"{url}/{moved}", json={"start": body["start"], "end": body["end"]}).json()["ok"]
    assert desk.http.delete(f"{url}/{gone}").json()["ok"]
    for token, more in ((expanded, {"singleEvents": True}), (whole, {})):
        items = events.list(calendarId=ALEX, syncToken=token, **more).execute()["items"]
        assert [(one["id"], one["status"]) for one in items] == [(moved, "confirmed"), (gone, "cancelled")]
        assert items[0]["start"]["dateTime"] == "2026-12-01T15:00:00+01:00"
        assert {one["recurringEventId"] for one in items} == {"series"}
        assert items[1]["originalStartTime"]["dateTime"] == "2026-12-02T09:00:00+01:00"
    assert ids(events.list(calendarId=ALEX, **single).execute()) == ["series_20261123T080000Z", moved]
    # Without expansion the hole in the series is listed even when deleted ones are not asked for.
    assert ids(events.list(calendarId=ALEX, **TWO_WEEKS).execute()) == ["series", moved, gone]


def test_a_deleted_series_takes_its_instances_along(desk: Desk, events: Any) -> None:
    add(desk, "series", recurrence=WEEKLY)
    events.patch(calendarId=ALEX, eventId="series_20261130T080000Z", body={"summary": "Anders"}).execute()
    single = {"singleEvents": True, **TWO_WEEKS}
    page = events.list(calendarId=ALEX, **single).execute()
    events.delete(calendarId=ALEX, eventId="series").execute()
    synced = events.list(calendarId=ALEX, singleEvents=True, syncToken=page["nextSyncToken"]).execute()
    assert sorted(ids(synced)) == sorted(ids(page))
    assert {one["status"] for one in synced["items"]} == {"cancelled"}
    assert events.list(calendarId=ALEX, **single).execute()["items"] == []
    assert events.list(calendarId=ALEX).execute()["items"] == []
    assert refused(events.delete(calendarId=ALEX, eventId="series_20261123T080000Z")) == (410, "deleted")


def test_a_moved_series_takes_back_its_old_instances(desk: Desk, events: Any) -> None:
    add(desk, "series", recurrence=["RRULE:FREQ=WEEKLY;BYDAY=MO"])
    page = events.list(calendarId=ALEX, singleEvents=True, **TWO_WEEKS).execute()
    known = {one["id"] for one in page["items"]}
    events.patch(calendarId=ALEX, eventId="series", body=timed(DAY, "11:00", "12:00")).execute()
    for one in events.list(calendarId=ALEX, singleEvents=True, syncToken=page["nextSyncToken"]).execute()["items"]:
        known = known - {one["id"]} if one["status"] == "cancelled" else known | {one["id"]}
    assert known == set(ids(events.list(calendarId=ALEX, singleEvents=True, **TWO_WEEKS).execute()))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["11-23", "11-24", "11-25"]),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20261129T080000Z", ["11-23", "11-26", "11-29"]),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20261129T075959Z", ["11-23", "11-26"]),
        ("FREQ=DAILY;UNTIL=20261125", ["11-23", "11-24", "11-25"]),
        ("FREQ=WEEKLY;COUNT=2", ["11-23", "11-30"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=4", ["11-23", "11-27", "12-07", "12-11"]),
        ("FREQ=DAILY;BYDAY=SA,SU;COUNT=3", ["11-28", "11-29", "12-05"]),
    ],
)
def test_rules(rule: str, expected: list[str]) -> None:
    google = fresh_google()
    calendar = google.calendars[ALEX]
    made = changes.insert(google, calendar, timed(DAY, "09:00", "10:00", recurrence=[f"RRULE:{rule}"]), None)
    rows = instances(made, "Europe/Berlin", None, datetime(2027, 3, 1, tzinfo=UTC))
    assert [one["start"]["dateTime"][5:10] for one in rows] == expected


@given(
    start=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    hour=st.integers(0, 23),
    interval=st.integers(1, 3),
    weekly=st.booleans(),
)
def test_instances_stay_on_the_wall_clock(start: date, hour: int, interval: int, weekly: bool) -> None:
    google = fresh_google()
    rule = f"RRULE:FREQ={'WEEKLY' if weekly else 'DAILY'};INTERVAL={interval};COUNT=60"
    body = timed(start.isoformat(), f"{hour:02}:00", f"{hour:02}:45", recurrence=[rule])
    made = changes.insert(google, google.calendars[ALEX], body, None)
    rows = list(instances(made, "Europe/Berlin", None, datetime(2040, 1, 1, tzinfo=UTC)))
    assert len({one["id"] for one in rows}) == 60
    step = timedelta(days=interval * (7 if weekly else 1))
    for n, one in enumerate(rows):
        local = utc(one["start"]["dateTime"]).astimezone(BERLIN)
        assert local.date() == start + n * step
        assert local.hour == hour or (hour == 2 and local.hour == 3 and local.month == 3)


def test_all_day_events_end_exclusively_and_begin_at_local_midnight(desk: Desk, events: Any) -> None:
    body = {"summary": "Urlaub", "start": {"date": DAY}, "end": {"date": "2026-11-25"}}
    events.insert(calendarId=ALEX, body=body).execute()
    for low, high, found in (
        ("2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00+01:00", 0),
        ("2026-11-24T23:00:00+01:00", "2026-11-24T23:30:00+01:00", 1),
        ("2026-11-25T00:00:00+01:00", "2026-11-26T00:00:00+01:00", 0),
    ):
        assert len(events.list(calendarId=ALEX, timeMin=low, timeMax=high).execute()["items"]) == found


def test_five_thousand_events_in_two_quick_pages(desk: Desk, events: Any) -> None:
    calendar = desk.google.calendars[ALEX]
    for n in range(5000):
        day = date(2026, 1, 1) + timedelta(days=n % 300)
        changes.insert(desk.google, calendar, timed(day.isoformat(), "09:00", "10:00", id=f"{n:05}"), ROBOT)
    start = time.process_time()
    first = events.list(calendarId=ALEX, maxResults=2500, singleEvents=True).execute()
    second = events.list(
        calendarId=ALEX, maxResults=2500, singleEvents=True, pageToken=first["nextPageToken"]
    ).execute()
    took = time.process_time() - start
    assert len(first["items"]) == len(second["items"]) == 2500
    assert not set(ids(first)) & set(ids(second))
    assert took < 3
    start = time.process_time()
    events.list(calendarId=ALEX, singleEvents=True, syncToken=second["nextSyncToken"]).execute()
    assert time.process_time() - start < 0.5


@given(st.lists(st.tuples(st.sampled_from(["put", "delete", "read"]), st.integers(0, 4)), max_size=40))
def test_a_mirror_by_sync_tokens_equals_the_calendar(steps: list[tuple[str, int]]) -> None:
    google = fresh_google()
    calendar = google.calendars[ALEX]
    mirror: dict[str, str] = {}
    page = list_events(google, calendar, Query(frozenset()))

    def read(token: str) -> str:
        query = Query(frozenset(), sync_token=token, limit=2)
        while True:
            answer = list_events(google, calendar, query)
            for one in answer["items"]:
                if one["status"] == "cancelled":
                    mirror.pop(one["id"], None)
                else:
                    mirror[one["id"]] = one["etag"]
            if "nextSyncToken" in answer:
                return str(answer["nextSyncToken"])
            query = Query(frozenset(), sync_token=token, limit=2, page_token=answer["nextPageToken"])

    token = page["nextSyncToken"]
    for what, n in steps:
        name = f"event{n}"
        if what == "read":
            token = read(token)
        elif what == "put" and name in calendar.events:
            body = timed(DAY, "09:00", "10:00", status="confirmed")
            changes.replace(google, calendar, name, body, None)
        elif what == "put":
            changes.insert(google, calendar, timed(DAY, "09:00", "10:00", id=name), None)
        elif name in calendar.events and calendar.events[name].resource["status"] != "cancelled":
            changes.delete(google, calendar, name)
    read(token)
    present = list_events(google, calendar, Query(frozenset()))["items"]
    assert mirror == {one["id"]: one["etag"] for one in present}
