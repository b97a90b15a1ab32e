"""Every limit of Block Kit: the last thing that Slack takes, and the first that it refuses."""

from typing import Any

import pytest

from sandbox.slack.blockkit import Problem, Surface, check_blocks, check_message, check_view
from tests.sandbox.blockkit_samples import (
    PICTURE,
    URL,
    actions,
    button,
    chart,
    dialog,
    entry,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    rows,
    section,
    select,
)

# surface, what is accepted, what is refused, the pointer and the words of the refusal
LIMITS: list[tuple[str, Surface, dict[str, Any], dict[str, Any], str, str]] = [
    ("section text", "message", section(text=mrkdwn("x" * 3000)), section(text=mrkdwn("x" * 3001)), "/0/text/text",
     "must be less than 3001 characters"),
    ("empty text", "message", section(text=mrkdwn(" ")), section(text=mrkdwn("")), "/0/text/text",
     "must be more than 0 characters"),
    ("section fields", "message", {"type": "section", "fields": [plain()] * 10}, {"type": "section", "fields":
     [plain()] * 11}, "/0/fields", "no more than 10 items allowed"),
    ("field text", "message", {"type": "section", "fields": [plain("x" * 2000)]}, {"type": "section", "fields":
     [plain("x" * 2001)]}, "/0/fields/0/text", "must be less than 2001 characters"),
    ("header", "home", {"type": "header", "text": plain("x" * 150)}, {"type": "header", "text": plain("x" * 151)},
     "/0/text/text", "must be less than 151 characters"),
    ("context elements", "home", {"type": "context", "elements": [plain()] * 10}, {"type": "context", "elements":
     [plain()] * 11}, "/0/elements", "no more than 10 items allowed"),
    ("actions elements", "message", actions(*[button(action_id=f"b{n}") for n in range(25)]),
     actions(*[button(action_id=f"b{n}") for n in range(26)]), "/0/elements", "no more than 25 items allowed"),
    ("no actions", "message", actions(button()), actions(), "/0/elements", "must have at least 1 item"),
    ("input label", "modal", entry(select(), label=plain("x" * 2000)), entry(select(), label=plain("x" * 2001)),
     "/0/label/text", "must be less than 2001 characters"),
    ("input hint", "modal", entry(select(), hint=plain("x" * 2000)), entry(select(), hint=plain("x" * 2001)),
     "/0/hint/text", "must be less than 2001 characters"),
    ("alt_text", "message", {**PICTURE, "alt_text": "x" * 2000}, {**PICTURE, "alt_text": "x" * 2001}, "/0/alt_text",
     "must be less than 2001 characters"),
    ("image_url", "message", {**PICTURE, "image_url": URL + "x" * (3000 - len(URL))}, {**PICTURE, "image_url": URL +
     "x" * (3001 - len(URL))}, "/0/image_url", "must be less than 3001 characters"),
    ("image title", "message", {**PICTURE, "title": plain("x" * 2000)}, {**PICTURE, "title": plain("x" * 2001)},
     "/0/title/text", "must be less than 2001 characters"),
    ("block_id", "message", section(block_id="x" * 255), section(block_id="x" * 256), "/0/block_id",
     "must be less than 256 characters"),
    ("action_id", "message", actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)),
     "/0/elements/0/action_id", "must be less than 256 characters"),
    ("button text", "message", actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76))),
     "/0/elements/0/text/text", "must be less than 76 characters"),
    ("button value", "message", actions(button(value="x" * 2000)), actions(button(value="x" * 2001)),
     "/0/elements/0/value", "must be less than 2001 characters"),
    ("button url", "message", actions(button(url=URL + "x" * (3000 - len(URL)))), actions(button(url=URL + "x" * (3001
     - len(URL)))), "/0/elements/0/url", "must be less than 3001 characters"),
    ("accessibility_label", "message", actions(button(accessibility_label="x" * 75)),
     actions(button(accessibility_label="x" * 76)), "/0/elements/0/accessibility_label",
     "must be less than 76 characters"),
    ("option text", "modal", entry(select(options=[option(text="x" * 75)])), entry(select(options=[option(text="x" *
     76)])), "/0/element/options/0/text/text", "must be less than 76 characters"),
    ("option value", "modal", entry(select(options=[option("x" * 150)])), entry(select(options=[option("x" * 151)])),
     "/0/element/options/0/value", "must be less than 151 characters"),
    ("option description", "modal", entry(select(options=[option(description=plain("x" * 75))])),
     entry(select(options=[option(description=plain("x" * 76))])), "/0/element/options/0/description/text",
     "must be less than 76 characters"),
    ("select options", "modal", entry(select(options=options(100))), entry(select(options=options(101))),
     "/0/element/options", "no more than 100 items allowed"),
    ("no options", "modal", entry(select(options=options(1))), entry(select(options=[])), "/0/element/options",
     "must have at least 1 item"),
    ("option group label", "modal", entry({"type": "static_select", "option_groups": [{"label": plain("x" * 75),
     "options": options(1)}]}), entry({"type": "static_select", "option_groups": [{"label": plain("x" * 76), "options":
     options(1)}]}), "/0/element/option_groups/0/label/text", "must be less than 76 characters"),
    ("option groups", "modal", entry({"type": "static_select", "option_groups": [{"label": plain(), "options":
     [option(str(n))]} for n in range(100)]}), entry({"type": "static_select", "option_groups": [{"label": plain(),
     "options": [option(str(n))]} for n in range(101)]}), "/0/element/option_groups",
     "no more than 100 items allowed"),
    ("placeholder", "modal", entry(select(placeholder=plain("x" * 150))), entry(select(placeholder=plain("x" * 151))),
     "/0/element/placeholder/text", "must be less than 151 characters"),
    ("checkboxes", "modal", entry({"type": "checkboxes", "options": options(10)}), entry({"type": "checkboxes",
     "options": options(11)}), "/0/element/options", "no more than 10 items allowed"),
    ("radio buttons", "modal", entry({"type": "radio_buttons", "options": options(10)}), entry({"type":
     "radio_buttons", "options": options(11)}), "/0/element/options", "no more than 10 items allowed"),
    ("overflow", "message", section(accessory={"type": "overflow", "options": options(5)}), section(accessory={"type":
     "overflow", "options": options(6)}), "/0/accessory/options", "no more than 5 items allowed"),
    *[(f"confirm {name}", "message", actions(button(confirm=dialog(**{name: plain("x" * most)}))),
     actions(button(confirm=dialog(**{name: plain("x" * (most + 1))}))), f"/0/elements/0/confirm/{name}/text",
     f"must be less than {most + 1} characters") for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny",
     30))],
    ("min_length", "modal", entry({"type": "plain_text_input", "min_length": 3000}), entry({"type":
     "plain_text_input", "min_length": 3001}), "/0/element/min_length", "must be at most 3000"),
    ("max_length", "modal", entry({"type": "plain_text_input", "max_length": 1}), entry({"type": "plain_text_input",
     "max_length": 0}), "/0/element/max_length", "must be at least 1"),
    ("initial text", "modal", entry({"type": "plain_text_input", "initial_value": "x" * 3000}), entry({"type":
     "plain_text_input", "initial_value": "x" * 3001}), "/0/element/initial_value",
     "must be less than 3001 characters"),
    ("max_files", "modal", entry({"type": "file_input", "max_files": 10}), entry({"type": "file_input", "max_files":
     11}), "/0/element/max_files", "must be at most 10"),
    ("max_selected_items", "modal", entry({"type": "multi_users_select", "max_selected_items": 1}), entry({"type":
     "multi_users_select", "max_selected_items": 0}), "/0/element/max_selected_items", "must be at least 1"),
    ("initial choices", "modal", entry({"type": "multi_users_select", "max_selected_items": 1, "initial_users":
     ["U01"]}), entry({"type": "multi_users_select", "max_selected_items": 1, "initial_users": ["U01", "U02"]}),
     "/0/element/initial_users", "no more than 1 items allowed"),
    ("dispatch triggers", "modal", entry({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on":
     ["on_enter_pressed"]}}), entry({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on":
     []}}), "/0/element/dispatch_action_config/trigger_actions_on", "must have at least 1 item"),
    ("markdown", "message", {"type": "markdown", "text": "x" * 12000}, {"type": "markdown", "text": "x" * 12001},
     "/0/text", "must be less than 12001 characters in all markdown blocks together"),
    ("table rows", "message", {"type": "table", "rows": rows(100)}, {"type": "table", "rows": rows(101)}, "/0/rows",
     "no more than 100 items allowed"),
    ("table cells", "message", {"type": "table", "rows": rows(1, 20)}, {"type": "table", "rows": rows(1, 21)},
     "/0/rows/0", "no more than 20 items allowed"),
    ("data_table rows", "message", {"type": "data_table", "caption": "C", "rows": rows(101)}, {"type": "data_table",
     "caption": "C", "rows": rows(102)}, "/0/rows", "no more than 101 items allowed"),
    ("data_table letters", "message", {"type": "data_table", "caption": "C", "rows": rows(100, text="x" * 100)},
     {"type": "data_table", "caption": "C", "rows": rows(101, text="x" * 100)}, "/0/rows",
     "must be less than 10001 characters"),
    ("data_table page", "message", {"type": "data_table", "caption": "C", "rows": rows(2), "page_size": 100}, {"type":
     "data_table", "caption": "C", "rows": rows(2), "page_size": 101}, "/0/page_size", "must be at most 100"),
    ("chart title", "message", chart(title="x" * 50), chart(title="x" * 51), "/0/title",
     "must be less than 51 characters"),
    ("series", "message", chart(series=6), chart(series=7), "/0/chart/series", "no more than 6 items allowed"),
    ("points", "message", chart(points=20), chart(points=21), "/0/chart/series/0/data",
     "no more than 20 items allowed"),
    ("segments", "message", pie(6), pie(7), "/0/chart/segments", "no more than 6 items allowed"),
    *[(f"card {name}", "message", {"type": "card", "title": plain(), name: plain("x" * most)}, {"type": "card",
     "title": plain(), name: plain("x" * (most + 1))}, f"/0/{name}/text", f"must be less than {most + 1} characters")
     for name, most in (("title", 150), ("subtitle", 150), ("body", 200))],
    ("card actions", "home", {"type": "card", "actions": [button()] * 2}, {"type": "card", "actions": [button()] * 3},
     "/0/actions", "no more than 2 items allowed"),
    ("carousel", "message", {"type": "carousel", "elements": [{"type": "card", "title": plain()}] * 10}, {"type":
     "carousel", "elements": [{"type": "card", "title": plain()}] * 11}, "/0/elements",
     "no more than 10 items allowed"),
    ("container", "message", {"type": "container", "title": plain(), "child_blocks": [section()] * 10}, {"type":
     "container", "title": plain(), "child_blocks": [section()] * 11}, "/0/child_blocks",
     "no more than 10 items allowed"),
    ("context_actions", "message", {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash",
     "text": plain()} for _ in range(5)]}, {"type": "context_actions", "elements": [{"type": "icon_button", "icon":
     "trash", "text": plain()} for _ in range(6)]}, "/0/elements", "no more than 5 items allowed"),
    ("list indent", "message", {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet",
     "indent": 8, "elements": [{"type": "rich_text_section", "elements": []}]}]}, {"type": "rich_text", "elements":
     [{"type": "rich_text_list", "style": "bullet", "indent": 9, "elements": [{"type": "rich_text_section", "elements":
     []}]}]}, "/0/elements/0/indent", "must be at most 8"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("surface", "accepted", "refused", "pointer", "message"),
    [row[1:] for row in LIMITS],
    ids=[row[0] for row in LIMITS],
)
def test_limit(surface: Surface, accepted: dict[str, Any], refused: dict[str, Any], pointer: str, message: str) -> None:
    assert check_blocks([accepted], surface) == []
    problems = check_blocks([refused], surface)
    assert (pointer, message) == (problems[0].pointer, problems[0].message)
    assert {p.message for p in problems} == {message}


