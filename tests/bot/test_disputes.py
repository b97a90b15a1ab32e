"""Two say different things: what each of them reads, until it is decided and after it was corrected."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.booking.outcomes.colours import colour_seen
from core.booking.outcomes.disputes import concede, open_dispute_of
from core.booking.outcomes.recording import record
from core.errors import NotAllowed
from storage.tables import Appointment, Outcome
from tests.bot.outcomes_desk import OutcomesDesk, outcomes_desk, pressable
from tests.desk import ADMIN, AGENT_EN, ALEX, BOT, GENERAL, LEAD, TEAM, words_in


@pytest.fixture
def desk(database_folder: Path) -> Iterator[OutcomesDesk]:
    with outcomes_desk(database_folder) as opened:
        yield opened


def claim(desk: OutcomesDesk, slack_id: str, key: str, outcome: Outcome) -> None:
    """Somebody says so elsewhere, and means it."""
    with desk.engine.transaction(TEAM, desk.member(slack_id)) as tx:
        record(tx, key, outcome, claim=True)


def quarrel(desk: OutcomesDesk) -> str:
    """The booker has said that nobody came, the consultant that somebody did; the appointment's id."""
    key = desk.over()
    claim(desk, AGENT_EN, key, Outcome.NO_SHOW)
    claim(desk, ALEX, key, Outcome.COMPLETED)
    return key


def test_everyone_who_spoke_hears_the_decision(desk: OutcomesDesk) -> None:
    key = quarrel(desk)
    dispute = desk.direct(LEAD, "What is right? Your answer decides.")
    desk.press(LEAD, dispute, "dispute.settle:completed")
    desk.direct(ALEX, f"Entschieden von <@{LEAD}>: ✅ erschienen")
    desk.quiet()
    for words in ("Somebody contradicts your answer", "The dispute about Wednesday, 18 November at 09:00 is decided."):
        assert f"Decided by <@{LEAD}>: ✅ showed up" in words_in(desk.direct(AGENT_EN, words))
    settled = desk.direct(LEAD, f"Decided by <@{LEAD}>")
    assert f"🚫 didn't show up\n<@{AGENT_EN}>" in words_in(settled), "whose answer it was can still be read"
    assert not pressable(settled)
    desk.quiet()
    assert len(desk.control.messages(LEAD, BOT)) == len(desk.control.messages(ADMIN, BOT)) == 1
    assert desk.appointment(key).outcome == "completed"


def test_the_booker_contradicts_the_consultant_from_the_list(desk: OutcomesDesk) -> None:
    key = desk.over()
    claim(desk, ALEX, key, Outcome.NO_SHOW)
    past = past_of(desk, AGENT_EN)
    assert "I see it differently" in words_in(past)
    desk.control.use(AGENT_EN, past["id"], "outcome.open")
    modal = desk.control.wait_for_view(AGENT_EN, "outcome.change")
    desk.control.submit(AGENT_EN, modal["id"], {"outcome": {"choose": "completed"}})
    desk.direct(LEAD, "Two different answers")
    desk.quiet()
    for view in desk.control.views(AGENT_EN):
        desk.control.close(AGENT_EN, view["id"], everything=True)
        break
    past = past_of(desk, AGENT_EN)
    assert "disputed" in words_in(past)
    assert "I see it differently" not in words_in(past), "it is said already"


def past_of(desk: OutcomesDesk, slack_id: str) -> dict[str, Any]:
    """Somebody's list of past appointments."""
    desk.control.command(slack_id, "/my", GENERAL)
    coming = desk.control.wait_for_view(slack_id, "my")
    desk.control.use(slack_id, coming["id"], "my.page:past")
    return desk.changed(slack_id, coming["id"], coming["hash"])


def test_who_is_contradicted_may_agree_and_no_lead_is_needed(desk: OutcomesDesk) -> None:
    key = quarrel(desk)
    told = desk.direct(AGENT_EN, "Somebody contradicts your answer for Wednesday, 18 November")
    for words in ("Frau Weber", "✅ showed up", f"<@{ALEX}>", "I agree: Showed up", "Otherwise a lead decides."):
        assert words in words_in(told)
    desk.press(AGENT_EN, told, "dispute.agree")
    settled = desk.direct(AGENT_EN, f"<@{AGENT_EN}> agrees: ✅ showed up")
    assert settled["ts"] == told["ts"]
    assert not pressable(settled)
    desk.direct(ALEX, f"<@{AGENT_EN}> stimmt zu: ✅ erschienen")
    desk.direct(LEAD, f"<@{AGENT_EN}> agrees")
    desk.quiet()
    assert len(desk.control.messages(AGENT_EN, BOT)) == 1
    assert desk.appointment(key).outcome == "completed"


