"""What stands in the log."""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.logs import start_logging
from storage.database import Database


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


@pytest.mark.parametrize("terminal", [True, False])
def test_a_logged_mistake_shows_no_customer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    start_logging("INFO")
    customer = {"name": " ".join(("Frau", "Weber"))}
    with Database(f"sqlite:///{tmp_path}/one.db").read() as session:
        session.connection().execute(text("CREATE TABLE people (name TEXT CHECK (name = ''))"))
        with pytest.raises(IntegrityError) as mistake:
            session.connection().execute(text("INSERT INTO people VALUES (:name)"), customer)
    logging.getLogger("bot.runner").error("unexpected", exc_info=mistake.value)
    logged = capsys.readouterr().err
    assert "INSERT INTO people" in logged
    assert "Frau Weber" not in logged
