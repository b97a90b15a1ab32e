"""What a running bot is made of, for those who need more than the engine."""

from dataclasses import dataclass

from slack_sdk import WebClient

from bot.registry import Registry
from core.ports import CalendarPort
from core.transaction import Engine


@dataclass(frozen=True)
class Identity:
    """The bot itself, as Slack's auth.test tells."""

    team_id: str
    team: str
    user_id: str
    bot_id: str


@dataclass
class Services:
    """The wired parts. `calendars` is None when no Google credentials are configured; `public_url` turns on push."""

    engine: Engine
    slack: WebClient
    declared: Registry
    calendars: CalendarPort | None = None
    central_calendar: str | None = None
    public_url: str | None = None
    me: Identity | None = None
