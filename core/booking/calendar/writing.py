"""Handles the outbox's calendar writes: render, call, and take the answer into the mirror, so that no sync mistakes it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from core.booking.calendar.drafting import Wanted, drafts, wanted
from core.booking.calendar.lanes import KIND, UNWRITABLE
from core.booking.calendar.mirror import drop_event, store_events
from core.booking.calendar.sync import SyncEnd, sync_calendar
from core.effects import Answer, Arrived, Handler, Later, Never
from core.ports import CalendarPort, CalendarRefused, CalendarUnavailable, EventChanged
from core.transaction import Engine
from storage.outbox import Claim
from storage.tables import Calendar

__all__ = ["EventWriter", "drafts", "handlers"]

ROUNDS = 3  # how often a write may find that the event has changed again
REFUSED_WAIT = timedelta(minutes=10)
REFUSED_ATTEMPTS = 150  # about a day; then an admin's "try again" is needed


def handlers(engine: Engine, port: CalendarPort) -> dict[str, Handler]:
    """The calendar's part of the outbox."""
    return {KIND: EventWriter(engine, port)}


class EventWriter:
    """The handler for calendar writes. Payload: {"appointment": id, "calendar": Google id}."""

    def __init__(self, engine: Engine, port: CalendarPort) -> None:
        self._engine = engine
        self._port = port

    def __call__(self, claim: Claim) -> Answer:
        """Write what is wanted. Where somebody changed the event in the meantime, hear that first."""
        appointment_id, google_id = str(claim.payload["appointment"]), str(claim.payload["calendar"])
        seen: Wanted | None = None
        for _ in range(ROUNDS):
            with self._engine.view(claim.workspace_id) as view:
                now = wanted(view, appointment_id, google_id)
            try:
                if seen is not None and now.etag == seen.etag:
                    now = self._looked(now, google_id)  # the sync had nothing to say about it: ours is the later word
                seen = now
                self._write(claim.workspace_id, google_id, appointment_id, now)
                return Arrived()
            except EventChanged:
                if now.calendar_id is None:
                    return Later("the calendar is not kept in step", known=True)
                end = sync_calendar(self._engine, self._port, claim.workspace_id, now.calendar_id)
                if end is not SyncEnd.DONE:
                    return Later(f"the event was changed, and the sync is {end}", timedelta(seconds=2))
            except CalendarUnavailable as error:
                return Later(str(error), error.retry_after, known=error.known)
            except CalendarRefused as error:
                return self._refused(claim, now, str(error))
        return Later("the event keeps changing", timedelta(seconds=5))

    def _write(self, workspace_id: str, google_id: str, appointment_id: str, now: Wanted) -> None:
        if now.draft is None:
            self._port.remove(google_id, now.event_id)
            written = None
        else:
            written = self._port.put(google_id, now.draft, now.etag)
        if now.calendar_id is None:
            return
        with self._engine.transaction(workspace_id) as tx:
            if written is not None:
                store_events(tx, now.calendar_id, [(written, appointment_id)])
            elif now.etag is not None:
                drop_event(tx, now.calendar_id, now.event_id, now.etag)
            healed = update(Calendar).where(col(Calendar.id) == now.calendar_id, col(Calendar.failure).is_not(None))
            tx.session.connection().execute(healed.values(failure=None, failed_at=None))

    def _looked(self, now: Wanted, google_id: str) -> Wanted:
        there = self._port.get(google_id, now.event_id)
        return replace(now, etag=None if there is None or there.gone else there.etag)

    def _refused(self, claim: Claim, now: Wanted, reason: str) -> Answer:
        """Permissions are put right by people, so it is tried for a day; the calendar says what is to be done."""
        if now.calendar_id is not None:
            with self._engine.transaction(claim.workspace_id) as tx:
                failed = update(Calendar).where(col(Calendar.id) == now.calendar_id)
                tx.session.connection().execute(failed.values(failure=UNWRITABLE + reason, failed_at=tx.now))
        return Never(reason) if claim.attempts >= REFUSED_ATTEMPTS else Later(reason, REFUSED_WAIT)
