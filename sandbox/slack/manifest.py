"""What the app declared about itself: commands, shortcuts, scopes, events and surfaces."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.model import Json

# Without a manifest nothing is forbidden and every event is sent, so that a bare app can be tried.
ALL_SCOPES = (
    *("app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands"),
    *("files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write"),
    *("mpim:history", "mpim:read", "mpim:write", "reactions:read", "reactions:write", "team:read"),
    *("users.profile:read", "users:read", "users:read.email"),
)


@dataclass(frozen=True)
class Command:
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass
class Manifest:
    raw: Json | None = None
    commands: dict[str, Command] = field(default_factory=dict)
    shortcuts: dict[str, Shortcut] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=lambda: list(ALL_SCOPES))
    events: frozenset[str] | None = None
    home_tab: bool = True
    messages_tab: bool = True
    interactivity: bool = True

    @classmethod
    def parse(cls, raw: Json | None) -> "Manifest":
        """Raises ValueError for a manifest that Slack would not accept in these parts."""
        if not raw:
            return cls()
        features: dict[str, Any] = raw.get("features", {})
        settings: dict[str, Any] = raw.get("settings", {})
        home: dict[str, Any] = features.get("app_home", {})
        commands = [_command(entry) for entry in features.get("slash_commands", [])]
        shortcuts = [_shortcut(entry) for entry in features.get("shortcuts", [])]
        if len({c.command for c in commands}) < len(commands) or len(commands) > 50:
            raise ValueError("slash_commands: at most 50, each once")
        if len({s.callback_id for s in shortcuts}) < len(shortcuts) or len(shortcuts) > 10:
            raise ValueError("shortcuts: at most 10, each callback_id once")
        return cls(
            raw=raw,
            commands={c.command: c for c in commands},
            shortcuts={s.callback_id: s for s in shortcuts},
            scopes=list(raw.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled", False)),
        )

    def subscribed(self, event: str) -> bool:
        return self.events is None or event in self.events


def _command(entry: Json) -> Command:
    name = str(entry["command"])
    if not name.startswith("/") or len(name) > 32 or name != name.lower() or " " in name:
        raise ValueError(f"slash command {name!r}: lower case, starts with /, at most 32 characters")
    return Command(
        name, str(entry.get("description", "")), str(entry.get("usage_hint", "")), bool(entry.get("should_escape"))
    )


def _shortcut(entry: Json) -> Shortcut:
    kind = str(entry["type"])
    if kind not in {"global", "message"} or len(str(entry["name"])) > 24:
        raise ValueError(f"shortcut {entry['name']!r}: type global or message, name at most 24 characters")
    return Shortcut(str(entry["name"]), kind, str(entry["callback_id"]), str(entry.get("description", "")))
