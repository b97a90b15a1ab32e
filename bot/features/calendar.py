"""Keeping step with Google: the sync and watch jobs, and the alert about something that stands over an appointment."""

import logging
from datetime import timedelta
from typing import Any

from bot import notify
from bot.answers import Answer, Message, Open, Reply
from bot.blocks import actions, button, escape, section
from bot.call import Call
from bot.features.agenda.moving import reschedule_modal, unmoved
from bot.features.book import picker
from bot.language import Translator
from bot.registry import action, job, message
from bot.services import Services
from bot.texts import headline, span
from core.booking import appointments
from core.booking.availability import day_slots
from core.booking.calendar import calendars, conflicts
from core.booking.calendar.sync import sync_calendar
from core.booking.calendar.watching import renew_watches
from core.events import ConflictFound, ConflictSettled, Event
from core.transaction import Reaction, Transaction, View
from storage.tables import Appointment, Conflict, Settling

log = logging.getLogger(__name__)


@job("calendar.sync", every=timedelta(minutes=1))
def sync(services: Services, workspace_id: str) -> None:
    """Ask each calendar whose turn it is what has changed: every five minutes in working hours, hourly outside."""
    if services.calendars is None:
        return
    with services.engine.transaction(workspace_id) as tx:
        calendars.ensure_calendars(tx, services.central_calendar)
    with services.engine.view(workspace_id) as view:
        due = calendars.due_calendars(view)
    for calendar_id in due:
        sync_calendar(services.engine, services.calendars, workspace_id, calendar_id)


@job("calendar.watch", every=timedelta(minutes=10))
def watch(services: Services, workspace_id: str) -> None:
    """Have Google tell of changes, where it can reach us; of a new calendar's soon too. Costs no call where nothing is due."""
    if services.calendars is not None and services.public_url:
        with services.engine.transaction(workspace_id) as tx:
            calendars.ensure_calendars(tx, services.central_calendar)
        renew_watches(services.engine, services.calendars, workspace_id, services.public_url)


def _alert(tx: Transaction, event: Event) -> None:
    """One alert per conflict to whoever booked and to one lead; what becomes of it edits that message."""
    assert isinstance(event, ConflictFound | ConflictSettled)
    appointment = tx.session.get(Appointment, event.subject)
    booker = notify.member(tx, appointment.booker_id) if appointment else None
    others = sorted(notify.leads(tx), key=lambda m: (m.role != "lead", m.name, m.id))
    lead = next((m for m in others if booker is None or m.id != booker.id), None)
    for reader in (booker, lead):
        if reader is not None:
            notify.say(tx, "conflict", reader.slack_id, event.conflict)


NOTICES: dict[type[Event], tuple[Reaction, ...]] = {ConflictFound: (_alert,), ConflictSettled: (_alert,)}


@message("conflict")
def conflict_alert(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """What stands where an appointment is booked, and what can be done about it."""
    conflict = view.session.get(Conflict, facts["subject"])
    appointment = view.session.get(Appointment, conflict.appointment_id) if conflict else None
    if conflict is None or appointment is None:
        return None
    booked = headline(view, t, appointment)
    title, when = escape(conflict.title or t("private")), span(conflict.starts_at, conflict.ends_at, t)
    other = (
        t("time off “{title}”, {span}", title=title, span=when)
        if conflict.cause.startswith("off:")
        else t("calendar entry “{title}”, {span}", title=title, span=when)
    )
    if conflict.state != Settling.OPEN:
        settled = t("This overlap is settled: {booked}", booked=booked)
        who = notify.member(view, conflict.settled_by)
        settled += f" · {t('settled by {name}', name=escape(who.name))}" if who else ""
        return Message(settled, [section(f"✅ {settled}")])
    words = t("An appointment overlaps with something else")
    buttons = [
        button(t("Move"), "conflict.move", conflict.id, style="primary"),
        button(t("Hand over"), "conflict.hand", conflict.id),
        button(t("Leave as it is"), "conflict.ignore", conflict.id),
    ]
    return Message(f"{words}: {booked}; {other}", [section(f"⚡ *{words}*\n🗓 {booked}\n🔀 {other}"), actions(buttons)])


@action("conflict.move")
def move(call: Call) -> Answer:
    """Another time with the same consultant."""
    with call.view() as view:
        appointment = _appointment(view, call.value)
        return Open(reschedule_modal(view, call.t, appointment.id, unmoved(view, appointment)))


@action("conflict.hand")
def hand_over(call: Call) -> Answer:
    """The same time with somebody else, where somebody is free."""
    with call.view() as view:
        appointment = _appointment(view, call.value)
        day = appointment.starts_at.astimezone(view.zone).date()
        free = [s for s in day_slots(view, [day]) if s.open and s.starts_at == appointment.starts_at]
        other = next((s for s in free if s.consultant_id != appointment.consultant_id), None)
        slot = (other.consultant_id, other.starts_at) if other else None
        return Open(reschedule_modal(view, call.t, appointment.id, picker.Choice(day, None, slot)))


@action("conflict.ignore")
def ignore(call: Call) -> Answer:
    """It stays as it is, and nobody is asked again."""
    with call.transaction() as tx:
        conflicts.ignore(tx, call.value)
    return Reply(Message(call.t("All right, everything stays as it is.")))


def _appointment(view: View, conflict_id: str) -> Appointment:
    return appointments.get_appointment(view, conflicts.get_conflict(view, conflict_id).appointment_id)
