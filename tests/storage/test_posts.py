"""Where a message stands in Slack: remembered, corrected, forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.posts import find_post, forget_post, remember_post
from storage.tables import Post, Workspace
from tests import services

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Database]:
    with services.database_on(request.param, database_folder) as opened:
        with opened.write() as session:
            session.add(Workspace(id="T1", created_at=NOW))
        yield opened


def post(ts: str) -> Post:
    return Post(workspace_id="T1", key="booking:1:C1", channel="C1", ts=ts, digest="d", posted_at=NOW)


def test_several_who_remember_the_same_message_at_once_all_succeed(database: Database) -> None:
    def remember(n: int) -> None:
        with database.write() as session:
            remember_post(session, post(str(n)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(remember, range(8)))
    remember(9)
    with database.write() as session:
        found = find_post(session, "T1", "booking:1:C1")
        assert found is not None
        assert (found.ts, found.posted_at) == ("9", NOW)
        forget_post(session, found)
        forget_post(session, post("9"))
        assert find_post(session, "T1", "booking:1:C1") is None
