from collections.abc import Iterator
from pathlib import Path

import pytest

from core.transaction import Engine
from tests.core.booking.house import engine_on


@pytest.fixture(params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Engine]:
    """An engine on an empty database whose clock stands still until the test moves it, once on each kind."""
    with engine_on(request.param, database_folder) as engine:
        yield engine
