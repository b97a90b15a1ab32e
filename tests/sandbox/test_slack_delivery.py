"""How payloads reach the app: signatures, deadlines, retries, sockets and their refresh, faults."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sandbox.client import ControlRefused, NothingCame
from sandbox.server import Served, serve_in_thread
from sandbox.slack.signed_http import signature
from tests.desk import wait_until
from tests.desk.firm import patient
from tests.sandbox.slack_desk import ANNA, BEN, BOT, CARL, OPEN, Listening, bolt, modal, opens_a_modal, small_team


class Receiver:
    """A bare app: keeps what arrives and gives the next of `answers` (status, headers, body, wait in seconds)."""

    def __init__(self) -> None:
        self.got: list[tuple[dict, str]] = []
        self.answers: list[tuple[int, dict, str, float]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers, text, wait = receiver.answers.pop(0) if receiver.answers else (200, {}, "", 0)
                time.sleep(wait)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                try:
                    self.wfile.write(text.encode())
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = Listening(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/slack/events"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def receiver(served: Served):
    made = Receiver()
    served.control.connect(made.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_the_signature_is_slacks() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a1"
        b"4d10d2c447fce8b6703c"
    )
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    known = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature(secret, "1531420618", body) == known


def test_every_request_is_signed_and_a_forged_one_is_not(served: Served, receiver: Receiver) -> None:
    verifier = SignatureVerifier(served.world.slack.signing_secret)
    served.control.command(BEN, "/book ä & ö", OPEN)
    served.control.raw("payload={}", sign=True)
    served.control.raw("payload={}", {"X-Slack-Signature": "v0=00"}, sign=True)
    served.control.raw("payload={}", sign=False)
    assert [verifier.is_valid_request(body, headers) for headers, body in receiver.got[-4:]] == [
        True,
        True,
        False,
        False,
    ]
    form = {name: value for name, [value] in parse_qs(receiver.got[-4][1]).items()}
    assert (form["text"], form["is_enterprise_install"], form["team_domain"]) == ("ä & ö", "false", "rheinblick")
    assert "x-slack-signature" not in receiver.got[-1][0]


def test_a_bolt_app_passes_verification_and_refuses_forgeries(served: Served) -> None:
    with bolt(served, "http", opens_a_modal):
        assert served.control.verify() == {"ok": True, "challenge": True, "ssl_check": True}
        assert served.control.raw("payload={}", sign=False)["status"] == 401
        assert served.control.raw("command=/book&text=", {"X-Slack-Signature": "v0=00"}, sign=True)["status"] == 401


@pytest.mark.parametrize(
    ("answers", "numbers", "reasons"),
    [
        ([(200, {}, "", 0)], [None], []),
        ([(500, {}, "", 0), (200, {}, "", 0)], [None, "1"], ["http_error"]),
        ([(500, {}, "", 0)] * 9, [None, "1", "2", "3"], ["http_error"] * 3),
        ([(500, {"X-Slack-No-Retry": "1"}, "", 0)], [None], []),
        ([(200, {}, "", 1.5), (200, {}, "", 0)], [None, "1"], ["http_timeout"]),
        ([(307, {"Location": "/slack/events"}, "", 0)] * 9, [None, "1", "2", "3"], ["too_many_redirects"] * 3),
    ],
)
def test_events_are_retried_three_times_with_number_and_reason(
    served: Served, receiver: Receiver, answers: list, numbers: list, reasons: list
) -> None:
    if "http_timeout" in reasons:
        served.world.slack.timing.acknowledge = 1.0
    receiver.answers = list(answers)
    served.control.message(BEN, BOT, "Hallo")
    served.control.wait_for(lambda: len(served.control.deliveries(kind="events_api")) == len(numbers) or None)
    time.sleep(0.05)
    sent = served.control.deliveries(kind="events_api")
    assert len(sent) == len(numbers)
    assert len({delivery["body"]["event_id"] for delivery in sent}) == 1
    heads = {(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in receiver.got}
    assert heads == set(zip(numbers, [None, *reasons], strict=True))


def test_only_what_the_manifest_subscribes_to_is_sent(served: Served, receiver: Receiver) -> None:
    scopes = {"scopes": {"bot": ["channels:history"]}}
    events = {"event_subscriptions": {"bot_events": ["message.channels", "message.im"]}}
    tab = {"app_home": {"messages_tab_enabled": True}}
    served.control.manifest({"features": tab, "oauth_config": scopes, "settings": events})
    served.control.message(BEN, BOT, "a direct message")
    served.control.message(BEN, OPEN, f"for <@{BOT}>")
    served.control.change_user(BEN, locale="de-DE")
    served.control.settle()
    events = [json.loads(body)["event"] for _, body in receiver.got]
    assert [(event["type"], event["channel_type"], event["text"]) for event in events] == [
        ("message", "channel", f"for <@{BOT}>")
    ]


def test_nobody_listening_is_a_failed_dispatch(served: Served) -> None:
    assert served.control.command(BEN, "/book", OPEN)["error"] == "dispatch_failed"
    served.control.connect("http://127.0.0.1:9/slack/events")
    assert served.control.command(BEN, "/book", OPEN)["error"] == "dispatch_failed"
    bot = served.control.workspace()["bot"]
    assert (bot["connected"], bot["mode"]) == (False, "http")


def test_several_addresses_take_turns(served: Served, receiver: Receiver) -> None:
    other = Receiver()
    served.control.connect(f"{receiver.url}, {other.url}")
    for _ in range(4):
        assert served.control.command(BEN, "/book", OPEN)["ok"]
    assert (len(receiver.got), len(other.got)) == (2, 2)
    other.server.shutdown()
    other.server.server_close()


def test_a_delivery_can_be_sent_again_unchanged(served: Served, receiver: Receiver) -> None:
    served.control.command(BEN, "/book", OPEN)
    served.control.message(BEN, BOT, "Hallo")
    served.control.settle()
    for delivery in served.control.deliveries():
        assert served.control.replay(delivery["n"])["status"] == 200
    (_, command), (first, event), (_, command_again), (second, event_again) = receiver.got
    assert (command_again, event_again) == (command, event)
    assert (first.get("x-slack-retry-num"), second.get("x-slack-retry-num")) == (None, "1")
    with pytest.raises(ControlRefused, match="no_such_delivery"):
        served.control.replay(99)


def test_events_for_an_app_that_went_away_come_when_it_is_back(served: Served) -> None:
    served.world.slack.timing.retries = (0.0, 0.3, 0.3)
    open_socket(served).close()
    served.control.wait_for(lambda: served.control.workspace()["bot"]["mode"] == "none" or None)
    served.control.message(BEN, BOT, "Hallo")
    back = open_socket(served)
    envelope = json.loads(back.recv(20))
    assert (envelope["payload"]["event"]["text"], envelope["retry_attempt"]) == ("Hallo", 2)
    assert envelope["retry_reason"] == "connection_failed"
    back.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
    back.close()


def open_socket(served: Served) -> ClientConnection:
    url = WebClient(base_url=served.api_url).apps_connections_open(app_token="xapp-sandbox")["url"]
    socket = connect(url, legacy=True)
    assert json.loads(socket.recv(20))["type"] == "hello"
    return socket


def test_each_payload_goes_to_one_socket_and_ten_are_the_most(served: Served) -> None:
    sockets = [open_socket(served) for _ in range(10)]
    url = WebClient(base_url=served.api_url).apps_connections_open(app_token="xapp-sandbox")["url"]
    with connect(url) as eleventh:
        assert json.loads(eleventh.recv(20)) == {"type": "disconnect", "reason": "too_many_websockets"}
    with pytest.raises(InvalidStatus), connect(url):
        pass  # a ticket is good for one connection
    with ThreadPoolExecutor(20) as pool:
        done = [pool.submit(served.control.command, BEN, "/book", OPEN) for _ in range(20)]
        for _ in range(2):
            for socket in sockets:
                envelope = json.loads(socket.recv(20))
                assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
                assert envelope["payload"]["command"] == "/book"
                socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        assert all(one.result()["ok"] for one in done)
    for socket in sockets:
        socket.close()


def test_a_refresh_overlaps_and_loses_nothing(served: Served) -> None:
    served.world.slack.timing.socket_warning = 0.2
    served.world.slack.timing.socket_overlap = 0.05
    old = open_socket(served)
    served.control.faults(socket="refresh")
    assert json.loads(old.recv(20))["reason"] == "warning"
    new = open_socket(served)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(served.control.command, BEN, "/book", OPEN)
        envelope = json.loads(new.recv(20))
        old.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        assert done.result()["ok"], "an acknowledgement counts on whichever connection it comes"
    assert json.loads(old.recv(20))["reason"] == "refresh_requested"
    with pytest.raises(ConnectionClosed):
        old.recv(20)
    assert served.control.workspace()["bot"] == {
        "user_id": BOT,
        "name": "Slotquest",
        "connected": True,
        "mode": "socket",
    }
    new.close()


def test_a_dropped_app_comes_back_by_itself(served: Served) -> None:
    timing = served.world.slack.timing
    timing.socket_warning = timing.socket_overlap = 10.0
    with bolt(served, "socket", opens_a_modal):
        served.control.faults(slack={"mode": "down", "methods": ["apps.connections.open"]})
        assert served.control.faults(socket="drop")["connections"] == 1
        assert served.control.command(BEN, "/book", OPEN)["error"] == "dispatch_failed"
        served.control.heal()
        served.control.wait_until_connected()
        assert served.control.command(BEN, "/book", OPEN)["ok"]
        connections = served.world.delivery.sockets.connections
        (old,) = connections
        served.control.faults(socket="refresh")
        wait_until(lambda: len(connections) == 1 and old not in connections, "the new connection alone")
        assert served.control.command(BEN, "/book", OPEN)["ok"]


@pytest.mark.parametrize(
    ("fault", "wrong", "posted"),
    [
        ({"mode": "down", "times": 2}, OSError, 0),
        ({"mode": "status", "status": 429, "retry_after": 7}, SlackApiError, 0),
        ({"mode": "status", "status": 500}, SlackApiError, 0),
        ({"lose_reply": True, "times": 1}, OSError, 1),
        ({"mode": "slow", "seconds": 0.2, "methods": ["chat.postMessage"]}, None, 1),
        ({"mode": "down", "methods": ["views.open"]}, None, 1),
    ],
)
def test_faults_of_slack(served: Served, fault: dict, wrong: type[Exception] | None, posted: int) -> None:
    client = WebClient(token="xoxb-sandbox", base_url=served.api_url, retry_handlers=[])
    served.control.faults(slack=fault)
    if wrong is None:
        client.chat_postMessage(channel=OPEN, text="x")
    else:
        with pytest.raises(wrong) as caught:
            client.chat_postMessage(channel=OPEN, text="x")
        if fault.get("status") == 429:
            assert caught.value.response.headers["Retry-After"] == "7"
    assert len(served.control.messages(ANNA, OPEN)) == posted
    served.control.heal()
    client.chat_postMessage(channel=OPEN, text="y")


def test_two_hundred_people_submit_at_once() -> None:
    taken = threading.Lock()

    def prepare(app, tiny) -> None:
        opens_a_modal(app, tiny)

        @app.view("first")
        def submitted(ack) -> None:
            ack() if taken.acquire(blocking=False) else ack(response_action="errors", errors={"name": "Taken"})

    world = small_team(rate_limits=False, timing=patient())
    with serve_in_thread(world) as served, bolt(served, "http", prepare), ThreadPoolExecutor(200) as pool:
        people = [(ANNA, BEN, CARL)[n % 3] for n in range(200)]
        assert all(done["ok"] for done in pool.map(lambda user: served.control.command(user, "/book", OPEN), people))
        open_views = [(view.user, view.id) for view in world.slack.views.values()]
        assert len(open_views) == 200
        began, used = time.perf_counter(), time.process_time()
        done = list(pool.map(lambda pair: served.control.submit(*pair), open_views))
        share = min(1.0, (time.process_time() - used) / (time.perf_counter() - began))  # the rest was others' time
        actions = [one.get("action") for one in done]
        assert (actions.count("close"), actions.count("errors")) == (1, 199)
        assert max(one["ms"] for one in done) * share < 3000


def test_live_notices_reach_those_whom_they_concern(served: Served) -> None:
    address = served.url.replace("http", "ws")
    client = WebClient(token="xoxb-sandbox", base_url=served.api_url)
    with connect(f"{address}/control/live?user={BEN}") as ben, connect(f"{address}/control/live?user={ANNA}") as anna:
        client.chat_postEphemeral(channel=OPEN, user=BEN, text="x")
        client.views_open(trigger_id=served.world.slack.issue_trigger(ANNA), view=modal())
        client.chat_postMessage(channel=OPEN, text="all")
        assert [json.loads(ben.recv(20)) for _ in range(2)] == [{"topic": "message", "channel": OPEN}] * 2
        assert [json.loads(anna.recv(20)) for _ in range(2)] == [
            {"topic": "view", "user": ANNA},
            {"topic": "message", "channel": OPEN},
        ]


def test_waiting_ends_with_what_was_missing(served: Served) -> None:
    with pytest.raises(NothingCame, match="a view first for"):
        served.control.wait_for_view(BEN, "first", timeout=0.05)
