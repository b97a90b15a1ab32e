"""The Web API, called by Slack's own client."""

import time
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.server import Served, serve_in_thread
from sandbox.slack.manifest import Manifest
from sandbox.slack.model import Scheduled
from sandbox.slack.scheduler import post_due
from tests.sandbox.slack_desk import ANNA, BEN, BOT, CARL, ELSEWHERE, MANIFEST, OPEN, SECRET, small_team

TEXT = {"type": "plain_text", "text": "Hello"}
SECTION = [{"type": "section", "block_id": "one", "text": TEXT}]
MODAL = {"type": "modal", "title": TEXT, "blocks": SECTION}
HOME = {"type": "home", "blocks": SECTION}


def refused(call: object, *args: object, **arguments: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*args, **arguments)  # type: ignore[operator]
    error: str = caught.value.response["error"]
    return error


def trigger(served: Served, user: str = ANNA, view: str | None = None) -> str:
    return served.world.slack.issue_trigger(user, view)


def test_tokens_scopes_and_methods_are_checked(served: Served, client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["team_id"], answer["bot_id"]) == (BOT, "T000000001", "B0SLOTBOT1")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}
    nobody = WebClient(base_url=served.api_url)
    assert refused(nobody.auth_test) == "not_authed"
    assert refused(WebClient(token="xoxb-wrong", base_url=served.api_url).auth_test) == "invalid_auth"
    assert refused(WebClient(token="xapp-sandbox", base_url=served.api_url).auth_test) == "not_allowed_token_type"
    assert refused(client.apps_connections_open, app_token="xoxb-sandbox") == "not_allowed_token_type"
    assert client.apps_connections_open(app_token="xapp-sandbox")["url"].startswith("ws://127.0.0.1:")
    assert refused(client.api_call, "chat.nothing") == "unknown_method"
    body = Request(served.api_url + "auth.test", data=b"token=xoxb-sandbox", method="POST")
    assert b'"ok":true' in urlopen(body).read(), "a token in the body counts too"
    narrow = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    served.world.slack.manifest = Manifest.parse(narrow)
    with pytest.raises(SlackApiError) as caught:
        client.users_info(user=ANNA)
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "users:read")


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        ("channel_not_found", {"channel": "C0NOWHERE", "text": "x"}),
        ("channel_not_found", {"channel": "U0NOBODY00", "text": "x"}),
        ("not_in_channel", {"channel": ELSEWHERE, "text": "x"}),
        ("no_text", {"channel": OPEN, "text": " "}),
        ("invalid_blocks_format", {"channel": OPEN, "text": "x", "blocks": "{"}),
        (
            "invalid_blocks",
            {"channel": OPEN, "text": "x", "blocks": [{"type": "header", "text": {**TEXT, "text": "x" * 151}}]},
        ),
        ("invalid_blocks", {"channel": OPEN, "text": "x", "blocks": [{"type": "section", "text": TEXT}] * 51}),
        ("markdown_text_conflict", {"channel": OPEN, "text": "x", "markdown_text": "y"}),
        ("invalid_metadata_format", {"channel": OPEN, "text": "x", "metadata": {"event_type": 1, "event_payload": {}}}),
        (
            "metadata_too_large",
            {"channel": OPEN, "text": "x", "metadata": {"event_type": "e", "event_payload": {"a": "x" * 17_000}}},
        ),
        ("cannot_reply_to_message", {"channel": OPEN, "text": "x", "thread_ts": "1.000000"}),
    ],
)
def test_messages_that_slack_refuses(client: WebClient, served: Served, error: str, arguments: dict) -> None:
    assert refused(client.api_call, "chat.postMessage", json=arguments) == error
    assert served.control.messages(ANNA, OPEN) == []
    assert served.control.calls()[-1]["error"] == error


