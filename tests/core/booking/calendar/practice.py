"""A small practice with three consultants, their Google calendars, and a clock that the test moves."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, event
from sqlmodel import col, select

from core.booking import appointments
from core.booking.appointments import BookingRequest
from core.booking.calendar import conflicts
from core.booking.calendar.calendars import ensure_calendars
from core.booking.calendar.sync import SyncEnd, sync_calendar
from core.booking.calendar.writing import handlers
from core.effects import Dispatcher
from core.events import (
    AppointmentCancelled,
    AppointmentReinstated,
    AppointmentRescheduled,
    AppointmentUndone,
    Event,
)
from core.ports import CalendarPort
from core.reactions import REACTIONS
from core.transaction import Engine, Transaction
from sandbox.google import changes
from sandbox.google.state import Google
from storage.crypto import Sealer, new_key, parse_keys
from storage.database import Database
from storage.tables import (
    Appointment,
    Calendar,
    CalendarEvent,
    Conflict,
    Consultant,
    Effect,
    EffectState,
    JournalEntry,
    Member,
    Role,
    ScheduleEntry,
    Workspace,
)
from tests.core.booking.calendar.near_google import ROBOT, NearGoogle

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Berlin
TOMORROW = date(2026, 11, 19)
ALEX, BEA, CENTRAL = "alex@example.com", "bea@example.com", "central@example.com"


def _recheck(tx: Transaction, change: Event) -> None:
    conflicts.reconcile_appointment(tx, appointments.get_appointment(tx, change.subject))


RECHECKED = (AppointmentRescheduled, AppointmentCancelled, AppointmentUndone, AppointmentReinstated)


class Practice:
    """Alex and Bea have calendars of their own, Cem has the central one. Each test gets a workspace of its own."""

    def __init__(self, database: Database, google: Google | None = None, port: CalendarPort | None = None) -> None:
        self.now = NOW
        self.w = f"T{uuid.uuid4().hex[:12]}"
        self.database = database
        sealer = Sealer(parse_keys(new_key()))
        reactions = {kind: (*REACTIONS.get(kind, ()), *([_recheck] if kind in RECHECKED else [])) for kind in REACTIONS}
        self.engine = Engine(database, sealer, lambda: self.now, lambda: uuid.uuid4().hex, reactions)
        self.google = google or Google(clock=lambda: self.now)
        for calendar in (ALEX, BEA, CENTRAL):
            if calendar not in self.google.calendars:
                self.google.add_calendar(calendar, calendar)
                self.google.share(calendar, ROBOT)
        self.near = NearGoogle(self.google)
        self.port: CalendarPort = port or self.near
        self.ids = {name: uuid.uuid4().hex for name in ("alex", "bea", "cem", "booker", "lead")}
        with database.write() as session:
            key = sealer.seal("k" * 32, f"{self.w}:index_key")
            session.add(Workspace(id=self.w, index_key=key, created_at=NOW, bot_user="U0BOT", locale="de"))
            session.flush()
            for name, role in (("booker", Role.MEMBER), ("lead", Role.LEAD)):
                slack_id = f"U{name.upper()}"
                session.add(Member(id=self.ids[name], workspace_id=self.w, slack_id=slack_id, name=name, role=role))
            for name, own in (("alex", ALEX), ("bea", BEA), ("cem", None)):
                row = Consultant(
                    id=self.ids[name], workspace_id=self.w, name=name.title(), calendar=own, created_at=NOW
                )
                session.add(row)
            session.flush()
            for name in ("alex", "bea", "cem"):
                for hour in range(8, 20):
                    session.add(
                        ScheduleEntry(
                            id=uuid.uuid4().hex,
                            workspace_id=self.w,
                            consultant_id=self.ids[name],
                            weekday=TOMORROW.weekday(),
                            starts=f"{hour:02}:00",
                            minutes=60,
                            capacity=3,
                        )
                    )
        self.booker = self._member("booker")
        self.lead = self._member("lead")
        self.act(None, lambda tx: ensure_calendars(tx, CENTRAL))
        self.dispatcher = Dispatcher(self.engine, handlers(self.engine, self.port))

    def member(self, name: str) -> Member:
        """A new member without any part in what is there."""
        self.ids[name] = uuid.uuid4().hex
        with self.database.write() as session:
            session.add(Member(id=self.ids[name], workspace_id=self.w, slack_id=f"U{name.upper()}", name=name))
        return self._member(name)

    def _member(self, name: str) -> Member:
        with self.database.read() as session:
            return session.get_one(Member, self.ids[name])

    def tick(self, **span: float) -> None:
        """Time passes: a second, unless more is said."""
        self.now += timedelta(**(span or {"seconds": 1}))

    def act(self, actor: Member | None, change: Any) -> Any:
        """Run a use case in a transaction, a second later."""
        self.tick()
        with self.engine.transaction(self.w, actor) as tx:
            return change(tx)

    def at(self, hour: int, day: date = TOMORROW) -> datetime:
        """A full hour of the practice's local time."""
        return datetime.combine(day, time(hour), BERLIN).astimezone(UTC)

    def book(self, hour: int, consultant: str = "alex", name: str = "Frau Weber", note: str = "") -> str:
        """An appointment tomorrow; its id."""
        request = BookingRequest(self.ids[consultant], self.at(hour), name, phone="", note=note)
        return str(self.act(self.booker, lambda tx: appointments.book(tx, request)).id)

    def reschedule(self, appointment_id: str, hour: int, consultant: str = "alex") -> None:
        to = (self.ids[consultant], self.at(hour))
        self.act(self.booker, lambda tx: appointments.reschedule(tx, appointment_id, *to))

    def cancel(self, appointment_id: str) -> None:
        self.act(self.booker, lambda tx: appointments.cancel(tx, appointment_id, "krank"))

    def flush(self) -> None:
        """Everything that waits in the outbox and is due is tried, the waiting of failed attempts skipped."""
        self.tick(seconds=70)
        self.dispatcher.run_due()

    def sync(self, *calendars: str) -> None:
        """Sync these calendars (all), a second later each."""
        for calendar in calendars or (ALEX, BEA, CENTRAL):
            self.tick()
            assert sync_calendar(self.engine, self.port, self.w, self.calendar(calendar).id) is SyncEnd.DONE

    def calendar(self, google_id: str) -> Calendar:
        with self.engine.view(self.w) as view:
            wanted = (Calendar.workspace_id == self.w, Calendar.google_id == google_id)
            return view.session.exec(select(Calendar).where(*wanted)).one()

    def row(self, appointment_id: str) -> Appointment:
        with self.engine.view(self.w) as view:
            return view.session.get_one(Appointment, appointment_id)

    def mirror(self, google_id: str) -> dict[str, CalendarEvent]:
        """What the mirror holds of a calendar, by event id."""
        calendar_id = self.calendar(google_id).id
        with self.engine.view(self.w) as view:
            rows = view.session.exec(select(CalendarEvent).where(CalendarEvent.calendar_id == calendar_id)).all()
        return {row.event_id: row for row in rows}

    def events(self, google_id: str) -> dict[str, dict[str, Any]]:
        """What Google holds of a calendar, without what is deleted."""
        stored = self.google.calendars[google_id].events.values()
        return {one.resource["id"]: one.resource for one in stored if one.resource["status"] != "cancelled"}

    def person_adds(self, google_id: str, hour: int, title: str = "Zahnarzt", **more: Any) -> str:
        """A foreign event of an hour, tomorrow; its id."""
        self.tick()
        body = {"summary": title, "start": self._when(hour), "end": self._when(hour + 1), **more}
        return str(changes.insert(self.google, self.google.calendars[google_id], body, None)["id"])

    def person_moves(self, google_id: str, event_id: str, hour: int, hours: int = 1) -> None:
        self.person_edits(google_id, event_id, start=self._when(hour), end=self._when(hour + hours))

    def person_edits(self, google_id: str, event_id: str, **change: Any) -> None:
        self.tick()
        changes.patch(self.google, self.google.calendars[google_id], event_id, change, None)

    def person_deletes(self, google_id: str, event_id: str) -> None:
        self.tick()
        changes.delete(self.google, self.google.calendars[google_id], event_id)

    def person_hands_over(self, source: str, target: str, event_id: str) -> None:
        self.tick()
        calendars = self.google.calendars
        changes.move(self.google, calendars[source], calendars[target], event_id)

    def _when(self, hour: int) -> dict[str, str]:
        return {"dateTime": self.at(hour).isoformat(), "timeZone": "Europe/Berlin"}

    def conflicts(self) -> Sequence[Conflict]:
        with self.engine.view(self.w) as view:
            statement = select(Conflict).where(Conflict.workspace_id == self.w).order_by(col(Conflict.opened_at))
            return view.session.exec(statement).all()

    def told(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """The events of these kinds in the journal, in order."""
        with self.engine.view(self.w) as view:
            wanted = (JournalEntry.workspace_id == self.w, col(JournalEntry.kind).in_(kinds))
            rows = view.session.exec(select(JournalEntry).where(*wanted).order_by(col(JournalEntry.seq))).all()
        return [(row.kind, row.data) for row in rows]

    def waiting(self) -> int:
        """How many calendar writes have yet to arrive."""
        with self.engine.view(self.w) as view:
            wanted = (Effect.workspace_id == self.w, Effect.state == EffectState.PENDING)
            return len(view.session.exec(select(Effect.id).where(*wanted)).all())

    def queries(self, change: Any) -> int:
        """How many statements a view's question runs."""
        count = 0

        def counted(*_: Any) -> None:
            nonlocal count
            count += 1

        with self.engine.view(self.w) as view:
            event.listen(self.database.engine, "before_cursor_execute", counted)
            try:
                change(view)
            finally:
                event.remove(self.database.engine, "before_cursor_execute", counted)
        return count

    def close(self) -> None:
        """Leave no effects behind for the next test's dispatcher."""
        with self.database.write() as session:
            session.connection().execute(delete(Effect))
