"""Cancelling an appointment with a reason, and taking that back."""

from bot.answers import Answer, Open, Refresh, Several, Show, Verdict
from bot.blocks import Block, actions, button, context, field, modal, section, text_field
from bot.call import Call
from bot.features.agenda.listing import list_below, shown_page
from bot.language import Translator
from bot.registry import action, submit
from bot.texts import headline
from core.booking import appointments
from core.booking.appointments import LONGEST_REASON
from core.model import Appointment
from core.transaction import View


@action("my.cancel")
def cancel(call: Call) -> Answer:
    """Ask for the reason before cancelling."""
    with call.view() as view:
        appointment = appointments.get_changeable(view, call.value)
        return Open(cancel_modal(view, call.t, appointment, shown_page(call)))


@submit("cancel")
def submit_cancel(call: Call) -> Verdict:
    """Cancel with the reason given; ten minutes long it can be taken back."""
    with call.transaction() as tx:
        appointment = appointments.cancel(tx, str(call.private.get("a", "")), call.typed.text("reason"))
        built = cancelled_view(tx, call.t, appointment, shown_page(call))
    return Show(built, then=lambda: list_below(call))


@action("my.reinstate")
def reinstate(call: Call) -> Answer:
    """Take a cancellation back while the seat is still free."""
    t = call.t
    with call.transaction() as tx:
        appointment = appointments.reinstate(tx, call.value)
        words = t("The appointment on {when} is booked again.", when=t.moment(appointment.starts_at))
    done = Refresh(modal("my_done", t("Booked again"), [section(f"✅ {words}")], close=t("Close")))
    below = list_below(call)
    return Several((done, below)) if below else done


def cancel_modal(view: View, t: Translator, appointment: Appointment, at: str) -> Block:
    """The question before an appointment is cancelled. `at`: the page of the list below."""
    blocks = [
        section(f"*{headline(view, t, appointment)}*"),
        section(t("The seat becomes free and the event leaves the calendar. You can take this back for ten minutes.")),
        field(
            "reason",
            t("Reason"),
            text_field(
                "my.reason", placeholder=t("Customer is ill"), multiline=True, longest=LONGEST_REASON, focus=True
            ),
        ),
    ]
    return modal(
        "cancel",
        t("Cancel appointment"),
        blocks,
        submit=t("Cancel appointment"),
        close=t("Keep it"),
        private={"a": appointment.id, "at": at},
    )


def cancelled_view(view: View, t: Translator, appointment: Appointment, at: str) -> Block:
    """What the modal becomes when the appointment was cancelled."""
    blocks = [
        section(f"✖️ *{headline(view, t, appointment)}*"),
        actions(
            [
                button(t("Take it back"), "my.reinstate", appointment.id),
                button(t("Book a new date"), "book.again", appointment.id, style="primary"),
            ]
        ),
        context(t("You can take it back for ten minutes, as long as the seat is free.")),
    ]
    return modal("my_done", t("Cancelled"), blocks, close=t("Close"), private={"at": at})