def test_a_message_is_posted_changed_and_deleted_by_slacks_rules(served: Served, client: WebClient) -> None:
    metadata = {"event_type": "booked", "event_payload": {"id": "7"}}
    posted = client.chat_postMessage(channel="#bookings", text="Hi", blocks=SECTION, metadata=metadata)
    ts = posted["ts"]
    assert posted["message"]["blocks"][0]["text"] == {**TEXT, "emoji": True}
    by_blocks = client.chat_update(channel=OPEN, ts=ts, text="Blocks", blocks=SECTION)
    assert "edited" not in by_blocks["message"]
    assert by_blocks["message"]["metadata"] == metadata, "metadata stays unless it is replaced"
    by_text = client.chat_update(channel=OPEN, ts=ts, text="Words")
    assert "blocks" not in by_text["message"]
    assert by_text["message"]["edited"]["user"] == BOT
    assert refused(client.chat_update, channel=OPEN, ts=ts, text="x" * 4001) == "msg_too_long"
    assert refused(client.chat_update, channel=OPEN, ts="1.000000", text="x") == "message_not_found"
    said = served.control.message(ANNA, OPEN, "Hallo")
    assert refused(client.chat_update, channel=OPEN, ts=said["ts"], text="x") == "cant_update_message"
    assert refused(client.chat_delete, channel=OPEN, ts=said["ts"]) == "cant_delete_message"
    assert client.chat_getPermalink(channel=OPEN, message_ts=ts)["permalink"].endswith(
        f"/{OPEN}/p{ts.replace('.', '')}"
    )
    client.chat_delete(channel=OPEN, ts=ts)
    assert [message["text"] for message in served.control.messages(ANNA, OPEN)] == ["Hallo"]
    served.control.archive(OPEN)
    assert refused(client.chat_postMessage, channel=OPEN, text="x") == "is_archived"


def test_ephemeral_messages_are_seen_by_one_and_found_by_no_method(served: Served, client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel=OPEN, user=BEN, text="Psst")["message_ts"]
    assert refused(client.chat_postEphemeral, channel=SECRET, user=BEN, text="x") == "user_not_in_channel"
    assert refused(client.chat_update, channel=OPEN, ts=ts, text="x") == "message_not_found"
    assert client.conversations_history(channel=OPEN)["messages"] == []
    [seen] = served.control.messages(BEN, OPEN)
    assert (seen["text"], seen["ephemeral"]) == ("Psst", True)
    assert served.control.messages(ANNA, OPEN) == []


def test_a_user_as_channel_is_their_direct_message(served: Served, client: WebClient) -> None:
    posted = client.chat_postMessage(channel=BEN, text="Hi Ben")
    opened = client.conversations_open(users=BEN)
    assert posted["channel"] == opened["channel"]["id"]
    assert opened["already_open"]
    assert served.control.messages(BEN, BOT)[0]["text"] == "Hi Ben"
    unread = {place["id"]: place["unread"] for place in served.control.conversations(BEN)}
    assert unread[posted["channel"]] == 1
    served.control.read(BEN, posted["channel"], posted["ts"])
    assert all(place["unread"] == 0 for place in served.control.conversations(BEN))
    assert refused(client.conversations_open, users="U0NOBODY00") == "user_not_found"
    served.control.change_user(CARL, deleted=True)
    assert refused(client.conversations_open, users=CARL) == "user_disabled"


def test_conversations_are_listed_in_pages_and_private_ones_stay_private(served: Served, client: WebClient) -> None:
    listed = client.conversations_list(types="public_channel,private_channel", limit=1)
    assert [[channel["id"] for channel in one["channels"]] for one in listed] == [[OPEN], [SECRET], [ELSEWHERE]]
    assert refused(client.conversations_list, types="nonsense") == "invalid_types"
    assert refused(client.conversations_list, cursor="nonsense") == "invalid_cursor"
    assert set(client.conversations_members(channel=SECRET)["members"]) == {ANNA, BOT}
    served.world.slack.channels[SECRET].members.remove(BOT)
    assert refused(client.conversations_info, channel=SECRET) == "channel_not_found"
    assert refused(client.conversations_history, channel=ELSEWHERE) == "not_in_channel"
    client.conversations_join(channel=ELSEWHERE)
    assert client.conversations_info(channel=ELSEWHERE, include_num_members=True)["channel"]["num_members"] == 4
    mine = [channel["id"] for channel in client.users_conversations()["channels"]]
    assert mine == [OPEN, ELSEWHERE]


