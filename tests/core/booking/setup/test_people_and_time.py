from datetime import UTC, date, datetime, timedelta

import pytest

from core.booking.setup.changes import last_change
from core.booking.setup.consultants import consultant_of, get_consultant, list_consultants, no_longer_offered, week_of
from core.booking.setup.staffing import (
    ConsultantForm,
    add_consultant,
    change_consultant,
    remove_consultant,
    replace_week,
)
from core.booking.setup.time_off import coming_time_off, remove_time_off, take_time_off
from core.booking.setup.undo import recent_changes, undo_change
from core.booking.setup.week_text import format_week, parse_week
from core.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from storage.tables import Conflict, ScheduleEntry

from .conftest import TEAM, book

TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 14:00 in Berlin
HOUR = timedelta(hours=1)


def week(text, minutes=60, capacity=3):
    return parse_week(text, minutes, capacity)


@pytest.fixture
def alex(house):
    with house.engine.transaction(TEAM, house.admin) as tx:
        return add_consultant(tx, ConsultantForm("Alex", house.member.id, "alex@example.com"), week("mon-fri 9 14"))


def booked(house, alex, at=TUESDAY, seat=1):
    with house.engine.transaction(TEAM) as tx:
        return book(tx.session, alex.id, house.member.id, at, at + HOUR, seat)


def text(house, alex):
    with house.engine.view(TEAM) as view:
        return format_week(week_of(view, alex.id), "en", 60, 3)


def test_a_consultant_is_added_with_a_week(house, alex):
    assert text(house, alex) == "Mon-Fri 09:00 14:00"
    with house.engine.view(TEAM) as view:
        assert consultant_of(view, house.member.id) == alex
        assert consultant_of(view, house.lead.id) is None
    assert [entry.subject for entry in house.journal("AvailabilityChanged")] == [alex.id]


@pytest.mark.parametrize(
    ("form", "field", "why"),
    [
        (ConsultantForm("  álex "), "name", "taken"),
        (ConsultantForm(""), "name", "consultant_empty"),
        (ConsultantForm("\u202e \u200b"), "name", "consultant_empty"),
        (ConsultantForm("x" * 61), "name", "too_long"),
        (ConsultantForm("Bo", calendar="central"), "calendar", "calendar_id"),
        (ConsultantForm("Bo", calendar="a b@example.com"), "calendar", "calendar_id"),
        (ConsultantForm("Bo", capacity=0), "capacity", "range"),
        (ConsultantForm("Bo", minutes=800), "minutes", "range"),
    ],
)
def test_what_a_consultant_cannot_be(house, alex, form, field, why):
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        add_consultant(tx, form)
    assert (caught.value.field, caught.value.why) == (field, why)
    with house.engine.view(TEAM) as view:
        assert list_consultants(view) == [alex]


def test_a_member_is_one_consultant_at_most(house, alex):
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        add_consultant(tx, ConsultantForm("Bo", house.member.id))
    assert (caught.value.field, caught.value.why, caught.value.facts) == ("member", "linked", {"name": "Alex"})
    with pytest.raises(NotFound), house.engine.transaction(TEAM) as tx:
        add_consultant(tx, ConsultantForm("Bo", "nobody"))


def test_new_usual_seats_and_minutes_reach_the_starts_that_had_the_old_ones(house, alex):
    with house.engine.transaction(TEAM) as tx:
        replace_week(tx, alex.id, week("mon 9 11x1 14/30"))
        seq = change_consultant(tx, alex.id, ConsultantForm("Alex", house.member.id, "alex@example.com", 2, 90))
    assert text(house, alex) == "Mon 09:00/90x2 11:00/90x1 14:00/30x2"
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        change_consultant(tx, alex.id, ConsultantForm("Alex", minutes=150))
    assert caught.value.why == "overlap"
    with house.engine.transaction(TEAM) as tx:
        undo_change(tx, seq)
    assert text(house, alex) == "Mon 09:00 11:00x1 14:00/30"


def test_renaming_and_taking_the_name_back(house, alex):
    with house.engine.transaction(TEAM) as tx:
        seq = change_consultant(tx, alex.id, ConsultantForm("Sascha", house.member.id, "alex@example.com"))
        add_consultant(tx, ConsultantForm("Alex"))
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        undo_change(tx, seq)
    assert caught.value.why == "taken"


def test_removing_lists_what_remains_to_be_moved_and_comes_back_whole(house, alex):
    booked(house, alex, TUESDAY - timedelta(days=10))
    coming = booked(house, alex)
    with house.engine.transaction(TEAM, house.admin) as tx:
        assert [appointment.id for appointment in remove_consultant(tx, alex.id)] == [coming]
        seq = last_change(tx, alex.id)
    with house.engine.view(TEAM) as view:
        assert list_consultants(view) == []
        assert [c.name for c in list_consultants(view, active=False)] == ["Alex"]
        assert recent_changes(view)[0].subject_name == "Alex"
    with pytest.raises(NotFound), house.engine.transaction(TEAM) as tx:
        remove_consultant(tx, alex.id)
    with house.engine.transaction(TEAM, house.admin) as tx:
        undo_change(tx, seq)
        back = get_consultant(tx, alex.id)
        assert (back.calendar, back.member_id) == ("alex@example.com", house.member.id)
    assert text(house, alex) == "Mon-Fri 09:00 14:00"


