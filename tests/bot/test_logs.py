"""What stands in the log."""

import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import start_logging


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(("logger", "traced"), [("bot.runner", True), ("slack_sdk.socket_mode.client", False)])
def test_a_traceback_is_logged_unless_slacks_sdk_repeats_it_with_every_try(
    capsys: pytest.CaptureFixture[str], logger: str, traced: bool
) -> None:
    start_logging("INFO")
    try:
        raise ConnectionRefusedError("Slack is away")
    except ConnectionRefusedError:
        logging.getLogger(logger).exception("no connection")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["logger"], line["level"]) == ("no connection", logger, "error")
    assert ("Slack is away" in line.get("exception", "")) is traced
