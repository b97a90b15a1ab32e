"""`slotquest doctor` and `slotquest verify`: what is not well, and what to do about it, in words."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
import typer
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import text
from sqlmodel import select

from bot import features
from bot.manifest import BOT_SCOPES
from bot.registry import collect
from bot.services import Services
from bot.settings import Settings
from bot.wiring import build_services
from core.booking.calendar.calendars import calendars
from core.booking.setup.workspace import workspace_ids
from core.booking.verify import Problem, verify_workspace
from core.ports import CalendarError
from storage.crypto import SealBroken
from storage.database import DatabaseUnavailable
from storage.migrate import behind, current
from storage.tables import Workspace

LARGEST_SKEW_S = 60  # Slack refuses signatures older than five minutes


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `advice` says what to do where it is not well; `fatal`: the bot cannot work like this."""

    what: str
    well: bool
    advice: str = ""
    fatal: bool = True


def examine(settings: Settings) -> int:
    """Look at everything, print it, and answer the exit code: 1 when something keeps the bot from working."""
    services = build_services(settings, collect(features))
    failed = 0
    for finding in findings(settings, services):
        sign, colour = (
            ("✓", "green") if finding.well else ("✗" if finding.fatal else "!", "red" if finding.fatal else "yellow")
        )
        typer.secho(f"{sign} {finding.what}", fg=colour)
        if not finding.well:
            typer.echo(f"    {finding.advice}")
            failed += finding.fatal
    return 1 if failed else 0


def findings(settings: Settings, services: Services) -> Iterator[Finding]:
    """Everything that is looked at, one after the other."""
    yield from _database(settings, services)
    yield from _slack(settings, services)
    yield from _calendars(settings, services)
    yield from _redis(settings)


def verify_all(settings: Settings) -> int:
    """Compare every workspace's tables with its journal; the exit code."""
    services = build_services(settings, collect(features))
    problems: list[Problem] = []
    for workspace_id in workspace_ids(services.engine):
        typer.echo(f"Workspace {workspace_id} …")
        problems += verify_workspace(services.engine, workspace_id, _step)
    for problem in problems[:50]:
        typer.secho(f"✗ {problem.what}: {problem.why}", fg="red")
    typer.echo("✓ Everything agrees." if not problems else f"✗ {len(problems)} contradictions.")
    return 1 if problems else 0


def _step(words: str) -> None:
    typer.echo(f"  {words}")


def _database(settings: Settings, services: Services) -> Iterator[Finding]:
    try:
        with services.engine.database.read() as session:
            session.connection().execute(text("SELECT 1"))
    except DatabaseUnavailable as error:
        yield Finding(
            "Database", False, f"It cannot be reached ({error}). Check DATABASE_URL and that the server runs."
        )
        return
    if behind(settings.database_url):
        yield Finding(f"Database schema {current(settings.database_url)}", False, "Run `slotquest migrate`.")
        return
    yield Finding(
        f"Database ({'SQLite' if services.engine.database.sqlite else 'PostgreSQL'}), schema up to date", True
    )
    with services.engine.database.read() as session:
        rows = session.exec(select(Workspace)).all()
    for row in rows:
        try:
            services.engine.sealer.open(row.index_key, f"{row.id}:index_key")
        except SealBroken:
            advice = "SLOTQUEST_KEYS lacks the key that this workspace was sealed with. Add the old key at the end of the list."
            yield Finding(f"Keys of workspace {row.id}", False, advice)
        else:
            yield Finding(f"Keys of workspace {row.name or row.id}", True)


def _slack(settings: Settings, services: Services) -> Iterator[Finding]:
    began = time.time()
    try:
        me = services.slack.auth_test()
    except SlackApiError as error:
        advice = f"Slack says {error.response['error']}. Copy the Bot User OAuth Token (OAuth & Permissions) to SLACK_BOT_TOKEN."
        yield Finding("Slack token", False, advice)
        return
    except (SlackClientError, OSError) as error:
        yield Finding("Slack", False, f"It cannot be reached ({error}). Check the network and SLACK_API_URL.")
        return
    yield Finding(f"Slack token: @{me['user']} in {me['team']} ({me['team_id']})", True)
    headers = {key.lower(): value for key, value in me.headers.items()}
    granted = set(str(headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    missing = [scope for scope in BOT_SCOPES if scope not in granted]
    advice = f"Missing: {', '.join(missing)}. Update the app from manifest.json and install it again."
    yield Finding("Slack scopes", not missing, advice)
    if headers.get("date"):
        skew = abs(
            datetime.strptime(headers["date"], "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=UTC).timestamp() - began
        )
        yield Finding(
            "Clock", skew < LARGEST_SKEW_S, f"It differs from Slack's by {skew:.0f} s. Turn on time synchronisation."
        )
    if settings.socket_mode:
        yield _socket(settings, services)
    for channel, what in _channels(services, str(me["team_id"])):
        yield _channel(services, channel, what)


def _socket(settings: Settings, services: Services) -> Finding:
    try:
        services.slack.apps_connections_open(app_token=str(settings.slack_app_token))
    except (SlackApiError, OSError) as error:
        advice = f"{error}. Make an app-level token with connections:write (Basic Information) and copy it to SLACK_APP_TOKEN."
        return Finding("Socket Mode", False, advice)
    return Finding("Socket Mode", True)


def _channels(services: Services, team_id: str) -> list[tuple[str, str]]:
    with services.engine.database.read() as session:
        row = session.get(Workspace, team_id)
    if row is None:
        return []
    named = ((row.bookings_channel, "bookings"), (row.admin_channel, "admin"))
    return [(channel, what) for channel, what in named if channel]


def _channel(services: Services, channel: str, what: str) -> Finding:
    try:
        info = services.slack.conversations_info(channel=channel)["channel"]
    except (SlackApiError, OSError) as error:
        return Finding(f"Channel for {what}", False, f"{error}. Choose another one with /slotadmin.", fatal=False)
    advice = f"Invite the bot: type /invite @Slotquest in #{info.get('name')}."
    return Finding(f"Channel for {what}: #{info.get('name')}", bool(info.get("is_member")), advice, fatal=False)


def _calendars(settings: Settings, services: Services) -> Iterator[Finding]:
    port = services.calendars
    if port is None:
        advice = "No calendar is connected: bookings stay in Slotquest alone. Set GOOGLE_CREDS_BASE64 to connect one."
        yield Finding("Google Calendar", False, advice, fatal=False)
        return
    names = {settings.central_calendar_id} if settings.central_calendar_id else set()
    for workspace_id in workspace_ids(services.engine):
        with services.engine.view(workspace_id) as view:
            names |= {row.google_id for row in calendars(view)}
    robot = (settings.service_account or {}).get("client_email", "the service account")
    for name in sorted(names):
        try:
            access = port.access(name)
        except CalendarError as error:
            advice = f"{error}. Share it with {robot} (Make changes to events)."
            yield Finding(f"Calendar {name}", False, advice, fatal=False)
        else:
            advice = f"It can be read but not written. Share it with {robot} with “Make changes to events”."
            yield Finding(f"Calendar {name} ({access.title})", access.writable, advice, fatal=False)
    if not names:
        yield Finding(
            "Calendars", False, "None is named. Set CENTRAL_CALENDAR_ID or give consultants a calendar.", fatal=False
        )


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        return
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        yield Finding("Redis", False, f"It cannot be reached ({error}). Each process goes on alone.", fatal=False)
    else:
        yield Finding("Redis", True)
