"""Modals of a tiny Bolt app, over signed HTTP and over Socket Mode."""

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from sandbox.client import ControlRefused
from sandbox.server import Served
from tests.sandbox.slack_desk import ANNA, BEN, OPEN, Tiny, bolt, modal, opens_a_modal, option, plain

both = pytest.mark.parametrize("mode", ["http", "socket"])


@both
def test_a_command_opens_a_modal_whose_submission_carries_what_was_typed(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)

        @app.view("first")
        def submitted(ack: Ack, body: dict) -> None:
            ack()
            tiny.seen.append(body)

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        done = control.command(BEN, "/book morgen 14 Uhr", OPEN)
        assert (done["ok"], done["status"]) == (True, 200)
        view = control.wait_for_view(BEN, "first")
        assert control.views(ANNA) == []
        done = control.submit(BEN, view["id"], {"slot": "nine"})
        assert done["action"] == "close"
        assert control.views(BEN) == []
        command, submission = tiny.seen
        assert command["text"] == "morgen 14 Uhr"
        assert (command["channel_id"], command["channel_name"], command["user_name"]) == (OPEN, "bookings", "ben")
        nine = {"text": {**plain("Nine"), "emoji": True}, "value": "nine"}
        assert submission["view"]["state"]["values"] == {
            "name": {"text": {"type": "plain_text_input", "value": "Weber"}},
            "slot": {"pick": {"type": "static_select", "selected_option": nine}},
            "when": {"day": {"type": "datepicker", "selected_date": "2026-11-20"}},
            "who": {"person": {"type": "external_select", "selected_option": None}},
        }
        assert submission["view"]["id"] == view["id"]
        assert submission["response_urls"] == []


@both
def test_a_submission_may_be_answered_with_errors_update_push_or_clear(served: Served, mode: str) -> None:
    answers = [
        {"response_action": "errors", "errors": {"name": "Too short"}},
        {"response_action": "update", "view": modal("second")},
        {"response_action": "push", "view": modal("third")},
        {"response_action": "clear"},
    ]

    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)

        @app.view({"type": "view_submission", "callback_id": "first"})
        @app.view("second")
        @app.view("third")
        def submitted(ack: Ack) -> None:
            ack(**answers.pop(0))

    with bolt(served, mode, prepare):
        control = served.control
        control.command(BEN, "/book", OPEN)
        first = control.wait_for_view(BEN)
        refused = control.submit(BEN, first["id"], {"name": "X"})
        assert (refused["ok"], refused["action"], refused["errors"]) == (False, "errors", {"name": "Too short"})
        assert control.submit(BEN, first["id"])["action"] == "update"
        [second] = control.views(BEN)
        assert (second["id"], second["callback_id"]) == (first["id"], "second")
        assert second["hash"] != first["hash"]
        assert second["state"]["values"]["name"]["text"]["value"] == "X"
        assert control.submit(BEN, second["id"])["action"] == "push"
        third = control.views(BEN)[1]
        assert (third["previous_view_id"], third["root_view_id"]) == (first["id"], first["id"])
        with pytest.raises(ControlRefused, match="view_not_on_top"):
            control.submit(BEN, first["id"])
        assert control.submit(BEN, third["id"])["action"] == "clear"
        assert control.views(BEN) == []


@both
def test_required_fields_are_refused_before_anything_is_sent(served: Served, mode: str) -> None:
    with bolt(served, mode, opens_a_modal):
        control = served.control
        control.command(BEN, "/book", OPEN)
        view = control.wait_for_view(BEN)
        sent = control.last_delivery()
        refused = control.submit(BEN, view["id"], {"name": ""})
        assert set(refused["errors"]) == {"name"}
        assert control.last_delivery() == sent
        with pytest.raises(ControlRefused, match="no_such_option"):
            control.submit(BEN, view["id"], {"slot": "eleven"})
        with pytest.raises(ControlRefused, match="no_such_block"):
            control.submit(BEN, view["id"], {"nowhere": "x"})


