"""Writing an outcome down, and what it does to the seat.

Outcomes under which nobody came free the seat; taking such an outcome back gives a seat again, the lowest free one, even
beyond the capacity: by then it is a matter of what happened, no longer of what may happen.
"""

from datetime import timedelta

from core.booking.appointments import may_change
from core.booking.seats import booked_at, lock_consultants, lowest_free_seat, reoccupy
from core.errors import AlreadyDone, CustomerBusy, Invalid, NotAllowed
from core.events import OutcomeRecorded
from core.transaction import Transaction, View
from storage.tables import Appointment, Outcome, Source, State

FREEING = frozenset({Outcome.CANCELLED, Outcome.RESCHEDULED})
CORRECTED_WITHIN = timedelta(hours=24)


def require_answerable(view: View, appointment: Appointment) -> None:
    """Refuse whoever has no say, and what has no outcome to tell. The booker, the consultant, leads and admins have one.

    Raises NotAllowed, Invalid("outcome", "before_start") with the start, and AlreadyDone for a booking that was undone or
    cancelled before anybody could come.
    """
    if not may_change(view, appointment):
        raise NotAllowed("consultant")
    if appointment.state == State.UNDONE or (appointment.state == State.CANCELLED and appointment.outcome is None):
        raise AlreadyDone(appointment.state)
    if appointment.starts_at > view.now:
        raise Invalid("outcome", "before_start", {"starts_at": appointment.starts_at})


def decide(tx: Transaction, appointment: Appointment, outcome: Outcome, source: Source) -> None:
    """Let `outcome` stand from now on, in the caller's name, and emit it.

    The appointment is locked and its outcome differs. Raises CustomerBusy when a seat is needed again and the customer sits
    elsewhere at that time.
    """
    previous = appointment.outcome
    if outcome in FREEING:
        appointment.state = State.CANCELLED
    stand(tx, appointment, outcome, source)
    if appointment.state == State.CANCELLED and outcome not in FREEING:
        _reinstate(tx, appointment)
    tx.emit(
        OutcomeRecorded(
            subject=appointment.id,
            outcome=outcome,
            previous=previous,
            source=source,
            consultant=appointment.consultant_id,
            starts_at=appointment.starts_at,
        )
    )


def stand(tx: Transaction, appointment: Appointment, outcome: Outcome, source: Source) -> None:
    """Write whose word the outcome is: the caller's, who answers for it from now on."""
    appointment.outcome = outcome
    appointment.outcome_at = tx.now
    appointment.outcome_by = tx.actor.id if tx.actor else None
    appointment.outcome_source = source
    appointment.changed_at = tx.now
    tx.add(appointment)


def _reinstate(tx: Transaction, appointment: Appointment) -> None:
    """Give the customer a seat again, under the consultant's lock like every way into a seat."""
    lock_consultants(tx, {appointment.consultant_id})
    other = booked_at(tx, appointment.customer_id, appointment.starts_at)
    if other is not None:
        raise CustomerBusy(other, appointment.starts_at)
    reoccupy(tx, appointment, lowest_free_seat(tx, appointment.consultant_id, appointment.starts_at))
