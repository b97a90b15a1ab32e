"""Seats: how an appointment gets one, changes it and gives it back, whoever wants it so.

Locking: every way into a seat locks the consultant's row first (two of them in the order of their ids), then counts the
seats in one statement, then writes. Who also holds appointments locks those before any consultant, several in the order of
their ids. SQLite has one writer anyway. Under all of it lie the partial unique indexes.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from core.errors import CustomerBusy, NotFound
from core.events import AppointmentCancelled, AppointmentReinstated, AppointmentRescheduled
from core.transaction import Transaction, View
from storage.tables import Appointment, Consultant, Source, State


def lock(tx: Transaction, appointment_id: str) -> Appointment:
    """The appointment, held against other writers until the transaction ends. Raises NotFound.

    It is the weaker row lock of PostgreSQL's, for which a conflict that refers to the appointment does not wait.
    """
    statement = (
        select(Appointment)
        .where(Appointment.id == appointment_id, Appointment.workspace_id == tx.workspace_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    appointment = tx.session.exec(statement).one_or_none()
    if appointment is None:
        raise NotFound("appointment")
    return appointment


def lock_consultants(tx: Transaction, ids: Collection[str]) -> None:
    """Hold back everybody else who wants a seat with these consultants until the transaction ends."""
    if tx.dialect == "sqlite":
        return  # BEGIN IMMEDIATE: nobody else writes
    statement = (
        select(Consultant.id)
        .where(Consultant.workspace_id == tx.workspace_id, col(Consultant.id).in_(ids))
        .order_by(col(Consultant.id))
        .with_for_update()
    )
    tx.session.exec(statement).all()


def lock_together(tx: Transaction, appointments: Collection[str], consultants: Collection[str]) -> None:
    """Hold several appointments, and then what everybody needs who wants a seat with these consultants."""
    if tx.dialect == "sqlite":
        return
    statement = (
        select(Appointment.id)
        .where(Appointment.workspace_id == tx.workspace_id, col(Appointment.id).in_(appointments))
        .order_by(col(Appointment.id))
        .with_for_update(key_share=True)
    )
    tx.session.exec(statement).all()
    lock_consultants(tx, consultants)


def lowest_free_seat(tx: Transaction, consultant_id: str, starts_at: datetime) -> int:
    """The lowest seat number that no booked appointment of the slot holds; the caller holds the consultant's lock."""
    statement = select(Appointment.seat).where(
        Appointment.workspace_id == tx.workspace_id,
        Appointment.consultant_id == consultant_id,
        Appointment.starts_at == starts_at,
        Appointment.state == State.BOOKED,
    )
    taken = set(tx.session.exec(statement).all())
    return next(seat for seat in range(1, len(taken) + 2) if seat not in taken)


def booked_at(view: View, customer_id: str, starts_at: datetime) -> str | None:
    """The appointment that the customer has at this very start."""
    statement = select(Appointment.id).where(
        Appointment.workspace_id == view.workspace_id,
        Appointment.customer_id == customer_id,
        Appointment.starts_at == starts_at,
        Appointment.state == State.BOOKED,
    )
    return view.session.exec(statement).first()


def move(
    tx: Transaction,
    appointment: Appointment,
    consultant_id: str,
    starts_at: datetime,
    ends_at: datetime,
    seat: int,
    source: Source,
) -> None:
    """Put an appointment elsewhere, and have it asked about anew if that is still to come. Raises CustomerBusy."""
    before = (appointment.consultant_id, appointment.starts_at)
    appointment.consultant_id, appointment.starts_at, appointment.ends_at = consultant_id, starts_at, ends_at
    appointment.seat, appointment.changed_at = seat, tx.now
    if starts_at > tx.now:
        appointment.asked_at = appointment.escalated_at = None
    _flush(tx, appointment)
    tell_moved(tx, appointment, *before, source)


def tell_moved(tx: Transaction, appointment: Appointment, consultant: str, starts_at: datetime, source: Source) -> None:
    """Say that an appointment was with this consultant at that time and no longer is."""
    tx.emit(
        AppointmentRescheduled(
            subject=appointment.id,
            from_consultant=consultant,
            from_starts_at=starts_at,
            consultant=appointment.consultant_id,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            source=source,
        )
    )


def release(tx: Transaction, appointment: Appointment, state: State, reason: str | None = None) -> None:
    """Give the seat back; `state` says how the appointment ended."""
    appointment.state, appointment.cancel_reason, appointment.changed_at = state, reason, tx.now
    tx.add(appointment)


def cancel_seat(tx: Transaction, appointment: Appointment, reason: str | None, source: Source) -> None:
    """Give the seat back and say so. An appointment without a reason was cancelled in the calendar."""
    release(tx, appointment, State.CANCELLED, reason)
    tx.emit(
        AppointmentCancelled(
            subject=appointment.id,
            consultant=appointment.consultant_id,
            starts_at=appointment.starts_at,
            source=source,
        )
    )


def reoccupy(tx: Transaction, appointment: Appointment, seat: int, source: Source = Source.PERSON) -> None:
    """Book a cancelled appointment again on `seat`. Raises CustomerBusy."""
    appointment.state, appointment.seat, appointment.changed_at = State.BOOKED, seat, tx.now
    appointment.cancel_reason = None
    _flush(tx, appointment)
    tx.emit(
        AppointmentReinstated(
            subject=appointment.id,
            consultant=appointment.consultant_id,
            starts_at=appointment.starts_at,
            source=source,
        )
    )


def _flush(tx: Transaction, appointment: Appointment) -> None:
    """Write; of the unique indexes only the customer's can speak here, the seat is chosen under the lock."""
    busy = CustomerBusy(appointment.id, appointment.starts_at)  # after a failed flush the row cannot be read any more
    try:
        tx.add(appointment)
    except IntegrityError as error:
        raise busy from error
