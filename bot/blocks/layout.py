"""The blocks of a message or a view, and the views."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.blocks.objects import Block, markup, plain, with_optional


def section(text: str, accessory: Block | None = None, *, block_id: str | None = None) -> Block:
    """A paragraph in markup, perhaps with an element at its side."""
    return with_optional({"type": "section", "text": markup(text)}, accessory=accessory, block_id=block_id)


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
    return with_optional({"type": "actions", "elements": list(elements[:25])}, block_id=block_id)


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
    return with_optional(
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
    return with_optional(
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
