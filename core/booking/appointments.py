"""Booking, rescheduling, cancelling and undoing.

The slot is evaluated once without the consultant's lock (see `core.booking.seats`), so that the many who come too late are
refused without queueing, and once more under it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import select

from core.booking import availability, customers
from core.booking.contacts import clean_note
from core.booking.seats import (
    booked_at,
    cancel_seat,
    lock,
    lock_consultants,
    lowest_free_seat,
    move,
    release,
    reoccupy,
)
from core.booking.slots import Full, NotOffered, Slot
from core.errors import AlreadyDone, CustomerBusy, Invalid, NotAllowed, NotFound, SlotNotOpen, TooLate
from core.events import AppointmentBooked, AppointmentUndone
from core.transaction import Transaction, View
from storage.database import known
from storage.tables import Appointment, Consultant, Role, Source, State
from storage.tables.base import insert_new, table_of

UNDO_FOR = timedelta(minutes=10)
LONGEST_NOTE = 2000
LONGEST_REASON = 300

_EMPTY: dict[str, Any] = dict.fromkeys(table_of(Appointment).c.keys())


@dataclass(frozen=True)
class BookingRequest:
    """A submitted booking. `request_key` (the Slack view's id) makes the same submission twice one appointment."""

    consultant_id: str
    starts_at: datetime
    name: str
    phone: str = ""
    email: str = ""
    note: str = ""
    request_key: str | None = None
    follows_id: str | None = None


def calendar_event_id(appointment_id: str) -> str:
    """The id of the appointment's event in Google Calendar: derived, so that writing it twice is writing it once."""
    return f"sq{appointment_id}"


def get_appointment(view: View, appointment_id: str) -> Appointment:
    """The appointment of this workspace. Raises NotFound."""
    appointment = view.session.get(Appointment, appointment_id)
    if appointment is None or appointment.workspace_id != view.workspace_id:
        raise NotFound("appointment")
    return appointment


def calendar_of(view: View, consultant: Consultant) -> str | None:
    """The Google calendar that holds the consultant's appointments."""
    return consultant.calendar or view.workspace.central_calendar


def may_change(view: View, appointment: Appointment) -> bool:
    """Whether the caller may move or cancel it: its booker, its consultant, leads and admins."""
    if view.actor is None or view.actor_is(Role.LEAD) or appointment.booker_id == view.actor.id:
        return True
    consultant = view.session.get(Consultant, appointment.consultant_id)
    return consultant is not None and consultant.member_id == view.actor.id


def get_changeable(view: View, appointment_id: str) -> Appointment:
    """The appointment, for those alone who may move or cancel it. Raises NotFound, NotAllowed("booker")."""
    appointment = get_appointment(view, appointment_id)
    _check_changeable(view, appointment)
    return appointment


def check_open(view: View, consultant_id: str, starts_at: datetime) -> Slot:
    """The open slot at that start. Raises SlotNotOpen with the reason and the nearest open slots."""
    slot = availability.slot_at(view, consultant_id, starts_at)
    if slot.closed is not None:
        raise SlotNotOpen(slot, slot.closed, tuple(availability.alternatives(view, consultant_id, starts_at)))
    return slot


def book(tx: Transaction, request: BookingRequest) -> Appointment:
    """Give the customer a seat; a repeated request gets its appointment again.

    Raises Invalid, SlotNotOpen, CustomerBusy; NotFound where the appointment that this one follows is not known.
    """
    if tx.actor is None:
        raise NotAllowed("member")
    contact = customers.check_contact(request.name, request.phone, request.email)
    note = check_note(request.note)
    if request.follows_id is not None:
        get_appointment(tx, request.follows_id)
    try:
        slot, seat = _take(tx, request.consultant_id, request.starts_at)
        customer_id = customers.remember(tx, contact)
        appointment_id = tx.new_id()
        values = _EMPTY | {
            "id": appointment_id,
            "workspace_id": tx.workspace_id,
            "consultant_id": slot.consultant_id,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "seat": seat,
            "state": State.BOOKED.value,
            "customer_id": customer_id,
            "booker_id": tx.actor.id,
            "note": tx.seal(note, f"appointment.note:{appointment_id}"),
            "request_key": request.request_key,
            "follows_id": request.follows_id,
            "created_at": tx.now,
            "changed_at": tx.now,
        }
        if not insert_new(tx.session, Appointment, values):
            raise _collision(tx, customer_id, slot)
        appointment = known(tx.session, Appointment, values)
    except (SlotNotOpen, CustomerBusy):
        earlier = booked_by(tx, request.request_key)
        if earlier is None:
            raise
        return earlier
    tx.emit(
        AppointmentBooked(
            subject=appointment.id,
            consultant=slot.consultant_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            customer=customer_id,
            booker=tx.actor.id,
        )
    )
    return appointment


def booked_by(view: View, request_key: str | None) -> Appointment | None:
    """The appointment that a request has already led to."""
    if request_key is None:
        return None
    statement = select(Appointment).where(
        Appointment.workspace_id == view.workspace_id, Appointment.request_key == request_key
    )
    return view.session.exec(statement).one_or_none()


def reschedule(tx: Transaction, appointment_id: str, consultant_id: str, starts_at: datetime) -> Appointment:
    """Move a coming appointment to another open slot; to where it already is, nothing happens."""
    appointment = _coming(tx, appointment_id, "reschedule")
    if (appointment.consultant_id, appointment.starts_at) == (consultant_id, starts_at):
        return appointment
    slot, seat = _take(tx, consultant_id, starts_at, also=appointment.consultant_id)
    move(tx, lock(tx, appointment_id), slot.consultant_id, slot.starts_at, slot.ends_at, seat, Source.PERSON)
    return get_appointment(tx, appointment_id)


def cancel(tx: Transaction, appointment_id: str, reason: str) -> Appointment:
    """Free the seat of a coming appointment. Raises Invalid without a reason."""
    words = clean_note(reason)
    if not words:
        raise Invalid("reason", "empty")
    if len(words) > LONGEST_REASON:
        raise Invalid("reason", "too_long", {"limit": LONGEST_REASON, "length": len(words)})
    appointment = _coming(tx, appointment_id, "cancel")
    cancel_seat(tx, appointment, words, Source.PERSON)
    return appointment


def undo(tx: Transaction, appointment_id: str) -> Appointment:
    """Take a booking back within ten minutes, by whoever booked it (or a lead), as if it had never been."""
    appointment = lock(tx, appointment_id)
    if tx.actor and appointment.booker_id != tx.actor.id and not tx.actor_is(Role.LEAD):
        raise NotAllowed("booker")
    if appointment.state == State.UNDONE:
        return appointment
    _check_recent(tx, appointment, State.BOOKED, appointment.created_at)
    release(tx, appointment, State.UNDONE)
    tx.emit(
        AppointmentUndone(subject=appointment.id, consultant=appointment.consultant_id, starts_at=appointment.starts_at)
    )
    return appointment


def reinstate(tx: Transaction, appointment_id: str) -> Appointment:
    """Take a cancellation back within ten minutes, while the slot is still open."""
    appointment = _own(tx, appointment_id)
    if appointment.state == State.BOOKED:
        return appointment
    _check_recent(tx, appointment, State.CANCELLED, appointment.changed_at)
    _, seat = _take(tx, appointment.consultant_id, appointment.starts_at)
    reoccupy(tx, appointment, seat)
    return appointment


def check_note(text: str) -> str:
    """A note fit to be stored. Raises Invalid when it is too long."""
    note = clean_note(text)
    if len(note) > LONGEST_NOTE:
        raise Invalid("note", "too_long", {"limit": LONGEST_NOTE, "length": len(note)})
    return note


def _take(tx: Transaction, consultant_id: str, starts_at: datetime, also: str | None = None) -> tuple[Slot, int]:
    """An open slot and its lowest free seat, with the consultant (and `also`) locked."""
    if tx.dialect != "sqlite":
        check_open(tx, consultant_id, starts_at)
    lock_consultants(tx, {consultant_id, also or consultant_id})
    slot = check_open(tx, consultant_id, starts_at)
    gap = slot.highest != slot.taken
    return slot, lowest_free_seat(tx, consultant_id, starts_at) if gap else slot.taken + 1


def _own(tx: Transaction, appointment_id: str) -> Appointment:
    appointment = lock(tx, appointment_id)
    _check_changeable(tx, appointment)
    return appointment


def _check_changeable(view: View, appointment: Appointment) -> None:
    if not may_change(view, appointment):
        raise NotAllowed("booker")


def _coming(tx: Transaction, appointment_id: str, what: str) -> Appointment:
    appointment = _own(tx, appointment_id)
    _check_state(appointment, State.BOOKED)
    if appointment.starts_at <= tx.now:
        raise TooLate(what, appointment.starts_at)
    return appointment


def _check_state(appointment: Appointment, state: State) -> None:
    """Raises AlreadyDone unless the appointment is in this state and nobody has said how it ended."""
    if appointment.state != state or appointment.outcome is not None:
        raise AlreadyDone(appointment.outcome or appointment.state)


def _check_recent(tx: Transaction, appointment: Appointment, state: State, since: datetime) -> None:
    """Raises AlreadyDone, or TooLate ten minutes after `since`."""
    _check_state(appointment, state)
    if tx.now > since + UNDO_FOR:
        raise TooLate("undo", since + UNDO_FOR)


def _collision(tx: Transaction, customer_id: str, slot: Slot) -> SlotNotOpen | CustomerBusy:
    """Why the database refused the row: the customer is already booked at that start, or the seat has gone."""
    other = booked_at(tx, customer_id, slot.starts_at)
    if other is not None:
        return CustomerBusy(other, slot.starts_at)
    reason = Full(slot.capacity, slot.capacity) if slot.taken else NotOffered()
    return SlotNotOpen(slot, reason, tuple(availability.alternatives(tx, slot.consultant_id, slot.starts_at)))
