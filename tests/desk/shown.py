"""What a person sees: reading views and messages, and holding them against Slack's rules."""

from typing import Any

from sandbox.slack.blockkit import check_message, check_view


def state_of(view: dict[str, Any]) -> dict[str, Any]:
    """What the modal would send if it were submitted untouched."""
    return dict((view.get("state") or {}).get("values") or {})


def option_of(block: dict[str, Any], value: str) -> dict[str, Any]:
    """The option of a select with that value."""
    element = block["element"]
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return next(option for group in groups for option in group["options"] if option["value"] == value)


def valid(view: dict[str, Any]) -> dict[str, Any]:
    """The view, after Slack's own rules have been held against it."""
    kept = ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "notify_on_close")
    assert check_view({key: view[key] for key in kept if view.get(key)}) == []
    return view


def valid_message(message: dict[str, Any]) -> dict[str, Any]:
    """The message, after Slack's own rules have been held against it."""
    assert check_message({"text": message["text"], "blocks": message.get("blocks") or []}) == []
    return message


def words_in(thing: Any) -> str:
    """Every text in a message or view, in order."""
    if isinstance(thing, dict):
        own = [str(thing["text"])] if isinstance(thing.get("text"), str) else []
        return "\n".join(own + [words_in(value) for key, value in thing.items() if key != "private_metadata"])
    return "\n".join(words_in(part) for part in thing) if isinstance(thing, list) else ""
