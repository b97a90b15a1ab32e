"""A consultant's own day, and a booker's own appointments with what can be done to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_
from sqlmodel import col, or_, select

from core.booking.appointments import UNDO_FOR
from core.booking.availability import load_diaries, public_holidays, rules_of
from core.booking.customers import find_customers, reveal
from core.booking.outcomes.overview import open_disputes_of
from core.booking.outcomes.recording import may_correct
from core.booking.slots import Busy, Closed, Full, Off, Slot, day_bounds, evaluate
from core.transaction import View
from storage.tables import Appointment, Consultant, Customer, Outcome, State

MOST_FOUND = 50  # customers whose appointments are listed when words are looked for


@dataclass(frozen=True)
class Seat:
    """A customer in a slot. The phone is written as people write it; `answerable`: its outcome can be told by now."""

    appointment: Appointment
    customer: str
    phone: str | None
    note: str
    disputed: bool
    answerable: bool

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, None while nobody has said so."""
        return Outcome(self.appointment.outcome) if self.appointment.outcome else None


@dataclass(frozen=True)
class Hour:
    """A start with its customers. `capacity` is None for a start that the schedule does not (or no longer) offer."""

    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    seats: tuple[Seat, ...]
    closed: Closed | None

    @property
    def free(self) -> int:
        """Seats that nobody holds; 0 where none is offered."""
        held = sum(seat.appointment.state == State.BOOKED for seat in self.seats)
        return max(0, (self.capacity or 0) - held)


@dataclass(frozen=True)
class Day:
    """A consultant's local day: the starts in order, what keeps the consultant away, and the holiday that it is."""

    consultant: Consultant
    day: date
    hours: tuple[Hour, ...]
    away: tuple[Off | Busy, ...]
    holiday: str | None

    @property
    def undecided(self) -> tuple[Seat, ...]:
        """Those whose outcome is still to be told."""
        return tuple(seat for hour in self.hours for seat in hour.seats if seat.answerable and seat.outcome is None)


@dataclass(frozen=True)
class Mine:
    """An appointment that the caller booked, and what can be done to it now. `can_undo_until` is None when it is too late."""

    appointment: Appointment
    consultant: str
    customer: str
    phone: str | None  # as people write it
    disputed: bool
    can_undo_until: datetime | None
    can_change: bool  # reschedule or cancel
    can_record: bool
    can_correct: bool
    can_contradict: bool

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, None while nobody has said so."""
        return Outcome(self.appointment.outcome) if self.appointment.outcome else None


@dataclass(frozen=True)
class Cursor:
    """Where a page ended."""

    starts_at: datetime
    id: str


@dataclass(frozen=True)
class Page:
    """Appointments in order, and where the next page begins; None: there is none."""

    items: tuple[Mine, ...]
    next: Cursor | None


def day_of(view: View, consultant: Consultant, day: date) -> Day:
    """The consultant's day. Undone bookings and those cancelled before they began are not part of it."""
    first, after = day_bounds(day, view.zone)
    seats = _seats(view, consultant.id, first, after)
    holiday = public_holidays(view, day, day).get(day)
    (diary,) = load_diaries(view, day, day, [consultant.id])
    offered = {slot.starts_at: slot for slot in evaluate(diary, day, rules_of(view), view.now, holiday)}
    hours = [_hour(starts_at, offered.get(starts_at), seats.get(starts_at, [])) for starts_at in {*offered, *seats}]
    blocks = [block for block in diary.blocks if block.starts_at < after and block.ends_at > first]
    return Day(
        consultant=consultant,
        day=day,
        hours=tuple(sorted(hours, key=lambda hour: hour.starts_at)),
        away=tuple(sorted(blocks, key=lambda block: (block.starts_at, block.ends_at))),
        holiday=holiday,
    )


def my_appointments(
    view: View, member_id: str, limit: int = 10, *, past: bool = False, after: Cursor | None = None, about: str = ""
) -> Page:
    """What the member booked: the coming appointments, soonest first, or with `past` the begun ones, latest first.

    Undone bookings are left out, and so are cancelled ones that would have been still to come. `after` is the `next` of the
    page before. `about`: only the customers who are found by these words, see `find_customers`.
    """
    a = Appointment
    conditions = [col(a.starts_at) <= view.now, col(a.state) != State.UNDONE] if past else _coming(view)
    if after is not None:
        conditions.append(_beyond(after, past))
    if about:
        conditions.append(col(a.customer_id).in_([known.id for known in find_customers(view, about, MOST_FOUND)]))
    order = (col(a.starts_at).desc(), col(a.id).desc()) if past else (col(a.starts_at).asc(), col(a.id).asc())
    rows = _booked_by(view, member_id, conditions, order, limit + 1)
    items, more = _all_mine(view, rows[:limit]), len(rows) > limit
    last = items[-1].appointment if items else None
    return Page(items, Cursor(last.starts_at, last.id) if more and last else None)


