"""What an appointment becomes when a person moves, deletes or brings back its event in Google Calendar.

People's word counts more than capacity and schedule, so these ask for no open slot; a customer in two places at once is
refused all the same.
"""

from datetime import datetime

from core.booking.seats import cancel_seat, lock_consultants, lowest_free_seat, move, reoccupy, tell_moved
from core.transaction import Transaction
from storage.tables import Appointment, Source


def moved(
    tx: Transaction, appointment: Appointment, consultant_id: str, starts_at: datetime, ends_at: datetime
) -> None:
    """The event is at another time, or in another consultant's calendar. Raises CustomerBusy."""
    lock_consultants(tx, {consultant_id, appointment.consultant_id})
    same_start = (consultant_id, starts_at) == (appointment.consultant_id, appointment.starts_at)
    seat = appointment.seat if same_start else lowest_free_seat(tx, consultant_id, starts_at)
    move(tx, appointment, consultant_id, starts_at, ends_at, seat, Source.CALENDAR)


def deleted(tx: Transaction, appointment: Appointment) -> None:
    """The event is gone."""
    cancel_seat(tx, appointment, None, Source.CALENDAR)


def back(tx: Transaction, appointment: Appointment, consultant_id: str, starts_at: datetime, ends_at: datetime) -> None:
    """The event is there again, here or in another consultant's calendar. Raises CustomerBusy."""
    lock_consultants(tx, {consultant_id})
    before = (appointment.consultant_id, appointment.starts_at, appointment.ends_at)
    appointment.consultant_id, appointment.starts_at, appointment.ends_at = consultant_id, starts_at, ends_at
    reoccupy(tx, appointment, lowest_free_seat(tx, consultant_id, starts_at), Source.CALENDAR)
    if before != (consultant_id, starts_at, ends_at):
        tell_moved(tx, appointment, *before[:2], Source.CALENDAR)
