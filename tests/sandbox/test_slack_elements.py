"""The state of elements: what was typed over what was there at first, and what an update keeps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.elements import carried_over, complaints, elements, enter, is_empty, state
from sandbox.slack.errors import ControlError, RateLimited
from sandbox.slack.limits import Limits
from sandbox.slack.model import Channel, User
from sandbox.slack.text import typed, words

KINDS: dict[str, tuple[str, Any, Any, Any]] = {
    # type: (key in the state, when empty, an entry, its bare form)
    "plain_text_input": ("value", None, "Weber", "Weber"),
    "email_text_input": ("value", None, "a@example.com", "a@example.com"),
    "number_input": ("value", None, "7", 7),
    "static_select": ("selected_option", None, {"text": {"type": "plain_text", "text": "Two"}, "value": "2"}, "2"),
    "radio_buttons": ("selected_option", None, {"text": {"type": "plain_text", "text": "Two"}, "value": "2"}, "2"),
    "checkboxes": ("selected_options", [], [{"text": {"type": "plain_text", "text": "Two"}, "value": "2"}], ["2"]),
    "multi_static_select": (
        "selected_options",
        [],
        [{"text": {"type": "plain_text", "text": "Two"}, "value": "2"}],
        ["2"],
    ),
    "users_select": ("selected_user", None, "U1", "U1"),
    "multi_users_select": ("selected_users", [], ["U1", "U2"], ["U1", "U2"]),
    "channels_select": ("selected_channel", None, "C1", "C1"),
    "conversations_select": ("selected_conversation", None, "C1", "C1"),
    "datepicker": ("selected_date", None, "2026-11-20", "2026-11-20"),
    "timepicker": ("selected_time", None, "09:30", "09:30"),
    "datetimepicker": ("selected_date_time", None, 1795165781, "1795165781"),
}
OPTIONS = [{"text": {"type": "plain_text", "text": t}, "value": v} for t, v in (("One", "1"), ("Two", "2"))]


def element(kind: str, **more: Any) -> dict:
    made = {"type": kind, "action_id": "it", **more}
    if "static" in kind or kind in {"radio_buttons", "checkboxes"}:
        made.setdefault("options", OPTIONS)
    return made


def block(kind: str, **more: Any) -> dict:
    return {"type": "input", "block_id": "b", "label": {}, "element": element(kind, **more)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_element_starts_empty_and_takes_an_entry_or_a_bare_value(kind: str) -> None:
    key, empty, entry, bare = KINDS[kind]
    blocks = [block(kind)]
    assert state(blocks, {})["values"] == {"b": {"it": {"type": kind, key: empty}}}
    for given_value in (
        {"b": {"it": {"type": kind, key: entry}}},
        {"b": {"it": bare}},
        {"b": bare},
        {"b": {"it": {key: entry}}},
    ):
        typed_in: dict = {}
        enter(blocks, typed_in, given_value)
        assert state(blocks, typed_in)["values"] == {"b": {"it": {"type": kind, key: entry}}}, given_value
        enter(blocks, typed_in, {"b": {"it": None}})
        assert is_empty(state(blocks, typed_in)["values"]["b"]["it"])


@pytest.mark.parametrize(
    ("kind", "value"),
    [("static_select", "3"), ("checkboxes", ["1", "3"]), ("datepicker", "20.11.2026"), ("timepicker", "24:00")],
)
def test_what_an_element_does_not_offer_cannot_be_entered(kind: str, value: Any) -> None:
    with pytest.raises(ControlError):
        enter([block(kind)], {}, {"b": {"it": value}})


texts = st.text(min_size=1, max_size=20)


@given(first=st.none() | texts, entered=st.none() | texts, second=st.none() | texts)
def test_an_update_never_changes_what_stands_in_a_field(
    first: str | None, entered: str | None, second: str | None
) -> None:
    """Only an empty field takes the new initial value."""

    def text_block(initial: str | None) -> dict:
        return block("plain_text_input", **({} if initial is None else {"initial_value": initial}))

    old, new = [text_block(first)], [text_block(second)]
    entries: dict = {}
    if entered is not None:
        enter(old, entries, {"b": {"it": entered}})
    shown = state(old, entries)["values"]["b"]["it"]["value"]
    assert shown == (entered if entered is not None else first)
    after = state(new, carried_over(old, new, entries))["values"]["b"]["it"]["value"]
    assert after == (shown if shown is not None else second)


@given(chosen=st.sampled_from(["1", "2"]), offered=st.sets(st.sampled_from(["1", "2", "3"]), min_size=1))
def test_a_choice_survives_an_update_only_while_it_is_on_offer(chosen: str, offered: set[str]) -> None:
    old = [block("static_select")]
    options = [{"text": {"type": "plain_text", "text": value}, "value": value} for value in sorted(offered)]
    new = [block("static_select", options=options)]
    entries: dict = {}
    enter(old, entries, {"b": chosen})
    after = state(new, carried_over(old, new, entries))["values"]["b"]["it"]["selected_option"]
    assert (after["value"] if after else None) == (chosen if chosen in offered else None)


def test_another_block_id_action_id_or_type_starts_anew() -> None:
    old = [block("plain_text_input")]
    entries: dict = {}
    enter(old, entries, {"b": "Weber"})
    others = [{**old[0], "block_id": "c"}], [block("plain_text_input", action_id="other")], [block("number_input")]
    for new in others:
        assert carried_over(old, new, entries) == {}


def test_buttons_have_no_state_and_closed_views_leave_inputs_out() -> None:
    button = {"type": "button", "action_id": "go", "text": {}}
    blocks = [
        block("plain_text_input"),
        {"type": "actions", "block_id": "a", "elements": [button, element("datepicker")]},
        {"type": "section", "block_id": "s", "accessory": {"type": "image"}},
        {"type": "divider", "block_id": "d"},
    ]
    assert [found["type"] for _, found in elements(blocks)] == ["plain_text_input", "button", "datepicker"]
    assert set(state(blocks, {})["values"]) == {"b", "a"}
    assert state(blocks, {})["values"]["a"] == {"it": {"type": "datepicker", "selected_date": None}}
    assert set(state(blocks, {}, inputs=False)["values"]) == {"a"}


@pytest.mark.parametrize(
    ("made", "value", "complains"),
    [
        (block("plain_text_input"), "", True),
        ({**block("plain_text_input"), "optional": True}, "", False),
        (block("plain_text_input", max_length=3), "abcd", True),
        (block("plain_text_input"), "x" * 3001, True),
        (block("plain_text_input", min_length=3), "ab", True),
        (block("plain_text_input"), "x" * 3000, False),
        (block("email_text_input"), "nobody", True),
        (block("email_text_input"), "a@example.com", False),
        (block("number_input", is_decimal_allowed=False), "1.5", True),
        (block("number_input", is_decimal_allowed=True), "1.5", False),
        (block("number_input", is_decimal_allowed=True, max_value="1"), "1.5", True),
        (block("number_input", is_decimal_allowed=False, min_value="2"), "1", True),
        (block("url_text_input"), "example.com", True),
        (block("multi_static_select", max_selected_items=1), ["1", "2"], True),
    ],
)
def test_slacks_dialog_refuses_by_itself(made: dict, value: Any, complains: bool) -> None:
    entries: dict = {}
    enter([made], entries, {"b": {"it": value}})
    assert bool(complaints([made], entries)) == complains


def test_typed_text_is_escaped_and_names_become_references() -> None:
    users = [User("U1", "anna", "Anna"), User("U2", "ben", "Ben")]
    channels = [Channel("C1", "bookings"), Channel("C2", "admin", is_private=True)]
    cases = {
        "a < b & c > d": "a &lt; b &amp; c &gt; d",
        "<!channel> @channel": "&lt;!channel&gt; @channel",
        "@anna, hi @ben": "<@U1>, hi <@U2>",
        "<@U1> #bookings #admin #none": "<@U1> <#C1|bookings> <#C2|> #none",
        "mail@anna.example": "mail@anna.example",
        "see https://example.com/a?b=1&c=2": "see <https://example.com/a?b=1&amp;c=2>",
    }
    assert {line: typed(line, users, channels) for line in cases} == cases


@given(st.text())
def test_no_typed_line_can_notify_everybody(line: str) -> None:
    assert "<!" not in typed(line, [], [])


def test_words_of_blocks_leave_the_controls_out() -> None:
    blocks = [
        {"type": "header", "text": {"text": "Today"}},
        {"type": "section", "text": {"text": "Two slots"}, "fields": [{"text": "9:00"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"text": "Book"}}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "as of now"}, {"type": "image"}]},
    ]
    assert words(blocks) == "Today Two slots 9:00 as of now"


@given(st.lists(st.floats(min_value=0, max_value=3), min_size=1, max_size=60))
def test_a_channel_never_gets_more_than_the_burst_and_one_a_second(waits: list[float]) -> None:
    now = 0.0
    limits = Limits(lambda: now)
    passed = 0
    for wait in waits:
        now += wait
        try:
            limits.message("C1")
            passed += 1
        except RateLimited as limited:
            now += limited.retry_after
            limits.message("C1")
            passed += 1
        assert passed <= 4 + now + 1e-6
