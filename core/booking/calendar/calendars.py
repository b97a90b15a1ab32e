"""Which Google calendars are kept in step, and when each is due."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import and_, delete, exists, func, or_, update
from sqlmodel import Session, col, select

from core.booking.calendar.lanes import KIND, UNREACHABLE, lane
from core.errors import NotFound
from core.transaction import Transaction, View
from storage.outbox import Draft
from storage.tables import Appointment, Calendar, CalendarEvent, Consultant, State
from storage.tables.base import insert_new

BUSY_INTERVAL = timedelta(minutes=5)
IDLE_INTERVAL = timedelta(hours=1)
RETRY = timedelta(minutes=1)  # after a sync that did not reach Google: it may have been told of changes
WORKING_DAYS = range(5)  # Monday to Friday
WORKING_HOURS = (time(7), time(20))


def ensure_calendars(tx: Transaction, central: str | None) -> None:
    """Make the calendars that are kept in step those that are used: the central one, and each consultant's own.

    A consultant who left counts while appointments are still to come. An unused calendar is forgotten, and what is to come
    of ours is removed from it. May be repeated at any time.
    """
    if tx.workspace.central_calendar != central:
        tx.workspace.central_calendar = central
        tx.add(tx.workspace)
    used = _used(tx) | ({central} if central else set())
    statement = select(Calendar).where(Calendar.workspace_id == tx.workspace_id)
    kept = {row.google_id: row for row in tx.session.exec(statement).all()}
    for google_id in sorted(used - set(kept)):
        row = Calendar(id=tx.new_id(), workspace_id=tx.workspace_id, google_id=google_id)
        insert_new(tx.session, Calendar, row.model_dump())
    for google_id in sorted(set(kept) - used):
        _forget(tx, kept[google_id])


def due_calendars(view: View) -> list[str]:
    """The calendars (rows) whose turn it is: every 5 minutes in working hours, hourly outside; who waited longest first.

    Where the last sync did not reach Google, after a minute.
    """
    before = view.now - interval(view)
    in_turn = and_(
        or_(col(Calendar.synced_at).is_(None), col(Calendar.synced_at) <= before),
        or_(col(Calendar.failed_at).is_(None), col(Calendar.failed_at) <= view.now - BUSY_INTERVAL),
    )
    again = and_(col(Calendar.failure) == UNREACHABLE, col(Calendar.failed_at) <= view.now - RETRY)
    statement = (
        select(Calendar.id)
        .where(
            Calendar.workspace_id == view.workspace_id,
            or_(in_turn, again),
            or_(col(Calendar.lease_until).is_(None), col(Calendar.lease_until) <= view.now),
        )
        .order_by(col(Calendar.synced_at).nulls_first(), col(Calendar.id))
    )
    return list(view.session.exec(statement).all())


def interval(view: View) -> timedelta:
    """How long a calendar may wait now, by the workspace's own clock."""
    local = view.now.astimezone(view.zone)
    begin, end = WORKING_HOURS
    working = local.weekday() in WORKING_DAYS and begin <= local.time() < end
    return BUSY_INTERVAL if working else IDLE_INTERVAL


def end_leases(tx: Transaction) -> None:
    """Free calendars whose sync was killed: for the only process of an SQLite installation, when it starts."""
    mine = col(Calendar.workspace_id) == tx.workspace_id
    tx.session.connection().execute(update(Calendar).where(mine).values(lease_until=None))


def calendars(view: View) -> Sequence[Calendar]:
    """All that are kept in step, by Google id."""
    statement = select(Calendar).where(Calendar.workspace_id == view.workspace_id).order_by(col(Calendar.google_id))
    return view.session.exec(statement).all()


def get_calendar(view: View, calendar_id: str) -> Calendar:
    """The calendar with this id (a row's, not Google's). Raises NotFound("calendar")."""
    calendar = view.session.get(Calendar, calendar_id)
    if calendar is None or calendar.workspace_id != view.workspace_id:
        raise NotFound("calendar")
    return calendar


def oldest_sync(session: Session) -> datetime | None:
    """When the calendar of this installation that waited longest was read; None where none was."""
    return session.exec(select(func.min(Calendar.synced_at))).one()


def _used(view: View) -> set[str]:
    coming = exists().where(
        col(Appointment.consultant_id) == col(Consultant.id),
        col(Appointment.workspace_id) == view.workspace_id,
        col(Appointment.state) == State.BOOKED,
        col(Appointment.starts_at) > view.now,
    )
    statement = select(Consultant.calendar).where(
        Consultant.workspace_id == view.workspace_id,
        col(Consultant.calendar).is_not(None),
        or_(col(Consultant.active), coming),
    )
    return {google_id for google_id in view.session.exec(statement).all() if google_id}


def _forget(tx: Transaction, calendar: Calendar) -> None:
    if calendar.lease_until is not None and calendar.lease_until > tx.now:
        return  # it is being synced; the next time will do
    ours = select(CalendarEvent.appointment_id).where(
        CalendarEvent.calendar_id == calendar.id,
        col(CalendarEvent.appointment_id).is_not(None),
        CalendarEvent.ends_at > tx.now,
    )
    for appointment_id in tx.session.exec(ours).all():
        assert appointment_id is not None
        payload = {"appointment": appointment_id, "calendar": calendar.google_id}
        tx.effect(Draft(lane(appointment_id), KIND, payload, f"{lane(appointment_id)}:{calendar.id}"))
    tx.session.connection().execute(delete(CalendarEvent).where(col(CalendarEvent.calendar_id) == calendar.id))
    tx.session.delete(calendar)
    tx.session.flush()
