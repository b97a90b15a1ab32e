"""The dispatcher: in order, once, again when it failed, and never in the way of the others."""

import itertools
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import col, select

from core.booking.setup.workspace import ensure_workspace
from core.effects import LEASE, UNEXPECTED_ATTEMPTS, Answer, Arrived, Dispatcher, Handler, Later, Never, wait
from core.transaction import Engine
from storage import outbox
from storage.database import DatabaseBusy
from storage.outbox import Claim, Draft
from storage.tables import Effect, EffectState
from tests.core.booking.house import NOON, Clock
from tests.desk import wait_until

TEAM = "T1"
SECOND = timedelta(seconds=1)


class Outside:
    """The services that effects go to. Says `answers` in their order for an effect, and `Arrived` from then on."""

    def __init__(self, engine: Engine, *, workers: int = 8, more: Mapping[str, Handler] | None = None) -> None:
        ensure_workspace(engine, TEAM)
        self.engine, self.seen = engine, list[Claim]()
        self.answers: dict[str, list[Answer | Exception]] = {}
        self.dispatcher = Dispatcher(engine, {"say": self.hear, **(more or {})}, workers=workers)

    def hear(self, claim: Claim) -> Answer:
        self.seen.append(claim)
        waiting = self.answers.get(claim.payload["what"])
        answer = waiting.pop(0) if waiting else Arrived()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def put(self, *drafts: tuple[str, str], kind: str = "say", fold: str | None = None) -> None:
        """Effects, each as its lane and what it says, in one transaction."""
        with self.engine.transaction(TEAM) as tx:
            for lane, what in drafts:
                tx.effect(Draft(lane, kind, {"what": what}, fold_key=fold))

    def said(self) -> list[str]:
        return [claim.payload["what"] for claim in self.seen]

    def pass_time(self, by: timedelta) -> None:
        assert isinstance(self.engine.clock, Clock)
        self.engine.clock.now += by

    def rows(self) -> list[Effect]:
        with self.engine.view(TEAM) as view:
            return list(view.session.exec(select(Effect).order_by(col(Effect.id))).all())

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


@pytest.fixture
def outside(standing: Engine) -> Outside:
    return Outside(standing)


def test_a_lane_keeps_its_order_and_holds_up_nobody_else(outside: Outside) -> None:
    outside.answers["a1"] = [Later("busy", after=10 * SECOND)]
    outside.put(("a", "a1"), ("a", "a2"), ("b", "b1"), ("b", "b2"))
    assert outside.dispatcher.run_due() == 3
    assert outside.said() == ["a1", "b1", "b2"]
    outside.pass_time(9 * SECOND)
    assert outside.dispatcher.run_due() == 0
    outside.pass_time(SECOND)
    outside.dispatcher.run_due()
    assert outside.said()[3:] == ["a1", "a2"]
    assert outside.states() == [EffectState.DONE] * 4


def test_an_effect_put_for_later_waits_and_so_does_its_lane(outside: Outside) -> None:
    with outside.engine.transaction(TEAM) as tx:
        tx.effect(Draft("a", "say", {"what": "first"}, delay=60 * SECOND))
        tx.effect(Draft("a", "say", {"what": "second"}))
    assert outside.dispatcher.run_due() == 0
    outside.pass_time(60 * SECOND)
    outside.dispatcher.run_due()
    assert outside.said() == ["first", "second"]


def test_a_rest_holds_the_lane_up_alone(outside: Outside) -> None:
    outside.answers["a1"] = [Arrived(rest=2 * SECOND)]
    outside.put(("a", "a1"), ("a", "a2"), ("b", "b1"), ("b", "b2"))
    outside.dispatcher.run_due()
    assert outside.said() == ["a1", "b1", "b2"]
    outside.pass_time(2 * SECOND)
    outside.dispatcher.run_due()
    assert outside.said()[-1] == "a2"


