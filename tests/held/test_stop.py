"""An orderly end loses nothing that was accepted; and a bot is there within two seconds of its start."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.client import NothingCame
from storage.tables import State
from tests import desk, services
from tests.held import accounts
from tests.held.stage import crowd, filled, firm, open_stage, tomorrow

PEOPLE = 6
ROUNDS = 3


@pytest.mark.parametrize("mode", ["http", "socket"])
@pytest.mark.timeout(120)
def test_a_terminated_bot_has_done_all_that_it_accepted(mode: str, database_folder: Path, tmp_path: Path) -> None:
    """Whatever was acknowledged before SIGTERM took effect is booked, and whoever was told nothing may press again."""
    with services.fresh_database("sqlite", database_folder) as url, open_stage(url, tmp_path, team=firm(9)) as stage:
        stage.socket_mode = mode == "socket"
        people, port, day = crowd(stage.world, PEOPLE), services.free_port(), tomorrow()
        told: list[str] = []
        for round_ in range(ROUNDS):
            process = stage.fork(port)
            stage.serve(process)
            views = {}
            for user in people:
                stage.control.command(
                    user, f"/book {day.day}.{day.month}.{day.year} {9 + round_}:00 Alex", desk.GENERAL
                )
                views[user] = stage.control.wait_for_view(user, "book")
            with ThreadPoolExecutor(PEOPLE) as threads:
                pressed = {
                    user: threads.submit(stage.control.submit, user, view["id"], filled(view, f"Frau {user} {round_}"))
                    for user, view in views.items()
                }
                ending = threading.Timer(0.01 * round_, process.end, [signal.SIGTERM])
                ending.start()
                answers = {user: one.result() for user, one in pressed.items()}
                ending.join()
            told += [f"{user} {round_}" for user, answer in answers.items() if answer.get("action") == "update"]
            for user, view in views.items():
                stage.control.close(user, view["id"], everything=True)
            assert "Traceback" not in process.log.read_text(), process.log.read_text()[-3000:]
        accounts.catch_up(stage)
        engine = stage.engine()
        booked = [one for one in accounts.appointments(engine) if one.state == State.BOOKED]
        assert len(booked) == len(told), "who was told is booked, and who was told nothing is not"
        assert accounts.contradictions(engine, stage.world) == []


def test_a_command_is_answered_to_its_end_when_the_bot_is_told_to_stop(database_folder: Path, tmp_path: Path) -> None:
    """The acknowledgement promised a modal: it opens, although the end was asked for in between."""
    with services.fresh_database("sqlite", database_folder) as url, open_stage(url, tmp_path) as stage:
        process = stage.fork(services.free_port())
        stage.serve(process)
        stage.control.faults(slack={"mode": "slow", "seconds": 0.5, "methods": ["views.open"]})
        assert stage.control.command(desk.AGENT, "/book", desk.GENERAL)["ok"]
        process.end(signal.SIGTERM)
        try:
            stage.control.wait_for_view(desk.AGENT, "book", timeout=2)
        except NothingCame:
            pytest.fail("what was acknowledged was not done")


def test_the_first_command_is_answered_soon_after_the_start(
    database_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole command line, imports and all. The goal is two seconds of a processor that is the bot's own."""
    with services.fresh_database("sqlite", database_folder) as url, open_stage(url, tmp_path) as stage:
        began = time.monotonic()
        process = stage.start()
        stage.serve(process)
        assert stage.control.command(desk.AGENT, "/slotquest", desk.GENERAL)["ok"]
        stage.control.wait_for_message(desk.AGENT, desk.GENERAL, "/book")
        took, used = time.monotonic() - began, process.busy_seconds()
        with capsys.disabled():
            print(f"\nstart to first answer: {took:.2f} s, {used:.2f} s of them on a processor")
        assert used < 2.5
