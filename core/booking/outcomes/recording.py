"""What people say about how an appointment ended."""

from core.booking.outcomes.deciding import CORRECTED_WITHIN, decide, require_answerable
from core.booking.outcomes.disputes import agree, open_dispute, open_dispute_of, withdraw
from core.booking.seats import lock
from core.errors import AlreadyDone, NotAllowed, TooLate
from core.transaction import Transaction, View
from storage.tables import Appointment, Dispute, Outcome, Role, Source


def record(tx: Transaction, appointment_id: str, outcome: Outcome, *, claim: bool = False) -> Appointment:
    """Say how the appointment ended, once it has begun. The first word decides, and the same word again changes nothing.

    A different word raises AlreadyDone with the recorded outcome, so that a click on an old button starts no quarrel. With
    `claim` the caller means it: whoever may correct corrects, anybody else opens a dispute.
    Raises NotFound, NotAllowed, Invalid("outcome", "before_start"), AlreadyDone, CustomerBusy.
    """
    appointment = lock(tx, appointment_id)
    require_answerable(tx, appointment)
    if appointment.outcome is None:
        decide(tx, appointment, outcome, Source.PERSON)
        return appointment
    dispute = open_dispute_of(tx, appointment.id)
    if appointment.outcome == outcome:
        if dispute is not None and tx.actor is not None and dispute.claimed_by == tx.actor.id:
            withdraw(tx, dispute)
        return appointment
    if not claim:
        raise AlreadyDone(appointment.outcome)
    if _refusal(tx, appointment, outcome, dispute) is None:
        _correct(tx, appointment, outcome, dispute)
    elif not open_dispute(tx, appointment, outcome, tx.actor.id if tx.actor else None):
        raise AlreadyDone("disputed")
    return appointment


def correct(tx: Transaction, appointment_id: str, outcome: Outcome) -> Appointment:
    """Replace the recorded outcome: leads and admins at any time, the one who recorded it within 24 hours.

    A lead's correction settles an open dispute; the recorder may only end one by agreeing with the claim. Without a recorded
    outcome it is recorded. Raises as `record` does, and TooLate("correct") after the 24 hours.
    """
    appointment = lock(tx, appointment_id)
    require_answerable(tx, appointment)
    if appointment.outcome is None:
        decide(tx, appointment, outcome, Source.PERSON)
        return appointment
    dispute = open_dispute_of(tx, appointment.id)
    refusal = _refusal(tx, appointment, outcome, dispute)
    if refusal is not None:
        raise refusal
    _correct(tx, appointment, outcome, dispute)
    return appointment


def may_correct(view: View, appointment: Appointment) -> bool:
    """Whether the caller may replace the outcome that is recorded, dispute aside."""
    if appointment.outcome is None or appointment.outcome_at is None:
        return False
    if view.actor_is(Role.LEAD):
        return True
    mine = view.actor is not None and appointment.outcome_by == view.actor.id
    return mine and view.now < appointment.outcome_at + CORRECTED_WITHIN


def _refusal(
    view: View, appointment: Appointment, outcome: Outcome, dispute: Dispute | None
) -> NotAllowed | TooLate | AlreadyDone | None:
    """Why the caller may not correct to `outcome`, None when they may."""
    if view.actor_is(Role.LEAD):
        return None
    if view.actor is None or appointment.outcome_by != view.actor.id or appointment.outcome_at is None:
        return NotAllowed("lead")
    if dispute is not None:
        return None if outcome == dispute.claimed else AlreadyDone("disputed")
    until = appointment.outcome_at + CORRECTED_WITHIN
    return None if view.now < until else TooLate("correct", until)


def _correct(tx: Transaction, appointment: Appointment, outcome: Outcome, dispute: Dispute | None) -> None:
    if dispute is not None:
        agree(tx, appointment, dispute, outcome)
    elif appointment.outcome != outcome:
        decide(tx, appointment, outcome, Source.PERSON)
