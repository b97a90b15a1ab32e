"""Sessions: what commits, what does not, who waits for whom, and what a failure is called."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage.database import LONGEST_WAIT_MS, Database, DatabaseBusy, DatabaseNotWritable
from storage.tables import Member, Workspace
from tests import services

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Database]:
    with services.database_on(request.param, database_folder) as opened:
        yield opened


def add(database: Database, key: str) -> None:
    with database.write() as session:
        session.add(Workspace(id=key, created_at=NOW))


def there(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.exec(select(Workspace.id)).all())


def test_a_write_is_all_or_nothing_and_a_read_leaves_no_trace(database: Database) -> None:
    add(database, "T1")

    def break_off() -> None:
        with database.write() as session:
            session.add(Workspace(id="T2", created_at=NOW))
            session.flush()
            raise ValueError("in the middle of it")

    with pytest.raises(ValueError, match="middle"):
        break_off()
    with database.read() as session:
        session.add(Workspace(id="T3", created_at=NOW))
        session.flush()
    assert there(database) == {"T1"}
    add(database, "T4")
    assert there(database) == {"T1", "T4"}, "the lock is free again"


def test_instants_come_back_aware_and_in_utc(database: Database) -> None:
    add(database, "T1")
    with database.read() as session:
        assert session.get_one(Workspace, "T1").created_at == NOW


def test_a_broken_rule_is_no_busy_database(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Member(id="m", workspace_id="nowhere", slack_id="U1"))
    assert there(database) == set()


def test_a_row_stays_known_while_the_session_lives(database: Database) -> None:
    """By itself a session forgets what nobody holds, and asks for it again."""
    add(database, "T1")
    with database.read() as session:
        session.get_one(Workspace, "T1")
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        session.get_one(Workspace, "T1")
        assert asked == []


def test_many_writers_at_once_all_come_through(database: Database) -> None:
    def write(number: int) -> None:
        for n in range(5):
            add(database, f"T{number}-{n}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert len(there(database)) == 40


def test_reading_waits_for_no_writer_and_sees_what_was_committed(database: Database) -> None:
    add(database, "T1")
    with database.write() as session:
        session.add(Workspace(id="T2", created_at=NOW))
        session.flush()
        began = time.monotonic()
        assert there(database) == {"T1"}
        assert time.monotonic() - began < 1
    assert there(database) == {"T1", "T2"}


@pytest.mark.parametrize("holder", ["thread", "process"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL locks rows, not the database
def test_a_writer_gives_up_in_time_whoever_holds_the_lock(database: Database, holder: str) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        if holder == "thread":
            with database.write():
                held.set()
                done.wait(30)
            return
        with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(20)
    began = time.monotonic()
    with pytest.raises(DatabaseBusy):
        add(database, "T1")
    took = time.monotonic() - began
    done.set()
    thread.join()
    assert LONGEST_WAIT_MS / 1000 * 0.9 <= took < LONGEST_WAIT_MS / 1000 + 5
    add(database, "T1")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_row_that_is_held_too_long_is_a_busy_database(database: Database) -> None:
    add(database, "T1")
    with database.write() as session:
        session.execute(text("SELECT 1 FROM workspace WHERE id = 'T1' FOR UPDATE"))
        with pytest.raises(DatabaseBusy), database.write() as other:
            other.execute(text("UPDATE workspace SET name = 'x' WHERE id = 'T1'"))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_server_out_of_reach_is_a_busy_database(scheme: str) -> None:
    with pytest.raises(DatabaseBusy), Database(f"{scheme}://nobody@127.0.0.1:9/slotquest").read() as session:
        session.execute(text("SELECT 1"))


READ_ONLY = {"sqlite": "PRAGMA query_only=ON", "postgresql": "SET TRANSACTION READ ONLY"}


def test_a_read_only_database_is_not_writable_and_not_busy(database: Database) -> None:
    def write() -> None:
        with database.write() as session:
            session.execute(text(READ_ONLY[database.engine.url.get_backend_name()]))
            session.add(Workspace(id="T1", created_at=NOW))

    with pytest.raises(DatabaseNotWritable):
        write()


def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/a/b/slotquest.db").write() as session:
        session.execute(text("CREATE TABLE t (x)"))
    assert (tmp_path / "a/b/slotquest.db").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_keeps_what_it_has_said_it_kept(database: Database, pragma: str, value: object) -> None:
    with database.read() as session:
        assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value
