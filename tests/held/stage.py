"""A stage for many people and real bot processes: a sandbox, a firm with room, and processes to start and to kill."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.wiring import build_engine
from core.booking.setup.consultants import list_consultants
from core.transaction import Engine
from sandbox.client import Control
from sandbox.server import Served, serve_in_thread
from sandbox.world import World
from tests import desk, services

STRESS = int(os.environ.get("SLOTQUEST_STRESS", "1"))
STARTS = [f"{hour:02}:{minute:02}" for hour in range(8, 20) for minute in (0, 30)]


def firm(capacity: int = 3, minutes: int = 30, central: bool = True) -> str:
    """A team file: Alex with a calendar, Bea in the central one, every day of the week, around the clock's working hours."""
    week = ", ".join(f"{day} = {json.dumps(STARTS)}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    people = "".join(
        f'[[consultants]]\nname = "{name}"\nslack = "{slack}"\n{calendar}capacity = {capacity}\nminutes = {minutes}\n'
        f"schedule = {{ {week} }}\n"
        for name, slack, calendar in (
            ("Alex", desk.ALEX, 'calendar = "alex@example.com"\n'),
            ("Bea", desk.BEA, ""),
        )
    )
    return (
        f'[workspace]\nteam_id = "{desk.TEAM}"\ntimezone = "Europe/Berlin"\nlocale = "de"\n'
        f'admins = ["{desk.ADMIN}"]\nleads = ["{desk.LEAD}"]\n'
        f'[channels]\nbookings = "{desk.BOOKINGS}"\nadmin = "{desk.ADMINS}"\n{people}'
    )


def crowd(world: World, number: int) -> list[str]:
    """That many further members of the team, every second one with another language."""
    ids = [f"U10000{n:04}" for n in range(number)]
    for n, slack_id in enumerate(ids):
        world.slack.add_user(slack_id, f"agent{n}", f"Agent {n}", locale="de-DE" if n % 2 else "en-US")
    world.slack.channels[desk.GENERAL].members.extend(ids)
    return ids


@dataclass
class Process:
    """A bot process that answers at `url`."""

    pid: int
    url: str
    log: Path
    started_in: float
    child: subprocess.Popen[bytes] | None = None

    def busy_seconds(self) -> float:
        """The processor time that it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def alive(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def end(self, how: signal.Signals = signal.SIGKILL, timeout: float = 20.0) -> None:
        """Send the signal and wait until the process is gone."""
        if self.alive():
            os.kill(self.pid, how)
        desk.wait_until(lambda: not self.alive(), f"the end of process {self.pid}", timeout)


@dataclass
class Stage:
    """A running sandbox, a set-up database, and what it takes to start bots on both."""

    served: Served
    database_url: str
    folder: Path
    redis_url: str | None = None
    socket_mode: bool = False
    running: list[Process] = field(default_factory=list)
    _nursery: "subprocess.Popen[str] | None" = None

    @property
    def world(self) -> World:
        return self.served.world

    @property
    def control(self) -> Control:
        return self.served.control

    def environment(self, port: int) -> dict[str, str]:
        """The configuration of a bot over signed HTTP, with Google."""
        slack = self.world.slack
        values = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": self.served.api_url,
            "DATABASE_URL": self.database_url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SLOTQUEST_KEYS": desk.KEY,
            "GOOGLE_CREDS_BASE64": desk.credentials(self.served),
            "GOOGLE_CALENDAR_URL": f"{self.served.url}/google/calendar/v3/",
            "CENTRAL_CALENDAR_ID": desk.CENTRAL,
        }
        more = {"REDIS_URL": self.redis_url, "SLACK_APP_TOKEN": slack.app_token if self.socket_mode else None}
        return values | {name: value for name, value in more.items() if value}

    def engine(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Engine:
        """An engine of the test's own on the same database."""
        return engine_of(self.database_url, clock)

    def start(self, port: int | None = None) -> Process:
        """`python -m bot run`, as the Procfile does."""
        port = port or services.free_port()
        log = self.folder / f"bot-{port}.log"
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env={**os.environ, **self.environment(port)},
            stdout=log.open("ab"),
            stderr=subprocess.STDOUT,
        )
        return self._up(Process(child.pid, f"http://127.0.0.1:{port}", log, began, child))

    def fork(self, port: int) -> Process:
        """The same command in a process that has its imports behind it."""
        if self._nursery is None:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.held.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        log = self.folder / f"bot-{port}.log"
        self._nursery.stdin.write(json.dumps({**self.environment(port), "LOG": str(log)}) + "\n")
        self._nursery.stdin.flush()
        pid = int(self._nursery.stdout.readline())
        return self._up(Process(pid, f"http://127.0.0.1:{port}", log, time.monotonic()))

    def _up(self, process: Process) -> Process:
        self.running.append(process)

        def answers() -> bool:
            assert process.alive(), process.log.read_text()[-3000:]
            try:
                urllib.request.urlopen(f"{process.url}/healthz", timeout=5).close()
            except urllib.error.HTTPError:
                return True
            except OSError:
                return False
            return True

        desk.wait_until(answers, "the bot process", 40)
        process.started_in = time.monotonic() - process.started_in
        return process

    def serve(self, *processes: Process) -> None:
        """Have Slack send to these processes, in turns; in Socket Mode, once they are connected."""
        if self.socket_mode:
            self.control.wait_until_connected()
            return
        self.world.events_url = ",".join(f"{one.url}/slack/events" for one in processes)

    def close(self) -> None:
        for one in self.running:
            one.end()
        if self._nursery is not None:
            self._nursery.kill()
            self._nursery.communicate()


@contextmanager
def open_stage(
    database_url: str,
    folder: Path,
    *,
    team: str | None = None,
    people: int = 0,
    redis_url: str | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Stage]:
    """A sandbox and a set-up database, no bot yet. Slack's message limit is lifted."""
    world = desk.make_world(rate_limits=False)
    crowd(world, people)
    folder.mkdir(parents=True, exist_ok=True)
    with serve_in_thread(world) as served:
        stage = Stage(served, database_url, folder, redis_url)
        engine = stage.engine(clock)
        desk.load_team(engine, team or firm())
        engine.database.dispose()
        try:
            yield stage
        finally:
            stage.close()


def engine_of(database_url: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Engine:
    """An engine with everything that follows from an event, and nothing that sends it."""
    given = {
        "slack_bot_token": "xoxb-0",
        "slack_signing_secret": "0",
        "slotquest_keys": desk.KEY,
        "database_url": database_url,
    }
    return build_engine(Settings(_env_file=None, **given), clock=clock)  # type: ignore[arg-type]


def tomorrow(days: int = 2) -> date:
    """A day in the near future by the real clock, for bots whose clock nobody moves."""
    return datetime.now(desk.BERLIN).date() + timedelta(days=days)


def consultant_id(engine: Engine, name: str) -> str:
    with engine.view(desk.TEAM) as view:
        return next(one.id for one in list_consultants(view) if one.name == name)


def slot_value(engine: Engine, name: str, day: date, hour: int, minute: int = 0) -> str:
    """The value of a slot's option in the modal."""
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=desk.BERLIN)
    return f"{consultant_id(engine, name)}|{int(at.timestamp())}"


def filled(view: dict[str, Any], name: str) -> dict[str, Any]:
    """The values of a booking modal as it stands, with this customer."""
    values = desk.state_of(view)
    for block in view["blocks"]:
        if str(block.get("block_id", "")).split(":")[0] == "name":
            values[block["block_id"]] = {block["element"]["action_id"]: {"type": "plain_text_input", "value": name}}
    return values
