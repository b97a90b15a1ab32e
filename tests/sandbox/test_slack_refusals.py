"""What Slack refuses and is easily forgotten: lengths of whole messages, ids, manifests, answers, limits of the workspace."""

import json
from copy import deepcopy
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from sandbox.client import ControlRefused
from sandbox.server import Served
from sandbox.slack.errors import RateLimited
from sandbox.slack.limits import WORKSPACE_MESSAGES, Limits
from sandbox.slack.manifest import Manifest
from sandbox.slack.model import Scheduled
from sandbox.slack.scheduler import post_due
from tests.sandbox.slack_desk import (
    ANNA,
    BEN,
    BOT,
    MANIFEST,
    OPEN,
    SECRET,
    Tiny,
    bolt,
    opens_a_modal,
    plain,
    small_team,
)
from tests.sandbox.test_slack_api import HOME, MODAL, refused, trigger


def sections(letters: int) -> list[dict[str, Any]]:
    return [{"type": "section", "text": plain("x" * min(3000, letters - at))} for at in range(0, letters, 3000)]


def test_the_blocks_of_a_message_are_bounded_as_a_whole(client: WebClient) -> None:
    long = sections(10_001)
    ts = client.chat_postMessage(channel=OPEN, text="x", blocks=sections(10_000))["ts"]
    assert refused(client.chat_postMessage, channel=OPEN, text="x", blocks=long) == "msg_blocks_too_long"
    assert refused(client.chat_update, channel=OPEN, ts=ts, text="x", blocks=long) == "msg_blocks_too_long"


def test_an_ephemeral_message_goes_to_a_conversation_not_to_a_person(client: WebClient) -> None:
    assert refused(client.chat_postEphemeral, channel=BEN, user=BEN, text="x") == "channel_not_found"
    direct = client.conversations_open(users=BEN)["channel"]["id"]
    assert client.chat_postEphemeral(channel=direct, user=BEN, text="x")["ok"]


def test_files_are_shared_by_the_ids_of_conversations_with_words_that_slack_takes(
    served: Served, client: WebClient
) -> None:
    promised = client.files_getUploadURLExternal(filename="x.txt", length=3)["file_id"]
    served.world.slack.files[promised].uploaded = True
    files = [{"id": promised, "title": "x"}]
    for wrong in (BEN, "#bookings", "C1"):
        assert refused(client.files_completeUploadExternal, files=files, channel_id=wrong) == "invalid_arguments"
    bad = json.dumps([{"type": "header", "text": plain("x" * 151)}])
    assert refused(client.files_completeUploadExternal, files=files, channel_id=OPEN, blocks=bad) == "invalid_blocks"
    client.files_completeUploadExternal(files=files, channel_id=OPEN)
    assert [message["text"] for message in served.control.messages(ANNA, OPEN)] == [""]


def test_an_external_id_is_unique_over_homes_and_modals(served: Served, client: WebClient) -> None:
    named = {**HOME, "external_id": "home"}
    client.views_publish(user_id=ANNA, view=named)
    client.views_publish(user_id=ANNA, view=named)
    assert refused(client.views_publish, user_id=BEN, view=named) == "duplicate_external_id"
    modal = {**MODAL, "external_id": "home"}
    assert refused(client.views_open, trigger_id=trigger(served), view=modal) == "duplicate_external_id"


def test_people_come_with_the_offset_of_their_zone(served: Served, client: WebClient) -> None:
    for zone, hours in (("Europe/Berlin", {1, 2}), ("Asia/Kolkata", {5.5}), ("nowhere", {0})):
        served.control.change_user(BEN, tz=zone)
        assert client.users_info(user=BEN)["user"]["tz_offset"] / 3600 in hours


def test_arguments_of_no_sense_are_refused(client: WebClient) -> None:
    assert refused(client.chat_scheduledMessages_list, oldest="yesterday") == "invalid_arguments"


