"""Consultants: who can be booked, when in the week, and what is booked with them. `staffing` changes them."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as plain_select
from sqlmodel import col, select

from core.booking.contacts import name_form
from core.booking.setup.week import Start, week_on
from core.booking.spelling import fold
from core.errors import NotFound
from core.transaction import View
from storage.tables import Appointment, Consultant, Member, ScheduleEntry, State
from storage.tables.base import table_of


def list_consultants(view: View, *, active: bool = True) -> list[Consultant]:
    """The workspace's consultants by name; `active` False: those who were removed."""
    statement = select(Consultant).where(Consultant.workspace_id == view.workspace_id, Consultant.active == active)
    return sorted(view.session.exec(statement).all(), key=lambda c: (name_form(c.name), c.id))


def find_consultants(view: View, words: str) -> list[Consultant]:
    """The active consultants with these letters anywhere in the name, whatever their case and accents."""
    wanted = fold(words).strip()
    return [consultant for consultant in list_consultants(view) if wanted in fold(consultant.name)]


_CONSULTANTS, _MEMBERS = table_of(Consultant), table_of(Member)
_NAMED = (
    plain_select(_CONSULTANTS.c.id, _CONSULTANTS.c.name, _MEMBERS.c.slack_id)
    .select_from(_CONSULTANTS.outerjoin(_MEMBERS, _MEMBERS.c.id == _CONSULTANTS.c.member_id))
    .where(_CONSULTANTS.c.workspace_id == bindparam("workspace"), _CONSULTANTS.c.active)
)


def named_consultants(view: View) -> list[tuple[str, str, str | None]]:
    """How words can name the active consultants: id, name and, for those in Slack, the Slack id."""
    rows = [(key, name, slack_id) for key, name, slack_id in view.rows(_NAMED, workspace=view.workspace_id)]
    return sorted(rows, key=lambda row: (name_form(row[1]), row[0]))


def get_consultant(view: View, consultant_id: str) -> Consultant:
    """The active consultant with this id. Raises NotFound("consultant")."""
    consultant = view.session.get(Consultant, consultant_id)
    if consultant is None or consultant.workspace_id != view.workspace_id or not consultant.active:
        raise NotFound("consultant")
    return consultant


def consultant_of(view: View, member_id: str) -> Consultant | None:
    """The active consultant that the member is, None for everybody else."""
    statement = select(Consultant).where(
        Consultant.workspace_id == view.workspace_id, Consultant.member_id == member_id, col(Consultant.active)
    )
    return view.session.exec(statement).first()


def same_name(one: str, other: str) -> bool:
    """Whether people would take the two for one name: case, accents and spaces do not tell them apart."""
    return name_form(one) == name_form(other)


def coming_appointments(view: View, consultant_id: str) -> list[Appointment]:
    """What is booked with a consultant from now on, by time."""
    statement = (
        select(Appointment)
        .where(
            Appointment.workspace_id == view.workspace_id,
            Appointment.consultant_id == consultant_id,
            Appointment.state == State.BOOKED,
            Appointment.starts_at > view.now,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.seat))
    )
    return list(view.session.exec(statement).all())


def week_of(view: View, consultant_id: str) -> list[Start]:
    """A consultant's starts, of every validity."""
    return weeks_of(view, [consultant_id])[consultant_id]


def weeks_of(view: View, consultant_ids: Sequence[str]) -> dict[str, list[Start]]:
    """The starts of several consultants, of every validity, in one query."""
    weeks: dict[str, list[Start]] = {consultant_id: [] for consultant_id in consultant_ids}
    statement = select(ScheduleEntry).where(
        ScheduleEntry.workspace_id == view.workspace_id, col(ScheduleEntry.consultant_id).in_(list(consultant_ids))
    )
    for row in view.session.exec(statement).all():
        start = Start(row.weekday, row.starts, row.minutes, row.capacity, row.valid_from, row.valid_until)
        weeks[row.consultant_id].append(start)
    return weeks


def no_longer_offered(view: View, consultant_id: str, week: Sequence[Start]) -> list[Appointment]:
    """Coming appointments at a time that this week (of every validity) does not offer. They stand all the same."""
    left = []
    for appointment in coming_appointments(view, consultant_id):
        local = appointment.starts_at.astimezone(view.zone)
        offered = {start.starts for start in week_on(week, local.date()) if start.weekday == local.weekday()}
        if f"{local:%H:%M}" not in offered:
            left.append(appointment)
    return left
