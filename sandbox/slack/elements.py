"""Interactive elements inside blocks: finding them, their state, and what a person may enter."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from sandbox.slack.errors import ControlError
from sandbox.slack.model import Json

Typed = dict[str, dict[str, Json]]

# type -> (key in the state, key of the initial value, the state when empty)
STATEFUL: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "checkboxes": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "file_input": ("files", "", []),
}
BUTTONS = {"button", "workflow_button", "icon_button"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block."""
    for block in blocks:
        kind = block.get("type")
        if kind == "input":
            yield block, block["element"]
        elif kind == "section" and "accessory" in block and block["accessory"].get("type") != "image":
            yield block, block["accessory"]
        elif kind in {"actions", "context_actions"}:
            for element in block["elements"]:
                yield block, element
        elif kind == "card":
            for element in block.get("actions", []):
                yield block, element
        elif kind in {"carousel", "container"}:
            yield from elements(block.get("elements") or block.get("child_blocks") or [])


def find(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    for block, element in elements(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return block, element
    raise ControlError("no_such_element", 404, block_id=block_id, action_id=action_id)


def options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def initial(element: Json) -> Json:
    """The state entry before anybody touched the element."""
    key, source, empty = STATEFUL[element["type"]]
    value = element.get(source) if source else None
    return {"type": element["type"], key: deepcopy(empty if value is None else value)}


def is_empty(entry: Json) -> bool:
    return all(value in (None, [], "") for key, value in entry.items() if key != "type")


def state(blocks: list[Json], typed: Typed, *, inputs: bool = True) -> Json:
    """`state.values`: what was typed, over the initial values. Buttons never appear; `inputs` False leaves input blocks out."""
    values: dict[str, dict[str, Json]] = {}
    for block, element in elements(blocks):
        if element["type"] in STATEFUL and (inputs or block["type"] != "input"):
            entry = typed.get(block["block_id"], {}).get(element["action_id"]) or initial(element)
            values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return {"values": values}


def carried_over(old: list[Json], new: list[Json], typed: Typed) -> Typed:
    """What stays typed when a view is updated.

    An element of the same type under the same block_id and action_id keeps its state, and a new initial value does not
    change it, as long as what was chosen is still on offer.
    """
    before = state(old, typed)["values"]
    kept: Typed = {}
    for block, element in elements(new):
        entry = before.get(block["block_id"], {}).get(element.get("action_id", ""))
        if entry is None or entry["type"] != element["type"] or is_empty(entry):
            continue
        if element["type"] not in {"external_select", "multi_external_select"} and _gone(entry, element):
            continue
        kept.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return kept


def _gone(entry: Json, element: Json) -> bool:
    chosen = entry.get("selected_options") or ([entry["selected_option"]] if entry.get("selected_option") else [])
    offered = {option["value"] for option in options(element)}
    return any(option["value"] not in offered for option in chosen)


def enter(blocks: list[Json], typed: Typed, values: Json) -> None:
    """Merges what a person entered into `typed`.

    values: block_id -> action_id -> a state entry as Slack writes it, or the bare value ("text", an option's value, a
    list of values, "2026-11-20"); a block with a single element also takes the bare value without its action_id.
    """
    for block_id, by_action in values.items():
        found = [e for b, e in elements(blocks) if b["block_id"] == block_id and e["type"] in STATEFUL]
        if not found:
            raise ControlError("no_such_block", 404, block_id=block_id)
        ids = {element["action_id"] for element in found}
        if not (isinstance(by_action, dict) and by_action and set(by_action) <= ids):
            if len(found) != 1 or (isinstance(by_action, dict) and STATEFUL[found[0]["type"]][0] not in by_action):
                if isinstance(by_action, dict) and not by_action:
                    continue
                raise ControlError("no_such_element", 404, block_id=block_id)
            by_action = {found[0]["action_id"]: by_action}
        for element in found:
            if element["action_id"] in by_action:
                entry = entered(element, by_action[element["action_id"]])
                typed.setdefault(block_id, {})[element["action_id"]] = entry


def entered(element: Json, raw: Any) -> Json:
    """The state entry for what a person entered into one element; ControlError for what the element does not offer."""
    kind = element["type"]
    key, _, empty = STATEFUL[kind]
    value = raw.get(key) if isinstance(raw, dict) and (key in raw or ("type" in raw and "text" not in raw)) else raw
    if value in (None, "", []):
        return {"type": kind, key: deepcopy(empty)}
    if key == "selected_option":
        value = _option(element, value)
    elif key == "selected_options":
        value = [_option(element, one) for one in value]
    elif isinstance(empty, list) and not isinstance(value, list):
        value = [value]
    elif (kind == "datepicker" and not _DATE.fullmatch(str(value))) or (
        kind == "timepicker" and not _TIME.fullmatch(str(value))
    ):
        raise ControlError("invalid_value", action_id=element["action_id"], value=value)
    elif kind == "datetimepicker":
        value = int(value)
    elif key == "value":
        value = str(value)
    return {"type": kind, key: value}


def _option(element: Json, chosen: Any) -> Json:
    value = chosen["value"] if isinstance(chosen, dict) else str(chosen)
    for option in options(element):
        if option["value"] == value:
            return option
    if element["type"] in {"external_select", "multi_external_select"}:
        if isinstance(chosen, dict) and "text" in chosen:
            return chosen
        return {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}
    raise ControlError("no_such_option", action_id=element["action_id"], value=value)


def complaints(blocks: list[Json], typed: Typed) -> dict[str, str]:
    """What Slack's own dialog refuses before anything is sent, by block_id."""
    found: dict[str, str] = {}
    for block, element in elements(blocks):
        if block["type"] != "input":
            continue
        entry = typed.get(block["block_id"], {}).get(element["action_id"]) or initial(element)
        if is_empty(entry):
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
        elif complaint := _complaint(element, entry):
            found[block["block_id"]] = complaint
    return found


def _complaint(element: Json, entry: Json) -> str | None:
    kind, value = element["type"], entry.get("value")
    if kind == "plain_text_input":
        if len(str(value)) < element.get("min_length", 0):
            return f"This field has to be at least {element['min_length']} characters."
        if len(str(value)) > element.get("max_length", 3000):
            return f"This field can't be more than {element.get('max_length', 3000)} characters."
    elif kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value)):
        return "Please enter a valid email address."
    elif kind == "url_text_input" and not re.fullmatch(r"https?://\S+", str(value)):
        return "Please enter a valid URL."
    elif kind == "number_input":
        return _number_complaint(element, str(value))
    elif len(entry.get("selected_options") or []) > element.get("max_selected_items", 100):
        return f"You can choose up to {element['max_selected_items']}."
    return None


def _number_complaint(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number." if element.get("is_decimal_allowed") else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number greater than or equal to {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number less than or equal to {element['max_value']}."
    return None
