"""The workspace, its settings and its people."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import json_column, one_of, workspace_key


class Role(StrEnum):
    """What a member may do: a lead decides disputes and sees the team's day, an admin changes the settings."""

    MEMBER = "member"
    LEAD = "lead"
    ADMIN = "admin"

    def covers(self, other: "Role") -> bool:
        """Whether who holds this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Workspace(SQLModel, table=True):
    """A Slack team and its rules. Minutes and days are whole numbers; `daily_cap` counts appointments."""

    __tablename__ = "workspace"
    __table_args__ = (
        CheckConstraint("min_notice_minutes >= 0 AND horizon_days BETWEEN 1 AND 366", name="notice_horizon"),
        CheckConstraint("buffer_before >= 0 AND buffer_after >= 0", name="buffers"),
        CheckConstraint("daily_cap IS NULL OR daily_cap >= 1", name="daily_cap"),
    )

    id: str = Field(primary_key=True, max_length=32)
    name: str = ""
    bot_user: str | None = None
    timezone: str = "Europe/Berlin"
    locale: str = "de"
    holidays: str | None = None  # country and state, such as DE-NW; None: no public holidays
    central_calendar: str | None = None  # Google calendar id; serves the consultants that have none of their own
    bookings_channel: str | None = None
    achievements_channel: str | None = None
    admin_channel: str | None = None
    min_notice_minutes: int = 60
    horizon_days: int = 28
    buffer_before: int = 0
    buffer_after: int = 0
    daily_cap: int | None = None
    colours: dict[str, str] = json_column()  # Google colour id -> outcome
    index_key: str = ""  # sealed; makes customers' phones and e-mails findable without storing them in clear
    created_at: datetime


class Member(SQLModel, table=True):
    """A Slack user the bot knows. Name, language and zone are Slack's, refreshed when Slack says they changed."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("workspace_id", "slack_id"), one_of("role", Role))

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    slack_id: str = Field(max_length=32)
    name: str = ""
    locale: str = "de"
    timezone: str = "Europe/Berlin"
    role: str = Role.MEMBER
    active: bool = True
    refreshed_at: datetime | None = None
    welcomed_at: datetime | None = None
