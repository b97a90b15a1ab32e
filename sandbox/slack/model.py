"""What a workspace consists of, as plain values that turn into JSON and back."""

from bisect import bisect_left, insort
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

Json = dict[str, Any]


class Stored:
    """A dataclass that is saved as a JSON object."""

    def dump(self) -> Json:
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def load(cls, raw: Json) -> Self:
        """Ignores fields that an older or newer sandbox wrote."""
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        return cls(**{key: value for key, value in raw.items() if key in known})


@dataclass
class Team(Stored):
    id: str = "T000000001"
    name: str = "Rheinblick Beratung"
    domain: str = "rheinblick"


@dataclass
class User(Stored):
    id: str
    name: str
    real_name: str
    email: str = ""
    locale: str = "de-DE"
    tz: str = "Europe/Berlin"
    title: str = ""
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    avatar_hue: int = 210
    bot_id: str = ""
    updated: int = 0


@dataclass
class Message(Stored):
    """`only_for` makes it ephemeral: one user sees it and no API finds it."""

    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    bot: bool = False
    username: str | None = None
    only_for: str | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    edited: Json | None = None
    metadata: Json | None = None
    reactions: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    subtype: str | None = None
    client_msg_id: str | None = None
    typed: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)  # by user


@dataclass
class Channel(Stored):
    """kind: "channel" or "im" (then `members` are the two). Messages stay sorted by ts."""

    id: str
    name: str
    kind: str = "channel"
    topic: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_general: bool = False
    members: list[str] = field(default_factory=list)
    created: int = 0
    creator: str = ""
    read: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def put(self, message: Message) -> None:
        if message.ts not in self.messages:
            if self.order and message.ts < self.order[-1]:
                insort(self.order, message.ts)
            else:
                self.order.append(message.ts)
        self.messages[message.ts] = message

    def drop(self, ts: str) -> None:
        if self.messages.pop(ts, None) is not None:
            del self.order[bisect_left(self.order, ts)]

    def replies(self, ts: str) -> list[Message]:
        found = (self.messages[other] for other in self.order[bisect_left(self.order, ts) :])
        return [m for m in found if m.thread_ts == ts and m.ts != ts and m.only_for is None]

    @property
    def channel_type(self) -> str:
        if self.kind == "im":
            return "im"
        return "group" if self.is_private else "channel"

    def partner(self, user: str) -> str:
        """Whom `user` talks to in this direct message."""
        return next((member for member in self.members if member != user), user)

    def dump(self) -> Json:
        raw = super().dump()
        raw["messages"] = [self.messages[ts].dump() for ts in self.order if self.messages[ts].only_for is None]
        del raw["order"]
        return raw

    @classmethod
    def load(cls, raw: Json) -> Self:
        channel = super().load({**raw, "messages": {}})
        for message in raw["messages"]:
            channel.put(Message.load(message))
        return channel


@dataclass
class View(Stored):
    """An open modal or a user's home. `typed` is what the user entered: state entries by block and action."""

    id: str
    user: str
    type: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    external_id: str = ""
    typed: dict[str, dict[str, Json]] = field(default_factory=dict)
    opened: float = 0.0

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks


@dataclass
class File(Stored):
    id: str
    name: str
    title: str
    user: str
    size: int = 0
    mimetype: str = "application/octet-stream"
    created: int = 0
    channels: list[str] = field(default_factory=list)
    alt_text: str = ""
    uploaded: bool = False
    complete: bool = False


@dataclass
class Scheduled(Stored):
    id: str
    channel: str
    post_at: int
    created: int
    arguments: Json


@dataclass
class Trigger:
    """A trigger_id: good for 3 s and one use. `view` is the modal in which the user acted, if any."""

    user: str
    issued: float
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """5 uses in 30 minutes. `origin` is the ts of the message whose element was used."""

    user: str
    channel: str
    issued: float
    origin: str | None = None
    origin_ephemeral: bool = False
    uses: int = 0
