"""What an admin should know at a glance, and the appointments that a change would concern, in words' raw material."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from core.booking.calendar.calendars import calendars
from core.booking.customers import get_customer
from core.booking.setup.changes import require
from core.booking.setup.consultants import list_consultants, weeks_of
from core.booking.setup.members import members_with
from core.booking.setup.time_off import coming_time_off
from core.transaction import Transaction, View
from storage import outbox
from storage.tables import Appointment, Calendar, Conflict, Consultant, Dispute, Effect, Role, conditions

MOST_NAMED = 3


@dataclass(frozen=True)
class GivenUp:
    """Effects that will not arrive by themselves; `errors` are the newest reasons, each once."""

    count: int
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """Counts and what is amiss. `weekless`: names of consultants without a single start from today on."""

    consultants: int
    weekless: tuple[str, ...]
    admins: int
    leads: int
    times_off: int
    calendars: Sequence[Calendar]
    given_up: GivenUp
    conflicts: int
    disputes: int

    @property
    def failing(self) -> list[Calendar]:
        """Calendars whose last sync or write failed."""
        return [calendar for calendar in self.calendars if calendar.failed_at is not None]


@dataclass(frozen=True)
class Concerned:
    """An appointment that a change concerns, as those may see it who make the change."""

    starts_at: datetime
    ends_at: datetime
    consultant: str
    customer: str


def overview(view: View) -> Overview:
    """The workspace at a glance, in a number of queries that does not depend on its size or history."""
    people = list_consultants(view)
    weeks = weeks_of(view, [consultant.id for consultant in people])
    today = view.now.astimezone(view.zone).date()
    return Overview(
        consultants=len(people),
        weekless=tuple(c.name for c in people if all((s.valid_until or today) < today for s in weeks[c.id])),
        admins=len(members_with(view, Role.ADMIN)),
        leads=len(members_with(view, Role.LEAD)),
        times_off=len(coming_time_off(view)),
        calendars=calendars(view),
        given_up=given_up(view),
        conflicts=_count(view, Conflict, conditions.CONFLICT_OPEN),
        disputes=_count(view, Dispute, conditions.DISPUTE_OPEN),
    )


def given_up(view: View) -> GivenUp:
    """What could not be delivered."""
    mine = (col(Effect.workspace_id) == view.workspace_id, conditions.GIVEN_UP)
    count = view.session.exec(select(func.count()).select_from(Effect).where(*mine)).one()
    if not count:
        return GivenUp(0, ())
    newest = select(Effect.error).where(*mine).order_by(col(Effect.id).desc()).limit(20)
    errors = dict.fromkeys(filter(None, view.session.exec(newest).all()))
    return GivenUp(count, tuple(errors)[:MOST_NAMED])


def retry_given_up(tx: Transaction) -> int:
    """Give everything that was given up another chance; how many. Raises NotAllowed to all but admins."""
    require(tx, Role.ADMIN)
    return outbox.retry_given_up(tx.session, tx.workspace_id, tx.now)


def concerned(view: View, appointments: Sequence[Appointment], limit: int) -> list[Concerned]:
    """The first `limit` of these appointments with the names of consultant and customer."""
    shown = appointments[:limit]
    ids = {appointment.consultant_id for appointment in shown}
    statement = select(Consultant.id, Consultant.name).where(
        Consultant.workspace_id == view.workspace_id, col(Consultant.id).in_(ids)
    )
    names = dict(view.session.exec(statement).all())
    found = []
    for appointment in shown:
        customer = get_customer(view, appointment.customer_id)
        name = customer.name if customer else ""
        found.append(
            Concerned(appointment.starts_at, appointment.ends_at, names.get(appointment.consultant_id, ""), name)
        )
    return found


def _count(view: View, table: type[Conflict] | type[Dispute], condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(table).where(table.workspace_id == view.workspace_id, condition)
    return view.session.exec(statement).one()
