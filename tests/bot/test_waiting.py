"""What App Home says is still to be answered or decided, by role; and that an answer given there is gone from it at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.booking.outcomes.recording import record
from sandbox.slack.blockkit import check_view
from storage.tables import Outcome
from tests.bot.outcomes_desk import OutcomesDesk, outcomes_desk, pressable
from tests.desk import ADMIN, AGENT_EN, ALEX, BEA, LEAD, NOON, TEAM, words_in


@pytest.fixture
def desk(database_folder: Path) -> Iterator[OutcomesDesk]:
    with outcomes_desk(database_folder) as opened:
        yield opened


def home(desk: OutcomesDesk, user: str) -> dict[str, Any]:
    """App Home as it is now."""
    before = desk.control.home(user)
    desk.control.open_home(user)
    shown = desk.control.wait_for_home(user, changed_from=before["hash"] if before else None)
    assert check_view({key: shown[key] for key in ("type", "blocks")}) == []
    return shown


def answer(desk: OutcomesDesk, user: str, shown: dict[str, Any], key: str, outcome: Outcome) -> dict[str, Any]:
    """Press the appointment's button in Home and choose; Home as it is then."""
    block = next(b for b in shown["blocks"] if (b.get("accessory") or {}).get("value") == key)
    desk.control.use(user, shown["id"], "outcome.open", block["block_id"])
    modal = desk.control.wait_for_view(user, "outcome.change")
    desk.control.submit(user, modal["id"], {"outcome": {"choose": outcome}})

    def without() -> dict[str, Any] | None:
        now = desk.control.home(user)
        return now if now is not None and ("outcome.open", key) not in pressable(now) else None

    return desk.control.wait_for(without, what="a home without it")


def test_a_lead_finds_disputes_and_what_nobody_answered_and_decides_there(desk: OutcomesDesk) -> None:
    disputed, overdue = desk.over(customer="Frau Streit"), desk.over(customer="Frau Offen")
    desk.run("outcomes.ask")
    for who, outcome in ((AGENT_EN, Outcome.NO_SHOW), (ALEX, Outcome.COMPLETED)):
        with desk.engine.transaction(TEAM, desk.member(who)) as tx:
            record(tx, disputed, outcome, claim=True)
    shown = home(desk, LEAD)
    assert "Frau Offen" not in words_in(shown), "the consultant still has time"
    desk.clock.forward(timedelta(hours=73))
    desk.run("outcomes.escalate")
    shown = home(desk, LEAD)
    against = f"🚫 didn't show up · <@{AGENT_EN}>", f"Against it: ✅ showed up · <@{ALEX}>. A lead decides."
    for words in ("For the leads to decide", "Frau Streit · Alex", "Frau Offen · Alex", "not answered yet", *against):
        assert words in words_in(shown)
    assert "Für die Leitung zu klären" in words_in(home(desk, ADMIN))
    for who in (ALEX, AGENT_EN):
        for words in ("leads to decide", "Für die Leitung"):
            assert words not in words_in(home(desk, who))
    shown = answer(desk, LEAD, shown, disputed, Outcome.COMPLETED)
    assert "Frau Streit" not in words_in(shown)
    shown = answer(desk, LEAD, shown, overdue, Outcome.NO_SHOW)
    assert "For the leads to decide" not in words_in(shown)
    assert desk.appointment(disputed).outcome == "completed"


def test_whoever_is_asked_in_a_consultants_place_finds_it_in_home(desk: OutcomesDesk) -> None:
    theirs = desk.over(customer="Frau Weber", consultant="Bea")
    desk.over(customer="Frau Krug", consultant="Alex")
    assert "Your answer is missing" not in words_in(home(desk, AGENT_EN)), "nobody has asked yet"
    desk.run("outcomes.ask")
    shown = home(desk, AGENT_EN)
    assert "Your answer is missing" in words_in(shown)
    assert "Frau Weber" in words_in(shown)
    assert "Frau Krug" not in words_in(shown), "Alex is asked"
    assert "Frau Krug" in words_in(home(desk, ALEX))
    assert "Your answer is missing" not in words_in(home(desk, BEA))
    assert "Frau Weber" not in words_in(answer(desk, AGENT_EN, shown, theirs, Outcome.COMPLETED))


def test_home_asks_for_a_few_at_a_time_and_says_that_there_are_more(desk: OutcomesDesk) -> None:
    keys = [desk.over(customer=f"Frau Nummer {n}") for n in range(8)]
    desk.run("outcomes.ask")
    shown = home(desk, ALEX)
    due = [value for action, value in pressable(shown) if action == "outcome.open"]
    assert len(due) == 6
    assert "Es gibt noch mehr" in words_in(shown)
    for key in due[:2]:
        shown = answer(desk, ALEX, shown, key, Outcome.COMPLETED)
    assert "Es gibt noch mehr" not in words_in(shown)
    assert {value for action, value in pressable(shown) if action == "outcome.open"} == set(keys) - set(due[:2])


def test_the_day_offers_to_book_the_new_time_of_what_was_rescheduled(desk: OutcomesDesk) -> None:
    key = desk.over(NOON - timedelta(hours=3))
    with desk.engine.transaction(TEAM, desk.member(ALEX)) as tx:
        record(tx, key, Outcome.RESCHEDULED)
    desk.control.command(ALEX, "/day")
    shown = desk.direct(ALEX, "Neuen Termin buchen")
    assert ("book.again", key) in pressable(shown)
    desk.press(ALEX, shown, "book.again", key)
    assert "Frau Weber" in str(desk.control.wait_for_view(ALEX, "book"))
