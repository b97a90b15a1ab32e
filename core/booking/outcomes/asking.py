"""Asking for outcomes: first the calendar's colour, then the consultant, after three days the leads. Never guessing.

The sweeps may run late, twice, or in two processes at once: each appointment is looked at again under its lock. However long
the bot was away, a person is asked about one day at a time, the latest first, and the rest in the rounds that follow.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from core.booking.outcomes.colours import one_outcome
from core.booking.outcomes.deciding import decide
from core.booking.outcomes.overview import LONGEST_LIST
from core.booking.seats import lock
from core.events import OutcomeAsked, OutcomeEscalated
from core.transaction import Engine, Transaction, View
from storage.tables import Appointment, CalendarEvent, Consultant, Member, Outcome, Source, State
from storage.tables.conditions import UNDECIDED

ASK_AFTER = timedelta(minutes=30)
ESCALATE_AFTER = timedelta(hours=72)
BATCH = 200
BATCHES = 25  # a round looks at so many batches at most; the next round looks at the newest again


@dataclass(frozen=True)
class Swept:
    """What a sweep did: outcomes read from colours, appointments asked about, and those handed to the leads."""

    recorded: int = 0
    asked: int = 0
    escalated: int = 0


@dataclass(frozen=True)
class Undecided:
    """A past booked appointment without an outcome. `respondent` is the member who is to answer for it."""

    id: str
    consultant_id: str
    starts_at: datetime
    ends_at: datetime
    respondent: str | None
    outcome: Outcome | None  # what the calendar's colour says


def ask_due(engine: Engine, workspace_id: str) -> Swept:
    """Settle what ended at least 30 minutes ago: by its colour where that speaks, else by asking whoever should know."""
    now = engine.clock()
    recorded, unasked = 0, _Round()
    for batch, zone in _batches(engine, workspace_id, now - ASK_AFTER, col(Appointment.asked_at).is_(None)):
        recorded += _record_colours(engine, workspace_id, batch)
        for item in batch:
            if item.outcome is None:
                unasked.offer((item.respondent, item.consultant_id) if item.respondent else None, item, zone)
    at = now.replace(microsecond=0)
    asked = escalated = 0
    for item in unasked.chosen():
        if item.respondent is None:
            escalated += _change(engine, workspace_id, item.id, partial(_escalate, at=at))
        else:
            asked += _change(engine, workspace_id, item.id, partial(_ask, at=at))
    return Swept(recorded, asked, escalated)


def close_day(engine: Engine, workspace_id: str) -> Swept:
    """The evening's round: read the colours of everything undecided once more, then ask what has not been asked."""
    recorded = 0
    for batch, _ in _batches(engine, workspace_id, engine.clock()):
        recorded += _record_colours(engine, workspace_id, batch)
    swept = ask_due(engine, workspace_id)
    return Swept(recorded + swept.recorded, swept.asked, swept.escalated)


def escalate_due(engine: Engine, workspace_id: str) -> Swept:
    """Hand to the leads what was asked 72 hours ago and is still not answered."""
    now = engine.clock()
    waiting = _Round()
    overdue = col(Appointment.asked_at) <= now - ESCALATE_AFTER
    for batch, zone in _batches(engine, workspace_id, now, overdue, col(Appointment.escalated_at).is_(None)):
        for item in batch:
            waiting.offer(None, item, zone)
    at = now.replace(microsecond=0)
    escalated = sum(_change(engine, workspace_id, item.id, partial(_escalate, at=at)) for item in waiting.chosen())
    return Swept(escalated=escalated)


def respondent_of(view: View, appointment: Appointment) -> str | None:
    """The member who is asked: the consultant, without one the booker; None when neither is with the team any more."""
    rows = _rows(view, Appointment.id == appointment.id)
    return rows[0][1] if rows else None


