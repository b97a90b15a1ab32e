"""How requests come in: WebSocket and signed HTTP, health for a load balancer, Google's notifications."""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest

from storage.migrate import migrate
from tests.desk import AGENT, DAY, TEAM, Desk, open_desk, wait_until


def address(desk: Desk) -> str:
    assert desk.world.events_url is not None
    return desk.world.events_url.removesuffix("/slack/events")


def health(desk: Desk) -> tuple[int, dict[str, dict[str, object]]]:
    try:
        with urllib.request.urlopen(f"{address(desk)}/healthz", timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_booking_by_websocket(sqlite_url: str) -> None:
    with open_desk(sqlite_url, mode="socket") as desk:
        booked = desk.book(9)
        desk.quiet()
        assert booked.state == "booked"
        assert len(desk.events("alex@example.com")) == 1


def test_health_names_the_part_that_is_not_well(desk: Desk) -> None:
    desk.quiet()
    status, parts = health(desk)
    assert status == 200, parts
    assert all(parts[part]["ok"] for part in ("process", "database", "outbox", "sync", "slack"))

    desk.control.faults(slack={"mode": "status", "status": 500, "methods": ["chat.postMessage"]})
    desk.book(11)
    desk.clock.forward(timedelta(minutes=30))
    status, parts = health(desk)
    assert (status, parts["outbox"]["ok"]) == (503, False)
    assert "why" in parts["outbox"]
    desk.control.heal()


def test_health_of_a_database_without_its_tables(database_url: str) -> None:
    with open_desk(database_url) as desk:
        desk.quiet()
        migrate(database_url, "base")
        status, parts = health(desk)
        assert (status, parts["database"]["ok"]) == (503, False)
        assert "effect" in str(parts["database"]["why"]), "the table that is missing"
        migrate(database_url)
        assert health(desk)[0] == 200


def test_a_body_larger_than_anything_of_slacks_is_refused(desk: Desk) -> None:
    request = urllib.request.Request(f"{address(desk)}/slack/events", data=b"x" * 2_000_000, method="POST")
    with pytest.raises(urllib.error.HTTPError, match="413"):
        urllib.request.urlopen(request, timeout=30)


BROKEN = [
    "",
    "{",
    "null",
    '"x"',
    "[1, 2]",
    "[" * 50_000,
    "nothing=here",
    "payload=",
    "payload=null",
    "payload=[]",
    "payload=%7B%22type%22",
    '{"type": "event_callback"}',
    '{"type": "event_callback", "event": "message"}',
    '{"type": "event_callback", "event": {"type": 5}}',
    '{"type": "event_callback", "event": {"type": "message", "user": 5}}',
    '{"type": "event_callback", "authorizations": [5], "event": {"type": "message"}}',
    '{"type": "block_actions", "actions": []}',
    '{"type": "block_actions", "actions": [{"action_id": "book.open"}, 5]}',
    '{"type": "block_actions", "user": 5, "actions": [{"action_id": "book.open"}]}',
    '{"type": "block_suggestion", "action_id": ["x"]}',
    '{"type": "shortcut"}',
    '{"type": "view_submission", "view": null}',
    '{"type": "view_submission", "view": {"callback_id": "book"}}',
    '{"type": "view_submission", "response_urls": [5], "view": {"id": "V1", "type": "modal", "callback_id": "book"}}',
    '{"type": "something_new"}',
    "payload=%7B%22type%22%3A%22something_new%22%7D",
]


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_signed_but_broken_requests_are_the_senders_fault(desk: Desk, kind: str) -> None:
    """Truncated JSON, wrong types, missing fields, unknown kinds: 4xx, and the connection stays usable."""
    answered = {body[:80]: desk.control.raw(body, {"Content-Type": kind}, sign=True)["status"] for body in BROKEN}
    assert {body: status for body, status in answered.items() if status not in (400, 404)} == {}
    view = desk.open_form()
    assert desk.control.raw(f"payload={json.dumps(_submitted(view))}", sign=True)["status"] == 200


def test_slack_may_say_that_it_holds_back_events(desk: Desk) -> None:
    told = json.dumps({"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1518467820})
    assert desk.control.raw(told, sign=True)["status"] == 200
    assert desk.control.raw(told, sign=False)["status"] == 401


def _submitted(view: dict[str, Any]) -> dict[str, Any]:
    """A submission whose parts have other types than Slack's, but which names its view."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": AGENT},
        "view": {**view, "private_metadata": 5, "state": {"values": []}},
    }


def test_unsigned_and_stale_requests_are_refused_and_the_log_says_so(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    body = "command=%2Fbook&team_id=T000000001&user_id=U000000003"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert desk.control.raw(body, form, sign=False)["status"] == 401
    old = form | {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=" + "0" * 64}
    assert desk.control.raw(body, old, sign=False)["status"] == 401
    assert caplog.text.count("SLACK_SIGNING_SECRET") == 2


def test_google_tells_of_a_change_and_the_appointment_follows(desk: Desk) -> None:
    booked = desk.book(9)
    desk.quiet()
    desk.run("calendar.watch")
    moved = {"start": {"dateTime": f"{DAY}T16:00:00+01:00"}, "end": {"dateTime": f"{DAY}T17:00:00+01:00"}}
    desk.control.edit_event("alex@example.com", f"sq{booked.id}", **moved)
    wait_until(lambda: desk.appointment(booked.id).starts_at.hour == 15, "the appointment to follow")
    desk.quiet()
    told = desk.control.wait_for_message(AGENT, "U0SLOTBOT1", "Google")
    assert "Weber" in told["text"]


def test_a_notification_that_nobody_asked_for_does_nothing(sqlite_url: str) -> None:
    with open_desk(sqlite_url) as desk:
        before = len(desk.control.google_calls())
        heads = {
            "X-Goog-Channel-ID": "x",
            "X-Goog-Channel-Token": "y",
            "X-Goog-Resource-ID": "z",
            "X-Goog-Resource-State": "exists",
        }
        request = urllib.request.Request(
            f"{address(desk)}/google/notifications", data=b"", headers=heads, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 204
        assert len(desk.control.google_calls()) == before
