"""The outbox table: what is put, claimed, put off and forgotten, and by whom."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event
from sqlmodel import col, select

from storage import outbox
from storage.database import Database
from storage.outbox import Claim, Draft
from storage.tables import Delivery, Effect, EffectState, Workspace
from storage.tables.base import insert_new
from tests import services

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Database]:
    with services.database_on(request.param, database_folder) as opened:
        with opened.write() as session:
            session.add(Workspace(id="T1", created_at=NOW))
            session.add(Workspace(id="T2", created_at=NOW))
        yield opened


def put(database: Database, lane: str, fold: str | None = None, team: str = "T1", **more: timedelta) -> None:
    with database.write() as session:
        outbox.put(session, team, Draft(lane, "test", {"lane": lane}, fold_key=fold, **more), NOW)


def claim(database: Database, now: datetime = NOW, limit: int = 10, busy: tuple[str, ...] = ()) -> list[Claim]:
    with database.write() as session:
        return outbox.claim(session, now, LEASE, limit, busy)


def rows(database: Database) -> list[Effect]:
    with database.read() as session:
        return list(session.exec(select(Effect).order_by(col(Effect.id))).all())


def test_equal_lanes_and_fold_keys_of_two_workspaces_are_strangers(database: Database) -> None:
    for team in ("T1", "T2", "T1"):
        put(database, "board", fold="board", team=team)
    assert sorted(one.workspace_id for one in claim(database)) == ["T1", "T2"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_claim_takes_the_oldest_heads_up_to_its_limit_and_passes_busy_lanes_over(
    database: Database, limit: int
) -> None:
    for lane in "abacd":
        put(database, lane)
    assert [one.lane for one in claim(database, limit=limit, busy=("b",))] == ["a", "c", "d"][:limit]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a plan of PostgreSQL's depends on its statistics
def test_a_claim_reads_what_waits_and_not_what_has_arrived(database: Database) -> None:
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            driver = connection.connection.driver_connection
            assert driver is not None
            plans.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(database.engine, "before_cursor_execute", explain)
    claim(database, busy=("b",))
    assert plans
    assert [line for line in plans if line.startswith("SCAN")] == []


def test_two_claims_at_once_share_nothing(database: Database) -> None:
    for lane in "abcd":
        put(database, lane)
    if database.sqlite:
        first, second = claim(database, limit=2), claim(database, limit=10)
    else:
        with database.write() as one, database.write() as other:  # neither has committed when the other one claims
            first, second = outbox.claim(one, NOW, LEASE, 2), outbox.claim(other, NOW, LEASE, 10)
    assert [each.lane for each in (*first, *second)] == list("abcd")


def test_an_equal_effect_that_was_put_meanwhile_takes_the_place_of_one_put_off(database: Database) -> None:
    put(database, "board", fold="board")
    [first] = claim(database)
    put(database, "board", fold="board")
    with database.write() as session:
        outbox.postpone(session, first, NOW + SECOND, "429", known=True)
    assert [row.state for row in rows(database)] == [EffectState.DONE, EffectState.PENDING]
    assert len(claim(database)) == 1


def test_one_that_may_have_arrived_stays_beside_an_equal_one(database: Database) -> None:
    put(database, "board", fold="board")
    [first] = claim(database)
    put(database, "board", fold="board")
    with database.write() as session:
        outbox.postpone(session, first, NOW + SECOND, "no answer", known=False)
    again = claim(database, NOW + SECOND)
    assert [(one.id, one.maybe_sent) for one in again] == [(first.id, True)]


def test_an_attempt_that_outlived_its_lease_does_not_release_the_one_that_follows_it(database: Database) -> None:
    put(database, "a")
    [slow] = claim(database)
    [next_one] = claim(database, NOW + LEASE)
    with database.write() as session:
        outbox.postpone(session, slow, NOW + LEASE, "429", known=True)
    assert claim(database, NOW + LEASE + SECOND) == []
    [last] = claim(database, NOW + 2 * LEASE)
    assert (last.id, last.attempts, last.maybe_sent) == (slow.id, next_one.attempts + 1, True)


def test_when_something_is_due_next(database: Database) -> None:
    def due() -> datetime | None:
        with database.read() as session:
            return outbox.next_due(session)

    assert due() is None
    put(database, "later", delay=5 * SECOND)
    assert due() == NOW + 5 * SECOND
    put(database, "now")
    assert due() == NOW
    [now] = claim(database)
    assert due() == NOW + 5 * SECOND, "what is held is due when its lease ends"
    with database.write() as session:
        outbox.finish(session, now.id, NOW)
    [later] = claim(database, NOW + 5 * SECOND)
    assert due() == NOW + 5 * SECOND + LEASE
    with database.write() as session:
        outbox.give_up(session, later.id, NOW, "x" * 1000)
    assert due() is None
    assert len(rows(database)[0].error or "") == 500


def test_giving_everything_another_chance_is_one_workspaces_own_affair(database: Database) -> None:
    for team in ("T1", "T2"):
        put(database, "a", team=team)
    for one in claim(database):
        with database.write() as session:
            outbox.give_up(session, one.id, NOW, "no")
    with database.write() as session:
        assert outbox.retry_given_up(session, "T1", NOW) == 1
    again = claim(database)
    assert [(one.workspace_id, one.attempts, one.maybe_sent) for one in again] == [("T1", 1, True)]


def test_only_what_has_arrived_is_forgotten_and_only_its_own_workspaces(database: Database) -> None:
    for team in ("T1", "T2"):
        put(database, "arrived", team=team)
    for one in claim(database):
        with database.write() as session:
            outbox.finish(session, one.id, NOW)
    put(database, "waiting")
    every = [row.id for row in rows(database) if row.id is not None]
    with database.write() as session:
        assert outbox.closed_before(session, "T1", EffectState.DONE, NOW, 10) == []
        assert outbox.closed_before(session, "T1", EffectState.DONE, NOW + SECOND, 10) == every[:1]
        assert outbox.forget_closed(session, "T1", EffectState.DONE, every) == 1
    assert [(row.workspace_id, row.lane) for row in rows(database)] == [("T2", "arrived"), ("T1", "waiting")]


def test_a_key_is_new_once_in_each_workspace(database: Database) -> None:
    def new(team: str, key: str) -> bool:
        with database.write() as session:
            values = {"workspace_id": team, "key": key, "at": NOW}
            return insert_new(session, Delivery, values)

    assert [new("T1", "a"), new("T1", "a"), new("T2", "a"), new("T1", "b")] == [True, False, True, True]


STEP = st.one_of(
    st.tuples(st.just("put"), st.sampled_from("ab"), st.sampled_from([None, "x"])),
    st.tuples(st.just("claim"), st.integers(1, 3), st.none()),
    st.tuples(st.sampled_from(["finish", "later", "doubtful", "give_up"]), st.integers(0, 5), st.none()),
    st.tuples(st.just("wait"), st.integers(1, 90), st.none()),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=30))
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_happens_a_lane_leaves_one_at_a_time_and_in_order(database: Database, steps: list[tuple]) -> None:
    with database.write() as session:
        for row in session.exec(select(Effect)).all():
            session.delete(row)
    now, held = NOW, list[Claim]()
    for what, argument, fold in steps:
        if what == "put":
            with database.write() as session:
                outbox.put(session, "T1", Draft(argument, "test", {}, fold_key=fold and fold + argument), now)
        elif what == "claim":
            claimed = claim(database, now, argument)
            waiting = [row for row in rows(database) if row.state == EffectState.PENDING]
            for one in claimed:
                assert min(row.id or 0 for row in waiting if row.lane == one.lane) == one.id
            assert len({one.lane for one in claimed}) == len(claimed) <= argument
            held = [one for one in held if one.id not in {new.id for new in claimed}] + claimed
        elif what == "wait":
            now += argument * SECOND
        elif held:
            one = held.pop(argument % len(held))
            with database.write() as session:
                if what == "finish":
                    outbox.finish(session, one.id, now)
                elif what == "give_up":
                    outbox.give_up(session, one.id, now, "no")
                else:
                    outbox.postpone(session, one, now + SECOND, "later", known=what == "later")
    for _ in range(len(steps) + 1):  # in the end everything leaves
        now += LEASE + SECOND
        for one in claim(database, now, 100):
            with database.write() as session:
                outbox.finish(session, one.id, now)
    assert EffectState.PENDING not in {row.state for row in rows(database)}
