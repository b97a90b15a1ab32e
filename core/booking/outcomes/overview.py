"""Appointments and how they ended, as the messages about them show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from core.booking.slots import day_bounds
from core.errors import NotFound
from core.transaction import View
from storage.tables import Appointment, Consultant, Customer, Dispute, Member, Outcome, State
from storage.tables.conditions import DISPUTE_OPEN, UNDECIDED

LONGEST_LIST = 20  # more would not fit into one message with buttons


@dataclass(frozen=True)
class Claim:
    """What somebody says against the recorded outcome. `by` is a Slack user id, None for the event's colour."""

    dispute_id: str
    outcome: Outcome
    by: str | None


@dataclass(frozen=True)
class Ending:
    """An appointment with what is said about its end. `said_by` is a Slack user id, None for the calendar or an import."""

    appointment_id: str
    consultant_id: str
    consultant: str
    customer_id: str
    customer: str
    starts_at: datetime
    ends_at: datetime
    state: str
    outcome: Outcome | None
    source: str | None
    said_by: str | None
    said_at: datetime | None
    escalated: bool  # the leads have been asked
    claim: Claim | None  # until the dispute about it is settled
    followed: bool  # booked anew, after it was rescheduled


def ending(view: View, appointment_id: str) -> Ending:
    """One appointment's end. Raises NotFound("appointment")."""
    found = _endings(view, Appointment.id == appointment_id)
    if not found:
        raise NotFound("appointment")
    return found[0]


def asked_together(view: View, member_id: str, consultant_id: str, day: date, asked_at: datetime) -> list[Ending]:
    """What the member was asked at `asked_at` about the consultant's appointments of a local day, answered or not."""
    return _endings(
        view,
        *_on(view, day),
        Appointment.consultant_id == consultant_id,
        Appointment.asked_at == asked_at,
        or_(Appointment.booker_id == member_id, Consultant.member_id == member_id),
    )


def escalated_together(view: View, day: date, escalated_at: datetime) -> list[Ending]:
    """What the leads were asked at `escalated_at` about the appointments of a local day, answered or not."""
    everyone = select(Consultant.id).where(Consultant.workspace_id == view.workspace_id)
    return _endings(
        view,
        *_on(view, day),
        col(Appointment.consultant_id).in_(everyone),
        Appointment.escalated_at == escalated_at,
    )


def still_due(view: View, member_id: str) -> list[Ending]:
    """Past appointments that the member was asked about and nobody has answered for, by their start.

    The consultant is asked; where there is none in Slack, whoever booked.
    """
    in_slack = select(Member.id).where(Member.id == Consultant.member_id, col(Member.active)).exists()
    return _endings(
        view,
        UNDECIDED,
        Appointment.ends_at <= view.now,
        col(Appointment.asked_at).is_not(None),
        or_(Consultant.member_id == member_id, and_(Appointment.booker_id == member_id, ~in_slack)),
    )


def for_leads(view: View) -> list[Ending]:
    """What waits for a lead, by the start: the disputed first, then what nobody has answered for three days."""
    open_ones = select(Dispute.appointment_id).where(
        Dispute.workspace_id == view.workspace_id,
        DISPUTE_OPEN,
    )
    disputed = _endings(view, col(Appointment.id).in_(open_ones))
    return disputed + _endings(view, UNDECIDED, col(Appointment.escalated_at).is_not(None))


def _on(view: View, day: date) -> tuple[Any, Any]:
    first, after = day_bounds(day, view.zone)
    return Appointment.starts_at >= first, Appointment.starts_at < after


def _endings(view: View, *conditions: Any) -> list[Ending]:
    sayer = aliased(Member)
    statement = (
        select(Appointment, Consultant.name, Customer.name, sayer.slack_id)
        .join(Consultant, col(Consultant.id) == Appointment.consultant_id)
        .join(Customer, col(Customer.id) == Appointment.customer_id)
        .join(sayer, col(sayer.id) == Appointment.outcome_by, isouter=True)
        .where(Appointment.workspace_id == view.workspace_id, *conditions)
        .order_by(col(Appointment.starts_at), col(Customer.name), col(Appointment.id))
        .limit(LONGEST_LIST)
    )
    rows = view.session.exec(statement).all()
    claims = _claims(view, [row.id for row, *_ in rows if row.outcome])
    again = followed(view, [row for row, *_ in rows if row.outcome == Outcome.RESCHEDULED])
    return [
        Ending(
            appointment_id=row.id,
            consultant_id=row.consultant_id,
            consultant=consultant,
            customer_id=row.customer_id,
            customer=customer,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state=row.state,
            outcome=Outcome(row.outcome) if row.outcome else None,
            source=row.outcome_source,
            said_by=slack_id,
            said_at=row.outcome_at,
            escalated=row.escalated_at is not None,
            claim=claims.get(row.id),
            followed=row.id in again,
        )
        for row, consultant, customer, slack_id in rows
    ]


def open_disputes_of(view: View, appointment_ids: Sequence[str]) -> dict[str, str]:
    """The open dispute of each of these appointments that has one, by the appointment's id."""
    if not appointment_ids:
        return {}
    statement = select(Dispute.appointment_id, Dispute.id).where(
        Dispute.workspace_id == view.workspace_id,
        col(Dispute.appointment_id).in_(appointment_ids),
        DISPUTE_OPEN,
    )
    return dict(view.session.exec(statement).all())


def _claims(view: View, appointment_ids: Sequence[str]) -> dict[str, Claim]:
    """What is claimed in the open disputes about these appointments, by the appointment's id."""
    if not appointment_ids:
        return {}
    statement = (
        select(Dispute, Member.slack_id)
        .join(Member, col(Member.id) == Dispute.claimed_by, isouter=True)
        .where(
            Dispute.workspace_id == view.workspace_id,
            col(Dispute.appointment_id).in_(appointment_ids),
            DISPUTE_OPEN,
        )
    )
    return {d.appointment_id: Claim(d.id, Outcome(d.claimed), by) for d, by in view.session.exec(statement).all()}


def followed(view: View, rescheduled: Sequence[Appointment]) -> set[str | None]:
    """Those of these appointments in whose place the same customer has another one that was not given up again."""
    if not rescheduled:
        return set()
    statement = select(Appointment.follows_id).where(
        Appointment.workspace_id == view.workspace_id,
        col(Appointment.customer_id).in_({row.customer_id for row in rescheduled}),
        col(Appointment.follows_id).in_([row.id for row in rescheduled]),
        col(Appointment.state) == State.BOOKED,
    )
    return set(view.session.exec(statement).all())
