"""The payloads of commands and interactions, in Slack's exact shapes."""

from typing import Any

from sandbox.slack import present
from sandbox.slack.elements import BUTTONS, STATEFUL, Typed, state
from sandbox.slack.model import Channel, Json, Message, User, View
from sandbox.slack.state import Slack


def named(channel: Channel) -> Json:
    """A conversation as payloads name it: only public channels show their name."""
    return {"id": channel.id, "name": channel_name(channel)}


def channel_name(channel: Channel) -> str:
    if channel.kind == "im":
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def common(slack: Slack, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": slack.team.id},
        "api_app_id": slack.app_id,
        "token": slack.verification_token,
        "team": {"id": slack.team.id, "domain": slack.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(slack: Slack, user: User, channel: Channel, name: str, text: str) -> Json:
    return {
        "token": slack.verification_token,
        "team_id": slack.team.id,
        "team_domain": slack.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": slack.app_id,
        "is_enterprise_install": "false",
        "response_url": slack.issue_response_url("commands", user.id, channel.id),
        "trigger_id": slack.issue_trigger(user.id),
    }


def message_source(slack: Slack, channel: Channel, message: Message, user: str) -> Json:
    """container, channel, message and state of an element in a message. Ephemeral messages are not repeated."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    source: Json = {"container": container, "channel": named(channel)}
    if message.only_for is None:
        source["message"] = present.message(slack, channel, message)
    return source | {"state": state(message.blocks, message.typed.get(user, {}))}


def view_source(slack: Slack, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": present.view(slack, view)}


def acted(block: Json, element: Json, entry: Any, ts: str) -> Json:
    """One entry of `actions`; `entry` is the new state of a stateful element, or an overflow's option."""
    kind = element["type"]
    action: Json = {"type": kind, "block_id": block["block_id"], "action_id": element["action_id"], "action_ts": ts}
    if kind in BUTTONS:
        for key in ("text", "value", "style"):
            if key in element:
                action[key] = element[key]
        return action
    if kind == "overflow":
        return action | {"selected_option": entry}
    initial = STATEFUL[kind][1]
    for key in ("placeholder", initial):
        if key in element:
            action[key] = element[key]
    return action | {key: value for key, value in entry.items() if key != "type"}


def view_submission(slack: Slack, user: User, view: View) -> Json:
    payload = common(slack, "view_submission", user)
    payload["trigger_id"] = slack.issue_trigger(user.id)
    payload["view"] = present.view(slack, view)
    return payload | {"response_urls": _response_urls(slack, view)}


def _response_urls(slack: Slack, view: View) -> list[Json]:
    """For conversation and channel selects in input blocks that asked for one."""
    values: dict[str, Typed] = state(view.blocks, view.typed)["values"]
    urls: list[Json] = []
    for block in view.blocks:
        element = block.get("element", {})
        if block["type"] != "input" or not element.get("response_url_enabled"):
            continue
        entry: Json = values[block["block_id"]][element["action_id"]]
        channel = entry.get("selected_conversation") or entry.get("selected_channel")
        if channel:
            url = slack.issue_response_url("app", view.user, channel)
            ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
            urls.append({**ids, "channel_id": channel, "response_url": url})
    return urls


def view_closed(slack: Slack, user: User, view: View, *, is_cleared: bool) -> Json:
    payload = common(slack, "view_closed", user)
    return payload | {"view": present.view(slack, view, inputs=False), "is_cleared": is_cleared}
