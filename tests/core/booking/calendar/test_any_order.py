"""Whatever people, Slotquest and Google do, in whatever order: in the end all three say the same."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.booking import appointments
from core.booking.calendar.sync import sync_calendar
from core.errors import Refusal
from sandbox.google.errors import GoogleError
from storage.database import Database
from storage.tables import Settling, State
from tests.core.booking.calendar.practice import ALEX, BEA, CENTRAL, Practice

HOMES = {"alex": ALEX, "bea": BEA, "cem": CENTRAL}
CALENDARS = tuple(HOMES.values())
ROUNDS = 8  # after so many rounds of writing and syncing nothing may be left to do


class AnyOrder:
    """The actions. Each takes three numbers and makes of them what it needs; what is not possible does nothing."""

    def __init__(self, database: Database) -> None:
        self.practice = Practice(database)
        self.all: list[str] = []
        self.foreign: list[tuple[str, str]] = []
        self.book(9, 0)
        self.book(10, 1)
        self.practice.flush()
        self.practice.sync()

    def book(self, a: int, b: int, c: int = 0) -> None:
        self.all.append(self.practice.book(_hour(a), _name(b), name=f"Kundin {len(self.all)}"))

    def reschedule(self, a: int, b: int, c: int) -> None:
        self.practice.reschedule(self._one(a), _hour(b), _name(c))

    def cancel(self, a: int, b: int, c: int) -> None:
        self.practice.cancel(self._one(a))

    def reinstate(self, a: int, b: int, c: int) -> None:
        p = self.practice
        p.act(p.booker, lambda tx: appointments.reinstate(tx, self._one(a)))

    def undo(self, a: int, b: int, c: int) -> None:
        p = self.practice
        p.act(p.booker, lambda tx: appointments.undo(tx, self._one(a)))

    def person_moves(self, a: int, b: int, c: int) -> None:
        self.practice.person_moves(self._place(a), self._event(a), _hour(b), c % 4)

    def person_colours(self, a: int, b: int, c: int) -> None:
        self.practice.person_edits(self._place(a), self._event(a), colorId=("2", "4", "11")[b % 3])

    def person_makes_it_a_whole_day(self, a: int, b: int, c: int) -> None:
        start, end = ({"date": day, "dateTime": None} for day in ("2026-11-19", "2026-11-20"))
        self.practice.person_edits(self._place(a), self._event(a), start=start, end=end)

    def person_deletes(self, a: int, b: int, c: int) -> None:
        self.practice.person_deletes(self._place(a), self._event(a))

    def person_restores(self, a: int, b: int, c: int) -> None:
        self.practice.person_edits(CALENDARS[b % 3], self._event(a), status="confirmed")

    def person_hands_over(self, a: int, b: int, c: int) -> None:
        self.practice.person_hands_over(self._place(a), CALENDARS[b % 3], self._event(a))

    def foreign_event(self, a: int, b: int, c: int) -> None:
        calendar = CALENDARS[b % 3]
        title = ("Arzt", "Alex weg", "Bea")[c % 3]
        self.foreign.append((calendar, self.practice.person_adds(calendar, _hour(a), title)))

    def foreign_event_moves(self, a: int, b: int, c: int) -> None:
        if self.foreign:
            self.practice.person_moves(*self.foreign[a % len(self.foreign)], _hour(b))

    def foreign_event_goes(self, a: int, b: int, c: int) -> None:
        if self.foreign:
            self.practice.person_deletes(*self.foreign.pop(a % len(self.foreign)))

    def sync(self, a: int, b: int, c: int) -> None:
        p = self.practice
        p.tick()
        sync_calendar(p.engine, p.port, p.w, p.calendar(CALENDARS[a % 3]).id)

    def write(self, a: int, b: int, c: int) -> None:
        self.practice.tick(seconds=70)
        self.practice.dispatcher.run_due()

    def break_down(self, a: int, b: int, c: int) -> None:
        method = ("insert", "patch", "update", "delete", "list", "get")[a % 6]
        self.practice.near.breaks.setdefault(method, []).append(("down", "lost")[b % 2])

    def expire(self, a: int, b: int, c: int) -> None:
        self.practice.google.expire_sync_tokens()

    def perform(self, action: str, numbers: tuple[int, int, int]) -> None:
        change: Callable[..., None] = getattr(self, action)
        try:
            change(*numbers)
        except (Refusal, GoogleError):
            return

    def settle(self) -> None:
        """Google works again; everything is written and synced, until an idle sync is all that happens."""
        p = self.practice
        p.near.breaks.clear()
        for _ in range(ROUNDS):
            p.flush()
            p.sync()
            if not p.waiting():
                break
        p.near.calls.clear()
        p.flush()
        p.sync()
        assert p.near.calls == ["list"] * 3

    def _one(self, n: int) -> str:
        return self.all[n % len(self.all)]

    def _event(self, n: int) -> str:
        return f"sq{self._one(n)}"

    def _place(self, n: int) -> str:
        """The calendar that holds the event, else any."""
        return next((one for one in CALENDARS if self._event(n) in self.practice.events(one)), ALEX)

    def check_seats(self) -> None:
        rows = [self.practice.row(one) for one in self.all]
        seats = [(row.consultant_id, row.starts_at, row.seat) for row in rows if row.state == State.BOOKED]
        assert len(seats) == len(set(seats))

    def check_mirror(self) -> None:
        for calendar in HOMES.values():
            there = {key: (*_span(event), event["etag"]) for key, event in self.practice.events(calendar).items()}
            mirror = self.practice.mirror(calendar)
            assert {key: (row.starts_at, row.ends_at, row.etag) for key, row in mirror.items()} == there

    def check_appointments(self) -> None:
        p = self.practice
        wanted = {}
        for one in self.all:
            row = p.row(one)
            if row.state == State.BOOKED:
                home = next(HOMES[name] for name in HOMES if p.ids[name] == row.consultant_id)
                wanted[home, f"sq{one}"] = (row.starts_at, row.ends_at)
        assert dict(self._ours()) == wanted

    def _ours(self) -> Iterable[tuple[tuple[str, str], tuple[datetime, datetime]]]:
        for calendar in HOMES.values():
            for key, event in self.practice.events(calendar).items():
                if key.startswith("sq"):
                    yield (calendar, key), _span(event)

    def check_conflicts(self) -> None:
        p = self.practice
        wanted = set()
        for one in self.all:
            row = p.row(one)
            name = next(name for name in HOMES if p.ids[name] == row.consultant_id)
            for calendar in HOMES.values():
                for key, event in p.events(calendar).items():
                    starts, ends = _span(event)
                    over = row.state == State.BOOKED and starts < row.ends_at and ends > row.starts_at
                    if over and not key.startswith("sq") and _meant(calendar, event["summary"], name):
                        wanted.add((one, f"event:{p.calendar(calendar).id}/{key}"))
        found = [(c.appointment_id, c.cause) for c in p.conflicts() if c.state == Settling.OPEN]
        assert sorted(found) == sorted(wanted)


def _hour(n: int) -> int:
    return 8 + n % 9


def _name(n: int) -> str:
    return tuple(HOMES)[n % 3]


def _span(event: dict[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(event["start"]["dateTime"]), datetime.fromisoformat(event["end"]["dateTime"])


def _meant(calendar: str, title: str, name: str) -> bool:
    if calendar == HOMES[name]:
        return name != "cem" or title == "Arzt"
    return calendar == CENTRAL and name in title.casefold().split()


ACTIONS = [name for name, value in vars(AnyOrder).items() if callable(value) and name[0] != "_"]
ACTIONS = [name for name in ACTIONS if name not in ("perform", "settle") and not name.startswith("check")]
Step = tuple[str, tuple[int, int, int]]
numbers = st.tuples(*[st.integers(0, 35)] * 3)
steps = st.lists(
    st.tuples(st.sampled_from([*ACTIONS, "sync", "sync", "write", "person_moves", "foreign_event"]), numbers),
    min_size=20,
    max_size=40,
)


@pytest.mark.timeout(60)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=steps)
def test_all_three_agree_in_the_end(calendar_database: Database, taken: list[Step]) -> None:
    world = AnyOrder(calendar_database)
    for action, three in taken:
        world.perform(action, three)
    world.settle()
    world.check_seats()
    world.check_mirror()
    world.check_appointments()
    world.check_conflicts()
    world.practice.close()
