"""Opening a desk: the sandbox, and the real bot in front of it as a process would run it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import ModuleType

import uvicorn

from bot import features
from bot.settings import Settings
from bot.wiring import Bot, build
from core.booking.setup.members import member_by_slack
from sandbox.server import Served, listening, serve_in_thread
from sandbox.world import World
from tests.desk.acting import Clock, Desk
from tests.desk.firm import BEA, CENTRAL, KEY, TEAM, TEAM_FILE, credentials, load_team, make_world


@contextmanager
def open_desk(
    database_url: str,
    *,
    mode: str = "http",
    google: bool = True,
    redis_url: str | None = None,
    clock: Clock | None = None,
    team: str = TEAM_FILE,
    world: World | None = None,
    lease: timedelta = timedelta(seconds=60),
    rate_limits: bool = True,
    packages: tuple[ModuleType, ...] = (features,),
) -> Iterator[Desk]:
    """The product on this database until the block ends. `mode`: http or socket."""
    clock = clock or Clock()
    world = world or make_world(rate_limits=rate_limits)
    with (
        serve_in_thread(world) as served,
        running_bot(
            served,
            database_url,
            clock,
            mode=mode,
            google=google,
            redis_url=redis_url,
            lease=lease,
            packages=packages,
        ) as bot,
    ):
        desk = Desk(served, bot, clock)
        load_team(bot.engine, team)
        wait_until(lambda: bot.services.me is not None, "the bot's introduction")
        wait_until(lambda: _known(desk, BEA), "the members")
        if bot.services.calendars is not None:
            desk.run("calendar.sync")
        yield desk


@contextmanager
def running_bot(
    served: Served,
    database_url: str,
    clock: Callable[[], datetime],
    *,
    mode: str = "http",
    google: bool = True,
    redis_url: str | None = None,
    lease: timedelta = timedelta(seconds=60),
    packages: tuple[ModuleType, ...] = (features,),
) -> Iterator[Bot]:
    """One bot process's worth of threads against a running sandbox."""
    slack = served.world.slack
    bound = listening("127.0.0.1", 0)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_app_token=slack.app_token if mode == "socket" else None,
        slack_api_url=served.api_url,
        google_creds_base64=credentials(served) if google else None,
        google_calendar_url=f"{served.url}/google/calendar/v3/",
        central_calendar_id=CENTRAL if google else None,
        public_url=f"http://127.0.0.1:{bound.getsockname()[1]}" if mode == "http" else None,
        database_url=database_url,
        redis_url=redis_url,
        slotquest_keys=KEY,
    )
    bot = build(settings, clock=clock, jobs=False, lease=lease, packages=packages)
    if mode == "http":
        served.world.events_url = f"http://127.0.0.1:{bound.getsockname()[1]}/slack/events"
    server = uvicorn.Server(uvicorn.Config(bot.serve, log_level="warning", access_log=False, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started, "the bot's server")
        if mode == "socket":
            served.control.wait_until_connected()
        yield bot
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        bound.close()


def wait_until(done: Callable[[], bool], what: str, timeout: float = 30.0) -> None:
    end = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def _known(desk: Desk, slack_id: str) -> bool:
    with desk.engine.view(TEAM) as view:
        found = member_by_slack(view, slack_id)
        return found is not None and found.refreshed_at is not None
