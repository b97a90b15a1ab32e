"""The sweeps: colour first, then one question, after three days the leads; late, twice, and at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event

from core.booking.outcomes.asking import BATCH, ask_due, close_day, escalate_due, respondent_of
from core.booking.outcomes.overview import asked_together, escalated_together
from core.booking.outcomes.recording import record
from core.booking.seats import lock
from core.events import Event, OutcomeAsked, OutcomeRecorded
from core.transaction import Transaction
from storage.tables import Appointment, Member, Outcome, State, Workspace
from tests.core.booking.outcomes.firm import NOON, Firm, W

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(("ended", "asked"), [(29, False), (30, True), (31, True), (-1, False)])
def test_who_ended_half_an_hour_ago_is_asked_about(firm: Firm, ended: int, asked: bool) -> None:
    key = firm.appointment(NOON - HOUR - ended * MINUTE)
    assert ask_due(firm.engine, W).asked == asked
    assert (firm.row(key).asked_at == NOON) == asked
    assert firm.kinds(key) == (["OutcomeAsked"] if asked else [])


def test_the_colour_in_the_mirror_comes_first(firm: Firm) -> None:
    coloured, contradicted, plain, other = (firm.appointment() for _ in range(4))
    firm.colour(coloured, "11")
    firm.colour(coloured, None, calendar="central")
    firm.colour(contradicted, "11")
    firm.colour(contradicted, "10", calendar="central")
    firm.colour(other, "8")
    swept = ask_due(firm.engine, W)
    assert (swept.recorded, swept.asked) == (1, 3)
    assert (firm.row(coloured).outcome, firm.row(coloured).outcome_source) == (Outcome.NO_SHOW, "colour")
    assert firm.row(coloured).asked_at is None
    assert all(firm.row(key).asked_at for key in (contradicted, plain, other))


def test_nothing_is_asked_twice(firm: Firm) -> None:
    keys = [firm.appointment(), firm.appointment(consultant="c-bea")]
    ask_due(firm.engine, W)
    firm.now += 10 * MINUTE
    assert ask_due(firm.engine, W).asked == 0
    assert [firm.kinds(key) for key in keys] == [["OutcomeAsked"]] * 2


def test_two_sweeps_at_once_ask_once(firm: Firm) -> None:
    keys = [firm.appointment() for _ in range(12)]
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(ask_due(firm.engine, W).asked)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 12
    assert all(firm.kinds(key) == ["OutcomeAsked"] for key in keys)


def test_what_is_answered_while_the_sweep_is_under_way_is_left_alone(firm: Firm) -> None:
    first, second, third = (firm.appointment(NOON - n * HOUR) for n in (5, 4, 3))
    firm.colour(third, "11")

    def meanwhile(tx: Transaction, event: Event) -> None:
        if event.subject == first:
            record(tx, second, Outcome.COMPLETED)

    def before_all(tx: Transaction, event: Event) -> None:
        if event.subject == third:
            row = lock(tx, first)
            row.state = State.UNDONE
            tx.add(row)

    firm.engine.reactions = {OutcomeAsked: (meanwhile,)}
    assert ask_due(firm.engine, W).asked == 1
    assert firm.kinds(second) == ["OutcomeRecorded"]
    firm.now += DAY
    first, third = firm.appointment(NOON + DAY - 5 * HOUR), firm.appointment(NOON + DAY - 3 * HOUR)
    firm.colour(third, "11")
    firm.engine.reactions = {OutcomeRecorded: (before_all,)}
    assert ask_due(firm.engine, W).asked == 0
    assert firm.kinds(first) == []


def test_the_consultant_is_asked_else_the_booker_else_the_leads(firm: Firm) -> None:
    own, booked, nobody = (
        firm.appointment(),
        firm.appointment(consultant="c-bea"),
        firm.appointment(consultant="c-bea", booker="other"),
    )
    with firm.engine.transaction(W) as tx:
        tx.session.get_one(Member, "m-other").active = False
    with firm.engine.view(W) as view:
        asked = [respondent_of(view, firm.row(key)) for key in (own, booked, nobody)]
    assert asked == ["m-alex", "m-booker", None]
    swept = ask_due(firm.engine, W)
    assert (swept.asked, swept.escalated) == (2, 1)
    assert firm.kinds(nobody) == ["OutcomeEscalated"]


def test_after_a_long_absence_a_person_gets_one_day_at_a_time(firm: Firm) -> None:
    days = [[firm.appointment(NOON - n * DAY - 2 * HOUR) for _ in range(2)] for n in range(4)]
    for n in range(4):
        assert ask_due(firm.engine, W).asked == 2
        assert all(firm.row(key).asked_at for key in days[n])
        firm.now += 10 * MINUTE
    assert ask_due(firm.engine, W).asked == 0


def test_a_message_holds_twenty_and_the_rest_follows(firm: Firm) -> None:
    keys = [firm.appointment(NOON - 3 * HOUR) for _ in range(23)]
    assert [ask_due(firm.engine, W).asked for _ in range(3)] == [20, 3, 0]
    assert all(firm.row(key).asked_at for key in keys)


def test_more_than_a_batch_is_read_through(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.booking.outcomes.asking.BATCH", 3)
    keys = [firm.appointment(NOON - 3 * HOUR - (n // 4) * DAY) for n in range(11)]
    for key in keys:
        firm.colour(key, "10")
    assert ask_due(firm.engine, W).recorded == 11
    assert BATCH > 20


def test_what_is_asked_together_is_shown_together_answered_or_not(firm: Firm) -> None:
    first, second = firm.appointment(), firm.appointment(NOON - 5 * HOUR)
    ask_due(firm.engine, W)
    firm.act("booker", record, second, Outcome.CANCELLED)
    later = firm.appointment()
    firm.now += 10 * MINUTE
    ask_due(firm.engine, W)
    with firm.engine.view(W) as view:
        shown = asked_together(view, "m-alex", "c-alex", NOON.date(), NOON)
        again = asked_together(view, "m-alex", "c-alex", NOON.date(), firm.now)
        foreign = asked_together(view, "m-other", "c-alex", NOON.date(), NOON)
    assert [(e.appointment_id, e.outcome, e.said_by) for e in shown] == [
        (second, Outcome.CANCELLED, "UBOOKER"),
        (first, None, None),
    ]
    assert [e.appointment_id for e in again] == [later]
    assert foreign == []


def test_after_72_hours_the_leads_are_asked_once(firm: Firm) -> None:
    silent, answered = firm.appointment(), firm.appointment()
    ask_due(firm.engine, W)
    firm.act("alex", record, answered, Outcome.COMPLETED)
    firm.now = NOON + 72 * HOUR - MINUTE
    assert escalate_due(firm.engine, W).escalated == 0
    firm.now = NOON + 72 * HOUR
    assert escalate_due(firm.engine, W).escalated == 1
    assert escalate_due(firm.engine, W).escalated == 0
    assert firm.kinds(silent) == ["OutcomeAsked", "OutcomeEscalated"]
    assert "OutcomeEscalated" not in firm.kinds(answered)
    with firm.engine.view(W) as view:
        (shown,) = escalated_together(view, NOON.date(), firm.now)
    assert (shown.appointment_id, shown.consultant) == (silent, "Alex")
    assert firm.row(silent).outcome is None  # never guessed


def test_the_evening_reads_the_colours_of_what_was_asked_already(firm: Firm) -> None:
    asked = firm.appointment()
    ask_due(firm.engine, W)
    firm.colour(asked, "10")
    late = firm.appointment(NOON + HOUR)
    firm.now = NOON + 3 * HOUR
    swept = close_day(firm.engine, W)
    assert (swept.recorded, swept.asked) == (1, 1)
    assert firm.row(asked).outcome == Outcome.COMPLETED
    assert firm.row(late).asked_at is not None


def test_another_workspace_is_left_alone(firm: Firm) -> None:
    firm.appointment()
    with firm.engine.database.write() as session:
        session.add(Workspace(id="T2", index_key="", created_at=NOON))
    assert ask_due(firm.engine, "T2").asked == 0


def test_a_moved_appointment_is_asked_about_after_its_new_end(firm: Firm) -> None:
    key = firm.appointment()
    ask_due(firm.engine, W)
    with firm.engine.transaction(W) as tx:
        row = tx.session.get_one(Appointment, key)
        row.starts_at, row.ends_at, row.asked_at = NOON + HOUR, NOON + 2 * HOUR, None
        tx.add(row)
    firm.now = NOON + 150 * MINUTE
    assert ask_due(firm.engine, W).asked == 1


@pytest.mark.parametrize("shared_database", ["sqlite"], indirect=True)  # PostgreSQL prefers to scan so few rows
def test_the_sweeps_read_by_index_whatever_the_history(firm: Firm) -> None:
    key = firm.appointment()
    firm.colour(key, "8")
    firm.act("alex", record, firm.appointment(), Outcome.COMPLETED)
    plans: list[str] = []
    with firm.engine.database.engine.connect() as connection:
        seen: list[tuple[str, object]] = []
        event.listen(
            firm.engine.database.engine,
            "after_cursor_execute",
            lambda conn, cursor, statement, parameters, context, many: seen.append((statement, parameters)),
        )
        ask_due(firm.engine, W)
        escalate_due(firm.engine, W)
        with firm.engine.view(W) as view:
            asked_together(view, "m-alex", "c-alex", NOON.date(), NOON)
            escalated_together(view, NOON.date(), NOON)
        for statement, parameters in list(seen):
            if statement.startswith("SELECT") and ("appointment" in statement or "dispute" in statement):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                plans += [str(row[-1]) for row in rows]
    assert any("ix_appointment_undecided" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN") and "appointment" in plan]
    assert not [plan for plan in plans if plan.startswith("SCAN dispute")]
