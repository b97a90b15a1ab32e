"""The whole product at a desk: the sandbox, the real bot in front of it, a small firm, and a clock that the test moves."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from sqlmodel import col, select

from bot import features
from bot.manifest import build_manifest
from bot.registry import Registry, collect
from bot.settings import Settings
from bot.wiring import Bot, build
from core.booking.setup.consultants import list_consultants
from core.booking.setup.members import member_by_slack
from core.booking.setup.team_file import apply
from core.booking.setup.team_form import parse_team
from core.booking.setup.workspace import ensure_workspace
from core.transaction import Engine
from sandbox.seed import files
from sandbox.server import Served, listening, serve_in_thread
from sandbox.slack.blockkit import check_message, check_view
from sandbox.slack.manifest import Manifest
from sandbox.slack.state import Timing
from sandbox.world import World
from storage.crypto import new_key
from storage.outbox import oldest_pending
from storage.tables import Appointment, Member

TEAM = "T000000001"
ADMIN, LEAD, AGENT, AGENT_EN, ALEX, BEA = (f"U00000000{n}" for n in range(1, 7))
BOT = "U0SLOTBOT1"
BOOKINGS, ACHIEVEMENTS, ADMINS, GENERAL = (f"C00000000{n}" for n in range(1, 5))
CENTRAL = "central@example.com"
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin
DAY = date(2026, 11, 19)  # the Thursday after
KEY = new_key()


def _week(*starts: str) -> str:
    """The same starts from Monday to Friday, as the team file takes them."""
    return "{ " + ", ".join(f"{day} = {json.dumps(starts)}" for day in ("mon", "tue", "wed", "thu", "fri")) + " }"


TEAM_FILE = f"""
[workspace]
team_id = "{TEAM}"
timezone = "Europe/Berlin"
locale = "de"
holidays = "DE-NW"
admins = ["{ADMIN}"]
leads = ["{LEAD}"]
[channels]
bookings = "{BOOKINGS}"
achievements = "{ACHIEVEMENTS}"
admin = "{ADMINS}"
[[consultants]]
name = "Alex"
slack = "{ALEX}"
calendar = "alex@example.com"
schedule = {_week("09:00", "11:00", "14:00", "16:00", "18:00")}
[[consultants]]
name = "Bea"
slack = "{BEA}"
schedule = {_week("09:00", "14:00")}
"""


class Clock:
    """Runs from a given moment at the usual speed, and can be put forward or back."""

    def __init__(self, begin: datetime = NOON) -> None:
        self._began, self._begin = time.monotonic(), begin

    def __call__(self) -> datetime:
        return self._begin + timedelta(seconds=time.monotonic() - self._began)

    def forward(self, by: timedelta) -> None:
        self._begin += by

    def set(self, to: datetime) -> None:
        self._began, self._begin = time.monotonic(), to


class Desk:
    """The running product and shortcuts to act as a person and to see what came of it."""

    def __init__(self, served: Served, bot: Bot, clock: Clock) -> None:
        self.served, self.bot, self.clock = served, bot, clock
        self.world, self.control = served.world, served.control

    @property
    def engine(self) -> Engine:
        return self.bot.engine

    def member(self, slack_id: str) -> Member:
        with self.engine.view(TEAM) as view:
            found = member_by_slack(view, slack_id)
            assert found is not None
            return found

    def consultant(self, name: str) -> str:
        """The id of the consultant with that name."""
        with self.engine.view(TEAM) as view:
            return next(c.id for c in list_consultants(view) if c.name == name)

    def appointments(self) -> list[Appointment]:
        """All of them, oldest booking first."""
        with self.engine.view(TEAM) as view:
            return list(view.session.exec(select(Appointment).order_by(col(Appointment.created_at))).all())

    def appointment(self, key: str) -> Appointment:
        """The appointment as it is stored now."""
        with self.engine.view(TEAM) as view:
            return view.session.get_one(Appointment, key)

    def slot(self, name: str, hour: int, day: date = DAY) -> str:
        """The value of a slot's option in the modal."""
        at = datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN)
        return f"{self.consultant(name)}|{int(at.timestamp())}"

    def open_form(self, user: str = AGENT, words: str = "", channel: str = GENERAL) -> dict[str, Any]:
        """/book: the opened modal, valid for Slack."""
        before = {view["id"] for view in self.control.views(user)}
        answer = self.control.command(user, f"/book {words}".strip(), channel)
        assert answer["ok"], answer
        view = self.control.wait_for(
            lambda: next((v for v in self.control.views(user) if v["id"] not in before), None), what="the booking modal"
        )
        return valid(view)

    def fill(self, view: dict[str, Any], slot: str, name: str = "Frau Weber", **typed: str) -> dict[str, Any]:
        """The values of a booking modal with this slot and customer."""
        values = state_of(view)
        for block in view["blocks"]:
            block_id = block.get("block_id", "")
            kind = block_id.split(":")[0]
            if kind == "slot":
                values[block_id] = {"pick.slot": {"type": "static_select", "selected_option": option_of(block, slot)}}
            elif kind in ("name", "phone", "email", "note"):
                text = name if kind == "name" else typed.get(kind, "")
                action = block["element"]["action_id"]
                values[block_id] = {action: {"type": "plain_text_input", "value": text or None}}
        return values

    def choose_day(self, user: str, view: dict[str, Any], day: date) -> dict[str, Any]:
        """Choose a date in the modal; the refreshed modal."""
        old = view["hash"]
        self.control.use(user, view["id"], "pick.date", selected_date=day.isoformat())
        return self.changed(user, view["id"], old)

    def changed(self, user: str, view_id: str, old_hash: str) -> dict[str, Any]:
        """The modal once it has been updated."""
        view = self.control.wait_for(
            lambda: next((v for v in self.control.views(user) if v["id"] == view_id and v["hash"] != old_hash), None),
            what="the updated modal",
        )
        return valid(view)

    def book(
        self, hour: int = 9, consultant: str = "Alex", name: str = "Frau Weber", user: str = AGENT, **typed: str
    ) -> Appointment:
        """Book through the modal; the new appointment."""
        known = {a.id for a in self.appointments()}
        view = self.choose_day(user, self.open_form(user), DAY)
        answer = self.control.submit(user, view["id"], self.fill(view, self.slot(consultant, hour), name, **typed))
        assert answer["action"] == "update", answer
        return next(a for a in self.appointments() if a.id not in known)

    def run(self, job: str) -> None:
        """Run a job as the schedule would."""
        self.bot.services.declared.jobs[job].run(self.bot.services, TEAM)

    def quiet(self, timeout: float = 10.0) -> None:
        """Wait until the outbox is empty."""

        def empty() -> bool:
            with self.engine.database.read() as session:
                return oldest_pending(session) is None

        self.control.wait_for(lambda: empty() or None, timeout=timeout, what="an empty outbox")

    def events(self, calendar: str) -> list[dict[str, Any]]:
        """The events that stand in a calendar, as Google has them."""
        found = self.control.events("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z")
        return [row["event"] for row in found if row["calendar"] == calendar]


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
) -> Iterator[Desk]:
    """The product on this database until the block ends. `mode`: http or socket."""
    clock = clock or Clock()
    world = world or make_world(rate_limits=rate_limits)
    with (
        serve_in_thread(world) as served,
        running_bot(served, database_url, clock, mode=mode, google=google, redis_url=redis_url, lease=lease) as bot,
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
    bot = build(settings, clock=clock, jobs=False, lease=lease)
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


def make_world(**options: Any) -> World:
    """A sandbox with a small firm's people, channels and calendars."""
    world = World(timing=Timing().scaled(0.001), **options)
    slack = world.slack
    for slack_id, name, locale in (
        (ADMIN, "Miriam", "de-DE"),
        (LEAD, "Lena", "de-DE"),
        (AGENT, "Emre", "de-DE"),
        (AGENT_EN, "Priya", "en-US"),
        (ALEX, "Alex", "de-DE"),
        (BEA, "Bea", "en-US"),
    ):
        slack.add_user(slack_id, name.lower(), name, locale=locale, is_admin=slack_id == ADMIN)
    people = [ADMIN, LEAD, AGENT, AGENT_EN, ALEX, BEA]
    for channel, name in ((BOOKINGS, "bookings"), (ACHIEVEMENTS, "achievements")):
        slack.add_channel(channel, name, members=[*people, BOT])
    slack.add_channel(ADMINS, "admin", is_private=True, members=[ADMIN, LEAD, BOT])
    slack.add_channel(GENERAL, "allgemein", members=people)
    slack.manifest = Manifest.parse(build_manifest(_registry(), None))
    account, public_key = _account()
    world.google.add_account(account["client_email"], public_key)
    for calendar, title in ((CENTRAL, "Zentrale"), ("alex@example.com", "Alex")):
        world.google.add_calendar(calendar, title, time_zone="Europe/Berlin", hue=200)
        world.google.share(calendar, account["client_email"])
    return world


def load_team(engine: Engine, team: str = TEAM_FILE) -> None:
    """Set the workspace up from a team file's text."""
    ensure_workspace(engine, TEAM)
    with engine.transaction(TEAM) as tx:
        apply(tx, parse_team(team))


def credentials(served: Served) -> str:
    """GOOGLE_CREDS_BASE64 for the sandbox's service account."""
    account, _ = _account()
    own = {**account, "token_uri": f"{served.url}/google/token"}
    return base64.b64encode(json.dumps(own).encode()).decode()


def state_of(view: dict[str, Any]) -> dict[str, Any]:
    """What the modal would send if it were submitted untouched."""
    return dict((view.get("state") or {}).get("values") or {})


def option_of(block: dict[str, Any], value: str) -> dict[str, Any]:
    """The option of a select with that value."""
    element = block["element"]
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return next(option for group in groups for option in group["options"] if option["value"] == value)


def valid(view: dict[str, Any]) -> dict[str, Any]:
    """The view, after Slack's own rules have been held against it."""
    kept = ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "notify_on_close")
    assert check_view({key: view[key] for key in kept if view.get(key)}) == []
    return view


def valid_message(message: dict[str, Any]) -> dict[str, Any]:
    """The message, after Slack's own rules have been held against it."""
    assert check_message({"text": message["text"], "blocks": message.get("blocks") or []}) == []
    return message


def words_in(thing: Any) -> str:
    """Every text in a message or view, in order."""
    if isinstance(thing, dict):
        own = [str(thing["text"])] if isinstance(thing.get("text"), str) else []
        return "\n".join(own + [words_in(value) for key, value in thing.items() if key != "private_metadata"])
    return "\n".join(words_in(part) for part in thing) if isinstance(thing, list) else ""


def wait_until(done: Callable[[], bool], what: str, timeout: float = 15.0) -> None:
    end = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def _known(desk: Desk, slack_id: str) -> bool:
    with desk.engine.view(TEAM) as view:
        found = member_by_slack(view, slack_id)
        return found is not None and found.refreshed_at is not None


@cache
def _account() -> tuple[dict[str, Any], str]:
    """The service account's key file and its public key; making one takes long enough to do it once."""
    account, public_key = files.service_account("http://127.0.0.1")
    return json.loads(account), public_key


@cache
def _registry() -> Registry:
    return collect(features)
