"""Workspaces to book in, as many as a test likes, all in one database: two consultants, three people, a clock."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from core.booking import appointments
from core.booking.appointments import BookingRequest
from core.booking.setup.team_file import apply
from core.booking.setup.team_form import parse_team
from core.booking.setup.workspace import ensure_workspace
from core.transaction import Engine
from storage.crypto import Sealer, new_key, parse_keys
from storage.tables import Appointment, Consultant, JournalEntry, Member, Role
from tests import services

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin
DAY = date(2026, 11, 19)
WEEK = "mon = {0}, tue = {0}, wed = {0}, thu = {0}, fri = {0}"


class Clock:
    """Stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class House:
    """A workspace: Alex and Bea can be booked, Emre and Priya book, Lena leads."""

    def __init__(self, engine: Engine, capacity: int = 3) -> None:
        self.engine, self.team = engine, f"T{uuid.uuid4().hex[:12].upper()}"
        self.clock = engine.clock
        assert isinstance(self.clock, Clock)
        self.clock.now = NOON
        ensure_workspace(engine, self.team)
        week = WEEK.format('["09:00", "11:00", "14:00"]')
        text = f"""
[workspace]
team_id = "{self.team}"
[[consultants]]
name = "Alex"
capacity = {capacity}
schedule = {{ {week} }}
[[consultants]]
name = "Bea"
capacity = {capacity}
schedule = {{ {week} }}
"""
        with engine.transaction(self.team) as tx:
            apply(tx, parse_team(text))
            for name, role in (("Emre", Role.MEMBER), ("Priya", Role.MEMBER), ("Lena", Role.LEAD)):
                key = uuid.uuid4().hex
                tx.add(Member(id=key, workspace_id=self.team, slack_id=f"U{key[:10].upper()}", name=name, role=role))
        with engine.view(self.team) as view:
            people = view.session.exec(select(Member).where(Member.workspace_id == self.team)).all()
            self.people = {m.name: m for m in people}
            found = view.session.exec(select(Consultant).where(Consultant.workspace_id == self.team)).all()
            self.consultants = {c.name: c.id for c in found}

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        assert isinstance(self.clock, Clock)
        self.clock.now += by

    def request(self, name: str = "Anna Weber", hour: int = 9, consultant: str = "Alex", **more: str) -> BookingRequest:
        """A submission for DAY."""
        return BookingRequest(self.consultants[consultant], at(hour), name, **more)

    def book(
        self, name: str = "Anna Weber", hour: int = 9, consultant: str = "Alex", by: str = "Emre", **more: str
    ) -> str:
        """Book on DAY; the appointment's id."""
        with self.engine.transaction(self.team, self.people[by]) as tx:
            return appointments.book(tx, self.request(name, hour, consultant, **more)).id

    def row(self, appointment_id: str) -> Appointment:
        """The appointment as it is stored."""
        with self.engine.view(self.team) as view:
            return appointments.get_appointment(view, appointment_id)

    def booked(self) -> list[Appointment]:
        """Everything that is booked, in the order of booking."""
        with self.engine.view(self.team) as view:
            statement = select(Appointment).where(Appointment.workspace_id == self.team, Appointment.state == "booked")
            return list(view.session.exec(statement.order_by(col(Appointment.created_at), Appointment.seat)).all())

    def told(self, appointment_id: str) -> list[str]:
        """The kinds of what happened to an appointment, in order."""
        with self.engine.view(self.team) as view:
            statement = select(JournalEntry.kind).where(
                JournalEntry.workspace_id == self.team, JournalEntry.subject == appointment_id
            )
            return list(view.session.exec(statement.order_by(col(JournalEntry.seq))).all())


def at(hour: int, day: date = DAY) -> datetime:
    """A wall time in Berlin."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN).astimezone(UTC)


@contextmanager
def engine_on(kind: str, folder: Path) -> Iterator[Engine]:
    """An engine on a fresh database of that kind, whose clock stands still."""
    with services.database_on(kind, folder) as database:
        yield Engine(database, Sealer(parse_keys(new_key())), Clock(), lambda: uuid.uuid4().hex, {})
