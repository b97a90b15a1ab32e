"""The only module that knows concrete classes: settings in, a running bot out."""

import asyncio
import logging
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.error import URLError

from fastapi import FastAPI
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler

from bot import delivery, features, people
from bot.app import build_app
from bot.features import calendar, collisions
from bot.features.outcomes import notices as outcome_notices
from bot.health import Health
from bot.jobs import Schedule
from bot.notify import NOTICES, merged
from bot.registry import Registry, collect
from bot.runner import Runner
from bot.server import build_server
from bot.services import Services
from bot.settings import Settings
from core.booking.calendar import writing
from core.booking.calendar.watching import Notified
from core.effects import LEASE, Dispatcher
from core.errors import DatabaseUnavailable
from core.ports import CalendarPort
from core.reactions import REACTIONS
from core.transaction import Engine
from integrations.google_calendar import GoogleCalendar
from storage.crypto import Sealer, parse_keys
from storage.database import Database
from storage.signals import Signal

if TYPE_CHECKING:
    from bot.sockets import Sockets

log = logging.getLogger(__name__)

SLACK_TIMEOUT_S = 10


@dataclass
class Bot:
    """The wired process. `serve` is its web application, whose lifespan starts and stops everything else."""

    settings: Settings
    services: Services
    dispatcher: Dispatcher
    runner: Runner
    app: App
    sockets: "Sockets | None"
    schedule: Schedule
    signal: Signal
    serve: FastAPI

    @property
    def engine(self) -> Engine:
        """The engine that everything runs on."""
        return self.services.engine

    @asynccontextmanager
    async def running(self, *, jobs: bool = True) -> AsyncIterator[None]:
        """Everything but the web server, from start to an orderly stop: what was accepted is finished first."""
        stopping = threading.Event()
        introduced = threading.Thread(target=_introduce, args=(self.services, stopping), daemon=True)
        introduced.start()
        self.signal.start(self.dispatcher.wake)
        self.dispatcher.start()
        connecting = asyncio.create_task(self.sockets.start()) if self.sockets else None
        if jobs:
            self.schedule.start()
        try:
            yield
        finally:
            stopping.set()
            self.schedule.stop()
            if connecting and self.sockets:
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)
                await self.sockets.stop()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.runner.stop)
            await loop.run_in_executor(None, self.dispatcher.stop)
            self.signal.stop()
            self.services.engine.database.dispose()


def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    calendars: CalendarPort | None = None,
    packages: tuple[ModuleType, ...] = (features,),
    lease: timedelta = LEASE,
    jobs: bool = True,
) -> Bot:
    """The bot for these settings. The overrides are for tests and tools."""
    declared = collect(*packages)
    engine = build_engine(settings, clock=clock, new_id=new_id)
    services = build_services(settings, declared, engine=engine, calendars=calendars)
    signal = Signal(settings.redis_url)
    handlers = delivery.handlers(services)
    if services.calendars is not None:
        handlers |= writing.handlers(services.engine, services.calendars)
    dispatcher = Dispatcher(services.engine, handlers, lease=lease)

    def committed() -> None:
        dispatcher.wake()
        signal.tell()

    services.engine.committed = committed
    runner = Runner(services)
    app = build_app(services, settings.slack_signing_secret, runner)
    sockets = _sockets(app, settings)
    bot = Bot(settings, services, dispatcher, runner, app, sockets, Schedule(services), signal, FastAPI())
    bot.serve = build_server(
        None if settings.socket_mode else app,
        Health(services, sockets),
        Notified(services.engine, services.calendars, runner.executor.submit)
        if settings.public_url and services.calendars
        else None,
        lambda: bot.running(jobs=jobs),
    )
    return bot


def build_engine(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> Engine:
    """The engine with everything that follows from an event; it sends nothing by itself."""
    reactions = merged(REACTIONS, NOTICES, outcome_notices.NOTICES, calendar.NOTICES, collisions.NOTICES)
    sealer = Sealer(parse_keys(settings.slotquest_keys))
    return Engine(Database(settings.database_url), sealer, clock, new_id, reactions)


def build_services(
    settings: Settings,
    declared: Registry,
    *,
    engine: Engine | None = None,
    calendars: CalendarPort | None = None,
) -> Services:
    """The engine and the clients, nothing running."""
    if calendars is None and settings.service_account is not None:
        calendars = GoogleCalendar(settings.service_account, settings.google_calendar_url)
    slack = WebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        timeout=SLACK_TIMEOUT_S,
        # Only what surely never arrived: a post whose reply was lost would be said twice.
        retry_handlers=[ConnectionErrorRetryHandler(max_retry_count=1, error_types=[URLError])],
    )
    return Services(
        engine=engine or build_engine(settings),
        slack=slack,
        declared=declared,
        calendars=calendars,
        central_calendar=settings.central_calendar_id,
        public_url=settings.public_url,
    )


def _sockets(app: App, settings: Settings) -> "Sockets | None":
    """Socket Mode's client brings aiohttp along, for which HTTP has no use."""
    if not settings.slack_app_token:
        return None
    from bot.sockets import Sockets

    return Sockets(app, settings.slack_app_token, settings.slack_api_url)


def _introduce(services: Services, stopping: threading.Event) -> None:
    """Ask Slack who we are and who works here; while Slack cannot be reached, ask again."""
    wait_s = 0.5
    while not stopping.is_set():
        try:
            me = people.identity(services)
            people.refresh_members(services, me.team_id)
        except (SlackClientError, OSError, DatabaseUnavailable) as error:
            log.warning("who we are and who works here is not known yet, next try in %.1f s: %s", wait_s, error)
            stopping.wait(wait_s)
            wait_s = min(wait_s * 2, 30.0)
        else:
            log.info("Slack has said who we are: %s", me.team)
            return
