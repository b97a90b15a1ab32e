"""The workspace: people, channels, messages, views and the ids that Slack gives to things."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sandbox.hub import Hub
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.manifest import Manifest
from sandbox.slack.model import (
    Channel,
    File,
    Json,
    Message,
    ResponseUrl,
    Scheduled,
    Team,
    Trigger,
    User,
    View,
)
from sandbox.slack.normal import normalised, slack_files


@dataclass
class Timing:
    """Slack's deadlines in seconds. Tests shorten them; the defaults are Slack's.

    socket_warning: from the warning to refresh_requested. socket_overlap: how long the old connection stays open then.
    """

    acknowledge: float = 3.0
    trigger: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    response_url: float = 1800.0
    socket_warning: float = 10.0
    socket_overlap: float = 1.0
    socket_life: float = 3600.0

    def scaled(self, factor: float) -> "Timing":
        """Everything that a test would have to wait for, `factor` times as long; the 3 s deadlines stay."""
        return replace(
            self,
            retries=tuple(delay * factor for delay in self.retries),
            socket_warning=self.socket_warning * factor,
            socket_overlap=self.socket_overlap * factor,
        )


class Slack:
    """All state of one workspace with one app installed. Knows nothing of HTTP."""

    app_id = "A0SLOTBOT1"
    bot_id = "B0SLOTBOT1"

    def __init__(self, clock: Callable[[], float], hub: Hub) -> None:
        self.clock = clock
        self.hub = hub
        self.timing = Timing()
        self.rate_limits = True
        self.bot_token = "xoxb-sandbox"
        self.app_token = "xapp-sandbox"
        self.signing_secret = "sandbox-signing-secret"
        self.verification_token = "sandbox-verification-token"
        self.base_url = "http://127.0.0.1:8700"
        self.chance = random.Random()
        self.manifest = Manifest()
        self.team = Team()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.direct: dict[frozenset[str], str] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[list[str]]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.file_bytes: dict[str, bytes] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.changed: Callable[[], None] = lambda: None
        self._last_micros = 0
        self.bot = self.add_user(
            "U0SLOTBOT1", "slotquest", "Slotquest", is_bot=True, locale="en-US", bot_id=self.bot_id
        )

    # People and places

    def add_user(self, id: str, name: str, real_name: str, **facts: Any) -> User:
        """`facts` are the fields of User: email, locale, tz, title, is_admin, is_bot, deleted, avatar_hue."""
        user = User(id=id, name=name, real_name=real_name, **facts)
        if not user.email and not user.is_bot:
            user.email = f"{name}@{self.team.domain}.example"
        user.updated = int(self.clock())
        self.users[id] = user
        self.changed()
        return user

    def add_channel(self, id: str, name: str, **facts: Any) -> Channel:
        """`facts` are the fields of Channel: topic, is_private, is_archived, is_general, members, creator."""
        facts["members"] = list(facts.get("members", []))
        channel = Channel(id=id, name=name, **{"created": int(self.clock()), **facts})
        self.channels[id] = channel
        self.changed()
        return channel

    def direct_channel(self, one: str, other: str) -> Channel:
        """The direct message of two people, opened when it is missing."""
        pair = frozenset((one, other))
        if pair not in self.direct:
            id = f"D{len(self.direct) + 1:09d}"
            self.direct[pair] = id
            self.channels[id] = Channel(
                id=id, name="directmessage", kind="im", members=[one, other], created=int(self.clock())
            )
            self.changed()
        return self.channels[self.direct[pair]]

    def user(self, id: str) -> User:
        """The person who acts; ControlError for one who does not exist or is deactivated."""
        user = self.users.get(id)
        if user is None or user.deleted:
            raise ControlError("user_not_found", 404, user=id)
        return user

    def place(self, channel: str, user: str) -> Channel:
        """The conversation as `user` names it (a user's id is the direct message); they have to be in it."""
        if channel in self.users:
            return self.direct_channel(user, channel)
        found = self.channels.get(channel)
        if found is None or user not in found.members:
            raise ControlError("channel_not_found", 404, channel=channel)
        return found

    # Messages

    def next_ts(self) -> str:
        """A new message time: seconds and microseconds, never the same twice."""
        micros = max(int(self.clock() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def add_message(
        self, channel: str, user: str, text: str, *, at: datetime | None = None, blocks: list[Json] | None = None
    ) -> Message:
        """Puts a message into the history, `at` an instant in the past, and tells no app."""
        ts = self.next_ts()
        place = self.channels[channel]
        if at is not None:
            micros = int(at.timestamp() * 1_000_000)
            while f"{micros // 1_000_000}.{micros % 1_000_000:06d}" in place.messages:
                micros += 1
            ts = f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
        author = self.users[user]
        message = Message(ts=ts, user=user, text=text, blocks=self.normalised(blocks or []), bot=author.is_bot)
        self.store(place, message)
        return message

    def store(self, channel: Channel, message: Message) -> None:
        channel.put(message)
        self.tell_message(channel, message)

    def remove(self, channel: Channel, message: Message) -> None:
        channel.drop(message.ts)
        self.tell_message(channel, message)

    def tell_message(self, channel: Channel, message: Message) -> None:
        self.hub.tell("message", only=message.only_for, channel=channel.id)
        self.changed()

    def normalised(self, blocks: list[Json]) -> list[Json]:
        """Blocks as they are stored; SlackError for a picture that was never uploaded."""
        stored = normalised(blocks, self.chance)
        for reference in slack_files(stored):
            id = reference.get("id") or str(reference.get("url", "")).removeprefix(self.base_url).split("/")[2:3]
            file = self.files.get(id if isinstance(id, str) else "".join(id))
            if file is None or not file.uploaded:
                line = "invalid slack file [json-pointer:/blocks]"
                raise SlackError("invalid_blocks", errors=[line], response_metadata={"messages": [f"[ERROR] {line}"]})
            reference["url"] = f"{self.base_url}/files/{file.id}/{quote(file.name)}"
        return stored

    # Ids that are good for a while

    def new_id(self, prefix: str, length: int = 10) -> str:
        return prefix + "".join(self.chance.choices(string.ascii_uppercase + string.digits, k=length))

    def issue_trigger(self, user: str, view: str | None = None) -> str:
        now = self.clock()
        if len(self.triggers) > 5000:
            self.triggers = {key: t for key, t in self.triggers.items() if now - t.issued < 600}
        trigger = f"{self.chance.randrange(10**12)}.{self.chance.randrange(10**12)}.{self.new_id('', 24).lower()}"
        self.triggers[trigger] = Trigger(user=user, issued=now, view=view)
        return trigger

    def issue_response_url(self, kind: str, user: str, channel: str, origin: Message | None = None) -> str:
        """kind: "commands" or "actions", as in Slack's own paths."""
        now = self.clock()
        if len(self.response_urls) > 5000:
            kept = {key: r for key, r in self.response_urls.items() if now - r.issued < self.timing.response_url}
            self.response_urls = kept
        token = self.new_id("", 24)
        self.response_urls[token] = ResponseUrl(
            user=user,
            channel=channel,
            issued=now,
            origin=origin.ts if origin else None,
            origin_ephemeral=bool(origin and origin.only_for),
        )
        return f"{self.base_url}/respond/{kind}-{token}"

    # Saving

    def snapshot(self) -> Json:
        return {
            "team": self.team.dump(),
            "users": [user.dump() for user in self.users.values()],
            "channels": [channel.dump() for channel in self.channels.values()],
            "homes": [view.dump() for view in self.homes.values()],
            "files": [file.dump() for file in self.files.values() if file.complete],
            "scheduled": [entry.dump() for entry in self.scheduled.values()],
            "manifest": self.manifest.raw,
        }

    def restore(self, raw: Json) -> None:
        """Open modals, triggers and response addresses do not survive: they would have expired."""
        self.team = Team.load(raw["team"])
        self.users = {entry["id"]: User.load(entry) for entry in raw["users"]}
        self.bot = self.users[self.bot.id]
        self.channels = {entry["id"]: Channel.load(entry) for entry in raw["channels"]}
        self.direct = {frozenset(c.members): c.id for c in self.channels.values() if c.kind == "im"}
        self.homes = {entry["user"]: View.load(entry) for entry in raw["homes"]}
        self.files = {entry["id"]: File.load(entry) for entry in raw["files"]}
        self.scheduled = {entry["id"]: Scheduled.load(entry) for entry in raw["scheduled"]}
        self.manifest = Manifest.parse(raw["manifest"])
