"""Writes that no change asked for: a calendar connected after the first bookings, or given to somebody else."""

from collections.abc import Sequence

from sqlmodel import col, select

from core.booking.calendar.drafting import drafts
from core.booking.calendar.lanes import KIND
from core.booking.calendar.mirror import consultants_of
from core.transaction import Transaction, View
from storage.tables import Appointment, Calendar, CalendarEvent, Consultant, Effect, EffectState, State
from storage.tables.conditions import BOOKED, BUSY


def catch_up(tx: Transaction, calendar: Calendar) -> None:
    """Have coming appointments written that the calendar lacks, and those removed that do not belong in it (any more).

    Where a write is under way or was given up, that one decides.
    """
    found = [*_unwritten(tx, calendar), *_strays(tx, calendar)]
    if not found:
        return
    statement = select(Effect.lane, Effect.payload).where(
        Effect.workspace_id == tx.workspace_id,
        Effect.kind == KIND,
        col(Effect.state).in_([EffectState.PENDING, EffectState.GIVEN_UP]),
    )
    told = {(lane, payload.get("calendar")) for lane, payload in tx.session.exec(statement).all()}
    for appointment in found:
        for draft in drafts(tx, appointment, calendar.google_id):
            if (draft.lane, draft.payload["calendar"]) not in told:
                tx.effect(draft)


def _unwritten(view: View, calendar: Calendar) -> Sequence[Appointment]:
    consultants = [one.id for one in consultants_of(view, calendar.google_id)]
    if not consultants:
        return ()
    a, e = Appointment, CalendarEvent
    statement = (
        select(a)
        .outerjoin(e, (col(e.appointment_id) == col(a.id)) & (col(e.calendar_id) == calendar.id))
        .where(
            a.workspace_id == view.workspace_id,
            BOOKED,
            a.starts_at > view.now,
            col(a.consultant_id).in_(consultants),
            col(e.event_id).is_(None),
        )
        .order_by(col(a.starts_at), col(a.id))
    )
    return view.session.exec(statement).all()


def _strays(view: View, calendar: Calendar) -> Sequence[Appointment]:
    a, c, e = Appointment, Consultant, CalendarEvent
    statement = (
        select(a, c.calendar)
        .join(e, col(e.appointment_id) == col(a.id))
        .join(c, col(c.id) == col(a.consultant_id))
        .where(
            e.calendar_id == calendar.id,
            BUSY,
            e.ends_at > view.now,
            a.workspace_id == view.workspace_id,
        )
        .order_by(col(a.starts_at), col(a.id))
    )
    central = view.workspace.central_calendar
    return [
        appointment
        for appointment, own in view.session.exec(statement).all()
        if (own or central) != calendar.google_id or (appointment.state != State.BOOKED and appointment.outcome is None)
    ]
