"""What follows from what inside the engine, in the same transaction. Who is told of it stands in `bot/notify.py`."""

from core.booking.calendar.conflicts import reconcile_appointment
from core.booking.calendar.drafting import drafts
from core.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentReinstated,
    AppointmentRescheduled,
    AppointmentUndone,
    DisputeSettled,
    Event,
    OutcomeRecorded,
)
from core.transaction import Reaction, Transaction
from storage.tables import Appointment, Consultant


def _write_calendar(tx: Transaction, event: Event) -> None:
    """The event in Google Calendar follows the appointment; a change of calendar concerns both."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is None or (isinstance(event, AppointmentBooked) and event.imported):
        return
    former = event.from_consultant if isinstance(event, AppointmentRescheduled) else None
    consultant = tx.session.get(Consultant, former) if former else None
    old = (consultant.calendar or tx.workspace.central_calendar) if consultant else None
    for draft in drafts(tx, appointment, old):
        tx.effect(draft)


def _collisions(tx: Transaction, event: Event) -> None:
    """What stood in an appointment's way may not any more, or something else does where it is now."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is not None:
        reconcile_appointment(tx, appointment)


REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: (_write_calendar,),
    AppointmentRescheduled: (_write_calendar, _collisions),
    AppointmentCancelled: (_write_calendar, _collisions),
    AppointmentUndone: (_write_calendar, _collisions),
    AppointmentReinstated: (_write_calendar, _collisions),
    OutcomeRecorded: (_write_calendar,),
    DisputeSettled: (_write_calendar,),  # the colour of a refuted claim
}
