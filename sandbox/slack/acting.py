"""What people do outside of dialogs: commands, messages, elements in messages and views, shortcuts, App Home."""

import uuid
from typing import Any

from sandbox.slack import blockkit, payloads, posting, present
from sandbox.slack.elements import BUTTONS, STATEFUL, enter, entered, find, options
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.methods.reactions import react, unreact
from sandbox.slack.model import Channel, Json, Message, User, View
from sandbox.slack.reply import Reply
from sandbox.slack.text import typed
from sandbox.world import World


def visible(channel: Channel, ts: str, user: str) -> Message:
    message = channel.messages.get(ts)
    if message is None or message.only_for not in (None, user):
        raise ControlError("message_not_found", 404, ts=ts)
    return message


def own_view(world: World, user: str, id: str) -> View:
    """An open modal of the user, or their App Home."""
    home = world.slack.homes.get(user)
    view = home if home is not None and home.id == id else world.slack.views.get(id)
    if view is None or view.user != user:
        raise ControlError("view_not_found", 404, view_id=id)
    return view


async def command(world: World, user: str, channel: str, text: str) -> Json:
    slack = world.slack
    person, place = slack.user(user), slack.place(channel, user)
    name, _, rest = text.strip().partition(" ")
    known = slack.manifest.commands.get(name)
    if known is None:
        words = (
            f"{name} is not a valid command. In Slack, all messages that start with the “/” character are interpreted as"
            " commands."
        )
        return {"ok": False, "status": 0, "error": "unknown_command", "message": words, "ms": 0.0}
    rest = rest.strip()
    if known.should_escape:
        rest = typed(rest, slack.users.values(), slack.channels.values())
    payload = payloads.command(slack, person, place, name, rest)
    reply = await world.delivery.request("slash_commands", payload)
    if reply.ok:
        _command_answer(world, reply, payload["response_url"], user, place)
    return reply.facts()


def _command_answer(world: World, reply: Reply, url: str, user: str, place: Channel) -> None:
    """An acknowledgement with words or blocks becomes a message, ephemeral unless it says in_channel."""
    answer = {"text": reply.body} if isinstance(reply.body, str) else reply.body
    if not isinstance(answer, dict) or not any(answer.get(key) for key in ("text", "blocks", "attachments")):
        return
    try:
        body = posting.content(answer)
    except SlackError as refusal:
        reply.refuse(refusal.code, refusal.extra)
        return
    public = answer.get("response_type") == "in_channel"
    message = posting.post(world, place, body, only_for=None if public else user)
    remembered = world.slack.response_urls[url.rpartition("-")[2]]
    remembered.origin, remembered.origin_ephemeral = message.ts, not public


