"""The three questions: is this view, this message, this list of blocks what Slack accepts?"""

import json
from typing import Any

from sandbox.slack.blockkit import objects
from sandbox.slack.blockkit.blocks import block
from sandbox.slack.blockkit.problem import Check, Findings, Problem, Surface
from sandbox.slack.blockkit.shapes import anything, array, boolean, choice, identifier, record, string

MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
VIEW_BYTES = 250_000


def _fewest(surface: Surface) -> int:
    """A Home may be emptied, and a message may consist of text; a modal without blocks has nothing to show."""
    return 1 if surface == "modal" else 0


def _block_list(value: Any, pointer: str, found: Findings) -> None:
    array(block, _fewest(found.surface), MOST_BLOCKS[found.surface])(value, pointer, found)
    seen: set[str] = set()
    for place, part in _with_children(value if isinstance(value, list) else [], pointer):
        name = part.get("block_id")
        if isinstance(name, str):
            if name in seen:
                message = f'`block_id` "{name}" already exists for another block'
                found.add(f"{place}/block_id", "duplicate_block_id", message)
            seen.add(name)
    for extra in found.focused[1:]:
        found.add(extra, "duplicate_focus", "only one element can have focus_on_load set to true")
    found.focused.clear()


def _with_children(blocks: list[Any], pointer: str) -> list[tuple[str, dict[str, Any]]]:
    listed: list[tuple[str, dict[str, Any]]] = []
    for index, part in enumerate(blocks):
        if isinstance(part, dict):
            place = f"{pointer}/{index}"
            listed.append((place, part))
            children = part.get("child_blocks")
            if isinstance(children, list):
                listed += _with_children(children, f"{place}/child_blocks")
    return listed


def _submit_with_inputs(value: dict[str, Any], pointer: str, found: Findings) -> None:
    blocks = value.get("blocks")
    inputs = (
        [part for part in blocks if isinstance(part, dict) and part.get("type") == "input"]
        if isinstance(blocks, list)
        else []
    )
    if inputs and value.get("submit") is None:
        message = "missing required field: submit (a modal with an input block needs it)"
        found.add(pointer, "missing_field", message)


_shared: dict[str, Check] = {
    "private_metadata": string(3000, empty=True),
    "callback_id": string(255, empty=True),
    "external_id": string(255, empty=True),
}
_modal = record(
    {"type": choice("modal"), "title": objects.plain(24), "blocks": _block_list},
    {
        **_shared,
        "submit": objects.plain(24),
        "close": objects.plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    [_submit_with_inputs],
)
_home = record({"type": choice("home"), "blocks": _block_list}, _shared)
_metadata = record({"event_type": identifier, "event_payload": anything}, {"entities": anything})


def check_view(view: Any) -> list[Problem]:
    """Everything that views.open, push, update and publish would refuse in this modal or home view.

    Pointers start at the view itself ("/blocks/2/element"); the code `view_too_large` is Slack's error of that name.
    """
    if not isinstance(view, dict):
        return [Problem("", "invalid_type", "must provide an object")]
    kind = view.get("type")
    if kind is None:
        return [Problem("", "missing_field", "missing required field: type")]
    if kind not in ("modal", "home"):
        return [Problem("/type", "unknown_type", f"unsupported type: {kind}")]
    found = Findings("modal" if kind == "modal" else "home")
    (_modal if kind == "modal" else _home)(view, "", found)
    size = len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())
    if size > VIEW_BYTES:
        found.limit("", "view_too_large", f"must be less than {VIEW_BYTES + 1} bytes", "max_bytes", VIEW_BYTES, size)
    return found.problems


def check_blocks(blocks: Any, surface: Surface) -> list[Problem]:
    """Everything wrong with a list of blocks on a surface; pointers start at the list ("/0/text")."""
    found = Findings(surface)
    _block_list(blocks, "", found)
    return found.problems


def check_message(payload: Any) -> list[Problem]:
    """Everything that chat.* would refuse in text, blocks, attachments and metadata; other arguments are not looked at.

    The code `no_text` stands for a message with nothing to show, `only_one_table_allowed` for `invalid_attachments`.
    """
    if not isinstance(payload, dict):
        return [Problem("", "invalid_type", "must provide an object")]
    found = Findings("message")
    text, blocks, attachments = payload.get("text"), payload.get("blocks"), payload.get("attachments")
    if text is not None and not isinstance(text, str):
        found.add("/text", "invalid_type", "must provide a string")
    if not text and not blocks and not attachments and not payload.get("markdown_text"):
        found.add("", "no_text", "missing required field: text or blocks")
    if blocks is not None:
        _block_list(blocks, "/blocks", found)
    if attachments is not None:
        array(_attachment, 0, 100)(attachments, "/attachments", found)
    if payload.get("metadata") is not None:
        _metadata(payload["metadata"], "/metadata", found)
    return found.problems


def _attachment(value: Any, pointer: str, found: Findings) -> None:
    if not isinstance(value, dict):
        found.add(pointer, "invalid_type", "must provide an object")
    elif value.get("blocks") is not None:
        _block_list(value["blocks"], f"{pointer}/blocks", found)
