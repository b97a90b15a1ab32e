"""Whatever is typed or forged: an answer in the user's language at the field, or a clean store; nothing broken or mentioned."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from core.booking import appointments
from core.booking.appointments import BookingRequest
from core.booking.customers import get_customer
from core.booking.setup.consultants import list_consultants
from core.booking.setup.members import ensure_member
from core.booking.setup.staffing import ConsultantForm, add_consultant, remove_consultant
from core.booking.setup.team_file import apply
from core.booking.setup.team_form import parse_team
from core.booking.setup.week_text import parse_week
from core.booking.setup.workspace import ensure_workspace
from storage.tables import Appointment, Role
from tests.bot.front_desk import (
    block,
    both_databases,
    forged_action,
    forged_submission,
    form_on,
    has,
    mentions,
    posted,
    typed,
)
from tests.desk import AGENT, AGENT_EN, BERLIN, BOT, DAY, GENERAL, TEAM, Desk, valid, valid_message, words_in

USERS = [AGENT, AGENT_EN]
OTHER = "T000000009"
OTHER_TEAM = f"""
[workspace]
team_id = "{OTHER}"
[[consultants]]
name = "Alex"
schedule = {{ thu = ["09:00"] }}
"""

pytestmark = both_databases


@pytest.fixture(autouse=True)
def harmless(desk: Desk, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing unexpected inside, nobody mentioned outside, no server error."""
    calls, deliveries = desk.control.last_call(), desk.control.last_delivery()
    yield
    desk.control.settle()  # an event that is still on its way has no status yet
    assert [r.getMessage() for r in caplog.get_records("call") if r.name == "bot.runner"] == []
    assert [d["status"] for d in desk.control.deliveries(deliveries) if d["status"] != 200] == []
    sent = posted(desk, calls)
    assert mentions(sent) == []


def stored(desk: Desk, known: set[str]) -> list[Appointment]:
    return [a for a in desk.appointments() if a.id not in known]


def send(desk: Desk, user: str, slot: str | None = None, **fields: str) -> tuple[dict, list[Appointment]]:
    """Submit past the limits of Slack's own dialog; its answer and what was booked, which is then taken back."""
    known = {a.id for a in desk.appointments()}
    view = form_on(desk, DAY, user)
    values = desk.fill(view, desk.slot("Alex", 9), **({"name": "Frau Weber"} | fields))
    if slot is not None:
        values[block(view, "slot")["block_id"]]["pick.slot"]["selected_option"]["value"] = slot
    answer = forged_submission(desk, user, view, state={"values": values})
    assert answer["status"] == 200
    new = stored(desk, known)
    with desk.engine.transaction(TEAM) as tx:
        for appointment in new:
            appointments.undo(tx, appointment.id)
    return answer["body"], new


