"""What people do to appointments in Google Calendar, and what the booker reads of it."""

from datetime import datetime, timedelta

from tests.bot.front_desk import buttons, close_all, said, top, typed
from tests.bot.test_collisions import FIRST, OURS, alerts, booked, gone, rows, sync
from tests.desk import AGENT, AGENT_EN, BERLIN, BOT, CENTRAL, Desk, valid_message, words_in


def at(day: int, hour: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour, tzinfo=BERLIN) + timedelta(days=day)


def hours(day: int, hour: int) -> dict[str, dict[str, str]]:
    """An hour as an event's start and end."""
    return {
        "start": {"dateTime": at(day, hour).isoformat(), "timeZone": "Europe/Berlin"},
        "end": {"dateTime": at(day, hour + 1).isoformat(), "timeZone": "Europe/Berlin"},
    }


def state(desk: Desk, key: str) -> str:
    return next(a.state for a in desk.appointments() if a.id == key)


def test_what_was_deleted_and_brought_back_is_booked_again_and_told(desk: Desk) -> None:
    key = booked(desk, 0, 9, "Frau Papierkorb")
    gone(desk, f"sq{key}")
    told = said(desk, AGENT, BOT, matches="Frau Papierkorb")
    assert "gelöscht" in words_in(told)
    assert set(buttons(told)) == {"book.again", "my.open"}
    assert state(desk, key) == "cancelled"
    desk.control.edit_event(OURS, f"sq{key}", status="confirmed")
    sync(desk)
    told = said(desk, AGENT, BOT, told["ts"], "Frau Papierkorb")
    assert "wieder gebucht" in words_in(told)
    assert state(desk, key) == "booked"
    assert [e["status"] for e in desk.events(OURS) if e["id"] == f"sq{key}"] == ["confirmed"]


def test_an_event_given_to_a_colleague_names_both_and_the_number_to_call(desk: Desk) -> None:
    view = desk.choose_day(AGENT_EN, desk.open_form(AGENT_EN), FIRST)
    filled = desk.fill(view, desk.slot("Alex", 14, FIRST), "Ms Given", phone="0171 2345678")
    assert desk.control.submit(AGENT_EN, view["id"], filled)["action"] == "update"
    close_all(desk, AGENT_EN)
    desk.quiet()
    key = desk.appointments()[-1].id
    desk.control.move_event(OURS, f"sq{key}", CENTRAL)
    sync(desk)
    words = words_in(said(desk, AGENT_EN, BOT, matches="Ms Given"))
    assert "Monday, 23 November at 14:00 · Bea" in words
    assert "Before: Monday, 23 November at 14:00 · Alex" in words
    assert "Ms Given · 0171 2345678" in words
    sync(desk)
    assert [e["summary"] for e in desk.events(CENTRAL) if e["id"] == f"sq{key}"] == ["Ms Given · Bea"]


def test_from_the_message_about_a_move_it_can_be_moved_on(desk: Desk) -> None:
    key = booked(desk, 1, 9, "Frau Weiter")
    desk.control.edit_event(OURS, f"sq{key}", **hours(5, 20))
    sync(desk)
    told = said(desk, AGENT, BOT, matches="Frau Weiter")
    assert "Samstag, 28. November um 20:00 Uhr" in words_in(told)
    desk.control.click(AGENT, BOT, told["ts"], "my.move")
    assert "Frau Weiter" in words_in(top(desk, AGENT, "reschedule"))


def test_a_longer_appointment_is_called_that(desk: Desk) -> None:
    key = booked(desk, 1, 14, "Frau Lang")
    desk.control.edit_event(OURS, f"sq{key}", end=hours(1, 15)["end"])
    sync(desk)
    words = words_in(said(desk, AGENT, BOT, matches="Frau Lang"))
    assert "Länger oder kürzer in Google Kalender" in words
    assert "Er dauert jetzt bis 16:00 Uhr." in words
    assert "Vorher" not in words


