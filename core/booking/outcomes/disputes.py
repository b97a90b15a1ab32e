"""Disputes: two say different things about one appointment, and a lead decides.

At most one is open per appointment. It ends when a lead settles it, when the claim is taken back, or when the one who
recorded the outcome agrees with the claim.
"""

from sqlmodel import col, select

from core.booking.outcomes.deciding import decide, stand
from core.booking.seats import lock
from core.errors import AlreadyDone, NotAllowed, NotFound
from core.events import DisputeSettled, OutcomeDisputed
from core.transaction import Transaction, View
from storage.tables import Appointment, Dispute, JournalEntry, Outcome, Role, Settling, Source
from storage.tables.base import insert_new
from storage.tables.conditions import DISPUTE_OPEN

SAID = ("OutcomeRecorded", "OutcomeDisputed", "DisputeSettled")


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
        DISPUTE_OPEN,
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
    appointment, dispute = _locked(tx, dispute_id)
    agree(tx, appointment, dispute, outcome)
    return appointment


def concede(tx: Transaction, dispute_id: str) -> Appointment:
    """The one whose answer is recorded agrees with the claim, which stands from now on. No lead is needed.

    Raises NotFound("dispute"), NotAllowed, AlreadyDone when it is settled already, and CustomerBusy.
    """
    appointment, dispute = _locked(tx, dispute_id)
    if tx.actor is None or appointment.outcome_by != tx.actor.id:
        raise NotAllowed("lead")
    agree(tx, appointment, dispute, Outcome(dispute.claimed))
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


def voices(view: View, appointment_id: str) -> list[str]:
    """The ids of the members who have ever said how the appointment ended, in order."""
    statement = select(JournalEntry.actor).where(
        JournalEntry.workspace_id == view.workspace_id,
        JournalEntry.subject == appointment_id,
        col(JournalEntry.kind).in_(SAID),
    )
    return sorted({actor for actor in view.session.exec(statement).all() if actor})


def recorder(view: View, dispute: Dispute) -> tuple[str | None, str | None]:
    """Who had recorded what the dispute is about: the source, and the member's id where it was a person."""
    statement = select(JournalEntry).where(
        JournalEntry.workspace_id == view.workspace_id,
        JournalEntry.subject == dispute.appointment_id,
        JournalEntry.kind == "OutcomeRecorded",
        JournalEntry.at <= dispute.opened_at,
    )
    entry = view.session.exec(statement.order_by(col(JournalEntry.seq).desc()).limit(1)).first()
    return (entry.data["source"], entry.actor) if entry else (None, None)


def _locked(tx: Transaction, dispute_id: str) -> tuple[Appointment, Dispute]:
    """The open dispute and its appointment, locked. Raises NotFound("dispute"), AlreadyDone when it is settled."""
    appointment = lock(tx, get_dispute(tx, dispute_id).appointment_id)
    dispute = open_dispute_of(tx, appointment.id)
    if dispute is None or dispute.id != dispute_id:
        raise AlreadyDone(appointment.outcome or appointment.state)
    return appointment, dispute


def _close(tx: Transaction, dispute: Dispute, outcome: Outcome) -> None:
    dispute.state = Settling.SETTLED
    dispute.settled_at = tx.now
    dispute.settled_by = tx.actor.id if tx.actor else None
    tx.add(dispute)
    tx.emit(DisputeSettled(subject=dispute.appointment_id, dispute=dispute.id, outcome=outcome))
