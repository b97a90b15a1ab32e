"""kill -9 at any moment of a booking, over and over: what was committed arrives once, what was not leaves no trace."""

import json
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import ControlRefused, NothingCame
from storage.tables import State
from tests import desk, services
from tests.held import accounts
from tests.held.stage import STRESS, Process, Stage, crowd, filled, firm, open_stage, tomorrow

KILLS = {"sqlite": 50, "postgresql": 8}
FULL_STARTS = 1  # of the kills hit a process that was started by its command line; the others spare the imports
SEED = 20261120
PEOPLE = 3  # with bookings in flight at the same time
PATIENCE = 3.0  # seconds that a person waits for the modal of a bot that lives, which may have had only words
LONGEST_BREATH = 0.1  # seconds from the last request to the kill: on the way in, in the middle, or long after


Json = dict[str, Any]


@dataclass
class Play:
    """What people were told: appointment ids by what became of them, in the words of their modals."""

    booked: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    asked: int = 0  # requests so far: a kill hits a moment after one of them
    kills: int = 0  # so far: what was asked before one may never be answered
    over: threading.Event = field(default_factory=threading.Event)


@dataclass
class Person:
    """Books, and then perhaps cancels or moves, all the time; tries again whenever Slack says that it did not work."""

    stage: Stage
    user: str
    dice: random.Random
    play: Play
    number: int = 0

    def live(self) -> None:
        while not self.play.over.is_set():
            self._close()
            key = self._book()
            if key is not None and self.dice.random() < 0.5:
                self._close()
                self._change(key)

    def _book(self) -> str | None:
        """The new appointment's id, as the modal tells it."""
        self.number += 1
        day = tomorrow(self.dice.randint(2, 20))
        words = f"{day.day}.{day.month}.{day.year} {self.dice.randint(8, 19)}:00 {self.dice.choice(['Alex', 'Bea'])}"
        form = self._until_it_works(lambda: self._open(f"/book {words}", "book"))
        name = f"Frau {self.user}{self.number}"
        told = form and self._until_it_works(lambda: self._submit(form["id"], filled(form, name)))
        if not told or told["callback_id"] != "book_more":
            return None
        key = str(json.loads(told["private_metadata"])["a"])
        self.play.booked.add(key)
        return key

    def _change(self, key: str) -> None:
        """Cancel the appointment, or move it to another time of the day."""
        what, modal = self.dice.choice([("cancel", "cancel"), ("move", "reschedule")])
        mine = self._until_it_works(lambda: self._open("/my", "my"))
        asked = mine and self._until_it_works(lambda: self._press(mine["id"], f"my.{what}", f"do:{key}", modal))
        if not asked:
            return
        values = desk.state_of(asked)
        if what == "cancel":
            values["reason"] = {"my.reason": {"type": "plain_text_input", "value": "Kunde krank"}}
        else:
            block = next((b for b in asked["blocks"] if str(b.get("block_id", "")).startswith("slot")), None)
            if block is None:
                return
            groups = block["element"].get("option_groups") or [{"options": block["element"]["options"]}]
            option = self.dice.choice([option for group in groups for option in group["options"]])
            values[block["block_id"]] = {"pick.slot": {"type": "static_select", "selected_option": option}}
        told = self._until_it_works(lambda: self._submit(asked["id"], values))
        if told and told["callback_id"] == "my_done":
            (self.play.cancelled if what == "cancel" else self.play.moved).add(key)

    def _until_it_works(self, act: Callable[[], Json | None]) -> Json | None:
        """What was shown in the end; None when the play is over."""
        while not self.play.over.is_set():
            self.play.asked += 1
            try:
                found = act()
            except (NothingCame, ControlRefused):
                found = None
            if found is not None:
                return found
            time.sleep(0.02)
        return None

    def _open(self, words: str, callback_id: str) -> Json | None:
        kills = self.play.kills
        if not self.stage.control.command(self.user, words, desk.GENERAL)["ok"]:
            return None
        return self._shown(callback_id, kills)

    def _press(self, view_id: str, action: str, block: str, callback_id: str) -> Json | None:
        kills = self.play.kills
        if not self.stage.control.use(self.user, view_id, action, block)["ok"]:
            return None
        return self._shown(callback_id, kills)

    def _shown(self, callback_id: str, kills: int) -> Json | None:
        """The modal, once it is there; None when who would have opened it has been killed."""

        def look() -> list[Json] | None:
            ended = self.play.kills > kills or self.play.over.is_set()
            found = [view for view in self.stage.control.views(self.user)[-1:] if view["callback_id"] == callback_id]
            return found if found or ended else None

        return next(iter(self.stage.control.wait_for(look, PATIENCE)), None)

    def _submit(self, view_id: str, values: Json) -> Json | None:
        """The view that the modal became, None when the bot died over it."""
        answer = self.stage.control.submit(self.user, view_id, values)
        if "error" in answer and answer.get("action") is None:
            return None
        return next((view for view in self.stage.control.views(self.user) if view["id"] == view_id), None)

    def _close(self) -> None:
        for view in self.stage.control.views(self.user)[:1]:
            self.stage.control.close(self.user, view["id"], everything=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.timeout(300 * STRESS)
def test_every_committed_booking_survives_kills_whole_and_arrives_once(
    kind: str, database_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kills, seed = KILLS[kind] * STRESS, SEED
    with services.fresh_database(kind, database_folder) as url, open_stage(url, tmp_path, team=firm(5)) as stage:
        people = crowd(stage.world, PEOPLE)
        play, port = Play(), services.free_port()
        with ThreadPoolExecutor(PEOPLE) as threads:
            busy = [
                threads.submit(Person(stage, user, random.Random(seed + n), play).live) for n, user in enumerate(people)
            ]
            try:
                starts = _kill_again_and_again(stage, port, kills, random.Random(seed), play)
            finally:
                play.over.set()
            for one in busy:
                one.result()
        assert "Traceback" not in (tmp_path / f"bot-{port}.log").read_text()
        accounts.catch_up(stage)
        engine = stage.engine()
        assert accounts.contradictions(engine, stage.world) == []
        rows = {one.id: one for one in accounts.appointments(engine)}
        assert play.booked <= set(rows)
        assert all(rows[key].state == State.CANCELLED for key in play.cancelled)
        assert len(play.booked) >= kills // 5, "hardly anything was booked between the kills"
        if kind == "sqlite":
            with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with capsys.disabled():
            print(
                f"\n{kills} kills on {kind}: {len(rows)} bookings committed, {len(play.booked)} told,"
                f" {len(play.cancelled)} cancelled, {len(play.moved)} moved; a start takes {starts:.2f} s"
            )


def _kill_again_and_again(stage: Stage, port: int, kills: int, dice: random.Random, play: Play) -> float:
    """Start, let a few requests come, kill within the next tenth of a second; the median time of a start."""
    starts = []
    for life in range(kills):
        process: Process = stage.start(port) if life < FULL_STARTS else stage.fork(port)
        stage.serve(process)
        starts.append(process.started_in)
        last = play.asked + dice.randint(1, 6)
        desk.wait_until(lambda last=last: play.asked >= last, "the next request")
        time.sleep(dice.uniform(0, LONGEST_BREATH))
        process.end()
        play.kills += 1
    return sorted(starts)[len(starts) // 2]
