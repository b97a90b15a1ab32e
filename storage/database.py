"""The database: one engine, and the only two ways to open a session on it.

SQLite is the default and is used by one process. Writers take a lock of the process before `BEGIN IMMEDIATE`, because
SQLite itself hands its write lock out unfairly: without the process lock one of sixteen writers waited 4.6 s, with it
177 ms. Readers begin deferred and never wait, thanks to the write-ahead log. `synchronous=FULL` keeps an acknowledged
booking through a power cut. PostgreSQL runs READ COMMITTED and locks rows (see `core.booking.seats`).
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import SessionTransaction, class_mapper, make_transient_to_detached
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

LONGEST_WAIT_MS = 2000  # for a lock or a connection, all in all: Slack waits 3 s for an answer
DISCREET = {"hide_parameters": True}  # an error's words reach the log, and the values are customers' data
POOL = {"pool_size": 20, "max_overflow": 20, "pool_timeout": LONGEST_WAIT_MS / 1000}
POSTGRESQL = {"connect_timeout": 2, "options": f"-c lock_timeout={LONGEST_WAIT_MS}"}
NOT_WRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, "53100", "25006"}  # the latter are PostgreSQL's
NO_TABLE = "42P01"  # of PostgreSQL; SQLite's is an OperationalError

Row = TypeVar("Row", bound=SQLModel)


class DatabaseUnavailable(Exception):
    """The database cannot be had as it is needed; what was begun has not been written."""


class DatabaseBusy(DatabaseUnavailable):
    """It is locked by somebody else, out of connections, out of reach or not migrated yet; trying again may help."""


class DatabaseNotWritable(DatabaseUnavailable):
    """Its disk is full or it is read-only; somebody has to see to it."""


class KeepingSession(Session):
    """A session that knows a row for as long as it lives. By itself it forgets, and loads again, what nobody else holds.

    On SQLite it says BEGIN itself. `write_wait_ms`: it will write, and waits so long for SQLite's lock.
    """

    def __init__(self, engine: Engine, write_wait_ms: int | None = None) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.write_wait_ms = write_wait_ms
        self.known: list[object] = []


@event.listens_for(KeepingSession, "loaded_as_persistent")
@event.listens_for(KeepingSession, "detached_to_persistent")
def _keep(session: KeepingSession, row: object) -> None:
    session.known.append(row)


@event.listens_for(KeepingSession, "after_begin")
def _begin_sqlite(session: KeepingSession, transaction: SessionTransaction, connection: Connection) -> None:
    """Said to the driver itself: every session begins so, and a statement of SQLAlchemy's takes ten times as long.

    A session's event, not the engine's: with one of those, SQLAlchemy asks for listeners five times a statement.
    """
    if connection.dialect.name != "sqlite" or transaction.nested:
        return
    driver, wait_ms = connection.connection.driver_connection, session.write_wait_ms
    assert driver is not None
    driver.execute(f"PRAGMA busy_timeout={LONGEST_WAIT_MS if wait_ms is None else wait_ms}").close()
    try:
        driver.execute("BEGIN" if wait_ms is None else "BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError as error:
        raise OperationalError("BEGIN", None, error) from error


def known(session: Session, kind: type[Row], values: Mapping[str, Any]) -> Row:
    """The row with these values, all of its columns, which are known to stand in the table: as if it had been loaded.

    For hot paths: SQLModel's constructor, and SQLAlchemy's loading of objects, take longer than the statement.
    """
    row: Row = class_mapper(kind).class_manager.new_instance()
    row.__dict__.update(values)
    make_transient_to_detached(row)
    session.add(row)
    return row


class Database:
    """Sessions on one database. `url` is an SQLAlchemy URL; `postgres://` and `postgresql://` mean psycopg 3."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite and parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine: Engine = (
            create_engine(parsed, **DISCREET, **POOL)
            if self.sqlite
            else create_engine(parsed, **DISCREET, **POOL, pool_pre_ping=True, connect_args=POSTGRESQL)
        )
        self._writer = threading.Lock()
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; what it changed is rolled back."""
        with _translated(), KeepingSession(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls everything back when it raises.

        Raises DatabaseUnavailable; nothing has been written then.
        """
        with _translated(), self._turn() as left_ms, KeepingSession(self.engine, left_ms) as session:
            yield session
            session.commit()

    @contextmanager
    def _turn(self) -> Iterator[int]:
        """The writer's turn: what the process's own lock left of the longest wait, for SQLite's lock."""
        if not self.sqlite:
            yield LONGEST_WAIT_MS
            return
        began = time.monotonic()
        if not self._writer.acquire(timeout=LONGEST_WAIT_MS / 1000):
            raise DatabaseBusy("another thread is writing")
        try:
            yield max(1, LONGEST_WAIT_MS - int((time.monotonic() - began) * 1000))
        finally:
            self._writer.release()

    def dispose(self) -> None:
        """Close every connection; the object can be used again and then opens new ones."""
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolExhausted as error:
        raise DatabaseBusy("every connection is in use") from error
    except DBAPIError as error:
        if _code(error) in NOT_WRITABLE:
            raise DatabaseNotWritable(str(error.orig)) from error
        if isinstance(error, OperationalError) or error.connection_invalidated or _code(error) == NO_TABLE:
            raise DatabaseBusy(str(error.orig)) from error
        raise


def _code(error: DBAPIError) -> object:
    """SQLite's primary result code (the low byte of what it says), PostgreSQL's SQLSTATE."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    return getattr(error.orig, "sqlstate", None)


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the session says BEGIN itself
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={LONGEST_WAIT_MS}",  # for the next line: two may open a new database at once
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
