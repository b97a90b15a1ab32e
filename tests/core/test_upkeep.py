"""What is forgotten after a while, and what is not."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from core import upkeep
from core.booking.calendar.sync import LISTED_BACK
from core.booking.setup.workspace import ensure_workspace
from core.transaction import Engine
from core.upkeep import GIVEN_UP_KEPT, KEPT, Forgotten, forget_old
from storage.outbox import Draft
from storage.tables import Board, Calendar, CalendarEvent, Delivery, Effect, EffectState
from tests.core.booking.house import NOON, House

MINUTE = timedelta(minutes=1)


def effect(workspace_id: str, lane: str, state: EffectState, done_at: datetime | None) -> Effect:
    return Effect(
        workspace_id=workspace_id, lane=lane, kind="test", state=state, created_at=NOON, due_at=NOON, done_at=done_at
    )


def event(workspace_id: str, key: str, ends_at: datetime, appointment_id: str | None = None) -> CalendarEvent:
    return CalendarEvent(
        calendar_id=f"cal-{workspace_id}", event_id=key, workspace_id=workspace_id, starts_at=ends_at - MINUTE,
        ends_at=ends_at, changed_at=NOON, seen_at=NOON, appointment_id=appointment_id,
    )  # fmt: skip


def board(workspace_id: str, span: str, ended_at: datetime | None) -> Board:
    key, long_ago = f"{workspace_id} {span}", NOON - LISTED_BACK
    return Board(
        id=key, workspace_id=workspace_id, channel="C1", span=span[:12], created_at=long_ago, ended_at=ended_at
    )


def left(engine: Engine, workspace_id: str) -> set[str]:
    """The names of what is still there."""
    with engine.view(workspace_id) as view:
        boards = view.session.exec(select(Board).where(Board.workspace_id == workspace_id)).all()
        return {
            *view.session.exec(select(Effect.lane).where(Effect.workspace_id == workspace_id)).all(),
            *view.session.exec(select(Delivery.key).where(Delivery.workspace_id == workspace_id)).all(),
            *view.session.exec(select(CalendarEvent.event_id).where(CalendarEvent.workspace_id == workspace_id)).all(),
            *(one.id.removeprefix(f"{workspace_id} ") for one in boards),
        }


def fill(engine: Engine, workspace_id: str) -> None:
    ensure_workspace(engine, workspace_id)
    week, months, given_up = NOON - KEPT, NOON - LISTED_BACK, NOON - GIVEN_UP_KEPT
    with engine.transaction(workspace_id) as tx:
        tx.add(Calendar(id=f"cal-{workspace_id}", workspace_id=workspace_id, google_id="alex@example.com"))
        tx.add(
            effect(workspace_id, "arrived long ago", EffectState.DONE, week - MINUTE),
            effect(workspace_id, "arrived lately", EffectState.DONE, week + MINUTE),
            effect(workspace_id, "given up", EffectState.GIVEN_UP, given_up + MINUTE),
            effect(workspace_id, "given up long ago", EffectState.GIVEN_UP, given_up - MINUTE),
            effect(workspace_id, "waiting", EffectState.PENDING, None),
            Delivery(workspace_id=workspace_id, key="dealt with long ago", at=week - MINUTE),
            Delivery(workspace_id=workspace_id, key="dealt with lately", at=week + MINUTE),
            event(workspace_id, "over long ago", months - MINUTE),
            event(workspace_id, "over lately", months + MINUTE),
            event(workspace_id, "ours", months - MINUTE, "0" * 32),
            board(workspace_id, "ended long ago", week - MINUTE),
            board(workspace_id, "ended lately", week + MINUTE),
            board(workspace_id, "live", None),
        )


KEPT_ROWS = {
    "arrived lately",
    "given up",
    "waiting",
    "dealt with lately",
    "over lately",
    "ours",
    "ended lately",
    "live",
}
GONE_ROWS = {"arrived long ago", "given up long ago", "dealt with long ago", "over long ago", "ended long ago"}


def test_what_is_of_no_use_any_more_is_dropped_in_this_workspace_alone(standing: Engine) -> None:
    fill(standing, "T1")
    fill(standing, "T2")
    assert forget_old(standing, "T1") == Forgotten(effects=1, given_up=1, deliveries=1, calendar_events=1, boards=1)
    assert left(standing, "T1") == KEPT_ROWS
    assert left(standing, "T2") == KEPT_ROWS | GONE_ROWS
    assert forget_old(standing, "T1") == Forgotten(0, 0, 0, 0, 0)


@pytest.mark.parametrize("count", [3, 4, 5, 8])
def test_however_much_there_is_it_goes_in_batches(
    standing: Engine, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 4)
    ensure_workspace(standing, "T1")
    with standing.transaction("T1") as tx:
        tx.add(*(Delivery(workspace_id="T1", key=str(n), at=NOON - KEPT - MINUTE) for n in range(count)))
        tx.add(*(effect("T1", str(n), EffectState.DONE, NOON - KEPT - MINUTE) for n in range(count)))
    assert forget_old(standing, "T1") == Forgotten(count, 0, count, 0, 0)


def test_a_forgotten_request_is_new_again_and_a_kept_one_is_not(standing: Engine) -> None:
    house = House(standing)
    with standing.transaction(house.team) as tx:
        assert tx.first_time("Ev1")
        tx.effect(Draft("lane", "test", {}))
    house.forward(KEPT)
    forget_old(standing, house.team)
    with standing.transaction(house.team) as tx:
        assert not tx.first_time("Ev1")
    house.forward(MINUTE)
    assert forget_old(standing, house.team).deliveries == 1
    with standing.transaction(house.team) as tx:
        assert tx.first_time("Ev1")
    assert "lane" in left(standing, house.team), "what still waits is never forgotten"
