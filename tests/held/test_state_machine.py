"""Any sequence of what people do in Slack and in Google, against a model that a person can check by reading it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.booking import appointments
from core.booking.appointments import UNDO_FOR, BookingRequest
from core.booking.outcomes import recording
from core.booking.verify import verify_workspace
from core.errors import AlreadyDone, NotAllowed, Refusal, SlotNotOpen, TooLate
from storage.database import Database
from storage.tables import Appointment, Outcome, State
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, Practice
from tests.held.stage import STRESS

CAPACITY = 3
NOTICE = timedelta(minutes=60)
CALENDARS = {"alex": ALEX, "bea": BEA, "cem": CENTRAL}
EXAMPLES = {"sqlite": (20, 30), "postgresql": (4, 25)}
Name = st.sampled_from(list(CALENDARS))
Hour = st.integers(8, 11)  # few, so that slots fill up
Which = st.integers(0, 30)


@dataclass
class Expected:
    """What the model says of an appointment."""

    name: str
    hour: int
    booked_at: datetime
    state: State = State.BOOKED
    outcome: Outcome | None = None
    cancelled_at: datetime | None = None


class Life(RuleBasedStateMachine):
    """Every rule predicts from the model whether it works, does it, and holds the answer against the prediction."""

    database: Database

    @initialize()
    def begin(self) -> None:
        self.practice = Practice(self.database)
        self.expected: dict[str, Expected] = {}
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "practice"):
            self.everything_arrives()
            self.practice.close()

    # The model

    def _at(self, hour: int) -> datetime:
        return self.practice.at(hour)

    def _next(self) -> datetime:
        """The instant of the next use case: the practice lets a second pass before it."""
        return self.practice.now + timedelta(seconds=1)

    def _open(self, name: str, hour: int) -> bool:
        there = [one for one in self.expected.values() if (one.name, one.hour, one.state) == (name, hour, State.BOOKED)]
        return len(there) < CAPACITY and self._at(hour) >= self._next() + NOTICE

    def _coming(self, one: Expected) -> bool:
        return one.state == State.BOOKED and one.outcome is None and self._at(one.hour) > self._next()

    def _pick(self, n: int) -> tuple[str, Expected]:
        key = list(self.expected)[n % len(self.expected)]
        return key, self.expected[key]

    def _does(self, works: bool, change: Callable[[], object], *refusals: type[Refusal]) -> None:
        if works:
            change()
            return
        with pytest.raises(refusals or (SlotNotOpen, AlreadyDone, TooLate, NotAllowed)):
            change()

    # Slack

    @rule(name=Name, hour=Hour)
    def book(self, name: str, hour: int) -> None:
        p, works = self.practice, self._open(name, hour)
        self.number += 1
        request = BookingRequest(p.ids[name], self._at(hour), f"Kundin {self.number}", request_key=f"{self.number}")

        def change() -> None:
            made: Appointment = p.act(p.booker, lambda tx: appointments.book(tx, request))
            same: Appointment = p.act(p.booker, lambda tx: appointments.book(tx, request))
            assert made.id == same.id, "the same submission again is the same appointment"
            assert made.seat <= CAPACITY
            self.expected[made.id] = Expected(name, hour, made.created_at)

        self._does(works, change, SlotNotOpen)

    @precondition(lambda self: self.expected)
    @rule(n=Which, name=Name, hour=Hour)
    def reschedule(self, n: int, name: str, hour: int) -> None:
        p, (key, one) = self.practice, self._pick(n)
        same = (one.name, one.hour) == (name, hour)
        works = self._coming(one) and (same or self._open(name, hour))
        self._does(works, lambda: p.reschedule(key, hour, name))
        if works:
            one.name, one.hour = name, hour

    @precondition(lambda self: self.expected)
    @rule(n=Which)
    def cancel(self, n: int) -> None:
        p, (key, one) = self.practice, self._pick(n)
        works = self._coming(one)
        self._does(works, lambda: p.cancel(key), AlreadyDone, TooLate)
        if works:
            one.state, one.cancelled_at = State.CANCELLED, p.now

    @precondition(lambda self: self.expected)
    @rule(n=Which)
    def undo(self, n: int) -> None:
        p, (key, one) = self.practice, self._pick(n)
        fresh = one.state == State.BOOKED and one.outcome is None and self._next() <= one.booked_at + UNDO_FOR
        works = fresh or one.state == State.UNDONE
        self._does(works, lambda: p.act(p.booker, lambda tx: appointments.undo(tx, key)), AlreadyDone, TooLate)
        if works:
            one.state = State.UNDONE

    @precondition(lambda self: self.expected)
    @rule(n=Which)
    def reinstate(self, n: int) -> None:
        p, (key, one) = self.practice, self._pick(n)
        back = one.state == State.CANCELLED and one.outcome is None and self._open(one.name, one.hour)
        in_time = one.cancelled_at is not None and self._next() <= one.cancelled_at + UNDO_FOR
        works = (back and in_time) or one.state == State.BOOKED
        self._does(works, lambda: p.act(p.booker, lambda tx: appointments.reinstate(tx, key)))
        if works:
            one.state = State.BOOKED

    @precondition(lambda self: self.expected)
    @rule(n=Which, outcome=st.sampled_from([Outcome.COMPLETED, Outcome.NO_SHOW]))
    def a_lead_says_how_it_ended(self, n: int, outcome: Outcome) -> None:
        p, (key, one) = self.practice, self._pick(n)
        if one.state != State.BOOKED:
            return
        works = self._at(one.hour) <= self._next()
        self._does(works, lambda: p.act(p.lead, lambda tx: recording.correct(tx, key, outcome)), Refusal)
        if works:
            one.outcome = outcome

    # Google

    def _heard(self) -> None:
        self.practice.flush()
        self.practice.sync()

    def _stands(self, one: Expected) -> bool:
        return one.state == State.BOOKED and one.outcome is None

    def _in_google(self, key: str, one: Expected) -> bool:
        """Whether its event has arrived: where Google has just refused it, a person has nothing to change yet."""
        return f"sq{key}" in self.practice.events(CALENDARS[one.name])

    @precondition(lambda self: self.expected)
    @rule(n=Which, hour=Hour)
    def a_person_moves_the_event(self, n: int, hour: int) -> None:
        """Where to, is a person's own affair: neither capacity nor notice count."""
        key, one = self._pick(n)
        self._heard()
        if self._stands(one) and self._in_google(key, one):
            self.practice.person_moves(CALENDARS[one.name], f"sq{key}", hour)
            self._heard()
            one.hour = hour

    @precondition(lambda self: self.expected)
    @rule(n=Which)
    def a_person_deletes_the_event(self, n: int) -> None:
        key, one = self._pick(n)
        self._heard()
        if self._stands(one) and self._in_google(key, one):
            self.practice.person_deletes(CALENDARS[one.name], f"sq{key}")
            self._heard()
            one.state = State.CANCELLED
            one.cancelled_at = self.practice.row(key).changed_at

    @rule()
    def google_is_written_to(self) -> None:
        self.practice.flush()

    @rule()
    def google_is_asked(self) -> None:
        self.practice.sync()

    @rule(broken=st.sampled_from(["insert", "patch", "update", "delete"]), how=st.sampled_from(["down", "lost"]))
    def google_breaks_once(self, broken: str, how: str) -> None:
        self.practice.near.breaks.setdefault(broken, []).append(how)

    @precondition(lambda self: self.practice.now < self.practice.at(19))
    @rule(minutes=st.sampled_from([1, 9, 60, 240, 1140]))
    def time_passes(self, minutes: int) -> None:
        self.practice.tick(minutes=minutes)

    # What always holds

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        if not hasattr(self, "practice"):
            return
        p = self.practice
        names = {key: name for name, key in p.ids.items()}
        rows = {key: p.row(key) for key in self.expected}
        found = {k: (names[r.consultant_id], r.starts_at, r.state, r.outcome) for k, r in rows.items()}
        wanted = {k: (one.name, self._at(one.hour), one.state, one.outcome) for k, one in self.expected.items()}
        assert found == wanted
        seats = [(r.consultant_id, r.starts_at, r.seat) for r in rows.values() if r.state == State.BOOKED]
        assert len(seats) == len(set(seats))

    @invariant()
    def the_journal_replays_to_the_tables(self) -> None:
        if hasattr(self, "practice"):
            assert verify_workspace(self.practice.engine, self.practice.w) == []

    def everything_arrives(self) -> None:
        """Google works again: the calendars hold the appointments, and nothing else."""
        p = self.practice
        p.near.breaks.clear()
        for _ in range(6):
            p.flush()
            p.sync()
            if not p.waiting():
                break
        assert p.waiting() == 0
        self.the_tables_say_what_the_model_says()
        for name, calendar in CALENDARS.items():
            there = {key: datetime.fromisoformat(e["start"]["dateTime"]) for key, e in p.events(calendar).items()}
            wanted = {
                f"sq{key}": self._at(one.hour)
                for key, one in self.expected.items()
                if one.name == name and one.state == State.BOOKED
            }
            assert there == wanted


@pytest.mark.timeout(180 * STRESS)
def test_bookings_live_as_the_model_says(database_url: str) -> None:
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    examples, steps = EXAMPLES[kind]
    database = Database(database_url)
    machine = type("LifeHere", (Life,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * STRESS,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    database.dispose()
