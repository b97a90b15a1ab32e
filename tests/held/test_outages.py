"""Google and Slack fail in every way that is known of them. Bookings go on, and in the end all is as it should be, once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from core.booking import appointments as booking
from sandbox.client import NothingCame
from storage.tables import Effect, State
from tests import desk as at
from tests.desk import AGENT, DAY, Desk, open_desk
from tests.held import accounts
from tests.held.stage import crowd, firm

GOOGLE = {
    "down": {"mode": "down"},
    "slow": {"mode": "slow", "seconds": 1.0},
    "a quota of the project": {"mode": "status", "status": 403, "reason": "rateLimitExceeded"},
    "a quota of the user": {"mode": "status", "status": 403, "reason": "userRateLimitExceeded"},
    "too many requests": {"mode": "status", "status": 429, "retry_after": 2},
    "an internal error": {"mode": "status", "status": 500},
    "unavailable": {"mode": "status", "status": 503},
    "lost replies": {"lose_reply": True},
}
SLACK = {
    "down": {"mode": "down"},
    "slow": {"mode": "slow", "seconds": 1.0},
    "rate limited": {"mode": "status", "status": 429, "retry_after": 3},
    "an internal error": {"mode": "status", "status": 500},
    "unavailable": {"mode": "status", "status": 503},
    "lost replies": {"lose_reply": True},
}
SPEAKING = ["chat.postMessage", "chat.update"]
LONG_LEASE = timedelta(hours=9)  # the clock is put forward here, and no worker dies


@contextmanager
def a_desk(url: str, **options: Any) -> Iterator[Desk]:
    with open_desk(url, lease=LONG_LEASE, **{"rate_limits": False, **options}) as opened:
        yield opened


def everything_happens(desk: Desk) -> None:
    """Bookings through the modal, then one is moved, one cancelled, one taken back, all while something is broken."""
    kept, moved, cancelled, undone = (
        desk.book(hour, name=f"Frau {name}", consultant=who)
        for hour, name, who in ((9, "Adler", "Alex"), (11, "Busch", "Alex"), (14, "Curie", "Bea"), (16, "Dorn", "Alex"))
    )
    with desk.engine.transaction(at.TEAM, desk.member(AGENT)) as tx:
        booking.reschedule(tx, moved.id, desk.consultant("Bea"), kept.starts_at)
    with desk.engine.transaction(at.TEAM, desk.member(AGENT)) as tx:
        booking.cancel(tx, cancelled.id, "krank")
    with desk.engine.transaction(at.TEAM, desk.member(AGENT)) as tx:
        booking.undo(tx, undone.id)
    states = {one.id: one.state for one in desk.appointments()}
    assert states == {
        kept.id: State.BOOKED,
        moved.id: State.BOOKED,
        cancelled.id: State.CANCELLED,
        undone.id: State.UNDONE,
    }


def wait_for_failures(desk: Desk, kind: str, number: int = 2) -> None:
    """Until the outage has really hit: that many attempts have been answered with an error."""

    def hit() -> bool:
        with desk.engine.database.read() as session:
            rows = session.exec(select(Effect).where(Effect.kind == kind, col(Effect.error).is_not(None))).all()
        return sum(row.attempts for row in rows) >= number

    at.wait_until(hit, f"failures of {kind}")


def caught_up(desk: Desk) -> None:
    """Let the pauses and waits of hours pass in a moment, hear what people did in Google, and settle the accounts."""

    def empty() -> bool:
        desk.clock.forward(timedelta(seconds=2))
        desk.bot.dispatcher.wake()
        return not accounts.waiting(desk.engine)

    for _ in range(2):
        at.wait_until(empty, "an empty outbox", 40)
        desk.clock.forward(timedelta(minutes=6))
        desk.run("calendar.sync")
    at.wait_until(empty, "an empty outbox", 40)
    assert accounts.contradictions(desk.engine, desk.world) == []


@pytest.mark.parametrize("how", GOOGLE)
def test_google_fails_and_comes_back(sqlite_url: str, how: str) -> None:
    with a_desk(sqlite_url) as desk:
        desk.control.faults(google=GOOGLE[how])
        everything_happens(desk)
        if how != "slow":
            wait_for_failures(desk, "calendar.write")
        desk.control.heal()
        caught_up(desk)


@pytest.mark.parametrize("how", SLACK)
def test_slack_takes_no_messages_and_comes_back(sqlite_url: str, how: str) -> None:
    with a_desk(sqlite_url) as desk:
        desk.control.faults(slack={**SLACK[how], "methods": SPEAKING})
        everything_happens(desk)
        if how != "slow":
            wait_for_failures(desk, "slack.message", 1)
        desk.control.heal()
        caught_up(desk)


def test_both_fail_on_postgresql(database_url: str) -> None:
    with a_desk(database_url) as desk:
        desk.control.faults(google=GOOGLE["lost replies"], slack={"lose_reply": True, "methods": SPEAKING})
        everything_happens(desk)
        wait_for_failures(desk, "calendar.write")
        wait_for_failures(desk, "slack.message", 1)
        desk.control.heal()
        caught_up(desk)


def test_a_post_whose_reply_was_lost_is_looked_for_even_when_looking_is_refused_at_first(sqlite_url: str) -> None:
    with a_desk(sqlite_url) as desk:
        desk.control.faults(slack={"lose_reply": True, "methods": ["chat.postMessage"], "times": 1})
        desk.book(9)
        wait_for_failures(desk, "slack.message", 1)
        limit = {"mode": "status", "status": 429, "retry_after": 1, "methods": ["conversations.history"], "times": 2}
        desk.control.faults(slack=limit)
        caught_up(desk)
        assert [call["error"] for call in desk.control.calls(method="conversations.history")][:2] == ["fault", "fault"]


def test_the_newest_of_many_changes_arrives_when_google_is_back(sqlite_url: str) -> None:
    with a_desk(sqlite_url) as desk:
        appointment = desk.book(9)
        desk.quiet()
        desk.control.faults(google={"mode": "down"})
        for hour in (11, 14, 16, 18):
            with desk.engine.transaction(at.TEAM, desk.member(AGENT)) as tx:
                to = appointment.starts_at + timedelta(hours=hour - 9)
                booking.reschedule(tx, appointment.id, desk.consultant("Alex"), to)
        wait_for_failures(desk, "calendar.write", 1)
        desk.control.heal()
        before = desk.world.google.call_number
        caught_up(desk)
        writes = [c for c in desk.control.google_calls(since=before) if c["method"] in ("PATCH", "POST", "PUT")]
        assert len([c for c in writes if "token" not in str(c)]) <= 2, "what waited is folded into one write"


def test_a_person_moved_the_event_while_the_sync_token_expired(sqlite_url: str) -> None:
    with a_desk(sqlite_url) as desk:
        appointment, other = desk.book(9), desk.book(11, name="Frau Busch")
        desk.quiet()
        event = next(e for e in desk.events("alex@example.com") if e["id"] == booking.calendar_event_id(appointment.id))
        start, end = (datetime.combine(DAY, datetime.min.time(), tzinfo=at.BERLIN).replace(hour=h) for h in (16, 17))
        moved = {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}
        desk.clock.forward(timedelta(minutes=6))
        desk.control.edit_event("alex@example.com", event["id"], **moved)
        desk.control.faults(expire_sync_tokens=True)
        desk.run("calendar.sync")
        caught_up(desk)
        assert {one.id: one.starts_at for one in desk.appointments()} == {
            appointment.id: start.astimezone(UTC),
            other.id: other.starts_at,
        }


@pytest.mark.parametrize("how", ["refresh", "drop"])
def test_a_socket_that_is_replaced_in_the_middle_of_clicks(sqlite_url: str, how: str) -> None:
    """A refresh costs nobody anything. A cut connection may cost a click, which Slack then says, and the next one works."""
    people = 6
    with a_desk(sqlite_url, mode="socket", team=firm(9)) as desk:
        timing, sockets = desk.world.slack.timing, desk.world.delivery.sockets
        timing.socket_warning, timing.socket_overlap = 0.1, 5.0
        timing.acknowledge = 20.0 if how == "refresh" else 3.0
        users = crowd(desk.world, people)
        busy = [True]

        def opened(user: str, words: str, failed: list[str]) -> dict[str, Any]:
            while True:
                answer = desk.control.command(user, words, at.GENERAL)
                if not answer["ok"]:
                    failed.append(str(answer.get("error")))
                    continue
                with suppress(NothingCame):  # words instead: the database asks for patience
                    return desk.control.wait_for_view(user, "book", timeout=5)

        def live(user: str) -> list[str]:
            failed: list[str] = []
            for n in range(4):
                while not (answer := desk.control.command(user, "/slotquest", at.GENERAL))["ok"]:
                    failed.append(str(answer.get("error")))
                view = opened(user, f"/book 19.11. {9 + n}:00 Alex", failed)
                values = at.state_of(view)
                values["name"] = {"book.name": {"type": "plain_text_input", "value": f"Frau {user} {n}"}}
                while not (answer := desk.control.submit(user, view["id"], values))["ok"]:
                    if answer.get("action") != "errors":  # a machine under load: the database asks for patience
                        failed.append(str(answer.get("error")))
                desk.control.close(user, view["id"], everything=True)
            return failed

        def disturb() -> int:
            times = 0
            while busy[0] and (how == "refresh" or times == 0):
                time.sleep(0.2)
                if how == "refresh" and (len(sockets.connections) > 5 or all(c.retiring for c in sockets.connections)):
                    continue  # ten connections are the most
                desk.control.faults(socket=how)
                times += 1
            return times

        with ThreadPoolExecutor(people + 1) as threads:
            trouble = threads.submit(disturb)
            lives = [threads.submit(live, user) for user in users]
            try:
                failures = [failure for one in lives for failure in one.result()]
            finally:
                busy[0] = False
        assert trouble.result() > (how == "refresh")
        assert len(desk.appointments()) == people * 4
        if how == "refresh":
            assert failures == []
        caught_up(desk)


def test_an_acknowledgement_outlives_the_connection_of_its_click(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(sqlite_url, mode="socket") as desk:
        view = desk.choose_day(AGENT, desk.open_form(), DAY)
        values = desk.fill(view, desk.slot("Alex", 9))
        sockets, book = desk.world.delivery.sockets, booking.book
        desk.world.slack.timing.socket_overlap = 0.1

        def slow(*given: Any) -> Any:
            (old,) = sockets.connections
            desk.control.faults(socket="refresh")
            at.wait_until(
                lambda: bool(sockets.connections) and old not in sockets.connections and desk.bot.sockets.alive,
                "the new connection alone",
            )
            return book(*given)

        monkeypatch.setattr(booking, "book", slow)
        assert desk.control.submit(AGENT, view["id"], values)["action"] == "update"
