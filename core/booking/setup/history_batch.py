"""One batch of an import: what is there already is loaded in a handful of queries, what is new is inserted in as many."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import SQLModel, col, select

from core.booking.contacts import name_form, name_key
from core.booking.customers import identity, search_words
from core.booking.outcomes.deciding import FREEING
from core.booking.setup.changes import lock_settings
from core.booking.setup.consultants import list_consultants
from core.booking.setup.history_lines import PastAppointment
from core.booking.setup.members import ensure_member
from core.events import AppointmentBooked, OutcomeRecorded
from core.transaction import Transaction
from storage.tables import Appointment, Customer, CustomerWord, JournalEntry, Member, Outcome, Source, State
from storage.tables.base import insert_into

HAPPENED = (Outcome.COMPLETED, Outcome.NO_SHOW)


@dataclass(frozen=True)
class Written:
    """What one transaction did, added to the report only once it is committed."""

    added: int
    already: int
    bad: list[tuple[int, str]]


class Batch:
    """The appointments of one transaction, under the lock that lets one import at a time write."""

    def __init__(self, tx: Transaction) -> None:
        lock_settings(tx)  # one import at a time
        self._tx = tx
        self._dialect = tx.dialect
        self._seats: defaultdict[tuple[str, datetime], set[int]] = defaultdict(set)
        self._busy: set[tuple[str, datetime]] = set()
        self._already = 0
        self._bad: list[tuple[int, str]] = []

    def write(self, items: Sequence[tuple[int, PastAppointment]]) -> Written:
        """Insert what is new, each with its line's number. Raises IntegrityError when a seat was taken in between."""
        known = self._placed(self._new(items))
        customers = self._customers([a for _, a, _ in known])
        members = self._members({a.booker for _, a, _ in known})
        self._load_seats({a.starts_at for _, a, _ in known})
        rows, journal = [], []
        for number, appointment, consultant_id in known:
            customer_id = customers[identity(self._tx, appointment.contact)]
            row = self._row(appointment, consultant_id, customer_id, members[appointment.booker])
            if row is None:
                self._bad.append((number, "customer: has another appointment at that time"))
                continue
            rows.append(row)
            journal += list(self._journal(row))
        self._bulk(Appointment, rows)
        self._bulk(JournalEntry, journal)
        return Written(len(rows), self._already, sorted(self._bad))

    def _new(self, items: Sequence[tuple[int, PastAppointment]]) -> list[tuple[int, PastAppointment]]:
        """Those that are neither in the tables nor twice in the batch; an id of another workspace's is a bad line."""
        statement = select(Appointment.id, Appointment.workspace_id).where(
            col(Appointment.id).in_([appointment.id for _, appointment in items])
        )
        there = dict(self._tx.session.exec(statement).all())
        new = []
        for number, appointment in items:
            owner = there.setdefault(appointment.id, "")
            if owner == "":
                new.append((number, appointment))
                there[appointment.id] = self._tx.workspace_id
            elif owner == self._tx.workspace_id:
                self._already += 1
            else:
                self._bad.append((number, "id: is taken"))
        return new

    def _placed(self, items: list[tuple[int, PastAppointment]]) -> list[tuple[int, PastAppointment, str]]:
        """Each with its consultant's id, found by the name; who is active comes before who was removed."""
        rows = [*list_consultants(self._tx, active=False), *list_consultants(self._tx)]
        ids = {name_form(row.name): row.id for row in rows}
        placed = []
        for number, appointment in items:
            consultant_id = ids.get(name_form(appointment.consultant))
            if consultant_id is None:
                self._bad.append((number, f"consultant: {appointment.consultant[:60]!r} is not known"))
            elif appointment.starts_at > self._tx.now and appointment.outcome in HAPPENED:
                self._bad.append((number, f"outcome: cannot be {appointment.outcome} before the appointment begins"))
            else:
                placed.append((number, appointment, consultant_id))
        return placed

    def _members(self, slack_ids: set[str]) -> dict[str, str]:
        statement = select(Member.slack_id, Member.id).where(
            Member.workspace_id == self._tx.workspace_id, col(Member.slack_id).in_(slack_ids)
        )
        found = dict(self._tx.session.exec(statement).all())
        return found | {missing: ensure_member(self._tx, missing).id for missing in slack_ids - found.keys()}

    def _customers(self, appointments: Sequence[PastAppointment]) -> dict[str, str]:
        """Identity -> id. Of several spellings the latest counts, also against what the table has."""
        tx = self._tx
        rows: dict[str, dict[str, Any]] = {}
        for a in sorted(appointments, key=lambda a: a.created_at):
            who = identity(tx, a.contact)
            row = rows.setdefault(who, {"id": tx.new_id(), "created_at": a.created_at, "email": None})
            row |= {"name": a.contact.name, "phone": a.contact.phone, "changed_at": a.created_at}
            row["email"] = a.contact.email or row["email"]
        values = [
            {
                **row,
                "workspace_id": tx.workspace_id,
                "identity": who,
                "name_key": name_key(row["name"]),
                "phone": tx.seal(row["phone"], f"customer.phone:{who}"),
                "email": tx.seal(row["email"], f"customer.email:{who}"),
            }
            for who, row in rows.items()
        ]
        if not values:
            return {}
        statement = insert_into(self._dialect, Customer)
        later = statement.excluded
        upsert = statement.on_conflict_do_update(
            index_elements=["workspace_id", "identity"],
            set_={
                "name": later.name,
                "name_key": later.name_key,
                "email": func.coalesce(later.email, col(Customer.email)),
                "changed_at": later.changed_at,
            },
            where=col(Customer.changed_at) < later.changed_at,
        )
        connection = tx.session.connection()
        connection.execute(upsert, values)
        found = select(Customer.identity, Customer.id).where(
            Customer.workspace_id == tx.workspace_id, col(Customer.identity).in_(list(rows))
        )
        ids = dict(tx.session.exec(found).all())
        words = [
            {"workspace_id": tx.workspace_id, "word": word, "customer_id": ids[who]}
            for who, row in rows.items()
            for word in search_words(tx, row["name"], row["email"])
        ]
        if words:
            connection.execute(insert_into(self._dialect, CustomerWord).on_conflict_do_nothing(), words)
        return ids

    def _load_seats(self, starts: set[datetime]) -> None:
        statement = select(
            Appointment.consultant_id, Appointment.starts_at, Appointment.seat, Appointment.customer_id
        ).where(
            Appointment.workspace_id == self._tx.workspace_id,
            Appointment.state == State.BOOKED,
            col(Appointment.starts_at).in_(starts),
        )
        for consultant_id, starts_at, seat, customer_id in self._tx.session.exec(statement).all():
            self._seats[consultant_id, starts_at].add(seat)
            self._busy.add((customer_id, starts_at))

    def _row(
        self, past: PastAppointment, consultant_id: str, customer_id: str, booker_id: str
    ) -> dict[str, Any] | None:
        """The row, on the lowest free seat; None when the customer sits elsewhere at that time."""
        booked = past.outcome not in FREEING
        if booked and (customer_id, past.starts_at) in self._busy:
            return None
        taken = self._seats[consultant_id, past.starts_at]
        seat = next(number for number in range(1, len(taken) + 2) if number not in taken)
        if booked:
            taken.add(seat)
            self._busy.add((customer_id, past.starts_at))
        decided_at = (past.outcome_at or past.ends_at) if past.outcome else None
        return {
            "id": past.id,
            "workspace_id": self._tx.workspace_id,
            "consultant_id": consultant_id,
            "starts_at": past.starts_at,
            "ends_at": past.ends_at,
            "seat": seat,
            "state": State.BOOKED if booked else State.CANCELLED,
            "customer_id": customer_id,
            "booker_id": booker_id,
            "note": self._tx.seal(past.note, f"appointment.note:{past.id}"),
            "created_at": past.created_at,
            "changed_at": decided_at or past.created_at,
            "outcome": past.outcome,
            "outcome_at": decided_at,
            "outcome_source": Source.IMPORT if past.outcome else None,
        }

    def _journal(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The same entries that booking and recording would have written, at the times at which they happened."""
        booked = AppointmentBooked(
            subject=row["id"],
            consultant=row["consultant_id"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            customer=row["customer_id"],
            booker=row["booker_id"],
            imported=True,
        )
        yield self._tx.journal_row(booked, row["created_at"], row["booker_id"])
        if row["outcome"]:
            recorded = OutcomeRecorded(
                subject=row["id"],
                outcome=row["outcome"],
                previous=None,
                source=Source.IMPORT,
                consultant=row["consultant_id"],
                starts_at=row["starts_at"],
            )
            yield self._tx.journal_row(recorded, row["outcome_at"], None)

    def _bulk(self, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
        if rows:
            self._tx.session.connection().execute(insert(table), rows)
