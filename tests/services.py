"""The servers that some tests need. Missing ones are skipped with the reason, except where CI promises them."""

import os
import secrets
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg
import pytest
import redis

from storage.database import Database
from storage.migrate import migrate

POSTGRES = os.environ.get("SLOTQUEST_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("SLOTQUEST_TEST_REDIS", "redis://127.0.0.1:6379/0")
PROMISED = "SLOTQUEST_TEST_ALL"  # set in CI: a missing server is a failure there


def missing(what: str) -> None:
    """Skip the test, or fail where everything is promised to be there."""
    if os.environ.get(PROMISED):
        pytest.fail(f"{what}, although {PROMISED} promises it")
    pytest.skip(f"{what}; with it, this test runs too")


@cache
def postgres_runs() -> bool:
    """Whether the PostgreSQL server answers."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@cache
def redis_runs() -> bool:
    """Whether the Redis server answers."""
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=1, socket_timeout=1).ping()
    except redis.RedisError:
        return False
    return True


def chromium() -> str:
    """The path of the browser; skips without one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("no Chromium on this machine")
    return str(found)


def free_port() -> int:
    """A port of the loopback interface that nobody uses, from below those that the system hands out to others meanwhile."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@cache
def _sqlite_template(folder: Path) -> Path:
    path = folder / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@cache
def _postgres_template() -> str:
    name = f"slotquest_template_{uuid.uuid4().hex[:12]}"
    _administer(f'CREATE DATABASE "{name}"')
    migrate(_named(name))
    return name


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of its own: "sqlite" or "postgresql"."""
    if kind == "sqlite":
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(_sqlite_template(folder), path)
        yield f"sqlite:///{path}"
        return
    if not postgres_runs():
        missing(f"no PostgreSQL at {POSTGRES}")
    name = f"slotquest_{uuid.uuid4().hex[:16]}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{_postgres_template()}"')
    try:
        yield _named(name)
    finally:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def database_on(kind: str, folder: Path) -> Iterator[Database]:
    """A fresh database of that kind, opened."""
    with fresh_database(kind, folder) as url:
        database = Database(url)
        try:
            yield database
        finally:
            database.dispose()


def drop_template() -> None:
    """At the end of a test process."""
    if _postgres_template.cache_info().currsize:
        _administer(f'DROP DATABASE IF EXISTS "{_postgres_template()}" WITH (FORCE)')


def _named(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


def _administer(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
