"""Takes changes that a calendar reports into the mirror, and lets follow from them what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import col, select

from core.booking.appointments import calendar_event_id
from core.booking.calendar.following import concerns, follow
from core.booking.calendar.mirror import consultants_of, drop_event, store_events
from core.booking.seats import lock_together
from core.events import AvailabilityChanged
from core.ports import RemoteEvent
from core.transaction import Transaction, View
from storage.tables import Appointment, Calendar, CalendarEvent, Consultant, State

OWN_ID_LENGTH = len(calendar_event_id("")) + 32


@dataclass
class _Changed:
    """The times at which foreign events came, went or changed."""

    spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def note(self, busy: bool, starts_at: datetime | None, ends_at: datetime | None) -> None:
        if busy and starts_at is not None and ends_at is not None and starts_at < ends_at:
            self.spans.append((starts_at, ends_at))


def own_ids(events: Sequence[RemoteEvent]) -> list[str]:
    """The ids of the appointments that the events, by their ids, can be ours for. A person's copy has another id."""
    prefix = calendar_event_id("")
    return [e.id[len(prefix) :] for e in events if len(e.id) == OWN_ID_LENGTH and e.id.startswith(prefix)]


def apply_changes(tx: Transaction, calendar: Calendar, events: Sequence[RemoteEvent]) -> None:
    """Take these events in. Doing it again changes nothing, so a sync that broke off may start over."""
    rows = _rows(tx, calendar, events)
    ours = appointments_of(tx, own_ids(events))
    concerned = {
        event.id: own[0]
        for event in events
        if (own := ours.get(event.id)) is not None
        and not _known(event, rows.get(event.id))
        and concerns(tx, calendar, event, rows.get(event.id), *own)
    }
    _hold(tx, calendar, list(concerned.values()))
    changed, seen = _Changed(), []
    for event in events:
        row = rows.get(event.id)
        seen.append(event.id)
        if _known(event, row):
            continue
        own = ours.get(event.id)
        if event.gone:
            drop_event(tx, calendar.id, event.id)
            rows.pop(event.id, None)
        else:
            store_events(tx, calendar.id, [(event, own[0].id if own else None)])
        if own is None:
            if row is not None:
                changed.note(row.busy, row.starts_at, row.ends_at)
            if not event.gone:
                changed.note(event.busy, event.starts_at, event.ends_at)
        elif event.id in concerned:
            follow(tx, calendar, event, row, own[0].id)
    _mark_seen(tx, calendar, seen)
    _tell(tx, calendar, changed)


def drop_unseen(tx: Transaction, calendar: Calendar, began: datetime) -> None:
    """After a full list: what it did not show is gone, and what lies before its window is not needed any more."""
    statement = (
        select(CalendarEvent)
        .where(
            CalendarEvent.calendar_id == calendar.id,
            CalendarEvent.workspace_id == tx.workspace_id,
            CalendarEvent.seen_at < began,
        )
        .execution_options(populate_existing=True)
    )
    changed = _Changed()
    for row in tx.session.exec(statement).all():
        changed.note(row.busy and row.appointment_id is None, row.starts_at, row.ends_at)
        tx.session.delete(row)
    tx.session.flush()
    _tell(tx, calendar, changed)


def adopt(tx: Transaction, calendar: Calendar) -> None:
    """Link events that were listed before their appointments were known here: after an import of a team's history."""
    prefix = calendar_event_id("")
    appointment_id = func.substr(col(CalendarEvent.event_id), len(prefix) + 1)
    statement = update(CalendarEvent).where(
        col(CalendarEvent.calendar_id) == calendar.id,
        col(CalendarEvent.event_id) >= prefix,
        col(CalendarEvent.event_id) < calendar_event_id("~"),
        col(CalendarEvent.appointment_id).is_(None),
        appointment_id.in_(select(Appointment.id).where(Appointment.workspace_id == tx.workspace_id)),
    )
    tx.session.connection().execute(statement.values(appointment_id=appointment_id))


def appointments_of(view: View, ids: Sequence[str]) -> dict[str, tuple[Appointment, str | None]]:
    """Event id -> the appointment and the Google id of the calendar that it belongs in."""
    if not ids:
        return {}
    statement = (
        select(Appointment, Consultant.calendar)
        .join(Consultant, col(Consultant.id) == col(Appointment.consultant_id))
        .where(Appointment.workspace_id == view.workspace_id, col(Appointment.id).in_(ids))
    )
    central = view.workspace.central_calendar
    return {calendar_event_id(a.id): (a, own or central) for a, own in view.session.exec(statement).all()}


def in_doubt(view: View, calendar: Calendar, events: Sequence[RemoteEvent]) -> list[str]:
    """Which of these deleted events would cancel an appointment: those are looked at once more before that is done."""
    ours = appointments_of(view, own_ids([e for e in events if e.gone]))
    return [
        event_id
        for event_id, (a, home) in ours.items()
        if a.state == State.BOOKED and a.outcome is None and home == calendar.google_id
    ]


def _known(event: RemoteEvent, row: CalendarEvent | None) -> bool:
    """Whether the mirror has this state or a newer one: an echo of our own write, or a page listed before it."""
    if row is None or event.gone:
        return row is not None and event.changed_at is not None and event.changed_at < row.changed_at
    older = event.changed_at is not None and event.changed_at < row.changed_at
    return older or event.etag == row.etag


def _rows(tx: Transaction, calendar: Calendar, events: Sequence[RemoteEvent]) -> dict[str, CalendarEvent]:
    statement = (
        select(CalendarEvent)
        .where(CalendarEvent.calendar_id == calendar.id, col(CalendarEvent.event_id).in_([e.id for e in events]))
        .execution_options(populate_existing=True)
    )
    return {row.event_id: row for row in tx.session.exec(statement).all()}


def _hold(tx: Transaction, calendar: Calendar, appointments: Sequence[Appointment]) -> None:
    """Lock at once what following several events would lock one after the other, each a consultant after its appointment."""
    if len(appointments) > 1:
        ids = {one.consultant_id for one in appointments} | {one.id for one in consultants_of(tx, calendar.google_id)}
        lock_together(tx, [one.id for one in appointments], ids)


def _mark_seen(tx: Transaction, calendar: Calendar, ids: Sequence[str]) -> None:
    statement = update(CalendarEvent).where(
        col(CalendarEvent.calendar_id) == calendar.id, col(CalendarEvent.event_id).in_(ids)
    )
    tx.session.connection().execute(statement.values(seen_at=tx.now))


def _tell(tx: Transaction, calendar: Calendar, changed: _Changed) -> None:
    """Slots may have opened or closed: told once, for the days that can be booked."""
    begin = tx.now
    end = tx.now + timedelta(days=tx.workspace.horizon_days + 1)
    spans = [(max(s, begin), min(e, end)) for s, e in changed.spans if e > begin and s < end]
    if not spans:
        return
    since, until = min(s for s, _ in spans), max(e for _, e in spans)
    whose = consultants_of(tx, calendar.google_id)
    subject = whose[0].id if len(whose) == 1 and whose[0].calendar == calendar.google_id else "all"
    local = [at.astimezone(tx.zone).date() for at in (since, until)]
    tx.emit(AvailabilityChanged(subject=subject, since=local[0], until=local[1]))
