"""The calendar port against a Google that speaks HTTP, with Google's own client in between."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from subprocess import run
from typing import Any

import pytest

from core.ports import (
    CalendarRefused,
    CalendarUnavailable,
    EventChanged,
    EventDraft,
    SyncTokenExpired,
)
from integrations import google_answers, google_calendar
from integrations.google_calendar import GoogleCalendar
from sandbox.google import changes
from tests.sandbox.google_desk import ALEX, BERND, ROBOT, Desk, fresh_google, key_pair, running, timed

NINE = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
SINCE = datetime(2026, 9, 1, tzinfo=UTC)
KEY = "a" * 32


@pytest.fixture(scope="module")
def served() -> Iterator[Desk]:
    with running() as desk:
        yield desk


@pytest.fixture
def desk(served: Desk) -> Desk:
    """The running Google, emptied."""
    served.google.restore(fresh_google().snapshot())
    served.google.calls.clear()
    served.faults.clear()
    return served


@pytest.fixture
def port(desk: Desk) -> GoogleCalendar:
    return connect(desk)


def connect(desk: Desk, **changed: Any) -> GoogleCalendar:
    info = {
        "type": "service_account",
        "client_email": ROBOT,
        "private_key": key_pair()[0],
        "private_key_id": "one",
        "token_uri": f"{desk.url}/google/token",
        **changed,
    }
    return GoogleCalendar(info, f"{desk.url}/google/calendar/v3/")


def draft(**changed: Any) -> EventDraft:
    values: dict[str, Any] = {
        "id": f"sq{KEY}",
        "starts_at": NINE,
        "ends_at": NINE + timedelta(hours=1),
        "timezone": "Europe/Berlin",
        "title": "Frau Weber · Alex",
        "description": "Kunde: Frau Weber",
        "appointment_id": KEY,
        **changed,
    }
    return EventDraft(**values)


def methods(desk: Desk) -> list[str]:
    return [call.method.removeprefix("events.") for call in desk.google.calls if call.method != "token"]


def stored(desk: Desk, calendar: str = ALEX) -> dict[str, Any]:
    return desk.google.calendars[calendar].events[f"sq{KEY}"].resource


def test_a_new_event_costs_one_call_and_comes_back_as_listed(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(colour="5"), None)
    assert methods(desk) == ["insert"]
    (page,) = port.changes(ALEX, None, SINCE)
    assert page.events == (made,)
    assert page.timezone == "Europe/Berlin"
    assert page.next_sync_token
    assert (made.starts_at, made.title, made.colour, made.appointment_id) == (NINE, "Frau Weber · Alex", "5", KEY)
    assert [one.events for one in port.changes(ALEX, page.next_sync_token, SINCE)] == [()]
    assert methods(desk) == ["insert", "list", "list"]


def test_a_change_keeps_what_people_added_and_needs_the_etag(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(), None)
    changes.patch(desk.google, desk.google.calendars[ALEX], made.id, {"location": "Raum 2", "colorId": "4"}, None)
    with pytest.raises(EventChanged):
        port.put(ALEX, draft(title="neu"), made.etag)
    seen = port.get(ALEX, made.id)
    assert seen is not None
    after = port.put(ALEX, draft(title="neu"), seen.etag)
    assert (after.title, after.colour, stored(desk)["location"]) == ("neu", "4", "Raum 2")
    assert after.etag != seen.etag


def test_a_whole_day_gets_its_hours_back(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(), None)
    whole = {"start": {"date": "2026-11-19", "dateTime": None}, "end": {"date": "2026-11-20", "dateTime": None}}
    changes.patch(desk.google, desk.google.calendars[ALEX], made.id, whole, None)
    seen = port.get(ALEX, made.id)
    assert seen is not None
    assert seen.all_day
    assert seen.starts_at == datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
    after = port.put(ALEX, draft(), seen.etag)
    assert (after.all_day, after.starts_at) == (False, NINE)


def test_the_same_insert_again_is_one_event(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(), None)
    assert port.put(ALEX, draft(), None) == made
    assert len(desk.google.calendars[ALEX].events) == 1


def test_an_insert_does_not_overwrite_what_a_person_changed(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(), None)
    changes.patch(desk.google, desk.google.calendars[ALEX], made.id, {"summary": "von Hand"}, None)
    with pytest.raises(EventChanged):
        port.put(ALEX, draft(), None)
    assert stored(desk)["summary"] == "von Hand"


def test_a_deleted_event_comes_back_with_its_colour(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(colour="4"), None)
    port.remove(ALEX, made.id)
    gone = port.get(ALEX, made.id)
    assert gone is not None
    assert gone.gone
    assert gone.changed_at
    back = port.put(ALEX, draft(), None)
    assert (back.gone, back.colour) == (False, "4")
    with pytest.raises(EventChanged):
        port.put(ALEX, draft(title="x"), made.etag)


def test_an_event_that_google_forgot_is_made_anew(desk: Desk, port: GoogleCalendar) -> None:
    made = port.put(ALEX, draft(), None)
    desk.google.calendars[ALEX].events.clear()
    assert not port.put(ALEX, draft(), made.etag).gone
    assert methods(desk) == ["insert", "patch", "insert"]


def test_removing_what_is_gone_or_never_was_is_fine(desk: Desk, port: GoogleCalendar) -> None:
    port.put(ALEX, draft(), None)
    for _ in range(2):
        port.remove(ALEX, f"sq{KEY}")
    port.remove(BERND, f"sq{KEY}")
    assert port.get(BERND, f"sq{KEY}") is None
    assert stored(desk)["status"] == "cancelled"


def test_pages_end_with_the_token(desk: Desk, port: GoogleCalendar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_calendar, "PAGE", 2)
    for hour in range(9, 14):
        changes.insert(
            desk.google, desk.google.calendars[ALEX], timed("2026-11-19", f"{hour:02}:00", f"{hour:02}:30"), None
        )
    pages = list(port.changes(ALEX, None, SINCE))
    assert [len(page.events) for page in pages] == [2, 2, 1]
    assert [bool(page.next_sync_token) for page in pages] == [False, False, True]


@pytest.mark.parametrize(
    ("more", "busy", "private", "title"),
    [
        ({}, True, False, "Termin"),
        ({"transparency": "transparent"}, False, False, "Termin"),
        ({"visibility": "private"}, True, True, "Termin"),
        ({"visibility": "confidential"}, True, True, "Termin"),
        ({"eventType": "outOfOffice"}, True, False, "Termin"),
        ({"eventType": "focusTime"}, True, False, "Termin"),
        ({"eventType": "workingLocation"}, False, False, "Termin"),
        ({"status": "tentative"}, True, False, "Termin"),
        ({"summary": None}, True, False, ""),
        ({"attendees": [{"email": ALEX, "self": True, "responseStatus": "declined"}]}, False, False, "Termin"),
        ({"attendees": [{"email": BERND, "responseStatus": "declined"}]}, True, False, "Termin"),
    ],
)
def test_what_counts_as_busy(
    desk: Desk, port: GoogleCalendar, more: dict[str, Any], busy: bool, private: bool, title: str
) -> None:
    changes.insert(desk.google, desk.google.calendars[ALEX], timed("2026-11-19", "09:00", "10:00", **more), None)
    (page,) = port.changes(ALEX, None, SINCE)
    (event,) = page.events
    assert (event.busy, event.private, event.title, event.starts_at) == (busy, private, title, NINE)


def test_whole_days_are_the_calendars_own(desk: Desk, port: GoogleCalendar) -> None:
    desk.google.calendars[ALEX].time_zone = "America/New_York"
    day = {"summary": "frei", "start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}}
    changes.insert(desk.google, desk.google.calendars[ALEX], day, None)
    (page,) = port.changes(ALEX, None, SINCE)
    (event,) = page.events
    assert (event.starts_at, event.ends_at) == (
        datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 5, 0, tzinfo=UTC),
    )


def test_an_expired_sync_token_says_so(desk: Desk, port: GoogleCalendar) -> None:
    (page,) = port.changes(ALEX, None, SINCE)
    desk.faults.expire_sync_tokens = True
    with pytest.raises(SyncTokenExpired):
        list(port.changes(ALEX, page.next_sync_token, SINCE))


@pytest.mark.parametrize(
    ("fault", "known"),
    [
        ({"mode": "status", "status": 429}, True),
        ({"mode": "status", "status": 403, "reason": "rateLimitExceeded"}, True),
        ({"mode": "status", "status": 403, "reason": "userRateLimitExceeded"}, True),
        ({"mode": "status", "status": 403, "reason": "quotaExceeded"}, True),
        ({"mode": "status", "status": 500}, False),
        ({"mode": "status", "status": 503}, False),
        ({"mode": "down"}, False),
        ({"mode": "slow", "seconds": 0.6}, False),
    ],
)
def test_trouble_passes(desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], known: bool) -> None:
    monkeypatch.setattr(google_calendar, "TIMEOUT_S", 0.2)
    port = connect(desk)
    port.access(ALEX)
    desk.faults.set("google", {**fault, "methods": ["events.insert", "events.list"], "retry_after": 7})
    with pytest.raises(CalendarUnavailable) as writing:
        port.put(ALEX, draft(), None)
    assert writing.value.known is known
    with pytest.raises(CalendarUnavailable) as reading:
        list(port.changes(ALEX, None, SINCE))
    assert reading.value.known
    if fault["mode"] == "status":
        assert writing.value.retry_after == timedelta(seconds=7)
    desk.faults.clear()
    assert not port.put(ALEX, draft(), None).gone
    assert len(desk.google.calendars[ALEX].events) == 1


def test_a_lost_answer_leaves_one_event(desk: Desk, port: GoogleCalendar) -> None:
    port.access(ALEX)
    desk.faults.set("google", {"lose_reply": True, "times": 1, "methods": ["events.insert"]})
    with suppress(CalendarUnavailable):  # httplib2 may have repeated the call by itself
        port.put(ALEX, draft(), None)
    assert port.put(ALEX, draft(), None).etag == stored(desk)["etag"]
    assert len(desk.google.calendars[ALEX].events) == 1


def test_nobody_at_the_address_is_known_to_have_done_nothing(desk: Desk) -> None:
    port = connect(desk, token_uri="http://127.0.0.1:9/token")
    with pytest.raises(CalendarUnavailable) as error:
        port.put(ALEX, draft(), None)
    assert error.value.known


@pytest.mark.parametrize(
    ("role", "write_says"),
    [(None, google_answers.NOT_SHARED), ("reader", google_answers.READ_ONLY)],
)
def test_what_an_admin_has_to_put_right_is_said(
    desk: Desk, port: GoogleCalendar, role: str | None, write_says: str
) -> None:
    desk.google.share(ALEX, ROBOT, role)
    with pytest.raises(CalendarRefused) as refused:
        port.put(ALEX, draft(), None)
    assert str(refused.value) == write_says
    if role is None:
        with pytest.raises(CalendarRefused):
            list(port.changes(ALEX, None, SINCE))
    else:
        assert not port.access(ALEX).writable


@pytest.mark.parametrize(
    "changed", [{"private_key": "no key"}, {"client_email": "stranger@example.com"}, {"private_key": None}]
)
def test_a_bad_key_is_refused_and_not_repeated_for_ever(desk: Desk, changed: dict[str, Any]) -> None:
    with pytest.raises(CalendarRefused):
        connect(desk, **changed).access(ALEX)


def test_access_tokens_are_fetched_once_and_renewed(desk: Desk, port: GoogleCalendar) -> None:
    for _ in range(3):
        port.access(ALEX)
    desk.google.expire_access_tokens()
    port.access(ALEX)
    assert [call.method for call in desk.google.calls].count("token") == 2


def test_many_threads_share_the_port(desk: Desk, port: GoogleCalendar) -> None:
    def write(n: int) -> None:
        key = f"{n:032}"
        port.put(ALEX, draft(id=f"sq{key}", appointment_id=key, title=str(n)), None)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(12)))
    events = desk.google.calendars[ALEX].events
    assert {key: one.resource["summary"] for key, one in events.items()} == {f"sq{n:032}": str(n) for n in range(12)}


def test_channels_open_and_end(desk: Desk, port: GoogleCalendar) -> None:
    channel = port.watch(ALEX, "channel-1", "https://bot.example.com/x", "secret", timedelta(days=7))
    assert timedelta(days=6) < channel.expires_at - datetime.now(UTC) <= timedelta(days=7)
    assert desk.google.channels["channel-1"].token == "secret"
    port.stop(channel.id, channel.resource)
    port.stop(channel.id, channel.resource)
    assert desk.google.channels == {}


def test_what_may_be_done_with_a_calendar(desk: Desk, port: GoogleCalendar) -> None:
    access = port.access(ALEX)
    assert (access.title, access.timezone, access.writable) == ("Alex", "Europe/Berlin", True)


def test_waiting_times_are_seconds_or_dates() -> None:
    assert google_answers.wait("30") == timedelta(seconds=30)
    assert google_answers.wait("Wed, 01 Jan 2020 00:00:00 GMT") == timedelta(0)
    assert google_answers.wait(None) is google_answers.wait("soon") is None


def test_googles_client_is_imported_when_it_is_needed() -> None:
    code = "import sys, integrations.google_calendar; print([m for m in ('googleapiclient', 'httplib2') if m in sys.modules])"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
