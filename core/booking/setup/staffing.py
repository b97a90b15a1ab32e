"""Changing who can be booked: with which seats, in which calendar, and when in the week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, insert
from sqlmodel import col

from core.booking.calendar.calendars import ensure_calendars
from core.booking.contacts import clean_name
from core.booking.setup.changes import Facts, Kind, change, lock_settings
from core.booking.setup.consultants import coming_appointments, get_consultant, list_consultants, same_name, week_of
from core.booking.setup.members import get_member
from core.booking.setup.week import Start, check_capacity, check_minutes, check_week, from_facts, replace_span, to_facts
from core.errors import Invalid
from core.events import AvailabilityChanged
from core.transaction import Transaction, View
from storage.tables import Appointment, Consultant, ScheduleEntry

LONGEST_NAME = 60  # what an option of a select can show beside a time
LONGEST_CALENDAR = 254


@dataclass(frozen=True)
class ConsultantForm:
    """All that is said of a consultant at once. `member_id`: the member who is this consultant; `calendar`: a Google id."""

    name: str
    member_id: str | None = None
    calendar: str | None = None
    capacity: int = 3
    minutes: int = 60


def add_consultant(tx: Transaction, form: ConsultantForm, week: Iterable[Start] = ()) -> Consultant:
    """A new consultant. Raises Invalid for a name that another one has, a member who is one already, and bad numbers."""
    consultant_id = tx.new_id()
    change(tx, CONSULTANT, consultant_id, {**_facts(form), "week": to_facts(week)})
    return get_consultant(tx, consultant_id)


def change_consultant(tx: Transaction, consultant_id: str, form: ConsultantForm) -> int | None:
    """Put a consultant's data into this form. Starts with the former seats or minutes follow the new ones.

    Raises NotFound, Invalid; Invalid("week", "overlap") where longer appointments would run into each other.
    """
    lock_settings(tx)
    old = get_consultant(tx, consultant_id)
    week = follow(week_of(tx, consultant_id), old, form.minutes, form.capacity)
    return change(tx, CONSULTANT, consultant_id, {**_facts(form), "week": to_facts(week)})


def follow(week: Iterable[Start], old: Consultant, minutes: int, capacity: int) -> list[Start]:
    """The week with new usual minutes and seats, where a start had the consultant's usual ones."""
    return [
        replace(
            start,
            minutes=minutes if start.minutes == old.minutes else start.minutes,
            capacity=capacity if start.capacity == old.capacity else start.capacity,
        )
        for start in week
    ]


def remove_consultant(tx: Transaction, consultant_id: str) -> list[Appointment]:
    """No new bookings from now on. Answers the coming appointments, which stand until somebody moves them."""
    get_consultant(tx, consultant_id)
    change(tx, CONSULTANT, consultant_id, None)
    return coming_appointments(tx, consultant_id)


def replace_week(
    tx: Transaction,
    consultant_id: str,
    week: Iterable[Start],
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> int | None:
    """A consultant's new week between two days, both inclusive; outside of them the present one stays.

    Raises NotFound; Invalid("week", "overlap", …) with the two starts; Invalid("valid_until", "order").
    """
    lock_settings(tx)
    get_consultant(tx, consultant_id)
    after = replace_span(week_of(tx, consultant_id), week, valid_from, valid_until)
    return change(tx, CONSULTANT, consultant_id, {"week": to_facts(after)})


def _facts(form: ConsultantForm) -> Facts:
    calendar = (form.calendar or "").strip()
    return {
        "name": clean_name(form.name),
        "member_id": form.member_id,
        "calendar": calendar or None,
        "capacity": form.capacity,
        "minutes": form.minutes,
    }


def _present(view: View, subject: str) -> Facts | None:
    row = view.session.get(Consultant, subject, populate_existing=True)
    if row is None or row.workspace_id != view.workspace_id or not row.active:
        return None
    form = ConsultantForm(row.name, row.member_id, row.calendar, row.capacity, row.minutes)
    return {**_facts(form), "week": to_facts(week_of(view, subject))}


def _put(tx: Transaction, subject: str, before: Facts | None, after: Facts | None) -> None:
    row = tx.session.get(Consultant, subject)
    if after is None:
        assert row is not None
        row.active = False
        tx.add(row)
        return
    week = from_facts(after["week"])
    _check(tx, subject, after)
    check_week(week)
    if row is None:
        row = Consultant(id=subject, workspace_id=tx.workspace_id, name=after["name"], created_at=tx.now)
    row.active = True
    for key in ("name", "member_id", "calendar", "capacity", "minutes"):
        setattr(row, key, after[key])
    tx.add(row)
    if before is None or before["week"] != after["week"]:
        _write_week(tx, subject, week)
    if before is None or before["calendar"] != after["calendar"]:
        ensure_calendars(tx, tx.workspace.central_calendar)  # what is in the former one moves with the next sync


def _check(tx: Transaction, subject: str, after: Facts) -> None:
    name, calendar = after["name"], after["calendar"]
    if not name:
        raise Invalid("name", "consultant_empty")
    if len(name) > LONGEST_NAME:
        raise Invalid("name", "too_long", {"limit": LONGEST_NAME, "length": len(name)})
    check_capacity(after["capacity"])
    check_minutes(after["minutes"])
    if calendar is not None and (len(calendar) > LONGEST_CALENDAR or "@" not in calendar or " " in calendar):
        raise Invalid("calendar", "calendar_id", {"value": calendar[:60]})
    if after["member_id"] is not None:
        get_member(tx, after["member_id"])
    for other in list_consultants(tx):
        if other.id == subject:
            continue
        if same_name(other.name, name):
            raise Invalid("name", "taken", {"name": other.name})
        if other.member_id is not None and other.member_id == after["member_id"]:
            raise Invalid("member", "linked", {"name": other.name})


def _write_week(tx: Transaction, consultant_id: str, week: Sequence[Start]) -> None:
    connection = tx.session.connection()
    connection.execute(
        delete(ScheduleEntry).where(
            col(ScheduleEntry.workspace_id) == tx.workspace_id, col(ScheduleEntry.consultant_id) == consultant_id
        )
    )
    rows = [
        {
            "id": tx.new_id(),
            "workspace_id": tx.workspace_id,
            "consultant_id": consultant_id,
            "weekday": start.weekday,
            "starts": start.starts,
            "minutes": start.minutes,
            "capacity": start.capacity,
            "valid_from": start.valid_from,
            "valid_until": start.valid_until,
        }
        for start in week
    ]
    if rows:
        connection.execute(insert(ScheduleEntry), rows)


def _reach(_view: View, subject: str, _before: Facts | None, _after: Facts | None) -> AvailabilityChanged:
    return AvailabilityChanged(subject=subject)


CONSULTANT = Kind("consultant", _present, _put, _reach)