def test_a_scheduled_message_needs_the_bot_in_the_channel_when_its_time_comes() -> None:
    world = small_team()
    world.slack.scheduled["Q1"] = Scheduled("Q1", SECRET, 1, 0, {"text": "x"})
    world.slack.channels[SECRET].members.remove(BOT)
    assert post_due(world) == 0
    assert world.slack.scheduled == {}


@pytest.mark.parametrize("errors", [{"name": None}, {"name": ["Too short"]}, {"name": ""}, {"when": "no input"}, {}])
def test_errors_of_a_submission_are_texts_at_input_blocks(served: Served, errors: dict[str, Any]) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)
        app.view("first")(lambda ack: ack({"response_action": "errors", "errors": errors}))

    with bolt(served, "http", prepare):
        served.control.command(BEN, "/book", OPEN)
        view = served.control.wait_for_view(BEN)
        assert served.control.submit(BEN, view["id"])["error"] == "invalid_view"


def test_a_command_may_be_answered_at_a_length_that_the_api_refuses(served: Served) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        @app.command("/book")
        def book(ack: Ack) -> None:
            ack(text="x", blocks=sections(12_000))

    with bolt(served, "http", prepare):
        assert served.control.command(BEN, "/book", OPEN)["ok"]
        assert len(served.control.messages(BEN, OPEN)) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("display_information.name", "x" * 36),
        ("display_information.name", None),
        ("display_information.description", "x" * 141),
        ("display_information.long_description", "x" * 174),
        ("features.bot_user.display_name", "x" * 81),
        ("features.shortcuts.0.name", "x" * 25),
        ("features.shortcuts.0.callback_id", "x" * 256),
        ("features.shortcuts.0.description", "x" * 151),
        ("features.shortcuts.0.type", "channel"),
        ("features.slash_commands.0.command", "/" + "x" * 32),
        ("features.slash_commands.0.command", "book"),
        ("features.slash_commands.0.command", "/tell"),
        ("features.slash_commands.0.description", "x" * 2001),
        ("features.slash_commands.0.description", None),
        ("features.slash_commands.0.usage_hint", "x" * 1001),
        ("settings.event_subscriptions.bot_events", [f"event_{n}" for n in range(101)]),
    ],
)
def test_a_manifest_keeps_slacks_limits(path: str, value: object) -> None:
    raw = deepcopy(MANIFEST)
    *way, last = path.split(".")
    part: Any = raw
    for step in way:
        part = part[int(step)] if step.isdigit() else part[step]
    part[last] = value
    with pytest.raises(ValueError, match=r"character|each once|type|starts|at most"):
        Manifest.parse(raw)


def test_a_workspace_takes_some_hundred_messages_a_minute() -> None:
    limits = Limits(lambda: 0.0)
    for n in range(WORKSPACE_MESSAGES):
        limits.message(f"C{n}")
    with pytest.raises(RateLimited):
        limits.message("C-other")


def test_events_need_their_scope_beside_the_subscription() -> None:
    heard = Manifest.parse(MANIFEST)
    assert heard.subscribed("message.im")
    assert not heard.subscribed("reaction_added")
    deaf = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    assert not Manifest.parse(deaf).subscribed("message.im")
    assert Manifest.parse(deaf).subscribed("app_home_opened")


@pytest.mark.parametrize("tab", [{}, {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}])
def test_nobody_writes_to_an_app_whose_messages_tab_is_closed(served: Served, tab: dict[str, bool]) -> None:
    served.control.manifest({**MANIFEST, "features": {**MANIFEST["features"], "app_home": tab}})
    with pytest.raises(ControlRefused, match="messages_tab_disabled"):
        served.control.message(BEN, BOT, "hello")


def test_a_deactivated_person_is_in_no_channel(served: Served, client: WebClient) -> None:
    served.control.change_user(BEN, deleted=True)
    assert BEN not in client.conversations_members(channel=OPEN)["members"]
    assert refused(client.chat_postEphemeral, channel=OPEN, user=BEN, text="x") == "user_not_in_channel"
    served.control.change_user(BEN, deleted=False)
    assert BEN not in client.conversations_members(channel=OPEN)["members"]
