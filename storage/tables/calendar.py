"""The local mirror of the Google calendars, so that no request ever waits for Google."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import partial_index, workspace_key


class Calendar(SQLModel, table=True):
    """A Google calendar that is kept in step. The sync token is stored with the last page it came with."""

    __tablename__ = "calendar"
    __table_args__ = (UniqueConstraint("workspace_id", "google_id"),)

    id: str = Field(primary_key=True, max_length=32)
    workspace_id: str = workspace_key()
    google_id: str
    timezone: str | None = None
    sync_token: str | None = None
    synced_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    lease_until: datetime | None = None  # one process syncs a calendar at a time
    channel_id: str | None = Field(default=None, index=True)
    channel_resource: str | None = None
    channel_token: str | None = None
    channel_expires_at: datetime | None = None


class CalendarEvent(SQLModel, table=True):
    """One event (an instance of a series is one) as Google has it. Times are half open; `busy` is Google's busy rule."""

    __tablename__ = "calendar_event"
    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="order"),
        partial_index("ix_calendar_event_busy", "calendar_id", "ends_at", "starts_at", where="busy"),
        Index("ix_calendar_event_appointment", "appointment_id"),
    )

    calendar_id: str = Field(primary_key=True, foreign_key="calendar.id", max_length=32)
    event_id: str = Field(primary_key=True, max_length=1024)
    workspace_id: str = workspace_key()
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    busy: bool = True
    private: bool = False
    title: str = ""
    colour: str | None = None
    etag: str = ""
    changed_at: datetime  # when Google says that it last changed
    seen_at: datetime  # the sync that last saw it; a full sync sweeps what it did not see
    appointment_id: str | None = Field(default=None, max_length=32)
