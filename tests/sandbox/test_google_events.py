"""One event after another through the real client: ids, etags, patches, deletions, moves, access."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.google_desk import ALEX, BERND, ROBOT, Desk, refused, timed

DAY = "2026-11-23"


def test_insert_gives_what_google_adds(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00", colorId="5")).execute()
    assert made["start"] == {"dateTime": "2026-11-23T09:00:00+01:00", "timeZone": "Europe/Berlin"}
    assert made["creator"] == {"email": ROBOT}
    assert made["organizer"]["email"] == ALEX
    assert (made["status"], made["sequence"], made["colorId"]) == ("confirmed", 0, "5")
    assert events.get(calendarId=ALEX, eventId=made["id"]).execute() == made


def test_an_id_is_taken_for_ever(events: Any) -> None:
    body = timed(DAY, "09:00", "10:00", id="sq" + "0" * 30)
    events.insert(calendarId=ALEX, body=body).execute()
    assert refused(events.insert(calendarId=ALEX, body=body)) == (409, "duplicate")
    events.delete(calendarId=ALEX, eventId=body["id"]).execute()
    assert refused(events.insert(calendarId=ALEX, body=body)) == (409, "duplicate")
    events.insert(calendarId=BERND, body=body).execute()


@pytest.mark.parametrize("bad", ["abcd", "Ünsinn", "ABCDEF", "wxyzw", "a" * 1025, "abc_def"])
def test_ids_outside_the_alphabet_are_refused(events: Any, bad: str) -> None:
    assert refused(events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00", id=bad))) == (400, "invalid")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": None}, "required"),
        ({"end": {}}, "required"),
        ({"start": {"dateTime": "2026-11-23T09:00:00"}}, "required"),
        ({"start": {"date": DAY}}, "invalid"),
        ({"start": {"dateTime": "tomorrow"}}, "invalid"),
        ({"start": {"date": DAY, "dateTime": "2026-11-23T09:00:00Z"}}, "invalid"),
        ({"start": {"date": DAY}, "end": {"date": DAY}}, "timeRangeEmpty"),
        ({"end": {"dateTime": "2026-11-23T07:00:00Z"}}, "timeRangeEmpty"),
        ({"colorId": "12"}, "invalid"),
        ({"status": "gone"}, "invalid"),
        ({"summary": 5}, "invalid"),
        ({"recurrence": ["RRULE:FREQ=SECONDLY"]}, "invalid"),
        ({"recurrence": ["every day"]}, "invalid"),
        ({"extendedProperties": {"private": {"n" * 45: "v"}}}, "invalid"),
        ({"extendedProperties": {"private": {"n": 5}}}, "invalid"),
        ({"extendedProperties": {"private": {"n": "v" * 1025}}}, "invalid"),
    ],
)
def test_bodies_that_google_refuses(events: Any, change: dict[str, Any], reason: str) -> None:
    body = {**timed(DAY, "09:00", "10:00"), **change}
    assert refused(events.insert(calendarId=ALEX, body=body)) == (400, reason)


def test_a_service_account_invites_nobody(events: Any) -> None:
    body = timed(DAY, "09:00", "10:00", attendees=[{"email": "a@b.example"}])
    assert refused(events.insert(calendarId=ALEX, body=body)) == (403, "forbiddenForServiceAccounts")


def test_patch_merges_and_null_removes(events: Any) -> None:
    properties = {"private": {"slotquest": "1", "old": "x"}}
    body = timed(DAY, "09:00", "10:00", description="long", extendedProperties=properties)
    made = events.insert(calendarId=ALEX, body=body).execute()
    change = {"colorId": "11", "description": None, "extendedProperties": {"private": {"old": None, "new": "y"}}}
    patched = events.patch(calendarId=ALEX, eventId=made["id"], body=change).execute()
    assert patched["summary"] == "Termin"
    assert patched["colorId"] == "11"
    assert "description" not in patched
    assert patched["extendedProperties"] == {"private": {"slotquest": "1", "new": "y"}}
    assert patched["etag"] != made["etag"]
    assert patched["updated"] > made["updated"]
    assert patched["sequence"] == 0


def test_moving_in_time_raises_the_sequence_and_an_old_one_is_refused(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    later = timed(DAY, "11:00", "12:00")
    assert events.patch(calendarId=ALEX, eventId=made["id"], body=later).execute()["sequence"] == 1
    assert refused(events.patch(calendarId=ALEX, eventId=made["id"], body={"sequence": 0})) == (400, "invalid")


def test_a_patch_from_timed_to_all_day_needs_the_date_time_taken_out(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    days = {"start": {"date": DAY}, "end": {"date": "2026-11-24"}}
    assert refused(events.patch(calendarId=ALEX, eventId=made["id"], body=days)) == (400, "invalid")
    bare = {side: {**value, "dateTime": None, "timeZone": None} for side, value in days.items()}
    assert events.patch(calendarId=ALEX, eventId=made["id"], body=bare).execute()["start"] == {"date": DAY}


def test_update_replaces_everything_that_a_client_sets(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00", description="x", colorId="3")).execute()
    put = events.update(calendarId=ALEX, eventId=made["id"], body=timed(DAY, "09:00", "10:00")).execute()
    assert "description" not in put
    assert "colorId" not in put
    assert (put["created"], put["iCalUID"]) == (made["created"], made["iCalUID"])
    assert refused(events.update(calendarId=ALEX, eventId=made["id"], body={"summary": "y"})) == (400, "required")


def test_delete_then_revive(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    events.delete(calendarId=ALEX, eventId=made["id"]).execute()
    assert events.get(calendarId=ALEX, eventId=made["id"]).execute()["status"] == "cancelled"
    assert refused(events.delete(calendarId=ALEX, eventId=made["id"])) == (410, "deleted")
    assert refused(events.delete(calendarId=ALEX, eventId="unknown")) == (404, "notFound")
    body = timed(DAY, "14:00", "15:00")
    assert events.update(calendarId=ALEX, eventId=made["id"], body=body).execute()["status"] == "cancelled"
    revived = events.update(calendarId=ALEX, eventId=made["id"], body={**body, "status": "confirmed"}).execute()
    assert revived["status"] == "confirmed"
    assert [one["id"] for one in events.list(calendarId=ALEX).execute()["items"]] == [made["id"]]


def test_etags_guard_changes(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    events.patch(calendarId=ALEX, eventId=made["id"], body={"summary": "Anders"}).execute()
    body = timed(DAY, "09:00", "10:00")
    for stale in (
        events.patch(calendarId=ALEX, eventId=made["id"], body={"summary": "Alt"}),
        events.update(calendarId=ALEX, eventId=made["id"], body=body),
        events.delete(calendarId=ALEX, eventId=made["id"]),
    ):
        stale.headers["If-Match"] = made["etag"]
        assert refused(stale) == (412, "conditionNotMet")
    now = events.get(calendarId=ALEX, eventId=made["id"]).execute()
    assert now["summary"] == "Anders"
    fitting = events.patch(calendarId=ALEX, eventId=made["id"], body={"summary": "Neu"})
    fitting.headers["If-Match"] = now["etag"]
    assert fitting.execute()["summary"] == "Neu"


def test_an_unchanged_event_is_not_sent_again(desk: Desk, events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    again = events.get(calendarId=ALEX, eventId=made["id"])
    again.headers["If-None-Match"] = made["etag"]
    with pytest.raises(HttpError) as answer:
        again.execute()
    assert answer.value.status_code == 304


def test_move_keeps_the_id_and_leaves_a_cancelled_one(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")).execute()
    moved = events.move(calendarId=ALEX, eventId=made["id"], destination=BERND).execute()
    assert (moved["id"], moved["organizer"]["email"]) == (made["id"], BERND)
    assert events.get(calendarId=ALEX, eventId=made["id"]).execute()["status"] == "cancelled"
    assert events.get(calendarId=BERND, eventId=made["id"]).execute()["status"] == "confirmed"
    back = events.move(calendarId=BERND, eventId=made["id"], destination=ALEX).execute()
    assert back["organizer"]["email"] == ALEX
    assert refused(events.move(calendarId=ALEX, eventId=made["id"], destination="x@y")) == (404, "notFound")


@pytest.mark.parametrize(
    ("role", "reading", "writing"),
    [
        (None, (404, "notFound"), (404, "notFound")),
        ("reader", None, (403, "requiredAccessLevel")),
        ("owner", None, None),
    ],
)
def test_roles(
    desk: Desk, events: Any, role: str | None, reading: tuple[int, str] | None, writing: tuple[int, str] | None
) -> None:
    desk.google.share(ALEX, ROBOT, role)
    for request, expected in (
        (events.list(calendarId=ALEX), reading),
        (events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00")), writing),
    ):
        if expected is None:
            request.execute()
        else:
            assert refused(request) == expected


def test_a_reader_sees_private_events_as_busy_only(desk: Desk, events: Any) -> None:
    body = timed(DAY, "09:00", "10:00", visibility="private", summary="Zahnarzt")
    events.insert(calendarId=ALEX, body=body).execute()
    assert events.list(calendarId=ALEX).execute()["items"][0]["summary"] == "Zahnarzt"
    desk.google.share(ALEX, ROBOT, "reader")
    seen = events.list(calendarId=ALEX).execute()["items"][0]
    assert "summary" not in seen
    assert seen["visibility"] == "private"


def test_partial_responses(events: Any) -> None:
    made = events.insert(calendarId=ALEX, body=timed(DAY, "09:00", "10:00"), fields="id,start/dateTime").execute()
    assert set(made) == {"id", "start"}
    assert set(made["start"]) == {"dateTime"}
    page = events.list(calendarId=ALEX, fields="items(id,end(dateTime)),nextSyncToken").execute()
    assert set(page) == {"items", "nextSyncToken"}
    assert page["items"] == [{"id": made["id"], "end": {"dateTime": "2026-11-23T10:00:00+01:00"}}]
    assert refused(events.list(calendarId=ALEX, fields="items(id")) == (400, "invalid")
