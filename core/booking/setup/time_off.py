"""Times at which a consultant, or nobody at all, can be booked."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, or_, select

from core.booking.calendar.causes import everybody
from core.booking.calendar.conflicts import found_by_time_off
from core.booking.contacts import clean_name
from core.booking.seats import lock_together
from core.booking.setup.changes import Facts, Kind, change
from core.booking.setup.consultants import consultant_of, get_consultant
from core.booking.setup.week import LONGEST_APPOINTMENT
from core.errors import AlreadyDone, Invalid, NotFound
from core.events import AvailabilityChanged
from core.transaction import Transaction, View
from storage.tables import Appointment, Consultant, Role, TimeOff
from storage.tables.conditions import BOOKED

LONGEST_REASON = 200
LONGEST = timedelta(days=366)


def take_time_off(
    tx: Transaction, consultant_id: str | None, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> tuple[TimeOff, list[Appointment]]:
    """Close [starts_at, ends_at) for a consultant, or for all (None). Also answers the appointments that are in it.

    They stand until somebody moves them; a conflict is opened for each. A member may do this for themselves, a lead for
    anybody. Raises NotAllowed, NotFound, Invalid("ends_at", "order" | "past" | "long"), AlreadyDone("off") when exactly this
    time is off already.
    """
    if consultant_id is not None:
        get_consultant(tx, consultant_id)
    check_span(tx, starts_at, ends_at)
    time_off_id = tx.new_id()
    facts = {
        "consultant_id": consultant_id,
        "starts_at": starts_at.astimezone(UTC).isoformat(),
        "ends_at": ends_at.astimezone(UTC).isoformat(),
        "reason": clean_name(reason)[:LONGEST_REASON],
        "created_by": tx.actor.id if tx.actor else None,
    }
    change(tx, TIME_OFF, time_off_id, facts)
    return get_time_off(tx, time_off_id), affected_by(tx, consultant_id, starts_at, ends_at)


def remove_time_off(tx: Transaction, time_off_id: str) -> int | None:
    """Open the time again. Raises NotFound, NotAllowed."""
    get_time_off(tx, time_off_id)
    return change(tx, TIME_OFF, time_off_id, None)


def get_time_off(view: View, time_off_id: str) -> TimeOff:
    """Raises NotFound("time_off") for one that is not there, or not any more."""
    row = view.session.get(TimeOff, time_off_id)
    if row is None or row.workspace_id != view.workspace_id:
        raise NotFound("time_off")
    return row


def check_span(view: View, starts_at: datetime, ends_at: datetime) -> None:
    """Whether such a time can be taken off. Raises Invalid("ends_at", "order" | "past" | "long")."""
    if ends_at <= starts_at:
        raise Invalid("ends_at", "order")
    if ends_at <= view.now:
        raise Invalid("ends_at", "past")
    if ends_at - starts_at > LONGEST:
        raise Invalid("ends_at", "long", {"days": LONGEST.days})


def coming_time_off(view: View, consultant_id: str | None = None, limit: int = 100) -> list[TimeOff]:
    """What is off now or later, soonest first: of one consultant (with what is off for all), or None: of everybody."""
    statement = select(TimeOff).where(TimeOff.workspace_id == view.workspace_id, TimeOff.ends_at > view.now)
    if consultant_id is not None:
        statement = statement.where(or_(TimeOff.consultant_id == consultant_id, col(TimeOff.consultant_id).is_(None)))
    return list(view.session.exec(statement.order_by(col(TimeOff.starts_at), TimeOff.id).limit(limit)).all())


def affected_by(view: View, consultant_id: str | None, starts_at: datetime, ends_at: datetime) -> list[Appointment]:
    """The booked appointments, of one consultant or of all, that are not over and touch [starts_at, ends_at)."""
    statement = select(Appointment).where(
        Appointment.workspace_id == view.workspace_id,
        BOOKED,
        Appointment.starts_at < ends_at,
        Appointment.starts_at > max(starts_at, view.now) - LONGEST_APPOINTMENT,
        Appointment.ends_at > max(starts_at, view.now),
    )
    if consultant_id is not None:
        statement = statement.where(Appointment.consultant_id == consultant_id)
    return list(view.session.exec(statement.order_by(col(Appointment.starts_at), col(Appointment.seat))).all())


def may_change(view: View, consultant_id: str | None) -> bool:
    """Whether the caller may take time off for this consultant (None: for all): leads for anybody, others for themselves."""
    if view.actor_is(Role.LEAD):
        return True
    own = consultant_of(view, view.actor.id) if view.actor else None
    return own is not None and own.id == consultant_id


def _needs(view: View, _subject: str, before: Facts | None, after: Facts | None) -> Role:
    consultant_id = (before or after or {}).get("consultant_id")
    return Role.MEMBER if may_change(view, consultant_id) else Role.LEAD


def _present(view: View, subject: str) -> Facts | None:
    row = view.session.get(TimeOff, subject, populate_existing=True)
    if row is None or row.workspace_id != view.workspace_id:
        return None
    return {
        "consultant_id": row.consultant_id,
        "starts_at": row.starts_at.astimezone(UTC).isoformat(),
        "ends_at": row.ends_at.astimezone(UTC).isoformat(),
        "reason": row.reason,
        "created_by": row.created_by,
    }


def _put(tx: Transaction, subject: str, _before: Facts | None, after: Facts | None) -> None:
    row = tx.session.get(TimeOff, subject)
    if after is None:
        assert row is not None
        tx.session.delete(row)
        tx.session.flush()
        found_by_time_off(tx, row)
        return
    consultant_id = after["consultant_id"]
    if consultant_id is not None:
        get_consultant(tx, consultant_id)
    row = TimeOff(
        id=subject,
        workspace_id=tx.workspace_id,
        consultant_id=consultant_id,
        starts_at=datetime.fromisoformat(after["starts_at"]),
        ends_at=datetime.fromisoformat(after["ends_at"]),
        reason=after["reason"] or "",
        created_by=after["created_by"],
        created_at=tx.now,
    )
    check_span(tx, row.starts_at, row.ends_at)
    if _same(tx, row):
        raise AlreadyDone("off")
    _hold_back(tx, row)
    tx.add(row)
    found_by_time_off(tx, row)


def _hold_back(tx: Transaction, row: TimeOff) -> None:
    """Who books meanwhile has either done so by then, and collides, or finds the time off. (Its row alone refers to a
    consultant, if to any, and would lock that one too early.)
    """
    inside = affected_by(tx, row.consultant_id, row.starts_at, row.ends_at)
    whose = [row.consultant_id] if row.consultant_id is not None else everybody(tx)
    lock_together(tx, [appointment.id for appointment in inside], whose)


def _same(view: View, row: TimeOff) -> bool:
    """Whether exactly this time is off already. (Exact instants, so that the answer needs no history.)"""
    statement = select(TimeOff.id).where(
        TimeOff.workspace_id == view.workspace_id,
        TimeOff.ends_at == row.ends_at,
        TimeOff.starts_at == row.starts_at,
        col(TimeOff.consultant_id).is_(None)
        if row.consultant_id is None
        else col(TimeOff.consultant_id) == row.consultant_id,
    )
    return view.session.exec(statement).first() is not None


def _reach(view: View, _subject: str, before: Facts | None, after: Facts | None) -> AvailabilityChanged:
    facts = after or before or {}
    first, last = (datetime.fromisoformat(facts[key]).astimezone(view.zone).date() for key in ("starts_at", "ends_at"))
    return AvailabilityChanged(subject=facts["consultant_id"] or "all", since=first, until=last)


TIME_OFF = Kind("time_off", _present, _put, _reach, _needs, frozenset({"reason"}))


def names_of(view: View, rows: list[TimeOff]) -> dict[str, str]:
    """Consultant id -> name for those whom these times off concern."""
    ids = {row.consultant_id for row in rows if row.consultant_id}
    statement = select(Consultant.id, Consultant.name).where(
        Consultant.workspace_id == view.workspace_id, col(Consultant.id).in_(ids)
    )
    return dict(view.session.exec(statement).all()) if ids else {}
