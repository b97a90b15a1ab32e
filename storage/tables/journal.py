"""What happened, and what has already been dealt with."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer
from sqlmodel import Field, SQLModel

from storage.tables.base import json_column, partial_index, workspace_key


class JournalEntry(SQLModel, table=True):
    """A domain event, append-only. It names people and customers by id alone, so it may be kept for ever."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_subject", "workspace_id", "subject", "seq"),
        partial_index("ix_journal_settings", "workspace_id", "seq", where="kind = 'SettingsChanged'"),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer, "sqlite"))
    workspace_id: str = workspace_key()
    at: datetime
    kind: str = Field(max_length=60)
    subject: str = Field(max_length=64)
    actor: str | None = Field(default=None, max_length=32)
    data: dict[str, Any] = json_column()


class Delivery(SQLModel, table=True):
    """A request of Slack's or Google's that has had its effect. The same key again has none."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_at", "at"),)

    workspace_id: str = Field(primary_key=True, foreign_key="workspace.id", max_length=32)
    key: str = Field(primary_key=True, max_length=255)
    at: datetime