def test_an_added_consultant_is_taken_back_only_while_nobody_is_booked(house, alex):
    with house.engine.view(TEAM) as view:
        seq = last_change(view, alex.id)
    booked(house, alex)
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        undo_change(tx, seq)
    assert (caught.value.why, caught.value.facts) == ("booked", {"count": 1})


def test_a_new_week_between_two_days(house, alex):
    booked(house, alex)
    new = week("tue 10")
    with house.engine.transaction(TEAM) as tx:
        replace_week(tx, alex.id, new, date(2026, 11, 23), date(2026, 11, 29))
    with house.engine.view(TEAM) as view:
        assert [a.starts_at for a in no_longer_offered(view, alex.id, week_of(view, alex.id))] == [TUESDAY]
        assert no_longer_offered(view, alex.id, week("tue 14")) == []
    assert house.count(ScheduleEntry) == 21


def test_a_week_that_overlaps_is_refused_with_its_starts(house, alex):
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM) as tx:
        replace_week(tx, alex.id, week("wed 9 9:30"))
    assert (caught.value.facts["starts"], caught.value.facts["other_starts"]) == ("09:00", "09:30")
    assert text(house, alex) == "Mon-Fri 09:00 14:00"


def test_time_off_finds_the_appointments_in_it(house, alex):
    inside = booked(house, alex)
    booked(house, alex, TUESDAY + 3 * HOUR)
    with house.engine.transaction(TEAM, house.member) as tx:
        off, affected = take_time_off(tx, alex.id, TUESDAY - HOUR, TUESDAY + HOUR, " dentist\n ")
        seq = last_change(tx, off.id)
    assert (off.reason, off.created_by, [a.id for a in affected]) == ("dentist", house.member.id, [inside])
    assert house.count(Conflict) == 1
    entry = house.journal("SettingsChanged")[-1]
    assert "dentist" not in str(entry.data)
    told = house.journal("AvailabilityChanged")[-1]
    assert (told.subject, told.data) == (alex.id, {"since": "2026-11-24", "until": "2026-11-24"})
    with house.engine.transaction(TEAM, house.member) as tx:
        undone = undo_change(tx, seq)
        assert coming_time_off(tx) == []
        undo_change(tx, undone)
        (back,) = coming_time_off(tx, alex.id)
        assert (back.id, back.reason, back.starts_at) == (off.id, "dentist", TUESDAY - HOUR)


def test_removing_time_off_settles_its_conflicts(house, alex):
    booked(house, alex)
    with house.engine.transaction(TEAM, house.lead) as tx:
        off, affected = take_time_off(tx, None, TUESDAY - HOUR, TUESDAY + HOUR)
        assert len(affected) == 1
    with house.engine.transaction(TEAM, house.lead) as tx:
        remove_time_off(tx, off.id)
    assert [entry.data["how"] for entry in house.journal("ConflictSettled")] == ["gone"]
    with pytest.raises(NotFound), house.engine.transaction(TEAM, house.lead) as tx:
        remove_time_off(tx, off.id)


def test_who_may_take_time_off(house, alex):
    with house.engine.transaction(TEAM) as tx:
        bo = add_consultant(tx, ConsultantForm("Bo"))
    span = (TUESDAY, TUESDAY + HOUR)
    for consultant_id in (bo.id, None):
        with pytest.raises(NotAllowed), house.engine.transaction(TEAM, house.member) as tx:
            take_time_off(tx, consultant_id, *span)
        with house.engine.transaction(TEAM, house.lead) as tx:
            off, _ = take_time_off(tx, consultant_id, *span)
        with pytest.raises(NotAllowed), house.engine.transaction(TEAM, house.member) as tx:
            remove_time_off(tx, off.id)
    with house.engine.view(TEAM) as view:
        assert len(coming_time_off(view)) == 2
        assert len(coming_time_off(view, alex.id)) == 1


@pytest.mark.parametrize(
    ("starts", "ends", "why"),
    [
        (TUESDAY, TUESDAY, "order"),
        (TUESDAY, TUESDAY - HOUR, "order"),
        (TUESDAY - timedelta(days=9), TUESDAY - timedelta(days=8), "past"),
        (TUESDAY, TUESDAY + timedelta(days=367), "long"),
    ],
)
def test_spans_that_cannot_be_taken_off(house, alex, starts, ends, why):
    with pytest.raises(Invalid) as caught, house.engine.transaction(TEAM, house.member) as tx:
        take_time_off(tx, alex.id, starts, ends)
    assert caught.value.why == why


def test_the_same_time_is_off_once(house, alex):
    with house.engine.transaction(TEAM, house.member) as tx:
        take_time_off(tx, alex.id, TUESDAY, TUESDAY + HOUR)
    with pytest.raises(AlreadyDone), house.engine.transaction(TEAM, house.member) as tx:
        take_time_off(tx, alex.id, TUESDAY, TUESDAY + HOUR, "again")
