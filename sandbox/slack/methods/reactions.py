"""reactions.*"""

from sandbox.slack import present
from sandbox.slack.call import Call, method
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Message


def _message(call: Call) -> tuple[Channel, Message]:
    channel = call.channel(member=True)
    message = channel.messages.get(call.required("timestamp"))
    if message is None or message.only_for is not None:
        raise SlackError("message_not_found")
    return channel, message


def _name(call: Call) -> str:
    name = call.required("name").strip(":")
    if not name or not all(letter.isalnum() or letter in "_-+'" for letter in name.replace("::", "")):
        raise SlackError("invalid_name")
    return name


def react(message: Message, name: str, user: str) -> None:
    for reaction in message.reactions:
        if reaction["name"] == name:
            if user in reaction["users"]:
                raise SlackError("already_reacted")
            reaction["users"].append(user)
            return
    message.reactions.append({"name": name, "users": [user]})


def unreact(message: Message, name: str, user: str) -> None:
    for reaction in message.reactions:
        if reaction["name"] == name and user in reaction["users"]:
            reaction["users"].remove(user)
            message.reactions = [kept for kept in message.reactions if kept["users"]]
            return
    raise SlackError("no_reaction")


@method("reactions.add", "reactions:write", tier=3)
def reactions_add(call: Call) -> Json:
    channel, message = _message(call)
    react(message, _name(call), call.slack.bot.id)
    call.slack.tell_message(channel, message)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def reactions_remove(call: Call) -> Json:
    channel, message = _message(call)
    unreact(message, _name(call), call.slack.bot.id)
    call.slack.tell_message(channel, message)
    return {}


@method("reactions.get", "reactions:read", tier=3)
def reactions_get(call: Call) -> Json:
    channel, message = _message(call)
    return {"type": "message", "channel": channel.id, "message": present.message(call.slack, channel, message)}
