"""What people do in Google Calendar, and what becomes of it here."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy import event as events
from sqlmodel import col

from core.booking.availability import day_slots
from core.booking.calendar import sync as sync_module
from core.booking.calendar.calendars import ensure_calendars
from core.booking.calendar.drafting import wanted
from core.booking.calendar.lanes import UNREACHABLE
from core.booking.calendar.mirror import foreign_between, store_events
from core.booking.calendar.sync import LEASE, SyncEnd, sync_calendar
from core.errors import NotFound
from storage.tables import Calendar, CalendarEvent, Consultant, Effect, Outcome, State
from tests.core.booking.calendar.near_google import ROBOT
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, TOMORROW, Practice


@pytest.fixture
def booked(practice: Practice) -> str:
    """Tomorrow at nine with Alex, written and synced."""
    practice.sync()
    made = practice.book(9)
    practice.flush()
    return made


def hours(practice: Practice, calendar: str) -> list[str]:
    return sorted(event["start"]["dateTime"][11:16] for event in practice.events(calendar).values())


def test_the_appointment_follows_its_event(practice: Practice, booked: str) -> None:
    practice.person_moves(ALEX, f"sq{booked}", 15, hours=2)
    practice.sync()
    row = practice.row(booked)
    assert (row.starts_at, row.ends_at) == (practice.at(15), practice.at(17))
    assert [data["source"] for _, data in practice.told("AppointmentRescheduled")] == ["calendar"]
    practice.flush()
    practice.sync()
    assert len(practice.told("AppointmentRescheduled")) == 1
    assert hours(practice, ALEX) == ["15:00"]


def test_a_deleted_event_cancels(practice: Practice, booked: str) -> None:
    practice.person_deletes(ALEX, f"sq{booked}")
    practice.sync()
    assert practice.row(booked).state == State.CANCELLED
    assert [data["source"] for _, data in practice.told("AppointmentCancelled")] == ["calendar"]
    practice.flush()
    practice.sync()
    assert practice.events(ALEX) == {}
    assert len(practice.told("AppointmentCancelled")) == 1


def test_an_event_taken_out_of_the_bin_books_again(practice: Practice, booked: str) -> None:
    practice.person_deletes(ALEX, f"sq{booked}")
    practice.sync()
    practice.flush()
    practice.person_edits(ALEX, f"sq{booked}", status="confirmed")
    practice.sync()
    assert practice.row(booked).state == State.BOOKED
    practice.flush()
    assert hours(practice, ALEX) == ["09:00"]


@pytest.mark.parametrize("order", [(ALEX, BEA), (BEA, ALEX)])
def test_an_event_moved_to_a_colleagues_calendar_is_a_hand_over(
    practice: Practice, booked: str, order: tuple[str, str]
) -> None:
    practice.person_hands_over(ALEX, BEA, f"sq{booked}")
    practice.sync(*order)
    row = practice.row(booked)
    assert (row.state, row.consultant_id, row.starts_at) == (State.BOOKED, practice.ids["bea"], practice.at(9))
    practice.flush()
    practice.sync()
    assert practice.events(ALEX) == {}
    assert [event["summary"] for event in practice.events(BEA).values()] == ["Frau Weber · Bea"]
    assert practice.row(booked).consultant_id == practice.ids["bea"]


@pytest.mark.parametrize("order", [(ALEX, CENTRAL), (CENTRAL, ALEX)])
def test_an_event_moved_where_nobody_can_be_told_is_put_back(
    practice: Practice, booked: str, order: tuple[str, str]
) -> None:
    dora = Consultant(id=uuid4().hex, workspace_id=practice.w, name="Dora", created_at=practice.now)
    practice.act(practice.lead, lambda tx: tx.add(dora))
    practice.person_hands_over(ALEX, CENTRAL, f"sq{booked}")
    practice.sync(*order)
    for _ in range(3):
        practice.flush()
        practice.sync()
    assert practice.events(CENTRAL) == {}
    assert hours(practice, ALEX) == ["09:00"]
    row = practice.row(booked)
    assert (row.state, row.consultant_id) == (State.BOOKED, practice.ids["alex"])


@pytest.mark.parametrize(
    "change",
    [
        {"start": {"date": "2026-11-19", "dateTime": None}, "end": {"date": "2026-11-20", "dateTime": None}},
        {"end": {"dateTime": "2026-11-19T09:00:00+01:00", "timeZone": "Europe/Berlin"}},
    ],
    ids=["whole day", "no time at all"],
)
def test_what_has_no_hours_is_set_right(practice: Practice, booked: str, change: dict[str, Any]) -> None:
    practice.person_edits(ALEX, f"sq{booked}", **change)
    practice.sync()
    practice.flush()
    event = practice.events(ALEX)[f"sq{booked}"]
    assert (event["start"]["dateTime"][11:16], event["end"]["dateTime"][11:16]) == ("09:00", "10:00")
    assert practice.row(booked).ends_at == practice.at(10)


def test_a_copy_of_our_event_is_a_foreign_one(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 9, "Kopie", extendedProperties={"private": {"slotquest": booked}})
    practice.sync()
    assert practice.row(booked).starts_at == practice.at(9)
    assert len(practice.conflicts()) == 1
    assert {row.appointment_id for row in practice.mirror(ALEX).values()} == {None, booked}


def test_a_move_that_the_customer_cannot_make_is_taken_back(practice: Practice, booked: str) -> None:
    practice.book(11, "bea", name="Frau Weber")
    practice.flush()
    practice.person_moves(ALEX, f"sq{booked}", 11)
    practice.sync()
    assert practice.row(booked).starts_at == practice.at(9)
    practice.flush()
    assert hours(practice, ALEX) == ["09:00"]


def test_colours_after_the_end_decide_and_others_do_not(practice: Practice, booked: str) -> None:
    practice.person_edits(ALEX, f"sq{booked}", colorId="4")
    practice.sync()
    practice.tick(days=1)
    practice.person_edits(ALEX, f"sq{booked}", colorId="11")
    practice.sync()
    row = practice.row(booked)
    assert (row.outcome, row.outcome_source) == (Outcome.NO_SHOW, "colour")


def test_what_is_decided_stays_when_its_event_goes_or_moves(practice: Practice, booked: str) -> None:
    practice.tick(days=1)
    practice.person_edits(ALEX, f"sq{booked}", colorId="2")
    practice.sync()
    practice.person_moves(ALEX, f"sq{booked}", 18)
    practice.sync()
    practice.person_deletes(ALEX, f"sq{booked}")
    practice.sync()
    row = practice.row(booked)
    assert (row.state, row.outcome, row.starts_at) == (State.BOOKED, Outcome.COMPLETED, practice.at(9))


def test_foreign_events_make_busy_times_and_say_so_once(practice: Practice) -> None:
    practice.sync()
    practice.person_adds(ALEX, 10)
    practice.person_adds(ALEX, 12, visibility="private")
    practice.person_adds(ALEX, 14, transparency="transparent")
    practice.person_adds(CENTRAL, 16, "Cem beim Arzt")
    practice.sync()
    with practice.engine.view(practice.w) as view:
        found = foreign_between(view, practice.at(8), practice.at(20))
    assert [
        (calendar, one.starts_at, one.title, one.private)
        for calendar, one in sorted(found, key=lambda pair: pair[1].starts_at)
    ] == [
        (ALEX, practice.at(10), "Zahnarzt", False),
        (ALEX, practice.at(12), "Zahnarzt", True),
        (CENTRAL, practice.at(16), "Cem beim Arzt", False),
    ]
    day = TOMORROW.isoformat()
    assert [data for _, data in practice.told("AvailabilityChanged")] == [{"since": day, "until": day}] * 2
    assert practice.queries(lambda view: foreign_between(view, practice.at(8), practice.at(20))) == 1


@pytest.mark.parametrize("calendar_database", ["sqlite"], indirect=True)  # whose query plans are easily read
def test_busy_times_are_found_by_the_index(practice: Practice) -> None:
    plans: list[str] = []
    with practice.engine.view(practice.w) as view:

        def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement.startswith("SELECT"):
                rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
                plans.extend(str(row[3]) for row in rows)

        events.listen(practice.database.engine, "before_cursor_execute", explain)
        try:
            day_slots(view, [TOMORROW])
            foreign_between(view, practice.at(8), practice.at(20))
        finally:
            events.remove(practice.database.engine, "before_cursor_execute", explain)
    assert any("ix_calendar_event_busy" in line for line in plans), plans
    assert not any(line.startswith("SCAN calendar_event") for line in plans), plans


def test_an_expired_token_lists_everything_and_sweeps_what_is_gone(practice: Practice, booked: str) -> None:
    gone, kept = practice.person_adds(ALEX, 12), practice.person_adds(ALEX, 13)
    practice.sync()
    practice.person_deletes(ALEX, gone)
    practice.person_deletes(ALEX, f"sq{booked}")
    practice.google.expire_sync_tokens()
    practice.sync()
    assert set(practice.mirror(ALEX)) == {kept}
    assert practice.row(booked).state == State.CANCELLED


def test_a_full_list_takes_what_it_cannot_see_for_no_deletion(practice: Practice, booked: str) -> None:
    practice.tick(days=90)
    practice.google.expire_sync_tokens()
    practice.sync()
    assert practice.mirror(ALEX) == {}
    assert practice.row(booked).state == State.BOOKED


def test_pages_are_applied_and_the_token_waits_for_the_last(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.google_calendar.PAGE", 2)
    monkeypatch.setattr(sync_module, "CHUNK", 1)
    for hour in range(8, 13):
        practice.person_adds(ALEX, hour)
    practice.near.breaks["list"] = ["", "", "down"]
    practice.tick()
    calendar = practice.calendar(ALEX)
    assert sync_calendar(practice.engine, practice.port, practice.w, calendar.id) is SyncEnd.FAILED
    broken = practice.calendar(ALEX)
    assert (broken.sync_token, broken.failure, broken.lease_until) == (None, UNREACHABLE, None)
    assert len(practice.mirror(ALEX)) == 4
    practice.sync()
    assert len(practice.mirror(ALEX)) == 5
    healed = practice.calendar(ALEX)
    assert healed.sync_token
    assert (healed.failure, healed.failed_at) == (None, None)


def test_one_at_a_time_and_a_lost_lease_writes_nothing(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = practice.calendar(ALEX)
    practice.person_adds(ALEX, 9)

    def other() -> None:
        assert sync_calendar(practice.engine, practice.port, practice.w, calendar.id) is SyncEnd.BUSY
        practice.tick(seconds=LEASE.total_seconds())
        assert sync_calendar(practice.engine, practice.port, practice.w, calendar.id) is SyncEnd.DONE

    practice.near.meanwhile["list"] = other
    assert sync_calendar(practice.engine, practice.port, practice.w, calendar.id) is SyncEnd.BUSY
    assert practice.calendar(ALEX).lease_until is None
    assert len(practice.mirror(ALEX)) == 1


def test_a_page_listed_before_our_write_does_not_move_the_appointment_back(practice: Practice, booked: str) -> None:
    practice.person_edits(ALEX, f"sq{booked}", description="von Hand")

    def meanwhile() -> None:
        """The page is on its way; a write of ours arrives before it is applied."""
        practice.reschedule(booked, 14)
        event = practice.events(ALEX)[f"sq{booked}"]
        with practice.engine.transaction(practice.w) as tx:
            draft = wanted(tx, booked, ALEX).draft
            assert draft is not None
        written = practice.port.put(ALEX, draft, event["etag"])
        with practice.engine.transaction(practice.w) as tx:
            store_events(tx, practice.calendar(ALEX).id, [(written, booked)])
            tx.session.connection().execute(delete(Effect).where(col(Effect.workspace_id) == practice.w))

    practice.near.meanwhile["list"] = meanwhile
    practice.sync(ALEX)
    assert practice.row(booked).starts_at == practice.at(14)
    practice.flush()
    practice.sync()
    assert practice.row(booked).starts_at == practice.at(14)
    assert hours(practice, ALEX) == ["14:00"]


def test_a_deletion_that_was_taken_back_while_it_was_listed_cancels_nothing(practice: Practice, booked: str) -> None:
    practice.person_deletes(ALEX, f"sq{booked}")
    practice.near.meanwhile["list"] = lambda: practice.person_edits(ALEX, f"sq{booked}", status="confirmed")
    practice.sync(ALEX)
    assert practice.told("AppointmentCancelled") == []
    assert practice.row(booked).state == State.BOOKED
    assert f"sq{booked}" in practice.mirror(ALEX)


def test_a_calendar_that_is_not_shared_says_what_to_do(practice: Practice) -> None:
    practice.google.share(ALEX, ROBOT, None)
    calendar = practice.calendar(ALEX)
    assert sync_calendar(practice.engine, practice.port, practice.w, calendar.id) is SyncEnd.FAILED
    assert "Share it with" in (practice.calendar(ALEX).failure or "")
    practice.google.share(ALEX, ROBOT)
    practice.sync()
    assert practice.calendar(ALEX).failure is None


def test_bookings_made_before_the_calendar_was_connected_are_written_after_the_first_sync(practice: Practice) -> None:
    with practice.database.write() as session:
        session.connection().execute(delete(Calendar).where(col(Calendar.workspace_id) == practice.w))
    booked = practice.book(9)
    assert practice.waiting() == 0
    practice.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
    practice.sync()
    practice.flush()
    assert set(practice.events(ALEX)) == {f"sq{booked}"}
    practice.sync()
    assert practice.waiting() == 0


def test_events_listed_before_their_history_was_imported_are_ours_afterwards(practice: Practice, booked: str) -> None:
    with practice.database.write() as session:
        session.connection().execute(
            update(CalendarEvent).where(col(CalendarEvent.workspace_id) == practice.w).values(appointment_id=None)
        )
    practice.sync()
    assert practice.mirror(ALEX)[f"sq{booked}"].appointment_id == booked
    assert practice.conflicts() == []
    assert practice.waiting() == 0


def test_an_idle_sync_costs_one_call_and_few_queries(practice: Practice, booked: str) -> None:
    practice.sync()
    practice.near.calls.clear()
    practice.sync(ALEX)
    assert practice.near.calls == ["list"]


def test_another_workspaces_calendar_is_not_found(practice: Practice) -> None:
    other = Practice(practice.database, practice.google)
    with pytest.raises(NotFound):
        sync_calendar(practice.engine, practice.port, practice.w, other.calendar(ALEX).id)


def test_two_workspaces_with_the_same_calendar_keep_apart(practice: Practice, booked: str) -> None:
    other = Practice(practice.database, practice.google)
    other.now = practice.now
    other.sync()
    assert other.mirror(ALEX)[f"sq{booked}"].appointment_id is None
    practice.person_deletes(ALEX, f"sq{booked}")
    other.now = practice.now
    other.sync()
    assert practice.row(booked).state == State.BOOKED
    assert other.mirror(ALEX) == {}


def test_an_event_of_a_series_is_one_event(practice: Practice) -> None:
    practice.sync()
    series = practice.person_adds(ALEX, 9, "Team", recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"])
    practice.sync()
    assert len(practice.mirror(ALEX)) == 4
    practice.person_edits(ALEX, series, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    practice.sync()
    assert len(practice.mirror(ALEX)) == 2
    practice.person_deletes(ALEX, series)
    practice.sync()
    assert practice.mirror(ALEX) == {}


def test_the_window_of_the_first_sync_is_sixty_days(practice: Practice) -> None:
    for days in (59, 61):
        ends = practice.now - timedelta(days=days)
        start, end = ({"dateTime": at.isoformat(), "timeZone": "UTC"} for at in (ends - timedelta(hours=1), ends))
        practice.person_adds(BEA, 9, start=start, end=end)
    practice.sync()
    assert len(practice.mirror(BEA)) == 1