def just_booked(view: View, member_id: str, limit: int = 3) -> tuple[Mine, ...]:
    """What the member booked in the last minutes and may still take back, the latest first."""
    a = Appointment
    conditions = [*_coming(view), a.created_at >= view.now - UNDO_FOR]
    return _all_mine(view, _booked_by(view, member_id, conditions, (col(a.created_at).desc(), col(a.id)), limit))


def _booked_by(
    view: View, member_id: str, conditions: Sequence[Any], order: Sequence[Any], limit: int
) -> Sequence[tuple[Appointment, str, Customer]]:
    a = Appointment
    statement = (
        select(a, Consultant.name, Customer)
        .join(Consultant, col(Consultant.id) == a.consultant_id)
        .join(Customer, col(Customer.id) == a.customer_id)
        .where(a.workspace_id == view.workspace_id, a.booker_id == member_id, *conditions)
        .order_by(*order)
        .limit(limit)
    )
    return view.session.exec(statement).all()


def _coming(view: View) -> list[Any]:
    return [col(Appointment.starts_at) > view.now, Appointment.state == State.BOOKED]


def _all_mine(view: View, rows: Sequence[tuple[Appointment, str, Customer]]) -> tuple[Mine, ...]:
    disputes = open_disputes_of(view, [row.id for row, *_ in rows if row.outcome])
    return tuple(_mine(view, row, consultant, customer, row.id in disputes) for row, consultant, customer in rows)


def _beyond(cursor: Cursor, past: bool) -> Any:
    starts_at, key = col(Appointment.starts_at), col(Appointment.id)
    if past:
        return and_(starts_at <= cursor.starts_at, or_(starts_at < cursor.starts_at, key < cursor.id))
    return and_(starts_at >= cursor.starts_at, or_(starts_at > cursor.starts_at, key > cursor.id))


def _mine(view: View, row: Appointment, consultant: str, customer: Customer, disputed: bool) -> Mine:
    booked_open = row.state == State.BOOKED and row.outcome is None
    undo_until = row.created_at + UNDO_FOR
    correctable, me = may_correct(view, row), view.actor.id if view.actor else None
    return Mine(
        appointment=row,
        consultant=consultant,
        customer=customer.name,
        phone=reveal(view, customer).phone,
        disputed=disputed,
        can_undo_until=undo_until if booked_open and view.now <= undo_until else None,
        can_change=booked_open and row.starts_at > view.now,
        can_record=booked_open and row.starts_at <= view.now,
        can_correct=correctable,
        can_contradict=bool(row.outcome) and not correctable and not disputed and row.outcome_by != me,
    )


def _hour(starts_at: datetime, slot: Slot | None, seats: Sequence[Seat]) -> Hour:
    ends_at = max((*(seat.appointment.ends_at for seat in seats), *((slot.ends_at,) if slot else ())))
    closed = slot.closed if slot and not isinstance(slot.closed, Full) else None
    return Hour(starts_at, ends_at, slot.capacity if slot else None, tuple(seats), closed)


def _seats(view: View, consultant_id: str, first: datetime, after: datetime) -> dict[datetime, list[Seat]]:
    statement = (
        select(Appointment, Customer)
        .join(Customer, col(Customer.id) == Appointment.customer_id)
        .where(
            Appointment.workspace_id == view.workspace_id,
            Appointment.consultant_id == consultant_id,
            Appointment.starts_at >= first,
            Appointment.starts_at < after,
            or_(Appointment.state == State.BOOKED, col(Appointment.outcome).is_not(None)),
            Appointment.state != State.UNDONE,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.seat), col(Appointment.id))
    )
    rows = view.session.exec(statement).all()
    disputes = open_disputes_of(view, [row.id for row, _ in rows if row.outcome])
    seats: dict[datetime, list[Seat]] = {}
    for row, customer in rows:
        seat = Seat(
            appointment=row,
            customer=customer.name,
            phone=reveal(view, customer).phone,
            note=view.open(row.note, f"appointment.note:{row.id}"),
            disputed=row.id in disputes,
            answerable=row.starts_at <= view.now,
        )
        seats.setdefault(row.starts_at, []).append(seat)
    return seats
