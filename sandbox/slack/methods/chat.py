"""chat.*: posting, updating, deleting."""

from sandbox.slack import posting, present
from sandbox.slack.call import Call, method, missing
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Message

UPDATE_LIMIT = 4000


def _thread(call: Call, channel: Channel) -> str | None:
    """The thread to answer in; a reply's ts means its parent."""
    ts = call.text("thread_ts")
    if not ts:
        return None
    parent = channel.messages.get(ts)
    if parent is None or parent.only_for is not None:
        raise SlackError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


@method("chat.postMessage", "chat:write", tier=0)
def chat_post_message(call: Call) -> Json:
    channel = call.destination()
    body = posting.api_content(call.arguments)
    if call.slack.rate_limits:
        call.world.limits.message(channel.id)
    message = posting.post(
        call.world,
        channel,
        body,
        thread_ts=_thread(call, channel),
        broadcast=call.flag("reply_broadcast"),
        username=call.text("username") or None,
    )
    shown = present.message(call.slack, channel, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral", "chat:write", tier=4)
def chat_post_ephemeral(call: Call) -> Json:
    if call.text("channel") in call.slack.users:
        raise SlackError("channel_not_found")  # only chat.postMessage takes a person for their direct message
    channel = call.destination()
    user = call.required("user")
    if user not in call.slack.users:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    body = posting.api_content(call.arguments)
    thread = _thread(call, channel)
    message = posting.post(call.world, channel, body, only_for=user, thread_ts=thread)
    return {"message_ts": message.ts}


def _own(call: Call, channel: Channel, refusal: str) -> Message:
    ts = call.text("ts")
    if not ts:
        raise missing("ts")
    message = channel.messages.get(ts)
    if message is None or message.only_for is not None:
        raise SlackError("message_not_found")
    if message.user != call.slack.bot.id:
        raise SlackError(refusal)
    return message


@method("chat.update", "chat:write", tier=3)
def chat_update(call: Call) -> Json:
    """Text without blocks drops the blocks and shows "edited"; a block update shows nothing."""
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    message = _own(call, channel, "cant_update_message")
    if len(call.text("text")) > UPDATE_LIMIT:
        raise SlackError("msg_too_long")
    body = posting.api_content(call.arguments)
    by = None if body.blocks else call.slack.bot.id
    posting.edit(call.world, channel, message, body, edited_by=by)
    shown = present.message(call.slack, channel, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write", tier=3)
def chat_delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    posting.delete(call.world, channel, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", tier=0)
def chat_get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.required("message_ts")
    if ts not in channel.messages or channel.messages[ts].only_for is not None:
        raise SlackError("message_not_found")
    permalink = f"https://{call.slack.team.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": permalink}
