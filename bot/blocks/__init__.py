"""Block Kit from plain values. No decisions here beyond what Slack demands: lengths are clipped, user text is never markup.

Texts called `plain` may hold anything a person typed. Texts called `markup` are ours: put user text through `escape`.
"""

import json
from collections.abc import Iterable, Sequence
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


def section(text: str, accessory: Block | None = None, *, block_id: str | None = None) -> Block:
    """A paragraph in markup, perhaps with an element at its side."""
    return _with({"type": "section", "text": markup(text)}, accessory=accessory, block_id=block_id)


def fields(pairs: Iterable[str]) -> Block:
    """Up to ten short markup texts in two columns."""
    return {"type": "section", "fields": [markup(text, 2000) for text in list(pairs)[:10]]}


def header(text: str) -> Block:
    """A headline."""
    return {"type": "header", "text": plain(text, 150)}


def context(*texts: str) -> Block:
    """Small print, in markup."""
    return {"type": "context", "elements": [markup(text, 2000) for text in texts[:10]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(elements: Sequence[Block], *, block_id: str | None = None) -> Block:
    """A row of elements, at most 25."""
    return _with({"type": "actions", "elements": list(elements[:25])}, block_id=block_id)


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: Block | None = None,
    label: str | None = None,
) -> Block:
    """A button. `style` is primary or danger; `label` says more to a screen reader."""
    return _with(
        {"type": "button", "text": plain(text, 75), "action_id": action_id},
        value=clip(value, 2000) or None,
        style=style,
        confirm=confirm,
        accessibility_label=clip(label, 75) if label else None,
    )


def confirm(title: str, text: str, yes: str, no: str, *, danger: bool = False) -> Block:
    """A question before something happens."""
    return _with(
        {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)},
        style="danger" if danger else None,
    )


def option(text: str, value: str, description: str | None = None) -> Block:
    """A choice of a select, of radio buttons or of checkboxes."""
    return _with({"text": plain(text, 75), "value": value}, description=plain(description, 75) if description else None)


def group(label: str, options: Sequence[Block]) -> Block:
    """A labelled group of choices."""
    return {"label": plain(label, 75), "options": list(options[:100])}


def select(
    action_id: str,
    options: Sequence[Block],
    *,
    placeholder: str,
    chosen: str | None = None,
    groups: Sequence[Block] = (),
    confirm: Block | None = None,
) -> Block:
    """A static select of options or of groups, at most 100 of either; `chosen` is an option's value."""
    every = [*options, *(o for g in groups for o in g["options"])]
    return _with(
        {"type": "static_select", "action_id": action_id, "placeholder": plain(placeholder, 150)},
        options=list(options[:100]) or None,
        option_groups=list(groups[:100]) or None,
        initial_option=next((o for o in every if o["value"] == chosen), None),
        confirm=confirm,
    )


def external_select(action_id: str, *, placeholder: str, chosen: Block | None = None, min_letters: int = 2) -> Block:
    """A select whose options come from a suggestion listener."""
    return _with(
        {
            "type": "external_select",
            "action_id": action_id,
            "placeholder": plain(placeholder, 150),
            "min_query_length": min_letters,
        },
        initial_option=chosen,
    )


def users_select(action_id: str, *, placeholder: str, chosen: str | None = None) -> Block:
    """A select of the workspace's people."""
    return _with(
        {"type": "users_select", "action_id": action_id, "placeholder": plain(placeholder, 150)}, initial_user=chosen
    )


def channels_select(action_id: str, *, placeholder: str, chosen: str | None = None) -> Block:
    """A select of public and private channels, without direct messages."""
    return _with(
        {
            "type": "conversations_select",
            "action_id": action_id,
            "placeholder": plain(placeholder, 150),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
        initial_conversation=chosen,
    )


def datepicker(action_id: str, *, chosen: str | None = None, placeholder: str | None = None) -> Block:
    """A date, "YYYY-MM-DD"."""
    return _with(
        {"type": "datepicker", "action_id": action_id},
        initial_date=chosen,
        placeholder=plain(placeholder, 150) if placeholder else None,
    )


def timepicker(action_id: str, *, chosen: str | None = None, placeholder: str | None = None) -> Block:
    """A wall time, "HH:MM"."""
    return _with(
        {"type": "timepicker", "action_id": action_id},
        initial_time=chosen,
        placeholder=plain(placeholder, 150) if placeholder else None,
    )


def radio(action_id: str, options: Sequence[Block], *, chosen: str | None = None) -> Block:
    """Up to ten choices of which one counts."""
    return _with(
        {"type": "radio_buttons", "action_id": action_id, "options": list(options[:10])},
        initial_option=next((o for o in options if o["value"] == chosen), None),
    )


def text_field(
    action_id: str,
    *,
    value: str = "",
    placeholder: str = "",
    multiline: bool = False,
    longest: int | None = None,
    focus: bool = False,
) -> Block:
    """A line or a box for typing. `longest` is refused by Slack itself while typing, at most 3,000."""
    return _with(
        {"type": "plain_text_input", "action_id": action_id},
        initial_value=clip(value, longest or 3000) or None,
        placeholder=plain(placeholder, 150) if placeholder else None,
        multiline=multiline or None,
        max_length=longest,
        focus_on_load=focus or None,
    )


def number_field(
    action_id: str, *, value: int | None = None, least: int | None = None, most: int | None = None
) -> Block:
    """A whole number."""
    return _with(
        {"type": "number_input", "action_id": action_id, "is_decimal_allowed": False},
        initial_value=None if value is None else str(value),
        min_value=None if least is None else str(least),
        max_value=None if most is None else str(most),
    )


def field(
    block_id: str,
    label: str,
    element: Block,
    *,
    optional: bool = False,
    hint: str | None = None,
    dispatch: bool = False,
) -> Block:
    """An input with its label. `dispatch`: choosing is told to us at once, as an action."""
    return _with(
        {"type": "input", "block_id": block_id, "label": plain(label, 2000), "element": element},
        optional=optional or None,
        hint=plain(hint, 2000) if hint else None,
        dispatch_action=dispatch or None,
    )


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str | None = None,
    private: dict[str, Any] | None = None,
) -> Block:
    """A modal. `private` comes back with every action and the submission: ids only, for they are checked again."""
    return _with(
        {
            "type": "modal",
            "callback_id": callback_id,
            "title": plain(title, 24),
            "close": plain(close, 24),
            "blocks": list(blocks[:100]),
            "private_metadata": json.dumps(private or {}, separators=(",", ":")),
        },
        submit=plain(submit, 24) if submit else None,
    )


def home(blocks: Sequence[Block]) -> Block:
    """The App Home tab."""
    return {"type": "home", "blocks": list(blocks[:100])}


def _with(block: Block, **extra: Any) -> Block:
    """The block and those extras that are there: Slack refuses null."""
    block.update({key: value for key, value in extra.items() if value is not None})
    return block
