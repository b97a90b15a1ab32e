"""Two who change the same things at the same moment: nothing is missed, and nobody waits for the other in a circle."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from core.booking import appointments
from core.booking.appointments import BookingRequest, calendar_event_id
from core.booking.calendar.sync import SyncEnd, sync_calendar
from core.booking.seats import lock
from core.booking.setup.staffing import ConsultantForm, add_consultant
from core.booking.setup.time_off import take_time_off
from core.booking.setup.undo import recent_changes, undo_change
from core.booking.setup.week import Start
from core.errors import Invalid, SlotNotOpen
from core.events import AppointmentRescheduled, Event
from core.transaction import Transaction
from storage.tables import Member
from tests.core.booking.calendar.practice import ALEX, BERLIN, Practice

WHILE = 0.4  # seconds in which somebody else gets as far as the locks allow


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def meanwhile(
    other: ThreadPoolExecutor, practice: Practice, actor: Member | None, change: Callable[[Transaction], Any]
) -> Future[Any]:
    """Somebody else's transaction, begun and left for a while to do what it can."""

    def run() -> Any:
        with practice.engine.transaction(practice.w, actor) as tx:
            return change(tx)

    future = other.submit(run)
    time.sleep(WHILE)
    return future


@pytest.mark.parametrize("whose", ["alex", None])
def test_time_off_taken_while_somebody_books_into_it_finds_the_booking(
    practice: Practice, other: ThreadPoolExecutor, whose: str | None
) -> None:
    span = practice.at(8), practice.at(12)
    with practice.engine.transaction(practice.w, practice.booker) as tx:
        booked = appointments.book(tx, BookingRequest(practice.ids["alex"], practice.at(9), "Frau Weber")).id
        off = meanwhile(
            other, practice, practice.lead, lambda tx: take_time_off(tx, practice.ids[whose] if whose else None, *span)
        )
    _, concerned = off.result()
    assert [one.id for one in concerned] == [booked]
    assert [one.appointment_id for one in practice.conflicts()] == [booked]


@pytest.mark.parametrize("whose", ["alex", None])
def test_who_books_while_time_off_is_taken_is_refused(
    practice: Practice, other: ThreadPoolExecutor, whose: str | None
) -> None:
    request = BookingRequest(practice.ids["alex"], practice.at(9), "Frau Weber")
    with practice.engine.transaction(practice.w, practice.lead) as tx:
        take_time_off(tx, practice.ids[whose] if whose else None, practice.at(8), practice.at(12))
        booking = meanwhile(other, practice, practice.booker, lambda tx: appointments.book(tx, request))
    with pytest.raises(SlotNotOpen):
        booking.result()


def test_time_off_over_an_appointment_that_is_being_moved_away(practice: Practice, other: ThreadPoolExecutor) -> None:
    alex, booked = practice.ids["alex"], practice.book(9)
    with practice.engine.transaction(practice.w, practice.booker) as tx:
        lock(tx, booked)  # as the move does first of all
        off = meanwhile(
            other, practice, practice.lead, lambda tx: take_time_off(tx, alex, practice.at(8), practice.at(12))
        )
        appointments.reschedule(tx, booked, alex, practice.at(14))
    off.result()
    assert [one for one in practice.conflicts() if one.state == "open"] == []


def test_a_new_consultant_whom_somebody_books_just_now_is_not_taken_back(
    practice: Practice, other: ThreadPoolExecutor
) -> None:
    week = [Start(practice.at(9).weekday(), "09:00", 60, 3)]
    dora = practice.act(None, lambda tx: add_consultant(tx, ConsultantForm("Dora"), week)).id
    with practice.engine.view(practice.w) as view:
        added = recent_changes(view, 1)[0].seq
    with practice.engine.transaction(practice.w, practice.booker) as tx:
        appointments.book(tx, BookingRequest(dora, practice.at(9), "Frau Weber"))
        undo = meanwhile(other, practice, None, lambda tx: undo_change(tx, added))
    with pytest.raises(Invalid) as refusal:
        undo.result()
    assert refusal.value.why == "booked"


@pytest.mark.parametrize("moved_too", [True, False], ids=["its event was moved", "something stands over it"])
def test_somebody_moves_an_appointment_that_the_sync_under_way_comes_to_after_another_one(
    practice: Practice, other: ThreadPoolExecutor, moved_too: bool
) -> None:
    alex = practice.ids["alex"]
    practice.sync()
    first, second = sorted(practice.book(hour, name=f"Frau {hour}") for hour in (9, 11))
    practice.flush()
    practice.sync()
    practice.person_moves(ALEX, calendar_event_id(first), 10)
    if moved_too:
        practice.person_moves(ALEX, calendar_event_id(second), 12)
    else:
        there = practice.row(second).starts_at.astimezone(BERLIN).hour
        practice.person_adds(ALEX, there)
    begun = threading.Event()

    def pause(_tx: Transaction, _event: Event) -> None:
        begun.set()
        time.sleep(WHILE)

    practice.engine.reactions = {AppointmentRescheduled: (pause,)}
    practice.tick()
    sync = other.submit(sync_calendar, practice.engine, practice.port, practice.w, practice.calendar(ALEX).id)
    assert begun.wait(5)
    with practice.engine.transaction(practice.w, practice.booker) as tx:
        appointments.reschedule(tx, second, alex, practice.at(15))
    assert sync.result() is SyncEnd.DONE
    assert [practice.row(key).starts_at for key in (first, second)] == [practice.at(10), practice.at(15)]
