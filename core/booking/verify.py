"""Compares what the tables say with what the journal says happened, and the tables with each other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from core.booking.outcomes.replay import replay
from core.transaction import Engine, View
from storage.crypto import SealBroken
from storage.tables import Appointment, Customer, JournalEntry, State

APPOINTMENT_EVENTS = (
    "AppointmentBooked",
    "AppointmentRescheduled",
    "AppointmentCancelled",
    "AppointmentUndone",
    "AppointmentReinstated",
    "OutcomeRecorded",
)
PAGE = 1000


@dataclass(frozen=True)
class Problem:
    """A contradiction: `what` it is about (an id, never a name), and why."""

    what: str
    why: str


def verify_workspace(
    engine: Engine, workspace_id: str, step: Callable[[str], None] = lambda words: None
) -> list[Problem]:
    """Every contradiction in a workspace. `step` is told what is being looked at; memory does not grow with history."""
    with engine.view(workspace_id) as view:
        problems = []
        for words, check in (("appointments against the journal", _appointments), ("seats", _seats), ("seals", _seals)):
            step(words)
            problems += list(check(view))
    return problems


def _appointments(view: View) -> Iterator[Problem]:
    for rows in _pages(view):
        happened: dict[str, list[tuple[str, dict[str, Any]]]] = {row.id: [] for row in rows}
        statement = (
            select(JournalEntry)
            .where(
                JournalEntry.workspace_id == view.workspace_id,
                col(JournalEntry.subject).in_(list(happened)),
                col(JournalEntry.kind).in_(APPOINTMENT_EVENTS),
            )
            .order_by(col(JournalEntry.seq))
        )
        for entry in view.session.exec(statement).all():
            happened[entry.subject].append((entry.kind, entry.data))
        for row in rows:
            entries = happened[row.id]
            if not entries:
                yield Problem(row.id, "the journal does not know this appointment")
                continue
            yield from _differences(row, entries)


def _differences(row: Appointment, entries: list[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    standing = replay(entries)
    placed = [data for kind, data in entries if kind in ("AppointmentBooked", "AppointmentRescheduled")]
    where = (placed[-1]["consultant"], datetime.fromisoformat(placed[-1]["starts_at"])) if placed else None
    if where is not None and where != (row.consultant_id, row.starts_at):
        yield Problem(row.id, f"it stands at {row.starts_at}, the journal says {where[1]}")
    if (row.state, row.outcome) != (standing.state, standing.outcome):
        yield Problem(row.id, f"it is {row.state}/{row.outcome}, the journal says {standing.state}/{standing.outcome}")


def _seats(view: View) -> Iterator[Problem]:
    """The unique indexes make two on a seat impossible; a database restored without them is found out here."""
    statement = (
        select(Appointment.consultant_id, Appointment.starts_at, Appointment.seat)
        .where(Appointment.workspace_id == view.workspace_id, Appointment.state == State.BOOKED)
        .group_by(Appointment.consultant_id, col(Appointment.starts_at), col(Appointment.seat))
        .having(func.count() > 1)
    )
    for consultant_id, starts_at, seat in view.session.exec(statement).all():
        yield Problem(consultant_id, f"seat {seat} at {starts_at} is held twice")


def _seals(view: View) -> Iterator[Problem]:
    last = ""
    while True:
        statement = (
            select(Customer)
            .where(Customer.workspace_id == view.workspace_id, Customer.id > last)
            .order_by(col(Customer.id))
            .limit(PAGE)
        )
        rows = view.session.exec(statement).all()
        for row in rows:
            try:
                view.open(row.phone, f"customer.phone:{row.identity}")
                view.open(row.email, f"customer.email:{row.identity}")
            except SealBroken:
                yield Problem(row.id, "no known key opens this customer's data")
        if len(rows) < PAGE:
            return
        last = rows[-1].id
        view.session.expunge_all()


def _pages(view: View) -> Iterator[list[Appointment]]:
    last = ""
    while True:
        statement = (
            select(Appointment)
            .where(Appointment.workspace_id == view.workspace_id, Appointment.id > last)
            .order_by(col(Appointment.id))
            .limit(PAGE)
        )
        rows = list(view.session.exec(statement).all())
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        last = rows[-1].id
