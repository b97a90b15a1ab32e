"""The interactive elements: their fields, and in which blocks and on which surfaces each may stand."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.slack.blockkit import objects
from sandbox.slack.blockkit.problem import Check, Findings, Surface
from sandbox.slack.blockkit.rich_text import rich_text_value
from sandbox.slack.blockkit.shapes import (
    Rule,
    any_address,
    array,
    boolean,
    calendar_date,
    choice,
    clock_time,
    identifier,
    integer,
    one_of,
    ordered,
    record,
    string,
    tagged,
    time_zone,
)


def _focus(value: Any, pointer: str, found: Findings) -> None:
    boolean(value, pointer, found)
    if value is True:
        found.focused.append(pointer)


def _element(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    rules: tuple[Rule, ...] = (),
    *,
    confirm: bool = True,
    focus: bool = True,
    placeholder: bool = True,
) -> Check:
    shared: dict[str, Check] = {"action_id": identifier}
    if confirm:
        shared["confirm"] = objects.confirm
    if focus:
        shared["focus_on_load"] = _focus
    if placeholder:
        shared["placeholder"] = objects.placeholder
    return record(required, {**shared, **(optional or {})}, rules)


def _figure(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _decimals_wanted(value: dict[str, Any], pointer: str, found: Findings) -> None:
    if value.get("is_decimal_allowed") is False:
        for name in ("initial_value", "min_value", "max_value"):
            if isinstance(value.get(name), str) and "." in value[name]:
                found.add(f"{pointer}/{name}", "invalid_value", "must be an integer when is_decimal_allowed is false")


def _initial_in_bounds(value: dict[str, Any], pointer: str, found: Findings) -> None:
    initial, low, high = (_figure(value.get(name)) for name in ("initial_value", "min_value", "max_value"))
    if initial is not None and ((low is not None and initial < low) or (high is not None and initial > high)):
        found.add(f"{pointer}/initial_value", "invalid_value", "initial_value must be between min_value and max_value")


def _chosen_within_maximum(value: dict[str, Any], pointer: str, found: Findings) -> None:
    most = value.get("max_selected_items")
    for name, chosen in value.items():
        if name.startswith("initial_") and isinstance(chosen, list) and isinstance(most, int) and len(chosen) > most:
            message = f"no more than {most} items allowed"
            found.limit(f"{pointer}/{name}", "too_many_items", message, "max_items", most, len(chosen))


def _user_id(value: Any, pointer: str, found: Findings) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[UW][A-Z0-9]{2,}", value):
        found.add(pointer, "invalid_value", "must be a valid user id")


def _channel_id(value: Any, pointer: str, found: Findings) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[CG][A-Z0-9]{2,}", value):
        found.add(pointer, "invalid_value", "must be a valid channel id")


def _conversation_id(value: Any, pointer: str, found: Findings) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[CDGUW][A-Z0-9]{2,}", value):
        found.add(pointer, "invalid_value", "must be a valid conversation id")


_options: dict[str, Check] = {
    "options": array(objects.menu_option, 1, 100),
    "option_groups": array(objects.option_group, 1, 100),
}
_either_list = one_of("options", "option_groups")
_many: dict[str, Check] = {"max_selected_items": integer(1)}
_query: dict[str, Check] = {"min_query_length": integer(0)}
_conversations: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": objects.conversation_filter,
}
_respond: dict[str, Check] = {"response_url_enabled": boolean}
_dispatch: dict[str, Check] = {"dispatch_action_config": objects.dispatch_config}
_numeric = string(pattern=r"-?\d+(\.\d+)?", what="a number written as a string")
_style: dict[str, Check] = {"style": choice("primary", "danger"), "accessibility_label": string(75)}
_choices = array(objects.choice_option, 1, 10)

ELEMENTS: dict[str, Check] = {
    "button": _element(
        {"text": objects.plain(75)},
        {"url": any_address, "value": string(2000), **_style},
        focus=False,
        placeholder=False,
    ),
    "workflow_button": _element(
        {"text": objects.plain(75), "workflow": objects.workflow}, _style, confirm=False, focus=False, placeholder=False
    ),
    "overflow": _element(
        {"options": array(objects.overflow_option, 1, 5)},
        rules=(objects.distinct_values,),
        focus=False,
        placeholder=False,
    ),
    "checkboxes": _element(
        {"options": _choices},
        {"initial_options": array(objects.choice_option)},
        (objects.initial_among_options("initial_options"), objects.distinct_values),
        placeholder=False,
    ),
    "radio_buttons": _element(
        {"options": _choices},
        {"initial_option": objects.choice_option},
        (objects.initial_among_options("initial_option"), objects.distinct_values),
        placeholder=False,
    ),
    "static_select": _element(
        {},
        {**_options, "initial_option": objects.menu_option},
        (_either_list, objects.initial_among_options("initial_option"), objects.distinct_values),
    ),
    "multi_static_select": _element(
        {},
        {**_options, **_many, "initial_options": array(objects.menu_option)},
        (
            _either_list,
            objects.initial_among_options("initial_options"),
            objects.distinct_values,
            _chosen_within_maximum,
        ),
    ),
    "external_select": _element({}, {**_query, "initial_option": objects.menu_option}),
    "multi_external_select": _element(
        {}, {**_query, **_many, "initial_options": array(objects.menu_option)}, (_chosen_within_maximum,)
    ),
    "users_select": _element({}, {"initial_user": _user_id}),
    "multi_users_select": _element({}, {**_many, "initial_users": array(_user_id)}, (_chosen_within_maximum,)),
    "channels_select": _element({}, {**_respond, "initial_channel": _channel_id}),
    "multi_channels_select": _element({}, {**_many, "initial_channels": array(_channel_id)}, (_chosen_within_maximum,)),
    "conversations_select": _element({}, {**_conversations, **_respond, "initial_conversation": _conversation_id}),
    "multi_conversations_select": _element(
        {},
        {**_conversations, **_many, "initial_conversations": array(_conversation_id)},
        (_chosen_within_maximum,),
    ),
    "datepicker": _element({}, {"initial_date": calendar_date}),
    "timepicker": _element({}, {"initial_time": clock_time, "timezone": time_zone}),
    "datetimepicker": _element({}, {"initial_date_time": integer(10**9, 10**10 - 1)}, placeholder=False),
    "plain_text_input": _element(
        {},
        {
            "initial_value": string(3000, empty=True),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            **_dispatch,
        },
        (ordered("min_length", "max_length", _figure),),
        confirm=False,
    ),
    "email_text_input": _element({}, {"initial_value": string(empty=True), **_dispatch}, confirm=False),
    "url_text_input": _element({}, {"initial_value": string(empty=True), **_dispatch}, confirm=False),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {"initial_value": _numeric, "min_value": _numeric, "max_value": _numeric, **_dispatch},
        (ordered("min_value", "max_value", _figure), _decimals_wanted, _initial_in_bounds),
        confirm=False,
    ),
    "rich_text_input": _element({}, {"initial_value": rich_text_value, **_dispatch}, confirm=False),
    "file_input": _element(
        {},
        {"filetypes": array(string(20)), "max_files": integer(1, 10)},
        confirm=False,
        focus=False,
        placeholder=False,
    ),
    "feedback_buttons": _element(
        {
            name: record({"text": objects.plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
            for name in ("positive_button", "negative_button")
        },
        confirm=False,
        focus=False,
        placeholder=False,
    ),
    "icon_button": _element(
        {"icon": choice("trash"), "text": objects.plain(75)},
        {"value": string(2000), "accessibility_label": string(75), "visible_to_user_ids": array(_user_id)},
        focus=False,
        placeholder=False,
    ),
}

_PICKERS = frozenset(name for name in ELEMENTS if name.endswith("_select")) | {"datepicker", "timepicker"}
_BOXES = frozenset({"checkboxes", "radio_buttons"})
_PRESSED = frozenset({"button", "overflow", "workflow_button"})

SECTION = _PICKERS | _BOXES | _PRESSED
ACTIONS = SECTION | {"datetimepicker", "rich_text_input"}
INPUT = frozenset(ELEMENTS) - _PRESSED - {"feedback_buttons", "icon_button"}
CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})

_NOT_EVERYWHERE: dict[str, frozenset[Surface]] = {
    "file_input": frozenset({"modal"}),
    "email_text_input": frozenset({"modal"}),
    "number_input": frozenset({"modal"}),
    "url_text_input": frozenset({"modal"}),
    "rich_text_input": frozenset({"modal", "home"}),
    "datetimepicker": frozenset({"message", "modal"}),
    "workflow_button": frozenset({"message"}),
}


def element(allowed: frozenset[str], extra: Mapping[str, Check] | None = None) -> Check:
    """An element in a block that takes the types `allowed`; `extra` holds the block's own, such as pictures."""
    inner = tagged({**ELEMENTS, **(extra or {})}, allowed | set(extra or {}))

    def check(value: Any, pointer: str, found: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        surfaces = _NOT_EVERYWHERE.get(kind) if isinstance(kind, str) and kind in allowed else None
        if surfaces is not None and found.surface not in surfaces:
            found.add(f"{pointer}/type", "wrong_surface", f"element type {kind} is not allowed in a {found.surface}")
            return
        inner(value, pointer, found)

    return check
