"""What a person sees, for the page and for tests."""

from typing import Any

from sandbox.slack import present
from sandbox.slack.model import Channel, Json, Message, User
from sandbox.world import World


def person(user: User) -> Json:
    keys = ("id", "name", "real_name", "locale", "tz", "email", "avatar_hue", "title", "is_admin", "is_bot", "deleted")
    return {key: getattr(user, key) for key in keys}


def workspace(world: World, *, connected: bool) -> Json:
    slack = world.slack
    team = slack.team
    return {
        "team": {"id": team.id, "name": team.name, "domain": team.domain, "url": f"https://{team.domain}.slack.com/"},
        "bot": {
            "user_id": slack.bot.id,
            "name": slack.bot.real_name,
            "connected": connected,
            "mode": world.delivery.mode,
        },
        "users": [person(user) for user in slack.users.values()],
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "topic": channel.topic,
                "is_private": channel.is_private,
                "is_archived": channel.is_archived,
                "is_general": channel.is_general,
                "members": channel.members,
            }
            for channel in slack.channels.values()
            if channel.kind == "channel"
        ],
        "commands": [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for c in slack.manifest.commands.values()
        ],
        "shortcuts": [
            {"name": s.name, "type": s.type, "callback_id": s.callback_id, "description": s.description}
            for s in slack.manifest.shortcuts.values()
        ],
    }


def _shown(world: World, channel: Channel, message: Message) -> Json:
    raw = present.message(world.slack, channel, message, metadata=True)
    return {
        "ts": message.ts,
        "user": message.user,
        "bot": message.bot,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited is not None,
        "ephemeral": message.only_for is not None,
        "thread_ts": message.thread_ts,
        "reply_count": raw.get("reply_count", 0),
        "metadata": message.metadata,
        "reactions": raw.get("reactions", []),
        "files": raw.get("files", []),
        "username": message.username,
    }


def messages(world: World, user: str, channel: str, limit: int) -> Json:
    """The newest `limit` messages that this person sees, oldest first, replies in threads among them."""
    place = world.slack.place(channel, user)
    newest: list[Message] = []
    for ts in reversed(place.order):
        if len(newest) >= limit:
            break
        message = place.messages[ts]
        if message.only_for in (None, user):
            newest.append(message)
    return {"channel": place.id, "messages": [_shown(world, place, message) for message in reversed(newest)]}


def conversations(world: World, user: str) -> list[Json]:
    slack = world.slack
    slack.direct_channel(slack.bot.id, user)
    listed: list[Json] = []
    for place in slack.channels.values():
        if user not in place.members:
            continue
        entry: dict[str, Any] = {"id": place.id, "name": place.name, "kind": place.kind, "is_private": place.is_private}
        if place.kind == "im":
            other = slack.users[place.partner(user)]
            entry |= {"with": other.id, "name": other.real_name}
        read = place.read.get(user, "")
        unread = 0
        for ts in reversed(place.order):
            if ts <= read:
                break
            message = place.messages[ts]
            unread += message.user != user and message.only_for in (None, user)
        listed.append(entry | {"unread": unread, "last_ts": place.order[-1] if place.order else None})
    return listed
