"""conversations.*: channels and direct messages, and what was said in them."""

from sandbox.slack import present
from sandbox.slack.call import Call, method, page
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Message

READ = ("channels:read", "groups:read", "im:read", "mpim:read")


@method("conversations.open", "im:write", "mpim:write", tier=3)
def conversations_open(call: Call) -> Json:
    if wanted := call.text("channel"):
        channel = call.channel()
        if channel.kind != "im":
            raise SlackError("channel_not_found" if wanted else "users_list_not_supplied")
        return _opened(call, channel, known=True)
    users = call.ids("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    person = call.slack.users.get(users[0])
    if person is None:
        raise SlackError("user_not_found")
    if person.deleted:
        raise SlackError("user_disabled")
    if person.id == call.slack.bot.id:
        raise SlackError("cannot_dm_bot")
    known = frozenset((call.slack.bot.id, person.id)) in call.slack.direct
    return _opened(call, call.slack.direct_channel(call.slack.bot.id, person.id), known=known)


def _opened(call: Call, channel: Channel, *, known: bool) -> Json:
    shown = present.channel(call.slack, channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown, **({"no_op": True, "already_open": True} if known else {})}


@method("conversations.info", *READ, tier=3)
def conversations_info(call: Call) -> Json:
    channel = call.channel()
    call.need_for(channel, "read")
    locale, count = call.flag("include_locale"), call.flag("include_num_members")
    return {"channel": present.channel(call.slack, channel, locale=locale, count=count)}


def _visible(call: Call, user: str | None = None) -> list[Channel]:
    """Of the asked types; private ones and direct messages only where the bot is in."""
    types = set(call.ids("types") or ["public_channel"])
    names = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
    if not types <= set(names):
        raise SlackError("invalid_types")
    scopes = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
    for wanted in types:
        call.need(scopes[wanted])
    kinds = {names[wanted] for wanted in types}
    bot = call.slack.bot.id
    found = [c for c in call.slack.channels.values() if c.channel_type in kinds]
    found = [c for c in found if c.channel_type == "channel" or bot in c.members]
    if user:
        found = [c for c in found if user in c.members]
    return [c for c in found if not (call.flag("exclude_archived") and c.is_archived)]


@method("conversations.list", *READ, tier=2)
def conversations_list(call: Call) -> Json:
    shown, cursor = page(_visible(call), call)
    listed = [present.channel(call.slack, channel, count=channel.kind != "im") for channel in shown]
    return {"channels": listed, "response_metadata": {"next_cursor": cursor}}


@method("users.conversations", *READ, tier=3)
def users_conversations(call: Call) -> Json:
    user = call.text("user") or call.slack.bot.id
    if user not in call.slack.users:
        raise SlackError("user_not_found")
    shown, cursor = page(_visible(call, user), call)
    listed = [present.channel(call.slack, channel) for channel in shown]
    return {"channels": listed, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", *READ, tier=4)
def conversations_members(call: Call) -> Json:
    channel = call.channel()
    call.need_for(channel, "read")
    shown, cursor = page(channel.members, call)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Within oldest and latest, which themselves count only with `inclusive`."""
    oldest, latest, inclusive = call.text("oldest"), call.text("latest"), call.flag("inclusive")
    try:
        low, high = float(oldest or 0), float(latest or "inf")
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    exact = {oldest, latest} - {""}
    return [m for m in messages if (low < float(m.ts) < high and m.ts not in exact) or (inclusive and m.ts in exact)]


def _said(call: Call, channel: Channel, messages: list[Message]) -> Json:
    metadata = call.flag("include_all_metadata")
    shown, cursor = page(messages, call, most=999)
    listed = [present.message(call.slack, channel, m, metadata=metadata) for m in shown]
    answer: Json = {"messages": listed, "has_more": bool(cursor)}
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


@method("conversations.history", "channels:history", "groups:history", "im:history", "mpim:history", tier=3)
def conversations_history(call: Call) -> Json:
    """Newest first; replies in threads are elsewhere, ephemeral messages nowhere."""
    channel = call.channel(member=True)
    call.need_for(channel, "history")
    messages = [channel.messages[ts] for ts in reversed(channel.order)]
    messages = [m for m in messages if m.only_for is None]
    messages = [m for m in messages if m.thread_ts in (None, m.ts) or m.broadcast]
    return {**_said(call, channel, _between(call, messages)), "pin_count": 0}


@method("conversations.replies", "channels:history", "groups:history", "im:history", "mpim:history", tier=3)
def conversations_replies(call: Call) -> Json:
    """The parent and its replies, oldest first."""
    channel = call.channel(member=True)
    call.need_for(channel, "history")
    parent = channel.messages.get(call.required("ts"))
    if parent is None or parent.only_for is not None:
        raise SlackError("thread_not_found")
    root = channel.messages.get(parent.thread_ts or parent.ts, parent)
    return _said(call, channel, [root, *_between(call, channel.replies(root.ts))])


@method("conversations.join", "channels:join", tier=3)
def conversations_join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind == "im" or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    bot = call.slack.bot.id
    if bot in channel.members:
        return {"channel": present.channel(call.slack, channel), "warning": "already_in_channel"}
    channel.members.append(bot)
    call.slack.changed()
    call.slack.hub.tell("workspace")
    event = {"type": "member_joined_channel", "user": bot, "channel": channel.id, "channel_type": "C"}
    call.world.delivery.event({**event, "team": call.slack.team.id})
    return {"channel": present.channel(call.slack, channel)}