def test_history_is_newest_first_in_pages_with_metadata_on_demand(served: Served, client: WebClient) -> None:
    served.world.slack.rate_limits = False
    metadata = {"event_type": "booked", "event_payload": {"id": "7"}}
    stamps = [client.chat_postMessage(channel=OPEN, text=str(n), metadata=metadata)["ts"] for n in range(5)]
    client.chat_postMessage(channel=OPEN, text="reply", thread_ts=stamps[0])
    pages = [one["messages"] for one in client.conversations_history(channel=OPEN, limit=2)]
    assert [[message["text"] for message in one] for one in pages] == [["4", "3"], ["2", "1"], ["0"]]
    assert "event_payload" not in pages[0][0]["metadata"]
    full = client.conversations_history(channel=OPEN, include_all_metadata=True, oldest=stamps[1], latest=stamps[3])
    assert [(m["text"], m["metadata"]) for m in full["messages"]] == [("2", metadata)]
    both = client.conversations_history(channel=OPEN, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [m["text"] for m in both["messages"]] == ["3", "2", "1"]
    thread = client.conversations_replies(channel=OPEN, ts=stamps[0])["messages"]
    assert [(m["text"], m.get("reply_count")) for m in thread] == [("0", 1), ("reply", None)]


def test_people_are_found_with_their_language_on_demand(client: WebClient) -> None:
    assert client.users_info(user=BEN, include_locale=True)["user"]["locale"] == "en-US"
    assert "locale" not in client.users_info(user=BEN)["user"]
    listed = [user["id"] for one in client.users_list(limit=2) for user in one["members"]]
    assert listed == [BOT, ANNA, BEN, CARL]
    assert client.users_lookupByEmail(email="ANNA@rheinblick.example")["user"]["id"] == ANNA
    assert refused(client.users_lookupByEmail, email="x@example.com") == "users_not_found"
    assert refused(client.users_info, user="U0NOBODY00") == "user_not_found"
    assert refused(client.users_profile_get, user=ANNA) == "missing_scope"
    assert client.team_info()["team"]["domain"] == "rheinblick"
    assert client.bots_info(bot="B0SLOTBOT1")["bot"]["user_id"] == BOT


def test_a_trigger_opens_one_view_within_three_seconds(served: Served, client: WebClient) -> None:
    good = trigger(served)
    too_long = {**MODAL, "title": {**TEXT, "text": "x" * 25}}
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=good, view=too_long)
    assert caught.value.response["error"] == "invalid_arguments"
    assert "must be less than 25 characters [json-pointer:/view/title/text]" in str(caught.value.response.data)
    view = client.views_open(trigger_id=good, view=MODAL)["view"]
    assert served.control.views(ANNA)[0]["id"] == view["id"] == view["root_view_id"]
    assert refused(client.views_open, trigger_id=good, view=MODAL) == "exchanged_trigger_id"
    assert refused(client.views_open, trigger_id="1.2.3", view=MODAL) == "invalid_trigger_id"
    assert refused(client.views_open, trigger_id=trigger(served), view=HOME) == "invalid_arguments"
    served.world.slack.timing.trigger = 3.0
    late = trigger(served)
    served.world.slack.triggers[late].issued -= 3.1
    assert refused(client.views_open, trigger_id=late, view=MODAL) == "expired_trigger_id"


