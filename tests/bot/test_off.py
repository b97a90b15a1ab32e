"""`/off`, in words and by pickers, as a consultant meets it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from sqlmodel import select

from storage.tables import TimeOff
from tests.bot.admin_desk import button_in, command, fill, has, press_in_place, refused, said, undo
from tests.desk import AGENT, AGENT_EN, ALEX, BEA, BOT, Desk, valid_message, words_in


@pytest.fixture(autouse=True)
def nothing_off(desk: Desk) -> Iterator[None]:
    yield
    with desk.engine.database.write() as session:
        for row in session.exec(select(TimeOff)).all():
            session.delete(row)


def off(desk: Desk) -> list[tuple[datetime, datetime, str]]:
    with desk.engine.database.read() as session:
        rows = session.exec(select(TimeOff)).all()
        return sorted((row.starts_at, row.ends_at, row.reason) for row in rows)


def press(desk: Desk, user: str, message: dict, action_id: str) -> dict:
    """Press a button of an ephemeral message; the message that stands in its place."""
    block_id, element = button_in(message, action_id)
    desk.control.click(user, BOT, message["ts"], element["action_id"], block_id)
    return valid_message(
        desk.control.wait_for(
            lambda: next(
                (
                    m
                    for m in desk.control.messages(user, BOT)
                    if m["text"] != message["text"] and m["ts"] >= message["ts"]
                ),
                None,
            ),
            what="the changed message",
        )
    )


def utc(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("user", "text", "words"),
    [(ALEX, "/off morgen 14-16 Zahnarzt", "Abwesenheit"), (BEA, "/off tomorrow 14-16 dentist", "Time off")],
)
def test_words_are_understood_confirmed_taken_and_taken_back(desk: Desk, user: str, text: str, words: str) -> None:
    question = said(desk, user, text)
    assert question["text"].startswith(f"{words}: ")
    assert off(desk) == []
    taken = press(desk, user, question, "off.take")
    assert off(desk) == [(utc(19, 13), utc(19, 15), text.split()[-1])]
    press(desk, user, taken, "off.undo")
    assert off(desk) == []


def test_what_is_booked_in_it_is_shown_first(desk: Desk) -> None:
    desk.book(14, "Alex", "Frau Frühling")
    question = said(desk, ALEX, "/off 19.11. 13-17 Uhr")
    assert "Frühling" in words_in(question)
    taken = press(desk, ALEX, question, "off.take")
    assert "Frühling" in words_in(taken)
    again = said(desk, ALEX, "/off 19.11. 13-17 Uhr")
    refusal = press(desk, ALEX, again, "off.take")
    assert len(off(desk)) == 1
    assert not has(refusal, "off.undo")


@pytest.mark.parametrize(
    ("user", "text", "reason", "once"),
    [
        (ALEX, "/off jeden Mittwoch 14-16 Training", "Training", "Das gilt für ein Mal."),
        (ALEX, "/off mittwochs", "", "Das gilt für ein Mal."),
        (BEA, "/off every Wednesday 2-4pm gym", "gym", "This is for once."),
    ],
)
def test_what_should_recur_is_said_to_be_for_once(desk: Desk, user: str, text: str, reason: str, once: str) -> None:
    question = said(desk, user, text)
    assert once in words_in(question)
    press(desk, user, question, "off.take")
    assert [why for _, _, why in off(desk)] == [reason]


def test_who_sees_the_reason_and_what_becomes_of_bookings_is_said_before(desk: Desk) -> None:
    desk.book(16, "Alex", "Frau Winter")
    question = said(desk, ALEX, "/off 19.11. Umzug")
    for words in (
        "Kollegen sehen den Grund",
        "Sie bleiben stehen, bis sie jemand verschiebt oder absagt",
        "Frau Winter",
    ):
        assert words in words_in(question)
    assert "für ein Mal" not in words_in(question)
    bare = said(desk, ALEX, "/off 24.12.")
    for words in ("Kollegen sehen", "bleiben stehen"):
        assert words not in words_in(bare)
    taken = press(desk, ALEX, bare, "off.take")
    for message in (question, bare, taken):
        assert ".." not in words_in(message), "a date's point is no full stop"


def test_never_mind(desk: Desk) -> None:
    question = said(desk, ALEX, "/off morgen")
    block_id, element = button_in(question, "off.drop")
    desk.control.click(ALEX, BOT, question["ts"], element["action_id"], block_id)
    desk.control.wait_for(
        lambda: all(message["ts"] != question["ts"] for message in desk.control.messages(ALEX, BOT)) or None
    )
    assert off(desk) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"starts_at__date": "2026-11-23"}, (utc(22, 23), utc(23, 23))),
        ({"starts_at__date": "2026-11-23", "ends_at__date": "2026-11-27"}, (utc(22, 23), utc(27, 23))),
        ({"starts_at__date": "2026-11-23", "starts_at__time": "12:30"}, (utc(23, 11).replace(minute=30), utc(23, 23))),
        (
            {"starts_at__date": "2026-11-23", "starts_at__time": "12:00", "ends_at__time": "15:00"},
            (utc(23, 11), utc(23, 14)),
        ),
    ],
)
def test_the_form_knows_whole_days_and_hours(desk: Desk, typed: dict, expected: tuple) -> None:
    done = fill(desk, ALEX, command(desk, ALEX, "/off"), **typed, reason="Fortbildung")
    assert off(desk) == [(*expected, "Fortbildung")]
    undo(desk, ALEX, done)
    assert off(desk) == []


def test_the_form_asks_before_it_closes_booked_times(desk: Desk) -> None:
    desk.book(9, "Bea", "Mr Autumn")
    form = command(desk, BEA, "/off")
    question = fill(desk, BEA, form, starts_at__date="2026-11-19", ends_at__date="2026-11-20")
    assert "Mr Autumn" in words_in(question)
    assert off(desk) == []
    done = fill(desk, BEA, question)
    assert "Mr Autumn" in words_in(done)
    assert len(off(desk)) == 1


@pytest.mark.parametrize(
    ("typed", "picker"),
    [
        ({"starts_at__date": "2026-11-01"}, "starts_at:date"),
        ({"starts_at__date": "2026-11-23", "ends_at__date": "2026-11-20"}, "ends_at:date"),
        ({"starts_at__date": "2026-11-23", "starts_at__time": "12:00", "ends_at__time": "12:00"}, "ends_at:time"),
        ({"starts_at__date": "2026-11-23", "ends_at__date": "2099-01-01"}, "ends_at:date"),
    ],
)
def test_mistakes_are_said_at_the_picker_that_is_wrong(desk: Desk, typed: dict, picker: str) -> None:
    errors = refused(desk, ALEX, command(desk, ALEX, "/off"), **typed)
    assert list(errors) == [picker]
    assert off(desk) == []


@pytest.mark.parametrize("words", ["ab Montag", "irgendwann", "gestern", "<!channel>"])
def test_words_that_say_too_little_open_the_form(desk: Desk, words: str) -> None:
    view = command(desk, ALEX, f"/off {words}")
    assert view["callback_id"] == "off"
    assert "<!channel>" not in words_in(view)
    assert "⚠️" in words_in(view)


def test_the_list_opens_times_again(desk: Desk) -> None:
    fill(desk, ALEX, command(desk, ALEX, "/off"), starts_at__date="2026-11-30", reason="*Umzug* <!here>")
    view = command(desk, ALEX, "/off")
    assert "Umzug" in words_in(view)
    assert "<!here>" not in words_in(view)
    press_in_place(desk, ALEX, view, "off.remove")
    assert off(desk) == []


def test_who_is_no_consultant_has_nothing_to_take(desk: Desk) -> None:
    assert "/slotadmin" in said(desk, AGENT, "/off morgen")["text"]
    assert said(desk, AGENT_EN, "/off")["text"].startswith("You aren't set up as a consultant")


def test_nobody_takes_back_what_is_not_theirs(desk: Desk) -> None:
    taken = press(desk, ALEX, said(desk, ALEX, "/off morgen 8-9"), "off.take")
    number = button_in(taken, "off.undo")[1]["value"]
    question = said(desk, BEA, "/off tomorrow 8-9")
    block = next(block for block in question["blocks"] if block["type"] == "actions")
    body = {
        "type": "block_actions",
        "user": {"id": BEA, "team_id": "T000000001"},
        "team": {"id": "T000000001"},
        "container": {"type": "message"},
        "trigger_id": "1.2.3",
        "api_app_id": "A",
        "token": "x",
        "actions": [
            {
                "type": "button",
                "block_id": block["block_id"],
                "action_id": f"off.undo:{number}",
                "value": number,
                "action_ts": "1",
            }
        ],
    }
    assert (
        desk.control.raw(f"payload={quote(json.dumps(body))}", {"Content-Type": "application/x-www-form-urlencoded"})[
            "status"
        ]
        == 200
    )
    desk.control.wait_for_message(BEA, BOT, lambda m: "leads" in m["text"].lower())
    assert len(off(desk)) == 1
