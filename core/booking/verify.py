"""Compares what the tables say with what the journal says happened, and the tables with each other."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import SQLModel, col

from core.booking.outcomes.replay import Standing, replay
from core.transaction import Engine, View
from storage.crypto import SealBroken
from storage.tables import Appointment, Conflict, Customer, Dispute, JournalEntry, Settling, State
from storage.tables.base import table_of

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
    for rows in _pages(view, Appointment, "consultant_id", "starts_at", "ends_at", "state", "outcome"):
        ids = [row.id for row in rows]
        happened = _happened(view, ids)
        disputes, conflicts = _disputes(view, ids), _conflicts(view, ids)
        for row in rows:
            if not happened[row.id]:
                yield Problem(row.id, "the journal does not know this appointment")
                continue
            standing = replay(happened[row.id])
            yield from _differences(row, standing)
            if disputes[row.id] != ([(standing.dispute, standing.claimed)] if standing.dispute else []):
                yield Problem(row.id, f"its open dispute is {disputes[row.id]}, the journal says {standing.dispute}")
            for conflict, state, how in conflicts[row.id]:
                quietly = state == Settling.SETTLED and how is None  # its time passed, and nobody was told
                if not quietly and (state == Settling.OPEN) != (conflict in standing.conflicts):
                    yield Problem(row.id, f"its conflict {conflict} is {state}, the journal says otherwise")
            for lost in standing.conflicts - {conflict for conflict, *_ in conflicts[row.id]}:
                yield Problem(row.id, f"its conflict {lost} is not there, the journal knows it")


def _differences(row: Any, standing: Standing) -> Iterator[Problem]:
    place = (row.consultant_id, row.starts_at, row.ends_at)
    if standing.place is not None and standing.place != place:
        where = " from {1} to {2}".format
        yield Problem(row.id, f"it stands{where(*place)}, the journal says{where(*standing.place)}")
    if (row.state, row.outcome) != (standing.state, standing.outcome):
        yield Problem(row.id, f"it is {row.state}/{row.outcome}, the journal says {standing.state}/{standing.outcome}")


def _happened(view: View, ids: Sequence[str]) -> defaultdict[str, list[tuple[str, dict[str, Any]]]]:
    statement = select(col(JournalEntry.subject), col(JournalEntry.kind), col(JournalEntry.data)).where(
        col(JournalEntry.workspace_id) == view.workspace_id, col(JournalEntry.subject).in_(ids)
    )
    return _by_first(view.session.execute(statement.order_by(col(JournalEntry.seq))))


def _disputes(view: View, ids: Sequence[str]) -> defaultdict[str, list[tuple[str, str]]]:
    statement = select(col(Dispute.appointment_id), col(Dispute.id), col(Dispute.claimed)).where(
        col(Dispute.workspace_id) == view.workspace_id,
        col(Dispute.state) == Settling.OPEN,
        col(Dispute.appointment_id).in_(ids),
    )
    return _by_first(view.session.execute(statement))


def _conflicts(view: View, ids: Sequence[str]) -> defaultdict[str, list[tuple[str, str, str | None]]]:
    statement = select(col(Conflict.appointment_id), col(Conflict.id), col(Conflict.state), col(Conflict.how)).where(
        col(Conflict.workspace_id) == view.workspace_id, col(Conflict.appointment_id).in_(ids)
    )
    return _by_first(view.session.execute(statement))


def _by_first(rows: Any) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


def _seats(view: View) -> Iterator[Problem]:
    """The unique indexes make two on a seat impossible; a database restored without them is found out here."""
    place = (col(Appointment.consultant_id), col(Appointment.starts_at), col(Appointment.seat))
    statement = (
        select(*place)
        .where(col(Appointment.workspace_id) == view.workspace_id, col(Appointment.state) == State.BOOKED)
        .group_by(*place)
        .having(func.count() > 1)
    )
    for consultant_id, starts_at, seat in view.session.execute(statement):
        yield Problem(consultant_id, f"seat {seat} at {starts_at} is held twice")


def _seals(view: View) -> Iterator[Problem]:
    for rows in _pages(view, Customer, "identity", "phone", "email"):
        for row in rows:
            sealed = {"phone": row.phone, "email": row.email}
            if not all(_opens(view, text, f"customer.{name}:{row.identity}") for name, text in sealed.items()):
                yield Problem(row.id, "no known key opens this customer's data")
    for rows in _pages(view, Appointment, "note"):
        for row in rows:
            if not _opens(view, row.note, f"appointment.note:{row.id}"):
                yield Problem(row.id, "no known key opens this appointment's note")


def _opens(view: View, sealed: str | None, place: str) -> bool:
    try:
        view.open(sealed, place)
    except SealBroken:
        return False
    return True


def _pages(view: View, kind: type[SQLModel], *names: str) -> Iterator[Sequence[Any]]:
    """A table's rows by id, a page at a time: as plain values, for objects would be kept as long as the look lasts."""
    c = table_of(kind).c
    mine = (c.workspace_id == bindparam("workspace"), c.id > bindparam("last"))
    statement = select(c.id, *(c[name] for name in names)).where(*mine).order_by(c.id).limit(PAGE)
    last = ""
    while rows := view.rows(statement, workspace=view.workspace_id, last=last):
        yield rows
        last = rows[-1].id
