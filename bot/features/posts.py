"""What is said of bookings in #bookings, without the customer."""

from typing import Any

from bot import notify
from bot.answers import Message
from bot.blocks import context, escape, section
from bot.language import Translator
from bot.registry import message
from bot.texts import OUTCOME_SIGNS, OUTCOMES, consultant_name
from core.model import Appointment, State
from core.transaction import View


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
