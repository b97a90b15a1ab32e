"""What has to be written to the calendars when an appointment changes, and what its event then looks like.

A write says only "make the event reflect the appointment as it is by then". So the order of changes cannot matter, several
writes that wait are one, and a repeated one does no harm.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, or_
from sqlalchemy import select as plain_select
from sqlmodel import select

from core.booking import customers
from core.booking.appointments import calendar_event_id, calendar_of
from core.booking.calendar import wording
from core.booking.calendar.lanes import KIND, lane
from core.booking.outcomes.colours import colour_of, outcome_of
from core.ports import EventDraft
from core.transaction import View
from storage import outbox
from storage.tables import (
    Appointment,
    Calendar,
    CalendarEvent,
    Consultant,
    Customer,
    Member,
    Outcome,
    Source,
    State,
)
from storage.tables.base import table_of

PAST = timedelta(days=1)  # what began longer ago is left as it is

_CALENDARS, _CONSULTANTS = table_of(Calendar).c, table_of(Consultant).c
_OWN = plain_select(func.coalesce(func.nullif(_CONSULTANTS.calendar, ""), bindparam("central"))).where(
    _CONSULTANTS.workspace_id == bindparam("workspace"), _CONSULTANTS.id == bindparam("consultant")
)
_KEPT = plain_select(_CALENDARS.google_id, _CALENDARS.id).where(
    _CALENDARS.workspace_id == bindparam("workspace"),
    or_(_CALENDARS.google_id == _OWN.scalar_subquery(), _CALENDARS.google_id == bindparam("old")),
)


@dataclass(frozen=True)
class Wanted:
    """What a calendar should hold for an appointment: `draft`, or no event at all. `etag` is the mirror's."""

    calendar_id: str | None  # the row; None: the calendar is not kept in step (any more)
    event_id: str
    draft: EventDraft | None
    etag: str | None


def drafts(view: View, appointment: Appointment, old_calendar: str | None = None) -> list[outbox.Draft]:
    """The writes that follow from a change of the appointment; `old_calendar` (a Google id) is where its event was.

    None for what began more than a day ago, and none for calendars that are not kept in step.
    """
    if appointment.starts_at < view.now - PAST:
        return []
    kept = view.rows(
        _KEPT,
        workspace=view.workspace_id,
        consultant=appointment.consultant_id,
        central=view.workspace.central_calendar,
        old=old_calendar,
    )
    return [
        outbox.Draft(
            lane=lane(appointment.id),
            kind=KIND,
            payload={"appointment": appointment.id, "calendar": google_id},
            fold_key=f"{lane(appointment.id)}:{calendar_id}",
        )
        for google_id, calendar_id in sorted(kept, key=lambda row: row[0] == old_calendar)
    ]


def write_pending(view: View, appointment_id: str) -> bool:
    """Whether a write about the appointment has yet to arrive."""
    return outbox.is_pending(view.session, view.workspace_id, KIND, lane(appointment_id))


def wanted(view: View, appointment_id: str, google_id: str) -> Wanted:
    """What the calendar should hold for the appointment as it is now.

    An appointment whose outcome was told stays in the calendar, as what it was; one that was cancelled or undone before
    anybody could come leaves it.
    """
    statement = select(Calendar).where(Calendar.workspace_id == view.workspace_id, Calendar.google_id == google_id)
    calendar = view.session.exec(statement).one_or_none()
    event_id = calendar_event_id(appointment_id)
    row = view.session.get(CalendarEvent, (calendar.id, event_id)) if calendar else None
    etag = row.etag if row else None
    appointment = view.session.get(Appointment, appointment_id)
    draft = None
    if appointment is not None and appointment.workspace_id == view.workspace_id and calendar is not None:
        consultant = view.session.get_one(Consultant, appointment.consultant_id)
        stands = appointment.state == State.BOOKED or appointment.outcome is not None
        if stands and calendar_of(view, consultant) == google_id:
            draft = event_draft(view, appointment, consultant, row.colour if row else None)
    return Wanted(calendar.id if calendar else None, event_id, draft, etag)


def event_draft(view: View, appointment: Appointment, consultant: Consultant, colour: str | None) -> EventDraft:
    """The appointment's event. `colour` is the one it has."""
    customer = view.session.get_one(Customer, appointment.customer_id)
    booker = view.session.get_one(Member, appointment.booker_id)
    w = view.workspace
    facts = wording.EventFacts(
        customer=customer.name,
        phone=customers.reveal(view, customer).phone or "",
        consultant=consultant.name,
        booker=booker.name,
        note=view.open(appointment.note, f"appointment.note:{appointment.id}"),
        link=wording.slack_link(w.id, w.bot_user, w.bookings_channel),
    )
    return EventDraft(
        id=calendar_event_id(appointment.id),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=w.timezone,
        title=wording.title(facts),
        description=wording.description(facts, w.locale),
        appointment_id=appointment.id,
        colour=_colour(view, appointment, colour),
    )


def _colour(view: View, appointment: Appointment, present: str | None) -> str | None:
    """The colour of an outcome that was told in Slack, unless the event shows it already; else it stays as it is."""
    if appointment.outcome is None or appointment.outcome_source != Source.PERSON:
        return None
    outcome = Outcome(appointment.outcome)
    return None if outcome_of(view.workspace, present) == outcome else colour_of(view.workspace, outcome)
