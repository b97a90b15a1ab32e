from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from storage.database import Database
from tests import services
from tests.core.booking.outcomes.firm import Firm


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def shared_database(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Database]:
    """A migrated database, emptied before each test."""
    with services.database_on(request.param, database_folder) as database:
        yield database


@pytest.fixture
def firm(shared_database: Database) -> Firm:
    with shared_database.write() as session:
        if shared_database.sqlite:
            session.connection().execute(text("PRAGMA defer_foreign_keys = ON"))
            for table in SQLModel.metadata.sorted_tables:
                session.connection().execute(table.delete())
        else:
            names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
            session.connection().execute(text(f"TRUNCATE {names}"))
    return Firm(shared_database)
