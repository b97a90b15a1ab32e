"""The slot evaluator: every reason, their order, and the days on which clocks change; then what holds for any diary."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.booking.slots import (
    OWN_OFFERS,
    Busy,
    Closed,
    DailyCap,
    Diary,
    Full,
    Holiday,
    Off,
    Over,
    Overlap,
    Rules,
    Slot,
    Taken,
    TooFar,
    TooSoon,
    WeeklyStart,
    day_bounds,
    evaluate,
    nearest,
    start_of,
)

BERLIN, NEW_YORK, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
KATHMANDU, LORD_HOWE = ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")
DAY = date(2026, 11, 20)  # a Friday
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # two days before, 12:00 in Berlin
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RULES = Rules(zone=BERLIN)


def at(hour: int, minute: int = 0, day: date = DAY, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def every_day(*starts: time, minutes: int = 60, capacity: int = 3) -> list[WeeklyStart]:
    return [WeeklyStart(weekday, wall, minutes, capacity) for weekday in range(7) for wall in starts]


def seats(hour: int, count: int, minutes: int = 60, day: date = DAY) -> Taken:
    return Taken(at(hour, day=day), at(hour, day=day) + minutes * MINUTE, count, count)


def busy(start: datetime, end: datetime) -> Busy:
    return Busy(start, end, "Zahnarzt", False)


def ten_to_eleven(
    *, taken: tuple[Taken, ...] = (), blocks: tuple[Off | Busy, ...] = (), rules: Rules = RULES, now: datetime = NOW,
    holiday: str | None = None,
) -> Slot:  # fmt: skip
    """The slot from 10 to 11 of a consultant who has no other."""
    diary = Diary("a", "Alex", every_day(time(10)), taken, blocks)
    (slot,) = evaluate(diary, DAY, rules, now, holiday)
    return slot


AWAY = Off(at(9), at(12), "Chor")
LUNCH = busy(at(10, 30), at(10, 45))

CASES: list[tuple[str, dict[str, object], Closed | None]] = [
    ("nothing in the way", {}, None),
    ("one seat left", {"taken": (seats(10, 2),)}, None),
    ("the last seat taken", {"taken": (seats(10, 3),)}, Full(3, 3)),
    ("more seats than there are", {"taken": (seats(10, 5),)}, Full(5, 3)),
    ("begun this moment", {"now": at(10)}, Over()),
    ("begun a second ago", {"now": at(10) + timedelta(seconds=1)}, Over()),
    ("about to begin, with no notice asked", {"now": at(9, 59), "rules": Rules(BERLIN, timedelta(0))}, None),
    ("an hour's notice to the second", {"now": at(9)}, None),
    ("a second less than an hour's notice", {"now": at(9, 0) + timedelta(seconds=1)}, TooSoon(at(10) + timedelta(seconds=1))),
    ("a public holiday", {"holiday": "Neujahr"}, Holiday("Neujahr")),
    ("away", {"blocks": (AWAY,)}, AWAY),
    ("away until the start", {"blocks": (Off(at(8), at(10), ""),)}, None),
    ("away from the end on", {"blocks": (Off(at(11), at(12), ""),)}, None),
    ("something inside", {"blocks": (LUNCH,)}, LUNCH),
    ("something around", {"blocks": (busy(at(0), at(23)),)}, busy(at(0), at(23))),
    ("something that reaches in by a second", {"blocks": (busy(at(9), at(10) + timedelta(seconds=1)),)},
     busy(at(9), at(10) + timedelta(seconds=1))),
    ("something that takes no time", {"blocks": (busy(at(10, 30), at(10, 30)),)}, busy(at(10, 30), at(10, 30))),
    ("the first of two blocks is named", {"blocks": (AWAY, LUNCH)}, AWAY),
    ("an event in the buffer before", {"blocks": (busy(at(9), at(9, 50)),), "rules": Rules(BERLIN, buffer_before=15 * MINUTE)},
     busy(at(9), at(9, 50))),
    ("an event that ends where the buffer begins",
     {"blocks": (busy(at(9), at(9, 45)),), "rules": Rules(BERLIN, buffer_before=15 * MINUTE)}, None),
    ("an event in the buffer after", {"blocks": (busy(at(11, 10), at(12)),), "rules": Rules(BERLIN, buffer_after=15 * MINUTE)},
     busy(at(11, 10), at(12))),
    ("an event that begins where the buffer ends",
     {"blocks": (busy(at(11, 15), at(12)),), "rules": Rules(BERLIN, buffer_after=15 * MINUTE)}, None),
    ("an appointment at another start reaches in", {"taken": (seats(9, 1, minutes=90),)}, Overlap(at(9), at(10, 30))),
    ("one that ends as this begins", {"taken": (seats(9, 1),)}, None),
    ("one in the buffer", {"taken": (seats(9, 1),), "rules": Rules(BERLIN, buffer_before=MINUTE)}, Overlap(at(9), at(10))),
    ("own seats are no overlap, however long", {"taken": (Taken(at(10), at(13), 1, 1),)}, None),
    ("the day's cap is reached", {"taken": (seats(14, 2),), "rules": Rules(BERLIN, daily_cap=2)}, DailyCap(2)),
    ("own seats count for the cap", {"taken": (seats(10, 2),), "rules": Rules(BERLIN, daily_cap=2)}, DailyCap(2)),
    ("one below the cap", {"taken": (seats(14, 1),), "rules": Rules(BERLIN, daily_cap=2)}, None),
    ("yesterday does not count for the cap",
     {"taken": (seats(14, 2, day=DAY - timedelta(days=1)),), "rules": Rules(BERLIN, daily_cap=2)}, None),
    ("tomorrow does not count for the cap",
     {"taken": (seats(0, 2, day=DAY + timedelta(days=1)),), "rules": Rules(BERLIN, daily_cap=2)}, None),
    ("a cap of none", {"rules": Rules(BERLIN, daily_cap=0)}, DailyCap(0)),
    ("the last day of the horizon", {"rules": Rules(BERLIN, horizon_days=2)}, None),
    ("the day after it", {"rules": Rules(BERLIN, horizon_days=1)}, TooFar(date(2026, 11, 19))),
    ("a horizon of today alone", {"rules": Rules(BERLIN, horizon_days=0), "now": at(8)}, None),
    ("the horizon counts local days",
     {"rules": Rules(BERLIN, horizon_days=1), "now": datetime(2026, 11, 18, 23, 30, tzinfo=UTC)}, None),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "closed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_why_a_slot_is_closed(given_: dict, closed: Closed | None) -> None:
    slot = ten_to_eleven(**given_)
    assert slot.closed == closed
    assert slot.open == (closed is None)


def test_the_reason_named_is_the_first_that_a_person_would_name() -> None:
    """All reasons at once; taken away one by one, the next one shows."""
    rules = Rules(BERLIN, 3 * HOUR, horizon_days=-1, daily_cap=3)
    everything = {
        "taken": (seats(10, 3), seats(9, 1, minutes=90)), "blocks": (AWAY,), "rules": rules, "now": at(10), "holiday": "Neujahr",
    }  # fmt: skip
    steps: list[tuple[dict[str, object], type]] = [
        ({}, Over),
        ({"now": at(8)}, Holiday),
        ({"holiday": None}, Full),
        ({"taken": (seats(10, 2), seats(9, 1, minutes=90))}, Off),
        ({"blocks": ()}, Overlap),
        ({"taken": (seats(10, 2), seats(14, 1))}, DailyCap),
        ({"taken": ()}, TooSoon),
        ({"rules": replace(rules, min_notice=HOUR)}, TooFar),
        ({"rules": replace(rules, min_notice=HOUR, horizon_days=0)}, type(None)),
    ]
    for change, reason in steps:
        everything |= change
        assert type(ten_to_eleven(**everything).closed) is reason  # type: ignore[arg-type]


def test_seats_are_counted_at_their_start_and_never_below_none() -> None:
    slot = ten_to_eleven(taken=(Taken(at(10), at(11), 5, 7),))
    assert (slot.taken, slot.capacity, slot.free, slot.highest) == (5, 3, 0, 7)
    assert (ten_to_eleven().free, ten_to_eleven().highest) == (3, 0)


def test_a_day_without_starts_has_no_slots() -> None:
    assert evaluate(Diary("a", "Alex", ()), DAY, RULES, NOW) == []
    monday = [WeeklyStart(0, time(9), 60, 3)]
    assert evaluate(Diary("a", "Alex", monday), DAY, RULES, NOW) == []


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "offered"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY, None, True),
        (None, DAY, True),
        (DAY + timedelta(days=1), None, False),
        (None, DAY - timedelta(days=1), False),
        (DAY - timedelta(days=7), DAY + timedelta(days=7), True),
    ],
)
def test_both_validity_days_are_inclusive(valid_from: date | None, valid_until: date | None, offered: bool) -> None:
    week = [WeeklyStart(4, time(9), 60, 3, valid_from, valid_until)]
    assert bool(evaluate(Diary("a", "Alex", week), DAY, RULES, NOW)) is offered


def test_starts_of_other_lengths_close_each_other() -> None:
    """10-12 and 11-12: whichever is booked first closes the other, and not itself."""
    week = [WeeklyStart(4, time(10), 120, 2), WeeklyStart(4, time(11), 60, 2)]
    long, short = evaluate(Diary("a", "Alex", week, [seats(10, 1, minutes=120)]), DAY, RULES, NOW)
    assert (long.closed, short.closed) == (None, Overlap(at(10), at(12)))
    long, short = evaluate(Diary("a", "Alex", week, [seats(11, 1)]), DAY, RULES, NOW)
    assert (long.closed, short.closed) == (Overlap(at(11), at(12)), None)


def test_an_appointment_that_the_schedule_no_longer_offers_still_stands_in_the_way() -> None:
    taken = [Taken(at(9, 30), at(10, 30), 1, 1)]
    (slot,) = evaluate(Diary("a", "Alex", every_day(time(10)), taken), DAY, RULES, NOW)
    assert slot.closed == Overlap(at(9, 30), at(10, 30))


def walls(slots: list[Slot], zone: ZoneInfo) -> list[str]:
    return [slot.starts_at.astimezone(zone).strftime("%H:%M") for slot in slots]


CLOCK_CHANGES = [
    ("Berlin, forward: 02:30 does not exist", BERLIN, date(2027, 3, 28), ["00:00", "03:00", "09:00", "23:30"], 23),
    ("Berlin, back: the first 02:30 counts", BERLIN, date(2026, 10, 25), ["00:00", "02:30", "03:00", "09:00", "23:30"], 25),
    ("New York, forward", NEW_YORK, date(2027, 3, 14), ["00:00", "03:00", "09:00", "23:30"], 23),
    ("New York, back", NEW_YORK, date(2026, 11, 1), ["00:00", "02:30", "03:00", "09:00", "23:30"], 25),
    ("an ordinary day", BERLIN, date(2026, 11, 20), ["00:00", "02:30", "03:00", "09:00", "23:30"], 24),
    ("year's end", BERLIN, date(2026, 12, 31), ["00:00", "02:30", "03:00", "09:00", "23:30"], 24),
    ("a leap day", BERLIN, date(2028, 2, 29), ["00:00", "02:30", "03:00", "09:00", "23:30"], 24),
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "expected", "hours"), [case[1:] for case in CLOCK_CHANGES], ids=[case[0] for case in CLOCK_CHANGES]
)
def test_days_on_which_the_clock_changes(zone: ZoneInfo, day: date, expected: list[str], hours: int) -> None:
    starts = [time(0), time(2, 30), time(3), time(9), time(23, 30)]
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
    found = evaluate(Diary("a", "Alex", every_day(*starts)), day, Rules(zone), now)
    assert walls(found, zone) == expected
    assert all(slot.ends_at - slot.starts_at == HOUR for slot in found)
    first, after = day_bounds(day, zone)
    assert after - first == hours * HOUR
    assert all(first <= slot.starts_at < after for slot in found)


def test_the_same_wall_time_is_another_instant_before_and_after_the_change() -> None:
    assert start_of(date(2026, 10, 24), time(9), BERLIN) == datetime(2026, 10, 24, 7, tzinfo=UTC)
    assert start_of(date(2026, 10, 25), time(9), BERLIN) == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert start_of(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert start_of(date(2027, 3, 28), time(2, 30), BERLIN) is None
    assert start_of(date(2026, 10, 4), time(2, 15), LORD_HOWE) is None  # half an hour is skipped there


def test_a_slot_across_the_change_lasts_its_minutes() -> None:
    """01:30 to 02:30 real time: on the day the clock goes forward it ends at 03:30 on the wall."""
    now = datetime(2027, 3, 26, tzinfo=UTC)
    (slot,) = evaluate(Diary("a", "Alex", every_day(time(1, 30))), date(2027, 3, 28), RULES, now)
    assert slot.ends_at.astimezone(BERLIN).strftime("%H:%M") == "03:30"


def test_a_slot_past_midnight_belongs_to_the_day_of_its_start_and_meets_the_next_days_blocks() -> None:
    tomorrow = DAY + timedelta(days=1)
    diary = Diary("a", "Alex", every_day(time(23, 30)), (), [Off(at(0, day=tomorrow), at(9, day=tomorrow), "")])
    (slot,) = evaluate(diary, DAY, RULES, NOW)
    assert isinstance(slot.closed, Off)
    (slot,) = evaluate(replace(diary, blocks=()), date(2026, 12, 31), RULES, datetime(2026, 12, 30, tzinfo=UTC))
    assert (slot.ends_at.astimezone(BERLIN).year, slot.closed) == (2027, None)


# What holds whatever the diary

ZONES = st.sampled_from([BERLIN, NEW_YORK, UTC_ZONE, KATHMANDU, LORD_HOWE])
NEAR_DAYS = st.dates(date(2026, 10, 20), date(2026, 11, 5))  # with both autumn changes among them
WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0, tzinfo=None))
INSTANTS = st.datetimes(datetime(2026, 10, 18), datetime(2026, 11, 8), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SPANS = st.tuples(INSTANTS, st.integers(1, 60 * 30)).map(lambda p: (p[0], p[0] + p[1] * MINUTE))
BLOCKS = st.one_of(SPANS.map(lambda span: Off(*span, "")), SPANS.map(lambda span: Busy(*span, "x", True)))
WEEKS = st.lists(st.builds(WeeklyStart, st.integers(0, 6), WALLS, st.integers(1, 720), st.integers(1, 5)), max_size=12)
RULESETS = st.builds(
    Rules,
    ZONES,
    st.integers(0, 60 * 48).map(lambda n: n * MINUTE),
    st.integers(0, 30),
    st.integers(0, 120).map(lambda n: n * MINUTE),
    st.integers(0, 120).map(lambda n: n * MINUTE),
    st.none() | st.integers(0, 6),
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Diary, date, Rules, datetime]:
    """A diary with seats at its own starts and elsewhere."""
    rules, day, week = draw(RULESETS), draw(NEAR_DAYS), draw(WEEKS)
    taken = {}
    for weekly in week:
        starts_at = start_of(day, weekly.starts, rules.zone)
        count = draw(st.integers(0, 6))
        if starts_at is not None and weekly.on(day) and count:
            taken[starts_at] = Taken(starts_at, starts_at + weekly.minutes * MINUTE, count, count)
    for starts_at, ends_at in draw(st.lists(SPANS, max_size=3)):
        taken.setdefault(starts_at, Taken(starts_at, ends_at, 1, 1))
    diary = Diary("a", "Alex", week, list(taken.values()), draw(st.lists(BLOCKS, max_size=5)))
    return diary, day, rules, draw(INSTANTS)


@settings(max_examples=60, deadline=None)
@given(situations())
def test_an_open_slot_meets_every_rule(situation: tuple[Diary, date, Rules, datetime]) -> None:
    diary, day, rules, now = situation
    for slot in evaluate(diary, day, rules, now):
        begin, end = slot.starts_at - rules.buffer_before, slot.ends_at + rules.buffer_after
        if slot.open:
            assert slot.starts_at > now
            assert slot.starts_at >= now + rules.min_notice
            assert slot.free > 0
            assert not [b for b in diary.blocks if b.starts_at < end and begin < b.ends_at]
            assert not [
                t for t in diary.taken if t.starts_at != slot.starts_at and t.starts_at < end and begin < t.ends_at
            ]
            assert (day - now.astimezone(rules.zone).date()).days <= rules.horizon_days
        else:
            assert slot.closed is not None
        assert slot.taken + slot.free == max(slot.capacity, slot.taken)
        assert slot.starts_at.astimezone(rules.zone).date() == day


@settings(max_examples=60, deadline=None)
@given(situations(), BLOCKS)
def test_a_further_block_never_opens_a_slot(situation: tuple[Diary, date, Rules, datetime], block: Off | Busy) -> None:
    diary, day, rules, now = situation
    before = {s.starts_at: s.open for s in evaluate(diary, day, rules, now)}
    after = {s.starts_at: s.open for s in evaluate(replace(diary, blocks=[*diary.blocks, block]), day, rules, now)}
    assert before.keys() == after.keys()
    assert all(before[start] for start, is_open in after.items() if is_open)


@settings(max_examples=60, deadline=None)
@given(situations(), INSTANTS)
def test_a_further_seat_never_opens_a_slot(situation: tuple[Diary, date, Rules, datetime], start: datetime) -> None:
    diary, day, rules, now = situation
    more = [t for t in diary.taken if t.starts_at != start] + [Taken(start, start + HOUR, 9, 9)]
    before = {s.starts_at: s.open for s in evaluate(diary, day, rules, now)}
    for slot in evaluate(replace(diary, taken=more), day, rules, now):
        assert before[slot.starts_at] or not slot.open


@settings(max_examples=60, deadline=None)
@given(situations())
def test_slots_come_by_start_and_each_start_once(situation: tuple[Diary, date, Rules, datetime]) -> None:
    starts = [slot.starts_at for slot in evaluate(*situation)]
    assert starts == sorted(set(starts))


@settings(max_examples=60, deadline=None)
@given(st.dates(), WEEKS, ZONES)
def test_any_day_of_the_calendar_has_an_answer(day: date, week: list[WeeklyStart], zone: ZoneInfo) -> None:
    for slot in evaluate(Diary("a", "Alex", week), day, Rules(zone), NOW):
        assert slot.closed in (Over(), None) or isinstance(slot.closed, TooFar | TooSoon)


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, KATHMANDU])
def test_the_ends_of_the_calendar_have_an_answer(day: date, zone: ZoneInfo) -> None:
    diary = Diary("a", "Alex", every_day(time(0), time(12), time(23, 59), minutes=720))
    assert not [slot for slot in evaluate(diary, day, Rules(zone), NOW) if slot.open]


# Offers

OFFERED = st.lists(
    st.builds(
        Slot,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["Alex", "Bea"]),
        INSTANTS,
        st.just(NOW),
        st.just(3),
        st.integers(0, 3),
        st.sampled_from([None, None, Over()]),
    ),
    max_size=20,
    unique_by=lambda s: (s.consultant_id, s.starts_at),
)


@settings(max_examples=60, deadline=None)
@given(OFFERED, INSTANTS, st.sampled_from([None, "a", "b"]), st.integers(0, 6))
def test_offers_are_open_nearest_and_with_the_wanted_consultant(
    slots: list[Slot], wanted: datetime, consultant: str | None, limit: int
) -> None:
    free = [s for s in slots if s.open]
    own = [s for s in free if s.consultant_id == consultant]
    found = nearest(slots, wanted, consultant, limit)
    assert len(found) == min(limit, len(free))
    assert all(s in free for s in found)
    assert len(set(found)) == len(found)
    assert len([s for s in found if s in own]) >= min(OWN_OFFERS, len(own), limit)
    assert found == sorted(found, key=lambda s: (s.starts_at, s.consultant))
    left_out = [abs(s.starts_at - wanted) for s in free if s not in found]
    kept = [abs(s.starts_at - wanted) for s in found if s not in own]
    assert not left_out or not kept or max(kept) <= min(left_out)
    if left_out and limit > OWN_OFFERS:
        assert min(abs(s.starts_at - wanted) for s in found) == min(abs(s.starts_at - wanted) for s in free)


def test_of_two_as_near_the_names_decide() -> None:
    slots = [Slot(key, name, at(10), at(11), 3, 0, None) for key, name in (("b", "Bea"), ("a", "Alex"), ("c", "Cem"))]
    assert [s.consultant for s in nearest(slots, at(10), None, 2)] == ["Alex", "Bea"]
