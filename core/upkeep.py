"""What is kept for a while only, so that the tables stay as small as what is still to do.

The journal and the posts that can still be edited stay. What has arrived, and the keys by which a repeated request is known,
are of no use once nobody asks for them any more: Slack and Google repeat a request for hours at most, and a daily job asks for
its own day. What was given up waits for an admin, who may try it again for two months; then it would only tell old news. Other
people's calendar entries are no business of ours once no sync would list them, nor is a live board once its end is posted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import delete
from sqlmodel import col, select

from core.booking.calendar.mirror import drop_foreign, foreign_before
from core.booking.calendar.sync import LISTED_BACK
from core.transaction import Engine, Transaction, View
from storage import outbox
from storage.tables import Board, Delivery, EffectState

KEPT = timedelta(days=7)
GIVEN_UP_KEPT = timedelta(days=60)
BATCH = 500  # rows to a transaction: a booking never waits for more than one of these

Key = TypeVar("Key")


@dataclass(frozen=True)
class Forgotten:
    """How many rows were dropped."""

    effects: int
    given_up: int
    deliveries: int
    calendar_events: int
    boards: int


def forget_old(engine: Engine, workspace_id: str) -> Forgotten:
    """Drop what arrived, was dealt with or was a live board until a week ago, and what was given up or ended in other
    people's calendars two months ago.

    Raises NotFound("workspace").
    """
    return Forgotten(
        effects=_closed(engine, workspace_id, EffectState.DONE, KEPT),
        given_up=_closed(engine, workspace_id, EffectState.GIVEN_UP, GIVEN_UP_KEPT),
        deliveries=_sweep(engine, workspace_id, _old_deliveries, _forget_deliveries),
        calendar_events=_sweep(
            engine,
            workspace_id,
            lambda view: foreign_before(view, view.now - LISTED_BACK, BATCH),
            lambda tx, keys: drop_foreign(tx, keys, tx.now - LISTED_BACK),
        ),
        boards=_sweep(engine, workspace_id, _ended_boards, _forget_boards),
    )


def _closed(engine: Engine, workspace_id: str, state: EffectState, kept: timedelta) -> int:
    return _sweep(
        engine,
        workspace_id,
        lambda view: outbox.closed_before(view.session, workspace_id, state, view.now - kept, BATCH),
        lambda tx, ids: outbox.forget_closed(tx.session, workspace_id, state, ids),
    )


def _sweep(
    engine: Engine,
    workspace_id: str,
    find: Callable[[View], Sequence[Key]],
    drop: Callable[[Transaction, Sequence[Key]], int],
) -> int:
    """Find and drop, a batch at a time. It is searched without the writer's lock, which is held for the deletion alone."""
    count = 0
    while True:
        with engine.view(workspace_id) as view:
            keys = find(view)
        if keys:
            with engine.transaction(workspace_id) as tx:
                count += drop(tx, keys)
        if len(keys) < BATCH:
            return count


def _old_deliveries(view: View) -> Sequence[str]:
    statement = select(Delivery.key).where(
        Delivery.workspace_id == view.workspace_id, col(Delivery.at) < view.now - KEPT
    )
    return view.session.exec(statement.limit(BATCH)).all()


def _forget_deliveries(tx: Transaction, keys: Sequence[str]) -> int:
    statement = delete(Delivery).where(col(Delivery.workspace_id) == tx.workspace_id, col(Delivery.key).in_(keys))
    return tx.session.connection().execute(statement).rowcount


def _ended_boards(view: View) -> Sequence[str]:
    statement = select(Board.id).where(Board.workspace_id == view.workspace_id, col(Board.ended_at) < view.now - KEPT)
    return view.session.exec(statement.limit(BATCH)).all()


def _forget_boards(tx: Transaction, ids: Sequence[str]) -> int:
    statement = delete(Board).where(col(Board.workspace_id) == tx.workspace_id, col(Board.id).in_(ids))
    return tx.session.connection().execute(statement).rowcount
