"""What bookings do to the calendars."""

from datetime import timedelta

import pytest

from core.booking import appointments
from core.booking.calendar import wording
from core.booking.calendar.writing import drafts
from core.booking.outcomes.recording import record
from storage.tables import Outcome, State
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, TOMORROW, Practice

QUIET = ("AppointmentRescheduled", "AppointmentCancelled", "AppointmentReinstated", "AvailabilityChanged")


def test_a_booking_costs_one_call_and_the_next_sync_sees_no_change(practice: Practice) -> None:
    practice.sync()
    practice.near.calls.clear()
    booked = practice.book(9, note="bitte <b>leise</b> klopfen")
    practice.flush()
    assert practice.near.calls == ["insert"]
    event = practice.events(ALEX)[f"sq{booked}"]
    assert event["summary"] == "Frau Weber · Alex"
    assert event["extendedProperties"] == {"private": {"slotquest": booked}}
    assert "Notiz: bitte &lt;b&gt;leise&lt;/b&gt; klopfen" in event["description"]
    assert f"https://slack.com/app_redirect?team={practice.w}&channel=U0BOT" in event["description"]
    practice.near.calls.clear()
    practice.sync()
    assert practice.near.calls == ["list"] * 3
    assert practice.told(*QUIET) == []
    assert practice.mirror(ALEX)[f"sq{booked}"].etag == event["etag"]


def test_reschedule_hand_over_cancel_and_reinstate_are_followed(practice: Practice) -> None:
    practice.sync()
    booked = practice.book(9)
    key = f"sq{booked}"
    practice.flush()
    practice.reschedule(booked, 11)
    practice.flush()
    assert practice.events(ALEX)[key]["start"]["dateTime"].startswith("2026-11-19T11:00")
    practice.reschedule(booked, 11, "bea")
    practice.flush()
    assert key not in practice.events(ALEX)
    assert practice.events(BEA)[key]["summary"] == "Frau Weber · Bea"
    practice.cancel(booked)
    practice.flush()
    assert key not in practice.events(BEA)
    assert practice.mirror(BEA) == {}
    practice.act(practice.booker, lambda tx: appointments.reinstate(tx, booked))
    practice.flush()
    assert practice.events(BEA)[key]["status"] == "confirmed"
    practice.sync()
    assert practice.row(booked).state == State.BOOKED
    assert practice.row(booked).starts_at == practice.at(11)


def test_consultants_without_a_calendar_use_the_central_one(practice: Practice) -> None:
    booked = practice.book(9, "cem")
    practice.flush()
    assert list(practice.events(CENTRAL)) == [f"sq{booked}"]


def test_what_happened_while_google_was_away_arrives_once_and_as_it_ended(practice: Practice) -> None:
    practice.sync()
    practice.near.breaks["*"] = ["down"] * 6
    kept, moved, gone = practice.book(9), practice.book(10, name="Herr Kurz"), practice.book(11, name="Frau Lang")
    practice.dispatcher.run_due()
    practice.reschedule(moved, 12)
    practice.cancel(gone)
    practice.dispatcher.run_due()
    practice.tick(hours=3)
    practice.flush()
    practice.flush()
    assert practice.waiting() == 0
    events = practice.events(ALEX)
    assert {key: event["start"]["dateTime"][11:13] for key, event in events.items()} == {
        f"sq{kept}": "09",
        f"sq{moved}": "12",
    }
    practice.sync()
    assert practice.row(gone).state == State.CANCELLED
    assert practice.told("AppointmentReinstated") == []


@pytest.mark.parametrize("how", ["lost", "down"])
@pytest.mark.parametrize("method", ["insert", "patch", "delete"])
def test_a_broken_call_is_repeated_without_a_double(practice: Practice, how: str, method: str) -> None:
    practice.sync()
    booked = practice.book(9)
    if method != "insert":
        practice.flush()
    practice.near.breaks[method] = [how]
    if method == "patch":
        practice.reschedule(booked, 14)
    if method == "delete":
        practice.cancel(booked)
    practice.flush()
    assert practice.waiting() == 1
    practice.sync()
    practice.flush()
    practice.flush()
    assert practice.waiting() == 0
    hours = [event["start"]["dateTime"][11:13] for event in practice.events(ALEX).values()]
    assert hours == {"insert": ["09"], "patch": ["14"], "delete": []}[method]
    practice.sync()
    assert practice.told("AppointmentReinstated", "ConflictFound") == []
    assert len(practice.told("AppointmentRescheduled")) == (1 if method == "patch" else 0)


