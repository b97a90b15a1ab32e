"""One call of the Web API: its arguments, its token, and what every method asks of them."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, User
from sandbox.world import World

Token = Literal["bot", "app", "none"]
Handler = Callable[["Call"], Json]


@dataclass(frozen=True)
class Method:
    run: Handler
    scopes: tuple[str, ...]
    tier: int
    token: Token


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int, token: Token = "bot") -> Callable[[Handler], Handler]:
    """Makes a function a Web API method. Any one of `scopes` is enough; tier 0 has no limit of its own."""

    def register(run: Handler) -> Handler:
        if name in METHODS:
            raise ValueError(f"{name} is defined twice")
        METHODS[name] = Method(run, scopes, tier, token)
        return run

    return register


def missing(name: str) -> SlackError:
    return invalid(f"missing required field: {name}")


def invalid(message: str) -> SlackError:
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}"]})


class Call:
    """Arguments may come as a query, a form or JSON: strings are read as what the method needs."""

    def __init__(self, world: World, arguments: Json) -> None:
        self.world = world
        self.slack = world.slack
        self.arguments = arguments

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.arguments.get(name)
        if value is None:
            return default
        return value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 1000) -> int:
        value = self.arguments.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise invalid(f"must be an integer [json-pointer:/{name}]") from None
        if not least <= number <= most:
            raise invalid(f"must be between {least} and {most} [json-pointer:/{name}]")
        return number

    def json(self, name: str) -> Any:
        """An object or a list, also as JSON in a string."""
        value = self.arguments.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise invalid(f"must be valid JSON [json-pointer:/{name}]") from None
        return value

    def ids(self, name: str) -> list[str]:
        """Comma-separated, or a list."""
        value = self.arguments.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in str(value or "").split(",") if one.strip()]

    # What the token may do

    def need(self, *scopes: str) -> None:
        """Any one of the scopes."""
        if scopes and not set(scopes) & set(self.slack.manifest.scopes):
            raise SlackError("missing_scope", needed=scopes[0], provided=",".join(self.slack.manifest.scopes))

    def need_for(self, channel: Channel, what: str) -> None:
        """The scope of this kind of conversation, such as channels:history or im:history."""
        self.need({"im": "im", "group": "groups", "channel": "channels"}[channel.channel_type] + f":{what}")

    # Whom and what it is about

    def user(self, name: str = "user") -> User:
        user = self.slack.users.get(self.required(name))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def channel(self, name: str = "channel", *, member: bool = False) -> Channel:
        """A conversation that the bot may see; `member` demands that it is in it."""
        wanted = self.text(name)
        if not wanted:
            raise missing(name)
        channel = self.slack.channels.get(wanted)
        inside = channel is not None and self.slack.bot.id in channel.members
        if channel is None or (not inside and (channel.kind == "im" or channel.is_private)):
            raise SlackError("channel_not_found")
        if member and not inside:
            raise SlackError("not_in_channel")
        return channel

    def destination(self, name: str = "channel") -> Channel:
        """Where to post: a conversation, `#name`, or a user, whose direct message is opened."""
        wanted = self.text(name)
        if not wanted:
            raise SlackError("channel_not_found")
        if wanted in self.slack.users:
            person = self.slack.users[wanted]
            if person.deleted or person.id == self.slack.bot.id:
                raise SlackError("channel_not_found")
            channel = self.slack.direct_channel(self.slack.bot.id, wanted)
        else:
            named = {f"#{c.name}": c for c in self.slack.channels.values() if c.kind == "channel"}
            if wanted in named:
                self.arguments[name] = named[wanted].id
            channel = self.channel(name)
        if channel.is_archived:
            raise SlackError("is_archived")
        if self.slack.bot.id not in channel.members and "chat:write.public" not in self.slack.manifest.scopes:
            raise SlackError("not_in_channel")
        if channel.kind == "im" and not self.slack.manifest.messages_tab:
            raise SlackError("messages_tab_disabled")
        return channel


def page(items: list[Any], call: Call, default: int = 100, most: int = 1000) -> tuple[list[Any], str]:
    """One page by `limit` and `cursor`, and the next cursor ("" at the end)."""
    limit = call.number("limit", default, least=1, most=most)
    cursor = call.text("cursor")
    start = 0
    if cursor:
        try:
            start = int(b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
    following = start + limit
    return items[start:following], b64encode(f"next:{following}".encode()).decode() if following < len(items) else ""
