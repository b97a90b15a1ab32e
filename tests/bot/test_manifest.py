"""The manifest: what the bot can do is what Slack is told, within Slack's limits, and the committed file is current."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import bot
from bot import features
from bot.manifest import BOT_EVENTS, build_manifest, manifest_text
from bot.registry import collect
from sandbox.slack.manifest import Manifest

REGISTRY = collect(features)
ROOT = Path(bot.__file__).parents[1]
URL = "https://bot.example.com"

# Web API methods -> the scope that each needs, "" for none. Public and private channels are asked for together.
SCOPES = {
    "apps_connections_open": "",  # by the app-level token
    "auth_test": "",
    "chat_delete": "chat:write",
    "chat_postEphemeral": "chat:write",
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "conversations_history": "channels:history groups:history im:history",
    "conversations_info": "channels:read groups:read",
    "conversations_join": "channels:join",
    "conversations_open": "im:write",
    "users_info": "users:read",
    "users_list": "users:read",
    "views_open": "",
    "views_publish": "",
    "views_push": "",
    "views_update": "",
}
EVENT_SCOPES = {"message.im": "im:history", "user_change": "users:read", "team_join": "users:read"}


@pytest.fixture(params=[(None, "en"), (URL, "en"), (None, "de")], ids=["socket", "http", "german"])
def manifest(request: pytest.FixtureRequest) -> dict[str, Any]:
    return build_manifest(REGISTRY, *request.param)


def test_the_committed_file_is_what_the_registry_says() -> None:
    assert (ROOT / "manifest.json").read_text("utf-8") == manifest_text(), "run make manifest"


def test_every_command_and_shortcut_is_in_it_and_nothing_else(manifest: dict[str, Any]) -> None:
    found = manifest["features"]
    assert {c["command"] for c in found["slash_commands"]} == set(REGISTRY.commands)
    assert {(s["callback_id"], s["type"]) for s in found["shortcuts"]} == {
        (s.id, s.kind) for s in REGISTRY.shortcuts.values()
    }
    assert all(c["should_escape"] for c in found["slash_commands"]), "mentions have to come as ids"


def test_every_event_is_subscribed_with_the_scope_that_it_needs(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(events) == sorted(BOT_EVENTS.get(name, name) for name in REGISTRY.events)
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    assert {EVENT_SCOPES[name] for name in events if name in EVENT_SCOPES} <= set(scopes)


def test_every_method_that_is_called_has_its_scope(manifest: dict[str, Any]) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    called = set(re.findall(r"\bslack\.([a-z]+_[A-Za-z_]+)\(", code))
    assert {"chat_postMessage", "users_info", "views_publish"} <= called
    needed = {scope for name in called for scope in SCOPES[name].split()}
    assert needed <= set(manifest["oauth_config"]["scopes"]["bot"])


def test_it_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    about, found = manifest["display_information"], manifest["features"]
    assert 1 <= len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
    assert len(found["bot_user"]["display_name"]) <= 80
    assert len(found["shortcuts"]) <= 10
    assert len(found["slash_commands"]) <= 50
    for shortcut in found["shortcuts"]:
        assert 1 <= len(shortcut["name"]) <= 24
        assert 1 <= len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
        assert shortcut["type"] in ("message", "global")
    for command in found["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert 1 <= len(command["description"]) <= 2000
        assert len(command.get("usage_hint", "")) <= 1000
    assert len(manifest["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_socket_mode_needs_no_address_and_http_has_it_everywhere() -> None:
    socket, http = build_manifest(REGISTRY, None), build_manifest(REGISTRY, URL + "/")
    assert socket["settings"]["socket_mode_enabled"]
    assert "http" not in json.dumps(socket)
    assert not http["settings"]["socket_mode_enabled"]
    endpoint = f"{URL}/slack/events"
    assert {c["url"] for c in http["features"]["slash_commands"]} == {endpoint}
    assert http["settings"]["interactivity"]["request_url"] == endpoint
    assert http["settings"]["interactivity"]["message_menu_options_url"] == endpoint, "for the suggestions"
    assert http["settings"]["event_subscriptions"]["request_url"] == endpoint


def test_a_german_firm_reads_german_and_nothing_else_differs() -> None:
    english, german = build_manifest(REGISTRY, None), build_manifest(REGISTRY, None, "de")
    about = said_in(german)
    assert about["/book"] == "Einen Kundentermin buchen"
    assert about["/off ?"] == "[morgen 14-16 Zahnarzt]"
    assert about["book_message !"] == "Aus Nachricht buchen"
    assert not about.items() & said_in(english).items(), "said in English in both"
    for words in said_in(english), about:
        assert all(words.values())
    text = json.dumps(german, ensure_ascii=False)
    for key, words in about.items():
        text = text.replace(
            json.dumps(words, ensure_ascii=False), json.dumps(said_in(english)[key], ensure_ascii=False)
        )
    assert json.loads(text) == english


def said_in(manifest: dict[str, Any]) -> dict[str, str]:
    found = {"": manifest["display_information"]["description"]}
    for command in manifest["features"]["slash_commands"]:
        found[command["command"]] = command["description"]
        found |= {f"{command['command']} ?": command["usage_hint"]} if "usage_hint" in command else {}
    for shortcut in manifest["features"]["shortcuts"]:
        found |= {shortcut["callback_id"]: shortcut["description"], f"{shortcut['callback_id']} !": shortcut["name"]}
    return found


def test_the_local_slack_takes_it(manifest: dict[str, Any]) -> None:
    assert Manifest.parse(manifest).subscribed("app_home_opened")
