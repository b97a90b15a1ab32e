"""A workspace with an admin, a lead and a member, on a database of its own."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, select

from core.booking.setup.members import ensure_member
from core.booking.setup.workspace import ensure_workspace
from core.transaction import Engine
from storage import tables
from storage.crypto import Sealer, new_key, parse_keys
from storage.database import Database
from tests import services

TEAM = "T000000001"


@dataclass
class House:
    """The engine and its people."""

    engine: Engine
    admin: tables.Member
    lead: tables.Member
    member: tables.Member

    def journal(self, kind: str) -> list[tables.JournalEntry]:
        with self.engine.database.read() as session:
            statement = select(tables.JournalEntry).where(tables.JournalEntry.kind == kind)
            return list(session.exec(statement.order_by(tables.JournalEntry.seq)).all())

    def count(self, table: type[SQLModel]) -> int:
        with self.engine.database.read() as session:
            return len(session.exec(select(table)).all())


def engine_of(database: Database) -> Engine:
    """An engine whose clock stands still and whose ids count up."""
    numbers = itertools.count(1)
    return Engine(
        database,
        Sealer(parse_keys(new_key())),
        lambda: datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        lambda: f"{next(numbers):032x}",
        {},
    )


@pytest.fixture
def engine(database_folder: Path) -> Iterator[Engine]:
    with services.database_on("sqlite", database_folder) as database:
        yield engine_of(database)


@pytest.fixture
def house(engine: Engine) -> House:
    ensure_workspace(engine, TEAM, "Rheinblick", "U0SLOTBOT1")
    with engine.transaction(TEAM) as tx:
        people = [ensure_member(tx, f"U00000000{n}", name, "de-DE") for n, name in enumerate(("Ada", "Lea", "Max"), 1)]
        people[0].role, people[1].role = tables.Role.ADMIN, tables.Role.LEAD
        tx.add(*people)
    return House(engine, *people)


def book(
    session: Session, consultant_id: str, member_id: str, starts_at: datetime, ends_at: datetime, seat: int = 1
) -> str:
    """An appointment straight into the tables, as small as the constraints allow."""
    key = f"{consultant_id[-8:]}{starts_at:%y%m%d%H%M}{seat:02d}"
    session.add(
        tables.Customer(
            id=key,
            workspace_id=TEAM,
            identity=key,
            name="Weber",
            name_key="weber",
            created_at=starts_at,
            changed_at=starts_at,
        )
    )
    session.flush()
    session.add(
        tables.Appointment(
            id=key,
            workspace_id=TEAM,
            consultant_id=consultant_id,
            starts_at=starts_at,
            ends_at=ends_at,
            seat=seat,
            customer_id=key,
            booker_id=member_id,
            created_at=starts_at,
            changed_at=starts_at,
        )
    )
    session.flush()
    return key
