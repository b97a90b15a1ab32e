"""What the calendars hold, read from the local mirror, and whom an event keeps from being booked."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, tuple_
from sqlalchemy import select as plain_select
from sqlmodel import col, select

from core.ports import RemoteEvent
from core.transaction import Transaction, View
from storage.tables import Calendar, CalendarEvent, Consultant
from storage.tables.base import insert_into, table_of
from storage.tables.conditions import BUSY


@dataclass(frozen=True)
class BusyTime:
    """A busy event of a Google calendar that is not one of ours, half open."""

    calendar: str
    starts_at: datetime
    ends_at: datetime
    title: str
    private: bool


def foreign_between(view: View, starts: datetime, ends: datetime) -> Sequence[tuple[str, CalendarEvent]]:
    """The busy events that are not ours and overlap [starts, ends), each with its calendar's Google id."""
    statement = (
        select(Calendar.google_id, CalendarEvent)
        .join(CalendarEvent, col(CalendarEvent.calendar_id) == col(Calendar.id))
        .where(
            Calendar.workspace_id == view.workspace_id,
            col(CalendarEvent.appointment_id).is_(None),
            *overlapping(starts, ends),
        )
        .execution_options(populate_existing=True)
    )
    return view.session.exec(statement).all()


_CALENDARS, _EVENTS = table_of(Calendar), table_of(CalendarEvent)
BUSY_FOREIGN = (
    plain_select(_CALENDARS.c.google_id, _EVENTS.c.starts_at, _EVENTS.c.ends_at, _EVENTS.c.title, _EVENTS.c.private)
    .join_from(_CALENDARS, _EVENTS, _EVENTS.c.calendar_id == _CALENDARS.c.id)
    .where(
        _CALENDARS.c.workspace_id == bindparam("workspace"),
        BUSY,
        _EVENTS.c.ends_at > bindparam("begin"),
        _EVENTS.c.starts_at < bindparam("end"),
        _EVENTS.c.appointment_id.is_(None),
    )
)


def overlapping(starts: datetime, ends: datetime) -> tuple[Any, ...]:
    """The condition "busy and overlapping"."""
    return BUSY, CalendarEvent.ends_at > starts, CalendarEvent.starts_at < ends


def blocks(
    event: BusyTime, consultant_name: str, own_calendar: str | None, central: str | None, all_names: Collection[str]
) -> bool:
    """Whether a foreign event keeps the consultant from being booked.

    One in the consultant's own calendar does. One in the central calendar does so for those whom its title names, and, when
    it names nobody, for all who have no calendar of their own.
    """
    if own_calendar is not None and event.calendar == own_calendar:
        return True
    if central is None or event.calendar != central:
        return False
    if names_in(event.title, (consultant_name,)):
        return True
    return own_calendar is None and not names_in(event.title, all_names)


def names_in(title: str, names: Collection[str]) -> set[str]:
    """Which of the names stand in the title as words, whatever their case."""
    words = " ".join(title.split()).casefold()
    found = set()
    for name in names:
        wanted = " ".join(name.split()).casefold()
        if wanted and wanted in words and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", words):
            found.add(name)
    return found


def consultants_of(view: View, google_id: str) -> Sequence[Consultant]:
    """The active consultants whose appointments stand in this calendar."""
    statement = select(Consultant).where(Consultant.workspace_id == view.workspace_id, col(Consultant.active))
    if google_id == view.workspace.central_calendar:
        statement = statement.where(col(Consultant.calendar).is_(None) | (col(Consultant.calendar) == google_id))
    else:
        statement = statement.where(Consultant.calendar == google_id)
    return view.session.exec(statement.order_by(col(Consultant.id))).all()


def store_events(tx: Transaction, calendar_id: str, events: Sequence[tuple[RemoteEvent, str | None]]) -> None:
    """Take events (each with the id of the appointment it is ours for) into the mirror as Google has them.

    The database keeps what is newer: an answer to a write of ours and a page listed before it may come in either order.
    """
    rows = [
        {
            "calendar_id": calendar_id,
            "event_id": event.id,
            "workspace_id": tx.workspace_id,
            "starts_at": event.starts_at,
            "ends_at": max(event.starts_at, event.ends_at),
            "all_day": event.all_day,
            "busy": event.busy,
            "private": event.private,
            "title": event.title,
            "colour": event.colour,
            "etag": event.etag,
            "changed_at": event.changed_at or tx.now,
            "seen_at": tx.now,
            "appointment_id": appointment_id,
        }
        for event, appointment_id in events
        if event.starts_at is not None and event.ends_at is not None
    ]
    if not rows:
        return
    statement = insert_into(tx.dialect, CalendarEvent)
    new = statement.excluded
    key = ("calendar_id", "event_id")
    upsert = statement.on_conflict_do_update(
        index_elements=list(key),
        set_={name: new[name] for name in rows[0] if name not in key},
        where=new["changed_at"] >= col(CalendarEvent.changed_at),
    )
    tx.session.connection().execute(upsert, rows)


def drop_event(tx: Transaction, calendar_id: str, event_id: str, etag: str | None = None) -> None:
    """Take an event out of the mirror; with an etag, only if it is still in that state."""
    statement = delete(CalendarEvent).where(
        col(CalendarEvent.calendar_id) == calendar_id, col(CalendarEvent.event_id) == event_id
    )
    if etag is not None:
        statement = statement.where(col(CalendarEvent.etag) == etag)
    tx.session.connection().execute(statement)


def foreign_before(view: View, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Up to `limit` events that are not ours and ended before `before`, each as its calendar's id and its own."""
    statement = select(CalendarEvent.calendar_id, CalendarEvent.event_id).where(
        CalendarEvent.workspace_id == view.workspace_id,
        col(CalendarEvent.appointment_id).is_(None),
        CalendarEvent.ends_at < before,
    )
    return view.session.exec(statement.limit(limit)).all()


def drop_foreign(tx: Transaction, keys: Sequence[tuple[str, str]], before: datetime) -> int:
    """Take these events out of the mirror, unless a sync has moved them meanwhile; how many."""
    statement = delete(CalendarEvent).where(
        col(CalendarEvent.workspace_id) == tx.workspace_id,
        col(CalendarEvent.ends_at) < before,
        tuple_(col(CalendarEvent.calendar_id), col(CalendarEvent.event_id)).in_(keys),
    )
    return tx.session.connection().execute(statement).rowcount
