"""Something that nobody thought of goes wrong, before and after the acknowledgement: the caller hears of it, with a number."""

import re
from typing import Any

import pytest

from core.booking import appointments as booking
from tests.desk import AGENT, AGENT_EN, DAY, GENERAL, Desk

NUMBER = re.compile(r"\b[0-9a-f]{8}\b")
WORDS = {AGENT: "schiefgegangen", AGENT_EN: "went wrong"}


def breaks(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a mistake of ours")


@pytest.mark.parametrize("user", [AGENT, AGENT_EN])
def test_a_submission_that_breaks_keeps_what_was_typed(
    desk: Desk, user: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    view = desk.choose_day(user, desk.open_form(user), DAY)
    values = desk.fill(view, desk.slot("Alex", 9))
    monkeypatch.setattr(booking, "book", breaks)
    answer = desk.control.submit(user, view["id"], values)
    assert answer["action"] == "errors"
    said = str(answer["errors"])
    assert WORDS[user] in said, said
    number = NUMBER.search(said)
    assert number is not None
    assert number[0] in caplog.text, "the number leads to the log entry"
    monkeypatch.undo()
    assert desk.control.submit(user, view["id"], values)["action"] == "update"


@pytest.mark.parametrize("user", [AGENT, AGENT_EN])
def test_a_command_that_breaks_after_its_acknowledgement_says_so(
    desk: Desk, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.features.agenda.listing.my_modal", breaks)
    assert desk.control.command(user, "/my", GENERAL)["ok"]
    told = desk.control.wait_for_message(user, GENERAL, lambda message: WORDS[user] in message["text"])
    assert NUMBER.search(told["text"])
    assert desk.control.messages(AGENT if user == AGENT_EN else AGENT_EN, GENERAL) == [], "nobody else sees it"


def test_a_button_in_a_modal_that_breaks_says_so_on_top_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = desk.book(9)
    view = desk.control.views(AGENT)[-1]
    monkeypatch.setattr(booking, "undo", breaks)
    desk.control.use(AGENT, view["id"], "book.undo")
    on_top = desk.control.wait_for_view(AGENT, "words", other_than=view["id"])
    assert WORDS[AGENT] in str(on_top["blocks"])
    assert [one.id for one in desk.appointments()] == [appointment.id]


def test_slack_that_refuses_a_modal_is_told_to_the_caller_in_words(desk: Desk) -> None:
    desk.control.faults(slack={"mode": "status", "status": 500, "methods": ["views.open"]})
    assert desk.control.command(AGENT, "/my", GENERAL)["ok"]
    desk.control.wait_for_message(AGENT, GENERAL, lambda message: WORDS[AGENT] in message["text"])


def test_what_follows_a_submission_and_breaks_is_told_and_the_submission_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = desk.book(9)
    desk.control.close(AGENT, desk.control.views(AGENT)[0]["id"], everything=True)
    desk.control.command(AGENT, "/my", GENERAL)
    mine = desk.control.wait_for_view(AGENT, "my")
    desk.control.use(AGENT, mine["id"], "my.cancel", f"do:{appointment.id}")
    asked = desk.control.wait_for_view(AGENT, "cancel")
    monkeypatch.setattr("bot.features.agenda.cancelling.list_below", breaks)
    values = {"reason": {"my.reason": {"type": "plain_text_input", "value": "krank"}}}
    assert desk.control.submit(AGENT, asked["id"], values)["action"] == "update"
    desk.control.wait_for_message(AGENT, "U0SLOTBOT1", lambda message: WORDS[AGENT] in message["text"])
    assert desk.appointments()[0].state == "cancelled"
