"""Brings the mirror of a calendar up to date, and what people changed in it into the bookings.

Incremental by sync token: an idle calendar costs one call. The pages are applied in short transactions; the token is stored in
the same one as the last page, so a sync that breaks off anywhere is simply repeated. One process at a time syncs a calendar.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, update
from sqlmodel import col, select

from core.booking.calendar.applying import adopt, apply_changes, drop_unseen, in_doubt
from core.booking.calendar.catching_up import catch_up
from core.booking.calendar.causes import everybody
from core.booking.calendar.conflicts import reconcile
from core.booking.calendar.lanes import UNREACHABLE, UNWRITABLE
from core.booking.calendar.mirror import consultants_of
from core.errors import NotFound
from core.ports import CalendarError, CalendarPort, CalendarRefused, CalendarUnavailable, RemoteEvent, SyncTokenExpired
from core.transaction import Engine, Transaction
from storage.tables import Calendar, CalendarEvent

log = logging.getLogger(__name__)

LISTED_BACK = timedelta(days=60)
LEASE = timedelta(minutes=5)  # longer than a page and its transaction take
CHUNK = 200  # events in one transaction


class SyncEnd(StrEnum):
    """How a sync ended."""

    DONE = "done"
    BUSY = "busy"  # another process is at it
    FAILED = "failed"  # the calendar's `failure` says why


class LeaseLost(Exception):
    """The lease ended and another process took the calendar over."""


@dataclass
class _Sync:
    """A sync under way. `lease` is the end of the lease that was written last: whoever finds another value has lost it."""

    engine: Engine
    port: CalendarPort
    workspace_id: str
    calendar_id: str
    google_id: str
    lease: datetime

    @contextmanager
    def held(self) -> Iterator[tuple[Transaction, Calendar]]:
        """A transaction on the calendar that also prolongs the lease. Raises LeaseLost."""
        with self.engine.transaction(self.workspace_id) as tx:
            until = tx.now + LEASE
            mine = update(Calendar).where(col(Calendar.id) == self.calendar_id, col(Calendar.lease_until) == self.lease)
            if tx.session.connection().execute(mine.values(lease_until=until)).rowcount != 1:
                raise LeaseLost
            yield tx, tx.session.get_one(Calendar, self.calendar_id)
        self.lease = until

    def run(self, token: str | None) -> None:
        """List and apply: with a token what changed, without one everything."""
        with self.engine.view(self.workspace_id) as view:
            began = view.now
        rest: Sequence[RemoteEvent] = ()
        new_token = zone = None
        for page in self.port.changes(self.google_id, token, began - LISTED_BACK):
            chunks = list(_chunks(self.looked_at(page.events)))
            new_token, zone = page.next_sync_token, page.timezone or zone
            held_back = 1 if new_token is not None else 0
            for chunk in chunks[: len(chunks) - held_back]:
                with self.held() as (tx, calendar):
                    apply_changes(tx, calendar, chunk)
            rest = chunks[-1] if chunks and held_back else ()
        if new_token is None:
            raise CalendarUnavailable("the list ended without a sync token", known=True)
        missing = self.missing(began, rest) if token is None else []
        with self.held() as (tx, calendar):
            apply_changes(tx, calendar, [*rest, *missing])
            if token is None:
                drop_unseen(tx, calendar, began)
            self.finish(tx, calendar, new_token, zone)

    def looked_at(self, events: Sequence[RemoteEvent]) -> list[RemoteEvent]:
        """The events, those that would cancel an appointment fetched afresh: a list may be older than our last write."""
        with self.engine.view(self.workspace_id) as view:
            calendar = view.session.get_one(Calendar, self.calendar_id)
            doubtful = set(in_doubt(view, calendar, events))
        return [self.fetched(e.id) if e.id in doubtful else e for e in events]

    def fetched(self, event_id: str) -> RemoteEvent:
        """The event as it is at this moment."""
        return self.port.get(self.google_id, event_id) or RemoteEvent(id=event_id, gone=True)

    def missing(self, began: datetime, rest: Sequence[RemoteEvent]) -> list[RemoteEvent]:
        """Events of ours that a full list did not show although they lie in its window, and that bear on an appointment."""
        listed = {event.id for event in rest}
        statement = select(CalendarEvent.event_id).where(
            CalendarEvent.calendar_id == self.calendar_id,
            CalendarEvent.workspace_id == self.workspace_id,
            CalendarEvent.seen_at < began,
            CalendarEvent.ends_at > began - LISTED_BACK,
            col(CalendarEvent.appointment_id).is_not(None),
        )
        with self.engine.view(self.workspace_id) as view:
            ids = [event_id for event_id in view.session.exec(statement).all() if event_id not in listed]
        return self.looked_at([RemoteEvent(id=event_id, gone=True) for event_id in ids])

    def finish(self, tx: Transaction, calendar: Calendar, token: str, zone: str | None) -> None:
        """Store the token, end the lease, and compare with the bookings once more."""
        calendar.sync_token, calendar.timezone = token, zone or calendar.timezone
        calendar.synced_at, calendar.lease_until = tx.now, None
        if not (calendar.failure or "").startswith(UNWRITABLE):
            calendar.failure = calendar.failed_at = None
        tx.add(calendar)
        adopt(tx, calendar)
        catch_up(tx, calendar)
        if calendar.google_id == tx.workspace.central_calendar:
            reconcile(tx, everybody(tx))
        else:
            reconcile(tx, [one.id for one in consultants_of(tx, calendar.google_id)])


def sync_calendar(engine: Engine, port: CalendarPort, workspace_id: str, calendar_row_id: str) -> SyncEnd:
    """Bring one calendar up to date. What fails is written on the calendar's row and tried again with the next sync.

    Raises NotFound("calendar").
    """
    with engine.transaction(workspace_id) as tx:
        calendar = tx.session.get(Calendar, calendar_row_id)
        if calendar is None or calendar.workspace_id != workspace_id:
            raise NotFound("calendar")
        until = tx.now + LEASE
        free = or_(col(Calendar.lease_until).is_(None), col(Calendar.lease_until) <= tx.now)
        take = update(Calendar).where(col(Calendar.id) == calendar_row_id, free).values(lease_until=until)
        if tx.session.connection().execute(take).rowcount != 1:
            return SyncEnd.BUSY
        tx.session.refresh(calendar)
        token = calendar.sync_token
    sync = _Sync(engine, port, workspace_id, calendar_row_id, calendar.google_id, until)
    try:
        try:
            sync.run(token)
        except SyncTokenExpired:
            if token is None:
                raise
            sync.run(None)
    except LeaseLost:
        return SyncEnd.BUSY
    except CalendarError as error:
        log.warning("calendar: sync of %s failed: %s", calendar_row_id, error)
        _failed(sync, str(error) if isinstance(error, CalendarRefused) else UNREACHABLE)
        return SyncEnd.FAILED
    return SyncEnd.DONE


def _failed(sync: _Sync, words: str) -> None:
    with sync.engine.transaction(sync.workspace_id) as tx:
        statement = update(Calendar).where(
            col(Calendar.id) == sync.calendar_id, col(Calendar.lease_until) == sync.lease
        )
        tx.session.connection().execute(statement.values(failure=words, failed_at=tx.now, lease_until=None))


def _chunks(events: Sequence[RemoteEvent]) -> Iterator[Sequence[RemoteEvent]]:
    for start in range(0, len(events), CHUNK):
        yield events[start : start + CHUNK]
