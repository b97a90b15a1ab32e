"""Fixtures for all: a migrated database on each engine, and a desk at which the whole product runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import services
from tests.desk import Desk, open_desk
from tests.held.stage import STRESS

settings.register_profile(
    "patient",
    deadline=None,  # a machine under load is slow, not wrong
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=STRESS == 1,  # the same examples every time; under stress new ones
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def database_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("databases")
    services.drop_template()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[str]:
    """A fresh, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    with services.fresh_database(request.param, database_folder) as url:
        yield url


@pytest.fixture
def sqlite_url(database_folder: Path) -> Iterator[str]:
    with services.fresh_database("sqlite", database_folder) as url:
        yield url


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """The bot on SQLite against the sandbox, over signed HTTP, with Google."""
    with open_desk(sqlite_url) as opened:
        yield opened


@pytest.fixture
def each_desk(database_url: str) -> Iterator[Desk]:
    """Like `desk`, once on SQLite and once on PostgreSQL."""
    with open_desk(database_url) as opened:
        yield opened
