"""The Slack app's manifest, generated from the registry, so that a command that exists is a command that Slack knows."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import features
from bot.language import Translator, _
from bot.registry import Registry, collect

BOT_SCOPES = [
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
]
ABOUT = _("Book customer appointments into your consultants' calendars.")
BOT_EVENTS = {"message": "message.im"}


def manifest_text(url: str | None = None, locale: str = "en") -> str:
    """The manifest as JSON text."""
    return json.dumps(build_manifest(collect(features), url, locale), indent=2, ensure_ascii=False) + "\n"


def build_manifest(declared: Registry, url: str | None, locale: str = "en") -> dict[str, Any]:
    """The manifest for Socket Mode, or, with the bot's public address, for HTTP.

    Slack shows hints and descriptions to everybody in the one language that they are written in here.
    """
    t = Translator(locale, ZoneInfo("UTC"), datetime.now(UTC))
    endpoint = f"{url.rstrip('/')}/slack/events" if url else None
    commands = [
        _filled(
            {"command": c.name, "description": t(c.summary), "should_escape": True}, usage_hint=t(c.usage), url=endpoint
        )
        for c in sorted(declared.commands.values(), key=lambda c: c.name)
    ]
    shortcuts = [
        {"name": t(s.title), "type": s.kind, "callback_id": s.id, "description": t(s.summary)}
        for s in sorted(declared.shortcuts.values(), key=lambda s: s.id)
    ]
    events = sorted(BOT_EVENTS.get(e.id, e.id) for e in declared.events.values())
    interactivity = _filled({"is_enabled": True}, request_url=endpoint, message_menu_options_url=endpoint)
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Slotquest",
            "description": t(ABOUT),
            "background_color": "#2b2d42",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Slotquest", "always_online": True},
            "shortcuts": shortcuts,
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": BOT_SCOPES}},
        "settings": {
            "event_subscriptions": _filled({"bot_events": events}, request_url=endpoint),
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": endpoint is None,
            "token_rotation_enabled": False,
        },
    }


def _filled(base: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {**base, **{key: value for key, value in extra.items() if value}}