VIEW_LIMITS = [
    ("title", plain("x" * 24), plain("x" * 25), "/title/text", "must be less than 25 characters"),
    ("submit", plain("x" * 24), plain("x" * 25), "/submit/text", "must be less than 25 characters"),
    ("close", plain("x" * 24), plain("x" * 25), "/close/text", "must be less than 25 characters"),
    ("private_metadata", "x" * 3000, "x" * 3001, "/private_metadata", "must be less than 3001 characters"),
    ("callback_id", "x" * 255, "x" * 256, "/callback_id", "must be less than 256 characters"),
    ("external_id", "x" * 255, "x" * 256, "/external_id", "must be less than 256 characters"),
    ("blocks", [section()] * 100, [section()] * 101, "/blocks", "no more than 100 items allowed"),
    ("blocks", [section()], [], "/blocks", "must have at least 1 item"),
]


@pytest.mark.parametrize(("name", "accepted", "refused", "pointer", "message"), VIEW_LIMITS)
def test_view_limit(name: str, accepted: Any, refused: Any, pointer: str, message: str) -> None:
    assert check_view(modal(section(), **{name: accepted})) == []
    assert [(p.pointer, p.message) for p in check_view(modal(section(), **{name: refused}))] == [(pointer, message)]


def test_a_home_takes_a_hundred_blocks_and_may_be_empty() -> None:
    assert check_view({"type": "home", "blocks": []}) == []
    assert check_view({"type": "home", "blocks": [section()] * 100}) == []
    assert check_view({"type": "home", "blocks": [section()] * 101})[0].pointer == "/blocks"


def test_a_message_takes_fifty_blocks() -> None:
    assert check_message({"text": "", "blocks": [section()] * 50}) == []
    assert check_message({"text": "x", "blocks": [section()] * 51}) == [
        Problem(
            "/blocks",
            "too_many_items",
            "no more than 50 items allowed",
            {"type": "max_items", "expected": 50, "got": 51},
        )
    ]


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    accepted = modal(*[section(text=mrkdwn("x" * 2400)) for _ in range(100)])
    refused = modal(*[section(text=mrkdwn("ü" * 1300)) for _ in range(100)])
    assert check_view(accepted) == []
    assert [p.code for p in check_view(refused)] == ["view_too_large"]


def test_markdown_counts_over_all_blocks_of_a_message() -> None:
    halves = [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}]
    assert check_blocks([halves[0], halves[0]], "message") == []
    assert [p.pointer for p in check_blocks(halves, "message")] == ["/1/text"]


def test_the_error_line_reads_as_slack_writes_it() -> None:
    view = modal(section(), section(), entry(select(options=[option(text="x" * 76)])))
    assert [p.as_error_line("/view") for p in check_view(view)] == [
        "[ERROR] must be less than 76 characters [json-pointer:/view/blocks/2/element/options/0/text/text]"
    ]