def test_equal_waiting_effects_are_one_and_after_it_has_left_there_is_another(outside: Outside) -> None:
    for _ in range(3):
        outside.put(("a", "board"), fold="board")
    assert outside.dispatcher.run_due() == 1
    outside.put(("a", "board"), fold="board")
    assert outside.dispatcher.run_due() == 1


def test_what_becomes_due_by_an_effect_leaves_in_the_same_run(standing: Engine) -> None:
    def follow(claim: Claim) -> Answer:
        outside.put(("b", "then"))
        return Arrived()

    outside = Outside(standing, more={"first": follow})
    outside.put(("a", "once"), kind="first")
    assert outside.dispatcher.run_due() == 2
    assert outside.said() == ["then"]


@pytest.mark.parametrize(
    ("answer", "maybe_sent"),
    [
        (Later("429"), False),
        (Later("no answer", known=False), True),
        (ConnectionError("reset"), True),
        (DatabaseBusy("locked"), True),
    ],
)
def test_who_tries_again_is_told_whether_it_may_have_arrived(
    outside: Outside, answer: Answer | Exception, maybe_sent: bool
) -> None:
    outside.answers["x"] = [answer, Later("429")]
    outside.put(("a", "x"))
    for _ in range(3):
        outside.dispatcher.run_due()
        outside.pass_time(64 * SECOND)
    assert [(claim.attempts, claim.maybe_sent) for claim in outside.seen] == [
        (1, False), (2, maybe_sent), (3, maybe_sent),  # what one attempt left open, a later one does not answer
    ]  # fmt: skip
    assert outside.states() == [EffectState.DONE]


def test_waits_grow_from_a_second_to_about_a_minute() -> None:
    for attempts in range(1, 40):
        low = min(2.0 ** (attempts - 1), 64.0)
        waits = {wait(attempts).total_seconds() for _ in range(20)}
        assert all(low <= one <= min(low + 1, 64.0) for one in waits), (attempts, waits)
    assert len({wait(3) for _ in range(20)}) > 1, "many who failed together do not come back together"


