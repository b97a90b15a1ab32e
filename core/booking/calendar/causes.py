"""What may stand in an appointment's way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.booking.calendar.mirror import BusyTime, blocks, foreign_between
from core.transaction import View
from storage.tables import Consultant, TimeOff

INSTANCE = re.compile(r"_\d{8}(T\d{6}Z)?$")


@dataclass(frozen=True)
class Cause:
    """A foreign event ("event:<calendar row>/<event>") or time off ("off:<id>")."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    consultants: frozenset[str]

    @property
    def series(self) -> str:
        """The same for all instances of a recurring event: Google appends their original start to the series' id."""
        return series_of(self.key)

    @property
    def facts(self) -> tuple[str, datetime, datetime]:
        """What a conflict keeps of it."""
        return self.title, self.starts_at, self.ends_at


def series_of(key: str) -> str:
    """See `Cause.series`."""
    return INSTANCE.sub("", key) if key.startswith("event:") else key


def causes_between(view: View, starts: datetime, ends: datetime) -> Iterator[Cause]:
    """All that overlaps [starts, ends)."""
    yield from _events(view, starts, ends)
    yield from _times_off(view, starts, ends)


def _events(view: View, starts: datetime, ends: datetime) -> Iterator[Cause]:
    statement = select(Consultant.id, Consultant.name, Consultant.calendar).where(
        Consultant.workspace_id == view.workspace_id, col(Consultant.active)
    )
    team = view.session.exec(statement).all()
    names = [name for _, name, _ in team]
    central = view.workspace.central_calendar
    for google_id, event in foreign_between(view, starts, ends):
        busy = BusyTime(google_id, event.starts_at, event.ends_at, event.title, event.private)
        blocked = frozenset(key for key, name, own in team if blocks(busy, name, own, central, names))
        title = "" if event.private else event.title
        yield Cause(f"event:{event.calendar_id}/{event.event_id}", title, event.starts_at, event.ends_at, blocked)


def _times_off(view: View, starts: datetime, ends: datetime) -> Iterator[Cause]:
    statement = select(TimeOff).where(
        TimeOff.workspace_id == view.workspace_id, TimeOff.starts_at < ends, TimeOff.ends_at > starts
    )
    for off in view.session.exec(statement).all():
        concerned = [off.consultant_id] if off.consultant_id else everybody(view)
        yield Cause(f"off:{off.id}", off.reason, off.starts_at, off.ends_at, frozenset(concerned))


def everybody(view: View) -> list[str]:
    """The ids of all active consultants."""
    statement = select(Consultant.id).where(Consultant.workspace_id == view.workspace_id, col(Consultant.active))
    return list(view.session.exec(statement).all())
