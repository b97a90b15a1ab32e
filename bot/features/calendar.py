"""Keeping step with Google: the sync and watch jobs, and what a booker hears of changes that people make there."""

from datetime import datetime, timedelta
from typing import Any

from bot import notify
from bot.answers import Message
from bot.blocks import actions, button, escape, section
from bot.language import Translator
from bot.registry import job, message
from bot.services import Services
from bot.texts import consultant_name, customer_name
from core.booking.calendar import calendars
from core.booking.calendar.sync import sync_calendar
from core.booking.calendar.watching import renew_watches
from core.booking.customers import get_customer
from core.events import AppointmentCancelled, AppointmentReinstated, AppointmentRescheduled, Event
from core.transaction import Reaction, Transaction, View
from storage.tables import Appointment, Consultant


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
    return _changed(view, t, facts, "🗑", t("Deleted in Google Calendar, so the appointment is cancelled"), again=True)


@message("back_in_calendar")
def back_in_calendar(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the booker: somebody brought the deleted event back."""
    return _changed(view, t, facts, "📆", t("Brought back in Google Calendar, so the appointment is booked again"))


def _changed(
    view: View, t: Translator, facts: dict[str, Any], sign: str, what: str, *, again: bool = False
) -> Message | None:
    """With the customer's number, for somebody has to tell them. `again`: all that is left is another booking."""
    appointment = view.session.get(Appointment, facts["appointment"])
    customer = get_customer(view, appointment.customer_id) if appointment else None
    if appointment is None:
        return None
    who, now = (
        customer_name(view, appointment),
        f"{t.moment(appointment.starts_at)} · {consultant_name(view, appointment)}",
    )
    number = f" · {customer.phone}" if customer and customer.phone else ""
    lines = [f"{sign} *{what}*", f"👤 {who}{number}", f"🗓 {now}"]
    if facts.get("from_starts_at"):
        before = t.moment(datetime.fromisoformat(facts["from_starts_at"]))
        if facts.get("from_consultant", appointment.consultant_id) != appointment.consultant_id:
            former = view.session.get(Consultant, facts["from_consultant"])
            before += f" · {escape(former.name)}" if former else ""
        lines.append(t("Before: {when}", when=before))
    change = (
        button(t("Book a new date"), "book.again", appointment.id, style="primary")
        if again
        else button(t("Move"), "my.move", appointment.id)
    )
    buttons = [change, button(t("My appointments"), "my.open")]
    return Message(f"{what}: {who}, {now}", [section("\n".join(lines)), actions(buttons)])
