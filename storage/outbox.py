"""The outbox table: put, claim, and close effects.

An effect is claimed for a lease, in a transaction of its own, before anything is sent. Only the head of a lane can be
claimed, so effects of one appointment or one channel leave in order, whatever happens to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, literal_column, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.tables import Effect, EffectState
from storage.tables.base import insert_new


@dataclass(frozen=True)
class Claim:
    """An effect in the hands of a worker. `maybe_sent`: an earlier attempt ended without a known result."""

    id: int
    workspace_id: str
    lane: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    maybe_sent: bool
    created_at: datetime


def put(session: Session, workspace_id: str, effect: "Draft", now: datetime) -> None:
    """Write an effect; one that folds into an equal waiting one leaves the table as it is.

    The waiting one is kept from being claimed until this transaction ends: claimed earlier, it would show the state before.
    """
    values = {
        "workspace_id": workspace_id,
        "lane": effect.lane,
        "kind": effect.kind,
        "payload": effect.payload,
        "fold_key": effect.fold_key,
        "state": EffectState.PENDING,
        "attempts": 0,
        "in_flight": False,
        "created_at": now,
        "due_at": now + effect.delay,
    }
    while not insert_new(session, Effect, values) and not _hold_waiting(session, workspace_id, effect.fold_key):
        pass  # it was claimed between the two statements, so this one is needed after all


def _hold_waiting(session: Session, workspace_id: str, fold_key: str | None) -> bool:
    """Whether the equal effect still waits; several may hold it, a claim passes it over (SQLite has one writer anyway)."""
    statement = (
        select(Effect.id)
        .where(
            Effect.workspace_id == workspace_id,
            Effect.fold_key == fold_key,
            Effect.state == EffectState.PENDING,
            ~col(Effect.in_flight),
        )
        .with_for_update(read=True, key_share=True)
    )
    return session.exec(statement).first() is not None


@dataclass(frozen=True)
class Draft:
    """An effect before it is written. `fold_key`: at most one such effect waits at a time."""

    lane: str
    kind: str
    payload: dict[str, Any]
    fold_key: str | None = None
    delay: timedelta = timedelta(0)


def claim(session: Session, now: datetime, lease: timedelta, limit: int, busy_lanes: Iterable[str] = ()) -> list[Claim]:
    """Take up to `limit` due lane heads for `lease`. Lanes in `busy_lanes` are passed over (throttled by the caller).

    What is due longest comes first: in the order of the index of what waits. In that of ids, all that arrived is read, too.
    """
    earlier = aliased(Effect)
    free = or_(col(Effect.lease_until).is_(None), col(Effect.lease_until) <= now)
    statement = (
        select(Effect)
        .where(
            Effect.state == EffectState.PENDING,
            col(Effect.due_at) <= now,
            free,
            col(Effect.lane).not_in(list(busy_lanes)),
            ~exists().where(
                col(earlier.workspace_id) == col(Effect.workspace_id),
                col(earlier.lane) == col(Effect.lane),
                col(earlier.state) == EffectState.PENDING,
                col(earlier.id) < col(Effect.id),
            ),
        )
        .order_by(col(Effect.due_at), col(Effect.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claims = []
    for row in session.exec(statement).all():
        assert row.id is not None
        claims.append(
            Claim(
                row.id,
                row.workspace_id,
                row.lane,
                row.kind,
                row.payload,
                row.attempts + 1,
                row.in_flight,
                row.created_at,
            )
        )
        row.attempts += 1
        row.in_flight = True
        row.lease_until = now + lease
        session.add(row)
    return claims


def next_due(session: Session) -> datetime | None:
    """When the next pending effect is due or its lease ends; None when nothing waits."""
    statement = select(func.min(func.coalesce(Effect.lease_until, Effect.due_at))).where(
        Effect.state == EffectState.PENDING
    )
    return session.exec(statement).one()


def finish(session: Session, claim_id: int, now: datetime) -> None:
    """The effect has arrived."""
    _close(session, claim_id, state=EffectState.DONE, done_at=now, error=None)


def give_up(session: Session, claim_id: int, now: datetime, error: str) -> None:
    """The effect will never arrive as it is; it waits for an admin and no longer holds its lane up."""
    _close(session, claim_id, state=EffectState.GIVEN_UP, done_at=now, error=error[:500])


def postpone(session: Session, claim: Claim, due_at: datetime, error: str, *, known: bool) -> None:
    """Try again at `due_at`. `known`: the attempt surely had no effect; otherwise it stays in flight.

    Where an equal effect has been put meanwhile, this one gives way to it: the unique fold key decides. An attempt whose
    lease has ended, and that another one follows, has no say any more.
    """
    statement = update(Effect).where(
        col(Effect.id) == claim.id, col(Effect.state) == EffectState.PENDING, col(Effect.attempts) == claim.attempts
    )
    try:
        with session.begin_nested():
            values = {"due_at": due_at, "lease_until": None, "error": error[:500], "in_flight": not known}
            session.connection().execute(statement.values(**values))
    except IntegrityError:
        finish(session, claim.id, due_at)


def release_leases(session: Session) -> None:
    """End every lease at once: for the only process of an SQLite installation, when it starts after a crash."""
    session.connection().execute(
        update(Effect).where(col(Effect.state) == EffectState.PENDING).values(lease_until=None)
    )


def retry_given_up(session: Session, workspace_id: str, now: datetime) -> int:
    """Give everything that was given up another chance; how many."""
    result = session.connection().execute(
        update(Effect)
        .where(col(Effect.workspace_id) == workspace_id, col(Effect.state) == EffectState.GIVEN_UP)
        .values(state=EffectState.PENDING, due_at=now, attempts=0, lease_until=None, in_flight=True, done_at=None)
    )
    return result.rowcount


def closed_before(
    session: Session, workspace_id: str, state: EffectState, before: datetime, limit: int
) -> Sequence[int | None]:
    """The ids of up to `limit` effects that arrived, or were given up, before `before`."""
    statement = select(Effect.id).where(
        Effect.workspace_id == workspace_id,
        literal_column(f"effect.state = '{state.value}'"),  # in the partial index's words, or it is not used
        col(Effect.done_at) < before,
    )
    return session.exec(statement.limit(limit)).all()


def forget_closed(session: Session, workspace_id: str, state: EffectState, ids: Sequence[int | None]) -> int:
    """Drop these effects, as far as they are (still) in that state; how many."""
    result = session.connection().execute(
        delete(Effect).where(
            col(Effect.workspace_id) == workspace_id, col(Effect.id).in_(ids), col(Effect.state) == state
        )
    )
    return result.rowcount


def oldest_pending(session: Session) -> datetime | None:
    """When the oldest effect that still waits was put; None when nothing waits."""
    return session.exec(select(func.min(Effect.created_at)).where(Effect.state == EffectState.PENDING)).one()


def is_pending(session: Session, workspace_id: str, kind: str, lane: str) -> bool:
    """Whether the lane still has an effect of `kind` to come."""
    statement = select(Effect.id).where(
        Effect.workspace_id == workspace_id,
        Effect.state == EffectState.PENDING,
        Effect.kind == kind,
        Effect.lane == lane,
    )
    return session.exec(statement.limit(1)).first() is not None


def _close(session: Session, claim_id: int, **values: Any) -> None:
    session.connection().execute(
        update(Effect).where(col(Effect.id) == claim_id).values(lease_until=None, in_flight=False, **values)
    )
