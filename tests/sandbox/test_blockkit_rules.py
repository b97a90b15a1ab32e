"""The rules of Block Kit that are not limits: fields, kinds of text, ids, choices, formats, surfaces."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.blockkit import Surface, check_blocks, check_message, check_view
from tests.sandbox.blockkit_samples import (
    PICTURE,
    URL,
    actions,
    button,
    chart,
    dialog,
    entry,
    leaf,
    modal,
    mrkdwn,
    numbers,
    option,
    options,
    plain,
    rows,
    section,
    select,
)

GROUPS = [{"label": plain(), "options": options(2)}]

# surface, accepted, refused, the pointer and the code of the first refusal
RULES: list[tuple[str, Surface, dict[str, Any], dict[str, Any], str, str]] = [
    ("section needs text", "message", section(), {"type": "section"}, "/0", "missing_field"),
    ("known type", "message", section(), {"type": "sectoin"}, "/0/type", "unknown_type"),
    ("has a type", "message", section(), {"text": plain()}, "/0", "missing_field"),
    ("no unknown field", "message", section(), section(txt=1), "/0", "unknown_field"),
    ("no null", "message", section(), section(accessory=None), "/0/accessory", "invalid_type"),
    ("text is an object", "message", section(), section(text="words"), "/0/text", "invalid_type"),
    ("text kind", "message", section(), section(text={"type": "html", "text": "x"}), "/0/text/type", "unknown_type"),
    ("header is plain", "home", {"type": "header", "text": plain()}, {"type": "header", "text": mrkdwn()},
     "/0/text/type", "unknown_type"),
    ("button is plain", "message", actions(button()), actions(button(text=mrkdwn())), "/0/elements/0/text/type",
     "unknown_type"),
    ("label is plain", "modal", entry(select()), entry(select(), label=mrkdwn()), "/0/label/type", "unknown_type"),
    ("hint is plain", "modal", entry(select(), hint=plain()), entry(select(), hint=mrkdwn()), "/0/hint/type",
     "unknown_type"),
    ("placeholder is plain", "modal", entry(select(placeholder=plain())), entry(select(placeholder=mrkdwn())),
     "/0/element/placeholder/type", "unknown_type"),
    ("select option is plain", "modal", entry(select()),
     entry(select(options=[{"text": mrkdwn(), "value": "a"}])), "/0/element/options/0/text/type", "unknown_type"),
    ("select description is plain", "modal", entry(select(options=[option(description=plain())])),
     entry(select(options=[option(description=mrkdwn())])), "/0/element/options/0/description/type", "unknown_type"),
    ("overflow option is plain", "message", section(accessory={"type": "overflow", "options": options(1)}),
     section(accessory={"type": "overflow", "options": [{"text": mrkdwn(), "value": "a"}]}),
     "/0/accessory/options/0/text/type", "unknown_type"),
    ("checkbox may be mrkdwn, url may not be there", "modal",
     entry({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "a", "description": mrkdwn()}]}),
     entry({"type": "checkboxes", "options": [option(url=URL)]}), "/0/element/options/0", "unknown_field"),
    ("overflow may link", "message", section(accessory={"type": "overflow", "options": [option(url=URL)]}),
     section(accessory={"type": "static_select", "options": [option(url=URL)]}), "/0/accessory/options/0",
     "unknown_field"),
    ("emoji belongs to plain_text", "message", section(text={**plain(), "emoji": True}),
     section(text={**mrkdwn(), "emoji": True}), "/0/text", "unknown_field"),
    ("verbatim belongs to mrkdwn", "message", section(text={**mrkdwn(), "verbatim": True}),
     section(text={**plain(), "verbatim": True}), "/0/text", "unknown_field"),
    ("style", "message", actions(button(style="danger")), actions(button(style="default")), "/0/elements/0/style",
     "invalid_value"),
    ("confirm is whole", "message", actions(button(confirm=dialog(text=mrkdwn()))),
     actions(button(confirm={"title": plain()})), "/0/elements/0/confirm", "missing_field"),
    ("confirm title is plain", "message", actions(button(confirm=dialog())),
     actions(button(confirm=dialog(title=mrkdwn()))), "/0/elements/0/confirm/title/type", "unknown_type"),
    ("confirm style", "message", actions(button(confirm=dialog(style="primary"))),
     actions(button(confirm=dialog(style="red"))), "/0/elements/0/confirm/style", "invalid_value"),
    ("one list of options", "modal", entry({"type": "static_select", "option_groups": GROUPS}),
     entry(select(option_groups=GROUPS)), "/0/element", "invalid_combination"),
    ("a list of options", "modal", entry(select()), entry({"type": "static_select"}), "/0/element", "missing_field"),
    ("option has a value", "modal", entry(select()), entry(select(options=[{"text": plain()}])),
     "/0/element/options/0", "missing_field"),
    ("values differ", "modal", entry(select(options=options(2))), entry(select(options=[option(), option(text="B")])),
     "/0/element", "duplicate_value"),
    ("initial_option is offered", "modal", entry(select(initial_option=options(3)[2])),
     entry(select(initial_option=option("2", "Another name"))), "/0/element/initial_option", "invalid_value"),
    ("initial_option in a group", "modal",
     entry({"type": "static_select", "option_groups": GROUPS, "initial_option": options(2)[1]}),
     entry({"type": "static_select", "option_groups": GROUPS, "initial_option": options(3)[2]}),
     "/0/element/initial_option", "invalid_value"),
    ("initial_options are offered", "modal",
     entry({"type": "checkboxes", "options": options(2), "initial_options": options(2)}),
     entry({"type": "checkboxes", "options": options(2), "initial_options": options(3)}),
     "/0/element/initial_options/2", "invalid_value"),
    ("initial_options not empty", "modal",
     entry({"type": "multi_static_select", "options": options(2), "initial_options": options(1)}),
     entry({"type": "multi_static_select", "options": options(2), "initial_options": []}),
     "/0/element/initial_options", "too_few_items"),
    ("radio initial", "modal", entry({"type": "radio_buttons", "options": options(2), "initial_option": options(1)[0]}),
     entry({"type": "radio_buttons", "options": options(2), "initial_option": option("x")}),
     "/0/element/initial_option", "invalid_value"),
    ("date", "modal", entry({"type": "datepicker", "initial_date": "2028-02-29"}),
     entry({"type": "datepicker", "initial_date": "2027-02-29"}), "/0/element/initial_date", "invalid_format"),
    ("date form", "modal", entry({"type": "datepicker", "initial_date": "2026-11-20"}),
     entry({"type": "datepicker", "initial_date": "20261120"}), "/0/element/initial_date", "invalid_format"),
    ("time", "modal", entry({"type": "timepicker", "initial_time": "23:59"}),
     entry({"type": "timepicker", "initial_time": "24:00"}), "/0/element/initial_time", "invalid_format"),
    ("time form", "modal", entry({"type": "timepicker", "initial_time": "09:00"}),
     entry({"type": "timepicker", "initial_time": "9:00"}), "/0/element/initial_time", "invalid_format"),
    ("time zone", "modal", entry({"type": "timepicker", "timezone": "Europe/Berlin"}),
     entry({"type": "timepicker", "timezone": "Europe/Cologne"}), "/0/element/timezone", "invalid_value"),
    ("datetime", "modal", entry({"type": "datetimepicker", "initial_date_time": 1794000000}),
     entry({"type": "datetimepicker", "initial_date_time": 1794000000000}), "/0/element/initial_date_time",
     "too_large"),
    ("datetime whole", "modal", entry({"type": "datetimepicker", "initial_date_time": 1794000000}),
     entry({"type": "datetimepicker", "initial_date_time": "1794000000"}), "/0/element/initial_date_time",
     "invalid_type"),
    ("min and max length", "modal", entry({"type": "plain_text_input", "min_length": 5, "max_length": 5}),
     entry({"type": "plain_text_input", "min_length": 6, "max_length": 5}), "/0/element/min_length", "invalid_value"),
    ("number says decimals", "modal", entry(numbers()), entry({"type": "number_input"}), "/0/element",
     "missing_field"),
    ("numbers are strings", "modal", entry(numbers(min_value="1", max_value="9")), entry(numbers(min_value=1)),
     "/0/element/min_value", "invalid_type"),
    ("numbers are numbers", "modal", entry(numbers(initial_value="-5")), entry(numbers(initial_value="five")),
     "/0/element/initial_value", "invalid_format"),
    ("number order", "modal", entry(numbers(min_value="9", max_value="10")),
     entry(numbers(min_value="10", max_value="9")), "/0/element/min_value", "invalid_value"),
    ("number in bounds", "modal", entry(numbers(min_value="1", initial_value="1")),
     entry(numbers(min_value="1", initial_value="0")), "/0/element/initial_value", "invalid_value"),
    ("no decimals", "modal", entry({"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.5"}),
     entry(numbers(initial_value="1.5")), "/0/element/initial_value", "invalid_value"),
    ("files do not dispatch", "modal", entry({"type": "file_input"}),
     entry({"type": "file_input"}, dispatch_action=True), "/0/dispatch_action", "invalid_combination"),
    ("booleans", "modal", entry(select(), optional=True), entry(select(), optional="true"), "/0/optional",
     "invalid_type"),
    ("input takes no button", "modal", entry(select()), entry(button()), "/0/element/type", "unknown_type"),
    ("section takes no text field", "modal", section(accessory=button()),
     section(accessory={"type": "plain_text_input"}), "/0/accessory/type", "unknown_type"),
    ("section takes no datetimepicker", "message", actions({"type": "datetimepicker"}),
     section(accessory={"type": "datetimepicker"}), "/0/accessory/type", "unknown_type"),
    ("section takes pictures", "message", section(accessory=PICTURE), actions(PICTURE), "/0/elements/0/type",
     "unknown_type"),
    ("context takes no button", "message", {"type": "context", "elements": [PICTURE, mrkdwn()]},
     {"type": "context", "elements": [button()]}, "/0/elements/0/type", "unknown_type"),
    ("action ids in a block", "message", actions(button(), button(action_id="other")), actions(button(), button()),
     "/0/elements/1/action_id", "duplicate_action_id"),
    ("picture has words", "message", PICTURE, {"type": "image", "image_url": URL}, "/0", "missing_field"),
    ("picture has one source", "message", {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}},
     {**PICTURE, "slack_file": {"id": "F1"}}, "/0", "invalid_combination"),
    ("slack_file has one key", "message", {"type": "image", "alt_text": "x", "slack_file": {"url": URL}},
     {"type": "image", "alt_text": "x", "slack_file": {"url": URL, "id": "F1"}}, "/0/slack_file",
     "invalid_combination"),
    ("url", "message", actions(button(url="mailto:a@example.com")), actions(button(url="example")),
     "/0/elements/0/url", "invalid_format"),
    ("user id", "modal", entry({"type": "users_select", "initial_user": "U000000001"}),
     entry({"type": "users_select", "initial_user": "Alex"}), "/0/element/initial_user", "invalid_value"),
    ("channel id", "modal", entry({"type": "channels_select", "initial_channel": "C000000001"}),
     entry({"type": "channels_select", "initial_channel": "#bookings"}), "/0/element/initial_channel",
     "invalid_value"),
    ("filter has something", "modal", entry({"type": "conversations_select", "filter": {"include": ["im"]}}),
     entry({"type": "conversations_select", "filter": {}}), "/0/element/filter", "missing_field"),
    ("filter values", "modal", entry({"type": "conversations_select", "filter": {"exclude_bot_users": True}}),
     entry({"type": "conversations_select", "filter": {"include": ["dm"]}}), "/0/element/filter/include/0",
     "invalid_value"),
    ("response_url in inputs only", "modal", entry({"type": "channels_select", "response_url_enabled": True}),
     section(accessory={"type": "channels_select", "response_url_enabled": True}),
     "/0/accessory/response_url_enabled", "invalid_combination"),
    ("dispatch triggers", "modal",
     entry({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}),
     entry({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_blur"]}}),
     "/0/element/dispatch_action_config/trigger_actions_on/0", "invalid_value"),
    ("no confirm on text fields", "modal", entry(select(confirm=dialog())),
     entry({"type": "plain_text_input", "confirm": dialog()}), "/0/element", "unknown_field"),
    ("rich text style", "message", leaf(type="text", text="x", style={"bold": True}),
     leaf(type="text", text="x", style={"loud": True}), "/0/elements/0/elements/0/style", "unknown_field"),
    ("rich text leaf", "message", leaf(type="user", user_id="U1"), leaf(type="person", user_id="U1"),
     "/0/elements/0/elements/0/type", "unknown_type"),
    ("rich text broadcast", "message", leaf(type="broadcast", range="here"), leaf(type="broadcast", range="all"),
     "/0/elements/0/elements/0/range", "invalid_value"),
    ("rich text date", "message", leaf(type="date", timestamp=1794000000, format="{time}"),
     leaf(type="date", format="{time}"), "/0/elements/0/elements/0", "missing_field"),
    ("rich text color", "message", leaf(type="color", value="#AABBCC"), leaf(type="color", value="red"),
     "/0/elements/0/elements/0/value", "invalid_format"),
    ("table cell", "message", {"type": "table", "rows": [[{"type": "rich_text", "elements": []}]]},
     {"type": "table", "rows": [[plain()]]}, "/0/rows/0/0/type", "unknown_type"),
    ("table column", "message", {"type": "table", "rows": rows(1), "column_settings": [None, {"align": "right"}]},
     {"type": "table", "rows": rows(1), "column_settings": [{"align": "end"}]}, "/0/column_settings/0/align",
     "invalid_value"),
    ("data_table caption", "message", {"type": "data_table", "caption": "C", "rows": rows(2)},
     {"type": "data_table", "rows": rows(2)}, "/0", "missing_field"),
    ("data_table header row", "message", {"type": "data_table", "caption": "C", "rows": rows(2)},
     {"type": "data_table", "caption": "C", "rows": [[{"type": "rich_text", "elements": []}], *rows(1)]},
     "/0/rows/0/0/type", "unknown_type"),
    ("chart categories", "message", chart(),
     {**chart(), "chart": {**chart()["chart"], "axis_config": {"categories": ["L0", "other"]}}},
     "/0/chart/series/0/data", "invalid_value"),
    ("card has something", "message", {"type": "card", "body": plain()}, {"type": "card", "subtitle": plain()}, "/0",
     "missing_field"),
    ("container is not nested", "message", {"type": "container", "title": plain(), "child_blocks": [section()]},
     {"type": "container", "title": plain(), "child_blocks": [{"type": "container"}]}, "/0/child_blocks/0/type",
     "unknown_type"),
    ("container collapses", "message",
     {"type": "container", "title": plain(), "child_blocks": [section()], "is_collapsible": True,
      "default_collapsed": True},
     {"type": "container", "title": plain(), "child_blocks": [section()], "default_collapsed": True},
     "/0/default_collapsed", "invalid_combination"),
    ("alert level", "modal", {"type": "alert", "text": plain(), "level": "warning"},
     {"type": "alert", "text": plain(), "level": "loud"}, "/0/level", "invalid_value"),
    ("video is secure", "message",
     {"type": "video", "title": plain(), "alt_text": "x", "thumbnail_url": URL, "video_url": URL},
     {"type": "video", "title": plain(), "alt_text": "x", "thumbnail_url": URL, "video_url": "http://example.com"},
     "/0/video_url", "invalid_format"),
    ("task status", "message", {"type": "task_card", "task_id": "1", "title": "T", "status": "complete"},
     {"type": "task_card", "task_id": "1", "title": "T", "status": "done"}, "/0/status", "invalid_value"),
    ("feedback buttons", "message",
     {"type": "context_actions", "elements": [{"type": "feedback_buttons",
      "positive_button": {"text": plain(), "value": "+"}, "negative_button": {"text": plain(), "value": "-"}}]},
     {"type": "context_actions", "elements": [{"type": "feedback_buttons",
      "positive_button": {"text": plain(), "value": "+"}}]}, "/0/elements/0", "missing_field"),
    ("workflow button", "message",
     actions({"type": "workflow_button", "text": plain(), "workflow": {"trigger": {"url": URL}}}),
     actions({"type": "workflow_button", "text": plain(), "workflow": {}}), "/0/elements/0/workflow",
     "missing_field"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("surface", "accepted", "refused", "pointer", "code"), [row[1:] for row in RULES], ids=[row[0] for row in RULES]
)
def test_rule(surface: Surface, accepted: dict[str, Any], refused: dict[str, Any], pointer: str, code: str) -> None:
    assert check_blocks([accepted], surface) == []
    problems = check_blocks([refused], surface)
    assert (problems[0].pointer, problems[0].code) == (pointer, code)


ANYWHERE = {
    "actions": actions(button()),
    "context": {"type": "context", "elements": [plain()]},
    "divider": {"type": "divider"},
    "header": {"type": "header", "text": plain()},
    "image": PICTURE,
    "input": entry(select()),
    "rich_text": leaf(type="text", text="x"),
    "section": section(),
    "video": {"type": "video", "title": plain(), "alt_text": "x", "thumbnail_url": URL, "video_url": URL},
}
MESSAGES = {
    "markdown": {"type": "markdown", "text": "x"},
    "plan": {"type": "plan", "title": "x"},
    "task_card": {"type": "task_card", "task_id": "1", "title": "T"},
    "context_actions": {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]},
    "table": {"type": "table", "rows": rows(1)},
    "data_table": {"type": "data_table", "caption": "C", "rows": rows(2)},
    "data_visualization": chart(),
    "container": {"type": "container", "title": plain(), "child_blocks": [section()]},
    "datetimepicker and workflow button": actions(
        {"type": "workflow_button", "text": plain(), "workflow": {"trigger": {"url": URL}}}
    ),
}  # fmt: skip
MODALS = {
    "alert": {"type": "alert", "text": plain()},
    **{
        kind: entry({"type": kind, **({"is_decimal_allowed": True} if kind == "number_input" else {})})
        for kind in ("file_input", "email_text_input", "number_input", "url_text_input")
    },
}
EVERY_SURFACE: tuple[Surface, ...] = ("message", "modal", "home")
PLACES: list[tuple[str, dict[str, Any], set[str]]] = [
    *[(name, block, set(EVERY_SURFACE)) for name, block in ANYWHERE.items()],
    *[(name, block, {"message"}) for name, block in MESSAGES.items()],
    *[(name, block, {"modal"}) for name, block in MODALS.items()],
    ("card", {"type": "card", "title": plain()}, {"message", "home"}),
    ("carousel", {"type": "carousel", "elements": [{"type": "card", "title": plain()}]}, {"message", "home"}),
    ("rich_text_input", entry({"type": "rich_text_input"}), {"modal", "home"}),
    ("datetimepicker", entry({"type": "datetimepicker"}), {"message", "modal"}),
    ("file", {"type": "file", "external_id": "1", "source": "remote"}, set()),
]


@pytest.mark.parametrize(("name", "block", "surfaces"), PLACES, ids=[row[0] for row in PLACES])
def test_surface(name: str, block: dict[str, Any], surfaces: set[str]) -> None:
    for surface in EVERY_SURFACE:
        codes = [p.code for p in check_blocks([block], surface)]
        assert codes == ([] if surface in surfaces else ["wrong_surface"]), surface


def test_block_ids_are_unique_in_a_payload_also_inside_containers() -> None:
    assert check_blocks([section(block_id="a"), section(block_id="b")], "message") == []
    twice = check_blocks([section(block_id="a"), section(block_id="a")], "message")
    assert [(p.pointer, p.code) for p in twice] == [("/1/block_id", "duplicate_block_id")]
    box = {"type": "container", "title": plain(), "child_blocks": [section(block_id="a")]}
    assert [p.code for p in check_blocks([section(block_id="a"), box], "message")] == ["duplicate_block_id"]


def test_one_action_id_may_stand_in_two_blocks() -> None:
    assert check_blocks([actions(button()), actions(button())], "message") == []


def test_one_table_two_charts_and_one_plan_a_message() -> None:
    table = MESSAGES["table"]
    assert [p.code for p in check_message({"blocks": [table, table]})] == ["only_one_table_allowed"]
    assert check_blocks([chart(), chart()], "message") == []
    assert [p.pointer for p in check_blocks([chart(), chart(), chart()], "message")] == ["/2"]
    assert [p.pointer for p in check_blocks([MESSAGES["plan"]] * 2, "message")] == ["/1"]


def test_one_element_of_a_view_takes_the_focus() -> None:
    first = entry(select(focus_on_load=True), block_id="1")
    second = entry(select(focus_on_load=True), block_id="2")
    assert check_view(modal(first, entry(select(focus_on_load=False), block_id="2"))) == []
    assert [p.pointer for p in check_view(modal(first, second))] == ["/blocks/1/element/focus_on_load"]


def test_a_modal_with_an_input_needs_submit() -> None:
    with_input = modal(entry(select()))
    assert check_view(with_input) == []
    del with_input["submit"]
    assert [(p.pointer, p.code) for p in check_view(with_input)] == [("", "missing_field")]
    without = modal(section())
    del without["submit"]
    assert check_view(without) == []


VIEWS: list[tuple[Any, str, str]] = [
    ("not a view", "", "invalid_type"),
    ({"blocks": []}, "", "missing_field"),
    ({"type": "sheet", "blocks": []}, "/type", "unknown_type"),
    ({"type": "modal", "blocks": [section()]}, "", "missing_field"),
    ({"type": "modal", "title": plain()}, "", "missing_field"),
    (modal(section(), title=mrkdwn()), "/title/type", "unknown_type"),
    (modal(section(), colour="red"), "", "unknown_field"),
    (modal(section(), clear_on_close="yes"), "/clear_on_close", "invalid_type"),
    ({"type": "home", "blocks": [], "title": plain()}, "", "unknown_field"),
    (modal({"type": "divider"}, blocks="none"), "/blocks", "invalid_type"),
    (modal(section(), blocks=["text"]), "/blocks/0", "invalid_type"),
]


@pytest.mark.parametrize(("view", "pointer", "code"), VIEWS)
def test_view_is_refused(view: Any, pointer: str, code: str) -> None:
    assert [(p.pointer, p.code) for p in check_view(view)] == [(pointer, code)]


MESSAGES_REFUSED: list[tuple[Any, str, str]] = [
    ({}, "", "no_text"),
    ({"text": "", "blocks": []}, "", "no_text"),
    ({"text": 5}, "/text", "invalid_type"),
    ({"text": "x", "blocks": [{"type": "divider", "x": 1}]}, "/blocks/0", "unknown_field"),
    ({"attachments": [{"blocks": [{"type": "header", "text": mrkdwn()}]}]}, "/attachments/0/blocks/0/text/type",
     "unknown_type"),
    ({"text": "x", "metadata": {"event_type": "a"}}, "/metadata", "missing_field"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "pointer", "code"), MESSAGES_REFUSED)
def test_message_is_refused(message: Any, pointer: str, code: str) -> None:
    assert [(p.pointer, p.code) for p in check_message(message)] == [(pointer, code)]


def test_a_whole_message_is_accepted() -> None:
    payload = {
        "channel": "C000000001",
        "text": "words",
        "blocks": [section()],
        "attachments": [{"text": "old", "blocks": [section()]}],
        "metadata": {"event_type": "booked", "event_payload": {"id": "1"}},
    }
    assert check_message(payload) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "elements", "element", "options", "value", "accessory", "rows"])
            | st.text(max_size=3),
            inner | st.sampled_from(["section", "actions", "static_select", "modal", "home", "plain_text", "table"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_no_json_breaks_the_validator(value: Any) -> None:
    for surface in EVERY_SURFACE:
        check_blocks(value, surface)
    check_view(value)
    check_message(value)


@given(st.integers(0, 9), JSON)
def test_pointers_lead_into_the_payload(place: int, value: Any) -> None:
    blocks = [section() for _ in range(10)]
    blocks[place]["text"] = value
    for problem in check_blocks(blocks, "message"):
        assert problem.pointer == f"/{place}" or problem.pointer.startswith(f"/{place}/")
