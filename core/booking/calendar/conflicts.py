"""Something else stands where an appointment is booked: found, settled again, or ignored by a person.

One rule does all of it: compare what collides now with what is written down. So it is right in whatever order events,
bookings and time off come, and running it once more changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.booking.calendar.causes import Cause, causes_between, everybody, series_of
from core.booking.setup.week import LONGEST_APPOINTMENT
from core.errors import AlreadyDone, NotAllowed, NotFound
from core.events import ConflictChanged, ConflictFound, ConflictSettled
from core.transaction import Transaction, View
from storage.tables import Appointment, CalendarEvent, Conflict, Consultant, Role, Settling, State, TimeOff
from storage.tables.base import insert_new
from storage.tables.conditions import BOOKED, CONFLICT_OPEN

IN_ONE_QUERY = 400  # keys in one IN list


@dataclass(frozen=True)
class _Booked:
    id: str
    consultant_id: str
    starts_at: datetime
    ends_at: datetime


def reconcile(tx: Transaction, consultants: Collection[str]) -> None:
    """Write down what collides with these consultants' appointments that are not over, and settle what does not any more."""
    if not consultants:
        return
    standing = _open(tx)
    concerned = {c.id for c, a in standing if a.state != State.BOOKED or a.consultant_id in consultants}
    _compare(tx, _booked(tx, consultants), standing, concerned)


def reconcile_appointment(tx: Transaction, appointment: Appointment) -> None:
    """The same for one appointment, after it was moved, cancelled, undone or reinstated."""
    booked = []
    if appointment.state == State.BOOKED and appointment.ends_at > tx.now:
        booked = [
            _Booked(appointment.id, appointment.consultant_id, appointment.starts_at, appointment.ends_at),
        ]
    standing = _open(tx)
    concerned = {c.id for c, a in standing if a.id == appointment.id}
    _compare(tx, booked, standing, concerned)
    for conflict in (c for c, _ in standing if c.id in concerned and c.state == Settling.OPEN):
        tx.emit(ConflictChanged(subject=appointment.id, conflict=conflict.id))


def found_by_time_off(tx: Transaction, time_off: TimeOff) -> None:
    """Time off was taken, changed or given back: open, keep or settle what follows from it."""
    if time_off.consultant_id is not None:
        reconcile(tx, [time_off.consultant_id])
        return
    reconcile(tx, everybody(tx))


def ignore(tx: Transaction, conflict_id: str) -> None:
    """The caller knows of it and lets it be: it is not told again. The booker, the consultant and leads may.

    Raises NotFound, NotAllowed, and AlreadyDone for one that is settled.
    """
    conflict = get_conflict(tx, conflict_id)
    appointment = tx.session.get_one(Appointment, conflict.appointment_id)
    if tx.actor is None:
        raise NotAllowed("member")
    consultant = tx.session.get(Consultant, appointment.consultant_id)
    theirs = {appointment.booker_id, consultant.member_id if consultant else None}
    if tx.actor.id not in theirs and not tx.actor_is(Role.LEAD):
        raise NotAllowed("booker")
    if conflict.state != Settling.OPEN:
        raise AlreadyDone(conflict.state)
    conflict.settled_by = tx.actor.id
    _settle(tx, conflict, "ignored")


def get_conflict(view: View, conflict_id: str) -> Conflict:
    """Raises NotFound."""
    conflict = view.session.get(Conflict, conflict_id)
    if conflict is None or conflict.workspace_id != view.workspace_id:
        raise NotFound("conflict")
    return conflict


def alerted(view: View, alert_id: str) -> list[tuple[Conflict, Appointment]]:
    """What an alert is about, in the order of the appointments."""
    statement = (
        select(Conflict, Appointment)
        .join(Appointment, col(Appointment.id) == col(Conflict.appointment_id))
        .where(Conflict.workspace_id == view.workspace_id, Conflict.alert_id == alert_id)
        .order_by(col(Appointment.starts_at), col(Appointment.consultant_id), col(Appointment.seat), col(Conflict.id))
    )
    return list(view.session.exec(statement).all())


def _compare(
    tx: Transaction, booked: list[_Booked], standing: Sequence[tuple[Conflict, Appointment]], concerned: set[str]
) -> None:
    """Of all the open conflicts (`standing`), those `concerned` are held against what collides now."""
    collisions = dict(_collisions(tx, booked))
    alerts: dict[str, str] = {}
    for conflict, appointment in standing:
        cause = collisions.pop((conflict.appointment_id, conflict.cause), None) if conflict.id in concerned else None
        if cause is None and conflict.id in concerned:
            _settle(tx, conflict, _how(tx, conflict, appointment))
            continue
        alerts[series_of(conflict.cause)] = conflict.alert_id
        if cause is not None and cause.facts != (conflict.title, conflict.starts_at, conflict.ends_at):
            conflict.title, conflict.starts_at, conflict.ends_at = cause.facts
            tx.add(conflict)
            tx.emit(ConflictChanged(subject=conflict.appointment_id, conflict=conflict.id))
    _open_new(tx, collisions, alerts)


