"""What is still to leave the house, and what has been said where."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field, SQLModel

from storage.tables.base import json_column, one_of, partial_index, workspace_key


class EffectState(StrEnum):
    """The life of an effect: a given-up one waits for an admin."""

    PENDING = "pending"
    DONE = "done"
    GIVEN_UP = "given_up"


class Effect(SQLModel, table=True):
    """One thing to do outside. Effects of a lane leave one at a time, in the order of their ids.

    `fold_key` folds an effect into an equal one that still waits. `in_flight` is set before the call and cleared when its
    result is known: found set by a new claim, the call may have arrived, and the handler must look before it repeats.
    """

    __tablename__ = "effect"
    __table_args__ = (
        one_of("state", EffectState),
        partial_index("ix_effect_due", "due_at", where="state = 'pending'"),
        partial_index("ix_effect_lane", "lane", "id", where="state = 'pending'"),
        partial_index("ix_effect_given_up", "workspace_id", where="state = 'given_up'"),
        partial_index(
            "uq_effect_fold_key",
            "workspace_id",
            "fold_key",
            where="state = 'pending' AND NOT in_flight AND fold_key IS NOT NULL",
            unique=True,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer, "sqlite"))
    workspace_id: str = workspace_key()
    lane: str = Field(max_length=255)
    kind: str = Field(max_length=60)
    payload: dict[str, Any] = json_column()
    fold_key: str | None = Field(default=None, max_length=255)
    state: str = EffectState.PENDING
    attempts: int = 0
    in_flight: bool = False
    created_at: datetime
    due_at: datetime
    lease_until: datetime | None = None
    done_at: datetime | None = None
    error: str | None = None


class Post(SQLModel, table=True):
    """A message of ours in Slack, found again by its key so that it is edited instead of said twice."""

    __tablename__ = "post"

    workspace_id: str = Field(primary_key=True, foreign_key="workspace.id", max_length=32)
    key: str = Field(primary_key=True, max_length=255)
    channel: str = Field(max_length=32)
    ts: str = Field(max_length=32)
    digest: str = Field(default="", max_length=64)
    posted_at: datetime


class Board(SQLModel, table=True):
    """A live slot board in a channel: `span` is a day ("2026-11-20"), "today" or "week"."""

    __tablename__ = "board"

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key(index=True)
    channel: str = Field(max_length=32)
    span: str = Field(max_length=12)
    created_by: str | None = Field(default=None, foreign_key="member.id")
    created_at: datetime
    ended_at: datetime | None = None  # from then on it is not kept up to date any more
