"""Which slots a day has, and why a slot is not open. Pure: the same evaluator decides a booking and explains a board."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OWN_OFFERS = 3  # of the wanted consultant's slots among those that are offered instead


@dataclass(frozen=True)
class Over:
    """The slot has begun."""


@dataclass(frozen=True)
class Holiday:
    """A public holiday of the configured state."""

    name: str


@dataclass(frozen=True)
class Off:
    """The consultant (or everybody) is away."""

    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True)
class Busy:
    """Something else stands in the consultant's calendar. A private event shows no title."""

    starts_at: datetime
    ends_at: datetime
    title: str
    private: bool


@dataclass(frozen=True)
class Overlap:
    """The consultant has an appointment at another start that reaches into this slot or its buffers."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Full:
    """Every seat is taken."""

    taken: int
    capacity: int


@dataclass(frozen=True)
class DailyCap:
    """The consultant has as many appointments that day as the rules allow."""

    cap: int


@dataclass(frozen=True)
class TooSoon:
    """The start is nearer than the minimum notice; `earliest` is the first start that could be booked now."""

    earliest: datetime


@dataclass(frozen=True)
class TooFar:
    """The day lies beyond the horizon; `last_day` is the last that can be booked now."""

    last_day: date


@dataclass(frozen=True)
class NotOffered:
    """The consultant's schedule has no such start (any more)."""


Closed = Over | Holiday | Off | Busy | Overlap | Full | DailyCap | TooSoon | TooFar | NotOffered


@dataclass(frozen=True)
class Slot:
    """A consultant's start with its seats. `closed` says why it cannot be booked; None: it can.

    `highest` is the highest seat number that is taken: where it is `taken`, the seats below it are taken without a gap.
    """

    consultant_id: str
    consultant: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    closed: Closed | None
    highest: int = 0

    @property
    def open(self) -> bool:
        """Whether a seat can be booked now."""
        return self.closed is None

    @property
    def free(self) -> int:
        """Seats that are left, whether or not they can be booked."""
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True)
class Rules:
    """The workspace's rules; `daily_cap` is appointments per consultant and local day."""

    zone: ZoneInfo
    min_notice: timedelta = timedelta(hours=1)
    horizon_days: int = 28
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    daily_cap: int | None = None


@dataclass(frozen=True)
class WeeklyStart:
    """A weekly start: weekday 0 = Monday, wall time, both validity days inclusive."""

    weekday: int
    starts: time
    minutes: int
    capacity: int
    valid_from: date | None = None
    valid_until: date | None = None

    def on(self, day: date) -> bool:
        """Whether the start is offered on that day."""
        return (
            self.weekday == day.weekday()
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True)
class Taken:
    """Seats booked at one start of the consultant, and the highest number among them."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    highest: int = 0


@dataclass(frozen=True)
class Diary:
    """All that bears on one consultant's slots: the weekly starts, what is booked, and what stands in the way."""

    consultant_id: str
    consultant: str
    week: Sequence[WeeklyStart]
    taken: Sequence[Taken] = ()
    blocks: Sequence[Off | Busy] = ()


@lru_cache(maxsize=4096)
def start_of(day: date, wall: time, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall time, in UTC. None where the clock skips it; the first of two where it comes twice."""
    local = datetime.combine(day, wall, tzinfo=zone)
    instant = local.astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


@lru_cache(maxsize=1024)
def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The local day as a half-open interval in UTC: 23, 24 or 25 hours."""
    first, after = (datetime.combine(d, time(), tzinfo=zone).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return first, after


def evaluate(diary: Diary, day: date, rules: Rules, now: datetime, holiday: str | None = None) -> list[Slot]:
    """The slots of a consultant's local day by start. `holiday` names the public holiday that the day is, if it is one.

    The first and the last day of the calendar have none: their bounds have no instant in every zone.
    """
    if not date.min < day < date.max:
        return []
    offered = {}
    for weekly in diary.week:
        starts_at = start_of(day, weekly.starts, rules.zone) if weekly.on(day) else None
        if starts_at is not None:
            offered[starts_at] = weekly
    if not offered:
        return []
    first, after = day_bounds(day, rules.zone)
    booked_today = sum(t.seats for t in diary.taken if first <= t.starts_at < after)
    at_start = {t.starts_at: t for t in diary.taken}
    slots = []
    for starts_at, weekly in sorted(offered.items()):
        own = at_start.get(starts_at)
        slot = Slot(
            diary.consultant_id,
            diary.consultant,
            starts_at,
            starts_at + timedelta(minutes=weekly.minutes),
            weekly.capacity,
            own.seats if own else 0,
            None,
            own.highest if own else 0,
        )
        closed = _why_closed(slot, day, diary, rules, now, holiday, booked_today)
        slots.append(slot if closed is None else replace(slot, closed=closed))
    return slots


def _why_closed(
    slot: Slot, day: date, diary: Diary, rules: Rules, now: datetime, holiday: str | None, booked_today: int
) -> Closed | None:
    """The first reason in the order in which a person would name it."""
    if slot.starts_at <= now:
        return Over()
    if holiday is not None:
        return Holiday(holiday)
    if slot.taken >= slot.capacity:
        return Full(slot.taken, slot.capacity)
    begin, end = slot.starts_at - rules.buffer_before, slot.ends_at + rules.buffer_after
    for block in diary.blocks:
        if block.starts_at < end and begin < block.ends_at:
            return block
    for other in diary.taken:
        if other.starts_at != slot.starts_at and other.starts_at < end and begin < other.ends_at:
            return Overlap(other.starts_at, other.ends_at)
    if rules.daily_cap is not None and booked_today >= rules.daily_cap:
        return DailyCap(rules.daily_cap)
    earliest = now + rules.min_notice
    if slot.starts_at < earliest:
        return TooSoon(earliest)
    last_day = now.astimezone(rules.zone).date() + timedelta(days=rules.horizon_days)
    return TooFar(last_day) if day > last_day else None


def discreet(slot: Slot) -> Slot:
    """The slot without what a calendar entry or a time off is about: a channel is no place for it."""
    closed = slot.closed
    if isinstance(closed, Busy):
        return replace(slot, closed=replace(closed, title="", private=True))
    return replace(slot, closed=replace(closed, reason="")) if isinstance(closed, Off) else slot


def nearest(slots: Iterable[Slot], wanted: datetime, consultant_id: str | None, limit: int = 5) -> list[Slot]:
    """Open slots to offer instead, nearest in time first; `OWN_OFFERS` of the wanted consultant are among them."""
    ranked = sorted((s for s in slots if s.open), key=lambda s: (abs(s.starts_at - wanted), s.consultant))
    own = [s for s in ranked if s.consultant_id == consultant_id][: min(OWN_OFFERS, limit)]
    others = [s for s in ranked if s not in own]
    return sorted([*own, *others[: limit - len(own)]], key=lambda s: (s.starts_at, s.consultant))
