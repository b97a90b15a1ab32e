"""`/day`, as a consultant and everybody else meets it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.booking.outcomes.recording import record
from storage.tables import Outcome, ScheduleEntry, TimeOff
from tests.bot.outcomes_desk import OutcomesDesk, outcomes_desk, pressable
from tests.desk import AGENT_EN, ALEX, BOT, NOON, TEAM, valid_message, words_in

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def desk(database_folder: Path) -> Iterator[OutcomesDesk]:
    with outcomes_desk(database_folder) as opened:
        yield opened


def day(desk: OutcomesDesk, words: str = "", who: str = ALEX) -> dict[str, object]:
    """What `/day` answers."""
    seen = desk.control.messages(who, BOT)
    desk.control.command(who, f"/day {words}".strip())
    found = desk.control.wait_for_message(who, BOT, "", after=seen[-1]["ts"] if seen else "0")
    assert found["ephemeral"]
    return valid_message(found)


def test_a_consultant_sees_customers_free_hours_and_what_is_in_the_way(desk: OutcomesDesk) -> None:
    desk.over(NOON + 2 * HOUR, customer="Frau Sommer", phone="0171 2345678")
    with desk.engine.transaction(TEAM) as tx:
        team = {"workspace_id": TEAM, "consultant_id": desk.consultant("Alex")}
        for place, starts in enumerate(("14:00", "18:00", "20:00")):
            tx.add(ScheduleEntry(id=f"s{place}", weekday=2, starts=starts, minutes=60, capacity=3, **team))
        off = {"starts_at": NOON + 8 * HOUR, "ends_at": NOON + 9 * HOUR, "reason": "Chor <!here>", "created_at": NOON}
        tx.add(TimeOff(id="off", **team, **off))
    shown = words_in(day(desk))
    for words in ("Mittwoch, 18. November", "14:00–15:00", "Frau Sommer", "0171 2345678", "2 Plätze frei", "/off"):
        assert words in shown
    assert "*Frei:* 18:00" in shown
    assert shown.count("Chor &lt;!here&gt;") == 1, "what closes a start is not said to be in the way once more"


def test_what_closes_several_starts_is_said_once_and_over_a_booking_beside_it(desk: OutcomesDesk) -> None:
    next_week = NOON + 7 * 24 * HOUR
    desk.over(next_week + 2 * HOUR, customer="Frau Bald")
    with desk.engine.transaction(TEAM) as tx:
        team = {"workspace_id": TEAM, "consultant_id": desk.consultant("Alex")}
        off = {"starts_at": next_week, "ends_at": next_week + 10 * HOUR, "reason": "Messe", "created_at": NOON}
        tx.add(TimeOff(id="fair", **team, **off))
    shown = words_in(day(desk, "25.11.2026"))
    assert "*Nicht buchbar:* 18:00, 20:00 " in shown
    assert "14:00–15:00*\n⚠️ " in shown
    assert shown.count("Messe") == 2


def test_answers_are_given_from_the_day_itself(desk: OutcomesDesk) -> None:
    key = desk.over(NOON - 24 * HOUR, customer="Herr Kurz")
    asked = day(desk, "gestern")
    desk.press(ALEX, asked, "day.say:no_show", key)
    answered = desk.control.wait_for_message(ALEX, BOT, lambda m: ("outcome.open", key) in pressable(m))
    assert answered["ts"] == asked["ts"]
    assert desk.appointment(key).outcome == "no_show"
    desk.press(ALEX, answered, "outcome.open", key)
    modal = desk.control.wait_for_view(ALEX, "outcome.change")
    desk.control.submit(ALEX, modal["id"], {"outcome": {"choose": "completed"}})
    desk.control.wait_for(lambda: desk.appointment(key).outcome == "completed" or None)
    assert "\n✅ " in words_in(day(desk, "17.11.2026"))


def test_somebody_elses_answer_is_told_below_the_day(desk: OutcomesDesk) -> None:
    key = desk.over(NOON - 48 * HOUR, customer="Frau Lang")
    shown = day(desk, "16.11.2026")
    with desk.engine.transaction(TEAM, desk.member(AGENT_EN)) as tx:
        record(tx, key, Outcome.COMPLETED)
    desk.press(ALEX, shown, "day.say:no_show", key)
    told = desk.control.wait_for_message(ALEX, BOT, "Es ist schon eingetragen", after=str(shown["ts"]))
    assert f"<@{AGENT_EN}>" in words_in(told)
    assert desk.appointment(key).outcome == "completed"


def test_app_home_leads_to_the_day_and_to_missing_answers(desk: OutcomesDesk) -> None:
    key = desk.over(NOON - 72 * HOUR, customer="Frau Still")
    desk.run("outcomes.ask")
    desk.control.open_home(ALEX)
    home = desk.control.wait_for(lambda: _home_with(desk, "Deine Antwort fehlt noch"))
    desk.control.use(ALEX, home["id"], "day.open")
    modal = desk.control.wait_for_view(ALEX, "day")
    block = next(b["block_id"] for b in modal["blocks"] if b["type"] == "actions")
    for _ in range(3):
        before = modal["hash"]
        desk.control.use(ALEX, modal["id"], "day.show:back", block)
        modal = desk.control.wait_for_view(ALEX, "day", changed_from=before)
    assert "Frau Still" in words_in(modal)
    before = modal["hash"]
    desk.control.use(ALEX, modal["id"], "day.say:completed", f"say:{key}")
    modal = desk.control.wait_for_view(ALEX, "day", changed_from=before)
    desk.control.use(ALEX, modal["id"], "outcome.open", f"said:{key}")
    answering = desk.control.wait_for_view(ALEX, "outcome.change")
    before = modal["hash"]
    desk.control.submit(ALEX, answering["id"], {"outcome": {"choose": "no_show"}})
    modal = desk.control.wait_for_view(ALEX, "day", changed_from=before)
    assert "🚫" in words_in(modal)
    assert desk.appointment(key).outcome == "no_show"
    desk.control.close(ALEX, modal["id"])


def _home_with(desk: OutcomesDesk, words: str) -> dict[str, Any] | None:
    home = desk.control.home(ALEX)
    return home if home and words in words_in(home) else None


def test_days_are_turned_in_place(desk: OutcomesDesk) -> None:
    shown = day(desk, "24.12.2026")
    assert "Donnerstag, 24. Dezember" in words_in(shown)
    row = {one["action_id"]: one["text"]["text"] for one in shown["blocks"][1]["elements"]}
    assert (row["day.show:back"], row["day.show:on"]) == ("◀ Mi 23.12.", "Fr 25.12. ▶")
    desk.press(ALEX, shown, "day.show:on")
    turned = desk.control.wait_for_message(ALEX, BOT, lambda m: "Freitag, 25. Dezember" in words_in(m))
    assert turned["ts"] == shown["ts"]
    desk.press(ALEX, turned, "day.show:today")
    assert desk.control.wait_for_message(
        ALEX, BOT, lambda m: m["ts"] == shown["ts"] and "Mittwoch, 18. November" in words_in(m)
    )


def test_who_is_no_consultant_is_told_what_to_do(desk: OutcomesDesk) -> None:
    assert "You aren't set up as a consultant" in words_in(day(desk, who=AGENT_EN))


@pytest.mark.parametrize("words", ["<!channel> *irgendwann*", "x" * 3000])
def test_words_that_name_no_day_are_said_back_harmlessly(desk: OutcomesDesk, words: str) -> None:
    shown = words_in(day(desk, words))
    assert "Ich erkenne nicht, welcher Tag" in shown
    assert "<!channel>" not in shown


def test_a_day_with_very_many_appointments_still_fits(desk: OutcomesDesk) -> None:
    start = NOON - 10 * 24 * HOUR
    for n in range(36):
        desk.over(start + (n // 3) * HOUR / 2, customer="W" * 110 + str(n))
    shown = day(desk, "8.11.2026")
    assert len(shown["blocks"]) <= 50  # type: ignore[arg-type]
    assert "weitere Termine" in words_in(shown)