def test_views_stack_three_deep_and_are_updated_by_hash_or_external_id(served: Served, client: WebClient) -> None:
    first = client.views_open(trigger_id=trigger(served), view={**MODAL, "external_id": "booking-7"})["view"]
    assert refused(client.views_push, trigger_id=trigger(served), view=MODAL) == "not_found"
    for _ in range(2):
        client.views_push(trigger_id=trigger(served, ANNA, first["id"]), view=MODAL)
    assert refused(client.views_push, trigger_id=trigger(served, ANNA, first["id"]), view=MODAL) == "push_limit_reached"
    assert len(served.control.views(ANNA)) == 3
    other = {**MODAL, "external_id": "booking-7"}
    assert refused(client.views_open, trigger_id=trigger(served), view=other) == "duplicate_external_id"
    assert refused(client.views_update, view_id=first["id"], hash="1.old", view=MODAL) == "hash_conflict"
    updated = client.views_update(external_id="booking-7", hash=first["hash"], view=MODAL)["view"]
    assert (updated["id"], updated["external_id"]) == (first["id"], "booking-7")
    assert updated["hash"] != first["hash"]
    assert refused(client.views_update, view_id="V0NOWHERE", view=MODAL) == "not_found"
    served.control.close(ANNA, first["id"], everything=True)
    assert refused(client.views_update, view_id=first["id"], view=MODAL) == "not_found"


def test_a_home_keeps_its_id_and_minds_the_hash(served: Served, client: WebClient) -> None:
    first = client.views_publish(user_id=BEN, view=HOME)["view"]
    second = client.views_publish(user_id=BEN, view=HOME, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    assert refused(client.views_publish, user_id=BEN, view=HOME, hash=first["hash"]) == "hash_conflict"
    assert refused(client.views_publish, user_id=BEN, view=MODAL) == "invalid_arguments"
    without = {**MANIFEST, "features": {**MANIFEST["features"], "app_home": {}}}
    served.control.manifest(without)
    assert refused(client.views_publish, user_id=BEN, view=HOME) == "not_enabled"
    assert refused(client.chat_postMessage, channel=BEN, text="x") == "messages_tab_disabled"


def test_one_message_a_second_and_channel_after_a_short_burst(served: Served, client: WebClient) -> None:
    for n in range(4):
        client.chat_postMessage(channel=OPEN, text=str(n))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=OPEN, text="too fast")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert caught.value.response.headers["Retry-After"] == "1"
    client.chat_postMessage(channel=SECRET, text="elsewhere")
    served.world.slack.rate_limits = False
    client.chat_postMessage(channel=OPEN, text="unlimited")


def test_files_come_in_three_steps_and_are_served(served: Served, client: WebClient) -> None:
    answer = client.files_upload_v2(
        channel=OPEN, filename="plan.csv", content="a;b\n", title="Plan", initial_comment="Here"
    )
    file = answer["file"]
    [message] = served.control.messages(ANNA, OPEN)
    assert (message["text"], message["files"][0]["title"]) == ("Here", "Plan")
    assert urlopen(file["url_private"]).read() == b"a;b\n"
    assert client.files_info(file=file["id"])["file"]["size"] == 4
    again = [{"id": file["id"], "title": "Plan"}]
    assert refused(client.files_completeUploadExternal, files=again, channel_id=OPEN) == "file_not_found"
    promised = client.files_getUploadURLExternal(filename="x.txt", length=3)
    early = [{"id": promised["file_id"], "title": "x"}]
    assert refused(client.files_completeUploadExternal, files=early, channel_id=OPEN) == "file_not_found"


def test_a_picture_in_blocks_has_to_be_uploaded_before(served: Served, client: WebClient) -> None:
    image = {"type": "image", "alt_text": "Chart", "slack_file": {"id": "F0NOWHERE"}}
    assert refused(client.chat_postMessage, channel=OPEN, text="x", blocks=[image]) == "invalid_blocks"
    file = client.files_upload_v2(filename="ü 1.png", content=b"png", title="Chart")["file"]
    image["slack_file"] = {"id": file["id"]}
    client.chat_postMessage(channel=OPEN, text="x", blocks=[image])
    shown = served.control.messages(ANNA, OPEN)[0]["blocks"][0]["slack_file"]["url"]
    assert urlopen(shown).read() == b"png"


