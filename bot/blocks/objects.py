"""Composition objects (texts, choices, questions), and what makes a person's words safe in them."""

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]

_LOOKALIKES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "~": "∼", "`": "ˋ", "\n": " "})


def clip(text: str, limit: int) -> str:
    """`text` within `limit` letters, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def escape(text: str) -> str:
    """User text safe inside markup: no mention, link, bold or code survives; letters that look the same stand instead."""
    return text.translate(_LOOKALIKES)


def mention(slack_id: str) -> str:
    """A member's name as Slack shows it."""
    return f"<@{slack_id}>"


def plain(text: str, limit: int = 3000) -> Block:
    """A text object without markup. Slack refuses an empty one, so it holds at least a dash."""
    return {"type": "plain_text", "text": clip(text.strip() or "–", limit), "emoji": True}


def markup(text: str, limit: int = 3000) -> Block:
    """A text object with our own markup; bare @names in it mention nobody."""
    return {"type": "mrkdwn", "text": clip(text.strip() or "–", limit), "verbatim": True}


def option(text: str, value: str, description: str | None = None) -> Block:
    """A choice of a select, of radio buttons or of checkboxes."""
    return with_optional(
        {"text": plain(text, 75), "value": value}, description=plain(description, 75) if description else None
    )


def group(label: str, options: Sequence[Block]) -> Block:
    """A labelled group of choices."""
    return {"label": plain(label, 75), "options": list(options[:100])}


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """A question before something happens."""
    return {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def with_optional(block: Block, **extra: Any) -> Block:
    """The block and those extras that are there: Slack refuses null."""
    block.update({key: value for key, value in extra.items() if value is not None})
    return block