NAMES = [
    ("emoji", "Frau 👩‍👩‍👧 Weber 🎉", "Frau 👩‍👩‍👧 Weber 🎉"),
    ("right to left", "محمد علي", "محمد علي"),
    ("an override of the direction", "Anna \u202egrebeW", "Anna grebeW"),
    ("a mention of all", "<!channel> Weber", "<!channel> Weber"),
    ("a mention of one", "<@U000000001>", "<@U000000001>"),
    ("a link", "<https://example.com|Weber>", "<https://example.com|Weber>"),
    ("markup", "*bold* _kursiv_ `code` ~weg~", "*bold* _kursiv_ `code` ~weg~"),
    ("an entity", "Müller &amp; Söhne", "Müller &amp; Söhne"),
    ("zero width", "An\u200bna\ufeff We\u2060ber", "Anna Weber"),
    ("controls", "An\x00na\x07 \x1bWeber", "Anna Weber"),
    ("several lines", "Anna\nWeber\r\n", "Anna Weber"),
    ("decomposed", "Mu\u0308ller", "Müller"),
    ("half an emoji", "Anna \ud83d Weber", "Anna Weber"),
    ("a name and blanks", "\u3000 Anna \u00a0 Weber \t", "Anna Weber"),
    ("120 letters", "x" * 120, "x" * 120),
    ("braces", "{name} {0} %s %(x)s", "{name} {0} %s %(x)s"),
    ("only digits", "12345", "12345"),
]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(("name", "kept"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_odd_names_are_stored_clean_and_shown_harmlessly(desk: Desk, user: str, name: str, kept: str) -> None:
    answer, booked = send(desk, user, name=name)
    assert answer["response_action"] == "update"
    valid(answer["view"])
    assert mentions(answer["view"]) == []
    (appointment,) = booked
    with desk.engine.view(TEAM) as view:
        customer = get_customer(view, appointment.customer_id)
        assert customer is not None
        assert customer.name == kept


WRONG: list[tuple[str, dict[str, str], str, tuple[str, str]]] = [
    ("10,000 letters", {"name": "x" * 10_000}, "name", ("Der Name hat 10000 Zeichen", "The name has 10000 letters")),
    ("121 letters", {"name": "x" * 121}, "name", ("Der Name hat 121 Zeichen", "The name has 121 letters")),
    ("no name", {"name": ""}, "name", ("Bitte gib", "Please enter the customer's name.")),
    ("blanks", {"name": " \t\n\u3000"}, "name", ("Bitte gib", "Please enter the customer's name.")),
    ("nothing to be seen", {"name": "\u200b\u202e\x00"}, "name", ("Bitte gib", "Please enter the customer's name.")),
    ("letters for a phone", {"phone": "ruf mich an"}, "phone", ("Telefonnummer", "phone number")),
    ("too short a phone", {"phone": "0171"}, "phone", ("Telefonnummer", "phone number")),
    ("an endless phone", {"phone": "0171" * 2500}, "phone", ("Telefonnummer", "phone number")),
    ("a mention for a phone", {"phone": "<!channel>"}, "phone", ("Telefonnummer", "phone number")),
    ("no e-mail", {"email": "anna.example.com"}, "email", ("E-Mail", "e-mail address")),
    ("half an e-mail", {"email": "anna@"}, "email", ("E-Mail", "e-mail address")),
    ("two e-mails", {"email": "a@example.com, b@example.com"}, "email", ("E-Mail", "e-mail address")),
    ("an endless e-mail", {"email": "a" * 10_000 + "@example.com"}, "email", ("E-Mail", "e-mail address")),
    ("a note of 10,000 letters", {"note": "x" * 10_000}, "note", ("Die Notiz hat 10000 Zeichen", "The note has 10000 letters")),
    ("a note of 2,001 letters", {"note": "x" * 2_001}, "note", ("Die Notiz hat 2001 Zeichen", "The note has 2001 letters")),
]  # fmt: skip


def test_all_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    answer, booked = send(desk, AGENT, name=" ", phone="ruf mich an", email="anna@")
    assert sorted(field.split(":")[0] for field in answer["errors"]) == ["email", "name", "phone"]
    assert booked == []


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(("fields", "at_fault", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_input_is_told_at_its_field(
    desk: Desk, user: str, fields: dict[str, str], at_fault: str, words: tuple[str, str]
) -> None:
    answer, booked = send(desk, user, **fields)
    assert answer["response_action"] == "errors"
    ((field, said),) = answer["errors"].items()
    assert field.split(":")[0] == at_fault
    assert words[USERS.index(user)] in said
    assert booked == []


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("null eins sieben eins zwei drei vier fünf sechs sieben acht", "0171 2345678"),
        ("oh one seven one two three four five six seven eight", "0171 2345678"),
        ("Tel.: +49 (0) 171 / 234 56 78", "0171 2345678"),
        ("+90 212 555 12 34", "+90 212 555 12 34"),
    ],
)
def test_a_phone_is_understood_however_it_is_said(desk: Desk, phone: str, kept: str) -> None:
    _, booked = send(desk, AGENT, phone=phone)
    with desk.engine.view(TEAM) as view:
        customer = get_customer(view, booked[0].customer_id)
        assert customer is not None
        assert customer.phone == kept


def test_a_note_keeps_its_lines_and_nothing_unseen(desk: Desk) -> None:
    _, (booked,) = send(desk, AGENT, note="<!here> *Rollstuhl*\n\n\n\nEG\x00 \u202elinks")
    with desk.engine.view(TEAM) as view:
        assert view.open(booked.note, f"appointment.note:{booked.id}") == "<!here> *Rollstuhl*\n\nEG links"


def at(year: int, month: int, day: int, hour: int) -> int:
    return int(datetime(year, month, day, hour, tzinfo=BERLIN).timestamp())


SLOTS = [
    ("yesterday", lambda alex: f"{alex}|{at(2026, 11, 17, 9)}", ("schon vorbei", "already over")),
    ("in 2099", lambda alex: f"{alex}|{at(2099, 1, 5, 9)}", ("nicht buchbar", "can't be booked")),
    ("a second later", lambda alex: f"{alex}|{at(2026, 11, 19, 9) + 1}", ("zu dieser Zeit", "no appointments at this time")),
    ("with nobody", lambda _: f"nobody|{at(2026, 11, 19, 9)}", ("zu dieser Zeit", "no appointments at this time")),
    ("with an empty name", lambda _: f"|{at(2026, 11, 19, 9)}", ("zu dieser Zeit", "no appointments at this time")),
    ("in the year 5138", lambda alex: f"{alex}|99999999999", ("nicht buchbar", "can't be booked")),
    ("in 1970", lambda alex: f"{alex}|0", ("nicht buchbar", "can't be booked")),
]  # fmt: skip


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(("slot", "words"), [row[1:] for row in SLOTS], ids=[row[0] for row in SLOTS])
def test_a_time_that_was_never_offered_is_refused_with_others(
    desk: Desk, user: str, slot: Any, words: tuple[str, str]
) -> None:
    answer, booked = send(desk, user, slot(desk.consultant("Alex")))
    assert booked == []
    assert answer["response_action"] == "update"
    assert words[USERS.index(user)] in words_in(valid(answer["view"]))
    assert has(answer["view"], "offers")


@pytest.mark.parametrize("slot", ["", "x", "|", "a|b", "a|-1", "a|1e9", "a|²", "a|999999999999999999999"])
def test_what_is_no_slot_is_no_time(desk: Desk, slot: str) -> None:
    answer, booked = send(desk, AGENT, slot)
    assert booked == []
    assert [key.split(":")[0] for key in answer.get("errors", {"slot": ""})] == ["slot"]


def test_a_consultant_removed_while_the_modal_was_open(desk: Desk) -> None:
    with desk.engine.transaction(TEAM) as tx:
        gone = add_consultant(tx, ConsultantForm("Gero"), parse_week("thu 09:00", 60, 3)).id
    for user, words in ((AGENT, "nicht buchbar"), (AGENT_EN, "can't be booked")):
        view = form_on(desk, DAY, user)
        values = desk.fill(view, desk.slot("Gero" if user == AGENT else "Alex", 9))
        values[block(view, "slot")["block_id"]]["pick.slot"]["selected_option"]["value"] = (
            f"{gone}|{at(2026, 11, 19, 9)}"
        )
        if user == AGENT:
            with desk.engine.transaction(TEAM) as tx:
                remove_consultant(tx, gone)
        answer = forged_submission(desk, user, view, state={"values": values})
        assert words in words_in(valid(answer["body"]["view"]))
        choosing = {"consultant:all": {"pick.consultant": {"selected_option": {"value": gone}}}}
        forged_action(desk, user, "pick.consultant", view={**view, "state": {"values": choosing}})
        assert typed(desk.changed(user, view["id"], view["hash"]), "consultant") == "all"


@pytest.mark.parametrize(
    "day", ["2026-02-30", "morgen", "", "0001-01-01", "9999-12-31", "2099-06-01", "1999-01-01", "9999-12-30"]
)
def test_a_date_that_is_none_or_far_away(desk: Desk, day: str) -> None:
    view = desk.open_form(AGENT)
    state = {"date": {"pick.date": {"type": "datepicker", "selected_date": day or None}}}
    forged_action(desk, AGENT, "pick.date", view={**view, "state": {"values": state}}, selected_date=day)
    shown = desk.changed(AGENT, view["id"], view["hash"])
    real = day[:4] in ("2099", "1999", "9999") and day != "9999-12-31"
    assert block(shown, "date")["element"]["initial_date"] == (day if real else "2026-11-18")
    assert ("Dieser Tag ist nicht buchbar" in words_in(shown)) is real


PRIVATE = [
    "", "kein JSON", "null", "[]", "3", '"x"', "{}", '{"k": null}', '{"k": ["x"], "c": {"a": 1}, "f": 7, "l": []}',
    '{"k": "\\u0000", "c": "\\u0000", "f": "nobody"}', json.dumps({"k": "x" * 2000, "c": "x" * 500, "f": "y" * 500}),
    '{"c": "nobody", "f": "", "channel": 5}',
]  # fmt: skip


@pytest.mark.parametrize("private", PRIVATE)
def test_tampered_private_data_changes_nothing_but_the_booking(desk: Desk, private: str) -> None:
    known = {a.id for a in desk.appointments()}
    view = form_on(desk, DAY)
    values = desk.fill(view, desk.slot("Alex", 14))
    answer = forged_submission(desk, AGENT, view, state={"values": values}, private_metadata=private)
    assert answer["status"] == 200
    new = stored(desk, known)
    assert len(new) <= 1
    assert (answer["body"]["response_action"] == "update") == bool(new)
    with desk.engine.transaction(TEAM) as tx:
        for one in new:
            assert one.follows_id is None
            appointments.undo(tx, one.id)


@pytest.mark.parametrize(
    "state", [None, {}, {"values": {}}, {"values": {"name": {}}}, {"values": {"slot": {"pick.slot": {}}}}]
)
@pytest.mark.parametrize("user", USERS)
def test_a_missing_state_is_told_at_a_field(desk: Desk, user: str, state: Any) -> None:
    known = {a.id for a in desk.appointments()}
    for callback, view in (("book", form_on(desk, DAY, user)),):
        answer = forged_submission(desk, user, view, state=state)
        ((field, words),) = answer["body"]["errors"].items()
        assert field in {b["block_id"] for b in view["blocks"]}, callback
        assert ("Uhrzeit" if user == AGENT else "choose a time") in words
    assert stored(desk, known) == []


@pytest.mark.parametrize("callback", ["reschedule", "cancel", "book_more"])
@pytest.mark.parametrize("private", ["", "[]", '{"a": 5}', '{"a": "nobody"}', '{"a": ["x"]}'])
def test_other_submissions_without_their_data_are_answered(desk: Desk, callback: str, private: str) -> None:
    view = form_on(desk, DAY)
    values = desk.fill(view, desk.slot("Alex", 14)) | {"reason": {"my.reason": {"value": "krank"}}}
    answer = forged_submission(
        desk, AGENT, view, callback_id=callback, private_metadata=private, state={"values": values}
    )
    assert answer["status"] == 200
    body = answer["body"] or {}
    if "view" in body:
        valid(body["view"])
    if callback in ("reschedule", "cancel"):
        assert "Diesen Termin gibt es nicht mehr" in "".join(body["errors"].values())


@pytest.fixture(scope="module")
def elsewhere(desk: Desk) -> str:
    """An appointment of another workspace."""
    ensure_workspace(desk.engine, OTHER)
    with desk.engine.transaction(OTHER) as tx:
        apply(tx, parse_team(OTHER_TEAM))
        member = ensure_member(tx, "U0000000XX", "Xenia")
        member.role = Role.LEAD
        tx.add(member)
    with desk.engine.transaction(OTHER, member) as tx:
        (alex,) = list_consultants(tx)
        request = BookingRequest(alex.id, datetime(2026, 11, 19, 8, tzinfo=UTC), "Fremde Kundin", "0171 9990001")
        return appointments.book(tx, request).id


DEEDS = ["book.undo", "book.again", "my.undo", "my.move", "my.cancel", "my.reinstate", "conflict.move", "conflict.hand",
         "conflict.ignore"]  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("user", USERS)
def test_another_workspaces_appointment_does_not_exist(desk: Desk, elsewhere: str, deed: str, user: str) -> None:
    for value in (elsewhere, "nobody", "", "x" * 2000):
        last = [m["ts"] for m in desk.control.messages(user, BOT)]
        assert forged_action(desk, user, deed, value)["status"] == 200
        told = desk.control.wait_for(
            lambda seen=last: answered(desk, user, seen), what=f"an answer to {deed} {value[:20]}"
        )
        assert ("gibt es nicht mehr" if user == AGENT else "no longer exist") in words_in(told), (deed, value)
        assert "Fremde" not in words_in(told)
    with desk.engine.view(OTHER) as view:
        (row,) = view.session.exec(select(Appointment).where(Appointment.workspace_id == OTHER)).all()
        assert row.state == "booked"


def answered(desk: Desk, user: str, seen: list[str]) -> dict | None:
    """A message or a modal that was not there before."""
    for message in reversed(desk.control.messages(user, BOT)):
        if message["ts"] not in seen:
            return valid_message(message)
    views = desk.control.views(user)
    if views:
        desk.control.close(user, views[-1]["id"], everything=True)
        return views[-1]
    return None


def test_another_workspaces_customer_fills_nothing_in(desk: Desk, elsewhere: str) -> None:
    with desk.engine.view(OTHER) as view_there:
        customer = appointments.get_appointment(view_there, elsewhere).customer_id
    view = desk.open_form(AGENT)
    option = {"text": {"type": "plain_text", "text": "Fremde Kundin"}, "value": customer}
    desk.control.use(AGENT, view["id"], "book.customer", selected_option=option)
    shown = desk.changed(AGENT, view["id"], view["hash"])
    assert typed(shown, "name") is None
    assert (
        desk.control.suggest(AGENT, {"type": "view", "view_id": view["id"]}, "known", "book.customer", "fremde")[
            "options"
        ]
        == []
    )
    assert (
        desk.control.suggest(AGENT, {"type": "view", "view_id": view["id"]}, "known", "book.customer", "0171 9990001")[
            "options"
        ]
        == []
    )


@pytest.mark.parametrize(
    ("deed", "value"),
    [
        ("slots.show:on", ""), ("slots.show:on", "nonsense"), ("slots.show:on", "9999-12-31||"), ("slots.show:on", "0001-01-01"),
        ("slots.show:on", "2026-11-20|abc|"), ("slots.show:on", "2026-11-20|99999999|"), ("slots.show:on", "2026-11-20|²|"),
        ("slots.show:on", "week|x|nobody"), ("slots.show:who", "2026-11-20||nobody"), ("slots.show:on", "|||||"),
        ("slots.pin", "x" * 500), ("my.page:past", "past|2026-11-11T10:00:00|x"), ("my.page:more", "coming|zzz|"),
        ("book.open", "<!channel> *x*"), ("book.open", "nobody|1795075200"), ("slot.book:0", "a|99999999999"),
        ("help.open", "x"), ("my.open", "x"), ("slots.open", "x"), ("pick.why", "9999-12-31|nobody"), ("pick.why", "x"),
    ],
)  # fmt: skip
def test_forged_buttons_are_answered_in_words_or_with_what_there_is(desk: Desk, deed: str, value: str) -> None:
    last = [m["ts"] for m in desk.control.messages(AGENT, BOT)]
    view = desk.open_form(AGENT) if deed.startswith(("my.page", "pick")) else None
    before = [v["id"] for v in desk.control.views(AGENT)]
    assert forged_action(desk, AGENT, deed, value, view=view)["status"] == 200

    def answer() -> bool | None:
        views = desk.control.views(AGENT)
        new = [v for v in views if v["id"] not in before] or [v for v in views if view and v["hash"] != view["hash"]]
        messages = [m for m in desk.control.messages(AGENT, BOT) if m["ts"] not in last]
        for one in new:
            valid(one)
        for one in messages:
            valid_message(one)
        return True if new or messages else None

    desk.control.wait_for(answer, what=f"an answer to {deed} {value}")


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> *x* morgen",
        "😀" * 1000,
        "x" * 8000,
        "morgen " * 900,
        "\u202e\u200b",
        "99.99.2099 25:61",
        "0" * 4000,
        "-- ' ; \\",
    ],
)
@pytest.mark.parametrize("user", USERS)
def test_odd_words_after_the_command_open_a_form(desk: Desk, user: str, text: str) -> None:
    view = desk.open_form(user, text)
    assert mentions(view) == []
    last = max((m["ts"] for m in desk.control.messages(user, GENERAL)), default="0")
    desk.control.command(user, f"/slots {text}", GENERAL)
    told = desk.control.wait_for_message(user, GENERAL, lambda m: m["ephemeral"], after=last)
    valid_message(told)
    last = max((m["ts"] for m in desk.control.messages(user, BOT)), default="0")
    if text.strip("\u202e\u200b "):
        desk.control.message(user, BOT, text)
        told = desk.control.wait_for_message(user, BOT, lambda m: m["bot"], after=last)
        valid_message(told)


def test_an_unknown_interaction_is_acknowledged(desk: Desk) -> None:
    assert forged_action(desk, AGENT, "nothing.like.this", "x")["status"] == 200
    assert desk.open_form(AGENT)