def test_reactions(served: Served, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=OPEN, text="Hi")["ts"]
    client.reactions_add(channel=OPEN, timestamp=ts, name="tada")
    assert refused(client.reactions_add, channel=OPEN, timestamp=ts, name="tada") == "already_reacted"
    served.control.react(BEN, OPEN, ts, "tada")
    assert served.control.messages(ANNA, OPEN)[0]["reactions"] == [{"name": "tada", "users": [BOT, BEN], "count": 2}]
    client.reactions_remove(channel=OPEN, timestamp=ts, name="tada")
    assert refused(client.reactions_remove, channel=OPEN, timestamp=ts, name="tada") == "no_reaction"
    assert refused(client.reactions_add, channel=OPEN, timestamp="1.000000", name="tada") == "message_not_found"


def test_scheduled_messages_wait_for_their_time(served: Served, client: WebClient) -> None:
    now = int(time.time())
    assert refused(client.chat_scheduleMessage, channel=OPEN, text="x", post_at=now - 5) == "time_in_past"
    assert refused(client.chat_scheduleMessage, channel=OPEN, text="x", post_at=now + 121 * 86_400) == "time_too_far"
    later = client.chat_scheduleMessage(channel=OPEN, text="later", post_at=now + 60)
    gone = client.chat_scheduleMessage(channel=OPEN, text="gone", post_at=now + 60)
    client.chat_deleteScheduledMessage(channel=OPEN, scheduled_message_id=gone["scheduled_message_id"])
    listed = client.chat_scheduledMessages_list(channel=OPEN)["scheduled_messages"]
    assert [entry["id"] for entry in listed] == [later["scheduled_message_id"]]
    served.world.slack.scheduled[later["scheduled_message_id"]].post_at = now - 1
    assert served.control.wait_for_message(ANNA, OPEN, "later")["bot"]
    assert served.control.scheduled() == []


def test_a_scheduled_message_with_metadata_never_appears() -> None:
    world = small_team()
    entry = Scheduled("Q1", OPEN, 1, 0, {"text": "x", "metadata": {"event_type": "e", "event_payload": {}}})
    world.slack.scheduled["Q1"] = entry
    assert post_due(world) == 0
    assert world.slack.scheduled == {}
    assert world.slack.channels[OPEN].messages == {}


def test_blocks_validate_needs_no_token_and_answers_with_pointers(served: Served) -> None:
    nobody = WebClient(base_url=served.api_url)
    assert nobody.blocks_validate(blocks=SECTION)["ok"]
    with pytest.raises(SlackApiError) as caught:
        nobody.blocks_validate(view={**MODAL, "title": {**TEXT, "text": "x" * 25}})
    [error] = caught.value.response["errors"]
    assert (error["pointer"], error["constraint"]["expected"]) == ("/title/text", 24)


def test_the_state_survives_a_restart(tmp_path) -> None:
    world = small_team(directory=tmp_path)
    with serve_in_thread(world) as served:
        client = WebClient(token="xoxb-sandbox", base_url=served.api_url)
        client.files_upload_v2(channel=OPEN, filename="a.txt", content="abc", initial_comment="file")
        client.chat_postMessage(
            channel=BEN, text="Hi Ben", blocks=SECTION, metadata={"event_type": "e", "event_payload": {}}
        )
        home = client.views_publish(user_id=BEN, view=HOME)["view"]
        before = served.control.messages(BEN, BOT)
    world = small_team(directory=tmp_path)
    assert world.load()
    with serve_in_thread(world) as served:
        assert served.control.messages(BEN, BOT) == before
        assert served.control.home(BEN)["id"] == home["id"]
        file = served.control.messages(ANNA, OPEN)[0]["files"][0]
        assert urlopen(f"{served.url}/files/{file['id']}/a.txt").read() == b"abc"
        assert [c["command"] for c in served.control.workspace()["commands"]] == ["/book", "/tell"]