class _Round:
    """Chooses for each recipient (None: the leads) the latest local day with something to ask, one message's worth of it."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, str] | None, list[Undecided]] = {}

    def offer(self, recipient: tuple[str, str] | None, item: Undecided, zone: ZoneInfo) -> None:
        chosen = self._chosen.setdefault(recipient, [])
        if not chosen or (_day(item, zone) == _day(chosen[0], zone) and len(chosen) < LONGEST_LIST):
            chosen.append(item)

    def chosen(self) -> list[Undecided]:
        items = [item for chosen in self._chosen.values() for item in chosen]
        return sorted(items, key=lambda item: (item.starts_at, item.id))


def _day(item: Undecided, zone: ZoneInfo) -> date:
    return item.starts_at.astimezone(zone).date()


def _batches(
    engine: Engine, workspace_id: str, ended_by: datetime, *conditions: Any
) -> Iterator[tuple[list[Undecided], ZoneInfo]]:
    """What is undecided, the latest first, with what the colours say; no session is open while a batch is worked on."""
    before: tuple[datetime, str] | None = None
    for _ in range(BATCHES):
        with engine.view(workspace_id) as view:
            after = () if before is None else (_earlier(*before),)
            rows = _rows(
                view,
                UNDECIDED,
                Appointment.ends_at <= ended_by,
                *after,
                *conditions,
            )
            colours = _colours(view, [row.id for row, _ in rows])
            batch = [
                Undecided(
                    row.id,
                    row.consultant_id,
                    row.starts_at,
                    row.ends_at,
                    respondent,
                    one_outcome(view.workspace, colours.get(row.id, ())),
                )
                for row, respondent in rows
            ]
        if batch:
            yield batch, view.zone
        if len(batch) < BATCH:
            return
        before = (batch[-1].ends_at, batch[-1].id)


def _earlier(ends_at: datetime, appointment_id: str) -> Any:
    earlier = or_(col(Appointment.ends_at) < ends_at, col(Appointment.id) < appointment_id)
    return (col(Appointment.ends_at) <= ends_at) & earlier


def _rows(view: View, *conditions: Any) -> list[tuple[Appointment, str | None]]:
    """Appointments with the member to ask, the latest first."""
    own, booker = aliased(Member), aliased(Member)
    statement = (
        select(Appointment, own.id, booker.id)
        .join(Consultant, col(Consultant.id) == Appointment.consultant_id)
        .join(own, (col(own.id) == Consultant.member_id) & col(own.active), isouter=True)
        .join(booker, (col(booker.id) == Appointment.booker_id) & col(booker.active), isouter=True)
        .where(Appointment.workspace_id == view.workspace_id, *conditions)
        .order_by(col(Appointment.ends_at).desc(), col(Appointment.id).desc())
        .limit(BATCH)
    )
    return [(row, mine or theirs) for row, mine, theirs in view.session.exec(statement).all()]


def _colours(view: View, appointment_ids: Sequence[str]) -> dict[str, list[str | None]]:
    """The colours of the appointments' events in the mirror; an event may have a copy in the central calendar."""
    statement = select(CalendarEvent.appointment_id, CalendarEvent.colour).where(
        CalendarEvent.workspace_id == view.workspace_id, col(CalendarEvent.appointment_id).in_(appointment_ids)
    )
    colours: dict[str, list[str | None]] = {}
    for appointment_id, colour in view.session.exec(statement).all() if appointment_ids else ():
        colours.setdefault(appointment_id or "", []).append(colour)
    return colours


def _record_colours(engine: Engine, workspace_id: str, batch: Sequence[Undecided]) -> int:
    recorded = 0
    for item in batch:
        outcome = item.outcome
        if outcome is not None:
            recorded += _change(engine, workspace_id, item.id, partial(_decide, outcome=outcome))
    return recorded


def _change(
    engine: Engine, workspace_id: str, appointment_id: str, change: Callable[[Transaction, Appointment], bool]
) -> bool:
    """Apply `change` to the appointment in a transaction of its own, if it is still undecided; whether it did something."""
    with engine.transaction(workspace_id) as tx:
        appointment = lock(tx, appointment_id)
        undecided = appointment.state == State.BOOKED and appointment.outcome is None and appointment.ends_at <= tx.now
        return undecided and change(tx, appointment)


def _decide(tx: Transaction, appointment: Appointment, outcome: Outcome) -> bool:
    decide(tx, appointment, outcome, Source.COLOUR)
    return True


def _ask(tx: Transaction, appointment: Appointment, at: datetime) -> bool:
    if appointment.asked_at is not None:
        return False
    appointment.asked_at = at
    tx.add(appointment)
    tx.emit(OutcomeAsked(subject=appointment.id))
    return True


def _escalate(tx: Transaction, appointment: Appointment, at: datetime) -> bool:
    if appointment.escalated_at is not None:
        return False
    appointment.asked_at = appointment.asked_at or at
    appointment.escalated_at = at
    tx.add(appointment)
    tx.emit(OutcomeEscalated(subject=appointment.id))
    return True
