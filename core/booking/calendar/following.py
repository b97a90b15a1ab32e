"""What a change of one of our own events means for its appointment.

People may change our events in Google, and their word counts. But not everything that a sync shows is a person's word: it may
be our own write coming back, or a state that a write of ours is about to replace. Of two changes the later one wins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.booking import appointments
from core.booking.calendar import edited
from core.booking.calendar.drafting import drafts, write_pending
from core.booking.calendar.mirror import consultants_of
from core.booking.outcomes.colours import colour_seen, outcome_of
from core.booking.seats import lock
from core.errors import Refusal
from core.ports import RemoteEvent
from core.transaction import Transaction, View
from storage.tables import Appointment, Calendar, CalendarEvent, Consultant, State


class Verdict(StrEnum):
    """What is to be done about an event of ours."""

    NOTHING = "nothing"
    MOVED = "moved"  # the appointment follows the event
    DELETED = "deleted"  # the appointment is cancelled
    BACK = "back"  # the cancelled appointment is booked again
    RESTORE = "restore"  # the event is set right by a write


@dataclass(frozen=True)
class Sight:
    """An event of ours as a sync shows it, next to what was known. `here`: the appointment belongs in this calendar."""

    state: str
    decided: bool
    cancelled_in_calendar: bool
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    here: bool
    pending: bool
    event: RemoteEvent
    mirrored: tuple[datetime, datetime] | None  # its times as last seen in this calendar


def judge(sight: Sight) -> Verdict:
    """The rule.

    Without a write of ours under way, whatever differs from the mirror was done by a person. With one, it was only if the
    event was changed after the appointment, and in what the appointment follows.
    """
    if sight.decided:
        return Verdict.NOTHING
    if sight.event.gone:
        return _judge_gone(sight)
    if sight.state == State.BOOKED:
        return _judge_here(sight) if sight.here else _judge_elsewhere(sight)
    back = sight.mirrored is None and has_hours(sight.event) and (sight.cancelled_in_calendar or _newer(sight))
    if sight.state == State.CANCELLED and back:
        return Verdict.BACK
    return _ours(sight)


def has_hours(event: RemoteEvent) -> bool:
    """Whether an appointment can take the event's times: a whole day or no time at all is none."""
    return (
        not event.all_day
        and event.starts_at is not None
        and event.ends_at is not None
        and event.starts_at < event.ends_at
    )


def _newer(sight: Sight) -> bool:
    return sight.event.changed_at is not None and sight.event.changed_at > sight.changed_at


def _ours(sight: Sight) -> Verdict:
    return Verdict.NOTHING if sight.pending else Verdict.RESTORE


def _judge_gone(sight: Sight) -> Verdict:
    if sight.state != State.BOOKED or not sight.here:
        return Verdict.NOTHING
    by_person = sight.mirrored is not None and _newer(sight) if sight.pending else True
    return Verdict.DELETED if by_person else Verdict.NOTHING


def _judge_here(sight: Sight) -> Verdict:
    event = sight.event
    if (event.starts_at, event.ends_at) == (sight.starts_at, sight.ends_at) and not event.all_day:
        return Verdict.NOTHING
    if not has_hours(event):
        return _ours(sight)
    moved = _newer(sight) if sight.mirrored is None else sight.mirrored != (event.starts_at, event.ends_at)
    if sight.pending:
        moved = moved and sight.mirrored is not None and _newer(sight)
    return Verdict.MOVED if moved else _ours(sight)


def _judge_elsewhere(sight: Sight) -> Verdict:
    """An event that appears in another calendar was handed over; one that was known there is only a leftover."""
    if sight.mirrored is None and has_hours(sight.event) and _newer(sight):
        return Verdict.MOVED
    return _ours(sight)


def follow(
    tx: Transaction, calendar: Calendar, event: RemoteEvent, mirrored: CalendarEvent | None, appointment_id: str
) -> None:
    """Let the appointment follow its event, as far as the event's change is a person's word."""
    appointment = lock(tx, appointment_id)
    verdict = judge(_sight(tx, calendar, event, mirrored, appointment))
    if verdict is not Verdict.NOTHING:
        _act(tx, calendar, event, appointment, verdict)
    if not event.gone and event.colour != (mirrored.colour if mirrored else None):
        _try(tx, lambda: colour_seen(tx, appointment, event.colour))


def concerns(
    view: View,
    calendar: Calendar,
    event: RemoteEvent,
    mirrored: CalendarEvent | None,
    appointment: Appointment,
    home: str | None,
) -> bool:
    """Whether `follow` may have anything to do, told without a lock: most of a first sync is as it should be.

    `home` is the Google id of the calendar that the appointment belongs in.
    """
    if not event.gone and event.colour != (mirrored.colour if mirrored else None):
        agreed = mirrored is None and outcome_of(view.workspace, event.colour) == appointment.outcome
        if not agreed:
            return True
    if appointment.outcome is not None:
        return False
    if event.gone or appointment.state != State.BOOKED or home != calendar.google_id or event.all_day:
        return True
    return (event.starts_at, event.ends_at) != (appointment.starts_at, appointment.ends_at)


def _sight(
    tx: Transaction,
    calendar: Calendar,
    event: RemoteEvent,
    mirrored: CalendarEvent | None,
    appointment: Appointment,
) -> Sight:
    consultant = tx.session.get_one(Consultant, appointment.consultant_id)
    return Sight(
        state=appointment.state,
        decided=appointment.outcome is not None,
        cancelled_in_calendar=appointment.cancel_reason is None,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        changed_at=appointment.changed_at,
        here=appointments.calendar_of(tx, consultant) == calendar.google_id,
        pending=write_pending(tx, appointment.id),
        event=event,
        mirrored=(mirrored.starts_at, mirrored.ends_at) if mirrored else None,
    )


def _act(tx: Transaction, calendar: Calendar, event: RemoteEvent, appointment: Appointment, verdict: Verdict) -> None:
    done = False
    if verdict is Verdict.DELETED:
        done = _try(tx, lambda: edited.deleted(tx, appointment))
    consultant_id = _consultant(tx, calendar, appointment)
    if verdict is Verdict.BACK:
        consultant_id = consultant_id or appointment.consultant_id
    starts_at, ends_at = event.starts_at, event.ends_at
    if consultant_id is not None and starts_at is not None and ends_at is not None:
        to = (consultant_id, starts_at, ends_at)
        if verdict is Verdict.MOVED:
            done = _try(tx, lambda: edited.moved(tx, appointment, *to))
        elif verdict is Verdict.BACK:
            done = _try(tx, lambda: edited.back(tx, appointment, *to))
    if not done:
        if appointment.state == State.BOOKED:
            appointment.changed_at = tx.now  # that it stays as it is, is the latest word now
            tx.add(appointment)
        for draft in drafts(tx, appointment, calendar.google_id):
            tx.effect(draft)


def _consultant(view: View, calendar: Calendar, appointment: Appointment) -> str | None:
    """Whose calendar it is; None where that cannot be told, because several share it or nobody has it."""
    ids = [one.id for one in consultants_of(view, calendar.google_id)]
    own = view.session.get_one(Consultant, appointment.consultant_id)
    if own.id in ids or appointments.calendar_of(view, own) == calendar.google_id:
        return own.id
    return ids[0] if len(ids) == 1 else None


def _try(tx: Transaction, change: Callable[[], None]) -> bool:
    """All of the change or, when the engine refuses it, nothing; the rest of the page goes on."""
    try:
        with tx.session.begin_nested():
            change()
    except Refusal:
        return False
    return True
