"""What is said of bookings: the post in #bookings (without the customer), and what a booker hears of changes in Google."""

from datetime import datetime
from typing import Any

from bot import notify
from bot.answers import Message
from bot.blocks import actions, button, context, escape, section
from bot.language import Translator
from bot.registry import message
from bot.texts import OUTCOME_SIGNS, OUTCOMES, consultant_name, customer_name
from core.transaction import View
from storage.tables import Appointment, State


@message("booking")
def booking_post(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """Time, consultant and booker, as things stand. Never the customer."""
    appointment = view.session.get(Appointment, facts["subject"])
    if appointment is None:
        return None
    booker = notify.member(view, appointment.booker_id)
    when, with_whom = t.moment(appointment.starts_at), consultant_name(view, appointment)
    by = escape(booker.name) if booker else "–"
    line = t("{when} with {consultant}, booked by {booker}", when=when, consultant=with_whom, booker=by)
    if appointment.outcome:
        sign, state = OUTCOME_SIGNS[appointment.outcome], t(OUTCOMES[appointment.outcome])
        return Message(f"{line} ({state})", [section(f"{sign} {line}"), context(state)])
    if appointment.state == State.CANCELLED:
        return Message(f"{line} ({t('cancelled')})", [section(f"✖️ ~{line}~"), context(t("cancelled"))])
    if appointment.state == State.UNDONE:
        return Message(f"{line} ({t('taken back')})", [section(f"↩️ ~{line}~"), context(t("taken back"))])
    return Message(line, [section(f"📅 {line}")])


@message("moved_in_calendar")
def moved_in_calendar(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the booker: somebody moved the event in Google Calendar."""
    return _changed(view, t, facts, t("Moved in Google Calendar"), "📆")


@message("deleted_in_calendar")
def deleted_in_calendar(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the booker: somebody deleted the event in Google Calendar."""
    return _changed(view, t, facts, t("Deleted in Google Calendar, so the appointment is cancelled"), "🗑")


def _changed(view: View, t: Translator, facts: dict[str, Any], what: str, sign: str) -> Message | None:
    appointment = view.session.get(Appointment, facts["appointment"])
    if appointment is None:
        return None
    who = customer_name(view, appointment)
    now = f"{t.moment(appointment.starts_at)} · {consultant_name(view, appointment)}"
    lines = [f"{sign} *{what}*", f"👤 {who}", f"🗓 {now}"]
    if facts.get("from_starts_at"):
        before = t.moment(datetime.fromisoformat(facts["from_starts_at"]))
        lines.append(t("Before: {when}", when=before))
    buttons = [button(t("My appointments"), "my.open"), button(t("Book a new date"), "book.again", appointment.id)]
    return Message(f"{what}: {who}, {now}", [section("\n".join(lines)), actions(buttons)])
