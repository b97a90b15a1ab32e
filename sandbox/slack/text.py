"""How Slack writes what a person typed."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.slack.model import Channel, User

_REFERENCE = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^>]*)?)>")
_MENTION = re.compile(r"(?<![\w<])@([\w.-]*\w)")
_CHANNEL = re.compile(r"(?<![\w<&])#([\w-]+)")
_URL = re.compile(r"(?<![<|\w])(https?://[^\s<>]+)")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, users: Iterable[User], channels: Iterable[Channel]) -> str:
    """A typed line as events (and commands with should_escape) carry it.

    References that the composer inserted (`<@U…>`) stay; `@name`, `#channel` and addresses become references; the rest
    has `&`, `<` and `>` escaped, so that a person cannot type `<!channel>`.
    """
    by_name = {user.name: user for user in users}
    by_channel = {channel.name: channel for channel in channels if channel.kind == "channel"}

    def mention(match: re.Match[str]) -> str:
        user = by_name.get(match[1])
        return f"<@{user.id}>" if user else match[0]

    def channel(match: re.Match[str]) -> str:
        found = by_channel.get(match[1])
        return f"<#{found.id}|{'' if found.is_private else found.name}>" if found else match[0]

    def plain(part: str) -> str:
        return _URL.sub(r"<\1>", _CHANNEL.sub(channel, _MENTION.sub(mention, escape(part))))

    pieces: list[str] = []
    position = 0
    for match in _REFERENCE.finditer(text):
        pieces += [plain(text[position : match.start()]), match[0]]
        position = match.end()
    return "".join([*pieces, plain(text[position:])])


def words(blocks: list[dict[str, Any]]) -> str:
    """What Slack derives as a message's text when only blocks were given: the texts in order, without the controls."""
    return " ".join(part for block in blocks for part in _texts(block) if part)[:40_000]


def _texts(block: dict[str, Any]) -> Iterator[str]:
    kind = block.get("type")
    if kind == "markdown":
        yield str(block.get("text", ""))
    if kind in {"section", "header", "alert"} and isinstance(block.get("text"), dict):
        yield str(block["text"].get("text", ""))
    for part in [*(block.get("fields") or []), *(block.get("elements") or [] if kind == "context" else [])]:
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]
