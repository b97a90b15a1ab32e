"""Disputes: two say different things about one appointment, and a lead decides.

At most one is open per appointment. It ends when a lead settles it, when the claim is taken back, or when the one who
recorded the outcome agrees with the claim.
"""

from sqlalchemy import literal_column
from sqlmodel import select

from core.booking.outcomes.deciding import decide, stand
from core.booking.seats import lock
from core.errors import AlreadyDone, NotAllowed, NotFound
from core.events import DisputeSettled, OutcomeDisputed
from core.transaction import Transaction, View
from storage.outbox import insert_new
from storage.tables import Appointment, Dispute, Outcome, Role, Settling, Source


def get_dispute(view: View, dispute_id: str) -> Dispute:
    """The dispute, open or settled. Raises NotFound("dispute")."""
    statement = select(Dispute).where(Dispute.workspace_id == view.workspace_id, Dispute.id == dispute_id)
    dispute = view.session.exec(statement).one_or_none()
    if dispute is None:
        raise NotFound("dispute")
    return dispute


def open_dispute_of(view: View, appointment_id: str) -> Dispute | None:
    """The appointment's open dispute, None when there is none."""
    statement = select(Dispute).where(
        Dispute.workspace_id == view.workspace_id,
        Dispute.appointment_id == appointment_id,
        literal_column("dispute.state = 'open'"),  # in the partial index's words, or it is not used
    )
    return view.session.exec(statement).one_or_none()


def open_dispute(tx: Transaction, appointment: Appointment, claimed: Outcome, by: str | None) -> bool:
    """Bring a claim against the recorded outcome before the leads; whether it is the one that is open now.

    `by` is the claiming member, None the calendar's colour. A colour that changes again while its dispute is open changes the
    claim. The appointment is locked.
    """
    recorded = appointment.outcome
    assert recorded is not None
    values = {
        "id": tx.new_id(),
        "workspace_id": tx.workspace_id,
        "appointment_id": appointment.id,
        "recorded": recorded,
        "claimed": claimed,
        "claimed_by": by,
        "opened_at": tx.now,
        "state": Settling.OPEN,
    }
    inserted = insert_new(tx.session, Dispute, values)
    dispute = open_dispute_of(tx, appointment.id)
    assert dispute is not None
    if not inserted:
        if dispute.claimed_by != by:
            return False
        if dispute.claimed == claimed:
            return True
        dispute.claimed = claimed
        tx.add(dispute)
    tx.emit(OutcomeDisputed(subject=appointment.id, dispute=dispute.id, recorded=recorded, claimed=claimed))
    return True


def settle(tx: Transaction, dispute_id: str, outcome: Outcome) -> Appointment:
    """A lead decides: `outcome` stands, in the lead's name.

    Raises NotFound("dispute"), NotAllowed, AlreadyDone when it is settled already, and CustomerBusy.
    """
    if not tx.actor_is(Role.LEAD):
        raise NotAllowed("lead")
    appointment = lock(tx, get_dispute(tx, dispute_id).appointment_id)
    dispute = open_dispute_of(tx, appointment.id)
    if dispute is None or dispute.id != dispute_id:
        raise AlreadyDone(appointment.outcome or appointment.state)
    agree(tx, appointment, dispute, outcome)
    return appointment


def agree(tx: Transaction, appointment: Appointment, dispute: Dispute, outcome: Outcome) -> None:
    """Close the dispute with `outcome` as the caller's word; the appointment is locked."""
    if outcome == appointment.outcome:
        stand(tx, appointment, outcome, Source.PERSON)
    else:
        decide(tx, appointment, outcome, Source.PERSON)
    _close(tx, dispute, outcome)


def withdraw(tx: Transaction, dispute: Dispute) -> None:
    """The claim is taken back by whoever made it: what was recorded stands as it stood."""
    _close(tx, dispute, Outcome(dispute.recorded))


def _close(tx: Transaction, dispute: Dispute, outcome: Outcome) -> None:
    dispute.state = Settling.SETTLED
    dispute.settled_at = tx.now
    dispute.settled_by = tx.actor.id if tx.actor else None
    tx.add(dispute)
    tx.emit(DisputeSettled(subject=dispute.appointment_id, dispute=dispute.id, outcome=outcome))
