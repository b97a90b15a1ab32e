"""Messages of the app: checking them, storing them, and telling the app's own event stream."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack import blockkit, present
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Message
from sandbox.slack.text import words
from sandbox.world import World

MAX_TEXT = 40_000
MAX_MARKDOWN = 12_000
MAX_METADATA = 16_000
# Slack publishes no figure: 13,297 letters of markdown passed, 11,341 of mixed blocks did not (slackapi/bolt-js#2509,
# #2867). What stays below this passes for certain.
MAX_BLOCK_LETTERS = 10_000


@dataclass
class Content:
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None


def _list(raw: Any, name: str) -> list[Json]:
    """Blocks and attachments come as JSON or, in forms, as JSON in a string."""
    if raw in (None, ""):
        return []
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise SlackError(f"invalid_{name}_format") from None
    if not isinstance(raw, list):
        raise SlackError(f"invalid_{name}_format")
    return raw


def _metadata(raw: Any) -> Json | None:
    if raw in (None, ""):
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise SlackError("invalid_metadata_format") from None
    if raw == {}:
        return {}
    if not isinstance(raw, dict) or not isinstance(raw.get("event_type"), str) or not raw["event_type"]:
        raise SlackError("invalid_metadata_format")
    if not isinstance(raw.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(raw)) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return {"event_type": raw["event_type"], "event_payload": raw["event_payload"]}


def content(raw: Json, *, needs_text: bool = True) -> Content:
    """The parts of a message from an API call, an acknowledgement or a response_url; SlackError as Slack refuses them."""
    blocks, attachments = _list(raw.get("blocks"), "blocks"), _list(raw.get("attachments"), "attachments")
    text, markdown = raw.get("text") or "", raw.get("markdown_text") or ""
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MAX_MARKDOWN:
            raise SlackError("msg_too_long")
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    if not isinstance(text, str):
        text = str(text)
    metadata = _metadata(raw.get("metadata"))
    if not text.strip() and not blocks and not attachments:
        if needs_text:
            raise SlackError("no_text")
        return Content("", [], [], metadata)
    problems = blockkit.check_message({"text": text, "blocks": blocks, "attachments": attachments})
    if problems:
        table = any(problem.code == "only_one_table_allowed" for problem in problems)
        lines = [problem.as_error_line() for problem in problems]
        code = "invalid_attachments" if table or problems[0].pointer.startswith("/attachments") else "invalid_blocks"
        raise SlackError(
            code, errors=[line.removeprefix("[ERROR] ") for line in lines], response_metadata={"messages": lines}
        )
    return Content(text[:MAX_TEXT] or words(blocks), blocks, attachments, metadata)


def api_content(raw: Json) -> Content:
    """The same for chat.*, which also bound the blocks as a whole; acknowledgements and response_urls do not."""
    body = content(raw)
    if not raw.get("markdown_text") and _letters(body.blocks) > MAX_BLOCK_LETTERS:
        raise SlackError("msg_blocks_too_long")
    return body


def _letters(node: Any) -> int:
    """The letters of all texts inside blocks, those on controls among them."""
    if isinstance(node, list):
        return sum(_letters(item) for item in node)
    if not isinstance(node, dict):
        return 0
    own = len(node["text"]) if isinstance(node.get("text"), str) else 0
    return own + sum(_letters(value) for value in node.values())


def post(
    world: World,
    channel: Channel,
    body: Content,
    *,
    only_for: str | None = None,
    thread_ts: str | None = None,
    broadcast: bool = False,
    username: str | None = None,
    files: list[str] | None = None,
    subtype: str | None = None,
) -> Message:
    """Posts as the app's bot."""
    slack = world.slack
    message = Message(
        ts=slack.next_ts(),
        user=slack.bot.id,
        text=body.text,
        blocks=slack.normalised(body.blocks),
        attachments=body.attachments,
        bot=True,
        username=username,
        only_for=only_for,
        thread_ts=thread_ts,
        broadcast=broadcast,
        metadata=body.metadata or None,
        files=files or [],
        subtype=subtype,
    )
    put(world, channel, message)
    return message


def put(world: World, channel: Channel, message: Message) -> None:
    """Stores a new message; the app hears of it, ephemeral ones excepted."""
    slack = world.slack
    if message.thread_ts and (parent := channel.messages.get(message.thread_ts)) and not parent.thread_ts:
        parent.thread_ts = parent.ts
    slack.store(channel, message)
    if message.only_for is None:
        raw = present.message(slack, channel, message)
        world.delivery.channel_event(channel, {**raw, "channel": channel.id, "event_ts": message.ts})


def edit(world: World, channel: Channel, message: Message, body: Content, *, edited_by: str | None = None) -> None:
    """Replaces text and blocks; `edited_by` marks it as edited. The app hears message_changed."""
    slack = world.slack
    before = present.message(slack, channel, message)
    blocks = slack.normalised(body.blocks)
    message.text, message.blocks, message.attachments = body.text, blocks, body.attachments
    if body.metadata is not None:
        message.metadata = body.metadata or None
    if edited_by:
        message.edited = {"user": edited_by, "ts": slack.next_ts()}
    slack.tell_message(channel, message)
    if message.only_for is None:
        after = present.message(slack, channel, message)
        _changed(world, channel, "message_changed", {"message": after, "previous_message": before})


def delete(world: World, channel: Channel, message: Message) -> None:
    slack = world.slack
    before = present.message(slack, channel, message)
    slack.remove(channel, message)
    if message.only_for is None:
        _changed(world, channel, "message_deleted", {"previous_message": before, "deleted_ts": message.ts})


def _changed(world: World, channel: Channel, subtype: str, facts: Json) -> None:
    ts = world.slack.next_ts()
    event = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "ts": ts, "event_ts": ts}
    world.delivery.channel_event(channel, event | facts)
