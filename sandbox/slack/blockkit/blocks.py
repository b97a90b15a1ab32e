"""The layout blocks: their fields, and on which surface each may stand."""

from typing import Any

from sandbox.slack.blockkit import objects
from sandbox.slack.blockkit.data_blocks import DATA_BLOCKS
from sandbox.slack.blockkit.elements import ACTIONS, CONTEXT_ACTIONS, INPUT, SECTION, element
from sandbox.slack.blockkit.problem import Check, Findings, Surface
from sandbox.slack.blockkit.rich_text import containers
from sandbox.slack.blockkit.shapes import (
    array,
    at_least_one_of,
    boolean,
    choice,
    identifier,
    integer,
    one_of,
    record,
    string,
    tagged,
    web_address,
)

_id: dict[str, Check] = {"block_id": identifier}
_MARKDOWN_LETTERS = 12_000


def _unique_action_ids(value: dict[str, Any], pointer: str, found: Findings) -> None:
    seen: set[str] = set()
    elements = value.get("elements")
    for index, part in enumerate(elements if isinstance(elements, list) else []):
        name = part.get("action_id") if isinstance(part, dict) else None
        if isinstance(name, str):
            if name in seen:
                place = f"{pointer}/elements/{index}/action_id"
                found.add(place, "duplicate_action_id", f'`action_id` "{name}" already exists for another element')
            seen.add(name)


def _no_dispatching_files(value: dict[str, Any], pointer: str, found: Findings) -> None:
    part = value.get("element")
    if isinstance(part, dict) and part.get("type") == "file_input" and value.get("dispatch_action"):
        found.add(f"{pointer}/dispatch_action", "invalid_combination", "file_input does not support dispatch_action")


def _respond_only_in_modal_inputs(value: dict[str, Any], pointer: str, found: Findings) -> None:
    """`response_url_enabled` works in an input block of a modal and nowhere else."""
    parts: list[tuple[str, Any]] = [("accessory", value.get("accessory"))]
    elements = value.get("elements")
    parts += [(f"elements/{i}", part) for i, part in enumerate(elements if isinstance(elements, list) else [])]
    if found.surface != "modal":
        parts.append(("element", value.get("element")))
    for place, part in parts:
        if isinstance(part, dict) and part.get("response_url_enabled"):
            message = "response_url_enabled is allowed in the input blocks of a modal only"
            found.add(f"{pointer}/{place}/response_url_enabled", "invalid_combination", message)


def _markdown(value: Any, pointer: str, found: Findings) -> None:
    string()(value, pointer, found)
    if isinstance(value, str):
        found.markdown_letters += len(value)
        if found.markdown_letters > _MARKDOWN_LETTERS:
            message = f"must be less than {_MARKDOWN_LETTERS + 1} characters in all markdown blocks together"
            found.limit(pointer, "too_long", message, "max_length", _MARKDOWN_LETTERS, found.markdown_letters)


def _collapsed_needs_collapsible(value: dict[str, Any], pointer: str, found: Findings) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        found.add(f"{pointer}/default_collapsed", "invalid_combination", "default_collapsed requires is_collapsible")


_accessory = element(SECTION, {"image": objects.picture})
_context_part = tagged(
    {
        "image": objects.picture,
        "plain_text": record({"text": string(3000)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(3000)}, {"verbatim": boolean}),
    }
)

BLOCKS: dict[str, Check] = {
    "section": record(
        {},
        {
            **_id,
            "text": objects.text(3000),
            "fields": array(objects.text(2000), 1, 10),
            "accessory": _accessory,
            "expand": boolean,
        },
        [at_least_one_of("text", "fields"), _respond_only_in_modal_inputs],
    ),
    "header": record({"text": objects.plain(150)}, {**_id, "level": integer(1, 6)}),
    "divider": record({}, _id),
    "context": record({"elements": array(_context_part, 1, 10)}, _id),
    "actions": record(
        {"elements": array(element(ACTIONS), 1, 25)}, _id, [_unique_action_ids, _respond_only_in_modal_inputs]
    ),
    "context_actions": record({"elements": array(element(CONTEXT_ACTIONS), 1, 5)}, _id, [_unique_action_ids]),
    "input": record(
        {"label": objects.plain(2000), "element": element(INPUT)},
        {**_id, "hint": objects.plain(2000), "optional": boolean, "dispatch_action": boolean},
        [_no_dispatching_files, _respond_only_in_modal_inputs],
    ),
    "image": record(
        {"alt_text": string(2000)},
        {**_id, "image_url": web_address, "slack_file": objects.slack_file, "title": objects.plain(2000)},
        [one_of("image_url", "slack_file")],
    ),
    "rich_text": record({"elements": containers}, _id),
    "video": record(
        {
            "alt_text": string(2000),
            "title": objects.plain(199),
            "thumbnail_url": web_address,
            "video_url": string(3000, pattern=r"https://[^\s<>]+", what="a valid https URL"),
        },
        {
            **_id,
            "author_name": string(49),
            "description": objects.plain(2000),
            "provider_icon_url": web_address,
            "provider_name": string(),
            "title_url": web_address,
        },
    ),
    "markdown": record({"text": _markdown}, _id),
    "alert": record(
        {"text": objects.text(3000)}, {**_id, "level": choice("default", "info", "warning", "error", "success")}
    ),
    **DATA_BLOCKS,
}

_EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MESSAGE: frozenset[Surface] = frozenset({"message"})
SURFACES: dict[str, frozenset[Surface]] = {
    **dict.fromkeys(
        ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"), _EVERYWHERE
    ),
    **dict.fromkeys(
        (
            "markdown",
            "plan",
            "task_card",
            "context_actions",
            "table",
            "data_table",
            "data_visualization",
            "container",
        ),
        _MESSAGE,
    ),
    "card": frozenset({"message", "home"}),
    "carousel": frozenset({"message", "home"}),
    "alert": frozenset({"modal"}),
    "file": frozenset(),
}
_IN_CONTAINER = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table", "video"}
)

BLOCKS["container"] = record(
    {"title": objects.plain(150), "child_blocks": array(tagged(BLOCKS, _IN_CONTAINER), 1, 10)},
    {
        **_id,
        "subtitle": objects.plain(150),
        "icon": tagged({"image": objects.picture}),
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
    },
    [_collapsed_needs_collapsible],
)

_any_block = tagged(BLOCKS)


def block(value: Any, pointer: str, found: Findings) -> None:
    """One block on the surface of `found`; a block of the wrong surface is named once and not looked into."""
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in SURFACES and found.surface not in SURFACES[kind]:
        found.add(f"{pointer}/type", "wrong_surface", f"block type {kind} is not allowed in a {found.surface}")
        return
    _any_block(value, pointer, found)
