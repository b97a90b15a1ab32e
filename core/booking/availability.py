"""Loads what the slot evaluator needs, in a number of queries that depends neither on days, consultants nor history."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, null, select, union_all

from core.booking.calendar.mirror import BUSY_FOREIGN, BusyTime
from core.booking.calendar.mirror import blocks as event_blocks
from core.booking.contacts import name_form
from core.booking.setup.holiday_calendar import holidays_between
from core.booking.setup.week import LONGEST_APPOINTMENT
from core.booking.slots import (
    Busy,
    Diary,
    NotOffered,
    Off,
    Rules,
    Slot,
    Taken,
    WeeklyStart,
    day_bounds,
    evaluate,
    nearest,
)
from core.transaction import Transaction, View
from storage.tables import Appointment, Consultant, ScheduleEntry, TimeOff
from storage.tables.base import table_of
from storage.tables.conditions import BOOKED

ALTERNATIVE_DAYS = 7

CONSULTANTS, ENTRIES, OFF = table_of(Consultant), table_of(ScheduleEntry), table_of(TimeOff)
APPOINTMENTS = table_of(Appointment)


def rules_of(view: View) -> Rules:
    """The workspace's booking rules as values."""
    w = view.workspace
    return Rules(
        zone=view.zone,
        min_notice=timedelta(minutes=w.min_notice_minutes),
        horizon_days=w.horizon_days,
        buffer_before=timedelta(minutes=w.buffer_before),
        buffer_after=timedelta(minutes=w.buffer_after),
        daily_cap=w.daily_cap,
    )


def today(view: View) -> date:
    """The workspace's local date."""
    return view.now.astimezone(view.zone).date()


def bookable_days(view: View) -> tuple[date, date]:
    """The first and the last local day that the horizon allows."""
    first = today(view)
    return first, first + timedelta(days=view.workspace.horizon_days)


@dataclass(frozen=True)
class Offer:
    """The slots of some days, by start and consultant, and every active consultant (id -> name, by name)."""

    slots: Sequence[Slot]
    consultants: dict[str, str]


def day_slots(view: View, days: Sequence[date], consultants: Collection[str] | None = None) -> list[Slot]:
    """The slots of these local days by start and consultant, open or not. `consultants`: only these; None: all active."""
    return list(offer(view, days, consultants).slots)


def offer(view: View, days: Sequence[date], consultants: Collection[str] | None = None) -> Offer:
    """Like `day_slots`, with everybody who can be booked at all, whom the same statement brings."""
    if isinstance(view, Transaction):
        return _offer(view, days, consultants)
    asked = (Offer, tuple(days), None if consultants is None else frozenset(consultants))
    if asked not in view.remembered:
        view.remembered[asked] = _offer(view, days, consultants)
    found: Offer = view.remembered[asked]
    return found


def _offer(view: View, days: Sequence[date], consultants: Collection[str] | None) -> Offer:
    everyone = _schedules(view, consultants, {day.weekday() for day in days})
    names = {key: one.name for key, one in sorted(everyone.items(), key=lambda row: (name_form(row[1].name), row[0]))}
    if not days:
        return Offer([], names)
    first, last = min(days), max(days)
    diaries = _diaries(view, first, last, everyone, consultants)
    holidays = public_holidays(view, first, last)
    rules = rules_of(view)
    slots = [
        slot for day in days for diary in diaries for slot in evaluate(diary, day, rules, view.now, holidays.get(day))
    ]
    return Offer(sorted(slots, key=lambda s: (s.starts_at, s.consultant.casefold(), s.consultant_id)), names)


def public_holidays(view: View, first: date, last: date) -> dict[date, str]:
    """The public holidays of the configured state between two days, both inclusive, in the language of who looks."""
    code, locale = view.workspace.holidays, (view.actor or view.workspace).locale
    return holidays_between(code, first, last, locale[:2]) if code else {}


def slot_at(view: View, consultant_id: str, starts_at: datetime) -> Slot:
    """The consultant's slot at that start; one that the schedule does not offer is closed as NotOffered."""
    day = starts_at.astimezone(view.zone).date()
    for slot in day_slots(view, [day], [consultant_id]):
        if slot.starts_at == starts_at:
            return slot
    return Slot(consultant_id, "", starts_at, starts_at, 0, 0, NotOffered())


