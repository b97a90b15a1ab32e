"""Bookings, writes and syncs together over HTTP: a day on which Google has every trouble it can have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.booking.calendar.sync import SyncEnd, sync_calendar
from integrations import google_calendar
from storage.tables import State
from tests import services
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, Practice
from tests.integrations.test_google_calendar import connect
from tests.sandbox.google_desk import ROBOT, Desk, fresh_google, running


@pytest.fixture
def practice_and_desk(database_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Practice, Desk]]:
    monkeypatch.setattr(google_calendar, "TIMEOUT_S", 0.3)
    google = fresh_google()
    for calendar in (ALEX, BEA, CENTRAL):
        google.add_calendar(calendar, calendar)
        google.share(calendar, ROBOT)
    with services.database_on("sqlite", database_folder) as database, running(google) as desk:
        practice = Practice(database, google, connect(desk))
        google.clock = lambda: practice.now
        yield practice, desk


TROUBLES = [
    {"mode": "down", "times": 2},
    {"mode": "slow", "seconds": 0.6, "times": 1},
    {"mode": "status", "status": 429, "retry_after": 1, "times": 2},
    {"mode": "status", "status": 403, "reason": "rateLimitExceeded", "times": 2},
    {"mode": "status", "status": 500, "times": 2},
    {"lose_reply": True, "times": 2},
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda t: str(t.get("status") or t.get("mode") or "lost"))
def test_everything_arrives_once_and_in_its_last_state(
    practice_and_desk: tuple[Practice, Desk], trouble: dict[str, object]
) -> None:
    practice, desk = practice_and_desk
    practice.sync()
    desk.faults.set("google", trouble)
    kept, moved, gone = practice.book(9), practice.book(10, "bea", "Herr Kurz"), practice.book(11, "cem", "Frau Lang")
    practice.dispatcher.run_due()
    practice.reschedule(moved, 14, "cem")
    practice.cancel(gone)
    for _ in range(4):
        practice.flush()
    assert practice.waiting() == 0
    desk.faults.clear()
    practice.sync()
    found = {(place, key) for place in (ALEX, BEA, CENTRAL) for key in practice.events(place)}
    assert found == {(ALEX, f"sq{kept}"), (CENTRAL, f"sq{moved}")}
    assert [practice.row(one).state for one in (kept, moved, gone)] == [State.BOOKED, State.BOOKED, State.CANCELLED]
    assert len(practice.told("AppointmentRescheduled")) == 1


def test_an_expired_token_in_the_middle_of_it_all(practice_and_desk: tuple[Practice, Desk]) -> None:
    practice, desk = practice_and_desk
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    practice.person_moves(ALEX, f"sq{booked}", 13)
    desk.faults.expire_sync_tokens = True
    practice.sync()
    assert practice.row(booked).starts_at == practice.at(13)


def test_a_sync_that_fails_says_so_and_the_next_one_heals(practice_and_desk: tuple[Practice, Desk]) -> None:
    practice, desk = practice_and_desk
    practice.sync()
    desk.faults.set("google", {"mode": "status", "status": 503, "times": 1})
    calendar = practice.calendar(ALEX)
    assert sync_calendar(practice.engine, practice.port, practice.w, calendar.id) is SyncEnd.FAILED
    assert "tried again by itself" in (practice.calendar(ALEX).failure or "")
    practice.sync()
    assert practice.calendar(ALEX).failure is None