@both
def test_an_action_in_a_modal_carries_the_state_and_an_update_keeps_what_was_typed(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)

        @app.action("pick")
        def picked(ack: Ack, body: dict, client: WebClient) -> None:
            ack()
            tiny.seen.append(body)
            fresh = modal()
            fresh["blocks"][0]["element"]["initial_value"] = "ignored"
            fresh["blocks"][1]["element"]["options"] = [option("Eleven")]
            client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=fresh)

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        control.command(BEN, "/book", OPEN)
        view = control.wait_for_view(BEN)
        done = control.use(BEN, view["id"], "pick", value="ten", values={"name": {"text": {"value": "Frau Sommer"}}})
        assert done["ok"]
        body = tiny.seen[-1]
        assert body["container"] == {"type": "view", "view_id": view["id"]}
        assert "channel" not in body
        assert "response_url" not in body
        [action] = body["actions"]
        assert (action["type"], action["action_id"], action["block_id"]) == ("static_select", "pick", "slot")
        assert action["selected_option"]["value"] == "ten"
        assert body["view"]["state"]["values"]["name"]["text"]["value"] == "Frau Sommer"
        state = control.views(BEN)[0]["state"]["values"]
        assert state["name"]["text"]["value"] == "Frau Sommer"
        assert state["slot"]["pick"]["selected_option"] is None, "the slot is no longer on offer"


@both
def test_cancel_and_the_x_tell_the_app_which_view_was_closed(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)

        @app.action("more")
        def more(ack: Ack, body: dict, client: WebClient) -> None:
            ack()
            client.views_push(trigger_id=body["trigger_id"], view=modal("second", notify_on_close=True))

        @app.view_closed("first")
        @app.view_closed("second")
        def closed(ack: Ack, body: dict) -> None:
            ack()
            tiny.seen.append((body["view"]["callback_id"], body["is_cleared"], set(body["view"]["state"]["values"])))

    with bolt(served, mode, prepare) as tiny:
        control = served.control
        control.command(BEN, "/book", OPEN)
        view = control.wait_for_view(BEN)
        for everything in (False, True):
            control.use(BEN, view["id"], "more")
            control.close(BEN, control.views(BEN)[-1]["id"], everything=everything)
        assert tiny.seen[1:] == [("second", False, {"when"}), ("first", True, {"when"})]
        assert control.views(BEN) == []


@both
def test_an_external_select_asks_the_app(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)

        @app.options("person")
        def people(ack: Ack, payload: dict) -> None:
            if payload["value"] == "wrong":
                ack(options=[{"text": plain("x" * 76), "value": "x"}])
            else:
                ack(options=[option(payload["value"])])

    with bolt(served, mode, prepare):
        control = served.control
        control.command(BEN, "/book", OPEN)
        container = {"type": "view", "view_id": control.wait_for_view(BEN)["id"]}
        assert control.suggest(BEN, container, "who", "person", "Alex")["options"] == [option("Alex")]
        assert control.suggest(BEN, container, "who", "person", "")["options"] == []
        assert control.suggest(BEN, container, "who", "person", "wrong")["error"] == "invalid_options"


@both
def test_an_invalid_view_in_an_acknowledgement_is_trouble_for_the_person(served: Served, mode: str) -> None:
    def prepare(app: App, tiny: Tiny) -> None:
        opens_a_modal(app, tiny)

        @app.view("first")
        def submitted(ack: Ack) -> None:
            ack(response_action="update", view=modal("x" * 25))

    with bolt(served, mode, prepare):
        control = served.control
        control.command(BEN, "/book", OPEN)
        view = control.wait_for_view(BEN)
        done = control.submit(BEN, view["id"])
        assert (done["ok"], done["error"]) == (False, "invalid_view")
        assert control.deliveries()[-1]["status"] == "invalid_view"
        assert control.views(BEN)[0]["hash"] == view["hash"]
