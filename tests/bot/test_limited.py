"""Slack takes an answer later, or not by this way: whoever waits for it hears something all the same."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.desk import AGENT, BOT, DAY, GENERAL, Desk

BUSY = "Gerade ist viel los"


def said_after(desk: Desk, channel: str, act: Callable[[], object], words: str) -> dict[str, Any]:
    newest = max([m["ts"] for m in desk.control.messages(AGENT, channel)] or ["0"])
    act()
    return desk.control.wait_for_message(AGENT, channel, words, after=newest)


def test_a_limited_update_of_a_modal_comes_a_moment_later(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    view = desk.open_form()
    desk.control.faults(
        slack={"mode": "status", "status": 429, "retry_after": 1, "methods": ["views.update"], "times": 1}
    )
    began = time.monotonic()
    shown = desk.choose_day(AGENT, view, DAY)
    assert time.monotonic() - began >= 1
    assert desk.slot("Alex", 9) in str(shown["blocks"])
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


def test_a_limited_update_does_not_replace_what_the_modal_has_become_since(desk: Desk) -> None:
    view = desk.choose_day(AGENT, desk.open_form(), DAY)
    desk.control.faults(
        slack={"mode": "status", "status": 429, "retry_after": 1, "methods": ["views.update"], "times": 1}
    )
    since = desk.control.last_call()
    desk.control.use(AGENT, view["id"], "pick.date", selected_date=(DAY + timedelta(days=1)).isoformat())
    desk.control.wait_for(lambda: desk.control.calls(since, "views.update") or None)
    assert desk.control.submit(AGENT, view["id"], desk.fill(view, desk.slot("Alex", 14)))["action"] == "update"
    time.sleep(1.5)
    (shown,) = desk.control.views(AGENT)
    assert shown["callback_id"] == "book_more"


def test_a_limited_modal_is_asked_for_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.control.faults(slack={"mode": "status", "status": 429, "retry_after": 30, "methods": ["views.open"]})
    said_after(desk, GENERAL, lambda: desk.control.command(AGENT, "/book", GENERAL), BUSY)
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


@pytest.mark.parametrize("channel", [BOT, GENERAL])
@pytest.mark.parametrize("status", [404, 429, 500])
def test_words_come_another_way_when_their_address_refuses_them(desk: Desk, status: int, channel: str) -> None:
    """The bot is not in the second channel: there they come as a direct message."""
    desk.control.faults(slack={"mode": "status", "status": status, "methods": ["response_url"]})
    said_after(desk, BOT, lambda: desk.control.command(AGENT, "/slots nonsense", channel), "nonsense")
