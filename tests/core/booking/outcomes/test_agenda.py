"""A consultant's day, and a booker's appointments with what can be done to each."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from core.booking.agenda import Mine, day_of, my_appointments
from core.booking.outcomes.recording import record
from core.booking.setup.consultants import consultant_of
from core.booking.slots import Off, TooSoon
from storage.tables import Appointment, Consultant, Outcome, ScheduleEntry, State, TimeOff
from tests.core.booking.outcomes.firm import NOON, Firm, W

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def schedule(firm: Firm, *starts: str, weekday: int = 2) -> None:
    with firm.engine.transaction(W) as tx:
        for place, start in enumerate(starts):
            tx.add(
                ScheduleEntry(
                    id=f"s{weekday}{place}",
                    workspace_id=W,
                    consultant_id="c-alex",
                    weekday=weekday,
                    starts=start,
                    minutes=60,
                    capacity=3,
                )
            )


def change(firm: Firm, key: str, **values: object) -> None:
    with firm.engine.transaction(W) as tx:
        row = tx.session.get_one(Appointment, key)
        for name, value in values.items():
            setattr(row, name, value)
        tx.add(row)


def test_a_member_is_found_as_a_consultant(firm: Firm) -> None:
    with firm.engine.view(W) as view:
        found = consultant_of(view, "m-alex")
        assert found is not None
        assert found.id == "c-alex"
        assert consultant_of(view, "m-booker") is None


def test_a_day_has_its_customers_gaps_and_absences(firm: Firm) -> None:
    schedule(firm, "09:00", "11:00", "14:00")
    two = [firm.appointment(NOON - 3 * HOUR) for _ in range(2)]
    unscheduled = firm.appointment(NOON + 5 * HOUR)
    undone, called_off, told = (firm.appointment(NOON - 3 * HOUR) for _ in range(3))
    change(firm, undone, state=State.UNDONE)
    change(firm, called_off, state=State.CANCELLED)
    firm.act("alex", record, told, Outcome.CANCELLED)
    firm.appointment(NOON - 3 * HOUR, consultant="c-bea")
    firm.appointment(NOON - 3 * HOUR + DAY)
    with firm.engine.transaction(W) as tx:
        tx.add(
            TimeOff(
                id="off",
                workspace_id=W,
                consultant_id="c-alex",
                starts_at=NOON + 2 * HOUR,
                ends_at=NOON + 4 * HOUR,
                reason="dentist",
                created_at=NOON,
            )
        )
    with firm.engine.view(W) as view:
        found = day_of(view, view.session.get_one(Consultant, "c-alex"), date(2026, 11, 18))
    shown = [(h.starts_at, len(h.seats), h.capacity, h.free) for h in found.hours]
    assert shown == [
        (datetime(2026, 11, 18, 8, 0, tzinfo=UTC), 3, 3, 1),
        (datetime(2026, 11, 18, 10, 0, tzinfo=UTC), 0, 3, 3),
        (datetime(2026, 11, 18, 13, 0, tzinfo=UTC), 0, 3, 3),
        (datetime(2026, 11, 18, 16, 0, tzinfo=UTC), 1, None, 0),
    ]
    assert isinstance(found.hours[2].closed, Off)
    assert [block.reason for block in found.away if isinstance(block, Off)] == ["dentist"]
    assert {seat.appointment.id for seat in found.undecided} == set(two)
    assert {seat.appointment.id for hour in found.hours for seat in hour.seats} == {*two, told, unscheduled}


def test_a_full_hour_is_not_called_closed(firm: Firm) -> None:
    schedule(firm, "12:30")
    with firm.engine.view(W) as view:
        (empty,) = day_of(view, view.session.get_one(Consultant, "c-alex"), NOON.date()).hours
    assert isinstance(empty.closed, TooSoon)
    for _ in range(3):
        firm.appointment(NOON + HOUR / 2)
    with firm.engine.view(W) as view:
        (full,) = day_of(view, view.session.get_one(Consultant, "c-alex"), NOON.date()).hours
    assert (full.closed, full.free, len(full.seats)) == (None, 0, 3)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 10, 25), "2026-10-24T22:00+00:00", "2026-10-25T22:59+00:00"),  # 25 hours
        (date(2027, 3, 28), "2027-03-27T23:00+00:00", "2027-03-28T21:59+00:00"),  # 23 hours
    ],
)
def test_a_day_on_which_the_clock_changes_has_all_its_hours(firm: Firm, day: date, first: str, last: str) -> None:
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    inside = [firm.appointment(begin), firm.appointment(end)]
    firm.appointment(begin - timedelta(minutes=1))
    firm.appointment(end + timedelta(minutes=1))
    with firm.engine.view(W) as view:
        found = day_of(view, view.session.get_one(Consultant, "c-alex"), day)
    assert [seat.appointment.id for hour in found.hours for seat in hour.seats] == inside


def one(firm: Firm, key: str, *, who: str = "booker") -> Mine:
    with firm.engine.view(W, firm.members[who]) as view:
        pages = [my_appointments(view, "m-booker", past=past) for past in (False, True)]
    return next(item for page in pages for item in page.items if item.appointment.id == key)


def test_what_can_be_done_to_a_coming_one(firm: Firm) -> None:
    key = firm.appointment(NOON + HOUR)
    change(firm, key, created_at=NOON)
    fresh = one(firm, key)
    assert (fresh.can_undo_until, fresh.can_change, fresh.can_record, fresh.can_correct) == (
        NOON + timedelta(minutes=10),
        True,
        False,
        False,
    )
    firm.now += timedelta(minutes=10, seconds=1)
    assert one(firm, key).can_undo_until is None


def test_what_can_be_done_to_a_past_one(firm: Firm) -> None:
    key = firm.appointment()
    assert (one(firm, key).can_change, one(firm, key).can_record) == (False, True)
    firm.act("booker", record, key, Outcome.NO_SHOW)
    told = one(firm, key)
    assert (told.outcome, told.can_record, told.can_correct) == (Outcome.NO_SHOW, False, True)
    firm.act("alex", record, key, Outcome.COMPLETED, claim=True)
    assert one(firm, key).disputed
    firm.now += DAY
    assert not one(firm, key).can_correct
    assert one(firm, key, who="lead").can_correct


def test_called_off_ones_are_shown_among_the_past_only(firm: Firm) -> None:
    coming, begun, undone = firm.appointment(NOON + HOUR), firm.appointment(), firm.appointment()
    change(firm, coming, state=State.CANCELLED)
    change(firm, begun, state=State.CANCELLED)
    change(firm, undone, state=State.UNDONE)
    with firm.engine.view(W, firm.members["booker"]) as view:
        assert my_appointments(view, "m-booker").items == ()
        (shown,) = my_appointments(view, "m-booker", past=True).items
    assert shown.appointment.id == begun
    assert (shown.can_change, shown.can_record, shown.can_correct) == (False, False, False)


@pytest.mark.parametrize("past", [False, True])
def test_pages_show_everything_once_and_in_order(firm: Firm, past: bool) -> None:
    sign = -1 if past else 1
    keys = [firm.appointment(NOON + sign * (n // 3 + 1) * HOUR) for n in range(11)]
    firm.appointment(NOON + sign * HOUR, booker="other")
    seen: list[Appointment] = []
    cursor = None
    with firm.engine.view(W, firm.members["booker"]) as view:
        for _ in range(4):
            page = my_appointments(view, "m-booker", 3, past=past, after=cursor)
            seen += [item.appointment for item in page.items]
            cursor = page.next
    assert cursor is None
    assert sorted(row.id for row in seen) == sorted(keys)
    starts = [row.starts_at for row in seen]
    assert starts == sorted(starts, reverse=past)


def test_the_number_of_queries_does_not_grow(firm: Firm) -> None:
    count = [0]
    event.listen(firm.engine.database.engine, "after_cursor_execute", lambda *args: count.__setitem__(0, count[0] + 1))

    def queries() -> tuple[int, int]:
        with firm.engine.view(W, firm.members["alex"]) as view:
            consultant = view.session.get_one(Consultant, "c-alex")
            count[0] = 0
            day_of(view, consultant, NOON.date())
            first, count[0] = count[0], 0
            my_appointments(view, "m-booker", past=True)
            return first, count[0]

    schedule(firm, "09:00", "11:00")
    firm.act("booker", record, firm.appointment(), Outcome.COMPLETED)
    before = queries()
    for n in range(9):
        firm.act("booker", record, firm.appointment(NOON - (3 + n) * HOUR), Outcome.NO_SHOW)
    assert queries() == before
    assert max(before) <= 6
