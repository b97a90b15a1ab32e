"""Something else over a booked appointment: one alert, and its end."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.booking.calendar.conflicts import found_by_time_off, get_conflict, ignore
from core.booking.calendar.mirror import BusyTime, blocks, names_in
from core.errors import AlreadyDone, NotAllowed, NotFound
from storage.tables import Settling, TimeOff
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, NOW, Practice


@pytest.fixture
def booked(practice: Practice) -> str:
    """Tomorrow at nine with Alex, written and synced."""
    practice.sync()
    made = practice.book(9)
    practice.flush()
    return made


def found(practice: Practice) -> list[str]:
    """ "found", or how it was settled, in order."""
    told = practice.told("ConflictFound", "ConflictSettled")
    return ["found" if kind == "ConflictFound" else data["how"] for kind, data in told]


def test_one_alert_for_an_event_over_a_booking(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 9)
    practice.sync()
    practice.sync()
    (conflict,) = practice.conflicts()
    assert (conflict.appointment_id, conflict.title, conflict.starts_at) == (booked, "Zahnarzt", practice.at(9))
    assert conflict.cause.startswith(f"event:{practice.calendar(ALEX).id}/")
    assert found(practice) == ["found"]


def test_one_alert_each_for_three_seats_and_for_two_events(practice: Practice, booked: str) -> None:
    practice.book(9, name="Herr Kurz")
    practice.person_adds(ALEX, 9)
    practice.person_adds(ALEX, 9, "Arzt")
    practice.sync()
    assert len(practice.conflicts()) == 4


@pytest.mark.parametrize(
    "more",
    [{"transparency": "transparent"}, {"status": "tentative", "transparency": "transparent"}],
)
def test_what_is_not_busy_does_not_collide(practice: Practice, booked: str, more: dict[str, str]) -> None:
    practice.person_adds(ALEX, 9, **more)
    practice.sync()
    assert practice.conflicts() == []


def test_what_only_touches_does_not_collide(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 8)
    practice.person_adds(ALEX, 10)
    practice.person_adds(BEA, 9)
    practice.sync()
    assert practice.conflicts() == []


def test_a_private_events_title_is_not_told(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 9, "Therapie", visibility="private")
    practice.sync()
    assert [one.title for one in practice.conflicts()] == [""]


def test_it_ends_when_the_event_goes_moves_or_becomes_free(practice: Practice, booked: str) -> None:
    other = practice.person_adds(ALEX, 9)
    practice.sync()
    practice.person_moves(ALEX, other, 13)
    practice.sync()
    practice.person_moves(ALEX, other, 9, hours=2)
    practice.sync()
    practice.person_edits(ALEX, other, transparency="transparent")
    practice.sync()
    practice.person_edits(ALEX, other, transparency="opaque")
    practice.sync()
    practice.person_deletes(ALEX, other)
    practice.sync()
    assert found(practice) == ["found", "gone"] * 3
    assert len(practice.conflicts()) == 1


def test_it_ends_when_the_appointment_goes(practice: Practice, booked: str) -> None:
    second = practice.book(12, name="Herr Kurz")
    practice.person_adds(ALEX, 9)
    practice.person_adds(ALEX, 12)
    practice.sync()
    practice.reschedule(booked, 16)
    practice.cancel(second)
    assert found(practice) == ["found", "found", "moved", "cancelled"]


def test_it_ends_when_the_appointment_is_moved_in_google(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 9)
    practice.sync()
    practice.person_moves(ALEX, f"sq{booked}", 16)
    practice.sync()
    assert found(practice) == ["found", "moved"]
    practice.person_moves(ALEX, f"sq{booked}", 9)
    practice.sync()
    assert found(practice) == ["found", "moved", "found"]


def test_its_facts_follow_while_it_lasts(practice: Practice, booked: str) -> None:
    other = practice.person_adds(ALEX, 9)
    practice.sync()
    practice.person_moves(ALEX, other, 8, hours=2)
    practice.sync()
    (conflict,) = practice.conflicts()
    assert (conflict.starts_at, conflict.ends_at) == (practice.at(8), practice.at(10))
    assert found(practice) == ["found"]


def test_what_is_ignored_is_not_told_again(practice: Practice, booked: str) -> None:
    other = practice.person_adds(ALEX, 9)
    practice.sync()
    (conflict,) = practice.conflicts()
    practice.act(practice.booker, lambda tx: ignore(tx, conflict.id))
    practice.person_moves(ALEX, other, 13)
    practice.sync()
    practice.person_moves(ALEX, other, 9)
    practice.sync()
    assert found(practice) == ["found", "ignored"]
    with pytest.raises(AlreadyDone):
        practice.act(practice.lead, lambda tx: ignore(tx, conflict.id))


def test_strangers_may_not_ignore(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 9)
    practice.sync()
    (conflict,) = practice.conflicts()
    stranger = practice.member("stranger")
    for actor in (stranger, None):
        with pytest.raises(NotAllowed):
            practice.act(actor, lambda tx: ignore(tx, conflict.id))
    other = Practice(practice.database)
    with pytest.raises(NotFound):
        other.act(other.lead, lambda tx: get_conflict(tx, conflict.id))
    practice.act(practice.lead, lambda tx: ignore(tx, conflict.id))
    assert practice.conflicts()[0].settled_by == practice.lead.id


def test_what_is_over_closes_without_a_word(practice: Practice, booked: str) -> None:
    practice.person_adds(ALEX, 9)
    practice.sync()
    practice.tick(days=2)
    practice.sync()
    assert [one.state for one in practice.conflicts()] == [Settling.SETTLED]
    assert found(practice) == ["found"]


@pytest.mark.parametrize("for_all", [True, False])
def test_time_off_over_a_booking_is_told_and_taken_back(practice: Practice, booked: str, for_all: bool) -> None:
    off = TimeOff(
        id=uuid4().hex,
        workspace_id=practice.w,
        consultant_id=None if for_all else practice.ids["alex"],
        starts_at=practice.at(8),
        ends_at=practice.at(10),
        reason="Zahnarzt",
        created_at=practice.now,
    )

    with practice.engine.transaction(practice.w) as tx:
        tx.add(off)
        found_by_time_off(tx, off)
    (conflict,) = practice.conflicts()
    assert (conflict.cause, conflict.title) == (f"off:{off.id}", "Zahnarzt")
    with practice.engine.transaction(practice.w) as tx:
        row = tx.session.get_one(TimeOff, off.id)
        tx.session.delete(row)
        tx.session.flush()
        found_by_time_off(tx, row)
    assert found(practice) == ["found", "gone"]


def test_a_central_event_collides_for_those_it_names(practice: Practice, booked: str) -> None:
    cem = practice.book(9, "cem", name="Herr Kurz")
    practice.person_adds(CENTRAL, 9, "Alex: Fortbildung")
    practice.sync()
    assert [one.appointment_id for one in practice.conflicts()] == [booked]
    practice.person_adds(CENTRAL, 9, "Fortbildung")
    practice.sync()
    assert {one.appointment_id for one in practice.conflicts()} == {booked, cem}
    assert len(practice.conflicts()) == 2


NAMES = ("Alex", "Bea", "Cem", "Jörg Groß")


@pytest.mark.parametrize(
    ("calendar", "title", "name", "own", "blocked"),
    [
        (ALEX, "x", "Alex", ALEX, True),
        (ALEX, "x", "Bea", BEA, False),
        (ALEX, "x", "Cem", None, False),
        (CENTRAL, "x", "Cem", None, True),
        (CENTRAL, "x", "Alex", ALEX, False),
        (CENTRAL, "", "Cem", None, True),
        (CENTRAL, "Alex weg", "Alex", ALEX, True),
        (CENTRAL, "Alex weg", "Cem", None, False),
        (CENTRAL, "Urlaub CEM, Bea", "Cem", None, True),
        (CENTRAL, "Urlaub CEM, Bea", "Bea", BEA, True),
        (CENTRAL, "Alexandra weg", "Alex", ALEX, False),
        (CENTRAL, "Alexandra weg", "Cem", None, True),
        (CENTRAL, "JÖRG  GROSS: Team", "Jörg Groß", None, True),
        (CENTRAL, "Jörg: Team", "Jörg Groß", None, True),
    ],
)
def test_whom_an_event_blocks(calendar: str, title: str, name: str, own: str | None, blocked: bool) -> None:
    event = BusyTime(calendar, NOW, NOW + timedelta(hours=1), title, False)
    assert blocks(event, name, own, CENTRAL, NAMES) is blocked


def test_without_a_central_calendar_only_the_own_one_counts() -> None:
    event = BusyTime(CENTRAL, NOW, NOW + timedelta(hours=1), "Cem", False)
    assert not blocks(event, "Cem", None, None, NAMES)


def test_names_are_words() -> None:
    assert names_in("mit (Alex) und Bea-Team, nicht Cemal", NAMES) == {"Alex", "Bea"}
