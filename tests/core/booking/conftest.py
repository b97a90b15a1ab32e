from collections.abc import Iterator
from pathlib import Path

import pytest

from core.transaction import Engine
from tests.core.booking.house import House, engine_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Engine]:
    """One for all tests of a file, each of which works in a workspace of its own."""
    with engine_on(request.param, database_folder) as made:
        yield made


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)
