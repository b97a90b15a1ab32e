from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests import services
from tests.core.booking.calendar.practice import Practice


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def calendar_database(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Database]:
    """A migrated database, shared by the tests of this package: each works in a workspace of its own."""
    with services.database_on(request.param, database_folder) as database:
        yield database


@pytest.fixture
def practice(calendar_database: Database) -> Iterator[Practice]:
    made = Practice(calendar_database)
    yield made
    made.close()