def test_a_service_that_was_away_is_asked_less_and_less_often(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    outside.answers["x"] = [Later("503")] * 8
    outside.put(("a", "x"))
    asked = []
    for second in range(300):
        if outside.dispatcher.run_due():
            asked.append(second)
        outside.pass_time(SECOND)
    assert [b - a for a, b in itertools.pairwise(asked)] == [2, 3, 5, 9, 17, 33, 64, 64]
    assert asked[0] == 0


@pytest.mark.parametrize(
    ("kind", "answer", "reason"),
    [("say", Never("channel_not_found"), "channel_not_found"), ("unheard", None, "nobody handles unheard")],
)
def test_what_will_not_work_is_given_up_frees_its_lane_and_can_be_tried_again(
    outside: Outside, kind: str, answer: Answer | None, reason: str
) -> None:
    outside.answers["x"] = [answer] if answer else []
    outside.put(("a", "x"), kind=kind)
    outside.put(("a", "y"))
    outside.dispatcher.run_due()
    assert outside.states() == [EffectState.GIVEN_UP, EffectState.DONE]
    assert outside.rows()[0].error == reason
    outside.pass_time(timedelta(days=30))
    assert outside.dispatcher.run_due() == 0
    with outside.engine.transaction(TEAM) as tx:
        assert outbox.retry_given_up(tx.session, TEAM, tx.now) == 1
    assert outside.dispatcher.run_due() == 1
    assert outside.states() == [EffectState.DONE if kind == "say" else EffectState.GIVEN_UP, EffectState.DONE]


def test_a_handler_that_always_breaks_is_given_up_after_many_attempts(outside: Outside) -> None:
    outside.answers["x"] = [ValueError("a bug")] * UNEXPECTED_ATTEMPTS
    outside.put(("a", "x"))
    for _ in range(UNEXPECTED_ATTEMPTS + 5):
        outside.dispatcher.run_due()
        outside.pass_time(65 * SECOND)
    assert len(outside.seen) == UNEXPECTED_ATTEMPTS
    [row] = outside.rows()
    assert (row.state, row.error) == (EffectState.GIVEN_UP, "ValueError: a bug")


def test_a_dead_workers_effect_is_taken_over_when_its_lease_ends(outside: Outside) -> None:
    outside.put(("a", "x"), ("a", "y"))
    with outside.engine.database.write() as session:
        [held] = outbox.claim(session, NOON, LEASE, 8)  # by a process that then dies
    assert held.payload["what"] == "x"
    outside.pass_time(LEASE - SECOND)
    assert outside.dispatcher.run_due() == 0, "neither this one nor what comes after it in its lane"
    outside.pass_time(SECOND)
    outside.dispatcher.run_due()
    assert [(claim.payload["what"], claim.maybe_sent) for claim in outside.seen] == [("x", True), ("y", False)]


@contextmanager
def running(dispatcher: Dispatcher) -> Iterator[None]:
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop()


def test_threads_work_side_by_side_but_never_two_on_a_lane(standing: Engine) -> None:
    inside, most, overlapping = list[str](), list[int](), list[str]()
    guard, together = threading.Lock(), threading.Event()

    def slow(claim: Claim) -> Answer:
        with guard:
            if claim.lane in inside:
                overlapping.append(claim.lane)
            inside.append(claim.lane)
            most.append(len(inside))
            if len(inside) == 2:
                together.set()
        together.wait(5)
        with guard:
            inside.remove(claim.lane)
        return Arrived()

    outside = Outside(standing, workers=2, more={"slow": slow})
    outside.put(*((f"lane {n % 3}", f"{n}") for n in range(9)), kind="slow")
    with running(outside.dispatcher):
        wait_until(lambda: outside.states() == [EffectState.DONE] * 9, "all effects")
    assert overlapping == []
    assert max(most) == 2, "as many at once as there are workers, and no more"


def test_a_wake_is_heard_at_once_and_stopping_waits_for_what_is_under_way(
    standing: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.effects.POLL_S", 60.0)
    begun, ended = threading.Event(), threading.Event()

    def slow(_claim: Claim) -> Answer:
        begun.set()
        ended.wait(0.3)
        ended.set()
        return Arrived()

    outside = Outside(standing, more={"slow": slow})
    standing.committed = outside.dispatcher.wake
    with running(outside.dispatcher):
        outside.put(("a", "x"), kind="slow")
        assert begun.wait(20), "sooner than the table is polled"
    assert ended.is_set()
    assert outside.states() == [EffectState.DONE]


@pytest.mark.parametrize("standing", ["sqlite"], indirect=True)  # which one process uses alone
def test_a_start_takes_over_at_once_what_a_crash_left(outside: Outside) -> None:
    outside.put(("a", "x"))
    with outside.engine.database.write() as session:
        assert outbox.claim(session, NOON, LEASE, 8)
    with running(outside.dispatcher):
        wait_until(lambda: outside.states() == [EffectState.DONE], "the effect", 5)
    assert [claim.maybe_sent for claim in outside.seen] == [True]


def test_a_round_that_fails_is_followed_by_others(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy: Callable[..., list[Claim]] = outbox.claim
    failures: list[Exception] = [RuntimeError("a bug"), DatabaseBusy("locked")]

    def fragile(*args: object, **more: object) -> list[Claim]:
        if failures:
            raise failures.pop()
        return healthy(*args, **more)

    monkeypatch.setattr("core.effects.POLL_S", 0.02)
    monkeypatch.setattr(outbox, "claim", fragile)
    outside.put(("a", "x"))
    with running(outside.dispatcher):
        wait_until(lambda: outside.states() == [EffectState.DONE], "the effect", 5)
    assert failures == []
