"""What admins see at a glance, and that it costs the same whatever the history."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from core.booking.setup.overview import concerned, overview, retry_given_up
from core.booking.setup.staffing import ConsultantForm, add_consultant, replace_week
from core.booking.setup.time_off import affected_by, take_time_off
from core.booking.setup.undo import recent_changes
from core.booking.setup.week_text import parse_week
from core.errors import NotAllowed
from storage.tables import Appointment, Effect, EffectState, JournalEntry

from .conftest import TEAM, book

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def give_up(house, count, error="channel_not_found"):
    with house.engine.transaction(TEAM) as tx:
        tx.add(
            *(
                Effect(
                    workspace_id=TEAM,
                    lane=f"x{number}",
                    kind="slack.message",
                    payload={},
                    state=EffectState.GIVEN_UP,
                    created_at=NOW,
                    due_at=NOW,
                    error=error,
                )
                for number in range(count)
            )
        )


def test_the_workspace_at_a_glance(house):
    with house.engine.transaction(TEAM) as tx:
        week = parse_week("mon 9", 60, 3)
        add_consultant(tx, ConsultantForm("Alex"), week)
        add_consultant(tx, ConsultantForm("Bo"))
        gone = add_consultant(tx, ConsultantForm("Chris"))
        replace_week(tx, gone.id, week, None, NOW.date() - timedelta(days=1))
        take_time_off(tx, None, NOW, NOW + timedelta(hours=1))
    give_up(house, 5)
    give_up(house, 1, "is_archived")
    with house.engine.view(TEAM) as view:
        found = overview(view)
    assert (found.consultants, found.weekless, found.admins, found.leads) == (3, ("Bo", "Chris"), 1, 1)
    assert (found.times_off, found.conflicts, found.disputes, found.failing) == (1, 0, 0, [])
    assert (found.given_up.count, found.given_up.errors) == (6, ("is_archived", "channel_not_found"))


def test_admins_give_what_was_given_up_another_chance(house):
    give_up(house, 2)
    for who in (house.lead, house.member):
        with pytest.raises(NotAllowed), house.engine.transaction(TEAM, who) as tx:
            retry_given_up(tx)
    with house.engine.transaction(TEAM, house.admin) as tx:
        assert retry_given_up(tx) == 2
    with house.engine.view(TEAM) as view:
        assert overview(view).given_up.count == 0


def statements(engine, work):
    """How many statements `work` sends, and what SQLite plans for each."""
    seen = []

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append((statement, parameters))

    event.listen(engine.database.engine, "before_cursor_execute", note)
    try:
        with engine.view(TEAM) as view:
            work(view)
    finally:
        event.remove(engine.database.engine, "before_cursor_execute", note)
    with engine.database.engine.connect() as connection:
        return [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
            for sql, parameters in seen
            if sql.startswith("SELECT")
        ]


def grow(house, consultant_id, many):
    with house.engine.database.write() as session:
        for number in range(many):
            session.add(
                JournalEntry(workspace_id=TEAM, at=NOW, kind="AppointmentBooked", subject=f"a{number}", data={})
            )
            at = NOW - timedelta(hours=2 * number + 2)
            book(session, consultant_id, house.member.id, at, at + timedelta(hours=1))


def test_no_question_reads_through_history(house):
    with house.engine.transaction(TEAM) as tx:
        alex = add_consultant(tx, ConsultantForm("Alex"))

    def look(view):
        overview(view)
        recent_changes(view)
        affected_by(view, None, NOW, NOW + timedelta(days=1))
        affected_by(view, alex.id, NOW, NOW + timedelta(days=1))

    before = statements(house.engine, look)
    grow(house, alex.id, 300)
    with house.engine.database.write() as session:
        session.connection().execute(text("ANALYZE"))
    after = statements(house.engine, look)
    assert len(after) == len(before) < 20
    growing = [plan for plan in after for table in ("journal", "appointment", "effect") if f"SCAN {table}" in plan]
    assert growing == []


def test_whom_a_change_concerns(house):
    with house.engine.transaction(TEAM) as tx:
        alex = add_consultant(tx, ConsultantForm("Alex"))
        for hour in range(1, 4):
            book(tx.session, alex.id, house.member.id, NOW + timedelta(hours=hour), NOW + timedelta(hours=hour + 1))
        found = affected_by(tx, None, NOW + timedelta(hours=1, minutes=30), NOW + timedelta(hours=3))
        assert [row.starts_at for row in found] == [NOW + timedelta(hours=1), NOW + timedelta(hours=2)]
        (one,) = concerned(tx, found, 1)
        assert (one.consultant, one.customer, one.starts_at) == ("Alex", "Weber", NOW + timedelta(hours=1))
        assert concerned(tx, list[Appointment](), 5) == []
