"""Messages for later."""

from sandbox.slack import posting
from sandbox.slack.call import Call, method, page
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, Scheduled

FURTHEST = 120 * 86_400  # seconds
WINDOW, PER_WINDOW = 300, 30


@method("chat.scheduleMessage", "chat:write", tier=3)
def chat_schedule_message(call: Call) -> Json:
    """At most 120 days ahead, and 30 in any five minutes of a channel."""
    channel = call.destination()
    now = call.slack.clock()
    post_at = call.number("post_at", 0, most=10**11)
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + FURTHEST:
        raise SlackError("time_too_far")
    body = posting.api_content(call.arguments)
    near = [s for s in call.slack.scheduled.values() if s.channel == channel.id and abs(s.post_at - post_at) < WINDOW]
    if len(near) >= PER_WINDOW:
        raise SlackError("restricted_too_many")
    kept = {
        key: call.arguments[key]
        for key in ("text", "blocks", "attachments", "thread_ts", "metadata", "markdown_text")
        if call.arguments.get(key)
    }
    entry = Scheduled(call.slack.new_id("Q"), channel.id, post_at, int(now), kept)
    call.slack.scheduled[entry.id] = entry
    call.slack.changed()
    message = {"type": "delayed_message", "text": body.text, "user": call.slack.bot.id, "bot_id": call.slack.bot_id}
    answer: Json = {"channel": channel.id, "scheduled_message_id": entry.id, "post_at": post_at, "message": message}
    return answer


@method("chat.deleteScheduledMessage", "chat:write", tier=3)
def chat_delete_scheduled_message(call: Call) -> Json:
    entry = call.slack.scheduled.get(call.required("scheduled_message_id"))
    if entry is None or entry.channel != call.channel().id:
        raise SlackError("invalid_scheduled_message_id")
    del call.slack.scheduled[entry.id]
    call.slack.changed()
    return {}


@method("chat.scheduledMessages.list", tier=3)
def chat_scheduled_messages_list(call: Call) -> Json:
    wanted = call.text("channel")
    oldest, latest = float(call.text("oldest", "0")), float(call.text("latest", "inf"))
    found = [
        {
            "id": s.id,
            "channel_id": s.channel,
            "post_at": s.post_at,
            "date_created": s.created,
            "text": s.arguments.get("text", ""),
        }
        for s in sorted(call.slack.scheduled.values(), key=lambda s: s.post_at)
        if (not wanted or s.channel == wanted) and oldest <= s.post_at <= latest
    ]
    shown, cursor = page(found, call)
    return {"scheduled_messages": shown, "response_metadata": {"next_cursor": cursor}}