def test_agreeing_is_for_the_one_whose_answer_stands_and_not_after_the_decision(desk: OutcomesDesk) -> None:
    key = quarrel(desk)
    told, dispute = desk.direct(AGENT_EN, "Somebody contradicts"), desk.direct(LEAD, "Two different answers")
    with desk.held_back():
        desk.press(LEAD, dispute, "dispute.settle:no_show")
        desk.direct(ALEX, f"Entschieden von <@{LEAD}>: 🚫 nicht erschienen")
        desk.press(AGENT_EN, told, "dispute.agree")
        desk.direct(AGENT_EN, "Somebody has decided this already", after=told["ts"])
    claim(desk, ALEX, key, Outcome.COMPLETED)
    with desk.engine.view(TEAM) as view:
        found = open_dispute_of(view, key)
    assert found is not None
    for who in (AGENT_EN, ALEX):
        with pytest.raises(NotAllowed), desk.engine.transaction(TEAM, desk.member(who)) as tx:
            concede(tx, found.id)
    assert desk.appointment(key).outcome == "no_show"


def test_a_claim_says_whose_it_is_and_can_be_taken_back(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.run("outcomes.ask")
    desk.direct(ALEX)
    claim(desk, AGENT_EN, key, Outcome.NO_SHOW)
    claim(desk, ALEX, key, Outcome.COMPLETED)
    shown = desk.direct(ALEX, f"Dagegen steht: ✅ erschienen · <@{ALEX}>. Die Leitung entscheidet.")
    desk.press(ALEX, shown, "outcome.open", key)
    modal = desk.control.wait_for_view(ALEX, "outcome.change")
    assert "Um das zurückzunehmen, wähle die eingetragene Antwort" in words_in(modal)
    desk.control.submit(ALEX, modal["id"], {"outcome": {"choose": "no_show"}})
    for who in (LEAD, AGENT_EN):
        desk.direct(who, "The claim was taken back: 🚫 didn't show up")
    desk.quiet()
    heard = words_in(desk.control.messages(ALEX, BOT))
    assert "Dagegen" not in heard
    assert "entschieden" not in heard


def test_the_modal_says_what_comes_of_an_answer_by_who_reads_it(desk: OutcomesDesk) -> None:
    key = quarrel(desk)
    desk.run("outcomes.ask")
    for who, words in ((LEAD, "Your answer decides."), (AGENT_EN, "If the other answer is right, choose it")):
        desk.control.open_home(who)
        message = desk.direct(LEAD, "Two different answers")
        if who == LEAD:
            desk.press(LEAD, message, "outcome.open", key)
        else:
            desk.control.command(AGENT_EN, "/my")
            mine = desk.control.wait_for_view(AGENT_EN, "my")
            desk.control.use(AGENT_EN, mine["id"], "my.page:past")
            mine = desk.control.wait_for_view(AGENT_EN, "my", changed_from=mine["hash"])
            desk.control.use(AGENT_EN, mine["id"], "outcome.open", f"do:{key}")
        assert words in words_in(desk.control.wait_for_view(who, "outcome.change"))


def test_a_correction_after_the_decision_is_told_to_everyone_who_spoke(desk: OutcomesDesk) -> None:
    key = quarrel(desk)
    desk.press(LEAD, desk.direct(LEAD, "Two different answers"), "dispute.settle:completed")
    desk.direct(AGENT_EN, "is decided")
    desk.quiet()
    claim(desk, ADMIN, key, Outcome.NO_SHOW)
    english = f"<@{ADMIN}> has corrected the outcome: ✅ showed up → 🚫 didn't show up"
    desk.direct(AGENT_EN, english)
    desk.direct(LEAD, english)
    desk.direct(ALEX, f"<@{ADMIN}> hat das Ergebnis geändert: ✅ erschienen → 🚫 nicht erschienen")
    desk.quiet()
    assert "geändert" not in words_in(desk.control.messages(ADMIN, BOT))
    assert f"Decided by <@{LEAD}>: ✅ showed up" in words_in(desk.control.messages(AGENT_EN, BOT)), "as it was then"


def test_a_colour_against_an_answer_is_told_to_its_author(desk: OutcomesDesk) -> None:
    key = desk.over()
    claim(desk, ALEX, key, Outcome.COMPLETED)
    for colour, words in (("11", "die Farbe im Kalender"), ("10", "Die Farbe wurde zurückgesetzt: ✅ erschienen")):
        with desk.engine.transaction(TEAM) as tx:
            colour_seen(tx, tx.session.get_one(Appointment, key), colour)
        assert "Jemand widerspricht deiner Antwort" in words_in(desk.direct(ALEX, words))
    desk.quiet()
    assert len(desk.control.messages(ALEX, BOT)) == 1
