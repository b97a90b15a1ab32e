"""`slotquest doctor` and `slotquest verify`: what is not well, and what to do about it, in words."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
import typer
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from bot import features
from bot.manifest import BOT_SCOPES
from bot.registry import collect
from bot.services import Services
from bot.settings import Settings
from bot.wiring import build_services
from core.booking.calendar.calendars import calendars
from core.booking.setup.consultants import list_consultants
from core.booking.setup.members import members_with
from core.booking.setup.workspace import workspace_ids
from core.booking.verify import Problem, verify_workspace
from core.model import Role, Workspace
from core.ports import CalendarError, CalendarUnavailable
from storage.crypto import SealBroken
from storage.migrate import behind, current

TOKEN_REFUSED = (
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
)
MOST_SHOWN = 50
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
    failed, doubtful = 0, 0
    for finding in findings(settings, services):
        worse = ("✗", "red") if finding.fatal else ("!", "yellow")
        sign, colour = ("✓", "green") if finding.well else worse
        typer.secho(f"{sign} {finding.what}", fg=colour)
        if not finding.well:
            typer.echo(f"    {finding.advice}")
            failed += finding.fatal
            doubtful += not finding.fatal
    if failed:
        typer.echo(f"✗ Slotquest cannot work like this. To mend: {failed}")
    else:
        typer.echo(f"! Slotquest works. To look after: {doubtful}" if doubtful else "✓ All is well.")
    return 1 if failed else 0


def findings(settings: Settings, services: Services) -> Iterator[Finding]:
    """Everything that is looked at, one after the other. What needs the tables is left out while they cannot be read."""
    readable = True
    for finding in _database(settings, services):
        readable = readable and finding.well
        yield finding
    yield from _slack(settings, services, readable)
    yield from _calendars(settings, services, readable)
    yield from _redis(settings)


def verify_all(settings: Settings) -> int:
    """Compare every workspace's tables with its journal; the exit code."""
    services = build_services(settings, collect(features))
    problems: list[Problem] = []
    for workspace_id in workspace_ids(services.engine):
        typer.echo(f"Workspace {workspace_id} …")
        problems += verify_workspace(services.engine, workspace_id, _step)
    for problem in problems[:MOST_SHOWN]:
        typer.secho(f"✗ {problem.what}: {problem.why}", fg="red")
    shown = f" (the first {MOST_SHOWN} are shown)" if len(problems) > MOST_SHOWN else ""
    typer.echo(f"✗ Contradictions: {len(problems)}{shown}" if problems else "✓ Everything agrees.")
    return 1 if problems else 0


def _step(words: str) -> None:
    typer.echo(f"  {words}")


def _database(settings: Settings, services: Services) -> Iterator[Finding]:
    try:
        late = behind(settings.database_url)
    except DBAPIError as error:
        advice = f"It cannot be used ({str(error.orig).strip()}). Check DATABASE_URL and that the server runs."
        yield Finding("Database", False, advice)
        return
    if late:
        what = f"Database schema {current(settings.database_url) or '(empty)'}"
        yield Finding(what, False, "Run `slotquest migrate`.")
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


def _slack(settings: Settings, services: Services, readable: bool) -> Iterator[Finding]:
    began = time.time()
    try:
        me = services.slack.auth_test()
    except SlackApiError as error:
        yield Finding("Slack token", False, _token_advice(error.response.get("error")))
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
    if readable:
        yield from _team(services, str(me["team_id"]))


def _token_advice(said: str | None) -> str:
    if said is None:
        return "What answers is not Slack. Check SLACK_API_URL; without it, Slack's own is used."
    if said in TOKEN_REFUSED:
        return f"Slack says {said}. Copy the Bot User OAuth Token (OAuth & Permissions) to SLACK_BOT_TOKEN."
    return f"Slack says {said}. Try again in some minutes."


def _socket(settings: Settings, services: Services) -> Finding:
    try:
        services.slack.apps_connections_open(app_token=str(settings.slack_app_token))
    except SlackApiError as error:
        advice = "Make an app-level token with connections:write (Basic Information) and copy it to SLACK_APP_TOKEN."
        return Finding("Socket Mode", False, f"Slack says {error.response.get('error')}. {advice}")
    except (SlackClientError, OSError) as error:
        return Finding("Socket Mode", False, f"It cannot be reached ({error}). Check the network.")
    return Finding("Socket Mode", True)


def _team(services: Services, team_id: str) -> Iterator[Finding]:
    """Whether this workspace has been set up: a team file for another one would change nothing here, without a word."""
    others = [other for other in workspace_ids(services.engine) if other != team_id]
    if others:
        advice = f"This token belongs to {team_id}. Was workspace.team_id of the team file meant to be {team_id}?"
        yield Finding(f"Other workspaces in the database: {', '.join(others)}", False, advice, fatal=False)
    with services.engine.database.read() as session:
        row = session.get(Workspace, team_id)
    people = "no consultants, no admins"
    well = False
    if row is not None:
        with services.engine.view(team_id) as view:
            consultants, admins = len(list_consultants(view)), len(members_with(view, Role.ADMIN))
        people, well = f"consultants {consultants}, admins {admins}", bool(consultants and admins)
    advice = f'Load a team file with team_id = "{team_id}", or open Slotquest\'s App Home as an admin of Slack.'
    yield Finding(f"Team: {people}", well, advice, fatal=False)
    if row is not None:
        for channel, what in (
            (row.bookings_channel, "bookings"),
            (row.achievements_channel, "achievements"),
            (row.admin_channel, "admin"),
        ):
            if channel:
                yield _channel(services, channel, what)


def _channel(services: Services, channel: str, what: str) -> Finding:
    try:
        info = services.slack.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        advice = "If it is private, invite the bot there: /invite @Slotquest. Else choose another one with /slotadmin."
        said = error.response.get("error")
        return Finding(f"Channel for {what}: {channel}", False, f"Slack says {said}. {advice}", fatal=False)
    except (SlackClientError, OSError) as error:
        return Finding(f"Channel for {what}: {channel}", False, f"It cannot be looked at ({error}).", fatal=False)
    advice = f"Invite the bot: type /invite @Slotquest in #{info.get('name')}."
    there = bool(info.get("is_member") or not info.get("is_private"))  # into public ones the bot goes by itself
    return Finding(f"Channel for {what}: #{info.get('name')}", there, advice, fatal=False)


def _calendars(settings: Settings, services: Services, readable: bool) -> Iterator[Finding]:
    port = services.calendars
    if port is None:
        advice = "No calendar is connected: bookings stay in Slotquest alone. Set GOOGLE_CREDS_BASE64 to connect one."
        yield Finding("Google Calendar", False, advice, fatal=False)
        return
    names = {settings.central_calendar_id} if settings.central_calendar_id else set()
    for workspace_id in workspace_ids(services.engine) if readable else ():
        with services.engine.view(workspace_id) as view:
            names |= {row.google_id for row in calendars(view)}
    robot = (settings.service_account or {}).get("client_email", "the service account")
    for name in sorted(names):
        try:
            access = port.access(name)
        except CalendarUnavailable as error:
            yield Finding("Google Calendar", False, f"{error}. Check the network, then try again.", fatal=False)
            return
        except CalendarError as error:
            yield Finding(f"Calendar {name}", False, f"{error} (The account: {robot})", fatal=False)
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
