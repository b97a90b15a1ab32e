"""Keeping step with Google: the sync and watch jobs, and what a booker hears of changes that people make there."""

from datetime import datetime, timedelta
from typing import Any

from bot import notify
from bot.answers import Message
from bot.blocks import actions, button, escape, section
from bot.language import Translator
from bot.registry import job, message
from bot.services import Services
from bot.texts import customer_name
from core.booking.calendar import calendars
from core.booking.calendar.sync import sync_calendar
from core.booking.calendar.watching import renew_watches
from core.booking.customers import get_customer
from core.events import AppointmentCancelled, AppointmentReinstated, AppointmentRescheduled, Event
from core.model import Appointment, Consultant, State
from core.transaction import Reaction, Transaction, View


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


def _followed(tx: Transaction, event: Event) -> None:
    """Whoever booked is told when somebody moves, deletes or brings back the appointment in Google Calendar."""
    assert isinstance(event, AppointmentRescheduled | AppointmentCancelled | AppointmentReinstated)
    appointment = tx.session.get(Appointment, event.subject)
    booker = notify.member(tx, appointment.booker_id) if appointment else None
    if event.source != "calendar" or booker is None:
        return
    facts = {key: value for key, value in event.facts().items() if key.startswith("from_")}
    name = _TOLD[type(event)]
    notify.say(tx, name, booker.slack_id, f"{event.subject}:{tx.new_id()[:8]}", appointment=event.subject, **facts)


_TOLD: dict[type[Event], str] = {
    AppointmentRescheduled: "moved_in_calendar",
    AppointmentCancelled: "deleted_in_calendar",
    AppointmentReinstated: "back_in_calendar",
}
NOTICES: dict[type[Event], tuple[Reaction, ...]] = dict.fromkeys(_TOLD, (_followed,))


@message("moved_in_calendar")
def moved_in_calendar(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the booker: somebody moved the event in Google Calendar."""
    return _changed(view, t, facts, "📆", t("Moved in Google Calendar"))


@message("deleted_in_calendar")
def deleted_in_calendar(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the booker: somebody deleted the event in Google Calendar."""
    return _changed(view, t, facts, "🗑", t("Deleted in Google Calendar, so the appointment is cancelled"))


@message("back_in_calendar")
def back_in_calendar(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the booker: somebody brought the deleted event back."""
    return _changed(view, t, facts, "📆", t("Brought back in Google Calendar, so the appointment is booked again"))


def _changed(view: View, t: Translator, facts: dict[str, Any], sign: str, what: str) -> Message | None:
    """What it is now, what it was, and the customer's number, for somebody has to tell them."""
    appointment = view.session.get(Appointment, facts["appointment"])
    if appointment is None:
        return None
    customer = get_customer(view, appointment.customer_id)
    number = f" · {customer.phone}" if customer and customer.phone else ""
    who, now = customer_name(view, appointment), _place(view, t, appointment.starts_at, appointment.consultant_id)
    lines = [f"👤 {who}{number}", f"🗓 {now}"]
    if facts.get("from_starts_at"):
        before = _place(view, t, datetime.fromisoformat(facts["from_starts_at"]), facts["from_consultant"])
        lines.append(t("Before: {when}", when=before))
        if before == now:
            what = t("Longer or shorter in Google Calendar")
            lines[-1] = t("It now lasts until {time}.", time=t.time(appointment.ends_at))
    buttons = [
        button(t("Move"), "my.move", appointment.id)
        if appointment.state == State.BOOKED
        else button(t("Book a new date"), "book.again", appointment.id, style="primary"),
        button(t("My appointments"), "my.open"),
    ]
    return Message(f"{what}: {who}, {now}", [section("\n".join([f"{sign} *{what}*", *lines])), actions(buttons)])


def _place(view: View, t: Translator, starts_at: datetime, consultant_id: str) -> str:
    consultant = view.session.get(Consultant, consultant_id)
    return f"{t.moment(starts_at)} · {escape(consultant.name) if consultant else '–'}"
