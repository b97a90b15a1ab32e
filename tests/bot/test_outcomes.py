"""The question, the answers, escalation, disputes and corrections, as people in Slack meet them."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import notify
from core.booking.outcomes.colours import colour_seen
from core.booking.outcomes.recording import record
from core.events import OutcomeAsked
from storage.tables import Appointment, Member, Outcome, Role, State
from tests.bot.outcomes_desk import OutcomesDesk, outcomes_desk, pressable
from tests.desk import ADMIN, ADMINS, AGENT_EN, ALEX, BOOKINGS, BOT, LEAD, NOON, TEAM, words_in


@pytest.fixture
def desk(database_folder: Path) -> Iterator[OutcomesDesk]:
    with outcomes_desk(database_folder) as opened:
        yield opened


def say(desk: OutcomesDesk, slack_id: str, key: str, outcome: Outcome) -> None:
    """Somebody answers elsewhere."""
    with desk.engine.transaction(TEAM, desk.member(slack_id)) as tx:
        record(tx, key, outcome)


def test_the_consultant_is_asked_and_the_message_shows_the_answers(desk: OutcomesDesk) -> None:
    first, second = desk.over(), desk.over(customer="Herr *Krug* <!channel>")
    desk.run("outcomes.ask")
    asked = desk.direct(ALEX)
    assert asked["text"].startswith("Wie gingen diese 2 Termine am Mittwoch, 18. November aus?")
    assert "Frau Weber" in words_in(asked)
    assert "<!channel>" not in words_in(asked)
    desk.press(ALEX, asked, "outcome.say:completed", first)
    answered = desk.direct(ALEX, f"· <@{ALEX}>")
    assert answered["ts"] == asked["ts"]
    assert desk.appointment(first).outcome == "completed"
    desk.press(ALEX, answered, "outcome.say:rescheduled", second)
    done = desk.direct(ALEX, "Alles beantwortet")
    assert desk.appointment(second).state == State.CANCELLED
    assert ("book.again", second) in pressable(done)


def test_a_second_sweep_and_a_second_click_change_nothing(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.run("outcomes.ask")
    asked = desk.direct(ALEX)
    desk.run("outcomes.ask")
    desk.run("outcomes.evening")
    pressing = [threading.Thread(target=desk.press, args=(ALEX, asked, "outcome.say:no_show", key)) for _ in range(2)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    desk.direct(ALEX, f"· <@{ALEX}>")
    desk.quiet()
    assert len(desk.control.messages(ALEX, BOT)) == 1
    assert desk.journal(key) == ["AppointmentBooked", "OutcomeAsked", "OutcomeRecorded"]


def test_without_a_slack_consultant_the_booker_is_asked_in_their_language(desk: OutcomesDesk) -> None:
    key = desk.over(consultant="Bea")
    desk.run("outcomes.ask")
    asked = desk.direct(AGENT_EN, "How did this appointment on Wednesday, 18 November go?")
    assert "Bea" in words_in(asked)
    desk.press(AGENT_EN, asked, "outcome.say:cancelled", key)
    desk.direct(AGENT_EN, "All answered")
    assert desk.appointment(key).outcome_by == desk.member(AGENT_EN).id


def test_a_colour_answers_without_a_question(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.colour(key, "11")
    desk.run("outcomes.ask")
    desk.quiet()
    assert desk.appointment(key).outcome == "no_show"
    assert desk.control.messages(ALEX, BOT) == []


def test_after_three_days_the_leads_are_asked_and_the_channel_hears_no_names(desk: OutcomesDesk) -> None:
    key = desk.over(customer="Frau Geheim", phone="0171 2345678")
    desk.run("outcomes.ask")
    desk.direct(ALEX)
    desk.clock.forward(timedelta(hours=72))
    desk.run("outcomes.escalate")
    asked = desk.direct(LEAD, "Nobody has said how this appointment on Wednesday, 18 November ended")
    desk.direct(ADMIN, "Niemand hat gesagt, wie dieser Termin")
    desk.direct(ALEX, "Die Leitung ist inzwischen auch gefragt; deine Antwort zählt weiterhin.")
    posted = desk.control.wait_for_message(LEAD, ADMINS, "")
    assert "Alex" in words_in(posted)
    assert not [word for word in ("Geheim", "2345678") if word in words_in(posted)]
    desk.press(LEAD, asked, "outcome.say:completed", key)
    desk.direct(LEAD, "All answered")
    desk.direct(ADMIN, "Alles beantwortet")
    desk.direct(ALEX, "Alles beantwortet")
    desk.control.wait_for_message(LEAD, ADMINS, lambda m: "✅" in words_in(m))


def test_somebody_elses_answer_is_told_on_top_of_the_day_and_ones_own_is_then_seen_in_it(desk: OutcomesDesk) -> None:
    desk.control.open_home(ALEX)
    home = desk.control.wait_for_home(ALEX)
    key = desk.over(NOON - timedelta(hours=4), customer="Herr Anders")
    desk.control.use(ALEX, home["id"], "day.open")
    modal = desk.control.wait_for_view(ALEX, "day")
    with desk.engine.transaction(TEAM, desk.member(AGENT_EN)) as tx:
        record(tx, key, Outcome.COMPLETED)
    desk.control.use(ALEX, modal["id"], "day.say:no_show", f"say:{key}")
    told = desk.control.wait_for_view(ALEX, "outcome.note")
    assert "Es ist schon eingetragen" in words_in(told)
    desk.control.use(ALEX, told["id"], "outcome.claim:no_show")
    assert "Leitung" in words_in(desk.control.wait_for_view(ALEX, "outcome.note", changed_from=told["hash"]))
    below = desk.changed(ALEX, modal["id"], modal["hash"])
    assert "sagt etwas anderes" in words_in(below) or "⚖️" in words_in(below)
    desk.control.close(ALEX, modal["id"], everything=True)


def test_a_contradiction_is_told_and_becomes_a_dispute_that_a_lead_decides(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.run("outcomes.ask")
    asked = desk.direct(ALEX)
    with desk.held_back():  # the booker's answer has not reached the consultant's message yet
        say(desk, AGENT_EN, key, Outcome.NO_SHOW)
        desk.press(ALEX, asked, "outcome.say:completed", key)
        refused = desk.direct(ALEX, "Es ist schon eingetragen", after=asked["ts"])
    assert f"<@{AGENT_EN}>" in words_in(refused)
    assert desk.appointment(key).outcome == "no_show"
    desk.press(ALEX, refused, "outcome.claim:completed", key)
    dispute = desk.direct(LEAD, "Two different answers")
    wanted = ("Frau Weber", "✅ showed up", "🚫 didn't show up", f"<@{ALEX}>", f"<@{AGENT_EN}>")
    assert [words for words in wanted if words not in words_in(dispute)] == []
    german = desk.direct(ADMIN, "Zwei verschiedene Antworten")
    assert desk.appointment(key).outcome == "no_show"
    with desk.held_back():
        desk.press(LEAD, dispute, "dispute.settle:completed")
        desk.control.wait_for(lambda: desk.appointment(key).outcome == "completed" or None)
        desk.press(ADMIN, german, "dispute.settle:no_show")
        desk.direct(ADMIN, "Das hat schon jemand entschieden")
    desk.direct(LEAD, f"Decided by <@{LEAD}>: ✅ showed up")
    desk.direct(ADMIN, f"Entschieden von <@{LEAD}>")
    desk.direct(ALEX, f"Entschieden von <@{LEAD}>", after=refused["ts"])
    assert desk.appointment(key).outcome == "completed"


def test_an_answer_is_corrected_in_a_modal(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.run("outcomes.ask")
    asked = desk.direct(ALEX)
    desk.press(ALEX, asked, "outcome.say:cancelled", key)
    desk.press(ALEX, desk.direct(ALEX, "Ändern"), "outcome.open", key)
    modal = desk.control.wait_for_view(ALEX, "outcome.change")
    assert "Deine Antwort ersetzt" in words_in(modal)
    desk.control.submit(ALEX, modal["id"], {"outcome": {"choose": "completed"}})
    desk.control.wait_for_message(ALEX, BOT, lambda m: "✅" in words_in(m["blocks"][1]))
    assert desk.control.views(ALEX) == []
    assert (desk.appointment(key).outcome, desk.appointment(key).state) == ("completed", State.BOOKED)


def test_somebody_elses_answer_is_disputed_in_the_same_modal(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.run("outcomes.ask")
    desk.direct(ALEX)
    say(desk, AGENT_EN, key, Outcome.NO_SHOW)
    desk.press(ALEX, desk.direct(ALEX, f"<@{AGENT_EN}>"), "outcome.open", key)
    modal = desk.control.wait_for_view(ALEX, "outcome.change")
    assert "entscheidet die Leitung" in words_in(modal)
    desk.control.submit(ALEX, modal["id"], {"outcome": {"choose": "completed"}})
    note = desk.control.wait_for_view(ALEX, "outcome.note")
    assert "An die Leitung weitergegeben" in words_in(note)
    dispute = desk.direct(LEAD, "Two different answers")
    desk.press(LEAD, dispute, "outcome.open", key)
    modal = desk.control.wait_for_view(LEAD, "outcome.change")
    desk.control.submit(LEAD, modal["id"], {"outcome": {"choose": "rescheduled"}})
    desk.direct(LEAD, f"Decided by <@{LEAD}>: ↪️ rescheduled")
    assert desk.appointment(key).outcome == "rescheduled"


def test_what_is_answered_before_the_question_leaves_is_not_asked_about(desk: OutcomesDesk) -> None:
    key = desk.over()
    with desk.engine.transaction(TEAM, desk.member(AGENT_EN)) as tx:
        row = tx.session.get_one(Appointment, key)
        row.asked_at = NOON
        tx.add(row)
        tx.emit(OutcomeAsked(subject=key))
        record(tx, key, Outcome.COMPLETED)
    desk.quiet()
    assert desk.control.messages(ALEX, BOT) == []


def test_a_colour_against_an_answer_is_disputed_and_putting_it_back_ends_it(desk: OutcomesDesk) -> None:
    key = desk.over()
    say(desk, ALEX, key, Outcome.COMPLETED)
    for colour, words in (("11", "Against it"), ("10", "The colour was put back: ✅ showed up")):
        with desk.engine.transaction(TEAM) as tx:
            colour_seen(tx, tx.session.get_one(Appointment, key), colour)
        assert "colour in the calendar" in words_in(desk.direct(LEAD, words))
    assert desk.appointment(key).outcome == "completed"


def test_someone_who_is_no_lead_any_more_cannot_decide(desk: OutcomesDesk) -> None:
    key = desk.over()
    say(desk, ALEX, key, Outcome.COMPLETED)
    with desk.engine.transaction(TEAM) as tx:
        colour_seen(tx, tx.session.get_one(Appointment, key), "11")
    dispute = desk.direct(LEAD, "Two different answers")
    with desk.engine.transaction(TEAM) as tx:
        member = tx.session.get_one(Member, desk.member(LEAD).id)
        member.role = Role.MEMBER
        tx.add(member)
    desk.press(LEAD, dispute, "dispute.settle:no_show")
    desk.direct(LEAD, "Only leads and admins may do this")
    assert desk.appointment(key).outcome == "completed"


def test_the_list_of_own_appointments_records_and_corrects(desk: OutcomesDesk) -> None:
    key = desk.over()
    desk.control.command(AGENT_EN, "/my")
    shown = desk.control.wait_for_view(AGENT_EN, "my")
    desk.control.use(AGENT_EN, shown["id"], "my.page:past", "tabs")
    shown = desk.control.wait_for_view(AGENT_EN, "my", changed_from=shown["hash"])
    for outcome, sign in (("no_show", "🚫"), ("completed", "✅")):
        desk.control.use(AGENT_EN, shown["id"], "outcome.open", f"do:{key}")
        modal = desk.control.wait_for_view(AGENT_EN, "outcome.change")
        desk.control.submit(AGENT_EN, modal["id"], {"outcome": {"choose": outcome}})
        shown = desk.control.wait_for_view(AGENT_EN, "my", changed_from=shown["hash"])
        assert sign in words_in(shown)
    assert desk.appointment(key).outcome == "completed"
    assert desk.journal(key)[1:] == ["OutcomeRecorded", "OutcomeRecorded"]


def test_the_post_of_a_booking_takes_the_outcome_over_and_an_imported_one_stays_unposted(desk: OutcomesDesk) -> None:
    posted, imported = desk.over(customer="Frau Geheim"), desk.over()
    with desk.engine.transaction(TEAM) as tx:
        notify.say(tx, "booking", BOOKINGS, posted)
    desk.quiet()
    for key in (posted, imported):
        say(desk, ALEX, key, Outcome.NO_SHOW)
    found = desk.control.wait_for_message(AGENT_EN, BOOKINGS, lambda m: "🚫" in words_in(m))
    desk.quiet()
    assert "Geheim" not in words_in(found)
    assert len(desk.control.messages(AGENT_EN, BOOKINGS)) == 1
