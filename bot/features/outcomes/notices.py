"""Who hears of an outcome that is asked for, told, disputed or settled. Every message is one per subject and is edited."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.features.outcomes.lines import was_said
from bot.notify import consultant_member, leads, member, refresh_homes_of, say
from core.booking.outcomes.asking import respondent_of
from core.booking.outcomes.disputes import open_dispute_of, voices
from core.events import (
    AppointmentBooked,
    DisputeSettled,
    Event,
    OutcomeAsked,
    OutcomeDisputed,
    OutcomeEscalated,
    OutcomeRecorded,
)
from core.model import Appointment, Dispute, Member, Role
from core.transaction import Reaction, Transaction

SWEEP = timedelta(seconds=3)  # longer than a round over all consultants takes


def _question(tx: Transaction, event: Event) -> None:
    """The question in which the appointment stands, if it was asked about: to the consultant, else to the booker."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is not None:
        _say_question(tx, appointment, event)


def _say_question(tx: Transaction, appointment: Appointment, event: Event) -> None:
    if appointment.asked_at is None or appointment.asked_at == appointment.escalated_at:
        return
    asked = member(tx, respondent_of(tx, appointment))
    if asked is None:
        return
    own = consultant_member(tx, appointment.consultant_id)
    day, at = _day(tx, appointment), appointment.asked_at.isoformat()
    subject = f"{appointment.consultant_id}:{day}:{int(appointment.asked_at.timestamp())}"
    _tell(
        tx,
        "outcomes_asked",
        asked.slack_id,
        subject,
        member=asked.id,
        consultant=appointment.consultant_id,
        day=day,
        at=at,
        own=own is not None and own.id == asked.id,
        delay=_pause(event),
    )


def _escalation(tx: Transaction, event: Event) -> None:
    """The question to the leads in which the appointment stands, and the admin channel's line about it."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is None or appointment.escalated_at is None:
        return
    day, at = _day(tx, appointment), appointment.escalated_at.isoformat()
    subject = f"{day}:{int(appointment.escalated_at.timestamp())}"
    for lead in leads(tx):
        _tell(tx, "outcomes_escalated", lead.slack_id, subject, delay=_pause(event), day=day, at=at)
    _tell(tx, "outcomes_overdue", tx.workspace.admin_channel, subject, delay=_pause(event), day=day, at=at)


def _dispute(tx: Transaction, event: Event) -> None:
    """The leads are told of a dispute, and of how it ended."""
    assert isinstance(event, OutcomeDisputed | DisputeSettled)
    facts: dict[str, Any] = {"outcome": event.outcome} if isinstance(event, DisputeSettled) else {}
    for lead in leads(tx):
        _tell(tx, "outcome_disputed", lead.slack_id, event.dispute, **facts)


def _contested(tx: Transaction, event: Event) -> None:
    """The one whose answer is recorded hears that somebody says otherwise; a lead is told as leads are."""
    assert isinstance(event, OutcomeDisputed)
    appointment = tx.session.get(Appointment, event.subject)
    author = member(tx, appointment.outcome_by) if appointment else None
    if author is not None and not Role(author.role).covers(Role.LEAD):
        _tell(tx, "outcome_contested", author.slack_id, event.dispute)


def _decided(tx: Transaction, event: Event) -> None:
    """Everyone who said something about it hears what somebody else decided; a claim that was taken back needs no word."""
    assert isinstance(event, DisputeSettled)
    dispute = tx.session.get(Dispute, event.dispute)
    assert dispute is not None
    for speaker in _speakers(tx, event.subject):
        if speaker.id != dispute.claimed_by:  # whoever was not asked is not told: the builder sees to that
            _tell(tx, "outcome_contested", speaker.slack_id, dispute.id, outcome=event.outcome)
        if dispute.settled_by not in (None, dispute.claimed_by, speaker.id):
            _tell(tx, "dispute_decided", speaker.slack_id, dispute.id, outcome=event.outcome)


def _corrected(tx: Transaction, event: Event) -> None:
    """Everyone who said something about it hears of a correction by somebody else; one that settles a dispute says so itself."""
    assert isinstance(event, OutcomeRecorded)
    if event.previous is None or tx.actor is None or open_dispute_of(tx, event.subject) is not None:
        return
    facts: dict[str, Any] = {"appointment": event.subject, "before": event.previous, "after": event.outcome}
    subject = f"{event.subject}:{tx.new_id()[:8]}"
    for speaker in _speakers(tx, event.subject):
        if speaker.id != tx.actor.id:
            say(tx, "outcome_corrected", speaker.slack_id, subject, by=tx.actor.slack_id, **facts)


def _speakers(tx: Transaction, appointment_id: str) -> Iterator[Member]:
    for member_id in voices(tx, appointment_id):
        found = member(tx, member_id)
        if found is not None and found.active:
            yield found


def _followed(tx: Transaction, event: Event) -> None:
    """A new appointment in place of a rescheduled one: the old one no longer offers to book it."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is not None and appointment.follows_id is not None:
        former = tx.session.get(Appointment, appointment.follows_id)
        if former is not None and former.workspace_id == tx.workspace_id:
            _say_question(tx, former, event)


def _post(tx: Transaction, event: Event) -> None:
    """The post in #bookings takes the outcome over, where there is one: what was imported was never posted."""
    channel = tx.workspace.bookings_channel
    if channel and was_said(tx, "booking", event.subject, channel):
        say(tx, "booking", channel, event.subject)


def _tell(
    tx: Transaction, message: str, to: str | None, subject: str, *, delay: timedelta = timedelta(0), **facts: Any
) -> None:
    """Say it with its place among the facts, so that the builder can tell whether it was said before."""
    say(tx, message, to, subject, delay=delay, place=to, **facts)


def _pause(event: Event) -> timedelta:
    """A new question waits until its sweep is through, so that it comes as one message and not as one and its edits."""
    return SWEEP if isinstance(event, OutcomeAsked | OutcomeEscalated) else timedelta(0)


def _day(tx: Transaction, appointment: Appointment) -> str:
    return appointment.starts_at.astimezone(tx.zone).date().isoformat()


NOTICES: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: (_followed,),
    OutcomeAsked: (_question, refresh_homes_of),
    OutcomeEscalated: (_question, _escalation),
    OutcomeRecorded: (_question, _escalation, _post, _corrected, refresh_homes_of),
    OutcomeDisputed: (_question, _escalation, _dispute, _contested),
    DisputeSettled: (_question, _escalation, _dispute, _decided),
}
