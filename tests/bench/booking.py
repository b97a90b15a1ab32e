"""Whole booking transactions: against bare inserts of one row, and on PostgreSQL against the barest way to take a seat."""

import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from itertools import count, cycle, repeat
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import text
from sqlmodel import Field, SQLModel

from core.booking import appointments, availability
from core.booking.appointments import BookingRequest
from core.booking.setup.members import ensure_member
from core.transaction import Engine
from sandbox.seed.team import TEAM_ID
from storage.database import Database
from tests import services
from tests.bench.firm import NOW, Firm, make_firm
from tests.bench.recorder import CALLER
from tests.bench.table import Figure, at_least

Seat = tuple[str, datetime]
Work = Callable[[], None]

THREADS = 16
SLOTS = 2000
RAW_TABLES = (
    "CREATE TABLE raw_slot (id int PRIMARY KEY, booked int NOT NULL, capacity int NOT NULL)",
    "CREATE TABLE raw_booking (id text PRIMARY KEY, slot int NOT NULL, name text NOT NULL, at timestamptz NOT NULL)",
    f"INSERT INTO raw_slot SELECT n, 0, 1000000 FROM generate_series(1, {SLOTS}) n",
)
TAKE = "UPDATE raw_slot SET booked = booked + 1 WHERE id = %s AND booked < capacity RETURNING booked"
NOTE = "INSERT INTO raw_booking VALUES (%s, %s, %s, %s)"


class BareRow(SQLModel, table=True):
    """What somebody would write who only wanted to note a booking."""

    __tablename__ = "bench_bare_row"

    id: str = Field(primary_key=True)
    slot: str
    name: str
    at: datetime


class Office:
    """Books one seat after another for the firm, as submissions do. `seats` gives no seat twice."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.transaction(TEAM_ID) as tx:
            self.caller = ensure_member(tx, CALLER)
        with engine.view(TEAM_ID) as view:
            first, _ = availability.bookable_days(view)
            days = [first + timedelta(days=n) for n in range(view.workspace.horizon_days)]
            free = [slot for slot in availability.day_slots(view, days) if slot.open]
        self.slots: list[Seat] = [(slot.consultant_id, slot.starts_at) for slot in free]
        self.numbers = count(1)
        most = max(slot.free for slot in free)
        self.seats: Iterator[Seat] = iter(
            [(s.consultant_id, s.starts_at) for n in range(most) for s in free if s.free > n]
        )

    def book(self, seat: Seat) -> None:
        """A customer with a phone number and a note."""
        number = next(self.numbers)
        request = BookingRequest(
            *seat,
            name=f"Anna Weber {number}",
            phone=f"0171 {number:07}",
            note="Kommt mit dem Zug.",
            request_key=uuid.uuid4().hex,
        )
        with self.engine.transaction(TEAM_ID, self.caller) as tx:
            appointments.book(tx, request)


def on_sqlite(folder: Path, firm: Firm, rounds: int, bookings: int) -> list[Figure]:
    """One thread; both on files of their own with the product's settings (WAL, synchronous=FULL)."""
    copy = Firm(f"sqlite:///{folder / 'booking.db'}", firm.key)
    shutil.copy(firm.path, copy.path)
    office = Office(copy.engine())
    bare = Database(f"sqlite:///{folder / 'bare.db'}")
    SQLModel.metadata.tables["bench_bare_row"].create(bare.engine)
    rates: list[tuple[float, float]] = []
    for _ in range(rounds + 1):
        plain = _rate(bookings * 2, lambda: _insert_bare(bare))
        rates.append((_rate(bookings, lambda: office.book(next(office.seats))), plain))
    office.engine.database.dispose()
    bare.dispose()
    return [_figure("bookings on SQLite / bare inserts of one row", rates, 0.25)]


def on_postgresql(folder: Path, rounds: int, bookings: int) -> list[Figure]:
    """16 threads, spread over all slots and on one. Told without a goal: the raw statements do a fraction of the work."""
    if not services.postgres_runs():
        return [Figure("bookings on PostgreSQL", "left out: no server")]
    with services.fresh_database("postgresql", folder) as url, ExitStack() as ending:
        ending.callback(services.drop_template)
        firm = make_firm(folder / "postgresql", url, history=False)
        engine = firm.engine()
        ending.callback(engine.database.dispose)
        with engine.database.write() as session:
            session.connection().execute(text("UPDATE schedule_entry SET capacity = 99"))
            for statement in RAW_TABLES:
                session.connection().execute(text(statement))
        raw = [ending.enter_context(psycopg.connect(url)) for _ in range(THREADS)]
        pool = ending.enter_context(ThreadPoolExecutor(THREADS))
        return _threads(pool, Office(engine), raw, rounds, bookings)


def _threads(
    pool: ThreadPoolExecutor, office: Office, raw: list["psycopg.Connection"], rounds: int, bookings: int
) -> list[Figure]:
    share, hot_slots = max(1, bookings // THREADS), iter(office.slots)
    everywhere, numbers = cycle(office.slots), cycle(range(1, SLOTS + 1))
    spread: list[tuple[float, float]] = []
    hot: list[tuple[float, float]] = []
    for _ in range(rounds + 1):
        plain = _together(pool, [partial(_take_raw, connection, numbers) for connection in raw], share * 4)
        spread.append((_together(pool, [partial(_book_next, office, everywhere)] * THREADS, share), plain))
        plain = _together(pool, [partial(_take_raw, connection, repeat(1)) for connection in raw], share * 4)
        slot = repeat(next(hot_slots))  # it has 99 seats
        hot.append((_together(pool, [partial(_book_next, office, slot)] * THREADS, min(share, 99 // THREADS)), plain))
    return [
        _figure("bookings on PostgreSQL, 16 threads, spread / raw UPDATE and INSERT", spread, None),
        _figure("bookings on PostgreSQL, 16 threads, one slot / raw UPDATE and INSERT", hot, None),
    ]


def _book_next(office: Office, seats: Iterator[Seat]) -> None:
    office.book(next(seats))


def _figure(what: str, rates: list[tuple[float, float]], goal: float | None) -> Figure:
    """The medians of all rounds but the first, which warms up."""
    return at_least(what, median(ours for ours, _ in rates[1:]), median(plain for _, plain in rates[1:]), goal)


def _rate(times: int, work: Work) -> float:
    """How often a second."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return times / (time.perf_counter() - began)


def _together(pool: ThreadPoolExecutor, works: list[Work], times: int) -> float:
    """Each work in a thread of its own, so many times; how often a second in all."""

    def run(work: Work) -> None:
        for _ in range(times):
            work()

    began = time.perf_counter()
    list(pool.map(run, works))
    return len(works) * times / (time.perf_counter() - began)


def _insert_bare(database: Database) -> None:
    with database.write() as session:
        session.add(BareRow(id=uuid.uuid4().hex, slot="Alex 9:00", name="Anna Weber", at=NOW))


def _take_raw(connection: "psycopg.Connection", slots: Iterator[int]) -> None:
    slot = next(slots)
    with connection.transaction():
        assert connection.execute(TAKE, [slot]).fetchone() is not None
        connection.execute(NOTE, [uuid.uuid4().hex, slot, "Anna Weber", NOW])
