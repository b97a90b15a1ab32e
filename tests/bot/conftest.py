"""Here a module's tests share one desk, and each of them leaves it without an open modal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.front_desk import close_all, shared_desk
from tests.desk import ADMIN, AGENT, AGENT_EN, ALEX, BEA, LEAD, Desk


@pytest.fixture(scope="module")
def desk(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Desk]:
    """On SQLite, or on the kind of database that the module asks for by `both_databases`."""
    with shared_desk(database_folder, getattr(request, "param", "sqlite")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def closed(request: pytest.FixtureRequest) -> Iterator[None]:
    desk = request.getfixturevalue("desk") if "desk" in request.fixturenames else None
    yield
    for user in (ADMIN, LEAD, AGENT, AGENT_EN, ALEX, BEA) if desk else ():
        close_all(desk, user)
