"""The same payload again: Slack's retry, a double click, the same view submitted twice. Once is once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from core.events import AppointmentUndone
from storage.tables import JournalEntry, State
from tests import desk as at
from tests.desk import AGENT, BOOKINGS, GENERAL, Desk, open_desk
from tests.held import accounts

TIMES = 6


@pytest.fixture
def both(database_url: str) -> Iterator[Desk]:
    """A desk on each database, without Slack's message limit."""
    with open_desk(database_url, rate_limits=False) as opened:
        yield opened


def last_payload(desk: Desk, kind: str) -> dict[str, Any]:
    """What Slack sent last of this kind."""
    return dict(desk.control.deliveries(kind=kind)[-1]["body"])


def again(desk: Desk, payload: dict[str, Any], times: int = TIMES, *, at_once: bool) -> list[dict[str, Any]]:
    """The same interaction, signed anew as Slack's retry is, one after the other or all at the same time."""
    body = urlencode({"payload": json.dumps(payload)})
    headers = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    with ThreadPoolExecutor(times if at_once else 1) as threads:
        answers = list(threads.map(lambda _: desk.control.raw(body, headers), range(times)))
    assert [answer["status"] for answer in answers] == [200] * times
    return answers


def journal(desk: Desk, kind: str) -> int:
    with desk.engine.view(at.TEAM) as view:
        return len(view.session.exec(select(JournalEntry).where(JournalEntry.kind == kind)).all())


def all_in_order(desk: Desk) -> None:
    desk.quiet(20)
    assert accounts.contradictions(desk.engine, desk.world) == []


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "at once"])
def test_the_same_view_submitted_again_is_one_booking(both: Desk, at_once: bool) -> None:
    appointment = both.book(9)
    for answer in again(both, last_payload(both, "interactive"), at_once=at_once):
        assert answer["body"]["response_action"] == "update"
        assert appointment.id in answer["body"]["view"]["private_metadata"], "everybody is told of the one booking"
    assert [one.id for one in both.appointments()] == [appointment.id]
    assert journal(both, "AppointmentBooked") == 1
    all_in_order(both)


def test_a_first_submission_that_comes_several_times_at_once_is_one_booking(both: Desk) -> None:
    view = both.choose_day(AGENT, both.open_form(), at.DAY)
    values = both.fill(view, both.slot("Alex", 11))
    with ThreadPoolExecutor(TIMES) as threads:
        pressed = [threads.submit(both.control.submit, AGENT, view["id"], values) for _ in range(TIMES)]
        answers = [one.result() for one in pressed]
    assert {answer["action"] for answer in answers} == {"update"}
    assert len(both.appointments()) == 1
    assert both.control.views(AGENT)[-1]["callback_id"] == "book_more"
    all_in_order(both)


def test_two_clicks_on_undo_take_back_once(both: Desk) -> None:
    appointment = both.book(9)
    view = both.control.views(AGENT)[-1]
    both.control.use(AGENT, view["id"], "book.undo")
    undone = both.changed(AGENT, view["id"], view["hash"])
    again(both, last_payload(both, "interactive"), at_once=True)
    both.bot.runner.executor.submit(int).result()
    all_in_order(both)
    assert [one.state for one in both.appointments()] == [State.UNDONE]
    assert journal(both, AppointmentUndone.__name__) == 1
    assert both.events("alex@example.com") == []
    assert both.control.views(AGENT)[-1]["title"] == undone["title"]
    assert appointment.id


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "at once"])
def test_a_cancellation_that_comes_again_cancels_once(both: Desk, at_once: bool) -> None:
    appointment = both.book(9)
    both.control.close(AGENT, both.control.views(AGENT)[0]["id"], everything=True)
    both.control.command(AGENT, "/my", GENERAL)
    mine = both.control.wait_for_view(AGENT, "my")
    both.control.use(AGENT, mine["id"], "my.cancel", f"do:{appointment.id}")
    asked = both.control.wait_for_view(AGENT, "cancel")
    values = {"reason": {"my.reason": {"type": "plain_text_input", "value": "Kunde krank"}}}
    assert both.control.submit(AGENT, asked["id"], values)["action"] == "update"
    for answer in again(both, last_payload(both, "interactive"), at_once=at_once):
        assert answer["body"]["response_action"] in ("update", "errors")
    assert journal(both, "AppointmentCancelled") == 1
    all_in_order(both)


def test_an_outcome_pressed_many_times_is_recorded_once(both: Desk) -> None:
    both.book(9)
    both.control.close(AGENT, both.control.views(AGENT)[0]["id"], everything=True)
    both.quiet()
    both.clock.set(at.NOON.replace(day=19, hour=10))
    both.run("outcomes.ask")
    both.quiet()
    asked = both.control.wait_for_message(at.ALEX, "U0SLOTBOT1")
    button = next(
        (block["block_id"], element["action_id"])
        for block in asked["blocks"]
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if "completed" in str(element)
    )
    both.control.click(at.ALEX, "U0SLOTBOT1", asked["ts"], button[1], button[0])
    again(both, last_payload(both, "interactive"), at_once=True)
    both.control.wait_for(lambda: both.appointments()[0].outcome, what="the outcome")
    all_in_order(both)
    assert both.appointments()[0].outcome == "completed"
    assert journal(both, "OutcomeRecorded") == 1


def test_the_same_event_again_is_answered_once(both: Desk) -> None:
    both.control.message(AGENT, "U0SLOTBOT1", "morgen 14 Uhr bei Alex, Frau Weber")
    both.control.settle()
    direct = both.control.wait_for_message(
        AGENT, "U0SLOTBOT1", lambda message: message.get("bot_id") or message["user"] != AGENT
    )
    body = json.dumps(last_payload(both, "events_api"))
    headers = {"X-Slack-Retry-Num": "2", "X-Slack-Retry-Reason": "http_error"}
    with ThreadPoolExecutor(TIMES) as threads:
        assert {one["status"] for one in threads.map(lambda _: both.control.raw(body, headers), range(TIMES))} == {200}
    both.bot.runner.stop()  # everything that was accepted has been answered
    said = [message for message in both.control.messages(AGENT, "U0SLOTBOT1") if message["user"] != AGENT]
    assert [message["ts"] for message in said] == [direct["ts"]]
    assert both.control.messages(AGENT, BOOKINGS) == []
