"""Appointments, past and coming: who comes when, who booked it and what became of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.google.times import Resource
from sandbox.seed.customers import NOTES, Customer
from sandbox.seed.team import CONSULTANTS, MEMBERS, ZONE, Consultant, Member

BERLIN = ZoneInfo(ZONE)
Busy = dict[str, list[tuple[datetime, datetime]]]
HOUR_PULL = {"09:00": 0.8, "11:00": 1.15, "14:00": 1.0, "16:00": 1.25, "18:00": 0.75}
DAY_PULL = (0.9, 1.1, 1.05, 1.1, 0.8)
COMING_FILL = ((0, 0.52), (1, 0.45), (3, 0.36), (6, 0.24), (12, 0.13), (20, 0.06))
"""(days ahead, share of the seats that is taken from there on)."""
COMING_DAYS = 27
"""How far bookings reach, counted from the last day on which one could be made: the horizon is 28 days."""


@dataclass
class Appointment:
    id: str
    consultant: Consultant
    starts_at: datetime
    customer: Customer
    note: str
    booker: Member
    created_at: datetime
    outcome: str | None = None
    outcome_at: datetime | None = None

    def line(self) -> dict[str, Any]:
        """As it stands in history.jsonl; instants in UTC."""
        return {
            "id": self.id,
            "consultant": self.consultant.name,
            "starts_at": iso(self.starts_at),
            "minutes": self.consultant.minutes,
            "customer": self.customer.public,
            "note": self.note,
            "booker": self.booker.id,
            "created_at": iso(self.created_at),
            "outcome": self.outcome,
            "outcome_at": iso(self.outcome_at) if self.outcome_at else None,
        }

    def event(self, rng: random.Random) -> Resource:
        """The calendar event that stands for it; its colour says the outcome."""
        customer = self.customer
        lines = [f"Kunde: {customer.name}", f"Telefon: {customer.phone}", f"Berater: {self.consultant.name}"]
        lines += [f"Gebucht von: {self.booker.real_name}"]
        lines += [f"Notiz: {self.note}"] if self.note else []
        start = self.starts_at.astimezone(BERLIN)
        end = (self.starts_at + timedelta(minutes=self.consultant.minutes)).astimezone(BERLIN)
        colors = {"completed": rng.choice(self.consultant.colors), "no_show": "11", "cancelled": "6"}
        made: Resource = {
            "id": f"sq{self.id}",
            "summary": f"{customer.name} · {self.consultant.name}",
            "description": "\n".join(lines),
            "start": {"dateTime": start.isoformat(), "timeZone": ZONE},
            "end": {"dateTime": end.isoformat(), "timeZone": ZONE},
            "extendedProperties": {"private": {"slotquest": self.id}},
        }
        if self.outcome in colors:
            made["colorId"] = colors[self.outcome]
        return made


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def local(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BERLIN).astimezone(UTC)


@dataclass(frozen=True)
class Seat:
    consultant: Consultant
    day: date
    clock: str
    starts_at: datetime


class Book:
    """Draws appointments. Everything random comes from `rng`, in one fixed order."""

    def __init__(self, rng: random.Random, today: date, work: Callable[[date], bool], people: list[Customer]) -> None:
        self.rng = rng
        self.today = today
        self.works = work
        self.new = list(reversed(people))
        self.known: list[Customer] = []
        self.last_with: dict[str, str] = {}
        self.seen: set[tuple[str, date]] = set()
        self.postponed: list[Appointment] = []
        self.latest = local(today - timedelta(days=1), "18:30")
        """Nothing was booked later: all of it lies in the past whatever the hour is now."""

    def slots(self, first: date, last: date, busy: Busy) -> list[Seat]:
        """Every offered start that no foreign event closes, in order of time."""
        found: list[Seat] = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if not self.works(day):
                continue
            for one in CONSULTANTS:
                for clock in one.schedule.get(day.weekday(), ()):
                    start = local(day, clock)
                    end = start + timedelta(minutes=one.minutes)
                    if not any(low < end and start < high for low, high in busy[one.calendar]):
                        found.append(Seat(one, day, clock, start))
        return sorted(found, key=lambda seat: (seat.starts_at, seat.consultant.name))

    def past(self, slots: list[Seat], target: int) -> list[Appointment]:
        """About `target` appointments on past slots: wanted hours fill first, and business grew over the year."""

        def pull(seat: Seat) -> float:
            growth = 1.0 - (self.today - seat.day).days / 900
            return seat.consultant.pull * HOUR_PULL[seat.clock] * DAY_PULL[seat.day.weekday()] * growth

        share = target / sum(pull(seat) * seat.consultant.capacity for seat in slots)
        taken = [
            seat
            for seat in slots
            for _ in range(seat.consultant.capacity)
            if self.rng.random() < min(0.95, share * pull(seat))
        ]
        made = []
        for number, seat in enumerate(taken):
            made.append(self.appointment(seat, len(taken) - number))
            self._decide(made[-1], seat)
        return made

    def coming(self, slots: list[Seat]) -> list[Seat]:
        """The seats taken from today on; two or three starts of the first days are full."""
        first_days = sorted({seat.day for seat in slots})[:3]
        full: set[tuple[str, datetime]] = set()
        for day, count in zip(first_days, (3, 2, 1), strict=False):
            wanted = [seat for seat in slots if seat.day == day and seat.clock != "09:00"]
            full |= {(s.consultant.name, s.starts_at) for s in self.rng.sample(wanted, min(count, len(wanted)))}
        made = []
        for seat in slots:
            ahead = (seat.day - self.today).days
            fill = next(fill for days, fill in reversed(COMING_FILL) if ahead >= days)
            wish = fill * seat.consultant.pull * HOUR_PULL[seat.clock] * 0.9
            for place in range(seat.consultant.capacity):
                # The last seat of a slot goes slowly, so that most slots stay open.
                chance = wish * (0.5 if place == seat.consultant.capacity - 1 else 1.0)
                if (seat.consultant.name, seat.starts_at) in full or self.rng.random() < chance:
                    made.append(seat)
        return made

    def appointment(self, seat: Seat, left: int = 10_000) -> Appointment:
        """One on this seat, nothing decided yet; `left` is how many more are to come, this one included."""
        old = self._postponed(seat)
        created = old.outcome_at if old and old.outcome_at else self._created(seat)
        return Appointment(
            id=f"{self.rng.getrandbits(128):032x}",
            consultant=seat.consultant,
            starts_at=seat.starts_at,
            customer=old.customer if old else self._customer(seat, left),
            note=old.note if old else self.rng.choice(NOTES) if self.rng.random() < 0.28 else "",
            booker=old.booker if old else self._booker(created),
            created_at=created,
        )

    def _postponed(self, seat: Seat) -> Appointment | None:
        """A rescheduled appointment that finds its new place here: same consultant, two to twenty days later."""
        for old in self.postponed:
            assert old.outcome_at is not None
            wait = seat.day - old.starts_at.date()
            known_since = seat.starts_at - old.outcome_at
            fits = timedelta(days=2) <= wait <= timedelta(days=20) and known_since <= timedelta(days=27)
            if fits and old.consultant == seat.consultant and (old.customer.phone, seat.day) not in self.seen:
                self.postponed.remove(old)
                self.seen.add((old.customer.phone, seat.day))
                return old
        return None

    def _customer(self, seat: Seat, left: int) -> Customer:
        """A new one at the pace that uses all up by the end, else one who was here before, rather with the same."""
        while True:
            if self.new and (not self.known or self.rng.random() < len(self.new) / max(1, left)):
                chosen = self.new.pop()
                self.known.append(chosen)
            else:
                some = [self.known[int(len(self.known) * self.rng.random() ** 0.7)] for _ in range(3)]
                same = [one for one in some if self.last_with.get(one.phone) == seat.consultant.name]
                chosen = (same or some)[0]
            if (chosen.phone, seat.day) not in self.seen:
                self.seen.add((chosen.phone, seat.day))
                self.last_with[chosen.phone] = seat.consultant.name
                return chosen

    def _created(self, seat: Seat) -> datetime:
        """In office hours of a working day, an hour and a half ahead at least, 27 days at most."""
        roll = self.rng.random()
        low, high = next(
            span
            for limit, span in ((0.1, (0, 0)), (0.28, (1, 1)), (0.63, (2, 5)), (0.9, (6, 14)), (1.0, (15, 22)))
            if roll < limit
        )
        day = seat.day - timedelta(days=self.rng.randint(low, high))
        if day == seat.day and seat.clock in ("09:00", "11:00"):
            day -= timedelta(days=1)
        day = min(day, self.latest.astimezone(BERLIN).date())
        while not self.works(day):
            day -= timedelta(days=1)
        minute = int(self.rng.triangular(0, 600, self.rng.choice((120, 420))))
        created = local(day, "08:30") + timedelta(minutes=minute, seconds=self.rng.randint(0, 59))
        if created > seat.starts_at - timedelta(minutes=90):
            created = local(day, "08:30") + timedelta(minutes=minute % 120)
        return min(created, self.latest)

    def _between(self, low: datetime, high: datetime) -> datetime:
        """An instant in office hours between two, or soon after the first if there is none."""
        days = [
            day
            for n in range((high.date() - low.date()).days + 1)
            if self.works(day := low.astimezone(BERLIN).date() + timedelta(days=n))
        ]
        for day in self.rng.sample(days, len(days)):
            at = local(day, "08:30") + timedelta(minutes=self.rng.randint(0, 590))
            if low < at < high:
                return at
        return min(low + timedelta(minutes=20), low + (high - low) / 2)

    def _booker(self, at: datetime) -> Member:
        days = (self.today - at.date()).days
        able = [one for one in MEMBERS if days <= one.since and not (one.name == "emre" and 60 <= days < 74)]
        return self.rng.choices(able, [one.strength for one in able])[0]

    def _decide(self, made: Appointment, seat: Seat) -> None:
        """Later starts, long waits and some people mean no-shows; the youngest days hold a few that nobody decided."""
        days_ago = (self.today - seat.day).days
        if self.rng.random() < (0.03 if days_ago <= 10 else 0.0) + (0.12 if days_ago <= 3 else 0.0):
            return
        wait = (seat.starts_at - made.created_at).days
        miss = 0.09 + made.customer.risk - made.booker.show
        miss += (0.05 if seat.clock == "18:00" else 0.0) + min(0.08, wait * 0.004)
        end = seat.starts_at + timedelta(minutes=seat.consultant.minutes)
        roll = self.rng.random()
        if roll < 0.15:
            made.outcome = "cancelled" if roll < 0.115 else "rescheduled"
            made.outcome_at = self._between(made.created_at, min(seat.starts_at, self.latest))
            if made.outcome == "rescheduled":
                self.postponed.append(made)
        else:
            made.outcome = "no_show" if self.rng.random() < miss else "completed"
            made.outcome_at = min(end + timedelta(minutes=self.rng.randint(0, 160)), self.latest + timedelta(hours=4))