def test_what_no_appointment_can_be_is_put_back_without_a_word(desk: Desk) -> None:
    key = booked(desk, 1, 11, "Frau Ganztags")
    day = str((at(1, 0)).date())
    whole = {"start": {"date": day}, "end": {"date": str((at(2, 0)).date())}}
    desk.control.edit_event(OURS, f"sq{key}", **whole)
    sync(desk)
    (event,) = [e for e in desk.events(OURS) if e["id"] == f"sq{key}"]
    assert datetime.fromisoformat(event["start"]["dateTime"]) == at(1, 11)
    assert alerts(desk, AGENT, "Frau Ganztags") == []


def test_a_recurring_event_is_one_message_for_all_its_instances(desk: Desk) -> None:
    for day in (2, 3, 9):
        booked(desk, day, 16, f"Kunde {day}")
    daily = {"summary": "Stehrunde", "recurrence": ["RRULE:FREQ=DAILY;COUNT=10"], **hours(0, 16)}
    series = str(desk.control.add_event(OURS, daily)["id"])
    sync(desk)
    (told,) = alerts(desk, AGENT, "Stehrunde")
    valid_message(told)
    assert len(rows(told)) == 3
    assert "„Stehrunde“, 16:00–17:00" in words_in(told)
    first = next(
        e["id"] for e in _instances(desk, "Stehrunde") if e["start"]["dateTime"].startswith(str(at(2, 0).date()))
    )
    desk.control.edit_event(OURS, first, **(hours(2, 17) | {"start": hours(2, 15)["start"]}))
    sync(desk)
    (told,) = alerts(desk, AGENT, "Stehrunde")
    assert "zu mehreren Zeiten" in words_in(told)
    gone(desk, series)
    (told,) = alerts(desk, AGENT, "Stehrunde")
    assert not buttons(told)


def _instances(desk: Desk, title: str) -> list[dict[str, dict[str, str]]]:
    found = desk.control.events(at(0, 0).isoformat(), at(20, 0).isoformat())
    return [row["event"] for row in found if row["event"].get("summary") == title]


def test_google_away_while_somebody_moves_an_event_is_caught_up_with_within_a_minute(desk: Desk) -> None:
    key = booked(desk, 4, 9, "Frau Ausfall")
    desk.control.faults(google={"mode": "down"})
    desk.control.edit_event(OURS, f"sq{key}", **hours(4, 12))
    sync(desk, wait=False)
    assert [a.starts_at for a in desk.appointments() if a.id == key] == [at(4, 9)]
    desk.control.heal()
    desk.clock.forward(timedelta(minutes=1))
    desk.run("calendar.sync")
    desk.quiet()
    assert [a.starts_at for a in desk.appointments() if a.id == key] == [at(4, 12)]
    assert "12:00" in words_in(said(desk, AGENT, BOT, matches="Frau Ausfall"))


def test_a_hand_over_says_from_whom_it_came(desk: Desk) -> None:
    key = booked(desk, 7, 9, "Frau Hand")
    event = str(desk.control.add_event(OURS, {"summary": "Panne", **hours(7, 9)})["id"])
    sync(desk)
    (told,) = alerts(desk, AGENT, "Frau Hand")
    desk.control.click(AGENT, BOT, told["ts"], "conflict.hand")
    move = top(desk, AGENT, "reschedule")
    assert typed(move, "slot") == desk.slot("Bea", 9, FIRST + timedelta(days=7))
    assert desk.control.submit(AGENT, move["id"])["action"] == "update"
    done = words_in(top(desk, AGENT, "my_done"))
    assert "Montag, 30. November um 09:00 Uhr · Bea" in done
    assert "Vorher: Montag, 30. November um 09:00 Uhr · Alex" in done
    desk.quiet()
    assert [e["id"] for e in desk.events(OURS) if e["id"] == f"sq{key}" and e["status"] != "cancelled"] == []
    assert "Frau Hand · Bea" in [e["summary"] for e in desk.events(CENTRAL)]
    gone(desk, event)
