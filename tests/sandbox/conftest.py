"""A running sandbox with a small team for each test, and a running Google that a module's tests share."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from sandbox.server import Served, serve_in_thread
from tests.desk.firm import patient
from tests.sandbox.google_desk import ROBOT, Desk, running
from tests.sandbox.slack_desk import small_team


@pytest.fixture
def served() -> Iterator[Served]:
    """Stopping takes a moment, which the next test need not wait for."""
    sandbox = serve_in_thread(small_team(timing=patient()))
    yield sandbox.__enter__()
    threading.Thread(target=sandbox.__exit__, args=(None, None, None)).start()


@pytest.fixture
def client(served: Served) -> WebClient:
    return WebClient(token="xoxb-sandbox", base_url=served.api_url)


@pytest.fixture(scope="module")
def google() -> Iterator[Desk]:
    with running() as desk:
        yield desk


@pytest.fixture
def desk(google: Desk) -> Desk:
    """The module's Google, empty again."""
    google.faults.clear()
    google.google.listed.clear()
    google.google.channels.clear()
    for calendar in google.google.calendars.values():
        calendar.events.clear()
        calendar.exceptions.clear()
        calendar.ghosts.clear()
        calendar.roles = {ROBOT: "writer"}
    return google


@pytest.fixture
def events(desk: Desk) -> Any:
    """Google's own client, as the service account."""
    return desk.client().events()
