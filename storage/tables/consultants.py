"""Who can be booked, when, and when not."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from storage.tables.base import partial_index, workspace_key


class Consultant(SQLModel, table=True):
    """A bookable person. `calendar` is a Google calendar id; without one the central calendar serves alone."""

    __tablename__ = "consultant"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 1 AND 99 AND minutes BETWEEN 5 AND 720", name="capacity_minutes"),
        partial_index("uq_consultant_name", "workspace_id", "name", where="active", unique=True),
        partial_index("uq_consultant_member", "workspace_id", "member_id", where="active", unique=True),
    )

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    name: str
    member_id: str | None = Field(default=None, foreign_key="member.id")
    calendar: str | None = None
    capacity: int = 3
    minutes: int = 60
    active: bool = True
    created_at: datetime


class ScheduleEntry(SQLModel, table=True):
    """One weekly start of a consultant: weekday 0 = Monday, local wall time `HH:MM`, both validity days inclusive."""

    __tablename__ = "schedule_entry"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("capacity BETWEEN 1 AND 99 AND minutes BETWEEN 5 AND 720", name="capacity_minutes"),
        Index("ix_schedule_entry_consultant", "workspace_id", "consultant_id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    consultant_id: str = Field(foreign_key="consultant.id")
    weekday: int
    starts: str = Field(max_length=5)
    minutes: int
    capacity: int
    valid_from: date | None = None
    valid_until: date | None = None


class TimeOff(SQLModel, table=True):
    """A time at which a consultant (None: nobody) can be booked. Half open: [starts_at, ends_at)."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        Index("ix_time_off_end", "workspace_id", "ends_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    consultant_id: str | None = Field(default=None, foreign_key="consultant.id")
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    created_by: str | None = Field(default=None, foreign_key="member.id")
    created_at: datetime
