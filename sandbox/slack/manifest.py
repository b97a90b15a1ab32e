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


# Without one of these scopes Slack sends the event to nobody, however often the app subscribes to it.
_EVENT_SCOPES = {
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "app_mention": {"app_mentions:read"},
    "user_change": {"users:read"},
    "team_join": {"users:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
}
# What Slack's schema demands of the texts: field -> (fewest letters, most letters, whether it may be left out).
_TEXTS = {
    "display_information": {
        "name": (1, 35, False),
        "description": (0, 140, True),
        "long_description": (175, 4000, True),
    },
    "bot_user": {"display_name": (1, 80, False)},
    "shortcut": {"name": (1, 24, False), "callback_id": (1, 255, False), "description": (1, 150, False)},
    "slash_command": {"command": (2, 32, False), "description": (1, 2000, False), "usage_hint": (0, 1000, True)},
}


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
    people_write: bool = True  # in the messages tab
    interactivity: bool = True

    @classmethod
    def parse(cls, raw: Json | None) -> "Manifest":
        """Raises ValueError for a manifest that Slack would not accept in these parts."""
        if not raw:
            return cls()
        features: dict[str, Any] = raw.get("features", {})
        settings: dict[str, Any] = raw.get("settings", {})
        home: dict[str, Any] = features.get("app_home", {})
        for name, part in (("display_information", raw), ("bot_user", features)):
            if name in part:
                _check_texts(name, part[name])
        commands = [_command(entry) for entry in features.get("slash_commands", [])]
        shortcuts = [_shortcut(entry) for entry in features.get("shortcuts", [])]
        if len({c.command for c in commands}) < len(commands) or len(commands) > 50:
            raise ValueError("slash_commands: at most 50, each once")
        if len({s.callback_id for s in shortcuts}) < len(shortcuts) or len(shortcuts) > 10:
            raise ValueError("shortcuts: at most 10, each callback_id once")
        events = settings.get("event_subscriptions", {}).get("bot_events", [])
        if len(events) > 100:
            raise ValueError("bot_events: at most 100")
        return cls(
            raw=raw,
            commands={c.command: c for c in commands},
            shortcuts={s.callback_id: s for s in shortcuts},
            scopes=list(raw.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=frozenset(events),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            people_write=not home.get("messages_tab_read_only_enabled", False),
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled", False)),
        )

    def subscribed(self, event: str) -> bool:
        """Whether the app asked for the event and may hear it."""
        if self.events is None:
            return True
        needed = _EVENT_SCOPES.get(event)
        return event in self.events and (needed is None or not needed.isdisjoint(self.scopes))


def _check_texts(kind: str, raw: Json) -> None:
    for name, (fewest, most, optional) in _TEXTS[kind].items():
        text = raw.get(name)
        if text is None and optional:
            continue
        if not isinstance(text, str) or not fewest <= len(text) <= most:
            raise ValueError(f"{kind}: {name} has {fewest} to {most} characters, not {text!r}")


def _command(entry: Json) -> Command:
    _check_texts("slash_command", entry)
    name = entry["command"]
    if not name.startswith("/") or name != name.lower() or " " in name:
        raise ValueError(f"slash command {name!r}: lower case, starts with /, no blanks")
    return Command(name, entry["description"], entry.get("usage_hint") or "", bool(entry.get("should_escape")))


def _shortcut(entry: Json) -> Shortcut:
    _check_texts("shortcut", entry)
    if entry.get("type") not in {"global", "message"}:
        raise ValueError(f"shortcut {entry['name']!r}: type global or message")
    return Shortcut(entry["name"], entry["type"], entry["callback_id"], entry["description"])
