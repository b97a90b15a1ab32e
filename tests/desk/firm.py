"""A small firm: its people, channels, calendars and team file, and a sandbox that has them all."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot import features
from bot.manifest import build_manifest
from bot.registry import Registry, collect
from core.booking.setup.team_file import apply
from core.booking.setup.team_form import parse_team
from core.booking.setup.workspace import ensure_workspace
from core.transaction import Engine
from sandbox.seed import files
from sandbox.server import Served
from sandbox.slack.manifest import Manifest
from sandbox.slack.state import Timing
from sandbox.world import World
from storage.crypto import new_key

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


def patient() -> Timing:
    """Slack that is quick to repeat, and waits for an answer on a busy machine. The 3 s are held where they are measured."""
    return replace(Timing().scaled(0.001), acknowledge=20.0, trigger=20.0)


def make_world(**options: Any) -> World:
    """A sandbox with a small firm's people, channels and calendars."""
    world = World(timing=patient(), **options)
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


@cache
def _account() -> tuple[dict[str, Any], str]:
    """The service account's key file and its public key; making one takes long enough to do it once."""
    account, public_key = files.service_account("http://127.0.0.1")
    return json.loads(account), public_key


@cache
def _registry() -> Registry:
    return collect(features)