def alternatives(view: View, consultant_id: str | None, wanted: datetime, limit: int = 5) -> list[Slot]:
    """Open slots nearest to the wanted start, within a week around it and inside the horizon."""
    first, last = bookable_days(view)
    middle = min(max(wanted.astimezone(view.zone).date(), first), last)
    begin = max(first, middle - timedelta(days=ALTERNATIVE_DAYS // 2))
    days = [begin + timedelta(days=n) for n in range(ALTERNATIVE_DAYS + 1) if begin + timedelta(days=n) <= last]
    return nearest(day_slots(view, days), wanted, consultant_id, limit)


def load_diaries(view: View, first: date, last: date, consultants: Collection[str] | None = None) -> list[Diary]:
    """What bears on the slots of these consultants (None: all active ones) on the local days from first to last."""
    return _diaries(view, first, last, _schedules(view, consultants, range(7)), consultants)


def _diaries(
    view: View, first: date, last: date, everyone: Mapping[str, "_Schedule"], consultants: Collection[str] | None
) -> list[Diary]:
    begin, _ = day_bounds(first, view.zone)
    _, end = day_bounds(last, view.zone)
    wanted = {key: one for key, one in everyone.items() if consultants is None or key in consultants}
    taken = taken_between(view, begin, end, wanted)
    blocks = _blocks(view, begin, end, wanted, [one.name for one in everyone.values()])
    return [Diary(key, one.name, one.week, taken[key], blocks[key]) for key, one in wanted.items()]


def taken_between(
    view: View, begin: datetime, end: datetime, consultants: Collection[str]
) -> defaultdict[str, list[Taken]]:
    """Booked seats by consultant for starts from a slot's length before `begin` to `end`, counted by the database."""
    only = {"consultant": next(iter(consultants))} if len(consultants) == 1 else {}
    rows = view.rows(
        _taken_statement(bool(only)),
        workspace=view.workspace_id,
        begin=begin - LONGEST_APPOINTMENT,
        end=end,
        **only,
    )
    taken: defaultdict[str, list[Taken]] = defaultdict(list)
    for consultant_id, starts_at, ends_at, seats, highest in rows:
        taken[consultant_id].append(Taken(starts_at, ends_at, seats, highest))
    return taken


@dataclass(frozen=True)
class _Schedule:
    """An active consultant: name, own calendar, and weekly starts (of those that were asked for)."""

    name: str
    calendar: str | None
    week: list[WeeklyStart]


def _schedules(view: View, only: Collection[str] | None, weekdays: Collection[int]) -> dict[str, _Schedule]:
    """Every active consultant with the starts from the first to the last of these weekdays; where one is wanted, theirs alone."""
    one = {"consultant": next(iter(only))} if only is not None and len(only) == 1 else {}
    found: dict[str, _Schedule] = {}
    for key, name, calendar, weekday, starts, *rest in view.rows(
        _schedule_statement(bool(one)),
        workspace=view.workspace_id,
        first=min(weekdays, default=0),
        last=max(weekdays, default=0),
        **one,
    ):
        schedule = found.setdefault(key, _Schedule(name, calendar, []))
        if weekday is not None:
            schedule.week.append(WeeklyStart(weekday, time.fromisoformat(starts), *rest))
    return found


def _blocks(
    view: View, begin: datetime, end: datetime, wanted: Mapping[str, _Schedule], everyone: Collection[str]
) -> defaultdict[str, list[Off | Busy]]:
    """Time off and foreign calendar events by consultant; slots may reach past midnight, so the window is widened."""
    begin, end = begin - LONGEST_APPOINTMENT, end + LONGEST_APPOINTMENT
    blocks: defaultdict[str, list[Off | Busy]] = defaultdict(list)
    central = view.workspace.central_calendar
    rows = view.rows(_IN_THE_WAY, workspace=view.workspace_id, begin=begin, end=end)
    for calendar, starts_at, ends_at, words, private, consultant_id in rows:
        if calendar is None:
            for key in [consultant_id] if consultant_id else wanted:
                blocks[key].append(Off(starts_at, ends_at, words))
            continue
        event = BusyTime(calendar, starts_at, ends_at, words, private)
        for key, one in wanted.items():
            if event_blocks(event, one.name, one.calendar, central, everyone):
                blocks[key].append(Busy(starts_at, ends_at, words, private))
    return blocks


@cache
def _schedule_statement(one: bool) -> Select[Any]:
    c, e = CONSULTANTS.c, ENTRIES.c
    days = e.weekday.between(bindparam("first"), bindparam("last"))
    theirs = and_(e.workspace_id == c.workspace_id, e.consultant_id == c.id, days)
    joined = and_(theirs, c.id == bindparam("consultant")) if one else theirs
    return (
        select(c.id, c.name, c.calendar, e.weekday, e.starts, e.minutes, e.capacity, e.valid_from, e.valid_until)
        .select_from(CONSULTANTS.outerjoin(ENTRIES, joined))
        .where(c.workspace_id == bindparam("workspace"), c.active)
    )


@cache
def _taken_statement(one: bool) -> Select[Any]:
    a = APPOINTMENTS.c
    statement = select(a.consultant_id, a.starts_at, func.max(a.ends_at), func.count(), func.max(a.seat)).where(
        a.workspace_id == bindparam("workspace"),
        BOOKED,
        a.starts_at >= bindparam("begin"),
        a.starts_at < bindparam("end"),
    )
    if one:
        statement = statement.where(a.consultant_id == bindparam("consultant"))
    return statement.group_by(a.consultant_id, a.starts_at)


_OFF = select(null(), OFF.c.starts_at, OFF.c.ends_at, OFF.c.reason, null(), OFF.c.consultant_id).where(
    OFF.c.workspace_id == bindparam("workspace"), OFF.c.starts_at < bindparam("end"), OFF.c.ends_at > bindparam("begin")
)
_IN_THE_WAY = union_all(BUSY_FOREIGN.add_columns(null()), _OFF)
