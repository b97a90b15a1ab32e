"""A small firm to record outcomes in: five people, two consultants, and a clock that the test moves."""

import itertools
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from core.events import AppointmentBooked
from core.transaction import Engine
from storage.crypto import Sealer, new_key, parse_keys
from storage.database import Database
from storage.tables import (
    Appointment,
    Calendar,
    CalendarEvent,
    Consultant,
    Customer,
    Dispute,
    JournalEntry,
    Member,
    Role,
    State,
    Workspace,
)

W = "T1"
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin


class Firm:
    """The engine, its clock, and shortcuts to put appointments in and to look at what became of them."""

    def __init__(self, database: Database) -> None:
        self.now = NOON
        sealer = Sealer(parse_keys(new_key()))
        self.engine = Engine(database, sealer, lambda: self.now, lambda: uuid.uuid4().hex, {})
        self._count = itertools.count(1)
        self.members: dict[str, Member] = {}
        with database.write() as session:
            key = sealer.seal("k" * 32, f"{W}:index_key")
            session.add(Workspace(id=W, index_key=key, created_at=NOON))
            session.flush()
            session.add(Calendar(id="cal", workspace_id=W, google_id="alex@example.com"))
            session.add(Calendar(id="central", workspace_id=W, google_id="central@example.com"))
            session.flush()
            for name, role in (
                ("alex", Role.MEMBER),
                ("booker", Role.MEMBER),
                ("other", Role.MEMBER),
                ("lead", Role.LEAD),
                ("admin", Role.ADMIN),
            ):
                row = Member(id=f"m-{name}", workspace_id=W, slack_id=f"U{name.upper()}", name=name, role=role)
                self.members[name] = row
                session.add(row)
            session.flush()
            session.add(Consultant(id="c-alex", workspace_id=W, name="Alex", member_id="m-alex", created_at=NOON))
            session.add(Consultant(id="c-bea", workspace_id=W, name="Bea", created_at=NOON))
        with database.read() as session:
            self.members = {m.id.removeprefix("m-"): m for m in session.exec(select(Member)).all()}

    def customer(self) -> str:
        """A new customer's id."""
        key = uuid.uuid4().hex
        name = f"Kundin {next(self._count)}"
        with self.engine.transaction(W) as tx:
            row = Customer(
                id=key, workspace_id=W, identity=key, name=name, name_key=name, created_at=NOON, changed_at=NOON
            )
            tx.add(row)
        return key

    def appointment(
        self,
        starts_at: datetime = NOON - timedelta(hours=3),
        *,
        consultant: str = "c-alex",
        customer: str | None = None,
        seat: int | None = None,
        booker: str = "booker",
    ) -> str:
        """A booked appointment of an hour; its id."""
        key = uuid.uuid4().hex
        who = customer or self.customer()
        with self.engine.transaction(W, self.members["booker"]) as tx:
            at = [Appointment.consultant_id == consultant, Appointment.starts_at == starts_at]
            taken = tx.session.exec(select(Appointment.seat).where(*at, Appointment.state == State.BOOKED)).all()
            ends_at = starts_at + timedelta(hours=1)
            tx.add(
                Appointment(
                    id=key,
                    workspace_id=W,
                    consultant_id=consultant,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    seat=seat or max(taken, default=0) + 1,
                    customer_id=who,
                    booker_id=f"m-{booker}",
                    created_at=starts_at - timedelta(days=2),
                    changed_at=starts_at - timedelta(days=2),
                )
            )
            tx.emit(
                AppointmentBooked(
                    subject=key,
                    consultant=consultant,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    customer=who,
                    booker="m-booker",
                )
            )
        return key

    def colour(self, appointment_id: str, colour: str | None, *, calendar: str = "cal") -> None:
        """The mirror has the appointment's event in this colour."""
        with self.engine.transaction(W) as tx:
            row = tx.session.get_one(Appointment, appointment_id)
            event = CalendarEvent(
                calendar_id=calendar,
                event_id=f"sq{appointment_id}",
                workspace_id=W,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                colour=colour,
                changed_at=self.now,
                seen_at=self.now,
                appointment_id=appointment_id,
            )
            tx.session.merge(event)

    def act(self, name: str | None, change: Callable[..., object], *args: object, **kwargs: object) -> object:
        """Run a use case as a member (None: as Slotquest itself)."""
        with self.engine.transaction(W, self.members[name] if name else None) as tx:
            return change(tx, *args, **kwargs)

    def row(self, appointment_id: str) -> Appointment:
        """The appointment as it is stored."""
        with self.engine.view(W) as view:
            return view.session.get_one(Appointment, appointment_id)

    def disputes(self, appointment_id: str) -> Sequence[Dispute]:
        """All disputes about the appointment, oldest first."""
        with self.engine.view(W) as view:
            statement = select(Dispute).where(Dispute.appointment_id == appointment_id)
            return view.session.exec(statement.order_by(col(Dispute.opened_at))).all()

    def journal(self, appointment_id: str) -> list[tuple[str, dict[str, object]]]:
        """What happened to the appointment after it was booked."""
        with self.engine.view(W) as view:
            statement = select(JournalEntry).where(JournalEntry.subject == appointment_id)
            entries = view.session.exec(statement.order_by(col(JournalEntry.seq))).all()
        return [(entry.kind, entry.data) for entry in entries]

    def kinds(self, appointment_id: str) -> list[str]:
        """The kinds of what happened to the appointment after it was booked."""
        return [kind for kind, _ in self.journal(appointment_id)][1:]