def test_a_crash_between_call_and_commit_leaves_one_event_and_no_move(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    practice.reschedule(booked, 14)
    with monkeypatch.context() as patched:

        def crash(*_: object) -> None:
            raise SystemExit

        patched.setattr("core.booking.calendar.writing.store_events", crash)
        practice.tick()
        with pytest.raises(SystemExit):
            practice.dispatcher.run_due()
    practice.sync()
    practice.tick(minutes=2)
    practice.flush()
    practice.flush()
    assert practice.waiting() == 0
    assert practice.row(booked).starts_at == practice.at(14)
    assert practice.mirror(ALEX)[f"sq{booked}"].etag == practice.events(ALEX)[f"sq{booked}"]["etag"]
    assert len(practice.told("AppointmentRescheduled")) == 1


def test_a_persons_later_move_beats_a_write_on_its_way(practice: Practice) -> None:
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    practice.reschedule(booked, 14)
    practice.person_moves(ALEX, f"sq{booked}", 16)
    practice.flush()
    assert practice.row(booked).starts_at == practice.at(16)
    practice.flush()
    assert practice.events(ALEX)[f"sq{booked}"]["start"]["dateTime"][11:13] == "16"


def test_a_later_reschedule_beats_a_persons_move(practice: Practice) -> None:
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    practice.person_moves(ALEX, f"sq{booked}", 16)
    practice.reschedule(booked, 14)
    practice.flush()
    assert practice.waiting() == 0
    assert practice.row(booked).starts_at == practice.at(14)
    assert practice.events(ALEX)[f"sq{booked}"]["start"]["dateTime"][11:13] == "14"


def test_a_persons_colour_and_place_stay_when_we_write(practice: Practice) -> None:
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    practice.person_edits(ALEX, f"sq{booked}", colorId="4", location="Raum 2")
    practice.sync()
    practice.reschedule(booked, 14)
    practice.flush()
    event = practice.events(ALEX)[f"sq{booked}"]
    assert (event["colorId"], event["location"]) == ("4", "Raum 2")


@pytest.mark.parametrize(
    ("present", "outcome", "shown"),
    [
        (None, Outcome.COMPLETED, "2"),
        ("9", Outcome.COMPLETED, "9"),
        ("4", Outcome.NO_SHOW, "11"),
        (None, Outcome.CANCELLED, "6"),
        ("4", Outcome.RESCHEDULED, "4"),
    ],
)
def test_an_outcome_told_in_slack_colours_the_event(
    practice: Practice, present: str | None, outcome: Outcome, shown: str
) -> None:
    practice.sync()
    booked = practice.book(9)
    practice.flush()
    if present:
        practice.person_edits(ALEX, f"sq{booked}", colorId=present)
        practice.sync()
    practice.tick(hours=23)
    practice.act(practice.booker, lambda tx: record(tx, booked, outcome))
    practice.flush()
    assert practice.events(ALEX)[f"sq{booked}"]["colorId"] == shown
    practice.sync()
    assert practice.row(booked).outcome == outcome
    assert practice.told("OutcomeDisputed") == []


def test_permissions_are_waited_for_and_named(practice: Practice) -> None:
    practice.sync()
    practice.google.share(ALEX, "bot@slotquest-sandbox.iam.gserviceaccount.com", "reader")
    practice.book(9)
    practice.flush()
    practice.sync()
    assert "make changes to events" in (practice.calendar(ALEX).failure or "")
    practice.google.share(ALEX, "bot@slotquest-sandbox.iam.gserviceaccount.com", "writer")
    practice.tick(minutes=11)
    practice.flush()
    assert practice.waiting() == 0
    assert practice.calendar(ALEX).failure is None


def test_nothing_is_written_for_the_past_nor_to_calendars_that_are_not_kept(practice: Practice) -> None:
    booked = practice.book(9)
    with practice.engine.view(practice.w) as view:
        appointment = appointments.get_appointment(view, booked)
        assert len(drafts(view, appointment, BEA)) == 2
        assert len(drafts(view, appointment, "elsewhere@example.com")) == 1
        appointment.starts_at = view.now - timedelta(days=1, seconds=1)
        assert drafts(view, appointment, BEA) == []


def test_waiting_writes_about_one_appointment_are_one(practice: Practice) -> None:
    booked = practice.book(9)
    for hour in (10, 11, 12):
        practice.reschedule(booked, hour)
    assert practice.waiting() == 1
    practice.flush()
    assert practice.near.calls == ["insert"]


@pytest.mark.parametrize("locale", ["de", "en", "fr"])
def test_an_event_says_who_comes_without_what_would_break_it(locale: str) -> None:
    facts = wording.EventFacts("Eve\u202e\nX" + "y" * 9000, "+49 171", "Alex", "<!channel>", "& " * 5000, "")
    title, text = wording.title(facts), wording.description(facts, locale)
    assert len(title) <= wording.LONGEST_TITLE
    assert "\u202e" not in title
    assert "\n" not in title
    assert "<" not in text
    assert text.split("\n")[1].endswith(": +49 171")


def test_google_takes_the_longest_text() -> None:
    facts = wording.EventFacts("ä" * 120, "+49 171", "ä" * 60, "ä" * 200, "&" * 2000, "https://slack.com/")
    assert len(wording.description(facts, "de").encode()) <= 8192


def test_the_link_needs_a_place() -> None:
    assert wording.slack_link("T1", None, None) == ""
    assert wording.slack_link("T1", None, "C1") == "https://slack.com/app_redirect?team=T1&channel=C1"


def test_midnight_and_daylight_saving_are_written_as_they_are(practice: Practice) -> None:
    assert practice.at(9, TOMORROW).hour == 8
    booked = practice.book(19)
    practice.flush()
    event = practice.events(ALEX)[f"sq{booked}"]
    assert (event["start"]["dateTime"], event["start"]["timeZone"]) == ("2026-11-19T19:00:00+01:00", "Europe/Berlin")