def _collisions(tx: Transaction, booked: list[_Booked]) -> Iterator[tuple[tuple[str, str], Cause]]:
    if not booked:
        return
    first, last = min(b.starts_at for b in booked), max(b.ends_at for b in booked)
    causes: defaultdict[str, list[Cause]] = defaultdict(list)
    for cause in causes_between(tx, first, last):
        for consultant_id in cause.consultants:
            causes[consultant_id].append(cause)
    for b in booked:
        for cause in causes[b.consultant_id]:
            if cause.starts_at < b.ends_at and cause.ends_at > b.starts_at:
                yield (b.id, cause.key), cause


def _open_new(tx: Transaction, collisions: dict[tuple[str, str], Cause], alerts: dict[str, str]) -> None:
    """A row that a person settled stays so; one that had settled by itself is opened again. Two at once make one row.

    `alerts`: series -> the alert that is open about it; what else it covers joins that.
    """
    known = _known(tx, {appointment for appointment, _ in collisions})
    for (appointment_id, key), cause in collisions.items():
        conflict = known.get((appointment_id, key))
        if conflict is not None and (conflict.state == Settling.OPEN or conflict.settled_by is not None):
            continue
        alert_id = alerts.setdefault(cause.series, tx.new_id())
        if conflict is None:
            row = Conflict(
                id=tx.new_id(),
                workspace_id=tx.workspace_id,
                appointment_id=appointment_id,
                cause=key,
                alert_id=alert_id,
                title=cause.title,
                starts_at=cause.starts_at,
                ends_at=cause.ends_at,
                opened_at=tx.now,
            )
            if insert_new(tx.session, Conflict, row.model_dump()):
                tx.emit(ConflictFound(subject=appointment_id, conflict=row.id))
        else:
            conflict.state, conflict.settled_at, conflict.how = Settling.OPEN, None, None
            conflict.alert_id, conflict.opened_at = alert_id, tx.now
            conflict.title, conflict.starts_at, conflict.ends_at = cause.facts
            tx.add(conflict)
            tx.emit(ConflictFound(subject=appointment_id, conflict=conflict.id))


def _settle(tx: Transaction, conflict: Conflict, how: str | None) -> None:
    """Close the conflict; `how` None: its time has passed, and nobody needs to hear of it."""
    conflict.state, conflict.settled_at, conflict.how = Settling.SETTLED, tx.now, how
    tx.add(conflict)
    if how is not None:
        tx.emit(ConflictSettled(subject=conflict.appointment_id, conflict=conflict.id, how=how))


def _how(tx: Transaction, conflict: Conflict, appointment: Appointment) -> str | None:
    if appointment.state != State.BOOKED:
        return "cancelled"
    if appointment.ends_at <= tx.now:
        return None
    kind, _, place = conflict.cause.partition(":")
    cause: CalendarEvent | TimeOff | None
    if kind == "event":
        calendar_id, _, event_id = place.partition("/")
        cause = tx.session.get(CalendarEvent, (calendar_id, event_id), populate_existing=True)
        stands = cause is not None and cause.busy
    else:
        cause = tx.session.get(TimeOff, place)
        stands = cause is not None
    if stands and cause and (cause.starts_at, cause.ends_at) == (conflict.starts_at, conflict.ends_at):
        return "moved"
    return "gone"


def _booked(view: View, consultants: Collection[str]) -> list[_Booked]:
    a = Appointment
    statement = select(a.id, a.consultant_id, a.starts_at, a.ends_at).where(
        a.workspace_id == view.workspace_id,
        BOOKED,
        a.starts_at > view.now - LONGEST_APPOINTMENT,
        a.ends_at > view.now,
    )
    rows = view.session.exec(statement).all()
    return [_Booked(*row) for row in rows if row[1] in consultants]


def _open(view: View) -> list[tuple[Conflict, Appointment]]:
    statement = (
        select(Conflict, Appointment)
        .join(Appointment, col(Appointment.id) == col(Conflict.appointment_id))
        .where(Conflict.workspace_id == view.workspace_id, CONFLICT_OPEN)
        .order_by(col(Conflict.id))
    )
    return list(view.session.exec(statement).all())


def _known(view: View, appointments: set[str]) -> dict[tuple[str, str], Conflict]:
    ids = sorted(appointments)
    known: dict[tuple[str, str], Conflict] = {}
    for start in range(0, len(ids), IN_ONE_QUERY):
        statement = select(Conflict).where(
            Conflict.workspace_id == view.workspace_id,
            col(Conflict.appointment_id).in_(ids[start : start + IN_ONE_QUERY]),
        )
        known |= {(c.appointment_id, c.cause): c for c in view.session.exec(statement).all()}
    return known
