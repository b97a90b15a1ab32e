"""A running sandbox with a small team for each test."""

import threading
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from sandbox.server import Served, serve_in_thread
from sandbox.slack.state import Timing
from tests.sandbox.slack_desk import small_team


@pytest.fixture
def served() -> Iterator[Served]:
    """Stopping takes a moment, which the next test need not wait for."""
    sandbox = serve_in_thread(small_team(timing=Timing().scaled(0.001)))
    yield sandbox.__enter__()
    threading.Thread(target=sandbox.__exit__, args=(None, None, None)).start()


@pytest.fixture
def client(served: Served) -> WebClient:
    return WebClient(token="xoxb-sandbox", base_url=served.api_url)
