"""A tiny Bolt app, over signed HTTP and over Socket Mode: what people do, and what comes of it."""

import time

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from sandbox.client import ControlRefused
from sandbox.server import Served
from tests.sandbox.slack_desk import ANNA, BEN, BOT, ELSEWHERE, OPEN, Tiny, bolt, plain

both = pytest.mark.parametrize("mode", ["http", "socket"])


@both
def test_a_button_in_a_message_is_answered_by_response_url_five_times(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        @app.action("yes")
        def yes(ack: Ack, body: dict, respond: Respond) -> None:
            ack()
            tiny.seen.append(body)
            codes = [respond(text="Only you").status_code]
            codes.append(respond(text="Done", replace_original=True).status_code)
            codes.append(respond(text="For all", response_type="in_channel").status_code)
            codes += [respond(text="more").status_code for _ in range(3)]
            tiny.seen.append(codes)

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        button = {"type": "button", "action_id": "yes", "text": plain("Yes"), "value": "7"}
        blocks = [{"type": "actions", "block_id": "ask", "elements": [button]}]
        posted = tiny.app.client.chat_postMessage(channel=OPEN, text="Sure?", blocks=blocks)
        control.click(BEN, OPEN, posted["ts"], "yes")
        body, codes = tiny.seen
        assert body["container"] == {
            "type": "message",
            "message_ts": posted["ts"],
            "channel_id": OPEN,
            "is_ephemeral": False,
        }
        assert body["channel"] == {"id": OPEN, "name": "bookings"}
        assert body["message"]["ts"] == posted["ts"]
        assert body["actions"][0]["value"] == "7"
        assert body["state"] == {"values": {}}
        assert codes == [200, 200, 200, 200, 200, 404]
        mine = [(m["text"], m["ephemeral"]) for m in control.messages(BEN, OPEN)]
        assert mine == [("Done", False), ("Only you", True), ("For all", False), ("more", True), ("more", True)]
        assert [m["text"] for m in control.messages(ANNA, OPEN)] == ["Done", "For all"]


@both
def test_a_commands_answer_is_ephemeral_unless_it_says_otherwise(served: Served, mode: str) -> None:
    answers: list = [
        "Only you",
        {"text": "All", "response_type": "in_channel"},
        {"blocks": [{"type": "divider", "x": 1}]},
    ]

    def prepare(app: App, tiny: Tiny) -> None:
        @app.command("/tell")
        def tell(ack: Ack, command: dict) -> None:
            tiny.seen.append(command["text"])
            answer = answers.pop(0)
            ack(answer) if isinstance(answer, str) else ack(**answer)

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        assert control.command(BEN, "/tell @anna in #bookings <b>", OPEN)["ok"]
        assert tiny.seen == [f"<@{ANNA}> in <#{OPEN}|bookings> &lt;b&gt;"]
        assert control.command(BEN, "/tell", OPEN)["ok"]
        assert control.command(BEN, "/tell", OPEN)["error"] == "invalid_blocks"
        assert [(m["text"], m["ephemeral"]) for m in control.messages(BEN, OPEN)] == [
            ("Only you", True),
            ("All", False),
        ]
        assert control.command(BEN, "/nothing", OPEN)["error"] == "unknown_command"


@both
def test_shortcuts_come_from_the_manifest(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        @app.shortcut("book_global")
        @app.shortcut("book_message")
        def book(ack: Ack, body: dict) -> None:
            ack()
            tiny.seen.append(body)

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        said = control.message(ANNA, OPEN, "Frau Weber morgen um 9?")
        assert control.shortcut(BEN, "book_global")["ok"]
        assert control.shortcut(BEN, "book_message", OPEN, said["ts"])["ok"]
        everywhere, here = tiny.seen
        assert (everywhere["type"], "channel" in everywhere, "response_url" in everywhere) == ("shortcut", False, False)
        assert (here["type"], here["message"]["text"], here["channel"]["id"]) == (
            "message_action",
            "Frau Weber morgen um 9?",
            OPEN,
        )
        with pytest.raises(ControlRefused, match="no_such_shortcut"):
            control.shortcut(BEN, "book_message")


@both
def test_events_reach_the_app_and_come_again_when_it_fails(served: Served, mode: str) -> None:
    failures = [1, 1]

    def prepare(app: App, tiny: Tiny) -> None:
        @app.event("message")
        def heard(event: dict, body: dict, request: object) -> None:
            tiny.seen.append(
                (body["event_id"], event["text"], event["channel_type"], request.headers.get("x-slack-retry-num"))
            )
            if failures:
                failures.pop()
                raise RuntimeError("not yet")

    if mode == "socket":
        served.world.slack.timing.acknowledge = 0.5  # a failure is no acknowledgement there
    with bolt(served, mode, prepare) as tiny:
        served.control.message(BEN, BOT, "Hallo & <!channel>")
        served.control.message(BEN, ELSEWHERE, "the bot is not here")
        served.control.wait_for(lambda: len(tiny.seen) == 3 or None)
        assert [(text, kind) for _, text, kind, _ in tiny.seen] == [("Hallo &amp; &lt;!channel&gt;", "im")] * 3
        assert len({id for id, *_ in tiny.seen}) == 1
        assert [number for *_, number in tiny.seen] in ([None, ["1"], ["2"]], [["0"], ["1"], ["2"]])


@both
def test_people_who_change_join_and_visit_are_announced(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        @app.event("user_change")
        def changed(event: dict) -> None:
            tiny.seen.append((event["type"], event["user"]["id"], event["user"]["locale"]))

        @app.event("team_join")
        def joined(event: dict) -> None:
            tiny.seen.append((event["type"], event["user"]["id"]))

        @app.event("member_joined_channel")
        def entered(event: dict) -> None:
            tiny.seen.append((event["type"], event["user"], event["channel"]))

        @app.event("app_home_opened")
        def visited(event: dict, client: WebClient) -> None:
            tiny.seen.append((event["type"], event["tab"], "view" in event))
            blocks = [{"type": "section", "text": plain("Hello")}]
            client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        control.change_user(ANNA, locale="en-US")
        control.settle()
        control.change_user("U000000099", name="dora", real_name="Dora Dachs")
        control.settle()
        control.membership("U000000099", OPEN)
        control.settle()
        control.open_home(BEN)
        home = control.wait_for_home(BEN)
        control.settle()
        control.open_home(BEN)
        assert control.wait_for_home(BEN, changed_from=home["hash"])["id"] == home["id"]
        control.settle()
        assert tiny.seen == [
            ("user_change", ANNA, "en-US"),
            ("team_join", "U000000099"),
            ("member_joined_channel", "U000000099", OPEN),
            ("app_home_opened", "home", False),
            ("app_home_opened", "home", True),
        ]


@both
def test_who_does_not_acknowledge_in_time_is_told_so(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        @app.command("/book")
        def late(ack: Ack) -> None:
            time.sleep(0.4)
            ack()

        @app.command("/tell")
        def broken(ack: Ack) -> None:
            raise RuntimeError("broken")

    served.world.slack.timing.acknowledge = 0.2
    with bolt(served, mode, prepare):
        done = served.control.command(BEN, "/book", OPEN)
        assert (done["ok"], done["status"], done["error"]) == (False, 0, "operation_timeout")
        if mode == "http":
            served.world.slack.timing.acknowledge = 20.0  # the refusal comes, on a busy machine too
        failed = served.control.command(BEN, "/tell", OPEN)["error"]
        assert failed == ("dispatch_failed" if mode == "http" else "operation_timeout")