def message(world: World, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
    """A typed message. The app hears it where its bot is; a mention is a second event."""
    slack = world.slack
    slack.user(user)
    place = slack.place(channel, user)
    if place.is_archived:
        raise ControlError("is_archived")
    writable = slack.manifest.messages_tab and slack.manifest.people_write
    if place.kind == "im" and slack.bot.id in place.members and not writable:
        raise ControlError("messages_tab_disabled")
    if not text.strip():
        raise ControlError("no_text")
    if thread_ts is not None:
        parent = visible(place, thread_ts, user)
        thread_ts = parent.thread_ts or parent.ts
        parent.thread_ts = thread_ts
    written = typed(text, slack.users.values(), slack.channels.values())
    id = str(uuid.uuid4())
    said = Message(ts=slack.next_ts(), user=user, text=written, thread_ts=thread_ts, client_msg_id=id)
    slack.store(place, said)
    place.read[user] = said.ts
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    blocks = [{"type": "rich_text", "block_id": "b" + id[:4], "elements": [section]}]
    event = present.message(slack, place, said) | {"channel": place.id, "event_ts": said.ts, "blocks": blocks}
    world.delivery.channel_event(place, event)
    if f"<@{slack.bot.id}>" in written and place.kind != "im" and slack.bot.id in place.members:
        world.delivery.event({**event, "type": "app_mention"})
    return {"ok": True, "ts": said.ts, "channel": place.id}


async def action(world: World, user: str, container: Json, asked: Json) -> Json:
    """Uses one element. `asked` has block_id, action_id, the new value, and `values` typed so far in a view."""
    slack = world.slack
    person = slack.user(user)
    payload = payloads.common(slack, "block_actions", person)
    if container.get("type") == "message":
        place = slack.place(container["channel"], user)
        message = visible(place, container["ts"], user)
        block, element = find(message.blocks, asked["block_id"], asked["action_id"])
        entry = chosen(element, asked)
        mine = message.typed.setdefault(user, {})
        enter(message.blocks, mine, asked.get("values") or {})
        if element["type"] in STATEFUL:
            mine.setdefault(block["block_id"], {})[element["action_id"]] = entry
        payload |= payloads.message_source(slack, place, message, user)
        payload["response_url"] = slack.issue_response_url("actions", user, place.id, message)
        payload["trigger_id"] = slack.issue_trigger(user)
    else:
        view = own_view(world, user, container["view_id"])
        enter(view.blocks, view.typed, asked.get("values") or {})
        block, element = find(view.blocks, asked["block_id"], asked["action_id"])
        entry = chosen(element, asked)
        if element["type"] in STATEFUL:
            view.typed.setdefault(block["block_id"], {})[element["action_id"]] = entry
        payload |= payloads.view_source(slack, view)
        payload["trigger_id"] = slack.issue_trigger(user, view.id if view.type == "modal" else None)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return {"ok": True, "status": 0, "ms": 0.0, "dispatched": False}
    payload["actions"] = [payloads.acted(block, element, entry, slack.next_ts())]
    reply = await world.delivery.request("interactive", payload, answered=False)
    return reply.facts()


def chosen(element: Json, asked: Json) -> Any:
    """The new state of the element; None for a button."""
    kind = element["type"]
    if kind in BUTTONS:
        return None
    if kind == "overflow":
        raw = asked.get("selected_option", asked.get("value"))
        value = raw["value"] if isinstance(raw, dict) else raw
        found = [option for option in options(element) if option["value"] == value]
        if not found:
            raise ControlError("no_such_option", action_id=element["action_id"], value=value)
        return found[0]
    if kind not in STATEFUL:
        raise ControlError("not_interactive", type=kind)
    key = STATEFUL[kind][0]
    return entered(element, asked[key] if key in asked else asked.get("value"))


async def suggest(world: World, user: str, container: Json, asked: Json) -> Json:
    """The options of an external select for what was typed; under min_query_length (3) nothing is asked."""
    slack = world.slack
    person = slack.user(user)
    payload = payloads.common(slack, "block_suggestion", person)
    if container.get("type") == "message":
        place = slack.place(container["channel"], user)
        message = visible(place, container["ts"], user)
        blocks, source = message.blocks, payloads.message_source(slack, place, message, user)
    else:
        view = own_view(world, user, container["view_id"])
        enter(view.blocks, view.typed, asked.get("values") or {})
        blocks, source = view.blocks, payloads.view_source(slack, view)
    block, element = find(blocks, asked["block_id"], asked["action_id"])
    if element["type"] not in {"external_select", "multi_external_select"}:
        raise ControlError("not_an_external_select", type=element["type"])
    value = str(asked.get("value") or "")
    if len(value) < element.get("min_query_length", 3):
        return {"ok": True, "status": 0, "ms": 0.0, "options": []}
    payload |= source
    payload |= {"block_id": block["block_id"], "action_id": element["action_id"], "value": value}
    reply = await world.delivery.request("interactive", payload)
    answer = reply.body if isinstance(reply.body, dict) else {}
    found = {key: answer[key] for key in ("options", "option_groups") if key in answer}
    if reply.ok and len(found) != 1:
        reply.refuse("invalid_options", "neither or both of options and option_groups")
    elif reply.ok and next(iter(found.values())):
        select = {"type": "static_select", "action_id": "a", **found}
        problems = blockkit.check_blocks([{"type": "actions", "elements": [select]}], "modal")
        if problems:
            reply.refuse("invalid_options", [problem.as_error_line() for problem in problems])
    return reply.facts() | (found if reply.ok else {})


async def shortcut(world: World, user: str, callback_id: str, channel: str | None, ts: str | None) -> Json:
    """A global shortcut, or a message shortcut on a message."""
    slack = world.slack
    person = slack.user(user)
    known = slack.manifest.shortcuts.get(callback_id)
    if known is None or (known.type == "message") != (ts is not None):
        raise ControlError("no_such_shortcut", 404, callback_id=callback_id)
    payload = payloads.common(slack, "shortcut" if known.type == "global" else "message_action", person)
    payload |= {"callback_id": callback_id, "action_ts": slack.next_ts()}
    if ts is not None and channel is not None:
        place = slack.place(channel, user)
        message = visible(place, ts, user)
        payload |= {"channel": payloads.named(place), "message_ts": message.ts}
        payload["message"] = present.message(slack, place, message)
        payload["response_url"] = slack.issue_response_url("app", user, place.id)
    payload["trigger_id"] = slack.issue_trigger(user)
    reply = await world.delivery.request("interactive", payload, answered=False)
    return reply.facts()


def home_opened(world: World, user: str, tab: str) -> None:
    slack = world.slack
    slack.user(user)
    channel = slack.direct_channel(slack.bot.id, user)
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    if tab == "home" and user in slack.homes:
        event["view"] = present.view(slack, slack.homes[user])
    world.delivery.event(event)


def changed_user(world: World, person: User) -> None:
    """A deactivated person is in no channel any more, and does not come back into them by being activated again."""
    slack = world.slack
    for channel in slack.channels.values() if person.deleted else ():
        if channel.kind == "channel" and person.id in channel.members:
            channel.members.remove(person.id)
    person.updated = int(slack.clock())
    slack.changed()
    slack.hub.tell("workspace")
    shown = present.user(slack, person, locale=True)
    world.delivery.event({"type": "user_change", "user": shown, "cache_ts": person.updated})


def joined_team(world: World, person: User) -> None:
    world.slack.hub.tell("workspace")
    shown = present.user(world.slack, person, locale=True)
    world.delivery.event({"type": "team_join", "user": shown, "cache_ts": person.updated})


def joined_channel(world: World, user: str, channel: str, *, leave: bool = False) -> None:
    slack = world.slack
    slack.user(user)
    place = slack.channels.get(channel)
    if place is None or place.kind == "im":
        raise ControlError("channel_not_found", 404, channel=channel)
    if (user in place.members) != leave:
        return
    heard = slack.bot.id in place.members
    if leave:
        place.members.remove(user)
    else:
        place.members.append(user)
    slack.changed()
    slack.hub.tell("workspace")
    if heard or slack.bot.id in place.members:
        kind = "member_left_channel" if leave else "member_joined_channel"
        letter = "G" if place.is_private else "C"
        event = {"type": kind, "user": user, "channel": place.id, "channel_type": letter, "team": slack.team.id}
        world.delivery.event(event)


def reaction(world: World, user: str, channel: str, ts: str, name: str, *, remove: bool = False) -> None:
    slack = world.slack
    slack.user(user)
    place = slack.place(channel, user)
    message = visible(place, ts, user)
    try:
        (unreact if remove else react)(message, name, user)
    except SlackError as refusal:
        raise ControlError(refusal.code) from None
    slack.tell_message(place, message)
    if slack.bot.id in place.members:
        item = {"type": "message", "channel": place.id, "ts": ts}
        kind = "reaction_removed" if remove else "reaction_added"
        world.delivery.event({"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user})
